"""How people stand, as a tick and a full sweep show it: from rows that they read anyway."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.component.test_alarms import an_employment, sweep_after
from tests.support.loaded import a_loaded_world
from tests.support.world import World

PEOPLE = 24


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=PEOPLE) as world:
        sweep_after(world, minutes=16)
        yield world


def shown(world: World, name: str, company: str = "norway") -> float:
    return world.metrics.gauges[name, company]


def test_on_a_day_on_which_all_is_well_everyone_is_in_step(world: World) -> None:
    active = [each for each in world.visma.employees() if each["status"] == "Active"]

    assert shown(world, "PeopleInStep") == len(active) > 0
    names = ("PeopleWaiting", "PeopleHeld", "PeopleRejected", "OldestOpenHours")
    assert [shown(world, name) for name in names] == [0, 0, 0, 0]


def test_who_waits_is_shown_by_the_next_tick_and_how_long_by_the_next_sweep(world: World) -> None:
    in_step = shown(world, "PeopleInStep")
    world.rippling.add_department("Brand new")
    world.rippling.move(an_employment(world)["id"], "Brand new")
    world.settle()
    world.clock.turn(minutes=5)
    world.tick()

    assert shown(world, "PeopleWaiting") == 1

    sweep_after(world, hours=30)

    assert shown(world, "PeopleInStep") == in_step - 1
    assert shown(world, "OldestOpenHours") == pytest.approx(30.1, abs=0.1)


def test_the_daily_result_is_kept_shown_and_counted(world: World) -> None:
    active = [each for each in world.visma.employees() if each["status"] == "Active"]
    one, two, gone = (each["employeeNumber"] for each in active[:3])
    whole = world.agreements.of("norway")[-1]
    world.visma.edit_employee(one, department="MGMT")
    world.visma.edit_employee(two, department="MGMT")
    world.visma.remove_employee(gone)
    world.visma.add_employee("9001", status="Active")
    sweep_after(world, hours=24)
    found = world.agreements.of("norway")[-1]

    assert (whole.is_whole, whole.in_step) == (True, shown(world, "PeopleInStep") + 3)
    assert found.counts == {
        "in_step": whole.in_step - 3, "different": 2, "missing": 1, "extra": 1,
    }  # fmt: skip
    assert found.at - whole.at > timedelta(hours=23)
    names = ("PeopleDifferent", "PeopleMissing", "PeopleExtra")
    assert [shown(world, name) for name in names] == [2, 1, 1]
    status = world.operator.dispatch({"verb": "status"})
    assert status["figures"]["in_step"]["norway"] == found.to_json()
    lines = [each for group in status["groups"] for each in group["checks"]]
    (line,) = (each for each in lines if each["name"] == "in_step")
    assert "2 different, 1 missing in Visma, 1 in Visma whom" in line["message"]
    assert line["remedy"] == "connector reconcile"


def test_a_company_that_visma_could_not_list_has_no_result_that_day(world: World) -> None:
    before = world.agreements.of("norway")
    world.visma.faults.fail(503, method="GET", path="/v1/employee")
    sweep_after(world, hours=24)

    assert world.agreements.of("norway") == before


def test_who_is_held_is_shown_until_an_operator_decides(world: World) -> None:
    for row in world.rippling.rows("workers"):
        world.rippling.change(row["id"], status="TERMINATED")
    world.settle()
    sweep_after(world, hours=1)

    assert shown(world, "PeopleHeld") > 0
    assert shown(world, "PeopleInStep") == 0


def test_an_employee_who_was_edited_in_visma_is_not_in_step_until_put_right(world: World) -> None:
    in_step = shown(world, "PeopleInStep")
    code = str(an_employment(world)["number"])
    world.visma.edit_employee(code, **{"contact.phone1": "+47 1"})
    world.clock.turn(minutes=16)
    world.tick(full_sweep=True)

    assert shown(world, "PeopleInStep") == in_step - 1

    world.drain()
    sweep_after(world, minutes=16)

    assert shown(world, "PeopleInStep") == in_step


def test_where_visma_cannot_be_asked_nobody_is_said_to_be_in_step(world: World) -> None:
    world.metrics.gauges.clear()
    world.visma.faults.fail(503, path="/v1/employee", times=100)

    sweep_after(world, minutes=16)

    assert ("PeopleInStep", "norway") not in world.metrics.gauges
    assert shown(world, "PeopleHeld") == 0


def test_the_numbers_cost_no_call_of_their_own(world: World) -> None:
    world.clear_journals()
    world.clock.turn(minutes=5)
    world.tick()

    assert world.vendor_calls() == (1, 0)
