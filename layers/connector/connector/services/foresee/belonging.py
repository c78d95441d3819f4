"""Where everyone belongs by Rippling and the mapping, now or on a day, whatever Visma has by then.

The writer's own reader decides and its own designer places; nothing is planned here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from connector.domain.changes import Cause
from connector.domain.decisions import Action
from connector.domain.employment import never_began
from connector.domain.errors import ConnectorError, fault_of
from connector.domain.facts import Known, Truth, shown
from connector.domain.guards import ChangeKind
from connector.domain.mapping.model import MappingFile
from connector.domain.people import EmploymentStatus, Worker
from connector.domain.placement import Remembered
from connector.domain.records.ledger import Rejection
from connector.domain.records.rejection.sparing import asks_for_the_same
from connector.services.apply.applier import Applier, rejected_transfers
from connector.services.apply.context import ChangeContext
from connector.services.foresee.foresight import Foresight, Subject, subject
from connector.services.foresee.guards import AskedGuards
from connector.services.foresee.snapshot import Snapshot
from connector.services.shared.new_change import new_change


@dataclass(frozen=True, slots=True)
class Belonging:
    """A person who is to have an active employee in a company, and on which cost centre.

    `missing` says what keeps them from being placed there. Where it `stays`, nothing is decided and
    the employee is left as it is.
    """

    person: str
    company: str
    number: str
    cost_centre: str = ""
    department: str = ""
    missing: tuple[str, ...] = ()
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A person who belongs nowhere, and why: left out by the mapping, or impossible to tell."""

    person: str
    number: str
    reason: str
    is_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Belongings:
    """Everyone whom Rippling shows and who works, by where they belong."""

    people: tuple[Belonging, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = field(default=())


def belongings(
    foresight: Foresight, snapshot: Snapshot, mapping: MappingFile, day: date | None = None
) -> Belongings:
    """Where everyone of a snapshot belongs; who has left, or has not begun, is in neither list.

    Of a day in the past only the days of employments tell: all else is as it is shown now.
    """
    if day:
        mapping = mapping.on(day)
        snapshot = replace(snapshot, employments=employed_on(day, snapshot.employments))
    guards = AskedGuards(foresight.guard_check)
    applier, _ = foresight.stage.over(snapshot, mapping, guards, day)
    found = [
        each
        for person, workers in snapshot.employments.items()
        for each in _of_person(
            applier, mapping, subject(person, workers, snapshot.persons.get(person))
        )
    ]
    return Belongings(
        tuple(each for each in found if isinstance(each, Belonging)),
        tuple(each for each in found if isinstance(each, Elsewhere)),
    )


def employed_on(day: date, employments: Mapping[str, Sequence[Worker]]) -> dict[str, list[Worker]]:
    """The employments of everyone without those that had ended by a day, or begin after it.

    The status of an employment is that of today, and says nothing about another day.
    """
    then = {
        person: [_as_employed(worker) for worker in workers if _is_employed(worker, day)]
        for person, workers in employments.items()
    }
    return {person: workers for person, workers in then.items() if workers}


def _is_employed(worker: Worker, day: date) -> bool:
    first, last = shown(worker.facts.start_date), shown(worker.facts.end_date)
    return (first is None or first <= day) and (last is None or day <= last)


def _as_employed(worker: Worker) -> Worker:
    """Someone who has ended since as they were: employed, the last day included."""
    facts = worker.facts
    has_left = facts.status is EmploymentStatus.TERMINATED and isinstance(facts.end_date, Known)
    if not has_left or never_began(facts) is Truth.YES:
        return worker
    return replace(worker, facts=replace(facts, status=EmploymentStatus.ACTIVE))


def _of_person(
    applier: Applier, mapping: MappingFile, about: Subject
) -> Iterable[Belonging | Elsewhere]:
    try:
        context = applier.reader.read(new_change(about.worker, about.person, Cause.SWEEP), mapping)
        return list(_by_decision(applier, context, about))
    except ConnectorError as error:
        return [Elsewhere(about.person, about.number, str(error), is_unknown=True)]
    except Exception as error:  # noqa: BLE001 whatever it is, it is about one person
        reason = f"it ends in an error ({fault_of(error)})"
        return [Elsewhere(about.person, about.number, reason, is_unknown=True)]


def _by_decision(
    applier: Applier, context: ChangeContext, about: Subject
) -> Iterator[Belonging | Elsewhere]:
    decision = context.decision
    stays_in = _stays_in(applier, context)
    if stays_in:  # an operator has decided that they stay as they are
        yield from _as_they_are(applier, context, about)
        if stays_in not in context.mapping.companies:
            reason = f"an operator had them stay in {stays_in}"
            yield Elsewhere(about.person, about.number, reason)
    elif decision.action is Action.WRITE:
        desired = applier.designer.desired(context)
        place = desired.placement
        missing = tuple(thing.message(place.company) for thing in place.missing)
        yield Belonging(
            about.person,
            place.company,
            _number(context, place.company, about),
            place.cost_centre or "",
            about.department,
            missing,
        )
    elif decision.action is Action.WAIT:
        company = decision.company or next(iter(context.mapping.companies))
        yield Belonging(
            about.person, company, about.number, "", about.department, (decision.reason,)
        )
    elif decision.action in (Action.KEEP, Action.IGNORE):
        yield from _as_they_are(applier, context, about)
        if not _places_kept(context) and decision.action is Action.IGNORE:
            yield Elsewhere(about.person, about.number, decision.reason)


def _stays_in(applier: Applier, context: ChangeContext) -> str | None:
    """The company in which an operator rejected that somebody is placed otherwise."""
    match context.decision.action:
        case Action.WRITE if context.decision.leave_first:
            return next(rejected_transfers(context), None)
        case Action.WRITE:
            return _keeps_place(applier, context)
        case Action.LEAVE:
            active = context.record.active_in
            return next((each for each in active if _keeps_on(context.rejections(each))), None)
        case _:
            return None


def _keeps_place(applier: Applier, context: ChangeContext) -> str | None:
    company = context.decision.company
    about_place = [
        each for each in context.rejections(company) if each.is_whole or "department" in each.values
    ]
    fields = applier.designer.desired(context).fields if about_place else {}
    is_kept = any(asks_for_the_same(each, fields) for each in about_place)
    return company if is_kept else None


def _keeps_on(rejections: Iterable[Rejection]) -> bool:
    return any(each.kind == ChangeKind.DEACTIVATE.value for each in rejections)


def _as_they_are(applier: Applier, context: ChangeContext, about: Subject) -> Iterator[Belonging]:
    for company in _places_kept(context):
        centre = _centre_kept(applier, context, company)
        number = _number(context, company, about)
        yield Belonging(about.person, company, number, centre, about.department, stays=True)


def _centre_kept(applier: Applier, context: ChangeContext, company: str) -> str:
    """The cost centre of an employee as it is: where another one was to be, it never came to that.

    Of whom nothing is remembered, the department that was written says it.
    """
    link = context.link(company)
    kept = Remembered.of(context.record.person.placement, company, link.written if link else None)
    if kept.cost_centre or not kept.department:
        return kept.cost_centre or ""
    catalogue = applier.designer.catalogues.current(company, context.mapping.companies[company])
    department = catalogue.department(kept.department)
    return (department.cost_centre if department else None) or ""


def _places_kept(context: ChangeContext) -> list[str]:
    """Where somebody is active; a company that the mapping lost is nowhere to belong."""
    return [each for each in context.record.active_in if each in context.mapping.companies]


def _number(context: ChangeContext, company: str, about: Subject) -> str:
    link = context.link(company)
    return (link.employee_code if link else None) or about.number
