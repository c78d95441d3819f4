"""Whose cost it is on which days of a run, and splits that add up to the unit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.domain.payroll.money import split, unit_of
from connector.domain.payroll.places import Share, shares_of, spells_of

MAY = (date(2025, 5, 1), date(2025, 5, 31))
CENT = Decimal("0.01")
days = st.dates(date(2025, 1, 1), date(2025, 12, 31))


@given(
    st.decimals("-1000000", "1000000", places=2),
    st.lists(st.integers(0, 400), min_size=1, max_size=6).filter(any),
)
def test_a_split_adds_up_and_no_part_is_a_unit_off(amount: Decimal, weights: list[int]) -> None:
    parts = split(amount, weights, CENT)

    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - amount * weight / sum(weights)) < CENT


def test_what_rounding_leaves_goes_to_whoever_lost_most() -> None:
    assert split(Decimal("10.00"), [1, 1, 1], CENT) == [
        Decimal("3.34"), Decimal("3.33"), Decimal("3.33"),
    ]  # fmt: skip
    assert split(Decimal("0.05"), [1, 3], CENT) == [Decimal("0.01"), Decimal("0.04")]
    assert split(Decimal("-0.01"), [1, 1], CENT) == [Decimal(0), Decimal("-0.01")]


def test_a_split_needs_a_weight() -> None:
    with pytest.raises(ValueError, match="weights"):
        split(Decimal(1), [0], CENT)


def test_units_are_those_of_the_currency() -> None:
    assert [unit_of(each) for each in ("NOK", "ISK", "KWD")] == [
        CENT, Decimal(1), Decimal("0.001"),
    ]  # fmt: skip


@given(days, days, st.lists(st.tuples(days, st.sampled_from("ABC")), max_size=5))
def test_every_day_of_a_run_is_somewhere_once(
    one: date, other: date, moves: list[tuple[date, str]]
) -> None:
    first, last = sorted((one, other))

    shares = shares_of(spells_of("now", moves), (first, last))

    assert sum(share.days for share in shares) == (last - first).days + 1
    assert [share.cost_centre for share in shares] == sorted(share.cost_centre for share in shares)


def test_whoever_moved_within_the_days_is_shared() -> None:
    spells = spells_of("300", [(date(2025, 5, 21), "200"), (date(2025, 5, 11), "100")])

    assert shares_of(spells, MAY) == (Share("100", 10), Share("200", 10), Share("300", 11))


def test_a_move_after_the_days_leaves_all_of_them_where_they_were() -> None:
    assert shares_of(spells_of("300", [(date(2025, 6, 1), "200")]), MAY) == (Share("200", 31),)


def test_a_move_before_the_days_leaves_none_behind() -> None:
    assert shares_of(spells_of("300", [(date(2025, 5, 1), "200")]), MAY) == (Share("300", 31),)


def test_of_two_moves_on_one_day_only_the_last_place_counts() -> None:
    spells = spells_of("300", [(date(2025, 5, 11), "100"), (date(2025, 5, 11), "200")])

    assert shares_of(spells, MAY) == (Share("100", 10), Share("300", 21))
