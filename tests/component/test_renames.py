"""What is renamed in Rippling stays what it is: no one moves because of a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.loaded import a_loaded_world
from tests.support.world import World, a_world

RENAMES = {
    "location": ("rename_location", "Bergen", "Bergen Sandsli"),
    "department": ("rename_department", "Production", "Production and assembly"),
    "employment type": ("rename_employment_type", "Hourly full-time", "By the hour"),
}
CONDITION = "{compensation_time_period: HOURLY}"


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=40, load=by_label) as world:
        yield world


def by_label(world: World) -> None:
    """Loads everyone by a mapping that names an employment type."""
    named = '{employment_type: "Hourly full-time"}'
    world.edit_mapping(world.mapping_text.replace(CONDITION, named))
    world.first_load()


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


# Two things of one name: a row belongs to the one that was there first.


@pytest.fixture
def first(world: World) -> str:
    """The department Sales that has always been there."""
    return str(world.rippling.department("Sales")["id"])


@pytest.fixture
def twin(world: World, first: str) -> str:
    """Another department by the name of Sales."""
    world.rippling.add_department("Sales team")
    return str(world.rippling.rename_department("Sales team", "Sales")["id"])


def test_of_two_departments_of_one_name_the_row_is_the_first_ones(world: World, twin: str) -> None:
    before = employees(world)
    newcomer = world.hire({"given_name": "Kari", "family_name": "Testmann"}, department=twin)

    assert world.settle() == {"waiting": 1}
    world.tick(full_sweep=True)
    world.drain()

    assert employees(world) == before
    reason = world.audit_of(newcomer["user_id"])[-1]["reason"]
    assert "two things in Rippling answer to the row Sales" in reason


def test_the_second_one_is_free_to_have_a_row_of_its_own(world: World, twin: str) -> None:
    world.hire({"given_name": "Kari", "family_name": "Testmann"}, department=twin)
    world.settle()

    text = world.mapping_text.replace(
        "{rippling: Sales,", f"{{rippling: {twin}, department: FIN, cost_centre: \"500\"}}\n"
        "      - {rippling: Sales,", 1
    )  # fmt: skip
    world.edit_mapping(text)

    assert world.drain()["created"] == 1
    assert world.visma.employees()[-1]["department"] == "FIN"


def test_a_department_that_is_made_again_takes_its_row_over_once_the_old_one_is_gone(
    world: World, first: str, twin: str
) -> None:
    movers = [each for each in world.rippling.workers() if each["department_id"] == first]
    assert movers
    for worker in movers:
        world.rippling.move(worker["id"], department=twin)
    before = employees(world)
    world.tick()
    world.drain()
    assert employees(world) == before, "whoever is there stays as they are meanwhile"

    for _ in range(5):
        world.clock.turn(days=1)
        world.tick(full_sweep=True)
        world.drain()

    assert employees(world) == before
    assert world.operator.dispatch({"verb": "waiting"})["rows"] == []


def test_a_rename_makes_people_wait_only_where_a_row_named_the_thing() -> None:
    """Sweden has a row for Stockholm, Norway never had one: there it is the default as before."""
    with a_world(people=8, companies=2) as world:
        world.first_load()
        world.rippling.rename_location("Stockholm", "Stockholm City")
        world.tick(full_sweep=True)
        world.drain()
        lines = world.mapping_text.splitlines(keepends=True)
        text = "".join(line for line in lines if "rippling: Stockholm" not in line)
        world.edit_mapping(re.sub(r"locations:\n(?! +-)", "locations: []\n", text))
        world.drain()

        norwegian = world.hire(legal_entity="Nordfab AS", location="Stockholm City")
        swede = world.hire(legal_entity="Nordfab AB", location="Stockholm City")
        world.settle()

        assert world.employee_of(norwegian)["branch"]["number"] == "1"
        assert world.tables.links[swede["user_id"]]["sweden"].outcome.value == "waiting"


def test_a_renamed_legal_entity_whose_id_is_withheld_lets_nobody_go() -> None:
    """By its new name alone it is nobody's; which one it is, is not shown."""
    with a_world(people=12, companies=2) as world:
        leaves = "deactivate_when_out_of_scope: true"
        world.edit_mapping(world.mapping_text.replace(leaves.replace("true", "false"), leaves))
        world.first_load()
        before = {row["employeeNumber"]: row["status"] for row in world.visma.employees("norway")}
        world.rippling.redact.add("legal_entity_id")
        world.rippling.rename_legal_entity("Nordfab AS", "Nordfab Norge AS")

        world.tick(full_sweep=True)
        world.drain()

        after = {row["employeeNumber"]: row["status"] for row in world.visma.employees("norway")}
        assert after == before
        assert world.metrics.counts["FactsUnknown"] > 0
