"""What a person costs, where, since when, and what is never told about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.domain.facts import UNKNOWN, Known
from connector.domain.people import Pay, Worker
from connector.domain.placement import Placement
from connector.domain.records.allocation import Allocation, allocated, change_of_pay, ended
from tests.unit.builders import TODAY, a_worker

RAISE_DAY = date(2026, 10, 1)
START = date(2020, 1, 1)
BEFORE = Allocation("200", "5010", "700000", "NOK", START)


def paid(amount: str | None = "700000", effective: date | None = None, **facts: Any) -> Worker:
    pay = Pay(Decimal(amount), "NOK", effective) if amount else None
    return replace(a_worker(**facts), pay=UNKNOWN if pay is None else Known(pay))


def now(
    before: Allocation | None, worker: Worker, cost_centre: str = "200", account: str = "5010"
) -> Allocation:
    placement = Placement("norway", cost_centre=cost_centre, expense_account=account)
    return allocated(before, worker, placement, TODAY)


def test_the_first_allocation_is_valid_from_the_first_day_or_the_pay_s_own() -> None:
    assert now(None, paid()) == BEFORE
    assert now(None, paid(effective=RAISE_DAY)).valid_from == RAISE_DAY
    assert now(None, paid(effective=date(2019, 1, 1))).valid_from == START
    assert now(None, paid(start_date=None)).valid_from == TODAY
    assert now(None, paid(start_date=date(2027, 1, 1))).valid_from == TODAY


def test_nothing_new_leaves_everything_as_it_is() -> None:
    assert now(BEFORE, paid("700000.00", RAISE_DAY)) == BEFORE


def test_new_pay_is_valid_from_the_day_it_took_effect_or_was_seen() -> None:
    raised = now(BEFORE, paid("720000", RAISE_DAY))
    assert replace(raised, earlier=()) == Allocation("200", "5010", "720000", "NOK", RAISE_DAY)
    assert now(BEFORE, paid("720000")).valid_from == TODAY


@pytest.mark.parametrize(("cost_centre", "account"), [("300", "5010"), ("200", "5020")])
def test_another_place_is_valid_from_the_day_of_the_move(cost_centre: str, account: str) -> None:
    moved = now(BEFORE, paid("720000", RAISE_DAY), cost_centre, account)

    assert (moved.cost_centre, moved.expense_account) == (cost_centre, account)
    assert moved.valid_from == TODAY


def test_pay_that_is_not_shown_any_more_is_left_as_it_was() -> None:
    assert now(BEFORE, paid(None)) == BEFORE
    assert now(None, paid(None)).yearly_cost is None


def test_money_is_kept_to_the_last_digit() -> None:
    assert now(None, paid("123456789.123456789")).yearly_cost == "123456789.123456789"
    assert now(None, paid("1E+6")).yearly_cost == "1000000"


def test_an_allocation_ends_on_the_last_day_but_never_later_than_today() -> None:
    assert ended(BEFORE, paid(end_date=RAISE_DAY), TODAY) == replace(BEFORE, ended_on=RAISE_DAY)
    assert ended(BEFORE, paid(end_date=date(2027, 1, 1)), TODAY) == replace(BEFORE, ended_on=TODAY)
    assert ended(BEFORE, paid(), TODAY) == replace(BEFORE, ended_on=TODAY)
    assert ended(BEFORE, None, TODAY) == replace(BEFORE, ended_on=TODAY)
    assert ended(None, paid(), TODAY) is None


def test_an_allocation_ends_once() -> None:
    over = replace(BEFORE, ended_on=RAISE_DAY)

    assert ended(over, paid(), TODAY) == over


def test_somebody_who_comes_back_begins_anew() -> None:
    over = replace(BEFORE, ended_on=RAISE_DAY)

    again = now(over, paid("800000", start_date=date(2026, 11, 2)))

    assert replace(again, earlier=()) == Allocation(
        "200", "5010", "800000", "NOK", date(2026, 11, 2)
    )


@pytest.mark.parametrize(
    ("before", "worker", "expected"),
    [
        (BEFORE, paid("720000", RAISE_DAY), "changed from 2026-10-01"),
        (BEFORE, paid("720000"), "changed"),
        (replace(BEFORE, currency="SEK"), paid(), "changed"),
        (BEFORE, paid(effective=RAISE_DAY), None),
        (BEFORE, paid(None), None),
        (None, paid(), None),
        (Allocation("200"), paid(), None),
        (replace(BEFORE, ended_on=RAISE_DAY), paid("1"), None),
    ],
)
def test_that_pay_changed_is_told_with_the_day_and_without_the_amount(
    before: Allocation | None, worker: Worker, expected: str | None
) -> None:
    told = change_of_pay(before, worker.pay)

    assert told == expected
    assert "720000" not in str(told)


def spans(allocation: Allocation) -> list[tuple[str, str, str]]:
    """Where, for how much and until when, the oldest first."""
    return [
        (each.cost_centre or "", each.yearly_cost or "", str(each.ended_on or ""))
        for each in (*allocation.earlier, allocation)
    ]


class TestWhatHeldBefore:
    """The report splits a month by it."""

    def test_a_move_keeps_the_old_place_until_the_day_before(self) -> None:
        moved = now(BEFORE, paid(), "300")

        assert spans(moved) == [("200", "700000", "2026-11-23"), ("300", "700000", "")]
        assert str(TODAY) == "2026-11-24"

    def test_a_raise_keeps_the_old_pay_until_the_day_before_it_holds(self) -> None:
        raised = now(BEFORE, paid("720000", RAISE_DAY))

        assert spans(raised) == [("200", "700000", "2026-09-30"), ("200", "720000", "")]

    def test_a_raise_that_holds_since_before_a_move_counts_in_the_old_place_too(self) -> None:
        moved = replace(
            Allocation("300", "5010", "700000", "NOK", date(2026, 11, 16)),
            earlier=(replace(BEFORE, ended_on=date(2026, 11, 15)),),
        )

        raised = now(moved, paid("720000", date(2026, 11, 10)), "300")

        assert spans(raised) == [
            ("200", "700000", "2026-11-09"), ("200", "720000", "2026-11-15"),
            ("300", "720000", ""),
        ]  # fmt: skip

    def test_a_move_and_a_raise_at_once_are_two_days(self) -> None:
        both = now(BEFORE, paid("720000", date(2026, 11, 10)), "300")

        assert spans(both) == [
            ("200", "700000", "2026-11-09"), ("200", "720000", "2026-11-23"),
            ("300", "720000", ""),
        ]  # fmt: skip

    def test_nothing_new_keeps_what_was_kept(self) -> None:
        moved = now(BEFORE, paid(), "300")

        assert now(moved, paid(), "300") == moved

    def test_a_rehire_keeps_the_employment_before(self) -> None:
        left = replace(BEFORE, ended_on=date(2026, 6, 30))

        back = now(left, paid(start_date=date(2026, 11, 2)))

        assert spans(back) == [("200", "700000", "2026-06-30"), ("200", "700000", "")]

    def test_what_is_older_than_a_year_and_a_month_is_forgotten(self) -> None:
        left = replace(BEFORE, ended_on=date(2025, 10, 1))

        assert now(left, paid(start_date=date(2026, 11, 2))).earlier == ()

    def test_a_change_undone_on_the_same_day_leaves_no_day(self) -> None:
        there = now(BEFORE, paid(), "300")

        back = now(there, paid(), "200")

        assert spans(back) == [("200", "700000", "2026-11-23"), ("200", "700000", "")]

    def test_a_branch_that_was_not_kept_before_is_no_move(self) -> None:
        placement = Placement("norway", cost_centre="200", expense_account="5010", branch="2")

        kept = allocated(BEFORE, paid(), placement, TODAY)

        assert (kept.branch, kept.valid_from, kept.earlier) == ("2", START, ())

    def test_another_branch_is_a_move(self) -> None:
        here = replace(BEFORE, branch="1")
        placement = Placement("norway", cost_centre="200", expense_account="5010", branch="2")

        moved = allocated(here, paid(), placement, TODAY)

        assert [each.branch for each in (*moved.earlier, moved)] == ["1", "2"]
