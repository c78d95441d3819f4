"""What a budget leaves to whom, and which of two views of it counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.domain.budgets import Budget, current, merged

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("limit", "reserve"), [(None, 0), (1, 0), (4, 2), (20, 10), (100, 10), (500, 25), (15_000, 750)]
)
def test_one_call_in_twenty_is_kept_at_least_ten_and_at_most_half(
    limit: int | None, reserve: int
) -> None:
    assert Budget(limit).reserve == reserve


@pytest.mark.parametrize(
    ("remaining", "worker", "operator"), [(26, 0, 0), (25, 1800, 0), (1, 1800, 0), (0, 1800, 1800)]
)
def test_workers_stop_at_the_reserve_and_the_operator_at_nothing(
    remaining: int, worker: float, operator: float
) -> None:
    budget = Budget(500, remaining, later(30))

    assert budget.wait(NOW, keeps_reserve=True) == worker
    assert budget.wait(NOW, keeps_reserve=False) == operator


def test_in_the_last_minute_of_a_window_nothing_is_kept_back() -> None:
    assert Budget(500, 1, later(1)).wait(NOW, keeps_reserve=True) == 0
    assert Budget(500, 0, later(1)).wait(NOW, keeps_reserve=True) == 60


def test_a_closed_vendor_is_closed_for_the_operator_too() -> None:
    budget = Budget(500, 400, later(50), closed_until=later(10))

    assert budget.wait(NOW, keeps_reserve=False) == 600
    assert budget.wait(later(10), keeps_reserve=False) == 0


def test_a_vendor_that_says_nothing_is_open() -> None:
    assert Budget().wait(NOW, keeps_reserve=True) == 0
    assert Budget(500, 0).wait(NOW, keeps_reserve=True) == 0


def test_once_the_window_is_over_there_is_room() -> None:
    assert Budget(500, 0, later(30)).wait(later(30), keeps_reserve=True) == 0


@pytest.mark.parametrize(
    ("budget", "percent"),
    [
        (Budget(500, 125), 75.0),
        (Budget(500, 0), 100.0),
        (Budget(500, 600), 0.0),
        (Budget(None, 5), None),
        (Budget(0, 0), None),
        (Budget(500), None),
    ],
)
def test_the_share_used_is_told_where_it_is_known(budget: Budget, percent: float | None) -> None:
    assert budget.used_percent == percent


def test_within_a_window_the_fewer_calls_count() -> None:
    newer, older = Budget(500, 100, later(30)), Budget(500, 300, later(30))

    assert merged(older, newer, NOW) == merged(newer, older, NOW) == newer


def test_a_later_window_counts_whatever_was_left_of_the_one_before() -> None:
    spent, fresh = Budget(500, 0, later(5)), Budget(500, 499, later(60))

    assert merged(spent, fresh, NOW) == merged(fresh, spent, NOW) == fresh


def test_ends_that_differ_by_seconds_are_one_window() -> None:
    one, other = Budget(500, 10, later(30)), Budget(500, 12, later(30) + timedelta(seconds=2))

    assert merged(one, other, NOW) == Budget(500, 10, other.resets_at)


def test_a_closure_is_not_forgotten_for_a_new_window() -> None:
    closed, fresh = Budget(closed_until=later(20)), Budget(500, 499, later(60))

    assert merged(closed, fresh, NOW) == Budget(500, 499, later(60), later(20))


@pytest.mark.parametrize("end", [NOW - timedelta(hours=1), NOW, later(62), later(1e6)])
def test_what_is_over_or_ends_in_no_believable_time_does_not_count(end: datetime) -> None:
    assert current(Budget(500, 0, end, closed_until=end), NOW) == Budget()


moments = st.none() | st.integers(-600, 4000).map(lambda seconds: NOW + timedelta(seconds=seconds))
counts = st.none() | st.integers(0, 600)
budgets = st.builds(Budget, st.just(500), counts, moments, moments)


@given(budgets, budgets)
def test_nobody_is_let_through_by_whom_the_same_window_was_told_to_be_closed(
    one: Budget, other: Budget
) -> None:
    both = merged(one, other, NOW)

    waits = [current(each, NOW).wait(NOW, keeps_reserve=False) for each in (one, other)]
    latest = max((each.resets_at for each in (one, other) if each.resets_at), default=None)
    if latest is None or {one.resets_at, other.resets_at} == {latest}:
        assert both.wait(NOW, keeps_reserve=False) >= max(waits)
    assert merged(both, one, NOW) == merged(both, other, NOW) == both == merged(both, both, NOW)
