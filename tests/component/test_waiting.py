"""People who cannot be written yet: visible, out of everyone's way, and set free by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.loaded import a_loaded_world
from tests.support.world import World


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=30) as world:
        yield world


def _rows(world: World) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = world.operator.dispatch({"verb": "waiting"})["rows"]
    return rows


def _with_row(world: World, row: str) -> str:
    return world.mapping_text.replace("    departments:\n", f"    departments:\n      - {row}\n")


def test_a_department_without_row_waits_and_a_row_sets_its_people_free(world: World) -> None:
    world.rippling.add_department("Robotics")
    worker = world.hire(department="Robotics")

    assert world.settle() == {"waiting": 1}
    (row,) = _rows(world)
    assert row["waiting_for"] == ["department_rule#Robotics"]
    assert "Rippling department Robotics" in row["reason"]

    text = _with_row(world, '{rippling: Robotics, department: ENG, cost_centre: "300"}')
    assert world.edit_mapping(text) == 1
    assert world.drain() == {"created": 1}
    assert world.employee_of(worker)["department"] == "ENG"
    assert _rows(world) == []


def test_a_cost_centre_that_finance_adds_sets_people_free_at_the_next_tick(world: World) -> None:
    world.rippling.add_department("Robotics")
    world.edit_mapping(
        _with_row(world, '{rippling: Robotics, department: ROBO, cost_centre: "700"}')
    )
    worker = world.hire(department="Robotics")

    assert world.settle() == {"waiting": 1}
    (row,) = _rows(world)
    assert row["waiting_for"] == ["department#ROBO", "cost_centre#700"]

    world.visma.add_department("ROBO", "Robotics")
    assert world.settle() == {"waiting": 1}
    world.visma.add_cost_centre("700", "Robotics")
    assert world.settle() == {"waiting": 1}
    world.visma.set_department_cost_centre("ROBO", "700")

    summary = world.tick()
    assert summary.released == 1
    assert world.drain() == {"created": 1}
    assert world.employee_of(worker)["department"] == "ROBO"


def test_department_and_cost_centre_put_right_at_once_set_people_free_in_one_tick(
    world: World,
) -> None:
    world.rippling.add_department("Robotics")
    world.visma.add_department("ROBO", "Robotics")
    world.edit_mapping(
        _with_row(world, '{rippling: Robotics, department: ROBO, cost_centre: "700"}')
    )
    worker = world.hire(department="Robotics")
    world.clock.turn(minutes=1)
    world.settle()
    assert _rows(world)[0]["waiting_for"] == ["cost_centre#700"]

    world.visma.add_cost_centre("700", "Robotics")
    world.visma.set_department_cost_centre("ROBO", "700")

    assert world.settle() == {"created": 1}
    assert world.employee_of(worker)["department"] == "ROBO"


def test_a_reference_code_that_finance_adds_as_a_department_sets_people_free(world: World) -> None:
    world.rippling.add_department("Robotics", "ROBO")
    worker = world.hire(department="Robotics")

    assert world.settle() == {"waiting": 1}
    world.visma.add_department("ROBO", "Robotics")
    assert world.settle() == {"created": 1}
    assert world.employee_of(worker)["department"] == "ROBO"


def test_while_somebody_waits_visma_is_asked_about_the_thing_and_never_about_them(
    world: World,
) -> None:
    world.edit_mapping(
        world.mapping_text.replace(
            '{rippling: Sales, department: SALES, cost_centre: "400"}',
            '{rippling: Sales, department: SALES, cost_centre: "777"}',
        )
    )
    world.drain()
    worker = world.hire(department="Sales")
    world.settle()
    world.clear_journals()

    for _ in range(5):
        assert world.settle() == {}

    assert world.visma.calls(path="/v1/employee.*") == []
    assert {call.path for call in world.visma.calls(path="/v1/.*")} == {"/v1/dimension/SUBACCOUNT"}
    assert len(world.visma.calls(path="/v1/.*")) == 5
    assert len(world.rippling.journal) == 5
    assert world.audit_of(worker["user_id"])[-1]["outcome"] == "waiting"


def test_waiting_for_a_row_costs_no_call_to_visma_at_all_but_for_reference_codes(
    world: World,
) -> None:
    world.edit_mapping(
        world.mapping_text.replace('    defaults: {branch: "1", ', "    defaults: {")
    )
    world.drain()
    world.rippling.add_location(
        "Tromsø", street="X 1", postal_code="9000", city="Tromsø", country="NO"
    )
    world.rippling.hire(department="Sales", location="Tromsø", employment_type="Salaried full-time")
    world.clock.turn(hours=1)
    world.settle()
    assert _rows(world)[0]["waiting_for"] == ["location_rule#Tromsø"]
    world.clear_journals()

    world.settle()

    assert world.visma.calls(path="/v1/.*") == []


def test_waiting_for_the_row_of_a_department_without_a_code_costs_no_call_to_visma(
    world: World,
) -> None:
    world.rippling.add_department("Robotics lab")
    world.hire(department="Robotics lab")
    world.settle()
    assert _rows(world)[0]["waiting_for"] == ["department_rule#Robotics lab"]
    world.clear_journals()

    for _ in range(3):
        world.clock.turn(minutes=5)
        world.settle()

    assert world.visma.calls(path="/v1/.*") == []


def test_somebody_known_who_moves_to_an_unknown_department_keeps_what_they_have(
    world: World,
) -> None:
    worker = world.hire(department="Sales")
    world.settle()
    world.rippling.add_department("Robotics")
    world.rippling.move(worker["id"], department="Robotics")

    assert world.settle() == {"waiting": 1}
    assert world.employee_of(worker)["department"] == "SALES"
    assert _rows(world)[0]["employee_code"] == str(worker["number"])


def test_somebody_who_leaves_while_waiting_waits_no_more(world: World) -> None:
    world.rippling.add_department("Robotics")
    worker = world.hire(department="Robotics")
    world.settle()
    world.rippling.terminate(worker["id"], "2026-11-20")

    assert world.settle() == {"out_of_scope": 1}
    assert _rows(world) == []


def test_those_who_wait_are_in_nobody_s_way(world: World) -> None:
    world.rippling.add_department("Robotics")
    world.hire(department="Robotics")
    good = world.hire(department="Sales")

    assert world.settle() == {"waiting": 1, "created": 1}
    assert world.employee_of(good)["department"] == "SALES"


def test_a_closed_cost_centre_takes_nobody_in(world: World) -> None:
    world.visma.set_cost_centre_active("400", False)
    world.clock.turn(hours=1)
    world.hire(department="Sales")

    assert world.settle() == {"waiting": 1}
    world.visma.set_cost_centre_active("400", True)
    assert world.settle() == {"created": 1}


def test_a_row_in_the_mapping_queues_only_the_people_it_moves(world: World) -> None:
    sales = [
        person
        for person in world.tables.persons.values()
        if person.placement.get("department") == "SALES"
    ]

    queued = world.edit_mapping(
        world.mapping_text.replace(
            '{rippling: Sales, department: SALES, cost_centre: "400"}',
            '{rippling: Sales, department: FIN, cost_centre: "500"}',
        )
    )

    assert queued == len(sales) > 0
    outcomes = world.drain()
    assert outcomes == {"updated": len(sales)}


def test_an_import_that_changes_nothing_queues_nobody(world: World) -> None:
    assert world.edit_mapping(world.mapping_text) == 0
