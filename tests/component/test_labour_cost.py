"""The labour cost of the month-end report: what it says of a month, and what keeps it open."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from connector.domain.report.sheet import Section, Table
from tests.simulator.books.differences import Name
from tests.support.books import LABOUR, BooksWorld, a_books_world

Row = dict[str, Any]


@pytest.fixture(scope="module")
def clean() -> Iterator[BooksWorld]:
    """A month in which all is well; nothing in it is changed."""
    with a_books_world(companies=2) as world:
        world.month_end()
        yield world


@pytest.fixture
def nordfab() -> Iterator[BooksWorld]:
    with a_books_world() as world:
        yield world


def section(world: BooksWorld, month: str = "2025-05") -> Section:
    sheet = world.world.operator.desk.report.of(month, "")
    return next(each for each in sheet.sections if each.key == "posted-cost")


def table(found: Section, key: str) -> Table:
    return next(each for each in found.tables if each.key == key)


def explained(world: BooksWorld, cost_centre: str, **more: Any) -> Row:
    request = {"verb": "report", "month": "2025-05", "cost_centre": cost_centre, "explain": True}
    answer: Row = json.loads(json.dumps(world.world.operator.dispatch({**request, **more})))
    return answer


def test_a_clean_month_has_no_reason_to_stay_open(clean: BooksWorld) -> None:
    found = section(clean)

    assert found.needs_human == ()
    rows = table(found, "norway").rows
    assert {row[7] for row in rows} == {"within tolerance"}
    assert table(found, "norway").currency == "NOK"
    assert table(found, "sweden").currency == "SEK"
    assert "norway: the period is open; read with" in found.note
    for key in ("waiting", "currencies", "not-estimated", "moved", "departments", "classes"):
        assert table(found, key).rows == (), key


def test_no_row_shows_what_fewer_than_three_people_cost(clean: BooksWorld) -> None:
    for company in ("norway", "sweden"):
        cells = clean.compare(company).comparison.cells
        people = {(cell.branch, str(cell.place)): len(cell.people) for cell in cells}
        for row in table(section(clean), company).rows:
            if people.get((str(row[0]), str(row[1])), 3) < 3:
                assert row[3:7] == (None, None, None, None)
        assert min(people.values()) < 3


def test_a_report_a_second_time_says_what_moved_since(nordfab: BooksWorld) -> None:
    nordfab.month_end()
    assert table(section(nordfab), "moved").rows == ()
    assert table(section(nordfab), "moved").rows == ()

    nordfab.world.visma.enter_batch(
        "202505",
        [
            {"account": "5010", "subaccount": "40000", "debit": "70000"},
            {"account": "2930", "subaccount": "00000", "credit": "70000"},
        ],
        at="2025-06-02T10:00:00",
    )

    found = section(nordfab)
    (row,) = table(found, "moved").rows
    assert row[:4] == ("norway", "1", "400", "5010")
    (needs,) = found.needs_human
    assert "differ on 1 cost centre (400)" in needs
    assert "connector report --month 2025-05 --company norway --cost-centre" in needs


def test_what_waits_keeps_the_month_open_with_its_batch(nordfab: BooksWorld) -> None:
    planted = nordfab.plant("unposted batch")
    nordfab.month_end()

    found = section(nordfab)

    (row,) = table(found, "waiting").rows
    assert (row[0], row[2], row[3]) == ("norway", f"GL {planted.batches[0]}", "Unposted")
    assert row[5] == -sum((one.amount for one in planted.effects), Decimal(0))
    (needs,) = found.needs_human
    assert "1 batch waits to be posted" in needs
    verdicts = {row[7] for row in table(found, "norway").rows}
    assert verdicts == {"within tolerance", "within tolerance once posted"}


def test_hourly_people_without_hours_are_counted_and_their_cost_centres_not_judged() -> None:
    part = LABOUR["norway"].replace("      hours_a_week: 40\n", "")
    with a_books_world(parts={"norway": part}) as nordfab:
        nordfab.month_end()

        found = section(nordfab)

        (row,) = table(found, "not-estimated").rows
        assert row[:2] == ("norway", "paid by the hour")
        assert isinstance(row[2], int)
        assert row[2] > 5
        verdicts = {(row[1], row[7]) for row in table(found, "norway").rows}
        assert ("200", "not judged") in verdicts
        assert ("400", "within tolerance") in verdicts
        assert found.needs_human == ()


def test_without_kept_costs_there_is_no_expected_side_and_that_is_said() -> None:
    with a_books_world(cost_allocation=False) as nordfab:
        nordfab.month_end()

        (needs,) = section(nordfab).needs_human

        assert "Deploy with CostAllocation=true" in needs


def test_a_company_without_settings_is_not_read(nordfab: BooksWorld) -> None:
    nordfab.month_end()
    nordfab.world.edit_mapping(nordfab.world.mapping_text.replace(LABOUR["norway"], ""))
    nordfab.world.clear_journals()

    found = section(nordfab)

    assert (found.tables, found.needs_human) == ((), ())
    assert "norway: not compared" in found.note
    assert nordfab.world.visma.calls(path="/v2/.*") == []


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda books: books.periods.pop("202505"), "no financial period 202505"),
        (lambda books: books.ledgers.clear(), "has not one actual ledger"),
        (lambda books: books.add_ledger("9"), "name one as ledger under labour"),
        (lambda books: books.accounts.clear(), "of the 0 accounts that Visma shows"),
    ],
    ids=["period", "ledger", "two ledgers", "accounts"],
)
def test_what_is_not_there_is_one_sentence_and_no_table(
    nordfab: BooksWorld, spoil: Callable[[Any], object], told: str
) -> None:
    nordfab.month_end()
    for batch in list(nordfab.world.visma.books().batches):
        nordfab.world.visma.remove_batch(batch.number)
    spoil(nordfab.world.visma.books())

    found = section(nordfab)

    (needs,) = found.needs_human
    assert told in needs
    assert found.tables == ()


def test_a_month_that_has_not_begun_is_refused_in_one_sentence(clean: BooksWorld) -> None:
    answer = explained(clean, "400", month="2025-09")

    assert not answer["ok"]
    assert "2025-09 has not begun" in str(answer)


def test_a_department_that_books_elsewhere_is_named_with_what_stays(nordfab: BooksWorld) -> None:
    nordfab.month_end()
    section(nordfab)
    nordfab.world.visma.add_department("SALES", "Sales", "500")
    nordfab.world.clock.turn(minutes=20)

    found = section(nordfab)

    (row,) = table(found, "departments").rows
    assert row[1] == "SALES"
    assert str(row[2]).startswith("cost centre 400")
    assert str(row[3]).startswith("cost centre 500")
    assert "GL 000004" in str(row[4])
    batches = nordfab.world.visma.batches()
    assert len(batches) == len(nordfab.differences.history.posted["norway", "202505"]) * 2


def test_a_person_whose_class_changed_is_named_with_what_was_posted(nordfab: BooksWorld) -> None:
    share = next(
        one for one in nordfab.differences.history.shares("norway", "202505") if not one.is_hourly
    )
    nordfab.world.rippling.change(share.worker_id, employment_type="Hourly full-time")
    nordfab.see()
    nordfab.month_end()

    rows = table(section(nordfab), "classes").rows

    (row,) = (row for row in rows if row[1] == nordfab.number_of(share.worker_id))
    assert row[2:4] == ("STAFF", "HOURLY")
    assert row[4] == share.cost_centre
    assert "GL" in str(row[5])


@pytest.mark.parametrize("name", ["moved mid-month", "wrong account"])
def test_the_drill_down_names_people_and_batches_and_no_pay(
    nordfab: BooksWorld, name: Name
) -> None:
    planted = nordfab.plant(name)
    nordfab.month_end()

    answer = explained(nordfab, planted.effects[0].cost_centre)

    assert answer["ok"], answer
    (told,) = answer["explained"]
    first = told["causes"][0]
    number = nordfab.number_of(planted.worker_id)
    if name == "moved mid-month":
        assert first["people"] == [number]
        assert [each["day"] for each in told["changes"] if each["number"] == number] == [
            "2025-05-16"
        ]
    else:
        assert first["batches"] == [f"GL {planted.batches[0]}"]
    pay = nordfab.world.rippling.rows("compensations")
    yearly = {str(int(row["annual_compensation"]["value"])) for row in pay}
    assert not any(amount in json.dumps(told["causes"]) for amount in yearly)


def test_an_explanation_of_a_small_cost_centre_shows_no_expected_cost(clean: BooksWorld) -> None:
    cells = clean.compare("norway").comparison.cells
    small = next(str(cell.place) for cell in cells if 0 < len(cell.people) < 3)
    people = {number for cell in cells if cell.place == small for number in cell.people}

    (told,) = explained(clean, small, company="norway")["explained"]

    hidden = [cell for cell in told["cells"] if "fewer than 3" in cell["why"]]
    assert hidden
    assert {cell["expected"] for cell in hidden} == {""}
    assert sorted(people) == told["people"]


def test_an_unknown_cost_centre_is_one_sentence_with_those_that_there_are(
    clean: BooksWorld,
) -> None:
    answer = explained(clean, "40", company="norway")

    assert not answer["ok"]
    assert "nobody works on cost centre 40 in 2025-05" in str(answer)
    assert "200" in str(answer)


def test_explain_and_cost_centre_go_together(clean: BooksWorld) -> None:
    answer = clean.world.operator.dispatch({"verb": "report", "cost_centre": "400"})

    assert "--cost-centre 400 --explain" in str(answer)


def test_where_there_is_no_time_to_decrypt_everyone_the_section_says_so(
    nordfab: BooksWorld,
) -> None:
    nordfab.month_end()
    nordfab.world.clock.remaining = 40.0

    (needs,) = section(nordfab).needs_human

    assert "there was no time to decrypt what everyone in norway costs" in needs
