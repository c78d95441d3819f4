"""What is renamed in Rippling stays what it is: no one moves because of a word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.world import World, a_world

RENAMES = {
    "location": ("rename_location", "Bergen", "Bergen Sandsli"),
    "department": ("rename_department", "Production", "Production and assembly"),
    "employment type": ("rename_employment_type", "Hourly full-time", "By the hour"),
}
CONDITION = "{compensation_time_period: HOURLY}"


@pytest.fixture
def world() -> Iterator[World]:
    with a_world(people=40) as world:
        by_label = world.mapping_text.replace(CONDITION, '{employment_type: "Hourly full-time"}')
        world.edit_mapping(by_label)
        world.first_load()
        yield world


def employees(world: World) -> list[tuple[Any, ...]]:
    """What the mapping decides of everybody."""
    names = ("employeeNumber", "employeeClass", "branch", "department", "expenseSubaccount")
    return [tuple(str(item.get(name)) for name in names) for item in world.visma.employees()]


def rename(world: World, what: str) -> None:
    verb, before, after = RENAMES[what]
    getattr(world.rippling, verb)(before, after)


@pytest.mark.parametrize("what", RENAMES)
def test_no_one_moves_because_something_is_renamed(world: World, what: str) -> None:
    before = employees(world)

    rename(world, what)
    for _ in range(2):
        world.tick(full_sweep=True)
        world.drain()
        world.clock.turn(days=1)

    assert employees(world) == before


@pytest.mark.parametrize("what", RENAMES)
def test_a_mapping_that_follows_a_rename_moves_no_one(world: World, what: str) -> None:
    before = employees(world)
    _, old, new = RENAMES[what]

    rename(world, what)
    world.edit_mapping(world.mapping_text.replace(old, new))
    world.drain()
    world.tick(full_sweep=True)
    world.drain()

    assert employees(world) == before


def test_a_new_hire_at_a_renamed_location_gets_its_branch(world: World) -> None:
    rename(world, "location")
    world.hire({"given_name": "Kari", "family_name": "Testmann"}, location="Bergen Sandsli")

    assert world.settle() == {"created": 1}

    assert world.visma.employees()[-1]["branch"]["number"] == "2"


def test_where_no_row_names_a_renamed_location_any_more_its_people_wait_with_its_old_name(
    world: World,
) -> None:
    before = employees(world)
    rename(world, "location")
    world.tick(full_sweep=True)
    world.drain()
    lines = world.mapping_text.splitlines(keepends=True)

    world.edit_mapping("".join(line for line in lines if "rippling: Bergen" not in line))
    world.drain()

    assert employees(world) == before
    rows = world.operator.dispatch({"verb": "waiting"})["rows"]
    assert {key for row in rows for key in row["waiting_for"]} == {
        "location_rule#Bergen Sandsli (before: Bergen)"
    }
