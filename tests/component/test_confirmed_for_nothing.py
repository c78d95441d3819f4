"""Writes that Visma confirms and does not do, and edits that move no version: seen in a day."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.messages import Request, Response, json_response
from tests.support.loaded import a_loaded_world
from tests.support.world import World


def someone(world: World) -> dict[str, Any]:
    codes = {each["employeeNumber"] for each in world.visma.employees()}
    return next(
        each
        for each in world.rippling.workers()
        if str(each["number"]) in codes and each["status"] == "ACTIVE" and not each["end_date"]
    )


def confirms_for_nothing(world: World, who: dict[str, Any], status: int, times: int) -> list[int]:
    """Updates of an employee are confirmed, so many times, and all stays as it was."""
    told, inner = list[int](), world.visma.answer

    def answer(request: Request) -> Response:
        is_theirs = request.path.endswith(f"/{who['number']}")
        if request.method != "PUT" or not is_theirs or len(told) >= times:
            return inner(request)
        told.append(status)
        row = world.visma.employee(str(who["number"]))
        head = {"ETag": f'"{row["timeStamp"]}"'}
        return Response(204, headers=head) if status == 204 else json_response(200, row, head)

    world.visma.answer = answer  # type: ignore[method-assign]
    return told


def sweep(world: World) -> None:
    world.clock.turn(days=1)
    world.tick(full_sweep=True)


def asked(world: World, verb: str, **whom: Any) -> dict[str, Any]:
    return world.operator.dispatch({"verb": verb, "operator": "kari", **whom})


def in_step(world: World) -> str:
    checks = [line for group in asked(world, "status")["groups"] for line in group["checks"]]
    return str(next(line["message"] for line in checks if line["name"] == "in_step"))


def leaves(world: World, who: dict[str, Any]) -> None:
    world.rippling.terminate(who["id"], world.clock.now().date())


def moves(world: World, who: dict[str, Any]) -> None:
    is_in_finance = world.employee_of(who)["department"] == "FIN"
    world.rippling.move(who["id"], "Sales" if is_in_finance else "Finance")


@pytest.mark.parametrize("story", [leaves, moves])
def test_a_confirmed_write_that_changed_nothing_is_told_and_made_good(story: Any) -> None:
    with a_loaded_world(people=20) as world:
        who = someone(world)
        before = world.employee_of(who)
        told = confirms_for_nothing(world, who, 204, times=1)
        story(world, who)
        world.settle()
        assert told == [204]
        assert world.employee_of(who)["department"] == before["department"]

        rows = asked(world, "reconcile")["rows"]
        assert {row["person"] for row in rows} == {who["user_id"]}
        foreseen = asked(world, "explain", person=str(who["number"]))["foreseen"][-1]
        assert " as it is" not in foreseen["message"]
        sweep(world)
        assert "1 different" in in_step(world)
        world.drain()

        after = world.employee_of(who)
        shown = (after["status"], after["department"])
        assert shown != (before["status"], before["department"])
        sweep(world)
        assert "nobody differed" in in_step(world)
        assert world.drain() == {}


def test_a_return_that_is_confirmed_for_nothing_is_made_good() -> None:
    with a_loaded_world(people=20) as world:
        who = someone(world)
        leaves(world, who)
        world.settle()
        assert world.employee_of(who)["status"] == "Inactive"
        confirms_for_nothing(world, who, 204, times=1)
        world.rippling.change(who["id"], status="ACTIVE", end_date=None)
        world.settle()
        assert world.employee_of(who)["status"] == "Inactive"

        sweep(world)
        world.drain()

        assert world.employee_of(who)["status"] == "Active"


@pytest.mark.parametrize("story", [leaves, moves])
def test_an_answer_that_shows_the_old_values_confirms_nothing(story: Any) -> None:
    with a_loaded_world(people=20) as world:
        who = someone(world)
        before = world.employee_of(who)
        confirms_for_nothing(world, who, 200, times=1)
        story(world, who)

        world.settle()

        after = world.employee_of(who)
        shown = (after["status"], after["department"])
        assert shown != (before["status"], before["department"])


def test_what_is_confirmed_and_never_done_is_told_by_every_sweep() -> None:
    with a_loaded_world(people=20) as world:
        who = someone(world)
        told = confirms_for_nothing(world, who, 204, times=99)
        leaves(world, who)
        world.settle()

        for day in range(2, 5):
            sweep(world)
            assert "1 different" in in_step(world)
            world.drain()
            assert len(told) == day, "one write a sweep, and no more"


def test_an_edit_that_moves_no_version_is_put_right() -> None:
    with a_loaded_world(people=20) as world:
        who = someone(world)
        code, before = str(who["number"]), world.employee_of(who)["department"]
        employee: Any = world.visma.companies["norway"].find_employee(code)
        version = employee.version
        other = "IT" if before != "IT" else "FIN"
        world.visma.edit_employee(code, company="norway", department=other, status="Inactive")
        employee.version = version
        employee.row["timeStamp"] = version.stamp

        sweep(world)
        world.drain()

        after = world.employee_of(who)
        assert (after["status"], after["department"]) == ("Active", before)
        sweep(world)
        assert world.drain() == {}


def test_a_hold_that_finance_put_on_somebody_is_looked_at_once() -> None:
    with a_loaded_world(people=20) as world:
        who = someone(world)
        code = str(who["number"])
        employee: Any = world.visma.companies["norway"].find_employee(code)
        version = employee.version
        world.visma.edit_employee(code, company="norway", status="OnHold")
        employee.version = version
        employee.row["timeStamp"] = version.stamp

        sweep(world)
        assert world.drain() == {"unchanged": 1}

        assert world.employee_of(who)["status"] == "OnHold"
        sweep(world)
        assert world.drain() == {}
