"""The numbers the product promises, counted in calls and messages over the fakes' journals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.domain.people import fingerprint
from connector.domain.records.ledger import Person
from tests.support.clock import HandClock
from tests.support.digests import KEY
from tests.support.world import World, a_world

MANY = 10_000


@pytest.fixture(scope="module")
def many() -> Iterator[World]:
    """Ten thousand people, ten a second, all of whom the ledger holds already."""
    with a_world(people=MANY) as world:
        world.visma.calls_per_hour = 1_000_000
        first = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
        for place, worker in enumerate(world.rippling.workers()):
            world.rippling.touch(worker["id"], at=first + timedelta(seconds=place / 10))
        world.tick()
        world.queue.changes.clear()
        _remember_everybody(world)
        yield world


def _remember_everybody(world: World) -> None:
    """As if the writer had dealt with each person: the ledger holds the fingerprints."""
    for page in world.source.everyone():
        for worker in page.workers:
            world.tables.persons[worker.person_id] = Person(
                worker.person_id, 1, "salt", {worker.id: fingerprint(worker, KEY)}
            )


def test_a_full_read_of_ten_thousand_takes_101_calls() -> None:
    with a_world(people=MANY) as world:
        summary = world.tick(full_sweep=True)

        assert summary.workers_read == MANY
        assert len(world.rippling.journal) == 101
        assert world.rippling.calls(path="/work-locations/") != []


def test_a_full_read_of_ten_thousand_takes_less_than_100_megabytes() -> None:
    with a_world(people=MANY) as world:
        command = [sys.executable, "-m", "tests.support.full_read", world.rippling.url]
        token = next(iter(world.rippling.tokens))
        environment = {**os.environ, "PYTHONPATH": "layers/connector"}

        done = subprocess.run(  # noqa: S603 - our own module
            [*command, token], env=environment, capture_output=True, text=True, check=True
        )

        took = json.loads(done.stdout)
        assert took["workers"] == MANY
        assert took["peak_kb"] < 100_000


def test_a_tick_in_which_nothing_changed_takes_one_call_and_queues_nothing() -> None:
    with a_world(people=300) as world:
        world.first_load()
        world.clear_journals()

        summary = world.tick()

        assert (summary.queued, summary.due, summary.released) == (0, 0, 0)
        assert world.vendor_calls() == (1, 0)
        assert len(world.visma.journal) == 0


def test_late_and_tied_rows_at_the_watermark_are_all_found_in_seven_calls(many: World) -> None:
    watermark = many.cursors.cursor("workers").watermark
    assert watermark is not None
    many.tick()
    many.queue.changes.clear()
    many.clear_journals()
    late = _outside_finance(many, many.rippling.workers())[:25]
    for place, worker in enumerate(late):
        behind = timedelta(seconds=5 if place < 20 else 0)
        many.rippling.move(worker["id"], department="Finance", silent=True)
        many.rippling.touch(worker["id"], at=watermark - behind)

    summary = many.tick()

    found = {change.worker_id for change in many.queue.changes}
    assert found == {worker["id"] for worker in late}
    assert summary.queued == 25
    assert len(many.rippling.calls("GET", "/workers/")) <= 7
    assert many.visma.calls("PUT") == []


def test_after_a_mass_change_a_quiet_tick_takes_two_calls_and_misses_nobody() -> None:
    with a_world(people=350) as world:
        world.first_load()
        world.clock.turn(minutes=10)
        everyone = world.rippling.workers()
        for worker in everyone:
            world.rippling.touch(worker["id"], at=world.clock.now())
        calls = []
        for _ in range(7):
            world.clear_journals()
            assert world.tick().queued == 0
            calls.append(len(world.rippling.calls(path="/workers/")))
            world.clock.turn(minutes=5)
        mover = next(each for each in everyone if each["status"] == "ACTIVE")
        world.rippling.move(mover["id"], department="Finance")

        assert world.settle() == {"updated": 1}
        # Its rows until a read that began a quarter of an hour later; then one call, and one that
        # shows that nothing newer is what it says.
        assert calls == [4, 4, 4, 4, 2, 2, 2]


def test_fifty_changed_cost_fifty_messages_fifty_reads_and_fifty_writes() -> None:
    with a_world(people=400) as world:
        world.first_load()
        world.clock.turn(hours=5)  # whatever was cached about Visma is stale by now
        world.clear_journals()
        codes = {item["employeeNumber"] for item in world.visma.employees()}
        held = [item for item in world.rippling.workers() if str(item["number"]) in codes]
        for worker in _outside_finance(world, held)[:50]:
            world.rippling.move(worker["id"], department="Finance")

        summary = world.tick()
        polled = len(world.rippling.journal)
        outcomes = world.drain()

        assert summary.queued == 50
        assert outcomes == {"updated": 50}
        assert polled == 1
        assert len(world.rippling.journal) - polled == 50
        assert len(world.visma.calls("PUT")) == 50
        assert world.visma.calls("POST", "/v1/.*") == []
        assert len(world.visma.calls("GET", "/v1/.*")) <= 5


def _outside_finance(world: World, workers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    finance = world.rippling.department("Finance")["id"]
    return [worker for worker in workers if worker["department_id"] != finance]


def test_an_update_takes_one_visma_call_when_nobody_else_touched_the_employee() -> None:
    with a_world(people=20) as world:
        world.first_load()
        worker = world.rippling.hire(
            department="Sales", location="Oslo", employment_type="Salaried full-time"
        )
        world.settle()
        world.clear_journals()
        world.rippling.move(worker["id"], department="Finance")

        assert world.settle() == {"updated": 1}
        assert len(world.visma.journal) == 1


def test_a_create_takes_two_visma_calls() -> None:
    with a_world(people=20) as world:
        world.first_load()
        world.clear_journals()
        world.rippling.hire(
            department="Sales", location="Oslo", employment_type="Salaried full-time"
        )

        assert world.settle() == {"created": 1}
        assert [call.method for call in world.visma.journal] == ["GET", "POST"]


def test_a_thousand_creates_with_every_fiftieth_answer_lost_lose_and_double_none() -> None:
    with a_world(people=1_150) as world:
        world.visma.faults.lose_answer(method="POST", path="/v1/employee", every=50)

        outcomes = world.first_load()

        codes = [item["employeeNumber"] for item in world.visma.employees()]
        lost = [call for call in world.visma.calls("POST", "/v1/employee") if call.status == 0]
        assert outcomes["created"] >= 1_000
        assert len(lost) >= 20
        assert len(codes) == len(set(codes)) == outcomes["created"]
        assert len(world.visma.calls("POST", "/v1/employee")) == outcomes["created"]
        assert world.buried == []


def test_a_walk_cut_short_goes_on_where_it_stopped_and_leaves_nobody_out() -> None:
    with a_world(people=450) as world:
        world.clock.remaining = 0.0
        sweeps: list[str] = []
        while not sweeps or sweeps[-1] != "finished":
            sweeps.append(world.tick().sweep)

        # Four pages of Rippling, the last one without time for Visma, and Visma's list.
        assert sweeps == ["cut short"] * 5 + ["finished"]
        assert {change.worker_id for change in world.queue.changes} == {
            worker["id"] for worker in world.rippling.workers()
        }
        assert len(world.rippling.calls(path="/workers/")) == 5


def test_a_row_with_a_stamp_of_tomorrow_hides_nobody_behind_it() -> None:
    with a_world(people=20) as world:
        world.first_load()
        employed = [each for each in world.rippling.workers() if each["status"] == "ACTIVE"]
        world.rippling.move(employed[0]["id"], "Finance", at=world.clock.now() + timedelta(days=1))
        world.settle()
        world.clock.turn(minutes=10)
        world.rippling.move(employed[1]["id"], "Finance")

        assert world.settle() == {"updated": 1}


def test_an_old_page_in_place_of_the_first_of_two_hides_nobody() -> None:
    with a_world(people=200) as world:
        world.first_load()
        employed = [each for each in world.rippling.workers() if each["status"] == "ACTIVE"]
        moved = _outside_finance(world, employed)[:120]
        for worker in moved:
            world.clock.turn(seconds=3)
            world.rippling.move(worker["id"], "Finance")
        world.rippling.faults.stale_page(path="/workers/", times=1)

        world.tick()
        world.tick()

        queued = {change.worker_id for change in world.queue.changes}
        assert queued >= {worker["id"] for worker in moved}


def test_a_late_row_behind_a_poll_that_was_cut_short_is_found_soon_after_it_ends() -> None:
    with a_world(people=250) as world:
        world.first_load()
        world.clock.turn(minutes=10)
        employed = [each for each in world.rippling.workers() if each["status"] == "ACTIVE"]
        for worker in employed[:150]:
            world.rippling.relocate(worker["id"], "Bergen")
        world.clock.remaining = 0.0
        world.tick()
        assert world.cursors.cursor("workers").page_token
        late = employed[170]
        world.rippling.move(late["id"], "Finance", at=world.clock.now() - timedelta(seconds=40))
        world.clock.turn(minutes=10)
        world.rippling.move(employed[171]["id"], "Finance")
        world.clock.remaining = 1000.0

        world.tick()
        assert world.cursors.cursor("workers").page_token is None
        world.tick()

        assert late["id"] in {change.worker_id for change in world.queue.changes}


def test_a_filter_that_rippling_ignores_is_noticed_and_loses_nothing() -> None:
    with a_world(people=250) as world:
        world.first_load()
        world.rippling.ignore_filter.add("updated_at")
        worker = world.rippling.hire(
            department="Sales", location="Oslo", employment_type="Salaried full-time"
        )

        summary = world.tick()

        assert [change.worker_id for change in world.queue.changes] == [worker["id"]]
        assert summary.rows_before_cutoff >= 200
        assert world.metrics.counts["FilterIgnored"] == 1


def test_a_stale_page_is_no_answer_and_the_question_is_put_again() -> None:
    with a_world(people=150) as world:
        world.first_load()
        before = len(world.rippling.calls(path="/workers/"))
        world.rippling.faults.stale_page(path="/workers/", times=1)
        world.rippling.hire(
            department="Sales", location="Oslo", employment_type="Salaried full-time"
        )

        assert world.settle() == {"created": 1}
        assert len(world.rippling.calls(path="/workers/")) == before + 2 + 1


def test_two_pollers_at_once_are_one_too_many() -> None:
    with a_world(people=20) as world, world.cursors.lease("workers", 60) as mine:
        assert mine

        assert world.tick().skipped
        assert world.rippling.journal == []


def test_the_clock_of_the_tests_stands_still_by_itself() -> None:
    clock = HandClock()

    assert clock.now() == clock.now()


def test_a_sweep_that_met_another_poller_is_made_up_for_by_the_next_tick() -> None:
    with a_world(people=20) as world:
        world.first_load()
        with world.cursors.lease("workers", 60):
            assert world.tick(full_sweep=True).skipped

        assert world.tick().sweep == "finished"
        assert world.tick().sweep == "none"


def test_a_stamp_from_the_future_does_not_carry_the_watermark_past_the_sweep() -> None:
    with a_world(people=20) as world:
        began = world.clock.now()
        ahead = began + timedelta(hours=1)
        world.rippling.touch(world.rippling.workers()[0]["id"], at=ahead)

        world.tick()

        watermark = world.cursors.cursor("workers").watermark
        assert watermark is not None
        assert watermark <= began + timedelta(seconds=1)
