"""What to do about a person today: write, leave, wait for a day, or leave alone.

Between "who counts" (employment), "where do they belong" (placement) and "what differs" (planning):
this file joins scope, company and dates into one decision. It reads nothing and writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from connector.domain.employment import (
    EmploymentOnDay,
    EmploymentState,
    primary_employment,
    state_on,
)
from connector.domain.mapping.model import MappingFile
from connector.domain.people import Worker
from connector.domain.planning import Outcome


class Action(StrEnum):
    """What a decision asks for."""

    WRITE = "write"
    LEAVE = "leave"
    SCHEDULE = "schedule"
    IGNORE = "ignore"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a person, in which company, and the companies they must leave first."""

    action: Action
    worker: Worker | None = None
    company: str | None = None
    reason: str = ""
    due_on: date | None = None
    leave_first: tuple[str, ...] = ()


def in_force_since(worker: Worker, outcome: Outcome, today: date) -> date | None:
    """The day from which a change of status holds, where that day has passed already."""
    days = {
        Outcome.DEACTIVATED: worker.facts.end_date,
        Outcome.CREATED: worker.facts.start_date,
        Outcome.REACTIVATED: worker.facts.start_date,
    }
    day = days.get(outcome)
    return day if day and day < today else None


OVER = (EmploymentState.ENDED, EmploymentState.NEVER_BEGAN)

GONE = "Rippling shows no employment of this person; absence is never a termination"


def decide(
    workers: Sequence[Worker],
    mapping: MappingFile,
    now: datetime,
    active_in: Collection[str],
    counted: str = "",
) -> Decision:
    """What to do about a person with these employments, active in these Visma companies.

    `counted` is the worker that counted last time. Where it is gone, an older employment that
    ended says nothing about it.
    """
    decision = _decide(workers, mapping, now, active_in)
    is_gone = bool(counted) and counted not in {worker.id for worker in workers}
    if decision.action is Action.LEAVE and active_in and is_gone:
        return Decision(Action.KEEP, decision.worker, decision.company, GONE)
    return decision


def _decide(
    workers: Sequence[Worker], mapping: MappingFile, now: datetime, active_in: Collection[str]
) -> Decision:
    if not workers:
        return Decision(Action.KEEP, reason=GONE)
    in_scope = [worker for worker in workers if _scope_problem(worker, mapping) is None]
    if not in_scope:
        return _out_of_scope(workers, mapping, now, active_in)
    employment = primary_employment(in_scope, lambda worker: employment_today(worker, mapping, now))
    if employment is None:
        raise AssertionError("there is at least one employment in scope")
    return _decision(employment, workers, mapping, now, active_in)


def _decision(
    employment: EmploymentOnDay,
    workers: Sequence[Worker],
    mapping: MappingFile,
    now: datetime,
    active_in: Collection[str],
) -> Decision:
    worker = employment.worker
    company = mapping.company_of(worker.facts)
    due_on = next_day(workers, mapping, now)
    match employment.state:
        case EmploymentState.WORKING | EmploymentState.ENDS_LATER:
            others = tuple(sorted(set(active_in) - {company}))
            return Decision(Action.WRITE, worker, company, "", due_on, leave_first=others)
        case EmploymentState.STARTS_LATER:
            has_left = bool(active_in) and has_ended_employment(workers, mapping, now)
            action = Action.LEAVE if has_left else Action.SCHEDULE
            return Decision(action, worker, company, _starts(worker), due_on)
        case EmploymentState.ENDED:
            return Decision(Action.LEAVE, worker, company, reason_of_end(worker))
        case EmploymentState.NEVER_BEGAN:
            return Decision(Action.LEAVE, worker, company, "the employment never began")
        case EmploymentState.NOT_HIRED:
            return Decision(Action.IGNORE, worker, company, "the offer is not accepted yet")
        case _:
            return Decision(Action.KEEP, worker, company, "Rippling gives a status we do not know")


def next_day(workers: Sequence[Worker], mapping: MappingFile, now: datetime) -> date | None:
    """The next day on which something about the person changes, whichever employment says so."""
    in_scope = [worker for worker in workers if _scope_problem(worker, mapping) is None]
    days = [employment_today(worker, mapping, now).due_on for worker in in_scope]
    return min((day for day in days if day), default=None)


def has_ended_employment(workers: Sequence[Worker], mapping: MappingFile, now: datetime) -> bool:
    """Whether an employment of the person is over."""
    return any(employment_today(worker, mapping, now).state in OVER for worker in workers)


def _out_of_scope(
    workers: Sequence[Worker], mapping: MappingFile, now: datetime, active_in: Collection[str]
) -> Decision:
    employment = primary_employment(workers, lambda worker: employment_today(worker, mapping, now))
    if employment is None:
        raise AssertionError("there is at least one employment")
    worker = employment.worker
    reason = _scope_problem(worker, mapping) or ""
    leaving = [
        company
        for company in active_in
        if company in mapping.companies
        and mapping.companies[company].scope.deactivate_when_out_of_scope
    ]
    ended = employment.state in (EmploymentState.ENDED, EmploymentState.NEVER_BEGAN)
    if (leaving or ended) and active_in:
        return Decision(Action.LEAVE, worker, mapping.company_of(worker.facts), reason)
    due_on = employment.due_on if active_in else None  # who leaves, leaves in any case
    return Decision(Action.IGNORE, worker, mapping.company_of(worker.facts), reason, due_on)


def employment_today(worker: Worker, mapping: MappingFile, now: datetime) -> EmploymentOnDay:
    """An employment on the present day of the company that it belongs to."""
    company = mapping.company_of(worker.facts)
    if company is None:
        return state_on(worker, now.date())
    lead_days = mapping.companies[company].lead_days
    return state_on(worker, mapping.today(company, now), lead_days=lead_days)


def _scope_problem(worker: Worker, mapping: MappingFile) -> str | None:
    return mapping.scope_problem(worker.facts)


def _starts(worker: Worker) -> str:
    day = worker.facts.start_date
    return f"starts on {day.isoformat()}" if day else "accepted, but without a start date"


def reason_of_end(worker: Worker) -> str:
    """Why an employment is over, for the audit."""
    day = worker.facts.end_date
    return f"left on {day.isoformat()}" if day else "left"
