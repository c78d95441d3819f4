"""What each person should cost in a month: by the cost allocation and since when it holds.

Pay is prorated by calendar days. A person is split between the places where they were within the
month. Who is paid by the hour is not estimated unless the hours of a week are set, and pay in
another currency only where the mapping has its rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from connector.domain.books.accounts import CostKind
from connector.domain.mapping.rules.labour import Labour
from connector.domain.report.period import Month

MONTHS_A_YEAR = 12
HOURS_BEHIND_YEARLY_PAY = Decimal(40)
"""Rippling makes yearly pay out of an hourly wage with a week of forty hours."""

CENT = Decimal("0.01")
HUNDRED = Decimal(100)


class Gap(StrEnum):
    """Why a person's cost is not estimated."""

    HOURLY = "paid by the hour"
    NO_PAY = "pay not shown"
    CURRENCY = "paid in another currency"


@dataclass(frozen=True, slots=True)
class Stay:
    """A person on one cost centre for one pay; `last` is the last day of it, or open."""

    branch: str
    cost_centre: str | None
    first: date | None
    last: date | None
    yearly: Decimal | None = field(default=None, repr=False)
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Employed:
    """One person of a company, with the stays as the ledger of the connector has them."""

    number: str
    stays: tuple[Stay, ...]
    is_hourly: bool = False
    is_waiting: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """What one stay of a person should cost within the month, by kind; `gap` says why not."""

    number: str
    branch: str
    cost_centre: str | None
    part: Decimal
    currency: str
    costs: Mapping[CostKind, Decimal] = field(default_factory=dict, repr=False)
    gap: Gap | None = None
    wages_in_currency: Decimal | None = field(default=None, repr=False)


def period_of(month: Month) -> str:
    """A month as ledgers name it: `202611`."""
    return f"{month.year:04}{month.number:02}"


def part_of(month: Month, first: date | None, last: date | None) -> Decimal:
    """How much of a month lies between two days, both included."""
    begin, end = max(first or month.first, month.first), min(last or month.last, month.last)
    return Decimal(max((end - begin).days + 1, 0)) / Decimal(month.last.day)


def cents(amount: Decimal) -> Decimal:
    """An amount to the cent, halves away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def shares(people: Iterable[Employed], month: Month, labour: Labour, currency: str) -> list[Share]:
    """What everybody should cost in a month, in the currency of the ledger."""
    return [
        _share(person, stay, part, month, labour, currency)
        for person in people
        for stay in person.stays
        if (part := part_of(month, stay.first, stay.last))
    ]


def _share(
    person: Employed, stay: Stay, part: Decimal, month: Month, labour: Labour, currency: str
) -> Share:
    own = stay.currency or currency
    blank = Share(person.number, stay.branch, stay.cost_centre, part, own)
    if stay.yearly is None:
        return Share(*_place(blank), gap=Gap.NO_PAY)
    yearly = stay.yearly
    if person.is_hourly:
        if labour.hours_a_week is None:
            return Share(*_place(blank), gap=Gap.HOURLY)
        yearly = yearly * labour.hours_a_week / HOURS_BEHIND_YEARLY_PAY
    wages = yearly / MONTHS_A_YEAR * part
    in_currency = cents(wages) if own != currency else None
    rate = Decimal(1) if own == currency else labour.currencies.get(own)
    if rate is None:
        return Share(*_place(blank), gap=Gap.CURRENCY, wages_in_currency=in_currency)
    costs = costs_of(cents(wages * rate), month, labour)
    return Share(*_place(blank), costs=costs, wages_in_currency=in_currency)


def _place(share: Share) -> tuple[str, str, str | None, Decimal, str]:
    return share.number, share.branch, share.cost_centre, share.part, share.currency


def costs_of(wages: Decimal, month: Month, labour: Labour) -> dict[CostKind, Decimal]:
    """What wages of a month cost in all; a kind without a rate is not among it.

    In the holiday month, wages are paid for a part of the month only: the other part was earned,
    and posted, the year before. Holiday pay is a cost when it is earned.
    """
    if labour.holiday_month == month.number:
        wages = cents(wages * labour.holiday_month_wages_percent / HUNDRED)
    costs = {CostKind.WAGES: wages}
    holiday = Decimal(0)
    if labour.holiday_pay_percent is not None:
        holiday = cents(wages * labour.holiday_pay_percent / HUNDRED)
        costs[CostKind.HOLIDAY_PAY] = holiday
    if (rate := labour.contribution_percent) is not None:
        on_wages, on_holiday = cents(wages * rate / HUNDRED), cents(holiday * rate / HUNDRED)
        costs[CostKind.CONTRIBUTION] = on_wages + on_holiday
    if labour.pension_percent is not None:
        costs[CostKind.PENSION] = cents(wages * labour.pension_percent / HUNDRED)
    return costs


def estimated(labour: Labour) -> frozenset[CostKind]:
    """The kinds that there is an expected side for: wages, and what has a rate."""
    rates = {
        CostKind.HOLIDAY_PAY: labour.holiday_pay_percent,
        CostKind.CONTRIBUTION: labour.contribution_percent,
        CostKind.PENSION: labour.pension_percent,
    }
    return frozenset({CostKind.WAGES, *(kind for kind, rate in rates.items() if rate is not None)})
