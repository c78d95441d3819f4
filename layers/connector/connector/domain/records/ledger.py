"""What the connector knows of each person: the rows of the ledger, without how they are stored.

One `Person` row for the human, and one `EmployeeLink` row for each company that has, or should
have, an employee for them. No personal data is stored here but the cost allocation, where that is
kept: personal fields are digests with the key of the stack and a salt of the person's own, so that
erasing the person row makes every digest meaningless.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum, auto
from typing import Any, TypeAlias, TypeVar

from connector.domain.employees import ACTIVE, INACTIVE, NOTHING, Fields, StoredValues, shows_same
from connector.domain.employment import Counted
from connector.domain.people import Facts, Worker, day_in
from connector.domain.planning import Difference, Outcome
from connector.domain.records.allocation import Allocation
from connector.domain.records.chain import Head
from connector.domain.records.digests import NO_KEY, DigestKey, Seal

OPEN = frozenset({Outcome.WAITING, Outcome.SCHEDULED, Outcome.HELD, Outcome.REJECTED})
"""The outcomes that are not the last word about somebody."""

INTENT_SECONDS = 120.0  # longer than a writer can run: 90 s, and a margin for clocks

ANSWER_SECONDS = 240.0
"""So long after a write without an answer Visma may still apply it."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A write that was begun: to which company, and until when its writer may still be at it.

    It says what it writes: the `differences` of the plan, as the audit tells them, and the version
    (`etag`) of the employee that they are seen on, empty where Visma shows none of an employee that
    is taken over; of a create, personal fields by name alone. They
    are empty where no field is written, and None where an earlier version began it and did not say.
    A create carries the `proof` by which the employee is known again, should no answer come.
    Where none came, or the writer was killed, the write may be applied as late as `lands_until`.
    """

    company: str
    code: str
    until: datetime
    owner: str
    proof: str = ""
    lands_until: datetime | None = None
    differences: tuple[Difference, ...] | None = None
    etag: str | None = None

    @property
    def is_untold(self) -> bool:
        """Whether the write may have changed an employee, which no row of the audit tells yet.

        What an earlier version began did not say what it writes, and may have written anything.
        """
        return bool(self.proof) or self.differences != ()

    @property
    def is_adoption(self) -> bool:
        """Whether an employee is taken over that was there before; a new one has no version."""
        return bool(self.proof) and self.etag is not None

    @property
    def is_create(self) -> bool:
        """Whether an employee is made that was not there before."""
        return bool(self.proof) and self.etag is None

    @property
    def may_have_updated(self) -> bool:
        """Whether it may have changed a field of an employee that was there before."""
        return not self.proof and self.differences != ()

    def may_land(self, now: datetime) -> bool:
        """Whether the write may still be applied, though no answer came."""
        return self.lands_until is not None and now < self.lands_until


@dataclass(frozen=True, slots=True)
class Write:
    """What is about to be sent to Visma: to which employee, and which fields from what to what.

    The differences are seen on the version `etag` of the employee. `proof` is what a created one
    can be known by, should its answer be lost.
    """

    company: str
    code: str
    differences: tuple[Difference, ...]
    proof: str = ""
    etag: str | None = None


Claim: TypeAlias = tuple[str, str]
"""A company, and an employee code there that is one person's."""


@dataclass(frozen=True, slots=True)
class Person:
    """One human: version for conditional writes, what was last seen, and where they belong."""

    id: str
    version: int = 0
    salt: str = ""
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    planned_fingerprints: Mapping[str, str] = field(default_factory=dict)
    worker_id: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    placement: Mapping[str, Any] = field(default_factory=dict)
    outcome: str = ""
    active_in: tuple[str, ...] = ()
    intent: Intent | None = None
    audit: Head = field(default_factory=Head)
    key: DigestKey = field(default=NO_KEY, repr=False, compare=False)

    @property
    def seal(self) -> Seal:
        """How the personal fields of this person are stored; of who was read from the ledger."""
        return Seal(self.key, self.salt)

    @property
    def worker_ids(self) -> frozenset[str]:
        """The employments that were dealt with, in a rehearsal or not."""
        return frozenset((*self.fingerprints, *self.planned_fingerprints))

    @property
    def has_lost_what_counted(self) -> bool:
        """Whether the employment that counts was not among those shown when last dealt with."""
        return bool(self.worker_ids) and self.worker_id not in ("", *self.worker_ids)

    @property
    def counted(self) -> Counted:
        """The employment that counts, with its days as Rippling showed them last."""
        first, last = self.facts.get("start_date"), self.facts.get("end_date")
        return Counted(self.worker_id, day_in(first), day_in(last))

    @property
    def counted_worker(self) -> Worker | None:
        """The employment that counts, by the facts kept of it; None where none are."""
        if not self.facts or not self.worker_id:
            return None
        return Worker(self.worker_id, self.id, Facts.from_json(self.facts))


class Keep(Enum):
    """Stands for "as it is": None is a value of its own, it forgets."""

    AS_IT_IS = auto()


AS_IT_IS = Keep.AS_IT_IS

T = TypeVar("T")


def kept(value: T | Keep, before: T) -> T:
    """The new value, or the one before where nothing is said."""
    return before if isinstance(value, Keep) else value


WHOLE = ("create", "reactivate", "deactivate", "transfer")
"""Kinds of a change that are one thing, whatever they write."""

REJECTED = "the operator rejected it; it is not done as long as the same is asked for"
"""Why nothing was done; a row of the ledger or the audit says so."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """The very change that was held: its kind, and the values that it would have written.

    Values are stored ones: personal fields are sealed. There are none where an earlier version
    kept it, and no kind either where that had rejected it: whatever would be done is meant then.
    """

    kind: str
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether it is done wholly or not at all; of another, each field is one of its own."""
        return self.kind in WHOLE


@dataclass(frozen=True, slots=True)
class LinkUpdate:
    """What an outcome says of an employee link.

    The first members are said again with each outcome, and empty where nothing is said; the others
    stay as they are.
    """

    waiting_for: tuple[str, ...] = ()
    due_on: date | None = None
    reason: str = ""
    held_kind: str = ""
    held_run: str = ""
    held_plan: str = ""
    held_values: Mapping[str, str] = field(default_factory=dict)
    found_by: str = ""
    rejections: tuple[Rejection, ...] = ()
    worker_id: str | Keep = AS_IT_IS
    expected_code: str | Keep | None = AS_IT_IS
    rules: tuple[str, ...] | Keep = AS_IT_IS
    employee_code: str | Keep | None = AS_IT_IS
    employee_id: int | Keep | None = AS_IT_IS
    etag: str | Keep | None = AS_IT_IS
    written: Mapping[str, str] | Keep | None = AS_IT_IS


@dataclass(frozen=True, slots=True)
class EmployeeLink:
    """One person in one company: the employee as last written, and what stands in the way."""

    person_id: str
    company: str
    outcome: Outcome
    since: datetime
    worker_id: str = ""
    employee_code: str | None = None
    expected_code: str | None = None
    employee_id: int | None = None
    etag: str | None = None
    written: Mapping[str, str] | None = None
    waiting_for: tuple[str, ...] = ()
    due_on: date | None = None
    rules: tuple[str, ...] = ()
    reason: str = ""
    held_kind: str = ""
    held_run: str = ""
    held_plan: str = ""
    held_values: Mapping[str, str] = field(default_factory=dict)
    """What the held change would write, or would have written when it was last looked at."""

    rejections: tuple[Rejection, ...] = ()
    """What an operator rejected, as long as it is asked for: fields, and changes that are whole."""

    found_by: str = ""
    """The cause by which an open outcome was come to first."""

    allocation: Allocation | None = field(default=None, repr=False)

    @property
    def is_active(self) -> bool:
        """True where Visma is known to hold an employee who is not inactive."""
        return self.exists and (self.written or {}).get("status", ACTIVE) != INACTIVE

    @property
    def exists(self) -> bool:
        """True where Visma is known to hold the employee."""
        return self.employee_code is not None

    @property
    def is_open(self) -> bool:
        """True where something is still to come: a decision, a repair, or a day."""
        return self.outcome in OPEN or self.due_on is not None

    @property
    def is_held(self) -> bool:
        """True where a guard holds a change to this person here."""
        return self.outcome is Outcome.HELD

    @property
    def is_dropped(self) -> bool:
        """True where an operator rejected a change that is still asked for."""
        return bool(self.rejections)

    @property
    def is_left(self) -> bool:
        """True where nothing is done for that reason alone: nobody has to do anything."""
        return self.is_dropped and self.outcome is Outcome.REJECTED and REJECTED in self.reason

    def is_of(
        self,
        employee_id: int | None,
        shown: StoredValues,
        seal: Seal,
        desired: Fields = NOTHING,
    ) -> bool | None:
        """Whether an employee of Visma is the one of this row; None where nothing tells.

        Visma's own id tells where both are known, else the names and the address.
        """
        if self.employee_id is not None and employee_id is not None:
            return self.employee_id == employee_id
        return shows_same(self.written or {}, shown, seal, desired)

    def after(self, outcome: Outcome, now: datetime, update: LinkUpdate) -> EmployeeLink:
        """This row after an outcome; `since` moves only when the outcome does."""
        return replace(
            self,
            outcome=outcome,
            since=self.since if self.outcome is outcome else now,
            waiting_for=update.waiting_for,
            due_on=update.due_on,
            reason=update.reason,
            held_kind=update.held_kind,
            held_run=update.held_run,
            held_plan=update.held_plan,
            held_values=update.held_values,
            rejections=update.rejections,
            found_by=update.found_by,
            worker_id=kept(update.worker_id, self.worker_id),
            expected_code=kept(update.expected_code, self.expected_code),
            rules=kept(update.rules, self.rules),
            employee_code=kept(update.employee_code, self.employee_code),
            employee_id=kept(update.employee_id, self.employee_id),
            etag=kept(update.etag, self.etag),
            written=kept(update.written, self.written),
        )


@dataclass(frozen=True, slots=True)
class Record:
    """Everything the ledger holds of one person, as read at one moment."""

    person: Person
    links: Mapping[str, EmployeeLink] = field(default_factory=dict)

    @property
    def active_in(self) -> tuple[str, ...]:
        """The companies in which the person is known to have an active employee."""
        return tuple(sorted(company for company, link in self.links.items() if link.is_active))

    @property
    def is_known(self) -> bool:
        """True where the person has been seen before."""
        return self.person.version > 0
