"""Labour cost beside the posted ledger: a clean month agrees, and what is wrong in one is found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

import pytest

from connector.domain.books.accounts import CostKind
from connector.domain.books.causes.cause import CauseKind
from connector.domain.books.comparison import Verdict
from connector.domain.books.month import MonthBooks
from tests.simulator.books.differences import NAMES, Difference, Name
from tests.support.books import BooksWorld, a_books_world


@pytest.fixture
def nordfab() -> Iterator[BooksWorld]:
    with a_books_world(companies=2) as world:
        yield world


@pytest.mark.parametrize("company", ["norway", "sweden"])
def test_a_clean_month_agrees_to_the_cent(nordfab: BooksWorld, company: str) -> None:
    nordfab.month_end()

    books = nordfab.compare(company)

    assert books.posted.check.is_passed
    cells = books.comparison.cells
    assert {cell.verdict for cell in cells} == {Verdict.WITHIN}
    assert {cell.difference for cell in cells} == {Decimal(0)}
    assert {cell.kind for cell in cells} == set(CostKind) - {CostKind.OTHER}
    assert books.comparison.off == ()


CAUSES: dict[Name, CauseKind] = {
    "moved mid-month": CauseKind.MOVED,
    "waiting person": CauseKind.WAITING,
    "wrong account": CauseKind.WRONG_ACCOUNT,
    "wrong cost centre": CauseKind.WRONG_COST_CENTRE,
    "accrual without counter-account": CauseKind.ACCRUAL,
    "unposted batch": CauseKind.UNPOSTED,
    "posting without sub-account": CauseKind.NO_COST_CENTRE,
    "currency": CauseKind.CURRENCY,
}
ABOUT_A_PERSON = ("moved mid-month", "waiting person", "currency")


def differing(books: MonthBooks) -> dict[tuple[str, CostKind], Decimal]:
    """By how much each cost centre and kind is off, over all branches."""
    found: dict[tuple[str, CostKind], Decimal] = defaultdict(Decimal)
    for cell in books.comparison.cells:
        if cell.difference:
            found[str(cell.place), cell.kind] += cell.difference
    return {key: amount for key, amount in found.items() if amount}


def effects(books: MonthBooks, planted: Difference) -> dict[tuple[str, CostKind], Decimal]:
    """What the simulator says of a difference, by the cells of the comparison."""
    found: dict[tuple[str, CostKind], Decimal] = defaultdict(Decimal)
    for one in planted.effects:
        kind = books.chart.accounts.kind(one.account)
        assert kind is not None
        if kind is not CostKind.OTHER and one.cost_centre:
            place = "without a cost centre" if one.cost_centre == "000" else one.cost_centre
            found[place, kind] += one.amount
    return {key: amount for key, amount in found.items() if amount}


@pytest.mark.parametrize("company", ["norway", "sweden"])
@pytest.mark.parametrize("name", NAMES)
def test_each_planted_difference_is_found_to_the_cent_and_named_with_its_cause(
    nordfab: BooksWorld, name: Name, company: str
) -> None:
    planted = nordfab.plant(name, company)
    nordfab.month_end()

    books = nordfab.compare(company)

    wanted = effects(books, planted)
    assert wanted
    assert_near(differing(books), wanted)
    for place in {place for place, _ in wanted}:
        found = nordfab.explain(place, company)
        first = found.causes[0]
        assert first.kind is CAUSES[name], (place, found.causes)
        if name in ABOUT_A_PERSON:
            assert first.people == (nordfab.number_of(planted.worker_id),)
        elif planted.batches:
            assert {batch.removeprefix("GL ") for batch in first.batches} <= set(planted.batches)
            assert first.batches
        assert not found.is_open
    other = "sweden" if company == "norway" else "norway"
    assert nordfab.compare(other).comparison.off == ()


def assert_near(
    one: dict[tuple[str, CostKind], Decimal], other: dict[tuple[str, CostKind], Decimal]
) -> None:
    """Equal but for the rounding of a rate or of days."""
    nothing = Decimal(0)
    off = {key: one.get(key, nothing) - other.get(key, nothing) for key in {*one, *other}}
    assert max(map(abs, off.values())) < Decimal("0.20"), off


def test_in_a_clean_month_no_cause_is_invented(nordfab: BooksWorld) -> None:
    nordfab.month_end()

    for company in ("norway", "sweden"):
        places = {cell.place for cell in nordfab.compare(company).comparison.cells}
        assert places
        for place in places:
            found = nordfab.explain(place, company)
            assert (found.causes, found.is_open) == ((), False)


def test_all_eight_in_one_month_are_all_named(nordfab: BooksWorld) -> None:
    planted = [nordfab.differences.plant_difference(name, "norway", "202505") for name in NAMES]
    nordfab.see()
    nordfab.month_end()

    books = nordfab.compare()

    places = {cell.place for cell in books.comparison.cells}
    found = {cause.kind for place in places for cause in nordfab.explain(place).causes}
    assert found == set(CAUSES.values())
    assert len(planted) == len(NAMES)
