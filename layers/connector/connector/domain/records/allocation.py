"""What a person costs, on which cost centre and account, since when: what the report builds on.

The one place in which pay is stored. No message made here says how much it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from connector.domain.facts import Fact, Known, shown
from connector.domain.people import Pay, Worker
from connector.domain.placement import Placement


@dataclass(frozen=True, slots=True)
class Allocation:
    """The yearly cost of one person in one company, since `valid_from` and until `ended_on`.

    `yearly_cost` is exact, as text; None where Rippling has never shown the pay, and for whoever
    may not see it. `sealed_cost` is the form in which it is stored.
    """

    cost_centre: str | None = None
    expense_account: str | None = None
    yearly_cost: str | None = field(default=None, repr=False)
    currency: str | None = None
    valid_from: date | None = None
    ended_on: date | None = None
    sealed_cost: str | None = field(default=None, repr=False, compare=False)


def allocated(
    before: Allocation | None, worker: Worker, placement: Placement, today: date
) -> Allocation:
    """The allocation of a working person; pay that is not shown is left as it was."""
    known = before or Allocation()
    now = replace(
        known,
        cost_centre=placement.cost_centre,
        expense_account=placement.expense_account,
        ended_on=None,
    )
    if isinstance(worker.pay, Known):
        pay = worker.pay.value
        now = replace(now, yearly_cost=pay.text, currency=pay.currency)
    return replace(now, valid_from=valid_from_day(before, now, worker, today))


def ended(before: Allocation | None, worker: Worker | None, today: date) -> Allocation | None:
    """The allocation of a person who has left; one that has ended stays as it is."""
    if before is None or before.ended_on:
        return before
    last_day = shown(worker.facts.end_date) if worker else None
    return replace(before, ended_on=min(last_day or today, today))


def change_of_pay(before: Allocation | None, paid: Fact[Pay]) -> str | None:
    """That pay changed, and from when, but never how much; None where it did not."""
    pay = shown(paid)
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
    if booked_on(before) != booked_on(now):
        return today
    if (before.yearly_cost, before.currency) != (now.yearly_cost, now.currency):
        return effective or today
    return before.valid_from


def booked_on(allocation: Allocation) -> tuple[str | None, str | None]:
    """Where the cost of an allocation belongs in the ledger of Visma."""
    return allocation.cost_centre, allocation.expense_account
