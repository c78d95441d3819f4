"""What is stored of people is made with the key of the stack: without it no guess can be confirmed.

A key that is new, lost or was never there moves no one in Visma.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

import pytest

from connector.domain.employees import PERSONAL_FIELDS
from connector.domain.people import Worker
from connector.domain.records.digests import DigestKey
from tests.support.loaded import a_loaded_world
from tests.support.world import World

OTHER = DigestKey(lambda: b"a key that was made up after a loss")


@pytest.fixture
def world() -> Iterator[World]:
    """A dozen people, all of them in Visma; pay is read, so that it counts for fingerprints."""
    with a_loaded_world(people=12) as world:
        yield world


def old_mark(path: str, plain: str, salt: str) -> str:
    """A personal field as an earlier version stored it: with the salt that lies beside it."""
    return hmac.new(salt.encode(), f"{path}={plain}".encode(), hashlib.sha256).hexdigest()[:24]


def old_fingerprint(worker: Worker) -> str:
    """A fingerprint as an earlier version made it."""
    pay: Any = worker.pay
    content: list[Any] = [worker.id, worker.person_id]
    content += [worker.facts.now.to_json(), asdict(worker.personal)]
    content.append([pay.value.text, pay.value.currency, pay.value.effective_on])
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def workers(world: World) -> list[Worker]:
    return [worker for page in world.source.everyone() for worker in page.workers]


def plain_fields(world: World) -> dict[str, dict[str, str]]:
    """By person, the personal fields of their employee as Visma has them."""
    target, found = world.targets.company("norway"), {}
    for person_id, links in world.tables.links.items():
        employee = target.read(links["norway"].employee_code or "")
        assert employee
        found[person_id] = {
            path: employee.fields[path] for path in PERSONAL_FIELDS if employee.fields[path]
        }
    return found


def as_before_the_key(world: World) -> None:
    """Turns the ledger into one of an earlier version."""
    plain, seen = plain_fields(world), workers(world)
    for person_id, fields in plain.items():
        person, link = world.tables.persons[person_id], world.tables.links[person_id]["norway"]
        marks = {path: old_mark(path, fields[path], person.salt) for path in fields}
        written = {**(link.written or {}), **marks}
        world.tables.links[person_id]["norway"] = replace(link, written=written)
        own = {each.id: old_fingerprint(each) for each in seen if each.person_id == person_id}
        assert own.keys() == person.fingerprints.keys()
        world.tables.persons[person_id] = replace(person, fingerprints=own)


def test_who_has_the_tables_and_the_salt_but_not_the_key_can_confirm_no_guess(
    world: World,
) -> None:
    stored, guesses = world.everything_stored(), []
    for person_id, fields in plain_fields(world).items():
        salt = world.tables.persons[person_id].salt
        assert salt in stored
        guesses += [old_mark(path, plain, salt) for path, plain in fields.items()]
        guesses += [hashlib.sha256(plain.encode()).hexdigest()[:24] for plain in fields.values()]
    guesses += [old_fingerprint(worker) for worker in workers(world)]

    assert len(guesses) > 150
    assert [guess for guess in guesses if guess in stored] == []


def test_every_digest_of_a_person_names_its_key(world: World) -> None:
    for person_id, links in world.tables.links.items():
        person, written = world.tables.persons[person_id], links["norway"].written or {}
        marks = [written[path] for path in PERSONAL_FIELDS if written.get(path)]
        assert all(map(world.key.made, (*marks, *person.fingerprints.values(), person.audit.hash)))


def visma_state(world: World) -> list[dict[str, Any]]:
    return [
        {name: row[name] for name in row if name != "metadata"}
        for row in world.visma.employees("norway")
    ]


@pytest.mark.parametrize("by", ["an upgrade", "a new key"])
def test_digests_that_say_nothing_cost_each_person_one_look_and_nobody_a_write(
    world: World, by: str
) -> None:
    if by == "an upgrade":
        as_before_the_key(world)
    else:
        world.key = OTHER
        world.build()
    before, people = visma_state(world), len(world.tables.links)
    world.clear_journals()

    summary = world.tick(full_sweep=True)
    outcomes = world.drain()

    assert summary.queued == people
    assert outcomes == {"unchanged": people}
    assert visma_state(world) == before
    looks = world.visma.calls("GET", "/v1/employee/.*")
    assert len(looks) == people
    assert [call for call in world.visma.journal if call.applied] == []
    test_every_digest_of_a_person_names_its_key(world)
    world.clock.turn(minutes=16)
    assert world.tick(full_sweep=True).queued == 0


@pytest.mark.parametrize("by", ["an upgrade", "a new key"])
def test_a_change_that_comes_with_a_new_key_is_written_and_nothing_else(
    world: World, by: str
) -> None:
    if by == "an upgrade":
        as_before_the_key(world)
    else:
        world.key = OTHER
        world.build()
    mover, leaver = [row for row in world.rippling.rows("workers") if row["status"] == "ACTIVE"][:2]
    world.rippling.move(mover["id"], "Finance")
    world.rippling.terminate(leaver["id"], world.clock.now().date())
    world.rippling.change(leaver["id"], status="TERMINATED")
    world.clear_journals()

    world.settle()

    bodies = [call.body for call in world.visma.journal if call.applied]
    changed = [set(body) - {"contact"} for body in bodies]
    assert sorted(map(sorted, changed)) == [["department"], ["status"]]


def test_a_leaver_renumbered_by_finance_is_not_taken_for_one_who_is_gone(world: World) -> None:
    """Without an id, only a digest tells whose the renumbered employee is, and it says nothing."""
    row = next(row for row in world.rippling.rows("workers") if row["status"] == "ACTIVE")
    code, person = str(row["number"]), row["user_id"]
    link = world.tables.links[person]["norway"]
    world.tables.links[person]["norway"] = replace(link, employee_id=None)
    as_before_the_key(world)
    world.visma.renumber_employee(code, "X-1", company="norway")
    world.rippling.terminate(row["id"], world.clock.now().date())
    world.rippling.change(row["id"], status="TERMINATED")

    world.settle()

    assert world.tables.links[person]["norway"].outcome == "rejected"
    assert world.visma.employee("X-1", company="norway")["status"] == "Active"


def test_an_employee_reused_by_finance_is_not_taken_for_someone_whose_digests_say_nothing(
    world: World,
) -> None:
    row = next(row for row in world.rippling.rows("workers") if row["status"] == "ACTIVE")
    code = str(row["number"])
    link = next(
        each["norway"]
        for each in world.tables.links.values()
        if each["norway"].employee_code == code
    )
    world.tables.links[link.person_id]["norway"] = replace(link, employee_id=None)
    as_before_the_key(world)
    reused = {
        "contact.firstName": "Ola",
        "contact.lastName": "Annen",
        "contact.email": "annen@example.no",
    }
    world.visma.edit_employee(code, **reused)
    world.rippling.move(row["id"], "Finance")

    outcomes = world.settle()

    assert (outcomes["rejected"], outcomes["updated"]) == (1, 0)
    assert world.visma.employee(code, company="norway")["contact"]["lastName"] == "Annen"
