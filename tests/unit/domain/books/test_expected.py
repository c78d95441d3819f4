"""What people should cost in a month."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.domain.books.accounts import CostKind
from connector.domain.books.expected import Employed, Gap, costs_of, shares
from connector.domain.report.period import Month
from tests.unit.domain.books.bench import MAY, day, labour, people, stay


def test_a_whole_month_costs_a_twelfth_and_its_rates() -> None:
    (share,) = shares(people(stay(yearly="660000")), MAY, labour(), "NOK")

    assert share.costs == {
        CostKind.WAGES: Decimal("55000.00"),
        CostKind.HOLIDAY_PAY: Decimal("6600.00"),
        CostKind.CONTRIBUTION: Decimal("7755.00") + Decimal("930.60"),
        CostKind.PENSION: Decimal("1100.00"),
    }


def test_a_kind_without_a_rate_is_not_estimated() -> None:
    costs = costs_of(Decimal(100), MAY, labour(pension_percent=None, holiday_pay_percent=None))

    assert costs == {CostKind.WAGES: 100, CostKind.CONTRIBUTION: Decimal("14.10")}


def test_who_moves_within_a_month_is_split_by_days() -> None:
    old = stay("400", last=day("2025-05-15"))
    new = stay("500", first=day("2025-05-16"))

    found = shares([Employed("1", (old, new))], MAY, labour(), "NOK")

    assert [(one.cost_centre, one.costs[CostKind.WAGES]) for one in found] == [
        ("400", Decimal("24193.55")), ("500", Decimal("25806.45")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "wages"),
    [
        ("2025-05-31", None, "1612.90"), (None, "2025-05-01", "1612.90"),
        ("2025-04-01", "2025-06-30", "50000.00"),
    ],
)  # fmt: skip
def test_who_comes_or_goes_costs_the_days_between(
    first: str | None, last: str | None, wages: str
) -> None:
    one = stay(first=day(first) if first else None, last=day(last) if last else None)

    (share,) = shares(people(one), MAY, labour(), "NOK")

    assert share.costs[CostKind.WAGES] == Decimal(wages)


def test_who_was_there_before_or_after_the_month_costs_nothing() -> None:
    staff = people(stay(last=day("2025-04-30")), stay(first=day("2025-06-01")))

    assert shares(staff, MAY, labour(), "NOK") == []


def test_hourly_people_are_estimated_only_with_hours() -> None:
    staff = people(stay(), is_hourly=True)

    (without,) = shares(staff, MAY, labour(), "NOK")
    (with_hours,) = shares(staff, MAY, labour(hours_a_week="37.5"), "NOK")

    assert (without.gap, dict(without.costs)) == (Gap.HOURLY, {})
    assert with_hours.costs[CostKind.WAGES] == Decimal("46875.00")


def test_pay_that_is_not_shown_is_a_gap_and_not_zero() -> None:
    (share,) = shares(people(stay(yearly=None)), MAY, labour(), "NOK")

    assert (share.gap, dict(share.costs)) == (Gap.NO_PAY, {})


def test_another_currency_needs_a_rate() -> None:
    staff = people(stay(yearly="60000", currency="EUR"))

    (without,) = shares(staff, MAY, labour(), "NOK")
    (with_rate,) = shares(staff, MAY, labour(currencies={"EUR": "11.40"}), "NOK")

    assert (without.gap, dict(without.costs)) == (Gap.CURRENCY, {})
    assert without.wages_in_currency == Decimal("5000.00")
    assert with_rate.costs[CostKind.WAGES] == Decimal("57000.00")


def test_in_the_holiday_month_wages_fall_and_what_is_earned_with_them() -> None:
    june, settings = Month(2025, 6), labour(holiday_month=6, holiday_month_wages_percent=20)

    in_june, in_may = (costs_of(Decimal(50000), month, settings) for month in (june, MAY))

    assert in_june[CostKind.WAGES] == 10000
    assert in_june[CostKind.HOLIDAY_PAY] == 1200
    assert in_may[CostKind.WAGES] == 50000


def test_no_message_shows_what_someone_earns() -> None:
    (share,) = shares(people(stay(yearly="654321", currency="EUR")), MAY, labour(), "NOK")

    assert "654321" not in repr(people(stay(yearly="654321")))
    assert "54526" not in repr(share)


@given(st.integers(1, 31), st.integers(1_000, 10_000_000))
def test_however_a_month_is_split_it_costs_the_same(split: int, yearly: int) -> None:
    first = stay("400", str(yearly), last=MAY.first.replace(day=split))
    second = stay("500", str(yearly), first=MAY.first.replace(day=min(split + 1, 31)))
    stays = (first, second) if split < 31 else (first,)

    found = shares([Employed("1", stays)], MAY, labour(), "NOK")

    whole = shares(people(stay("400", str(yearly))), MAY, labour(), "NOK")[0]
    split_costs = sum(one.costs[CostKind.WAGES] for one in found)
    assert abs(split_costs - whole.costs[CostKind.WAGES]) <= Decimal("0.01")
