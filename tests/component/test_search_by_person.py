"""Rippling's search by person leaves out an employment that the list of everyone shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from connector.domain.changes import Cause, Change
from tests.component.test_midnight import an_employment
from tests.simulator.messages import Request, Response
from tests.support.loaded import a_loaded_world
from tests.support.world import World

Rows = list[dict[str, Any]]


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=40) as world:
        sweep_after(world, hours=1)
        yield world


def shows_only(world: World, shown: Callable[[Rows], Rows]) -> None:
    """From here on the search by person shows only these rows; every list and record is right."""
    honest = world.rippling.answer

    def answer(request: Request) -> Response:
        response = honest(request)
        if "user_id" not in request.query.get("filter", "") or response.status != 200:
            return response
        content = json.loads(response.payload)
        content["results"] = shown(content["results"])
        return replace(response, payload=json.dumps(content).encode())

    world.rippling.answer = answer  # type: ignore[method-assign]


def is_hidden(world: World, worker_id: str) -> None:
    """From here on a worker is in lists and has no record of its own."""
    before = world.rippling.answer

    def answer(request: Request) -> Response:
        path = request.path.replace(worker_id, "0" * 24)
        return before(replace(request, path=path))

    world.rippling.answer = answer  # type: ignore[method-assign]


def only_the_ended(rows: Rows) -> Rows:
    return [row for row in rows if row["status"] == "TERMINATED"] or rows


def only_the_first(rows: Rows) -> Rows:
    return sorted(rows, key=lambda row: str(row["start_date"]))[:1]


def sweep_after(world: World, **past: int) -> None:
    world.clock.turn(**past)
    world.tick(full_sweep=True)
    world.drain()


def end(world: World, worker_id: str) -> None:
    world.rippling.terminate(worker_id, world.clock.now().date())


def hire_again(world: World, person_id: str) -> dict[str, Any]:
    return world.rippling.rehire(person_id, world.clock.now().date(), department="Sales")


def stands(world: World, person: dict[str, Any]) -> tuple[str, str]:
    employee = world.employee_of(person)
    return employee["status"], employee["department"]


def test_somebody_hired_again_is_active_again(world: World) -> None:
    person = an_employment(world)
    end(world, person["id"])
    world.settle()
    world.clock.turn(days=2)
    shows_only(world, only_the_ended)

    hire_again(world, person["user_id"])
    world.settle()

    assert stands(world, person) == ("Active", "SALES")


def test_a_move_in_the_second_employment_is_made(world: World) -> None:
    person = an_employment(world)
    end(world, person["id"])
    world.settle()
    world.clock.turn(days=2)
    second = hire_again(world, person["user_id"])
    world.settle()
    shows_only(world, only_the_ended)

    world.rippling.move(second["id"], "Finance")
    world.settle()

    assert stands(world, person) == ("Active", "FIN")


def test_nobody_with_two_jobs_is_made_inactive_when_the_first_one_ends(world: World) -> None:
    person = an_employment(world)
    shows_only(world, only_the_first)
    hire_again(world, person["user_id"])
    world.settle()
    world.clock.turn(days=1)

    end(world, person["id"])
    world.settle()
    sweep_after(world, hours=24)

    assert stands(world, person) == ("Active", "SALES")


def test_a_change_of_jobs_makes_nobody_inactive_while_the_search_lags(world: World) -> None:
    person = an_employment(world)
    shows_only(world, only_the_first)

    hire_again(world, person["user_id"])
    end(world, person["id"])
    world.settle()

    assert stands(world, person) == ("Active", "SALES")
    outcomes = {row["outcome"] for row in world.audit_of(person["user_id"])}
    assert "deactivated" not in outcomes


def test_a_job_that_a_run_has_found_keeps_somebody_whose_old_one_is_dealt_with_first(
    world: World,
) -> None:
    """The search shows the old one alone, and nothing of the new one is in the ledger."""
    person = an_employment(world)
    shows_only(world, only_the_first)
    hire_again(world, person["user_id"])
    end(world, person["id"])
    world.tick()
    world.queue.changes.insert(0, Change(person["id"], Cause.WEBHOOK, "first", person["user_id"]))

    world.drain()

    assert "deactivated" not in {row["outcome"] for row in world.audit_of(person["user_id"])}
    assert stands(world, person) == ("Active", "SALES")


def test_an_employment_that_is_gone_is_not_asked_for_at_each_change(world: World) -> None:
    person = an_employment(world)
    second = hire_again(world, person["user_id"])
    world.settle()
    world.rippling.remove(second["id"])
    calls = []
    for department in ("Finance", "Sales", "Finance"):
        world.rippling.move(person["id"], department)
        world.tick()
        world.rippling.clear_journal()
        world.drain()
        calls.append(sum(second["id"] in each.path for each in world.rippling.journal))

    assert calls[0] > 0
    assert calls[1:] == [0, 0]


def test_who_is_asked_for_by_each_sweep_and_left_as_they_are_is_told_and_not_in_step(
    world: World,
) -> None:
    """The list shows another employment, and neither the search nor its own record does."""
    person = an_employment(world)
    end(world, person["id"])
    world.settle()
    world.clock.turn(days=2)
    shows_only(world, only_the_ended)
    second = hire_again(world, person["user_id"])
    is_hidden(world, second["id"])

    told = []
    for _ in range(4):
        sweep_after(world, hours=24)
        (latest,) = world.agreements.of("norway")[-1:]
        told.append(latest.different)

    assert stands(world, person)[0] == "Inactive"
    assert told == [0, 0, 1, 1], "twice may be chance, and the first time it is news"
