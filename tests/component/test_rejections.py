"""What an operator rejected is not done, and everything else is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.simulator import RipplingPlatform, nordfab_rippling, nordfab_visma
from tests.support.clock import HandClock
from tests.support.loaded import a_loaded_world
from tests.support.world import World, a_world, listening

LIMITS = "deactivate_percent: 10, move_percent: 25, create_percent: 25, floor: 5"
NOBODY = (
    "deactivate_percent: 1, move_percent: 1, create_percent: 1, reactivate_percent: 1,"
    " transfer_percent: 1, rewrite_percent: 1, floor: 0"
)


@pytest.fixture
def world() -> Iterator[World]:
    """A company in which every change of anybody is held."""
    with a_loaded_world(people=20, companies=2) as world:
        world.edit_mapping(world.mapping_text.replace(LIMITS, NOBODY))
        world.drain()
        yield world


@pytest.fixture
def worker(world: World) -> dict[str, Any]:
    """Somebody in Sales whose move to Finance was rejected."""
    worker = in_sales(world)
    world.rippling.move(worker["id"], "Finance")
    world.settle()
    reject(world, worker)
    return worker


def in_sales(world: World) -> dict[str, Any]:
    found = world.rippling.department("Sales")["id"]
    there = (each for each in world.rippling.workers() if each["department_id"] == found)
    return next(each for each in there if each["status"] == "ACTIVE" and not each["end_date"])


def say(world: World, verb: str, **whom: Any) -> Any:
    return world.operator.dispatch({"verb": verb, "operator": "kari", **whom})


def reject(world: World, worker: dict[str, Any]) -> None:
    say(world, "reject", people=[worker["user_id"]])
    world.drain()
    assert listed(world, "rejected", worker)
    assert not listed(world, "held", worker)


def listed(world: World, name: str, worker: dict[str, Any]) -> bool:
    return worker["user_id"] in {row["person"] for row in say(world, name)["rows"]}


def passes(world: World, days: int = 1) -> None:
    for _ in range(days):
        world.clock.turn(days=1)
        world.rippling.turn_day()
        world.tick(full_sweep=True)
        world.drain()


def day(world: World, ahead: int) -> str:
    return (world.clock.now().date() + timedelta(days=ahead)).isoformat()


def test_somebody_who_has_left_by_the_time_of_the_word_leaves(world: World) -> None:
    worker = in_sales(world)
    world.rippling.move(worker["id"], "Finance")
    world.settle()
    world.edit_mapping(world.mapping_text.replace("deactivate_percent: 1,", ""))
    world.edit_mapping(world.mapping_text.replace("floor: 0", "floor: 1"))
    world.drain()
    world.rippling.terminate(worker["id"], day(world, -1))
    say(world, "reject", people=[worker["user_id"]])
    world.drain()

    assert world.employee_of(worker)["status"] == "Inactive"
    row = world.audit_of(worker["user_id"])[-1]
    assert (row["outcome"], row["operator"]) == ("deactivated", "kari")
    assert "the operator rejected what was held (move)" in row["reason"]
    assert not listed(world, "rejected", worker)


def test_what_would_be_done_otherwise_by_then_is_judged_by_the_guards(world: World) -> None:
    worker = in_sales(world)
    world.rippling.move(worker["id"], "Finance")
    world.settle()
    world.rippling.terminate(worker["id"], day(world, -1))
    say(world, "reject", people=[worker["user_id"]])
    world.drain()

    assert world.employee_of(worker)["status"] == "Active"
    assert listed(world, "held", worker)
    assert not listed(world, "rejected", worker)
    row = world.audit_of(worker["user_id"])[-1]
    assert (row["outcome"], row["operator"]) == ("held", "kari")
    assert "the operator rejected what was held (move)" in row["reason"]


def test_a_last_day_is_followed_after_a_move_was_rejected(world: World) -> None:
    worker = in_sales(world)
    world.rippling.change(worker["id"], status="TERMINATED", end_date=day(world, 4))
    world.settle()
    world.rippling.move(worker["id"], "Finance")
    world.settle()
    reject(world, worker)
    assert listed(world, "scheduled", worker)

    passes(world, 6)

    assert listed(world, "held", worker), "leaving is another change, and held as such"
    say(world, "approve", people=[worker["user_id"]])
    world.drain()
    employee = world.employee_of(worker)
    assert (employee["status"], employee["department"]) == ("Inactive", "SALES")


def test_names_and_addresses_follow_although_a_move_was_rejected(
    world: World, worker: dict[str, Any]
) -> None:
    world.edit_mapping(world.mapping_text.replace("rewrite_percent: 1, floor: 0", "floor: 1"))
    world.drain()
    world.rippling.change_user(worker["user_id"], family_name="Annen")
    world.settle()

    employee = world.employee_of(worker)
    assert employee["contact"]["lastName"] == "Annen"
    assert employee["department"] == "SALES"
    row = world.audit_of(worker["user_id"])[-1]
    assert row["outcome"] == "updated"
    assert "the operator rejected department: that stays as it is" in row["reason"]
    assert row["department_after"] == "SALES"
    assert listed(world, "rejected", worker)
    passes(world, 2)
    assert world.employee_of(worker)["department"] == "SALES"


def test_a_rejected_address_is_not_written_and_another_one_is_asked_about(world: World) -> None:
    worker = in_sales(world)
    before = world.employee_of(worker)["contact"]["email"]
    world.rippling.change(worker["id"], work_email="wrong@nordfab.example")
    world.settle()
    reject(world, worker)
    passes(world, 2)
    assert world.employee_of(worker)["contact"]["email"] == before

    world.rippling.change(worker["id"], work_email="right@nordfab.example")
    world.settle()
    assert listed(world, "held", worker)
    say(world, "approve", people=[worker["user_id"]])
    world.drain()
    assert world.employee_of(worker)["contact"]["email"] == "right@nordfab.example"
    assert not listed(world, "rejected", worker)


def gets_another_address(world: World, worker: dict[str, Any]) -> None:
    world.rippling.change_user(worker["user_id"], number="+47 000 11111")


def is_renumbered(world: World, worker: dict[str, Any]) -> None:
    say(world, "rename", person=worker["user_id"], code="E77", company="norway")


def has_another_row(world: World, _: dict[str, Any]) -> None:
    world.rippling.rename_department("Finance", "Money")


def lost_an_old_employment(world: World, worker: dict[str, Any]) -> None:
    old = world.rippling.rehire(
        worker["user_id"], "2019-01-01", status="TERMINATED", end_date="2020-01-01"
    )
    passes(world)
    world.rippling.remove(old["id"])


def was_edited_in_visma(world: World, worker: dict[str, Any]) -> None:
    world.visma.edit_employee(str(worker["number"]), **{"contact.phone1": "1"})
    passes(world)
    say(world, "approve", people=[worker["user_id"]])


def was_brought_back_after_finance_had_made_them_inactive(
    world: World, worker: dict[str, Any]
) -> None:
    world.visma.edit_employee(str(worker["number"]), status="Inactive")
    passes(world)
    say(world, "approve", people=[worker["user_id"]])


@pytest.mark.parametrize(
    "happens",
    [
        gets_another_address,
        is_renumbered,
        has_another_row,
        lost_an_old_employment,
        was_edited_in_visma,
        was_brought_back_after_finance_had_made_them_inactive,
    ],
)
def test_nothing_else_makes_a_rejected_move(
    world: World, worker: dict[str, Any], happens: Callable[[World, dict[str, Any]], None]
) -> None:
    happens(world, worker)
    world.drain()
    world.settle()
    passes(world, 2)

    (employee,) = (
        each
        for each in world.visma.employees()
        if each["employeeNumber"] in (str(worker["number"]), "E77")
    )
    assert (employee["status"], employee["department"]) == ("Active", "SALES")
    assert listed(world, "rejected", worker)


def test_a_custom_field_that_is_read_from_now_on_makes_no_rejected_move() -> None:
    with a_world(people=20) as world:
        world.rippling.add_custom_field("Cost place")
        world.first_load()
        world.edit_mapping(world.mapping_text.replace(LIMITS, NOBODY))
        worker = in_sales(world)
        world.rippling.set_custom_field(worker["id"], "Cost place", "A-12")
        world.rippling.move(worker["id"], "Finance")
        world.settle()
        reject(world, worker)
        key = "    time_zone: Europe/Oslo\n"
        assert key in world.mapping_text
        field = f'{key}    department_custom_field: "Cost place"\n'
        world.edit_mapping(world.mapping_text.replace(key, field))
        world.drain()
        passes(world, 2)

        assert world.employee_of(worker)["department"] == "SALES"
        assert listed(world, "rejected", worker)


def test_the_other_api_of_rippling_makes_no_rejected_move() -> None:
    clock = HandClock()
    rippling = nordfab_rippling(clock=clock, people=20, companies=1)
    visma, platform = nordfab_visma(companies=1, clock=clock), RipplingPlatform(rippling)
    with listening(rippling, visma, platform):
        world = World(rippling, visma, clock, 1)
        world.first_load()
        world.edit_mapping(world.mapping_text.replace(LIMITS, NOBODY))
        worker = in_sales(world)
        world.rippling.move(worker["id"], "Finance")
        world.settle()
        reject(world, worker)
        other = world.another()
        other.platform = platform
        other.build()
        passes(other, 2)

        assert other.employee_of(worker)["department"] == "SALES"
        assert listed(other, "rejected", worker)


def test_another_department_is_another_move_and_back_is_none(
    world: World, worker: dict[str, Any]
) -> None:
    world.rippling.move(worker["id"], "People")
    world.settle()
    assert listed(world, "held", worker)

    world.rippling.move(worker["id"], "Sales")
    world.settle()
    assert not listed(world, "held", worker)
    assert not listed(world, "rejected", worker)

    world.rippling.move(worker["id"], "Finance")
    world.settle()
    assert listed(world, "held", worker), "it was not asked for in between: it is new"


def test_a_rejection_that_is_taken_back_is_judged_by_the_guards(
    world: World, worker: dict[str, Any]
) -> None:
    say(world, "rejected take-back", people=[worker["user_id"]])
    world.drain()

    assert listed(world, "held", worker)
    say(world, "approve", people=[worker["user_id"]])
    world.drain()
    assert world.employee_of(worker)["department"] == "FIN"


def test_what_finance_has_done_by_hand_is_rejected_no_more(
    world: World, worker: dict[str, Any]
) -> None:
    world.visma.edit_employee(str(worker["number"]), department="FIN")
    passes(world)

    assert world.employee_of(worker)["department"] == "FIN"
    assert not listed(world, "rejected", worker)


def test_a_rejected_move_to_another_company_is_not_made_and_leaving_is(world: World) -> None:
    worker = in_sales(world)
    world.rippling.change(worker["id"], legal_entity="Nordfab AB")
    world.settle()
    reject(world, worker)
    world.rippling.move(worker["id"], "Finance")
    world.settle()
    passes(world, 2)
    assert world.employee_of(worker)["status"] == "Active"
    assert listed(world, "rejected", worker)

    world.rippling.terminate(worker["id"], day(world, -1))
    world.settle()
    assert listed(world, "held", worker)
    assert not listed(world, "rejected", worker)


def test_a_rejected_hire_is_not_created_until_something_else_is_asked_for(world: World) -> None:
    worker = world.rippling.hire(
        department="Sales",
        location="Oslo",
        employment_type="Salaried full-time",
        legal_entity="Nordfab AS",
    )
    world.settle()
    reject(world, worker)
    world.rippling.change(worker["id"], work_email="new@nordfab.example")
    world.settle()
    passes(world, 2)
    assert listed(world, "rejected", worker)

    world.rippling.move(worker["id"], "Finance")
    world.settle()
    assert listed(world, "held", worker)


def test_where_a_move_was_rejected_pay_follows_on_the_cost_centre_in_visma(
    world: World, worker: dict[str, Any]
) -> None:
    link = world.tables.links[worker["user_id"]]["norway"]
    assert link.allocation
    before = link.allocation
    world.rippling.change(worker["id"], annual_salary=912_345)
    world.settle()
    passes(world)

    after = world.tables.links[worker["user_id"]]["norway"].allocation
    assert after
    assert (after.cost_centre, before.cost_centre) == ("400", "400")
    assert after.yearly_cost == "912345" != before.yearly_cost
