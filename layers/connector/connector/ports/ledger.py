"""The ledger and the audit: what is known of each person, and what became of each change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:  # the webhook loads this file, and must not load the mapping with it
    from connector.domain.records.acts import Act
    from connector.domain.records.audit import AuditRow
    from connector.domain.records.chain import Head
    from connector.domain.records.digests import DigestKey
    from connector.domain.records.ledger import Claim, EmployeeLink, Person, Record, Write


class Ledger(Protocol):
    """The `PeopleTable`, and with it the audit: an outcome and its row are written together.

    * `begin` and `finish` raise `ConflictError` when the person's version moved on.
    """

    @property
    def key(self) -> DigestKey:
        """The key of every digest in it."""

    def record(self, person_id: str) -> Record:
        """All rows of one person; a new `Person` of version 0 where there are none."""

    def fingerprints(self, person_ids: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
        """For each known person, worker id to fingerprint as last dealt with."""

    def dealt_with(self, person: Person) -> Mapping[str, str]:
        """The same of a person whose row is at hand."""

    def begin(self, record: Record, write: Write, *, claim: bool) -> Record:
        """Notes that a write is about to be sent. With `claim` the code becomes this person's.

        Whoever finds the intent tells what was written, should the writer not live to do so.

        Raises:
            CodeTakenError: the code is claimed by someone else in this company.
        """

    def release_intent(
        self, record: Record, lands_until: datetime | None = None, *, nothing_written: bool = False
    ) -> None:
        """Notes that the write that was begun is over, its outcome unknown: others may look now.

        Where no answer came, Visma may apply it as late as `lands_until`; otherwise it is applied
        by now, or never. Where it is known that `nothing_written`, there is nothing left to tell.
        """

    def person_with(self, worker_id: str) -> str | None:
        """Whose employment this was when last dealt with, or None: a hint, perhaps outdated."""

    def owner_of(self, code: str, company: str) -> str | None:
        """The person who claims an employee code in a company, or None."""

    def finish(
        self,
        record: Record,
        person: Person,
        links: Iterable[EmployeeLink],
        audit: Iterable[AuditRow],
        released: Iterable[Claim] = (),
    ) -> None:
        """Writes outcome and audit together, and raises the version.

        A row that tells what came of it ends the intent; without one, or with rows of a rehearsal
        alone, it stays as it is. The `released` claims are given up, so that the codes may become
        someone else's.
        """

    def waiting(self, company: str) -> Iterator[EmployeeLink]:
        """The people of a company who wait for something."""

    def open_links(self, company: str) -> Iterator[EmployeeLink]:
        """The people of a company with whom something is open, as far as needed to say so.

        Who, since when, why, and for which day; what was written is not among it.
        """

    def due(self, company: str, day: date) -> Iterator[EmployeeLink]:
        """The people of a company whose scheduled day is `day` or earlier."""

    def persons(self, ids: Iterable[str] | None = None) -> Iterator[Person]:
        """The person rows with these ids, or all of them."""

    def headcount(self, company: str, enough: int | None = None) -> int:
        """How many people are known to have an active employee in a company.

        It may be told how many are `enough`, and then counts no further than it must.
        """

    def employed(self) -> Mapping[str, Collection[str]]:
        """All who are known to have an active employee, by id: in which companies, a moment late.

        Whether the mapping still has these companies is no part of it.
        """

    def links(self, company: str) -> Iterator[EmployeeLink]:
        """All rows of a company."""

    def costs(self, company: str) -> Iterator[EmployeeLink]:
        """The same, with what people cost in clear where this function may see it.

        Raises:
            ConfigurationError: the key of what people cost may not be used.
        """

    def holdings(self, company: str) -> tuple[list[EmployeeLink], list[tuple[str, str]]]:
        """All rows of a company, and every claimed code of it with the person who claims it."""

    def learn_id(self, link: EmployeeLink, employee_id: int) -> None:
        """Notes Visma's own id of an employee, unless the row has one, or another version, by now.

        Nothing else of the row is touched, nor the version of the person: whoever is in the middle
        of a write may take it back, and it is learnt again.
        """

    def release_claim(self, record: Record, claim: Claim) -> None:
        """Gives up a claim that nobody uses; nothing else is touched, nor the person's version.

        Raises:
            ConflictError: the person is not as they were read, somebody is in the middle of a
                write, or the claim is not theirs by now.
        """

    def hold(self, record: Record) -> Record:
        """Keeps every writer away from a person who is about to be erased, for two minutes.

        Raises:
            ConflictError: the person moved on since they were read, or a writer is at them.
        """

    def erase(self, record: Record, claims: Iterable[Claim]) -> None:
        """Takes away every row of a person who is held and these claims, their own row last.

        Raises:
            ConflictError: the person moved on since; their own row stays.
        """


class AuditLog(Protocol):
    """The `AuditTable`. Rows about people are written by the ledger together with the outcome."""

    def record(self, act: Act) -> None:
        """Appends what an operator did, tied to the act before it."""

    def head_of_acts(self) -> Head:
        """Where the chain of the operators' acts ends."""

    def erase(self, person_id: str) -> None:
        """Takes away every row of a person; operators' acts stay."""

    def of_person(self, person_id: str) -> Iterator[dict[str, Any]]:
        """The rows of one person, oldest first."""

    def of_outcome(self, outcome: str, since: datetime) -> Iterator[dict[str, Any]]:
        """The rows of one outcome, oldest first."""

    def of_day(self, day: date) -> Iterator[dict[str, Any]]:
        """The rows of one day, oldest first."""
