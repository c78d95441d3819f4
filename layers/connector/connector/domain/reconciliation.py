"""What should be, what was written last, and what is there: whoever differs is looked at again.

Two comparisons make it whole. `is_otherwise` has what Rippling and the mapping ask for beside what
the ledger wrote last, and `reconcile` has what the ledger wrote last beside what Visma shows. Pure,
and nothing is concluded: the writer reads the person fresh and decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from connector.domain.catalogue import canonical
from connector.domain.decisions import NO_LONGER_SHOWN, Action, Decision
from connector.domain.employees import (
    BUSINESS_FIELDS,
    INACTIVE,
    Employee,
    StoredValues,
    readable,
    row_version,
    same,
    stored_values,
)
from connector.domain.guards import ChangeKind, shows_too_few
from connector.domain.placement import Placement
from connector.domain.planning import Outcome
from connector.domain.records.ledger import EmployeeLink, Person


class Origin(StrEnum):
    """Why somebody has to be looked at again."""

    EDITED = "edited"
    MISSING = "missing"
    RENUMBERED = "renumbered"
    ANOTHER = "another"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Finding:
    """A person whose employee is not as the ledger knows it."""

    person_id: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A company whose list of employees leaves far too many of the active ones out.

    Of `unseen` nothing is known: they may be deleted, or the integration may not see them any more.
    They are as little in step as they are gone.
    """

    company: str
    known: int
    unseen: tuple[str, ...]

    @property
    def shown(self) -> int:
        """How many of the active employees are on the list."""
        return self.known - len(self.unseen)

    @property
    def message(self) -> str:
        """How many the list shows, in the words in which everyone tells of it."""
        return short_list(self.company, self.shown, self.known)

    @property
    def told(self) -> str:
        """The message with what to do about it."""
        return f"{self.message}; {what_to_do(self.company)}"


def short_list(company: str, shown: int, known: int) -> str:
    """That a list has too few: `known` are active by the ledger, and `shown` of them are on it."""
    return (
        f"{company}: Visma's list shows {shown} of {known} active employees: too few to conclude"
        f" anything about the other {known - shown}, who are not in step"
    )


def what_to_do(company: str) -> str:
    """What tells the causes of a short list apart: each is read by its code, nothing is written."""
    return (
        f"give the integration the right to see all employees back, or type `connector reconcile"
        f" heal --company {company}`, which has each of them read: `connector rejected` then lists"
        " who is deleted, see docs/runbook.md#visma-shows-too-few"
    )


WRITTEN = (Outcome.CREATED, Outcome.UPDATED, Outcome.DEACTIVATED, Outcome.REACTIVATED)
"""After these the ledger has what the employee is to show, whatever version it is at."""

CONFLICT = "conflict: "
"""How the reason begins where an employee is not, or no longer, the person's own."""

STANDING = (Outcome.HELD.value, Outcome.REJECTED.value)
"""Who ended so stands open on a list of their own, and is retried from there."""


def is_otherwise(person: Person, decision: Decision, placement: Placement | None) -> bool:
    """Whether someone would be elsewhere, placed otherwise, or by another employment than before.

    `placement` is theirs in the company of a decision to write, by the facts of today. Whoever
    waits although nothing is to be written is there for a look, which ends the wait.
    """
    return _is_by_another(person, decision) or _ends_otherwise(person, decision, placement)


def _is_by_another(person: Person, decision: Decision) -> bool:
    """Whether someone is active by another employment than the ledger has them by.

    Nothing may be left to do, as where the one that counted was deleted and another one goes on:
    but until that is noted, nobody follows when that other one ends.
    """
    is_decided = decision.action in (Action.WRITE, Action.LEAVE, Action.IGNORE)
    worker, known = decision.worker, person.worker_id if person.active_in else ""
    return is_decided and worker is not None and known not in ("", worker.id)


def _ends_otherwise(person: Person, decision: Decision, placement: Placement | None) -> bool:
    is_waiting = person.outcome == Outcome.WAITING.value
    match decision.action:
        case Action.LEAVE:
            return is_waiting or (bool(person.active_in) and person.outcome not in STANDING)
        case Action.IGNORE | Action.SCHEDULE:
            return is_waiting
        case Action.KEEP if decision.reason == NO_LONGER_SHOWN:
            return is_waiting
        case Action.WRITE if placement is not None:
            if placement.missing:
                return placement.differs_from(person.placement)
            is_there = person.active_in == (placement.company,)
            is_open = not is_there and person.outcome not in STANDING
            return is_open or placement.differs_from(person.placement)
        case _:
            return False


def reconcile(links: Iterable[EmployeeLink], employees: Iterable[Employee]) -> list[Finding]:
    """Whoever has an employee that is not as the ledger knows it, in one company.

    A list that shows far too few employees says nothing about those it leaves out: `shortfall` has
    them.
    """
    known, here = list(links), list(employees)
    is_whole = shortfall("", known, here) is None
    found = _differing(known, here)
    return [each for each in found if is_whole or each.origin is not Origin.MISSING]


def shortfall(
    company: str, links: Iterable[EmployeeLink], employees: Iterable[Employee]
) -> Shortfall | None:
    """Whom the list of a company leaves out, where it shows too few for that to mean anything.

    None where whoever is not on it is gone for all that a list can tell. Everyone who concludes
    something from a list asks here, so that it is believed by all of them or by none. Inactive
    employees and strangers who are on it stand for nobody.
    """
    listed = _Listed.of(employees)
    expected = {link.person_id: listed.has(link) for link in links if _is_expected(link)}
    unseen = [person_id for person_id, is_there in expected.items() if not is_there]
    if not shows_too_few(expected, unseen):
        return None
    return Shortfall(company, len(expected), tuple(sorted(unseen)))


def _is_expected(link: EmployeeLink) -> bool:
    """Whether a list should have the employee, for all that the writer has found.

    Whoever is rejected is not among them: the writer has looked at them, and they are told already.
    """
    return link.is_active and (link.outcome is not Outcome.REJECTED or link.is_left)


@dataclass(frozen=True, slots=True)
class _Listed:
    """Who is on a list: by code, and by Visma's own id. The employees themselves are not kept."""

    codes: Collection[str]
    ids: Collection[int]

    @classmethod
    def of(cls, employees: Iterable[Employee]) -> _Listed:
        codes, ids = set[str](), set[int]()
        for employee in employees:
            codes.add(canonical(employee.code))
            if employee.employee_id is not None:
                ids.add(employee.employee_id)
        return cls(codes, ids)

    def has(self, link: EmployeeLink) -> bool:
        """Whether the employee of a row is on the list, be it under another code."""
        return canonical(link.employee_code or "") in self.codes or link.employee_id in self.ids


def _differing(links: Iterable[EmployeeLink], here: Sequence[Employee]) -> list[Finding]:
    """Whoever is not as the ledger knows it, whatever the list may leave out."""
    known = [link for link in links if link.exists]
    by_code = {canonical(employee.code): employee for employee in here}
    ids = {employee.employee_id for employee in here if employee.employee_id is not None}
    found = (
        (link, origin_of(link, by_code.get(canonical(link.employee_code or "")), ids))
        for link in known
    )
    return [Finding(link.person_id, origin) for link, origin in found if origin]


def extra(links: Iterable[EmployeeLink], employees: Iterable[Employee]) -> Iterator[Employee]:
    """The active employees of a company that belong to nobody in the ledger."""
    known = list(links)
    codes = {canonical(link.employee_code or "") for link in known}
    ids = {link.employee_id for link in known if link.employee_id is not None}
    for employee in employees:
        is_known = canonical(employee.code) in codes or employee.employee_id in ids
        if not is_known and employee.fields.get("status") != INACTIVE:
            yield employee


def learnt(
    links: Iterable[EmployeeLink], employees: Iterable[Employee]
) -> Iterator[tuple[EmployeeLink, int]]:
    """Visma's own ids of the employees that the ledger knows without.

    Only an employee at the very version that the ledger remembers is surely the one it wrote.
    """
    by_code = {canonical(employee.code): employee for employee in employees}
    for link in links:
        employee = by_code.get(canonical(link.employee_code or "")) if link.exists else None
        if employee is None or employee.employee_id is None or link.employee_id is not None:
            continue
        if link.etag and employee.etag and row_version(link.etag) == row_version(employee.etag):
            yield link, employee.employee_id


def origin_of(
    link: EmployeeLink, employee: Employee | None, ids: Collection[int | None]
) -> Origin | None:
    """How the employee under a link's code differs from the one that the ledger knows."""
    if employee is None:
        if link.employee_id in ids:
            return Origin.RENUMBERED
        # Whoever has left needs no employee any more.
        return Origin.MISSING if link.is_active else None
    are_known = None not in (link.employee_id, employee.employee_id)
    if are_known and link.employee_id != employee.employee_id:
        return Origin.RENUMBERED if link.employee_id in ids else Origin.ANOTHER
    return Origin.EDITED if has_drifted(employee, link) else None


def has_drifted(employee: Employee, link: EmployeeLink) -> bool:
    """Whether an employee is not as it was written last: another version, or other values.

    A write may be confirmed and not done, and an edit may move no version: so an equal version
    speaks for the fields alone that cannot be compared without a key. Where none is remembered of
    somebody with whom a change has ended otherwise, the employee is read before the next write
    anyway: there being active again has to tell.
    """
    is_at_another = bool(employee.etag and link.etag) and (
        row_version(employee.etag or "") != row_version(link.etag or "")
    )
    is_compared = not employee.etag or bool(link.etag) or link.outcome in WRITTEN
    return (
        is_at_another
        or (is_compared and is_shown_otherwise(employee, link.written or {}))
        or (not is_compared and is_brought_back(employee, link))
    )


def is_shown_otherwise(employee: Employee, written: StoredValues) -> bool:
    """Whether an employee shows another value of a business field than was written last.

    What a row with a version leaves empty it may just not show: clearing a field makes a version.
    """
    shown = employee.fields
    return any(
        not same(path, written[path], shown[path])
        for path in BUSINESS_FIELDS
        if path in written and path in shown and (shown[path] or not employee.etag)
    )


def is_brought_back(employee: Employee, link: EmployeeLink) -> bool:
    """Whether an employee that was made inactive is not so any more, by nobody's write of ours."""
    was_left = (link.written or {}).get("status") == INACTIVE
    return was_left and employee.fields.get("status", INACTIVE) != INACTIVE


def brought_back(links: Iterable[EmployeeLink], employees: Iterable[Employee]) -> Iterator[str]:
    """The people of a company whose employee was made inactive, and is not so any more."""
    by_code = {canonical(employee.code): employee for employee in employees}
    for link in links:
        employee = by_code.get(canonical(link.employee_code or ""))
        if employee and is_brought_back(employee, link):
            yield link.person_id


def done_meanwhile(
    link: EmployeeLink, person: Person, employee: Employee | None, *, is_whole: bool
) -> bool:
    """Whether what a guard holds may be done by now, by somebody in Visma: worth a look.

    Of a create and a transfer something is always left to do, and a rewrite is personal data: there
    it is worth a look as soon as the employee is not as it was written last.
    """
    if not link.is_held or not link.exists:
        return False
    if employee is None:
        return is_whole and link.held_kind == ChangeKind.DEACTIVATE.value
    status = employee.fields.get("status")
    match link.held_kind:
        case ChangeKind.DEACTIVATE.value:
            return status == INACTIVE
        case ChangeKind.REACTIVATE.value:
            return status not in (INACTIVE, None)
        case ChangeKind.MOVE.value | ChangeKind.RECLASSIFY.value:
            return _is_placed(employee, person, link.company)
        case _:
            is_rewrite = link.held_kind == ChangeKind.REWRITE.value
            return is_rewrite and _is_rewritten(employee, person, link)


def _is_placed(employee: Employee, person: Person, company: str) -> bool:
    """Whether an employee is placed as the person was to be."""
    wanted = person.placement
    asked = [path for path in BUSINESS_FIELDS if wanted.get(path) and path in employee.fields]
    return wanted.get("company") == company and all(
        same(path, str(wanted[path]), employee.fields[path]) for path in asked
    )


def _is_rewritten(employee: Employee, person: Person, link: EmployeeLink) -> bool:
    """Whether an employee has other contact data than was written last, as far as is shown."""
    written = readable(link.written or {}, person.seal)
    shown = stored_values(employee.fields, person.seal)
    return any(
        path in shown and not same(path, text, shown[path]) for path, text in written.items()
    )


def unused(
    claims: Iterable[tuple[str, str]], links: Iterable[EmployeeLink]
) -> Iterator[tuple[str, str]]:
    """The claims, as code and person, of people who have no employee under that code here."""
    used = {(canonical(link.employee_code), link.person_id) for link in links if link.employee_code}
    return ((code, owner) for code, owner in claims if (canonical(code), owner) not in used)


def gone(persons: Iterable[Person], seen: Collection[str]) -> Iterator[Person]:
    """The people with an active employee whom a read of everyone did not show.

    Absence is never a termination: they are told, and nothing is done.
    """
    return (person for person in persons if person.active_in and person.id not in seen)
