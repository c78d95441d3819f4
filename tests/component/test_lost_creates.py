"""A create whose answer never came, and then HR changes its mind: the employee is still ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.crash import dies_untold
from tests.support.loaded import a_loaded_world
from tests.support.overtaken import overtaken
from tests.support.world import World

EMPLOYEE = "/v1/employee.*"


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=12, companies=2) as world:
        yield world


@pytest.fixture
def worker(world: World) -> dict[str, Any]:
    """Someone whose create arrived in Norway, and whose writer died before it could say so."""
    worker = world.rippling.hire(
        department="Sales",
        location="Oslo",
        employment_type="Salaried full-time",
        legal_entity="Nordfab AS",
    )
    world.tick()
    dies_untold(world)
    assert world.audit_of(worker["user_id"]) == []
    assert world.employee_of(worker)["status"] == "Active"
    return worker


def _outcomes(world: World, worker: dict[str, Any]) -> list[tuple[str, str]]:
    rows = world.audit_of(worker["user_id"])
    return [(row["outcome"], row["company"]) for row in rows]


def _of_address(world: World, worker: dict[str, Any], company: str = "norway") -> list[Any]:
    address = worker["work_email"]
    employees = world.visma.employees(company)
    return [each for each in employees if each["contact"]["email"] == address]


def test_whoever_belongs_to_another_company_by_then_leaves_the_first(
    world: World, worker: dict[str, Any]
) -> None:
    world.rippling.change(worker["id"], legal_entity="Nordfab AB")
    world.settle()

    assert world.employee_of(worker)["status"] == "Inactive"
    assert world.employee_of(worker, "sweden")["status"] == "Active"
    assert _outcomes(world, worker) == [
        ("created", "norway"),
        ("deactivated", "norway"),
        ("created", "sweden"),
    ]
    assert "the answer to the write had been lost" in world.audit_of(worker["user_id"])[0]["reason"]


def test_whoever_has_another_number_by_then_gets_no_second_employee(
    world: World, worker: dict[str, Any]
) -> None:
    world.rippling.change(worker["id"], number=9001)
    world.settle()

    assert len(_of_address(world, worker)) == 1
    assert "the employee keeps" in world.audit_of(worker["user_id"])[-1]["message"]


def test_an_address_that_visma_shows_in_other_letters_is_the_same_proof(
    world: World, worker: dict[str, Any]
) -> None:
    code, shown = str(worker["number"]), worker["work_email"].upper()
    world.visma.edit_employee(code, **{"contact.email": shown})
    world.rippling.change(worker["id"], number=9001)
    world.settle()

    assert "9001" not in {each["employeeNumber"] for each in world.visma.employees()}
    assert "the employee keeps" in world.audit_of(worker["user_id"])[-1]["message"]


def test_whoever_has_another_address_by_then_is_not_taken_for_somebody_else(
    world: World, worker: dict[str, Any]
) -> None:
    world.rippling.change(worker["id"], work_email="ny.adresse@example.com")
    world.settle()

    assert world.employee_of(worker)["contact"]["email"] == "ny.adresse@example.com"
    assert [each for each, _ in _outcomes(world, worker)] == ["created", "updated"]


def test_whoever_is_a_contractor_by_then_still_leaves_later(
    world: World, worker: dict[str, Any]
) -> None:
    world.rippling.change_employment_type(worker["id"], "Contractor")
    world.settle()
    world.rippling.terminate(worker["id"], "2026-11-23")
    world.settle()

    assert world.employee_of(worker)["status"] == "Inactive"


def test_whoever_has_left_by_then_is_deactivated(world: World, worker: dict[str, Any]) -> None:
    world.rippling.terminate(worker["id"], "2026-11-23")
    world.settle()

    assert world.employee_of(worker)["status"] == "Inactive"
    assert [each for each, _ in _outcomes(world, worker)] == ["created", "deactivated"]


def test_an_employee_that_finance_entered_meanwhile_is_not_taken_for_ours(world: World) -> None:
    worker = world.rippling.hire(department="Sales", location="Oslo", legal_entity="Nordfab AS")
    world.visma.faults.reset(method="POST", path=EMPLOYEE)
    world.settle()
    world.visma.faults.clear()
    code = str(worker["number"])
    theirs = {"contact.lastName": "Annen", "contact.email": "en.annen@example.com"}
    world.visma.add_employee(code, company="norway", **theirs)
    world.buried.clear()
    world.rippling.terminate(worker["id"], "2026-11-23")
    world.settle()

    assert world.visma.employee(code)["status"] == "Active"
    assert [each for each, _ in _outcomes(world, worker)] == ["out_of_scope"]


def test_a_create_that_never_arrived_leaves_nothing_behind(world: World) -> None:
    worker = world.rippling.hire(department="Sales", location="Oslo", legal_entity="Nordfab AS")
    world.visma.faults.reset(method="POST", path=EMPLOYEE)
    world.settle()
    world.visma.faults.clear()
    world.buried.clear()
    world.rippling.change(worker["id"], legal_entity="Nordfab AB")
    world.settle()

    assert _of_address(world, worker) == []
    assert _outcomes(world, worker) == [("created", "sweden")]
    assert world.tables.persons[worker["user_id"]].intent is None


def test_another_employment_whose_company_is_hidden_says_nothing_of_the_lost_one(
    world: World, worker: dict[str, Any]
) -> None:
    world.rippling.terminate(worker["id"], world.clock.now().date(), "RENEGE")
    world.rippling.change(worker["id"], status="TERMINATED")
    world.rippling.rehire(
        worker["user_id"],
        world.clock.now().date(),
        department="Finance",
        legal_entity="Nordfab AB",
        employment_type="Salaried full-time",
    )
    world.rippling.redact.add("legal_entity")
    world.rippling.redact.add("legal_entity_id")

    world.settle()

    assert world.employee_of(worker)["department"] == "SALES"
    assert world.employee_of(worker)["status"] == "Active"


def test_whoever_came_back_is_known_by_the_employment_of_the_create(world: World) -> None:
    before = world.rippling.hire(
        department="Sales",
        location="Oslo",
        employment_type="Salaried full-time",
        legal_entity="Nordfab AS",
        status="TERMINATED",
        end_date="2025-06-30",
    )
    world.settle()
    again = world.rippling.rehire(
        before["user_id"], "2026-11-23", department="Sales", legal_entity="Nordfab AS"
    )
    world.tick()
    dies_untold(world)
    world.rippling.redact.add("legal_entity")
    world.rippling.move(again["id"], "Finance")
    world.settle()

    assert world.employee_of(again)["department"] == "FIN"


def test_whoever_waits_for_a_department_by_then_has_an_employee_all_the_same(
    world: World, worker: dict[str, Any]
) -> None:
    world.rippling.add_department("Robotics")
    world.rippling.move(worker["id"], "Robotics")
    world.settle()
    assert _outcomes(world, worker) == [("created", "norway"), ("waiting", "norway")]

    world.rippling.terminate(worker["id"], "2026-11-20")
    world.settle()
    assert world.employee_of(worker)["status"] == "Inactive"


def test_a_writer_that_was_taken_for_dead_tells_what_it_has_created(world: World) -> None:
    worker = world.hire(legal_entity="Nordfab AS")
    world.tick()
    world.rippling.add_department("Robotics")
    with overtaken(world, lambda: world.rippling.move(worker["id"], "Robotics")):
        world.drain()

    assert _outcomes(world, worker) == [("created", "norway"), ("waiting", "norway")]
    assert "had been lost" in world.audit_of(worker["user_id"])[0]["reason"]


def entered_by_hand(world: World) -> dict[str, Any]:
    """Someone whom finance has entered already, in another department, and who is taken over."""
    worker: dict[str, Any] = world.hire(legal_entity="Nordfab AS")
    theirs = {"department": "FIN", "contact.email": worker["work_email"]}
    world.visma.add_employee(str(worker["number"]), company="norway", **theirs)
    world.tick()
    return worker


def test_an_adoption_is_told_with_what_finance_had_entered(world: World) -> None:
    worker = entered_by_hand(world)
    dies_untold(world)
    assert world.employee_of(worker)["department"] == "SALES"
    world.settle()

    adopted, *others = world.audit_of(worker["user_id"])
    assert (adopted["outcome"], adopted["kind"]) == ("updated", "adoption")
    assert "had been lost" in adopted["reason"]
    departments = [each for each in adopted["differences"] if each["field"] == "department"]
    assert departments == [{"field": "department", "before": "FIN", "after": "SALES"}]
    assert [row["outcome"] for row in others] == ["unchanged"]


def test_an_adoption_that_never_arrived_is_made_and_told_once(world: World) -> None:
    worker = entered_by_hand(world)
    world.visma.faults.reset(times=1, method="PUT", path=EMPLOYEE)
    world.drain()

    assert [row["kind"] for row in world.audit_of(worker["user_id"])] == ["adoption"]
    assert world.employee_of(worker)["department"] == "SALES"
