"""Whom an operator means with `approve`, `reject` and `take-back`: named as in `explain`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeAlias

import pytest

from connector.domain.records.acts import OPERATORS
from connector.domain.records.ledger import EmployeeLink
from connector.services.foresee.people import People
from connector.services.operate.verbs import VERBS
from tests.support.loaded import a_loaded_world
from tests.support.world import World


@pytest.fixture
def world() -> Iterator[World]:
    """People whose move to another department is held."""
    with a_loaded_world(people=30) as world:
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


def has_the_code(world: World, one: str, other: str) -> str:
    """The code of the one is what the mapping makes for the other."""
    code, link = code_of(world, one), world.tables.links[other]["norway"]
    world.tables.links[other]["norway"] = replace(link, expected_code=code)
    return code


def has_the_number(world: World, one: str, other: str) -> str:
    """The code of the one is the number of the other, who has another code."""
    code, person = code_of(world, one), world.tables.persons[other]
    world.tables.persons[other] = replace(person, facts={**person.facts, "number": code})
    return code


def code_of(world: World, person: str) -> str:
    return str(world.tables.links[person]["norway"].employee_code)


Shares: TypeAlias = Callable[[World, str, str], str]


@pytest.mark.parametrize("shares", [has_the_code, has_the_number])
@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_a_name_that_is_two_peoples_is_refused_and_the_id_is_asked_for(
    world: World, verb: str, shares: Shares
) -> None:
    before = held(world)
    one, other, third = sorted(before)[:3]
    code = shares(world, one, other)

    refusals = [say(world, verb, code, third, preview=True), say(world, verb, code, third)]

    told = [f"{code} is several people: {one}, {other}; name one by id"]
    assert [each["problems"] for each in refusals] == [told, told]
    assert not world.queue.changes
    assert say(world, verb, one)["queued"] == 1
    world.drain()
    assert held(world) == before - {one}


def test_a_name_is_refused_of_which_explain_says_that_it_is_several_people(world: World) -> None:
    before = held(world)
    one = min(before)
    free = next(each for each in world.tables.persons if each not in before)
    code = has_the_code(world, one, free)

    asked = {"verb": "explain", "person": code}
    (explained,) = world.operator.dispatch(asked)["problems"]
    (problem,) = say(world, "approve", code)["problems"]

    assert problem == explained
    assert "is several people" in problem
    assert held(world) == before


def test_it_is_on_record_who_was_decided_on_whatever_was_typed(world: World) -> None:
    worker = next(each for each in everyone(world) if each["user_id"] in held(world))

    say(world, "approve", number(worker), "nobody")

    (done,) = world.audit_of(OPERATORS)
    assert done["said"]["people"] == f"{number(worker)} ({worker['user_id']}), nobody"


@pytest.mark.parametrize("shares", [has_the_code, has_the_number])
def test_a_rejection_is_not_taken_back_by_a_name_that_is_two_peoples(
    world: World, shares: Shares
) -> None:
    one, other = sorted(held(world))[:2]
    say(world, "reject", one, other)
    world.drain()

    answer = say(world, "rejected take-back", shares(world, one, other))

    assert "is several people" in answer["problems"][0]
    assert world.tables.links[one]["norway"].is_dropped


def test_an_audit_is_not_verified_by_a_name_that_is_two_peoples(world: World) -> None:
    code = has_the_code(world, *sorted(held(world))[:2])

    answer = world.operator.dispatch({"verb": "audit verify", "person": code})

    assert "is several people" in answer["problems"][0]


@pytest.mark.parametrize("verb", ["approve", "held"])
def test_however_many_addresses_are_named_everyone_is_read_once(world: World, verb: str) -> None:
    before = held(world)
    workers = [each for each in everyone(world) if each["user_id"] in before][:5]
    world.clear_journals()
    say(world, "held", address(workers[0]))
    calls_for_one = len(world.rippling.calls())
    world.clear_journals()

    answer = say(world, verb, *map(address, workers))

    assert len(world.rippling.calls()) == calls_for_one > 0
    assert answer.get("queued", len(answer.get("rows", ()))) == len(workers)


def test_however_many_numbers_are_named_every_row_is_read_once(world: World) -> None:
    workers = everyone(world)[:5]
    people = People(world.ledger, world.source, world.mappings)
    reads = list[str]()
    whole = world.ledger.links

    def links_read(company: str) -> Iterator[EmployeeLink]:
        reads.append(company)
        return whole(company)

    with pytest.MonkeyPatch.context() as counted:
        counted.setattr(world.ledger, "links", links_read)
        found = people.ids_of_each([number(each) for each in workers])

    assert reads == ["norway"]
    assert found == {number(each): [each["user_id"]] for each in workers}


def test_however_many_addresses_are_nobodys_everyone_is_read_as_often_as_for_one(
    world: World,
) -> None:
    calls = []
    for names in (["one@example.no"], ["one@example.no", "two@example.no", "three@example.no"]):
        world.clear_journals()
        answer = say(world, "held", *names)
        assert len(answer["problems"]) == len(names)
        calls.append(len(world.rippling.calls()))

    assert calls[0] == calls[1] > 0
