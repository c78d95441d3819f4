"""Expected beside posted, and what each cell comes to."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connector.domain.books.accounts import CostKind
from connector.domain.books.comparison import Cell, Comparison, Verdict
from connector.domain.books.expected import Gap
from connector.domain.books.posted import UNPOSTED
from connector.domain.books.subaccounts import SubAccountName, Where
from tests.unit.domain.books.bench import balance, compared, entry, labour, people, posted_for, stay

STAFF = people(stay(), stay(), stay(), stay("500"), stay("500"), stay("500"))


def wages(comparison: Comparison, place: str = "400", branch: str = "1") -> Cell:
    (cell,) = (
        cell
        for cell in comparison.cells
        if (cell.branch, cell.place, cell.kind) == (branch, place, CostKind.WAGES)
    )
    return cell


def test_a_clean_month_agrees_in_every_cell() -> None:
    found = compared(STAFF, posted_for(STAFF))

    assert {cell.verdict for cell in found.cells} == {Verdict.WITHIN}
    assert {cell.difference for cell in found.cells} == {Decimal(0)}
    assert len(found.cells) == 2 * 4
    assert found.off == ()


def test_what_is_posted_on_another_branch_is_another_cell() -> None:
    staff = people(*[stay(branch="1")] * 3, *[stay(branch="2")] * 3)

    found = compared(staff, [one for one in posted_for(staff) if one.branch == "1"])

    assert {cell.branch for cell in found.off} == {"2"}


@pytest.mark.parametrize(
    ("more", "amount", "percent", "verdict"),
    [
        ("1000", 1000, 1, Verdict.WITHIN),
        ("1000.01", 1000, 1, Verdict.OFF),
        ("-1000", 1000, 1, Verdict.WITHIN),
        ("1000", 5000, "0.6", Verdict.OFF),
        ("900", 5000, "0.6", Verdict.WITHIN),
        ("0.01", 0, 1, Verdict.OFF),
        ("0.01", 1000, 0, Verdict.OFF),
    ],
)
def test_a_difference_is_within_amount_and_percent_both(
    more: str, amount: int, percent: float | str, verdict: Verdict
) -> None:
    settings = labour(tolerance_amount=amount, tolerance_percent=percent)
    posted = [*posted_for(STAFF), balance("5010", "400", more)]

    cell = wages(compared(STAFF, posted, settings=settings))

    assert (cell.verdict, cell.difference) == (verdict, Decimal(more))


def test_what_waits_is_not_posted_and_would_do() -> None:
    posted = [one for one in posted_for(STAFF) if one.account != "5010"]
    pending = tuple(
        entry("5010", place, "150000.00", status=UNPOSTED, line=number)
        for number, place in enumerate(("400", "500"), start=1)
    )

    cell = wages(compared(STAFF, posted, pending))

    assert cell.verdict is Verdict.ONCE_POSTED
    assert (cell.posted, cell.pending) == (Decimal(0), Decimal("150000.00"))


def test_what_waits_and_would_put_it_off_is_off() -> None:
    pending = (entry("5010", "400", "9000", status=UNPOSTED),)

    assert wages(compared(STAFF, posted_for(STAFF), pending)).verdict is Verdict.OFF


@pytest.mark.parametrize(
    ("number", "place"), [("000-00", Where.NO_COST_CENTRE), ("", Where.NO_COST_CENTRE),
                          ("999-00", Where.NOT_MAPPED), ("777-00", Where.NOT_MAPPED)],
)  # fmt: skip
def test_a_posting_that_is_on_no_cost_centre_has_a_line_of_its_own(
    number: str, place: Where
) -> None:
    stray = balance("5010", "", "40000", name=SubAccountName(number=number))

    found = compared(STAFF, [*posted_for(STAFF), stray])

    (cell,) = found.off
    assert (cell.place, cell.posted, cell.expected) == (place, Decimal(40000), Decimal(0))


def test_a_sub_account_is_found_by_its_id_as_well() -> None:
    by_id = balance("5010", "", "150000", name=SubAccountName(id=2))

    posted = [one for one in posted_for(STAFF) if (one.account, one.subaccount.number[:3]) !=
              ("5010", "400")]  # fmt: skip

    assert compared(STAFF, [*posted, by_id]).off == ()


def test_other_cost_is_shown_and_not_judged() -> None:
    found = compared(STAFF, [*posted_for(STAFF), balance("5990", "400", "70000")])

    (cell,) = (cell for cell in found.cells if cell.kind is CostKind.OTHER)
    assert (cell.verdict, cell.posted, cell.expected) == (
        Verdict.NOT_JUDGED, Decimal(70000), None,
    )  # fmt: skip
    assert cell.why == "nothing says what it should be"
    assert found.off == ()


def test_a_kind_without_a_rate_is_not_judged() -> None:
    found = compared(STAFF, posted_for(STAFF), settings=labour(pension_percent=None))

    pension = [cell for cell in found.cells if cell.kind is CostKind.PENSION]
    assert {(cell.verdict, cell.why) for cell in pension} == {
        (Verdict.NOT_JUDGED, "the mapping has no rate for it")
    }


def test_where_someone_is_not_estimated_nothing_is_judged_and_all_are_counted() -> None:
    hourly = people(stay(), stay(), first=20, is_hourly=True)

    found = compared([*STAFF, *hourly], posted_for(STAFF))

    cell = wages(found)
    assert (cell.verdict, cell.expected) == (Verdict.NOT_JUDGED, None)
    assert cell.why == "paid by the hour: 2"
    assert found.gaps == {Gap.HOURLY: frozenset({"20", "21"})}
    assert wages(found, "500").verdict is Verdict.WITHIN


def test_people_without_a_cost_centre_are_kept_apart() -> None:
    lost = people(stay(None), first=30)

    found = compared([*STAFF, *lost], posted_for(STAFF))

    assert [share.number for share in found.without_place] == ["30"]
    assert found.off == ()


def test_another_currency_has_a_line_of_its_own() -> None:
    settings = labour(currencies={"EUR": "11.40"})
    abroad = people(stay(yearly="60000", currency="EUR"), first=40)
    euro = balance(
        "5010", "400", "58500", currency="EUR", debit_in_currency=Decimal(5000),
    )  # fmt: skip

    found = compared([*STAFF, *abroad], [*posted_for(STAFF), euro], settings=settings)

    (line,) = found.currencies
    assert (line.currency, line.people, line.expected, line.posted) == (
        "EUR", frozenset({"40"}), Decimal(5000), Decimal(5000),
    )  # fmt: skip
    assert (line.posted_rate, line.rate) == (Decimal("11.7"), Decimal("11.40"))
    assert wages(found).difference == Decimal(1500)


def test_an_account_that_is_no_labour_cost_counts_nowhere() -> None:
    found = compared(STAFF, [*posted_for(STAFF), balance("2930", "000", "-900000")])

    assert {cell.verdict for cell in found.cells} == {Verdict.WITHIN}


def test_every_posted_amount_is_in_exactly_one_cell() -> None:
    odd = [balance("5010", "", "1", name=SubAccountName()), balance("5990", "999", "2"),
           balance("5405", "600", "3", branch="7")]  # fmt: skip
    posted = [*posted_for(STAFF), *odd]

    found = compared(STAFF, posted)

    assert sum(cell.posted for cell in found.cells) == sum(one.amount for one in posted)
