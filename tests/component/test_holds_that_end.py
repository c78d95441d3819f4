"""A hold ends by itself once nothing is left to hold; what is still wanted stays held."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.loaded import a_loaded_world
from tests.support.world import World


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=60) as world:
        world.clock.turn(days=1)
        yield world


def held(world: World) -> set[str]:
    return {row["person"] for row in world.operator.dispatch({"verb": "held"})["rows"]}


def people(world: World, count: int, department: str = "") -> list[dict[str, Any]]:
    """People who are at work, in a department where one is named."""
    known = {str(row["employeeNumber"]) for row in world.visma.employees()}
    wanted = world.rippling.department(department)["id"] if department else None
    return [
        row
        for row in world.rippling.workers()
        if row["status"] == "ACTIVE"
        and not row["end_date"]
        and str(row["number"]) in known
        and wanted in (None, row["department_id"])
    ][:count]


def a_day_later(world: World) -> dict[str, int]:
    world.clock.turn(days=1)
    world.tick(full_sweep=True)
    return dict(world.drain())


@pytest.fixture
def leavers(world: World) -> list[dict[str, Any]]:
    """Those of twelve leavers, all brought back by hand, whose leaving again is held."""
    rows = people(world, 12)
    for row in rows:
        world.rippling.terminate(row["id"], world.clock.now().date().isoformat())
    world.settle()
    everyone = [row["user_id"] for row in rows]
    world.operator.dispatch({"verb": "approve", "people": everyone, "operator": "kari"})
    world.drain()
    world.clock.turn(days=40)
    for row in rows:
        world.visma.edit_employee(str(row["number"]), status="Active")
    world.tick(full_sweep=True)
    world.drain()
    return [row for row in rows if row["user_id"] in held(world)]


def test_leaving_is_not_held_any_more_once_finance_has_made_it_so(
    world: World, leavers: list[dict[str, Any]]
) -> None:
    first, *others = leavers
    world.visma.edit_employee(str(first["number"]), status="Inactive")

    assert a_day_later(world) == {"unchanged": 1}

    assert held(world) == {each["user_id"] for each in others}
    last = world.audit_of(first["user_id"])[-1]
    assert last["outcome"] == "unchanged"
    assert "nothing is left of what a guard held" in last["reason"]
    assert a_day_later(world) == {}, "and those who stay held are not audited every day"


def test_leaving_is_not_held_any_more_once_the_employee_is_gone(
    world: World, leavers: list[dict[str, Any]]
) -> None:
    first, *others = leavers
    world.visma.remove_employee(str(first["number"]))

    a_day_later(world)

    assert held(world) == {each["user_id"] for each in others}


@pytest.fixture
def movers(world: World) -> list[dict[str, Any]]:
    """People whose move to Sales is held."""
    rows = people(world, 20, "Production")
    for row in rows:
        world.rippling.move(row["id"], "Sales")
    world.tick()
    world.drain()
    found = [row for row in rows if row["user_id"] in held(world)]
    assert len(found) > 2
    return found


def test_a_move_is_not_held_any_more_once_finance_has_made_it(
    world: World, movers: list[dict[str, Any]]
) -> None:
    first, *others = movers
    world.visma.edit_employee(str(first["number"]), department="SALES")

    a_day_later(world)

    assert held(world) == {each["user_id"] for each in others}
    assert "nothing is left" in world.audit_of(first["user_id"])[-1]["reason"]


def test_an_edit_that_leaves_the_move_to_be_made_ends_no_hold(
    world: World, movers: list[dict[str, Any]]
) -> None:
    first = movers[0]
    world.visma.edit_employee(str(first["number"]), department="FIN")

    assert a_day_later(world) == {}

    assert held(world) == {each["user_id"] for each in movers}


def test_a_move_is_not_held_any_more_once_hr_has_taken_it_back(
    world: World, movers: list[dict[str, Any]]
) -> None:
    first, *others = movers
    world.rippling.move(first["id"], "Production")

    world.clock.turn(minutes=5)
    assert world.settle() == {"unchanged": 1}

    assert held(world) == {each["user_id"] for each in others}
    assert "nothing is left" in world.audit_of(first["user_id"])[-1]["reason"]
