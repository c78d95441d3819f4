"""People and codes that change hands: re-entered, renumbered, refused on the way out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.support.loaded import a_loaded_world
from tests.support.world import World


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=20, companies=2) as world:
        yield world


def operate(world: World, verb: str, **arguments: Any) -> dict[str, Any]:
    return world.operator.dispatch({"verb": verb, "company": "norway", **arguments})


def hired(world: World, **fields: Any) -> dict[str, Any]:
    worker = world.hire(legal_entity="Nordfab AS", **fields)
    world.settle()
    return worker


def test_someone_entered_anew_is_asked_about_and_adopted_on_the_operators_word(
    world: World,
) -> None:
    before = hired(world)
    again = world.rippling.enter_again(before["id"])
    assert again["user_id"] != before["user_id"]
    assert world.settle() == {"rejected": 1}
    assert "same person?" in world.audit_of(again["user_id"])[-1]["reason"]

    answer = operate(world, "adopt", person=again["user_id"], code=str(before["number"]))

    assert answer["ok"], answer
    world.drain()
    world.rippling.move(again["id"], department="Finance")
    assert world.settle() == {"updated": 1}
    assert world.employee_of(before)["department"] == "FIN"
    world.rippling.terminate(again["id"], "2026-11-20")
    assert world.settle() == {"deactivated": 1}
    assert world.tables.persons[before["user_id"]].active_in == ()


def test_an_employee_of_someone_whom_rippling_shows_is_not_given_away(world: World) -> None:
    one, other = hired(world), hired(world)
    world.visma.renumber_employee(str(other["number"]), "GONE")

    answer = operate(world, "adopt", person=other["user_id"], code=str(one["number"]))

    assert not answer["ok"]
    assert "whom Rippling shows" in answer["problems"][0]


def test_renaming_never_takes_a_strangers_employee_for_the_persons_own(world: World) -> None:
    worker = hired(world)
    world.visma.remove_employee(str(worker["number"]))
    world.visma.add_employee(
        "8001", **{"contact.lastName": "Else", "contact.email": "else@example.com"}
    )

    answer = operate(world, "rename", person=worker["user_id"], code="8001")

    assert not answer["ok"]
    assert "has neither the employee of this person" in answer["problems"][0]


def without_an_id(world: World, worker: dict[str, Any]) -> None:
    """The ledger knows the employee by what was written alone, with a key that is replaced."""
    link = world.tables.links[worker["user_id"]]["norway"]
    old = {path: f"old:{mark}" for path, mark in (link.written or {}).items() if "." in path}
    unread = replace(link, employee_id=None, written={**(link.written or {}), **old})
    world.tables.links[worker["user_id"]]["norway"] = unread


def test_renaming_goes_on_after_the_key_of_the_digests_was_replaced(world: World) -> None:
    worker = hired(world)
    without_an_id(world, worker)

    answer = operate(world, "rename", person=worker["user_id"], code="9001")

    assert answer["ok"], answer
    assert world.visma.employee("9001")["contact"]["email"] == worker["work_email"]


def test_renaming_takes_no_other_employee_of_whom_nothing_tells_whose_it_is(world: World) -> None:
    worker = hired(world)
    without_an_id(world, worker)
    world.visma.remove_employee(str(worker["number"]))
    world.visma.add_employee(
        "8001", **{"contact.lastName": "Else", "contact.email": "else@example.com"}
    )

    (problem,) = operate(world, "rename", person=worker["user_id"], code="8001")["problems"]

    assert "nothing tells whether 8001 is theirs" in problem


def test_renaming_looks_at_the_person_again_and_frees_the_old_code(world: World) -> None:
    worker = hired(world)
    old = str(worker["number"])

    assert operate(world, "rename", person=worker["user_id"], code="9001")["queued"] == 1
    world.drain()
    other = hired(world, number=int(old))

    assert world.visma.employee(old)["contact"]["email"] == other["work_email"]


def test_whoever_cannot_leave_one_company_does_not_arrive_in_the_other(world: World) -> None:
    worker = hired(world)
    code = str(worker["number"])
    world.visma.refuse(code, "Status")
    world.rippling.change(worker["id"], legal_entity="Nordfab AB")

    assert world.settle() == {"rejected": 1}
    assert world.employee_of(worker)["status"] == "Active"
    assert code not in {each["employeeNumber"] for each in world.visma.employees("sweden")}

    world.visma.accept(code)
    world.clock.turn(days=1)
    world.tick(full_sweep=True)
    world.drain()
    assert world.employee_of(worker)["status"] == "Inactive"
    assert world.employee_of(worker, "sweden")["status"] == "Active"


def test_the_secret_of_one_company_stops_that_company_alone(world: World) -> None:
    world.visma.set_cost_centre_active("400", False, company="sweden")
    world.clock.turn(hours=1)
    waiting = world.hire(legal_entity="Nordfab AB", department="Sales", location="Stockholm")
    assert world.settle() == {"waiting": 1}
    world.secrets.visma().pop("sweden")  # type: ignore[attr-defined]
    world.build()
    worker = world.hire(legal_entity="Nordfab AS")
    world.clock.turn(hours=1)

    summary = world.tick()

    assert any("sweden" in problem for problem in summary.problems)
    assert world.metrics.counts["CompaniesUnusable"] == 1
    world.drain()
    assert world.employee_of(worker)["status"] == "Active"
    assert world.tables.persons[waiting["user_id"]].outcome == "waiting"


def test_people_of_one_company_are_released_while_another_is_away(world: World) -> None:
    world.visma.set_cost_centre_active("400", False, company="sweden")
    world.visma.set_cost_centre_active("400", False, company="norway")
    world.clock.turn(hours=1)
    people = [
        world.hire(legal_entity=entity, department="Sales")
        for entity in ("Nordfab AS", "Nordfab AB")
    ]
    assert world.settle() == {"waiting": 2}
    world.visma.set_cost_centre_active("400", True, company="sweden")
    world.secrets.visma().pop("norway")  # type: ignore[attr-defined]
    world.build()
    world.clock.turn(hours=1)

    assert world.tick().released == 1
    world.drain()

    assert world.employee_of(people[1], "sweden")["status"] == "Active"


def test_a_last_day_in_the_company_that_was_left_makes_no_one_due_for_ever(world: World) -> None:
    worker = hired(world)
    world.rippling.terminate(worker["id"], "2026-11-30")
    assert world.settle() == {"scheduled": 1}
    world.rippling.change(worker["id"], legal_entity="Nordfab AB")
    world.settle()
    assert world.tables.links[worker["user_id"]]["norway"].due_on is None

    world.clock.turn(days=10)
    world.rippling.change(worker["id"], status="TERMINATED")
    world.settle()

    for _ in range(3):
        world.clock.turn(minutes=5)
        assert world.tick().due == 0


def test_whoever_moves_on_in_the_middle_of_a_transfer_arrives_where_they_are_by_then(
    world: World,
) -> None:
    worker = hired(world)
    world.rippling.change(worker["id"], legal_entity="Nordfab AB")
    world.tick()
    writer = world.applier.employee_writer
    deactivate = type(writer).deactivate

    def moving(self: Any, request: Any) -> Any:
        world.rippling.move(worker["id"], department="Finance")
        return deactivate(self, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(writer), "deactivate", moving)
        world.drain()

    assert world.employee_of(worker, "sweden")["department"] == "FIN"


def test_a_day_that_has_come_is_not_due_for_ever_where_someone_cannot_leave(world: World) -> None:
    """Rejected here and waiting there: retried once a day, and not at every tick."""
    worker = world.hire(legal_entity="Nordfab AS")
    world.settle()
    world.rippling.add_department("Robotics")
    world.rippling.rehire(
        worker["user_id"], "2026-11-30", status="ACCEPTED", department="Robotics",
        employment_type="Salaried full-time", legal_entity="Nordfab AB",
    )  # fmt: skip
    world.settle()
    world.visma.remove_employee(str(worker["number"]), company="norway")
    world.rippling.move(worker["id"], department="Finance")
    world.clock.turn(days=1)
    world.tick(full_sweep=True)
    world.drain()
    assert world.tables.persons[worker["user_id"]].outcome == "rejected"
    world.clock.turn(days=10)
    world.rippling.turn_day("2026-12-05")
    world.settle()
    assert world.tables.persons[worker["user_id"]].outcome == "waiting"

    for _ in range(3):
        world.clock.turn(minutes=5)
        assert world.tick().queued == 0


def test_where_visma_takes_no_version_a_stranger_under_the_old_code_is_not_written(
    world: World,
) -> None:
    world.visma.takes_version = "none"
    worker = hired(world)
    world.rippling.move(worker["id"], department="Finance")
    assert world.settle() == {"updated": 1}  # by now it is known that no version is taken
    code = str(worker["number"])
    world.visma.remove_employee(code)
    world.visma.add_employee(
        code, **{"contact.lastName": "Annen", "contact.email": "annen@example.com"}
    )

    world.rippling.change(worker["id"], legal_entity="Nordfab AB")
    assert world.settle() == {"rejected": 1}

    stranger = world.employee_of(worker)
    assert (stranger["status"], stranger["contact"]["lastName"]) == ("Active", "Annen")
