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


class Standing(IntEnum):
    """Where an employment stands on a day; of several, the greatest speaks for the person."""

    NOT_HIRED = 0
    NEVER_BEGAN = 1
    ENDED = 2
    UNCLEAR = 3
    STARTS_LATER = 4
    ENDS_LATER = 5
    WORKING = 6


@dataclass(frozen=True, slots=True)
class Employment:
    """A worker, where the employment stands, and the next day on which that may change."""

    worker: Worker
    standing: Standing
    due_on: date | None = None


def look_at(worker: Worker, today: date, *, lead_days: int = 0) -> Employment:
    """Where one employment stands on the company's calendar day `today`."""
    standing = _standing(worker.facts, today, lead_days)
    return Employment(worker, standing, _due_on(worker.facts, standing, today, lead_days))


def counting(workers: Iterable[Worker], look: Callable[[Worker], Employment]) -> Employment | None:
    """The employment that counts for a person: the strongest standing, then the latest start."""
    seen = [look(worker) for worker in workers]
    return max(seen, key=_weight, default=None)


def _weight(employment: Employment) -> tuple[Standing, date, str]:
    worker = employment.worker
    return (employment.standing, worker.facts.start_date or date.min, worker.id)


def _standing(facts: Facts, today: date, lead_days: int) -> Standing:
    match facts.status:
        case EmploymentStatus.TERMINATED:
            return _ended(facts, today)
        case EmploymentStatus.ACTIVE:
            return Standing.WORKING
        case EmploymentStatus.ACCEPTED if facts.termination_type in NEVER_BEGAN:
            return Standing.NOT_HIRED
        case EmploymentStatus.ACCEPTED:
            first = _first_day(facts, lead_days)
            return Standing.WORKING if first and first <= today else Standing.STARTS_LATER
        case EmploymentStatus.INIT | EmploymentStatus.HIRED:
            return Standing.NOT_HIRED
        case _:
            return Standing.UNCLEAR


def _ended(facts: Facts, today: date) -> Standing:
    if facts.termination_type in NEVER_BEGAN:
        return Standing.NEVER_BEGAN
    if facts.end_date and facts.end_date > today:
        return Standing.ENDS_LATER
    return Standing.ENDED


def _due_on(facts: Facts, standing: Standing, today: date, lead_days: int) -> date | None:
    if standing is Standing.STARTS_LATER:
        return _first_day(facts, lead_days)
    if standing is Standing.ENDS_LATER:
        return facts.end_date
    if standing is Standing.WORKING and facts.end_date and facts.end_date >= today:
        return facts.end_date + timedelta(days=1)  # Rippling should have said TERMINATED by then
    return None


def _first_day(facts: Facts, lead_days: int) -> date | None:
    return facts.start_date - timedelta(days=lead_days) if facts.start_date else None
