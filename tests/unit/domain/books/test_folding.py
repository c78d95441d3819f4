"""No cost of fewer than three people is shown, and none can be had by subtraction."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from connector.domain.books.accounts import CostKind
from connector.domain.books.comparison import Verdict
from connector.domain.books.folding import ALL_BRANCHES, SMALL, Shown, may_be_told, shown
from connector.domain.records.few_people import FEWEST
from tests.unit.domain.books.bench import compared, labour, people, posted_for, stay


def rows_of(places: list[tuple[str, str]]) -> list[Shown]:
    staff = people(*(stay(code, branch=branch) for branch, code in places))
    return [
        row
        for row in shown(compared(staff, posted_for(staff)).cells)
        if row.kind is CostKind.WAGES
    ]  # fmt: skip


def sides(rows: list[Shown]) -> dict[tuple[str, str], Decimal | None]:
    return {(row.branch, row.place): row.expected for row in rows}


def test_three_people_may_be_shown_and_two_may_not() -> None:
    found = sides(rows_of([("1", "400")] * 3 + [("1", "500")] * 2 + [("1", "600")] * 2))

    assert found == {
        ("1", "400"): Decimal(150000),
        ("1", "500"): None,
        ("1", "600"): None,
        (ALL_BRANCHES, SMALL): Decimal(200000),
    }


def test_one_small_cost_centre_takes_the_next_larger_with_it() -> None:
    found = sides(rows_of([("1", "400")] * 5 + [("1", "500")] * 3 + [("1", "600")]))

    assert found[("1", "600")] is found[("1", "500")] is None
    assert found[("1", "400")] == 250000
    assert found[(ALL_BRANCHES, SMALL)] == 200000


def test_small_branches_of_a_cost_centre_are_shown_together() -> None:
    found = sides(rows_of([("1", "400")] * 4 + [("2", "400")]))

    assert found == {("1", "400"): None, ("2", "400"): None, (ALL_BRANCHES, "400"): Decimal(250000)}


def test_a_company_of_two_shows_nothing_of_what_they_cost() -> None:
    found = rows_of([("1", "400"), ("1", "500")])

    told = {(row.expected, row.posted, row.pending, row.difference) for row in found}
    assert told == {(None, None, None, None)}
    assert {row.verdict for row in found} == {Verdict.WITHIN}


@given(st.lists(st.tuples(st.sampled_from("12"), st.sampled_from(("400", "500", "600"))),
                min_size=1, max_size=14))  # fmt: skip
def test_no_difference_of_shown_and_whole_is_about_fewer_than_three(
    places: list[tuple[str, str]],
) -> None:
    rows = rows_of(places)

    counts = {(branch, code): places.count((branch, code)) for branch, code in places}
    seen = [row for row in rows if row.expected is not None]
    for row in seen:
        assert row.expected is not None
        assert row.expected / 50000 >= FEWEST
        assert row.difference == 0
    for code in {code for _, code in places}:
        whole = sum(count for (_, at), count in counts.items() if at == code)
        told = sum(counts[row.branch, code] for row in seen if row.place == code
                   and row.branch != ALL_BRANCHES)  # fmt: skip
        assert whole - told not in (1, 2) or told == 0
    told_of = {row.place for row in seen} - {SMALL}
    kept = sum(count for (_, code), count in counts.items() if code not in told_of)
    assert kept == 0 or kept >= FEWEST or not told_of


RATES = labour(currencies={"EUR": "11.40", "USD": "10.00"})


def told_in(*groups: tuple[str, str, int, str]) -> set[tuple[str, str, str]]:
    """Which wages in another currency are shown: branch, cost centre, how many, currency."""
    stays = [
        stay(code, branch=branch, currency=currency)
        for branch, code, count, currency in groups
        for _ in range(count)
    ]
    found = compared(people(*stays), [], settings=RATES)
    lines = may_be_told(found.cells, found.currencies)
    return {(line.branch, str(line.place), line.currency) for line in lines}


def test_wages_in_another_currency_leave_no_few_people_by_subtraction() -> None:
    euro = ("1", "400", "EUR")

    assert told_in(("1", "400", 3, "EUR")) == {euro}
    assert told_in(("1", "400", 3, "EUR"), ("1", "400", 3, "NOK")) == {euro}
    assert told_in(("1", "400", 2, "EUR"), ("1", "400", 3, "NOK")) == set()
    assert told_in(("1", "400", 3, "EUR"), ("1", "400", 2, "NOK")) == set()
    assert told_in(("1", "400", 3, "EUR"), ("1", "400", 3, "USD"), ("1", "400", 1, "NOK")) == set()


def test_wages_in_another_currency_are_hidden_where_their_cell_is() -> None:
    assert told_in(("1", "400", 3, "EUR"), ("2", "400", 1, "NOK")) == set()
    assert told_in(("1", "400", 3, "EUR"), ("1", "500", 1, "NOK"), ("1", "600", 9, "NOK")) == set()


def test_wages_without_a_rate_are_part_of_no_sum_and_may_be_shown() -> None:
    assert told_in(("1", "400", 3, "SEK"), ("1", "400", 1, "NOK")) == {("1", "400", "SEK")}


def test_who_is_paid_nothing_hides_nobody() -> None:
    staff = people(stay("400"), stay("400"), stay("400", "0"), *[stay("500")] * 4)

    found = shown(compared(staff, posted_for(staff)).cells)

    assert {row.expected for row in found if row.place == "400"} == {None}
