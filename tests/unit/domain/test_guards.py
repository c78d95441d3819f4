"""Where the line is, for companies of every size."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.domain.guards import (
    ChangeKind,
    GuardBreach,
    Proposal,
    Run,
    guards_of,
    judge,
    limit,
    proves_too_few,
    shows_too_few,
    strictest,
)
from connector.domain.mapping.model import Guards, MappingFile
from tests.unit.builders import a_mapping, some_rules

GUARDS = Guards()


def people(company: str, kind: ChangeKind, count: int) -> list[Proposal]:
    return [(company, kind, f"p{number}") for number in range(count)]


def guards_in(mapping: MappingFile) -> Callable[[str], Guards]:
    return lambda company: guards_of(mapping, company, lambda _: None)


def no_one(*_: str) -> set[str]:
    return set()


@pytest.mark.parametrize(
    ("kind", "population", "expected"),
    [
        (ChangeKind.DEACTIVATE, 0, 5),
        (ChangeKind.DEACTIVATE, 20, 5),
        (ChangeKind.DEACTIVATE, 59, 5),
        (ChangeKind.DEACTIVATE, 60, 6),
        (ChangeKind.DEACTIVATE, 2000, 200),
        (ChangeKind.MOVE, 20, 5),
        (ChangeKind.MOVE, 240, 60),
        (ChangeKind.TRANSFER, 240, 60),
        (ChangeKind.CREATE, 240, 60),
        (ChangeKind.CREATE, 0, 5),
    ],
)
def test_the_line_is_a_percentage_and_never_below_the_floor(
    kind: ChangeKind, population: int, expected: int
) -> None:
    assert limit(kind, GUARDS, population) == expected


def test_the_first_load_is_free_by_explicit_word_only() -> None:
    allowed = Guards(first_load="allowed")

    assert limit(ChangeKind.CREATE, allowed, 0) > 10**6
    assert limit(ChangeKind.CREATE, allowed, 1) == 5
    assert limit(ChangeKind.DEACTIVATE, allowed, 0) == 5


def test_each_company_and_kind_is_judged_by_itself() -> None:
    mapping = a_mapping(norway=some_rules(), sweden=some_rules(legal_entities=["*"]))
    wanted = [
        *people("norway", ChangeKind.DEACTIVATE, 6),
        *people("sweden", ChangeKind.DEACTIVATE, 5),
        *people("norway", ChangeKind.MOVE, 5),
    ]

    breaches = judge(wanted, guards_in(mapping), lambda *_: 50, no_one)

    assert breaches == (GuardBreach("norway", ChangeKind.DEACTIVATE, 6, 5, 50),)


def test_a_company_is_not_even_counted_below_the_floor() -> None:
    def counted(*_: object) -> int:
        raise AssertionError("primary_employment costs a read of the whole company")

    wanted = people("norway", ChangeKind.CREATE, 5)
    assert judge(wanted, guards_in(a_mapping()), counted, no_one) == ()


def test_whoever_was_changed_within_the_day_counts_and_is_counted_once() -> None:
    def before(count: int) -> set[str]:
        return {f"p{number}" for number in range(count)}

    wanted = people("norway", ChangeKind.DEACTIVATE, 3)

    def breaches(count: int) -> tuple[GuardBreach, ...]:
        return judge(
            wanted, guards_in(a_mapping()), lambda *_: 50, lambda *_: {*before(count), "other"}
        )

    assert breaches(0) == ()
    assert breaches(3) == (), "all three are tried again"
    others = {f"other {number}" for number in range(3)}
    assert judge(wanted, guards_in(a_mapping()), lambda *_: 50, lambda *_: others) == (
        GuardBreach("norway", ChangeKind.DEACTIVATE, 6, 5, 50),
    )


def test_a_run_survives_resting_beside_the_watermarks() -> None:
    run = Run("r1", (GuardBreach("norway", ChangeKind.MOVE, 70, 60, 240),))

    assert Run.from_json("r1", run.to_json()) == run
    assert run.holds("norway", ChangeKind.MOVE) == run.breaches[0]
    assert run.holds("norway", ChangeKind.CREATE) is None
    created = Run("r2", (GuardBreach("norway", ChangeKind.CREATE, 70, 60, 240),))
    assert created.holds("norway", ChangeKind.REACTIVATE) == created.breaches[0]
    assert run.holds("sweden", ChangeKind.MOVE) is None


WEAK = Guards(transfer_percent=100, floor=50, first_load="allowed")
STRICT = Guards(transfer_percent=5, create_percent=90, floor=1, approvers=2)


def test_a_company_of_the_mapping_has_its_own_limits_whatever_was_known_of_it() -> None:
    mapping = a_mapping(norway=some_rules(guards=WEAK))

    assert guards_of(mapping, "norway", lambda _: STRICT) == WEAK


def test_a_company_that_left_the_mapping_keeps_its_limits_and_none_is_weaker_than_the_default() -> (
    None
):
    mapping = a_mapping(norway=some_rules(guards=STRICT))

    assert guards_of(mapping, "sweden", {"sweden": WEAK}.get) == GUARDS
    assert guards_of(mapping, "sweden", {"sweden": STRICT}.get) == Guards(
        transfer_percent=5, create_percent=25, floor=1, approvers=2
    )


def test_a_company_of_which_nothing_is_known_has_the_strictest_limits_that_there_are() -> None:
    mapping = a_mapping(
        norway=some_rules(guards=Guards(move_percent=3)),
        sweden=some_rules(guards=Guards(approvers=2), legal_entities=["*"]),
    )

    assert guards_of(mapping, "denmark", lambda _: None) == Guards(move_percent=3, approvers=2)


def test_of_several_limits_every_single_one_is_the_strictest() -> None:
    low = {name: 1 for name in Guards.model_fields if name not in ("first_load", "approvers")}
    for name in low:
        assert getattr(strictest([Guards(**{name: 1}), WEAK]), name) == 1
    assert strictest([WEAK]).first_load == "held"
    assert strictest([WEAK, STRICT]).approvers == 2


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

    wanted = people("norway", ChangeKind.DEACTIVATE, count)
    breaches = judge(wanted, guards_in(mapping), lambda *_: population, no_one)

    assert bool(breaches) == (count > max(floor, population * percent / 100))


@pytest.mark.parametrize(
    ("expected", "missing", "is_short"),
    [
        (0, 0, False),
        (5, 5, False),
        (6, 6, True),
        (20, 5, False),
        (20, 6, True),
        (30, 6, False),
        (30, 7, True),
        (1000, 200, False),
        (1000, 201, True),
    ],
)
def test_a_source_is_not_believed_that_leaves_out_more_than_five_and_more_than_a_fifth(
    expected: int, missing: int, is_short: bool
) -> None:
    everyone = [f"p{number}" for number in range(expected)]

    assert shows_too_few(everyone, set(everyone[:missing])) is is_short
    assert proves_too_few(expected - missing, everyone) is is_short


@given(expected=st.integers(0, 60), rows=st.integers(0, 200), missing=st.integers(0, 60))
def test_where_rows_alone_prove_that_too_few_are_shown_too_few_are(
    expected: int, rows: int, missing: int
) -> None:
    everyone = [f"p{number}" for number in range(expected)]
    shown = min(rows, expected - min(missing, expected))  # the other rows are somebody else's

    if proves_too_few(rows, everyone):
        assert shows_too_few(everyone, everyone[shown:])
