"""Somebody leaves and is hired again at once, where Rippling cannot be searched for a person.

The writer sees of a person what it is asked about and what the ledger knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from unittest.mock import call, patch

import pytest

from connector.domain.changes import Cause, Change
from connector.domain.errors import RetryableError
from connector.services.shared.guarding import by_new_employments, one_for_each
from connector.services.shared.outlook import Candidate
from tests.support.world import World, a_world

UNMAPPED = "Robotics"


@pytest.fixture(params=["REST", "REST that ignores the filter", "Platform"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with a_world(people=20, by_platform=request.param == "Platform") as world:
        if "ignores" in request.param:
            world.rippling.understands.ignored.add("user_id")
        world.rippling.add_department(UNMAPPED)
        world.edit_mapping(world.mapping_text.replace('["Nordfab AS"]', '["Nordfab AS", "?"]'))
        world.first_load()
        yield world


def _staff(world: World) -> list[dict[str, Any]]:
    codes = {item["employeeNumber"] for item in world.visma.employees()}
    return [each for each in world.rippling.workers() if str(each["number"]) in codes]


def _hired_again(world: World, worker: dict[str, Any], department: str) -> dict[str, Any]:
    return world.rippling.rehire(
        worker["user_id"],
        world.clock.now().date(),
        department=department,
        location="Oslo",
        employment_type="Salaried full-time",
        status="ACTIVE",
    )


def _ended(world: World, worker: dict[str, Any], day: date | None = None) -> None:
    world.rippling.terminate(worker["id"], day or world.clock.now().date())
    world.rippling.change(worker["id"], status="TERMINATED")


def _status(world: World, worker: dict[str, Any]) -> str:
    return str(world.visma.employee(str(worker["number"]))["status"])


def test_whoever_is_hired_again_at_once_stays_active_while_they_wait_for_a_department(
    world: World,
) -> None:
    worker = _staff(world)[0]
    _ended(world, worker)
    _hired_again(world, worker, UNMAPPED)
    world.visma.clear_journal()

    outcomes = world.settle()

    assert set(outcomes) == {"waiting"}
    assert _status(world, worker) == "Active"
    assert world.visma.calls("PUT", "/v1/employee.*") == []


def test_nor_does_the_day_that_was_known_before_make_them_inactive(world: World) -> None:
    worker = _staff(world)[0]
    world.rippling.terminate(worker["id"], date(2026, 11, 26))
    world.settle()
    world.clock.turn(days=3)  # Rippling has not said that they have left
    world.rippling.change(worker["id"], silent=True, status="TERMINATED")
    new = _hired_again(world, worker, UNMAPPED)
    world.visma.clear_journal()

    world.tick()

    assert {each.worker_id for each in world.queue.changes} == {new["id"]}, "in whichever order"
    assert set(world.drain()) == {"waiting"}
    assert _status(world, worker) == "Active"
    assert world.visma.calls("PUT", "/v1/employee.*") == []


def test_two_new_employments_of_somebody_are_both_asked_about(world: World) -> None:
    worker = _staff(world)[0]
    _ended(world, worker)
    new = [_hired_again(world, worker, each)["id"] for each in (UNMAPPED, "Sales")]

    world.tick()

    assert sorted(each.worker_id for each in world.queue.changes) == sorted(new)


def _one_who_left_and_came_back(world: World) -> tuple[dict[str, Any], dict[str, Any]]:
    """The old employment lies on the queue before anyone knows of the new one."""
    worker = _staff(world)[0]
    _ended(world, worker)
    world.tick()
    (old,) = world.queue.changes
    assert old.worker_id == worker["id"]
    return worker, _hired_again(world, worker, UNMAPPED)


def test_whoever_is_found_to_be_back_stays_active_whichever_message_comes_first(
    world: World,
) -> None:
    worker, new = _one_who_left_and_came_back(world)
    world.tick()
    world.visma.clear_journal()

    assert [each.worker_id for each in world.queue.changes] == [worker["id"], new["id"]]
    world.drain()

    assert _status(world, worker) == "Active"
    assert world.visma.calls("PUT", "/v1/employee.*") == []


def test_nor_does_a_webhook_about_the_old_employment_make_them_inactive(world: World) -> None:
    worker, new = _one_who_left_and_came_back(world)
    world.queue.changes.clear()
    world.tick()
    world.visma.clear_journal()

    world.queue.changes.insert(0, Change(worker["id"], Cause.WEBHOOK, "webhook"))
    world.drain()

    assert _status(world, worker) == "Active"
    assert world.visma.calls("PUT", "/v1/employee.*") == []
    assert new["id"] in world.tables.persons[worker["user_id"]].fingerprints


def test_what_was_found_and_is_gone_before_the_writer_looks_stands_in_nobodys_way(
    world: World,
) -> None:
    worker, new = _one_who_left_and_came_back(world)
    world.tick()
    world.rippling.remove(new["id"])

    outcomes = world.drain()

    assert outcomes["deactivated"] == 1, "they have left, as Rippling says"
    assert _status(world, worker) == "Inactive"
    assert world.queue.changes == []


def test_a_run_that_ends_between_noting_and_queueing_loses_nobody(world: World) -> None:
    worker, new = _one_who_left_and_came_back(world)
    busy = patch.object(world.queue, "send", side_effect=RetryableError("SQS is busy"))
    with busy, pytest.raises(RetryableError):
        world.tick()
    world.visma.clear_journal()

    first = world.drain()
    world.settle()

    assert _status(world, worker) == "Active"
    assert world.visma.calls("PUT", "/v1/employee.*") == []
    assert first["waiting"] == 1, "the message about the old employment has the new one dealt with"
    assert new["id"] in world.tables.persons[worker["user_id"]].fingerprints


def test_a_run_that_cannot_note_a_new_employment_queues_nothing(world: World) -> None:
    worker, new = _one_who_left_and_came_back(world)
    busy = patch.object(world.employments, "note", side_effect=RetryableError("busy"))
    with busy, pytest.raises(RetryableError):
        world.tick()

    assert [each.worker_id for each in world.queue.changes] == [worker["id"]]
    world.tick()
    assert [each.worker_id for each in world.queue.changes] == [worker["id"], new["id"]]


def test_each_new_employment_is_noted_once_and_nothing_else_is(world: World) -> None:
    with patch.object(world.employments, "note", wraps=world.employments.note) as noted:
        hired = world.hire()
        world.rippling.move(_staff(world)[1]["id"], "Finance")
        world.settle()
        world.tick(full_sweep=True)

        worker, new = _one_who_left_and_came_back(world)
        world.tick()
        world.tick()

    assert noted.call_args_list == [
        call({hired["user_id"]: {hired["id"]}}),
        call({worker["user_id"]: {new["id"]}}),
    ]


@pytest.mark.parametrize("is_found_at_once", [True, False])
@pytest.mark.parametrize("is_older_first", [True, False])
def test_whoever_is_hired_twice_before_the_writer_looks_is_seen_with_both(
    world: World, is_older_first: bool, is_found_at_once: bool
) -> None:
    worker = world.hire(department="Sales", location="Oslo", employment_type="Salaried full-time")
    if not is_found_at_once:
        world.tick()
        world.clock.turn(hours=1)
        world.rippling.move(_staff(world)[1]["id"], "Finance")
        world.tick()  # from now on no tick reads a row again that is as old as the hire
        world.clock.turn(hours=1)
    new = _hired_again(world, worker, UNMAPPED)
    world.visma.clear_journal()
    world.tick()
    first = worker if is_older_first else new
    world.queue.changes.sort(key=lambda each: each.worker_id != first["id"])

    outcomes = world.drain()

    assert outcomes.pop("updated", 0) == (0 if is_found_at_once else 1), "whoever was moved"
    assert set(outcomes) == {"waiting"}, "the newer one counts, and waits for its department"
    assert world.visma.calls("POST", "/v1/employee.*") == []


def test_nobody_is_addressed_by_an_employment_of_somebody_else() -> None:
    found = [
        Candidate("old", "p1", Cause.DUE, reason=("old look", "1")),
        Candidate("other", "p2", Cause.POLL, reason=("other row", "2")),
        Candidate("new", "p1", Cause.POLL, reason=("new row", "3"), is_new=True),
        Candidate("old", "p1", Cause.DRIFT, reason=("old drift", "4")),
    ]

    sent = one_for_each(by_new_employments(found))

    assert {(each.worker_id, each.cause) for each in sent} == {
        ("new", Cause.DUE), ("other", Cause.POLL), ("new", Cause.DRIFT),
    }  # fmt: skip
    assert len(sent) == 3
