"""A list of employees that shows far too few: nothing is concluded, and nobody says all is well."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from connector.services.foresee.agreement import EXTRA
from connector.services.operate.verbs import VERBS
from tests.component.test_alarms import sweep_after
from tests.support.loaded import a_loaded_world
from tests.support.world import World

PEOPLE, PAST, STRANGERS = 30, 25, 4


@pytest.fixture
def world() -> Iterator[World]:
    """As everywhere, nearly as many employees have left long ago as there are at work."""
    with a_loaded_world(people=PEOPLE) as world:
        sweep_after(world, minutes=16)
        world.drain()
        entered_by_hand(world, PAST, status="Inactive")
        yield world


def entered_by_hand(world: World, number: int, status: str) -> None:
    """So many employees more in Visma, of whom the ledger knows nothing."""
    for place in range(number):
        code = f"{status[0]}{place:03}"
        world.visma.add_employee(code)
        world.visma.edit_employee(code, status=status)


def asked(world: World, verb: str, **arguments: Any) -> dict[str, Any]:
    answer: dict[str, Any] = world.operator.dispatch({"verb": verb, "operator": "k", **arguments})
    return answer


def active(world: World) -> list[str]:
    """The employees at work whom the ledger knows."""
    known = {link.employee_code for link in world.ledger.links("norway") if link.is_active}
    return [
        code for each in world.visma.employees() if (code := str(each["employeeNumber"])) in known
    ]


def worker_with(world: World, code: str) -> dict[str, Any]:
    return next(each for each in world.rippling.workers() if str(each["number"]) == code)


@contextmanager
def hidden(world: World, shown: int, *, singly: bool = False) -> Iterator[None]:
    """Of those at work the integration sees so many alone: on the list, or `singly` as well.

    Whoever has left, and whoever the ledger does not know, is seen all the same.
    """
    answer, unseen = world.visma.answer, set(active(world)[shown:])

    def blind(request: Any) -> Any:
        last = request.path.rstrip("/").rpartition("/")[2]
        if singly and "/employee/" in request.path and last in unseen:
            found = answer(replace(request, method="GET"))  # nothing is written either
            return replace(found, status=404, payload=b"{}")
        found = answer(request)
        if request.method != "GET" or found.status != 200 or last != "employee":
            return found
        rows = [row for row in json.loads(found.payload) if row["employeeNumber"] not in unseen]
        return replace(found, payload=json.dumps(rows).encode())

    world.visma.answer = blind  # type: ignore[method-assign]
    try:
        yield
    finally:
        world.visma.answer = answer  # type: ignore[method-assign]


@contextmanager
def deleted(world: World, shown: int) -> Iterator[None]:
    """Finance has deleted all but so many."""
    for code in active(world)[shown:]:
        world.visma.remove_employee(code)
    yield


def line(world: World, verb: str, name: str) -> dict[str, Any]:
    answer = asked(world, verb)
    lines = [
        each
        for group in answer["systems" if verb == "ping" else "groups"]
        for each in group["checks"]
        if group.get("company") in (None, "norway")
    ]
    (found,) = (each for each in lines if each["name"] == name)
    return dict(found)


def of_lists(world: World) -> list[str]:
    return [str(row["number"]) for row in asked(world, "rejected")["rows"]]


Case = Callable[[World, int], AbstractContextManager[None]]


@pytest.mark.parametrize("case", [hidden, deleted])
@pytest.mark.parametrize("shown", [1, 5, 20])
def test_whoever_is_not_on_a_short_list_is_in_step_nowhere(
    world: World, case: Case, shown: int
) -> None:
    number = len(active(world))
    words = f"norway: Visma's list shows {shown} of {number} active employees"
    entered_by_hand(world, STRANGERS, status="Active")
    with case(world, shown):
        stuck = world.metrics.counts["PeopleStuck"]
        world.clock.turn(hours=24)
        summary = world.tick(full_sweep=True)

        assert dict(world.drain()) == {}, "nothing is concluded"
        assert [each for each in summary.problems if words in each]
        gauges = world.metrics.gauges
        assert gauges["PeopleInStep", "norway"] == shown
        assert gauges["PeopleMissing", "norway"] == number - shown
        assert world.metrics.counts["PeopleStuck"] - stuck == number - shown
        of_status, of_ping = line(world, "status", "in_step"), line(world, "ping", "employees")
        assert (of_status["level"], of_ping["level"]) == ("bad", "bad")
        assert words in of_status["message"]
        assert words in of_ping["message"]
        assert "connector reconcile heal --company norway" in of_ping["remedy"]
        found = asked(world, "reconcile")
        of_ledger = [row["what"] for row in found["rows"] if row["what"] != EXTRA]
        assert of_ledger == ["not on the list"] * (number - shown)
        assert words in found["problems"][0]
        assert "connector reconcile heal --company norway" in found["problems"][0]
        (verb,) = (each for each in VERBS if each.name == "reconcile")
        assert verb.needs_attention(found)
        report = asked(world, "report", month=world.clock.now().strftime("%Y-%m"))
        (told,) = (each["needs_human"] for each in report["sections"] if each["key"] == "drift")
        assert any(words in each for each in told)
        assert f"{number - shown + STRANGERS} employees" in told[0]


def test_whoever_is_deleted_is_told_one_by_one_once_each_has_been_read(world: World) -> None:
    gone = active(world)[10:]
    with deleted(world, 10):
        assert asked(world, "reconcile heal", company="norway")["queued"] == len(gone)
        assert dict(world.drain()) == {"rejected": len(gone)}

    assert sorted(of_lists(world)) == sorted(gone)
    sweep_after(world, hours=24)
    found = world.agreements.of("norway")[-1]
    assert (found.unseen, found.missing, found.in_step) == (0, len(gone), 10)
    assert line(world, "ping", "employees")["level"] == "good"
    assert {row["what"] for row in asked(world, "reconcile")["rows"]} == {"missing"}


def test_whoever_is_hidden_from_the_list_alone_is_found_by_code_and_nothing_is_written(
    world: World,
) -> None:
    before = world.visma.employees()
    with hidden(world, 10):
        asked(world, "reconcile heal")
        assert set(world.drain()) == {"unchanged"}
        assert of_lists(world) == []
        sweep_after(world, hours=24)
        assert world.agreements.of("norway")[-1].unseen == len(active(world)) - 10

    assert world.visma.employees() == before


def test_whoever_is_hidden_altogether_is_released_once_the_right_is_back(world: World) -> None:
    before, number = world.visma.employees(), len(active(world))
    with hidden(world, 10, singly=True):
        asked(world, "reconcile heal")
        assert dict(world.drain()) == {"rejected": number - 10}

    sweep_after(world, hours=24)
    world.drain()
    sweep_after(world, hours=24)

    assert of_lists(world) == []
    assert world.metrics.gauges["PeopleInStep", "norway"] == number
    assert world.visma.employees() == before
    assert line(world, "status", "in_step")["level"] == "good"


def test_a_leaver_who_is_hidden_altogether_is_not_taken_for_deleted(world: World) -> None:
    code = active(world)[15]
    leaver = worker_with(world, code)
    with hidden(world, 10, singly=True):
        world.rippling.terminate(leaver["id"], "2026-11-20")
        assert world.settle() == {"rejected": 1}
        assert world.tables.persons[leaver["user_id"]].active_in == ("norway",)

    sweep_after(world, hours=24)
    assert world.employee_of(leaver)["status"] == "Inactive"


def test_whoever_leaves_after_being_told_as_deleted_among_many_has_nothing_left_to_leave(
    world: World,
) -> None:
    code = active(world)[13]
    leaver = worker_with(world, code)
    with deleted(world, 10):
        asked(world, "reconcile heal")
        world.drain()
        world.rippling.terminate(leaver["id"], "2026-11-20")

        assert world.settle() == {"unchanged": 1}

    assert world.tables.persons[leaver["user_id"]].active_in == ()
    assert code not in of_lists(world)


def test_a_company_that_the_last_sweep_could_not_list_is_not_said_to_be_in_step(
    world: World,
) -> None:
    assert line(world, "status", "in_step")["level"] == "good"
    world.visma.faults.fail(503, method="GET", path="/v1/employee", times=100)

    sweep_after(world, hours=24)

    found = line(world, "status", "in_step")
    assert (found["level"], found["remedy"]) == ("bad", "connector ping")
    assert "could not compare norway with Visma" in found["message"]
