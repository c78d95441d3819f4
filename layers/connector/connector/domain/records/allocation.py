"""What a person costs, on which cost centre and account, since when: what the report builds on.

The one place in which pay is stored. No message made here says how much it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from connector.domain.facts import Fact, Known, shown
from connector.domain.people import Pay, Worker
from connector.domain.placement import Placement

KEPT = timedelta(days=400)
"""How long it stays known what someone cost before: a year, and what a late month-end needs."""

MOST_KEPT = 24
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Allocation:
    """The yearly cost of one person in one company, since `valid_from` and until `ended_on`.

    `yearly_cost` is exact, as text; None where Rippling has never shown the pay, and for whoever
    may not see it. `sealed_cost` is the form in which it is stored. `earlier` is what held before,
    the oldest first, each with the day on which it ended.
    """

    cost_centre: str | None = None
    expense_account: str | None = None
    yearly_cost: str | None = field(default=None, repr=False)
    currency: str | None = None
    valid_from: date | None = None
    ended_on: date | None = None
    sealed_cost: str | None = field(default=None, repr=False, compare=False)
    branch: str | None = None
    earlier: tuple[Allocation, ...] = field(default=(), repr=False)


def allocated(
    before: Allocation | None, worker: Worker, placement: Placement, today: date
) -> Allocation:
    """The allocation of a working person; pay that is not shown is left as it was."""
    known = before or Allocation()
    now = replace(
        known,
        cost_centre=placement.cost_centre,
        branch=placement.branch or known.branch,
        expense_account=placement.expense_account,
        ended_on=None,
    )
    if isinstance(worker.pay, Known):
        pay = worker.pay.value
        now = replace(now, yearly_cost=pay.text, currency=pay.currency)
    now = replace(now, valid_from=valid_from_day(before, now, worker, today))
    return replace(now, earlier=tuple(past(before, now, worker, today)))


def past(
    before: Allocation | None, now: Allocation, worker: Worker, today: date
) -> Iterator[Allocation]:
    """What held before `now`, day by day: a raise counts from its day, in earlier places too."""
    if before is None:
        return
    stays = [*before.earlier, *_over(before, now, today)]
    pay = shown(worker.pay)
    is_raised = before.ended_on is None and paid(before) != paid(now)
    if is_raised and pay and pay.effective_on:
        stays = [part for stay in stays for part in _raised(stay, now, pay.effective_on)]
    yield from (stay for stay in stays[-MOST_KEPT:] if _is_worth_keeping(stay, today))


def _over(before: Allocation, now: Allocation, today: date) -> Iterator[Allocation]:
    """What held until now, where it does not any more."""
    alone = replace(before, earlier=())
    if before.ended_on is not None:
        yield alone
    elif has_moved(before, now):
        yield replace(alone, ended_on=today - DAY)
    elif paid(before) != paid(now):
        yield replace(alone, ended_on=(now.valid_from or today) - DAY)


def _is_worth_keeping(stay: Allocation, today: date) -> bool:
    """Whether it lasted a day at least, and is not too long ago."""
    ended = stay.ended_on
    return ended is not None and ended >= max(stay.valid_from or ended, today - KEPT)


def _raised(stay: Allocation, now: Allocation, since: date) -> Iterator[Allocation]:
    """A stay that has ended, with the new pay for the days since it holds."""
    if stay.ended_on is None or stay.ended_on < since:
        yield stay
        return
    raised = replace(stay, yearly_cost=now.yearly_cost, currency=now.currency, sealed_cost=None)
    if stay.valid_from is None or stay.valid_from < since:
        yield replace(stay, ended_on=since - DAY)
        raised = replace(raised, valid_from=since)
    yield raised


def paid(allocation: Allocation) -> tuple[str | None, str | None]:
    """What someone is paid, and in which currency."""
    return allocation.yearly_cost, allocation.currency


def ended(before: Allocation | None, worker: Worker | None, today: date) -> Allocation | None:
    """The allocation of a person who has left; one that has ended stays as it is."""
    if before is None or before.ended_on:
        return before
    last_day = shown(worker.facts.end_date) if worker else None
    return replace(before, ended_on=min(last_day or today, today))


def change_of_pay(before: Allocation | None, is_paid: Fact[Pay]) -> str | None:
    """That pay changed, and from when, but never how much; None where it did not."""
    pay = shown(is_paid)
    if before is None or before.ended_on or before.yearly_cost is None or pay is None:
        return None
    if (before.yearly_cost, before.currency) == (pay.text, pay.currency):
        return None
    return f"changed from {pay.effective_on}" if pay.effective_on else "changed"


def valid_from_day(
    before: Allocation | None, now: Allocation, worker: Worker, today: date
) -> date | None:
    """Since when an allocation holds: the day of whatever changed last."""
    pay = shown(worker.pay)
    effective = pay.effective_on if pay else None
    if before is None or before.ended_on:
        begun = (shown(worker.facts.start_date), effective)
        return max((day for day in begun if day and day <= today), default=today)
    if has_moved(before, now):
        return today
    if paid(before) != paid(now):
        return effective or today
    return before.valid_from


def has_moved(before: Allocation, now: Allocation) -> bool:
    """Whether the cost belongs elsewhere in the ledger of Visma; a branch not known yet is none."""
    return booked_on(replace(before, branch=before.branch or now.branch)) != booked_on(now)


def booked_on(allocation: Allocation) -> tuple[str | None, str | None, str | None]:
    """Where the cost of an allocation belongs in the ledger of Visma."""
    return allocation.cost_centre, allocation.expense_account, allocation.branch
