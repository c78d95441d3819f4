"""The month-end report: what it says is so, and it says what keeps a month from being closed."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from connector.domain.records.acts import OPERATORS
from connector.domain.report.sheet import Cell, Section, Sheet, Table
from connector.services.operate.verbs.report.report import ReportVerb
from connector.services.operate.verbs.verb import UnusableInputError
from connector.services.report import delivery
from tests.support.world import World, a_world

Row = dict[str, Any]


@pytest.fixture
def world() -> Iterator[World]:
    """Nordfab in November 2026, everyone in step."""
    with a_world(people=40, companies=2) as world:
        world.first_load()
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
    later = asked(world, company="norway")

    kept = world.reports.objects
    assert kept[answer["key"]][0].startswith(b"<!doctype html>")
    assert kept[answer["key"]][1] == "text/html; charset=utf-8"
    folder = answer["key"].removesuffix("report.html")
    assert folder.startswith("reports/2026-11/")
    with zipfile.ZipFile(io.BytesIO(kept[f"{folder}tables.zip"][0])) as tables:
        assert "head-count-cost-centres.csv" in tables.namelist()
    assert later["key"] != answer["key"], "no report takes the place of another"


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
