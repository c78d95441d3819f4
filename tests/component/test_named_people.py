"""Whom an operator means with `approve`, `reject` and `take-back`: named as in `explain`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connector.domain.records.acts import OPERATORS
from connector.services.operate.verbs import VERBS
from tests.support.world import World, a_world


@pytest.fixture
def world() -> Iterator[World]:
    """People whose move to another department is held."""
    with a_world(people=30) as world:
        world.first_load()
        for worker in everyone(world)[:16]:
            world.rippling.move(worker["id"], "Finance")
        assert world.settle()["held"] >= 8
        yield world


def everyone(world: World) -> list[dict[str, Any]]:
    rows = world.rippling.rows("workers")
    return [each for each in rows if each["status"] == "ACTIVE" and not each["end_date"]]


def say(world: World, verb: str, *people: str, **more: Any) -> dict[str, Any]:
    """As the command sends it: an address is hashed on the operator's machine."""
    asked = {"verb": verb, "operator": "kari", "people": list(people), **more}
    (of_name,) = (each for each in VERBS if each.name == verb)
    return world.operator.dispatch(of_name.prepared(asked))


def held(world: World) -> set[str]:
    rows = world.operator.dispatch({"verb": "held"})["rows"]
    return {row["person"] for row in rows}


def number(worker: dict[str, Any]) -> str:
    return str(worker["number"])


def worker_id(worker: dict[str, Any]) -> str:
    return str(worker["id"])


def person_id(worker: dict[str, Any]) -> str:
    return str(worker["user_id"])


def address(worker: dict[str, Any]) -> str:
    return str(worker["work_email"]).upper()


NAMES = [number, worker_id, person_id, address]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_whoever_is_held_can_be_named_as_in_explain(
    world: World, verb: str, name: Callable[[dict[str, Any]], str]
) -> None:
    before = held(world)
    worker = next(each for each in everyone(world) if each["user_id"] in before)

    shown = say(world, verb, name(worker), preview=True)
    answer = say(world, verb, name(worker))
    world.drain()

    assert shown["people"] == answer["queued"] == 1
    assert held(world) == before - {worker["user_id"]}
    if verb == "reject":
        assert say(world, "rejected take-back", name(worker))["queued"] == 1


def test_of_an_address_only_whose_it_is_is_put_on_record(world: World) -> None:
    worker = next(each for each in everyone(world) if each["user_id"] in held(world))

    answer = say(world, "approve", address(worker), "nobody@example.no")
    refused = say(world, "approve", "nobody@example.no")

    assert answer["unknown"] == ["this e-mail address"]
    assert refused["problems"][0].startswith("nobody is held by the name of this e-mail address")
    done, not_done = world.audit_of(OPERATORS)
    assert done["said"]["people"] == f"{worker['user_id']}, this e-mail address"
    assert not_done["said"]["people"] == "this e-mail address"
    assert "email:" not in str((answer, refused, done, not_done))
    assert "@" not in str((answer, refused, done, not_done))


def test_an_address_that_is_two_peoples_is_refused(world: World) -> None:
    one, other = everyone(world)[:2]
    world.rippling.change(other["id"], work_email=one["work_email"])
    before = held(world)

    answer = say(world, "approve", address(one))

    assert "this e-mail address is several people" in answer["problems"][0]
    assert held(world) == before


def test_who_is_not_held_is_said_and_no_one_else_is_touched(world: World) -> None:
    before = held(world)
    free = next(each for each in everyone(world) if each["user_id"] not in before)

    refused = say(world, "approve", address(free))

    assert not refused["ok"]
    world.drain()
    assert held(world) == before
