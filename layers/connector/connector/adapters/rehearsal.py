"""The rehearsal: everything is read, planned and audited, and nothing is sent to Visma.

A second pair of adapters rather than a question asked in many places: no code that rehearses knows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from connector.domain.employees import Employee, Fields, Written

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date, datetime

    from connector.domain.catalogue import Part
    from connector.domain.guards import ChangeKind, Run
    from connector.domain.mapping.model import Guards
    from connector.domain.records.audit import AuditRow
    from connector.domain.records.digests import DigestKey
    from connector.domain.records.ledger import Claim, EmployeeLink, Person, Record, Write
    from connector.ports.guard_log import GuardLog
    from connector.ports.ledger import Ledger
    from connector.ports.visma import Listing, Sample, SingleReads, Target, Targets


class RehearsalLedger:
    """A ledger that remembers what was planned, and nothing of what would have been written."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @property
    def key(self) -> DigestKey:
        return self._ledger.key

    def record(self, person_id: str) -> Record:
        return self._ledger.record(person_id)

    def fingerprints(self, person_ids: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
        """For each known person, worker id to fingerprint as the ledger within has it."""
        return self._ledger.fingerprints(person_ids)

    def dealt_with(self, person: Person) -> Mapping[str, str]:
        return self._ledger.dealt_with(person)

    def begin(self, record: Record, write: Write, *, claim: bool) -> Record:
        """Notes nothing: no write is about to be sent."""
        return record

    def release_intent(
        self, record: Record, lands_until: datetime | None = None, *, nothing_written: bool = False
    ) -> None:
        """Nothing was begun."""

    def person_with(self, worker_id: str) -> str | None:
        return self._ledger.person_with(worker_id)

    def owner_of(self, code: str, company: str) -> str | None:
        return self._ledger.owner_of(code, company)

    def finish(
        self,
        record: Record,
        person: Person,
        links: Iterable[EmployeeLink],
        audit: Iterable[AuditRow],
        released: Iterable[Claim] = (),
    ) -> None:
        """Writes the audit as planned, and which fingerprints were dealt with."""
        planned = replace(record.person, planned_fingerprints=person.fingerprints)
        self._ledger.finish(record, planned, (), (replace(row, planned=True) for row in audit))

    def waiting(self, company: str) -> Iterator[EmployeeLink]:
        return self._unplanned(self._ledger.waiting(company))

    def open_links(self, company: str) -> Iterator[EmployeeLink]:
        """Those of the live ledger: a rehearsal opens and closes nothing."""
        return self._ledger.open_links(company)

    def due(self, company: str, day: date) -> Iterator[EmployeeLink]:
        return self._unplanned(self._ledger.due(company, day))

    def _unplanned(self, links: Iterator[EmployeeLink]) -> Iterator[EmployeeLink]:
        """Those who were not planned yet as they are.

        The rows stay as they are in a rehearsal: without this, everyone who is due or waits would
        be planned at every tick.
        """
        found = list(links)
        persons = self._ledger.persons({link.person_id for link in found})
        planned = {
            each.id
            for each in persons
            if each.planned_fingerprints and each.planned_fingerprints == each.fingerprints
        }
        return (link for link in found if link.person_id not in planned)

    def persons(self, ids: Iterable[str] | None = None) -> Iterator[Person]:
        return self._ledger.persons(ids)

    def headcount(self, company: str, enough: int | None = None) -> int:
        return self._ledger.headcount(company, enough)

    def employed(self) -> Mapping[str, Collection[str]]:
        return self._ledger.employed()

    def links(self, company: str) -> Iterator[EmployeeLink]:
        return self._ledger.links(company)

    def costs(self, company: str) -> Iterator[EmployeeLink]:
        return self._ledger.costs(company)

    def holdings(self, company: str) -> tuple[list[EmployeeLink], list[tuple[str, str]]]:
        return self._ledger.holdings(company)

    def learn_id(self, link: EmployeeLink, employee_id: int) -> None:
        """Learns nothing."""

    def release_claim(self, record: Record, claim: Claim) -> None:
        """Gives nothing up."""

    def hold(self, record: Record) -> Record:
        """Holds the person: an erasure is no write to Visma."""
        return self._ledger.hold(record)

    def erase(self, record: Record, claims: Iterable[Claim]) -> None:
        """Takes the rows away: an erasure is no write to Visma."""
        self._ledger.erase(record, claims)


class RehearsalGuardLog:
    """The guards' log of a rehearsal: it holds what would be held, and counts no one."""

    def __init__(self, guard_log: GuardLog) -> None:
        self._guard_log = guard_log

    def run(self, run: str) -> Run:
        return self._guard_log.run(run)

    def save_run(self, run: Run) -> None:
        self._guard_log.save_run(run)

    def counted(self, company: str, kind: ChangeKind) -> Collection[str]:
        return self._guard_log.counted(company, kind)

    def count(self, company: str, kind: ChangeKind, person_id: str, limit: int) -> bool:
        """Whether the person could be counted; nothing is changed, so that no one is."""
        counted = self._guard_log.counted(company, kind)
        return person_id in counted or len(counted) < limit

    def allow_all(self, company: str, kind: ChangeKind) -> None:
        """Nothing is loaded."""

    def last_known(self, company: str) -> Guards | None:
        return self._guard_log.last_known(company)

    def keep(self, company: str, guards: Guards) -> None:
        """The mapping of a rehearsal is that of the live connector."""
        self._guard_log.keep(company, guards)


class RehearsalTarget:
    """A company that can be read; what is written to it goes nowhere."""

    def __init__(self, target: Target) -> None:
        self._target = target

    def read(self, code: str) -> Employee | None:
        return self._target.read(code)

    def create(self, code: str, fields: Fields) -> Written:
        """Sends nothing; the code is the one asked for."""
        return Written(code)

    def update(
        self,
        code: str,
        fields: Fields,
        *,
        identity: Fields,
        etag: str | None,
    ) -> Written:
        """Sends nothing."""
        return Written(code)

    def rename(self, employee_id: int, new_code: str) -> None:
        """Sends nothing."""

    def catalogue(
        self, parts: Iterable[Part], cost_centre_segment: int | None
    ) -> Mapping[Part, Any]:
        return self._target.catalogue(parts, cost_centre_segment)

    def employees(self) -> Iterator[Employee]:
        return self._target.employees()

    def all_employees(self) -> Listing:
        return self._target.all_employees()

    def sign_in(self) -> tuple[str, ...]:
        """Signs in, which changes nothing; the rights that were not given."""
        return self._target.sign_in()

    def segments(self) -> Mapping[int, str]:
        return self._target.segments()

    def sample(self) -> Sample:
        return self._target.sample()

    def single_reads(self, first: Employee | None) -> SingleReads:
        return self._target.single_reads(first)


class RehearsalTargets:
    """The companies, none of which can be written to."""

    def __init__(self, targets: Targets) -> None:
        self._targets = targets

    def company(self, key: str) -> RehearsalTarget:
        return RehearsalTarget(self._targets.company(key))
