"""Which employment of a person counts, and what its status and dates ask for on a given day.

Only Rippling's own word TERMINATED, on its end date or later, ends anything. Absence never does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from connector.domain.people import EmploymentStatus, Facts, Worker

NEVER_BEGAN = frozenset({"OFFER_DECLINED", "RESCIND", "RENEGE"})


class EmploymentState(IntEnum):
    """Where an employment stands on a day; of several, the greatest speaks for the person."""

    NOT_HIRED = 0
    NEVER_BEGAN = 1
    ENDED = 2
    UNCLEAR = 3
    STARTS_LATER = 4
    ENDS_LATER = 5
    WORKING = 6


@dataclass(frozen=True, slots=True)
class EmploymentOnDay:
    """A worker, where the employment stands, and the next day on which that may change."""

    worker: Worker
    state: EmploymentState
    due_on: date | None = None


def state_on(worker: Worker, today: date, *, lead_days: int = 0) -> EmploymentOnDay:
    """Where one employment stands on the company's calendar day `today`."""
    state = _state(worker.facts, today, lead_days)
    return EmploymentOnDay(worker, state, _due_on(worker.facts, state, today, lead_days))


def primary_employment(
    workers: Iterable[Worker], look: Callable[[Worker], EmploymentOnDay]
) -> EmploymentOnDay | None:
    """The employment that counts for a person: the strongest state, then the latest start."""
    seen = [look(worker) for worker in workers]
    return max(seen, key=_weight, default=None)


def _weight(employment: EmploymentOnDay) -> tuple[EmploymentState, date, str]:
    worker = employment.worker
    return (employment.state, worker.facts.start_date or date.min, worker.id)


def _state(facts: Facts, today: date, lead_days: int) -> EmploymentState:
    match facts.status:
        case EmploymentStatus.TERMINATED:
            return _ended(facts, today)
        case EmploymentStatus.ACTIVE:
            return EmploymentState.WORKING
        case EmploymentStatus.ACCEPTED if facts.termination_type in NEVER_BEGAN:
            return EmploymentState.NOT_HIRED
        case EmploymentStatus.ACCEPTED:
            first = _first_day(facts, lead_days)
            return (
                EmploymentState.WORKING
                if first and first <= today
                else EmploymentState.STARTS_LATER
            )
        case EmploymentStatus.INIT | EmploymentStatus.HIRED:
            return EmploymentState.NOT_HIRED
        case _:
            return EmploymentState.UNCLEAR


def _ended(facts: Facts, today: date) -> EmploymentState:
    if facts.termination_type in NEVER_BEGAN:
        return EmploymentState.NEVER_BEGAN
    if facts.end_date and facts.end_date > today:
        return EmploymentState.ENDS_LATER
    return EmploymentState.ENDED


def _due_on(facts: Facts, state: EmploymentState, today: date, lead_days: int) -> date | None:
    if state is EmploymentState.STARTS_LATER:
        return _first_day(facts, lead_days)
    if state is EmploymentState.ENDS_LATER:
        return facts.end_date
    if state is EmploymentState.WORKING and facts.end_date and facts.end_date >= today:
        return facts.end_date + timedelta(days=1)  # Rippling should have said TERMINATED by then
    return None


def _first_day(facts: Facts, lead_days: int) -> date | None:
    return facts.start_date - timedelta(days=lead_days) if facts.start_date else None
