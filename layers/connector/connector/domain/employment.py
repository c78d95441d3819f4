"""Which employment of a person counts, and what its status and dates ask for on a given day.

Only Rippling's own word TERMINATED, on its end date or later, ends anything. Absence never does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from connector.domain.facts import EMPTY, Absence, Fact, Known, Truth, any_holds, says, shown
from connector.domain.people import NEVER_BEGAN, EmploymentStatus, Facts, Worker


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
    """A worker, where the employment stands, and the next day on which that may change.

    `unknown` names the facts without which it cannot be told where it stands, and `at_most` is the
    strongest state in which it may be then.
    """

    worker: Worker
    state: EmploymentState
    due_on: date | None = None
    unknown: tuple[str, ...] = ()
    at_most: EmploymentState | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """The employment that counted for a person the last time, and the days it was shown with."""

    worker_id: str = ""
    first_day: Fact[date] = EMPTY
    last_day: Fact[date] = EMPTY


NOTHING_COUNTED = Counted()


def unclear(
    worker: Worker, *unknown: str, at_most: EmploymentState = EmploymentState.WORKING
) -> EmploymentOnDay:
    """An employment of which it cannot be told where it stands, for want of these facts."""
    return EmploymentOnDay(worker, EmploymentState.UNCLEAR, unknown=tuple(unknown), at_most=at_most)


def state_on(worker: Worker, today: date, *, lead_days: int = 0) -> EmploymentOnDay:
    """Where one employment stands on the company's calendar day `today`."""
    facts = worker.facts
    match facts.status:
        case EmploymentStatus.TERMINATED:
            return _ended(worker, today)
        case EmploymentStatus.ACTIVE:
            return EmploymentOnDay(worker, EmploymentState.WORKING, _day_after(facts, today))
        case EmploymentStatus.ACCEPTED:
            return _accepted(worker, today, lead_days)
        case EmploymentStatus.INIT | EmploymentStatus.HIRED:
            return EmploymentOnDay(worker, EmploymentState.NOT_HIRED)
        case _:
            return unclear(worker, "status")


def primary_employment(
    workers: Iterable[Worker], look: Callable[[Worker], EmploymentOnDay], counted: str = ""
) -> EmploymentOnDay | None:
    """The employment that counts for a person: the strongest state, then the latest start.

    Where a start is not known, the order of the starts says nothing: the one that `counted` last
    time still does, if its state is as strong. So it does while it cannot be told where it stands,
    unless another one outweighs it however it stands: no fact that is hidden makes another count.
    """
    seen = [look(worker) for worker in workers]
    strongest = max((each.state for each in seen), default=None)
    rivals = [each for each in seen if each.state == strongest]
    if any(not isinstance(each.worker.facts.start_date, Known) for each in rivals):
        kept = [each for each in rivals if each.worker.id == counted]
        rivals = kept or rivals
    found = max(rivals, key=_weight, default=None)
    doubtful = (each for each in seen if each.worker.id == counted and each.at_most is not None)
    return next((each for each in doubtful if found and _may_outweigh(each, found)), found)


def _may_outweigh(doubtful: EmploymentOnDay, other: EmploymentOnDay) -> bool:
    """Whether an unclear employment may, for all that is known, be the one that counts."""
    start = shown(doubtful.worker.facts.start_date) or date.max
    state = doubtful.at_most or doubtful.state
    return (state, start, doubtful.worker.id) >= _weight(other)


def _weight(employment: EmploymentOnDay) -> tuple[EmploymentState, date, str]:
    worker = employment.worker
    return (employment.state, shown(worker.facts.start_date) or date.min, worker.id)


def _ended(worker: Worker, today: date) -> EmploymentOnDay:
    facts = worker.facts
    if never_began(facts) is Truth.YES:
        return EmploymentOnDay(worker, EmploymentState.NEVER_BEGAN)
    match facts.end_date:
        case Known(day) if day > today:
            return EmploymentOnDay(worker, EmploymentState.ENDS_LATER, day)
        case Absence.UNKNOWN:
            # The last day may be ahead: nobody is made to leave on a date that cannot be read.
            return unclear(worker, "end_date", at_most=EmploymentState.ENDS_LATER)
        case _:
            return EmploymentOnDay(worker, EmploymentState.ENDED)


def _accepted(worker: Worker, today: date, lead_days: int) -> EmploymentOnDay:
    facts = worker.facts
    if never_began(facts) is Truth.YES:
        return EmploymentOnDay(worker, EmploymentState.NOT_HIRED)
    match facts.start_date:
        case Known(start):
            first = start - timedelta(days=lead_days)
        case Absence.UNKNOWN:
            return unclear(worker, "start_date")
        case _:
            return EmploymentOnDay(worker, EmploymentState.STARTS_LATER)
    if first > today:
        return EmploymentOnDay(worker, EmploymentState.STARTS_LATER, first)
    if never_began(facts) is Truth.UNKNOWN:
        return unclear(worker, "termination_type")
    return EmploymentOnDay(worker, EmploymentState.WORKING)


def never_began(facts: Facts) -> Truth:
    """Whether the offer came to nothing."""
    return any_holds(says(facts.termination_type, word) for word in NEVER_BEGAN)


def _day_after(facts: Facts, today: date) -> date | None:
    """The day after the last day, when Rippling should have said TERMINATED."""
    match facts.end_date:
        case Known(last) if last >= today:
            return last + timedelta(days=1)
        case _:  # an unknown last day makes no one due; it is counted where rows are read
            return None


def is_past_last_day(worker: Worker, today: date) -> bool:
    """Whether Rippling says that someone works, and that the last day is over."""
    last = shown(worker.facts.end_date)
    return worker.facts.status is EmploymentStatus.ACTIVE and last is not None and last < today
