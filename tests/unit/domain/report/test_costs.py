"""What people cost: by the days of the month, and never so that one of them can be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.domain.planning import Outcome
from connector.domain.records.allocation import Allocation
from connector.domain.records.few_people import FEWEST
from connector.domain.records.ledger import EmployeeLink
from connector.domain.report.costs import Group, costs_of, expected_cost, hidden, not_kept
from connector.domain.report.period import Month
from connector.domain.report.sheet import Section

NOVEMBER = Month(2026, 11)
AT = datetime(2026, 11, 1, tzinfo=UTC)


def paid(
    person: str, yearly: str | None = "600000", centre: str | None = "400", **members: object
) -> EmployeeLink:
    allocation = Allocation(centre, "5000", yearly, "NOK", date(2020, 1, 1))
    return EmployeeLink(
        person,
        "norway",
        Outcome.CREATED,
        AT,
        employee_code=person,
        allocation=replace(allocation, **members),  # type: ignore[arg-type]
    )


def a_group(size: int, centre: str = "400", of: str = "") -> Group:
    return Group(centre, frozenset(f"{of or centre}-{n}" for n in range(size)), Decimal(size))


def section_of(*links: EmployeeLink) -> Section:
    return expected_cost(costs_of(links, NOVEMBER), ["norway"], [])


def test_a_month_costs_a_twelfth_of_a_year() -> None:
    section = section_of(*(paid(str(n)) for n in range(3)))

    (table,) = section.tables
    assert table.rows == (("400", 3, Decimal(150_000)),)
    assert (table.currency, table.totals) == ("NOK", ("All", 3, Decimal(150_000)))


@pytest.mark.parametrize(
    ("first", "last", "share"),
    [
        (date(2026, 11, 16), None, Decimal("0.5")),
        (date(2020, 1, 1), date(2026, 11, 15), Decimal("0.5")),
        (date(2020, 1, 1), date(2026, 10, 31), Decimal(0)),
        (date(2026, 12, 1), None, Decimal(0)),
        (None, None, Decimal(1)),
    ],
)
def test_a_month_costs_by_the_days_that_somebody_was_there(
    first: date | None, last: date | None, share: Decimal
) -> None:
    costs = costs_of([paid("1", valid_from=first, ended_on=last)], NOVEMBER)

    whole = sum(group.amount for groups in costs.groups.values() for group in groups)
    assert whole == 50_000 * share


def test_whoever_moved_within_the_month_costs_both_centres_their_part() -> None:
    before = Allocation("300", "5000", "600000", "NOK", date(2020, 1, 1), date(2026, 11, 15))

    costs = costs_of([paid("1", valid_from=date(2026, 11, 16), earlier=(before,))], NOVEMBER)

    (groups,) = costs.groups.values()
    assert {group.centre: group.amount for group in groups} == {"300": 25_000, "400": 25_000}


def test_people_without_a_pay_that_is_known_are_counted() -> None:
    section = section_of(paid("1", None), replace(paid("2"), allocation=None))

    assert section.tables == ()
    assert "norway: 2 people without a pay that is known, or with none." in section.note


def test_each_currency_has_a_table_of_its_own() -> None:
    links = [*(paid(str(n)) for n in range(3)), *(paid(f"e{n}", currency="EUR") for n in range(3))]

    assert [each.currency for each in section_of(*links).tables] == ["EUR", "NOK"]


def test_nothing_is_shown_of_fewer_than_three_people_not_even_their_sum() -> None:
    (table,) = section_of(paid("1"), paid("2")).tables

    assert table.rows == (("400", 2, None),)
    assert table.totals == ("All", 2, None)


def test_one_small_group_takes_the_next_larger_one_with_it() -> None:
    groups = [a_group(1, "300"), a_group(5, "400"), a_group(4, "500")]

    assert hidden(groups) == {"300", "500"}


def test_small_groups_that_hide_each_other_take_nobody_with_them() -> None:
    groups = [a_group(1, "300"), a_group(2, "310"), a_group(5, "400")]

    assert hidden(groups) == {"300", "310"}


def test_the_same_people_in_two_small_groups_are_counted_once() -> None:
    groups = [a_group(2, "300", of="x"), a_group(2, "310", of="x"), a_group(5, "400")]

    assert hidden(groups) == {"300", "310", "400"}


def test_a_company_whose_cost_stands_beside_its_ledger_has_no_second_table() -> None:
    costs = costs_of([paid(str(n)) for n in range(5)], NOVEMBER)

    section = expected_cost(costs, [], ["norway"])

    assert section.tables == ()
    assert "norway: beside what is posted." in section.note


def test_a_stack_that_stores_no_pay_says_so() -> None:
    assert "CostAllocation" in not_kept().note
    assert not_kept().needs_human == ()


@given(st.lists(st.integers(1, 9), max_size=12))
def test_no_subtraction_tells_what_fewer_than_three_people_cost(sizes: list[int]) -> None:
    groups = [a_group(size, str(n)) for n, size in enumerate(sizes)]

    kept_back = hidden(groups)

    shown = [group for group in groups if group.centre not in kept_back]
    rest = sum(len(group.people) for group in groups if group.centre in kept_back)
    assert all(len(group.people) >= FEWEST for group in shown)
    assert rest == 0 or rest >= FEWEST or not shown
    assert len(kept_back) != 1 or not shown, "a single one would follow from the sum"


def test_who_is_paid_nothing_hides_nobody() -> None:
    (table,) = section_of(paid("1"), paid("2"), paid("3", "0")).tables

    assert table.rows == (("400", 2, None),)
    assert table.totals == ("All", 2, None)
