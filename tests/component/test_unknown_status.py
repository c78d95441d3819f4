"""A status that nobody knows: nobody leaves or is created for it, and it is told while it lasts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.component.test_alarms import sweep_after
from tests.support.loaded import a_loaded_world
from tests.support.world import World

WORD = "OFFBOARDED"


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=24) as world:
        sweep_after(world, minutes=16)
        world.drain()
        yield world


def asked(world: World, verb: str, **arguments: Any) -> dict[str, Any]:
    answer: dict[str, Any] = world.operator.dispatch({"verb": verb, "operator": "k", **arguments})
    return answer


def working(world: World, count: int) -> list[dict[str, Any]]:
    rows = world.rippling.workers()
    return [row for row in rows if row["status"] == "ACTIVE" and on_record(world, row)][:count]


def on_record(world: World, row: dict[str, Any]) -> bool:
    return any(one["employeeNumber"] == str(row["number"]) for one in world.visma.employees())


def offboarded(world: World, count: int) -> list[dict[str, Any]]:
    rows = working(world, count)
    for row in rows:
        world.rippling.change(row["id"], status=WORD, end_date="2026-11-20")
    world.settle()
    return rows


def red(world: World) -> dict[str, str]:
    lines = [each for group in asked(world, "status")["groups"] for each in group["checks"]]
    return {each["name"]: each["message"] for each in lines if each["level"] == "bad"}


def unknown(world: World) -> dict[str, str]:
    rows = asked(world, "reconcile")["rows"]
    return {row["number"]: row["company"] for row in rows if row["what"] == "status unknown"}


def report(world: World) -> dict[str, list[str]]:
    found = asked(world, "report", month=world.clock.now().strftime("%Y-%m"))
    return {each["key"]: each["needs_human"] for each in found["sections"]}


def test_leavers_with_an_unknown_status_are_told_for_as_long_as_they_have_it(world: World) -> None:
    rows = offboarded(world, 4)
    for _ in range(3):
        alarms = world.metrics.counts["FactsUnknown"]
        sweep_after(world, hours=24)
        world.drain()
        assert world.metrics.counts["FactsUnknown"] > alarms

    assert "status of 4" in red(world)["facts_unknown"]
    assert unknown(world) == {str(row["number"]): "norway" for row in rows}
    told = report(world)
    assert any("gives 4 people a status that nobody knows" in each for each in told["dimensions"])
    assert any(each.startswith("norway: 4 employees not as") for each in told["drift"])
    assert asked(world, "reconcile heal")["queued"] == 0, "looking again would change nothing"

    for row in rows:
        world.rippling.change(row["id"], status="TERMINATED")
    world.settle()
    sweep_after(world, hours=24)

    assert "facts_unknown" not in red(world)
    assert unknown(world) == {}
    statuses = {str(one["employeeNumber"]): one["status"] for one in world.visma.employees()}
    assert {statuses[str(row["number"])] for row in rows} == {"Inactive"}


def test_a_new_hire_with_an_unknown_status_is_told_and_created_once_it_is_known(
    world: World,
) -> None:
    hired = world.hire(start_date="2026-01-05", status="ONBOARDED")
    world.settle()
    sweep_after(world, hours=24)

    assert list(unknown(world)) == [str(hired["number"])]
    assert "status of 1" in red(world)["facts_unknown"]
    assert not on_record(world, hired)

    world.rippling.change(hired["id"], status="ACTIVE")
    world.settle()

    assert on_record(world, hired)
    assert unknown(world) == {}


def test_whoever_finance_makes_inactive_meanwhile_stays_so(world: World) -> None:
    (row,) = offboarded(world, 1)
    world.visma.edit_employee(str(row["number"]), status="Inactive")

    for _ in range(2):
        sweep_after(world, hours=24)
        world.drain()

    assert world.visma.employee(str(row["number"]))["status"] == "Inactive"


def test_another_employment_that_goes_on_leaves_nothing_to_decide(world: World) -> None:
    row = working(world, 1)[0]
    world.hire(user_id=row["user_id"], start_date="2020-01-05", status=WORD)
    world.settle()

    assert "status unknown" not in {each["what"] for each in asked(world, "reconcile")["rows"]}
