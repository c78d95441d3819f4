"""Months: which one is meant, and whether it is over."""

from __future__ import annotations

from datetime import date

import pytest

from connector.domain.report.period import Month, Period, month_in

TODAY = date(2026, 11, 24)


def test_the_last_month_that_ended_is_meant_where_none_is_typed() -> None:
    assert month_in("", TODAY).text == "2026-10"
    assert month_in("", date(2027, 1, 1)).text == "2026-12"


@pytest.mark.parametrize("typed", ["2026-11", "2026-01", "2019-12"])
def test_a_month_that_has_begun_is_taken_as_it_is_typed(typed: str) -> None:
    assert month_in(typed, TODAY).text == typed


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("2026-12", "2026-11"),
        ("2027-03", "2026-11"),
        ("2026-00", "2026-01"),
        ("2026-1", "2026-01"),
        ("1/2026", "2026-01"),
        ("2026/10", "2026-10"),
        ("202610", "2026-10"),
        ("10", "2026-10"),
        ("12", "2025-12"),
        ("october", "2026-10"),
        ("2026", "2026-10"),
        ("99", "2026-10"),
        ("2026-10-31", "2026-10"),
        (" 2026-10", "2026-10"),
        ("\u0662\u0660\u0662\u0666-10", "2026-10"),
    ],
)
def test_anything_else_is_refused_with_the_nearest_month(typed: str, nearest: str) -> None:
    with pytest.raises(ValueError, match=nearest):
        month_in(typed, TODAY)


@pytest.mark.parametrize(
    ("month", "last"), [(Month(2026, 2), 28), (Month(2028, 2), 29), (Month(2026, 12), 31)]
)
def test_a_month_has_all_of_its_days(month: Month, last: int) -> None:
    days = list(month.days)

    assert days[0].day == 1
    assert (days[-1], len(days)) == (month.last, last)


def test_a_month_is_over_the_day_after_its_last() -> None:
    november = Month(2026, 11)

    assert not Period(november, date(2026, 11, 30)).is_over
    assert Period(november, date(2026, 12, 1)).is_over


def test_people_are_counted_on_the_last_day_or_today() -> None:
    november = Month(2026, 11)

    assert Period(november, date(2026, 12, 5)).day == date(2026, 11, 30)
    assert Period(november, date(2026, 11, 24)).day == date(2026, 11, 24)
