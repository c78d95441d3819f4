"""The month-end report: what it says is so, and it says what keeps a month from being closed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from connector.domain.report.sheet import Cell, Section, Sheet, Table
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

    rows = table(sheet_of(world), "head-count").rows

    assert {row[0] for row in rows} == {"norway", "sweden"}
    assert all(row[2] == row[4] and row[5] == 0 for row in rows)
    employees = [*world.visma.employees("norway"), *world.visma.employees("sweden")]
    active = [each for each in employees if each["status"] == "Active"]
    assert sum(counts_in(rows, 2)) == len(active) > 30
