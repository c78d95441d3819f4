"""A real organisation: a department in several places, branches, and days on which it changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.nordfab import NORDFAB_MAPPING
from tests.support.world import World, a_world

SALES = '      - {rippling: Sales, department: SALES, cost_centre: "400"}\n'
BERGEN = SALES.replace("Sales, ", "Sales, when: {location: Bergen}, ").replace(
    'SALES, cost_centre: "400"', 'ENG, cost_centre: "300"'
)
FULL = BERGEN.replace("location: Bergen", "employment_type: Salaried full-time").replace(
    'ENG, cost_centre: "300"', "FIN"
)


@pytest.fixture
def world() -> Iterator[World]:
    with a_world(people=12) as world:
        world.first_load()
        yield world


def with_rows(*rows: str) -> str:
    assert SALES in NORDFAB_MAPPING
    return NORDFAB_MAPPING.replace(SALES, "".join(rows))


def department_of(world: World, worker: dict[str, Any]) -> str:
    return str(world.employee_of(worker)["department"])


def last_row(world: World, worker: dict[str, Any]) -> dict[str, Any]:
    return world.audit_of(worker["user_id"])[-1]


def test_the_people_of_one_department_land_by_their_location_and_move_with_it(
    world: World,
) -> None:
    world.edit_mapping(with_rows(SALES, BERGEN))
    world.drain()
    in_oslo, in_bergen = world.hire(), world.hire(location="Bergen")

    assert world.settle() == {"created": 2}
    assert [department_of(world, each) for each in (in_oslo, in_bergen)] == ["SALES", "ENG"]
    assert "departments: Sales: location Bergen" in last_row(world, in_bergen)["rules"]

    world.rippling.relocate(in_oslo["id"], "Bergen")
    world.settle()
    assert department_of(world, in_oslo) == "ENG"


def test_a_row_with_conditions_touches_those_alone_of_whom_they_hold(world: World) -> None:
    in_oslo, in_bergen = world.hire(), world.hire(location="Bergen")
    world.settle()
    there = sum(
        person.facts.get("location", {}).get("name") == "Bergen"
        and person.facts.get("department", {}).get("name") == "Sales"
        for person in world.tables.persons.values()
    )

    assert world.edit_mapping(with_rows(SALES, BERGEN)) == there
    world.drain()

    assert [department_of(world, each) for each in (in_oslo, in_bergen)] == ["SALES", "ENG"]


def test_people_of_whom_no_row_holds_wait_until_one_does(world: World) -> None:
    world.edit_mapping(with_rows(BERGEN))
    world.drain()
    worker = world.hire()

    assert world.settle() == {"waiting": 1}
    oslo = BERGEN.replace("Bergen", "Oslo").replace('ENG, cost_centre: "300"', "FIN")
    assert world.edit_mapping(with_rows(BERGEN, oslo)) >= 1
    world.drain()
    assert department_of(world, worker) == "FIN"


def test_rows_that_hold_equally_make_people_wait_and_a_row_more_sets_them_free(
    world: World,
) -> None:
    world.edit_mapping(with_rows(SALES, BERGEN, FULL))
    world.drain()
    worker = world.hire(location="Bergen")

    assert world.settle() == {"waiting": 1}
    assert "hold equally" in last_row(world, worker)["message"]
    text = with_rows(SALES, BERGEN, FULL)
    answer = world.operator.dispatch({"verb": "mappings check", "text": text})
    told = [each["message"] for each in answer["findings"] if not each["is_warning"]]
    assert any("hold equally" in each and str(worker["number"]) in each for each in told)
    assert any("holds equally with" in e["message"] for e in answer["findings"] if e["is_warning"])

    both = FULL.replace("{employment_type", "{location: Bergen, employment_type")
    world.edit_mapping(with_rows(SALES, BERGEN, FULL, both))
    world.drain()
    assert department_of(world, worker) == "FIN"


def test_a_location_that_is_not_shown_moves_nobody_and_lets_nobody_in(world: World) -> None:
    world.edit_mapping(with_rows(SALES, BERGEN))
    world.drain()
    known = world.hire(location="Bergen")
    world.settle()

    world.rippling.redact.add("location")
    new = world.hire(location="Bergen")
    world.rippling.change(known["id"], title="Something else")
    world.settle()

    assert department_of(world, known) == "ENG"
    row = last_row(world, new)
    assert row["outcome"] == "waiting"
    assert "Rippling does not show the location" in row["message"]

    world.rippling.redact.clear()
    world.tick(full_sweep=True)
    world.drain()
    assert department_of(world, new) == "ENG"


def test_a_diff_names_those_whom_a_condition_moves(world: World) -> None:
    world.hire()
    in_bergen = world.hire(location="Bergen")
    world.settle()

    text = with_rows(SALES, BERGEN)
    answer = world.operator.dispatch({"verb": "mappings diff", "text": text})

    (company,) = answer["companies"]
    assert {
        "who": str(in_bergen["number"]),
        "how": "department SALES -> ENG, cost centre 400 -> 300",
    } in (company["moves"]["first"])
    assert answer["rows"]["added"]["first"] == ["norway, department#Sales: location Bergen"]


def test_an_import_tells_its_warnings(world: World) -> None:
    text = with_rows(SALES, BERGEN, FULL)
    answer = world.operator.dispatch({"verb": "mappings import", "text": text})

    assert answer["ok"]
    assert any("companies.norway.departments[" in each for each in answer["warnings"])


def test_the_people_of_two_legal_entities_in_one_place_get_a_branch_each(world: World) -> None:
    entity = "    branches:\n      - {legal_entity: Nordfab AB, branch: 3}\n    locations:\n"
    with_branches = NORDFAB_MAPPING.replace("    locations:\n", entity, 1)
    assert with_branches != NORDFAB_MAPPING
    world.rippling.add_legal_entity("Nordfab AB", country="NO")
    one, other = world.hire(), world.hire(legal_entity="Nordfab AB")
    world.settle()
    assert [world.employee_of(each)["branch"]["number"] for each in (one, other)] == ["1", "1"]

    world.edit_mapping(with_branches)
    world.drain()

    assert [world.employee_of(each)["branch"]["number"] for each in (one, other)] == ["1", "3"]
    assert "branches: Nordfab AB" in last_row(world, other)["rules"]
    answer = world.operator.dispatch(
        {"verb": "mappings check", "text": with_branches.replace("branch: 3", "branch: 77")}
    )
    told = [each["message"] for each in answer["findings"]]
    assert "branches: Nordfab AB: Visma has no active branch 77" in told
