"""The month-end report: what it says is so, and it says what keeps a month from being closed."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import yaml

from connector.domain.changes import Cause, Change
from connector.domain.errors import ConfigurationError
from connector.domain.records.acts import OPERATORS
from connector.domain.records.mode import Mode, ModeName
from connector.domain.report.sheet import Cell, Section, Sheet, Table
from connector.ports.queue import DeadLetter
from connector.ports.visma import Target
from connector.services.operate.verbs.report.report import ReportVerb
from connector.services.operate.verbs.verb import UnusableInputError
from connector.services.report import delivery
from tests.support.loaded import a_loaded_world
from tests.support.world import World, a_world

Row = dict[str, Any]


@pytest.fixture
def world() -> Iterator[World]:
    """Nordfab in November 2026, everyone in step."""
    with a_loaded_world(people=40, companies=2) as world:
        yield world


def at_month_end(world: World) -> None:
    """The first of December, after the nightly reconciliation."""
    world.clock.turn(days=8)
    world.tick(full_sweep=True)
    world.drain()


def asked(world: World, **arguments: Any) -> Row:
    """What the operator is answered, as it would come through Lambda."""
    answer: Row = json.loads(json.dumps(world.operator.dispatch({"verb": "report", **arguments})))
    return answer


def sheet_of(world: World, month: str = "2026-11", company: str = "") -> Sheet:
    return world.operator.desk.report.of(month, company)


def section(sheet: Sheet, key: str) -> Section:
    return next(each for each in sheet.sections if each.key == key)


def table(sheet: Sheet, key: str) -> Table:
    tables = [each for section in sheet.sections for each in section.tables]
    return next(each for each in tables if each.key == key)


def counts_in(rows: Iterable[tuple[Cell, ...]], column: int) -> list[int]:
    return [int(str(row[column])) for row in rows]


def test_a_month_in_which_all_is_in_step_is_ready_to_be_closed(world: World) -> None:
    at_month_end(world)

    answer = asked(world)

    assert answer["ok"], answer
    assert (answer["month"], answer["is_ready"]) == ("2026-11", True)


def test_rippling_and_visma_have_the_same_people_on_each_cost_centre(world: World) -> None:
    at_month_end(world)

    rows = table(sheet_of(world), "cost-centres").rows

    assert {row[0] for row in rows} == {"norway", "sweden"}
    assert all(row[2] == row[4] and row[5] == 0 for row in rows)
    employees = [*world.visma.employees("norway"), *world.visma.employees("sweden")]
    active = [each for each in employees if each["status"] == "Active"]
    assert sum(counts_in(rows, 2)) == len(active) > 30


def test_the_report_is_kept_as_a_page_and_as_tables_under_its_month(world: World) -> None:
    at_month_end(world)

    answer = asked(world)
    of_norway = asked(world, company="norway")
    world.clock.turn(seconds=1)
    later = asked(world)

    kept = world.reports.objects
    assert kept[answer["key"]][0].startswith(b"<!doctype html>")
    assert kept[answer["key"]][1] == "text/html; charset=utf-8"
    folder = answer["key"].removesuffix("report.html")
    assert folder.startswith("reports/2026-11/")
    with zipfile.ZipFile(io.BytesIO(kept[f"{folder}tables.zip"][0])) as tables:
        assert "head-count-cost-centres.csv" in tables.namelist()
    keys = {answer["key"], of_norway["key"], later["key"]}
    assert len(keys) == 3, "no report takes the place of another"


def test_the_page_and_the_tables_come_with_the_answer(world: World) -> None:
    at_month_end(world)

    answer = asked(world)

    assert ReportVerb().text_of(answer).encode() == world.reports.objects[answer["key"]][0]
    assert "head-count-cost-centres.csv" in ReportVerb().texts_of(answer)
    assert "files" not in ReportVerb().told_to_programs(answer)


def test_a_report_too_large_for_an_answer_says_where_it_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_month_end(world)
    monkeypatch.setattr(delivery, "LARGEST_ANSWER", 1_000)

    answer = asked(world)

    assert answer["ok"]
    folder = answer["key"].removesuffix("report.html")
    with pytest.raises(UnusableInputError, match=re.escape(f"s3 cp s3://reports/{folder} .")):
        ReportVerb().text_of(answer)


def test_a_report_that_cannot_be_kept_comes_all_the_same_and_says_so(world: World) -> None:
    at_month_end(world)
    world.reports.is_shut = True

    answer = asked(world)

    assert answer["ok"]
    assert ReportVerb().needs_attention(answer)
    assert "did not take it" in answer["not_kept"]
    assert ReportVerb().text_of(answer).startswith("<!doctype html>")


def test_who_made_which_report_and_what_it_said_is_on_record(world: World) -> None:
    at_month_end(world)

    answer = asked(world, operator="arn:kari")

    (act,) = world.audit_of(OPERATORS)
    assert (act["operator"], act["outcome"]) == ("arn:kari", "report")
    assert act["said"] == {"month": "2026-11", "ready": "yes", "kept": answer["key"]}


def reasons(world: World, key: str, **arguments: Any) -> list[str]:
    """What a section says has to be done; the exit code says whether anything has."""
    answer = asked(world, **arguments)
    assert answer["ok"], answer
    needs: list[str] = next(
        each["needs_human"] for each in answer["sections"] if each["key"] == key
    )
    assert answer["is_ready"] is not any(each["needs_human"] for each in answer["sections"])
    assert ReportVerb().needs_attention(answer) is not answer["is_ready"]
    return needs


def working(world: World) -> list[Row]:
    rows = world.rippling.rows("workers")
    return [row for row in rows if row["status"] == "ACTIVE" and not row["end_date"]]


def reconciled(world: World) -> None:
    """Some minutes later, after another reconciliation."""
    world.clock.turn(minutes=16)
    world.tick(full_sweep=True)
    world.drain()


def test_every_reason_ends_with_what_to_type(world: World) -> None:
    everything_open(world)

    answer = asked(world)

    for each in answer["sections"]:
        for needs in each["needs_human"]:
            assert re.search(r"[Tt]ype `connector [a-z-]+", needs), needs


def everything_open(world: World) -> None:
    """Somebody waits, one was edited, one is a stranger's, a letter is dead, polling is paused."""
    at_month_end(world)
    waits, edited, other = working(world)[:3]
    world.rippling.add_department("Brand new")
    world.rippling.move(waits["id"], "Brand new")
    world.tick()
    world.drain()
    world.visma.edit_employee(str(edited["number"]), department="MGMT")
    world.visma.remove_employee(str(other["number"]))
    world.queue.dead.append(DeadLetter("1", "{}", "worker", "receipt"))
    world.pauses.pause("the app was uninstalled")


def test_who_waits_keeps_the_month_open_and_is_named_by_number(world: World) -> None:
    at_month_end(world)
    person = working(world)[0]
    world.rippling.add_department("Brand new")
    world.rippling.move(person["id"], "Brand new")
    world.tick()
    world.drain()

    (needs,) = reasons(world, "open")

    assert "1 person waiting" in needs
    assert "`connector waiting`" in needs
    ((company, number, department, since, why),) = table(sheet_of(world), "waiting").rows
    assert (company, number, department) == ("norway", str(person["number"]), "Brand new")
    assert since == world.clock.now().date()
    assert "Brand new" in str(why)


def test_what_people_wait_for_is_told_once_with_how_many_wait_for_it(world: World) -> None:
    at_month_end(world)
    world.rippling.add_department("Brand new")
    for person in working(world)[:3]:
        world.rippling.move(person["id"], "Brand new")
    world.tick()
    world.drain()

    rows = table(sheet_of(world), "missing").rows

    assert [(row[0], row[2]) for row in rows] == [("norway", 3)]
    assert "add one" in str(rows[0][1])
    assert any("3 people waiting" in each for each in reasons(world, "dimensions"))


def test_a_person_who_waits_is_counted_in_rippling_without_a_cost_centre(world: World) -> None:
    at_month_end(world)
    person = world.hire(start_date="2026-12-01")
    world.rippling.add_department("Brand new")
    world.rippling.move(person["id"], "Brand new")
    world.tick()
    world.drain()

    needs = reasons(world, "head-count", month="2026-12")

    assert any("without a cost centre" in each for each in needs)
    rows = table(sheet_of(world, "2026-12"), "cost-centres").rows
    assert ("norway", "(none)", 1, 0, -1) in rows


def test_whoever_begins_after_the_month_is_not_counted_in_it(world: World) -> None:
    before = table(at_month_end_of(world), "cost-centres").rows
    world.hire(start_date="2026-12-01", department="Finance")
    world.tick()
    world.drain()

    rows = table(sheet_of(world), "cost-centres").rows

    (then,) = [row for row in before if row[:2] == ("norway", "500")]
    (now,) = [row for row in rows if row[:2] == ("norway", "500")]
    assert now == ("norway", "500", then[2], 1, counts_in([then], 2)[0] + 1, 0)


def at_month_end_of(world: World) -> Sheet:
    at_month_end(world)
    return sheet_of(world)


def test_whoever_moved_after_the_month_is_counted_where_they_were(world: World) -> None:
    before = table(at_month_end_of(world), "cost-centres").rows
    mover = next(each for each in working(world) if department_of(world, each) == "SALES")
    world.rippling.move(mover["id"], "Finance")
    world.tick()
    world.drain()

    rows = {row[1]: row for row in table(sheet_of(world), "cost-centres").rows if "norway" in row}

    was = {row[1]: int(str(row[2])) for row in before if "norway" in row}
    assert rows["400"][2:] == (was["400"], -1, was["400"] - 1, 0)
    assert rows["500"][2:] == (was["500"], 1, was["500"] + 1, 0)


def test_whoever_left_after_the_month_still_counts_in_it(world: World) -> None:
    before = table(at_month_end_of(world), "cost-centres").rows
    leaver = next(each for each in working(world) if str(each["number"]))
    world.clock.turn(days=4)
    world.rippling.change(leaver["id"], status="TERMINATED", end_date="2026-12-03")
    world.tick()
    world.drain()

    rows = table(sheet_of(world), "cost-centres").rows

    assert sum(counts_in(rows, 2)) == sum(counts_in(before, 2))
    assert sum(counts_in(rows, 3)) == -1
    assert sum(counts_in(rows, 4)) == sum(counts_in(before, 4)) - 1
    assert set(counts_in(rows, 5)) == {0}


def test_an_edit_in_visma_shows_in_the_head_count_and_in_what_does_not_agree(
    world: World,
) -> None:
    at_month_end(world)
    edited = next(each for each in working(world) if department_of(world, each) == "PROD")
    world.visma.edit_employee(str(edited["number"]), department="MGMT")

    head = reasons(world, "head-count")
    drift = reasons(world, "drift")

    assert any("norway: 2 cost centres not the same" in each for each in head)
    assert any("`connector reconcile --company norway`" in each for each in drift)
    assert str(edited["number"]) in {row[1] for row in table(sheet_of(world), "now").rows}
    reconciled(world)
    assert reasons(world, "head-count") == reasons(world, "drift") == []
    edits = table(sheet_of(world, "2026-12"), "edits").rows
    assert [row[2] for row in edits] == [str(edited["number"])]


def department_of(world: World, worker: Row) -> str:
    """The department in Visma of somebody in Norway; of anybody else none."""
    employees = {each["employeeNumber"]: each for each in world.visma.employees("norway")}
    return str(employees.get(str(worker["number"]), {}).get("department", ""))


def test_a_month_that_is_not_over_is_never_ready_and_says_how_it_stands(world: World) -> None:
    (needs,) = reasons(world, "state", month="2026-11")

    assert "2026-11 is not over before 2026-11-30" in needs
    rows = table(sheet_of(world), "cost-centres").rows
    assert all(row[2] == row[3] and row[4] == 0 for row in rows)


def test_a_month_without_a_reconciliation_since_its_last_day_is_not_ready(world: World) -> None:
    world.clock.turn(days=8)
    world.tick()
    world.drain()

    (needs,) = reasons(world, "state")
    assert "No complete reconciliation since 2026-11-30" in needs

    world.tick(full_sweep=True)
    assert reasons(world, "state") == []


@pytest.mark.parametrize(
    ("happens", "says"),
    [
        (lambda world: world.modes.save(Mode(ModeName.REHEARSAL)), "in rehearsal"),
        (lambda world: world.modes.save(Mode(ModeName.OFF)), "The connector is off"),
        (lambda world: world.pauses.pause("uninstalled"), "Polling is paused: uninstalled"),
        (
            lambda world: world.queue.dead.append(DeadLetter("1", "{}", "worker", "receipt")),
            "1 dead letter: what was given up",
        ),
        (lambda world: world.queue.send([Change("w", Cause.POLL, "c")]), "1 change on the queue"),
    ],
    ids=["rehearsal", "off", "paused", "dead letter", "queue"],
)
def test_what_keeps_the_connector_from_its_work_keeps_the_month_open(
    world: World, happens: Callable[[World], object], says: str
) -> None:
    at_month_end(world)
    happens(world)

    (needs,) = reasons(world, "state")

    assert says in needs


def test_changes_stand_under_their_day_and_back_dated_ones_by_themselves(world: World) -> None:
    at_month_end(world)
    mover, leaver = working(world)[:2]
    world.rippling.move(mover["id"], "Finance")
    world.rippling.change(leaver["id"], status="TERMINATED", end_date="2026-11-20")
    world.tick()
    world.drain()

    sheet = sheet_of(world, "2026-12")

    days = table(sheet, "days").rows
    assert days == ((world.clock.now().date(), 0, 1, 1, 0, 2),)
    (late,) = table(sheet, "back-dated").rows
    assert (late[1], str(late[3])) == (str(leaver["number"]), "2026-11-20")
    assert table(sheet_of(world), "back-dated").rows == (), "it was not made in November"


def test_who_decided_what_in_the_month_is_told_and_nothing_of_other_months(world: World) -> None:
    text = world.mapping_text.replace("lead_days: 0", "lead_days: 2")
    world.operator.dispatch({"verb": "mappings import", "text": text, "operator": "arn:kari"})
    at_month_end(world)
    world.operator.dispatch({"verb": "pause", "operator": "arn:ola"})

    november, december = sheet_of(world), sheet_of(world, "2026-12")

    assert [row[1:3] for row in table(november, "acts").rows] == [("arn:kari", "mappings import")]
    assert [row[1:3] for row in table(december, "acts").rows] == [("arn:ola", "pause")]
    (imported,) = table(november, "imports").rows
    assert imported[3] == "2"
    assert imported[4] != imported[5]
    assert table(december, "imports").rows == ()


def test_an_edit_of_the_mapping_that_not_everyone_was_looked_at_under_keeps_the_month_open(
    world: World,
) -> None:
    at_month_end(world)
    world.edit_mapping_unheard(world.mapping_text.replace("lead_days: 0", "lead_days: 2"))

    (needs,) = reasons(world, "mapping")
    assert "Not everyone has been looked at" in needs

    world.settle()
    assert reasons(world, "mapping") == []


def test_a_company_of_visma_that_does_not_answer_is_told_and_the_others_are_counted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_month_end(world)
    of_norway = world.targets.company("norway")

    def company(key: str) -> Target:
        if key != "norway":
            raise ConfigurationError(f"the Visma secret has no company {key}")
        return of_norway

    monkeypatch.setattr(world.targets, "company", company)

    answer = asked(world)

    needs = {each["key"]: each["needs_human"] for each in answer["sections"]}
    assert any("sweden: Visma could not be read" in each for each in needs["head-count"])
    rows = table(sheet_of(world), "cost-centres").rows
    assert all(row[4] is None for row in rows if row[0] == "sweden")
    assert sum(row[4] == row[2] for row in rows if row[0] == "norway") > 5


def test_rippling_that_does_not_answer_ends_no_report(world: World) -> None:
    at_month_end(world)
    world.rippling.faults.fail(503)

    answer = asked(world)

    needs = {each["key"]: each["needs_human"] for each in answer["sections"]}
    assert any("could not be read" in each for each in needs["head-count"])
    assert any("could not be read" in each for each in needs["drift"])
    assert needs["open"] == [], "the ledger says it alone"
    assert not answer["is_ready"]


def test_a_right_that_was_taken_away_is_said_in_its_section_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_month_end(world)

    def refused(*_: object) -> None:
        raise PermissionError("secret text")

    monkeypatch.setattr(world.queue, "lengths", refused)

    (needs,) = reasons(world, "state")

    assert "could not be read: it ends in an error (PermissionError at states.py:" in needs
    assert "secret text" not in json.dumps(asked(world))
    assert reasons(world, "head-count") == []


def test_a_report_of_one_company_is_about_that_company(world: World) -> None:
    everything_open(world)

    sheet = sheet_of(world, "2026-12", "sweden")

    assert {row[0] for row in table(sheet, "cost-centres").rows} == {"sweden"}
    assert not any("norway" in reason for reason in sheet.reasons)
    assert any("norway" in reason for reason in sheet_of(world, "2026-12", "norway").reasons)


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("2027-01", "2026-12"),
        ("2026-13", "2026-12"),
        ("november", "2026-11"),
        ("11/2026", "2026-11"),
        ("2026-11-05", "2026-11"),
        ("202611", "2026-11"),
        ("11", "2026-11"),
    ],
)
def test_what_is_no_month_is_refused_in_one_sentence_with_the_nearest(
    world: World, typed: str, nearest: str
) -> None:
    at_month_end(world)

    answer = asked(world, month=typed)

    assert not answer["ok"]
    (problem,) = answer["problems"]
    assert typed in problem
    assert nearest in problem
    assert world.reports.objects == {}


def test_an_unknown_company_is_refused_with_the_nearest(world: World) -> None:
    answer = asked(world, company="norwey")

    assert answer["problems"] == [
        "there is no company norwey; did you mean norway? There is norway, sweden."
    ]


def test_a_report_costs_the_pages_of_both_lists_and_no_more() -> None:
    with a_world(people=250, companies=2) as world:
        world.first_load()
        at_month_end(world)
        asked(world)  # reads catalogues and names that have grown old
        world.clear_journals()

        asked(world)

        assert Counter(call.path for call in world.rippling.calls(path="/.*")) == {
            "/workers/": 3,  # pages of a hundred
            "/work-locations/": 1,
        }
        assert Counter(call.path for call in world.visma.calls(path="/v1/.*")) == {
            "/v1/employee": 2  # a page for each company
        }


def test_a_report_writes_nothing_but_itself(world: World) -> None:
    everything_open(world)
    before, visma = world.everything_stored(), world.visma.employees("norway")
    world.clear_journals()

    sheet_of(world)

    assert world.everything_stored() == before
    assert world.visma.employees("norway") == visma
    calls = [*world.visma.calls(path="/v1/.*"), *world.rippling.calls(path="/.*")]
    assert {call.method for call in calls} == {"GET"}


def test_nobody_is_named_in_a_report(world: World) -> None:
    everything_open(world)

    answer = asked(world)

    page = ReportVerb().text_of(answer)
    names = {user["name"]["family_name"] for user in world.rippling.rows("users")}
    assert len(names) > 10
    assert [name for name in names if name in page] == []


def test_expected_cost_stands_by_cost_centre_and_never_of_fewer_than_three(world: World) -> None:
    at_month_end(world)

    sheet = sheet_of(world)

    (norway,) = [each for each in section(sheet, "expected-cost").tables if "norway" in each.key]
    shown = [row for row in norway.rows if row[2] is not None]
    assert len(shown) > 2
    assert all(int(str(row[1])) >= 3 for row in shown)
    assert len(shown) < len(norway.rows)
    heads = {row[1]: row[4] for row in table(sheet, "cost-centres").rows if row[0] == "norway"}
    assert {row[0]: row[1] for row in norway.rows} == heads


def test_a_company_that_is_compared_with_its_ledger_has_its_cost_there_alone(
    world: World,
) -> None:
    text = world.mapping_text.replace("  norway:\n", "  norway:\n    labour: {chart: norway}\n")
    assert "labour" in text
    world.edit_mapping(text)
    at_month_end(world)

    found = section(sheet_of(world), "expected-cost")

    assert {each.key for each in found.tables} == {"sweden-SEK"}
    assert "norway: beside what is posted." in found.note


def test_a_stack_without_pay_shows_none() -> None:
    def prepare(world: World) -> None:
        world.cost_allocation = False
        world.build()

    with a_world(people=12, prepare=prepare) as world:
        world.first_load()
        at_month_end(world)

        sheet = sheet_of(world)

        assert section(sheet, "expected-cost").tables == ()
        assert "CostAllocation" in section(sheet, "expected-cost").note
        assert sheet.is_ready


def test_what_takes_too_long_to_decrypt_is_said_in_its_section(world: World) -> None:
    at_month_end(world)
    world.clock.remaining = 40.0

    (needs,) = reasons(world, "expected-cost")

    assert "company by company" in needs


def test_who_is_left_in_a_company_that_the_mapping_lost_keeps_the_month_open(world: World) -> None:
    plain = yaml.safe_load(world.mapping_text)
    del plain["companies"]["sweden"]
    world.edit_mapping(yaml.safe_dump(plain))
    at_month_end(world)

    (needs,) = reasons(world, "head-count")

    assert "sweden: the mapping no longer has this company" in needs
    active = [each for each in world.visma.employees("sweden") if each["status"] == "Active"]
    assert f" {len(active)} " in needs
    assert section(sheet_of(world, company="norway"), "head-count").needs_human == ()


@pytest.mark.parametrize(("last_day", "counted"), [("2026-11-29", 0), ("2026-11-30", 1)])
def test_who_left_on_the_last_day_of_the_month_worked_on_it(
    world: World, last_day: str, counted: int
) -> None:
    link = next(each for each in world.ledger.links("norway") if each.exists)
    world.rippling.terminate(link.worker_id, last_day)
    world.settle()
    at_month_end(world)
    world.rippling.turn_day()
    world.settle()

    rows = table(sheet_of(world), "cost-centres").rows

    then, since = counts_in(rows, 2), counts_in(rows, 3)
    active = [each for each in world.visma.employees("norway") if each["status"] == "Active"]
    active += [each for each in world.visma.employees("sweden") if each["status"] == "Active"]
    assert sum(then) == len(active) + counted
    assert sum(since) == -counted


def test_who_works_in_rippling_after_the_last_day_keeps_the_month_open(world: World) -> None:
    link = next(each for each in world.ledger.links("norway") if each.exists)
    world.rippling.terminate(link.worker_id, "2026-11-30")
    world.settle()
    at_month_end(world)

    (needs,) = reasons(world, "head-count")

    assert f"although the last day is past: {link.employee_code}." in needs
    assert section(sheet_of(world, company="sweden"), "head-count").needs_human == ()
    world.rippling.turn_day()
    world.settle()
    assert sheet_of(world).is_ready
