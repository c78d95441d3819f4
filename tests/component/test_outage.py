"""An outage grows no queue, however long it lasts, and gives no change up in its first hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from connector.bootstrap import services
from tests.embedded.template import load_template
from tests.support.loaded import a_loaded_world
from tests.support.silence import Silent
from tests.support.world import World


@pytest.fixture(params=[False, True], ids=["REST", "Platform"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with a_loaded_world(people=60, by_platform=request.param, load=with_everyone) as world:
        yield world


def with_everyone(world: World) -> None:
    """Loads those as well whose legal entity is not shown."""
    world.edit_mapping(world.mapping_text.replace('["Nordfab AS"]', '["Nordfab AS", "?"]'))
    world.first_load()
    world.queue.changes.clear()


def staff(world: World) -> list[dict[str, Any]]:
    codes = {item["employeeNumber"] for item in world.visma.employees()}
    return [worker for worker in world.rippling.workers() if str(worker["number"]) in codes]


def test_fifty_changes_in_an_outage_are_fifty_messages(world: World) -> None:
    changed = staff(world)[:40]
    for worker in changed:
        world.rippling.change_user(worker["user_id"], family_name="Annen")
        world.rippling.touch(worker["id"])

    for _ in range(24):
        world.tick()
        world.clock.turn(minutes=5)
    world.tick(full_sweep=True)

    assert len(world.queue.changes) == len(changed)


def test_people_who_are_due_are_queued_once(world: World) -> None:
    leavers = staff(world)[:4]
    for worker in leavers:
        world.rippling.terminate(worker["id"], "2026-11-26")
        world.rippling.change(worker["id"], status="TERMINATED")
    world.settle()
    world.clock.turn(days=2)

    for _ in range(5):
        world.tick()
        world.clock.turn(minutes=5)

    assert len(world.queue.changes) == len(leavers)


def test_whoever_is_told_to_have_left_on_the_day_itself_is_queued_once(world: World) -> None:
    """The row says it, and the day that was known before."""
    leavers = staff(world)[:4]
    for worker in leavers:
        world.rippling.terminate(worker["id"], "2026-11-26")
    world.settle()
    world.clock.turn(days=3)
    world.rippling.turn_day(date(2026, 11, 27))

    for _ in range(3):
        world.tick()
        world.clock.turn(minutes=5)

    assert sorted(each.worker_id for each in world.queue.changes) == sorted(
        each["id"] for each in leavers
    )
    assert world.settle() == {"deactivated": len(leavers)}


def test_whoever_changes_once_more_is_queued_once_more(world: World) -> None:
    worker = staff(world)[0]
    for name in ("Annen", "Tredje"):
        world.rippling.change_user(worker["user_id"], family_name=name)
        world.rippling.touch(worker["id"])
        world.clock.turn(minutes=2)
        world.tick()

    assert len(world.queue.changes) == 2


def test_there_and_back_again_is_never_taken_for_what_was_queued_before(world: World) -> None:
    worker, other = staff(world)[:2]
    world.rippling.move(worker["id"], department="Finance")
    world.tick()
    first = world.queue.changes.pop()
    world.rippling.move(worker["id"], department="Sales")
    world.applier.apply(first)
    world.rippling.move(other["id"], department="Finance")
    world.clock.turn(minutes=2)
    world.tick()  # the queue is not empty
    world.rippling.move(worker["id"], department="Finance")
    world.clock.turn(minutes=2)

    world.tick()

    assert worker["id"] in {change.worker_id for change in world.queue.changes}


def test_a_change_whose_message_is_gone_is_queued_again(world: World) -> None:
    worker = staff(world)[0]
    world.rippling.move(worker["id"], department="Finance")
    world.tick()
    world.queue.changes.clear()  # buried, or lost with the queue

    world.clock.turn(minutes=5)
    world.tick(full_sweep=True)

    assert [change.worker_id for change in world.queue.changes] == [worker["id"]]


@pytest.mark.parametrize("retry_after", [None, 1, 20, 60])
@pytest.mark.parametrize("vendor", ["Rippling", "Visma"])
def test_a_change_becomes_a_dead_letter_after_six_hours_of_outage_whatever_the_vendor_asks_for(
    world: World, vendor: str, retry_after: int | None
) -> None:
    worker = staff(world)[0]
    world.rippling.move(worker["id"], department="Finance")
    world.tick()
    (change,) = world.queue.changes
    away = world.visma if vendor == "Visma" else world.platform or world.rippling
    away.faults.fail(503, body="html", retry_after=retry_after)
    consumer = services.writer(world.adapters, world.options, Silent())

    began = world.clock.now()
    for delivery in range(1, deliveries() + 1):
        assert not consumer.consume(change.to_body(), receipt="r", delivery=delivery)
        world.clock.turn(seconds=world.queue.postponed[-1][1])

    assert 6 <= (world.clock.now() - began) / timedelta(hours=1) <= 7


def deliveries() -> int:
    queue = load_template()["Resources"]["ChangesQueue"]["Properties"]
    return int(queue["RedrivePolicy"]["maxReceiveCount"])
