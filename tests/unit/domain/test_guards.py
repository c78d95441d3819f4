"""Where the line is, for companies of every size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.domain.guards import Kind, Run, Verdict, judge, limit
from connector.domain.mapping.model import Guards
from tests.unit.builders import a_mapping, some_rules

GUARDS = Guards()


@pytest.mark.parametrize(
    ("kind", "population", "expected"),
    [
        (Kind.DEACTIVATE, 0, 5),
        (Kind.DEACTIVATE, 20, 5),
        (Kind.DEACTIVATE, 59, 5),
        (Kind.DEACTIVATE, 60, 6),
        (Kind.DEACTIVATE, 2000, 200),
        (Kind.MOVE, 20, 5),
        (Kind.MOVE, 240, 60),
        (Kind.TRANSFER, 240, 60),
        (Kind.CREATE, 240, 60),
        (Kind.CREATE, 0, 5),
    ],
)
def test_the_line_is_a_percentage_and_never_below_the_floor(
    kind: Kind, population: int, expected: int
) -> None:
    assert limit(kind, GUARDS, population) == expected


def test_the_first_load_is_free_by_explicit_word_only() -> None:
    allowed = Guards(first_load="allowed")

    assert limit(Kind.CREATE, allowed, 0) > 10**6
    assert limit(Kind.CREATE, allowed, 1) == 5
    assert limit(Kind.DEACTIVATE, allowed, 0) == 5


def test_each_company_and_kind_is_judged_by_itself() -> None:
    mapping = a_mapping(norway=some_rules(), sweden=some_rules(legal_entities=["*"]))
    wanted = [
        *[("norway", Kind.DEACTIVATE)] * 6,
        *[("sweden", Kind.DEACTIVATE)] * 5,
        *[("norway", Kind.MOVE)] * 5,
    ]

    verdicts = judge(wanted, mapping, lambda _: 50)

    assert verdicts == (Verdict("norway", Kind.DEACTIVATE, 6, 5, 50),)


def test_a_company_is_not_even_counted_below_the_floor() -> None:
    def counted(_: str) -> int:
        raise AssertionError("counting costs a read of the whole company")

    assert judge([("norway", Kind.CREATE)] * 5, a_mapping(), counted) == ()


def test_a_run_survives_resting_beside_the_watermarks() -> None:
    run = Run("r1", (Verdict("norway", Kind.MOVE, 70, 60, 240),))

    assert Run.from_json("r1", run.to_json()) == run
    assert run.holds("norway", Kind.MOVE) == run.verdicts[0]
    assert run.holds("norway", Kind.CREATE) is None
    assert run.holds("sweden", Kind.MOVE) is None


@given(
    count=st.integers(0, 300),
    population=st.integers(0, 2000),
    percent=st.integers(1, 100),
    floor=st.integers(0, 20),
)
def test_all_or_none_is_held_exactly_above_the_line(
    count: int, population: int, percent: int, floor: int
) -> None:
    guards = {"deactivate_percent": percent, "floor": floor}
    mapping = a_mapping(norway=some_rules(guards=guards))

    verdicts = judge([("norway", Kind.DEACTIVATE)] * count, mapping, lambda _: population)

    assert bool(verdicts) == (count > max(floor, population * percent / 100))
