"""Rippling shows a first or a last day, and then shows nothing in its place, without a word."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.loaded import a_loaded_world
from tests.support.world import World


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=20) as world:
        yield world


def _sweep(world: World) -> dict[str, int]:
    """A full sweep, and what it says that Rippling does not show."""
    world.clock.turn(hours=1)
    summary = world.tick(full_sweep=True)
    world.drain()
    return dict(summary.facts_unknown)


def test_who_has_begun_a_second_employment_stays_in_it_while_its_first_day_is_hidden(
    world: World,
) -> None:
    worker = world.hire(department="Sales")
    world.rippling.rehire(
        worker["user_id"],
        "2026-11-26",
        department="Finance",
        location="Oslo",
        employment_type="Salaried full-time",
        status="ACCEPTED",
    )
    world.settle()
    world.clock.turn(days=3)
    world.settle()
    assert world.employee_of(worker)["department"] == "FIN"
    world.rippling.redact, world.rippling.redacts_silently = {"start_date"}, True

    told = [_sweep(world) for _ in range(2)]

    assert world.employee_of(worker)["department"] == "FIN"
    assert "does not show the start date" in world.audit_of(worker["user_id"])[-1]["reason"]
    assert all(each["start_date"] > 1 for each in told), "a human is told at each sweep"
    assert world.metrics.counts["FactsUnknown"] == sum(each["start_date"] for each in told)


def test_whose_last_day_is_hidden_is_told_until_it_is_shown_again(world: World) -> None:
    worker = world.hire()
    world.settle()
    world.rippling.terminate(worker["id"], "2026-12-06")
    world.rippling.change(worker["id"], status="TERMINATED")
    world.settle()
    world.rippling.redact, world.rippling.redacts_silently = {"end_date"}, True

    hidden = [_sweep(world) for _ in range(2)]
    world.rippling.redact = set()

    assert hidden == [{"end_date": 1}] * 2
    assert _sweep(world) == {}


def test_a_last_day_that_is_taken_back_is_none_to_be_missed(world: World) -> None:
    worker = world.hire()
    world.settle()
    world.rippling.terminate(worker["id"], "2026-12-06")
    world.settle()
    world.rippling.reactivate(worker["id"])

    assert _sweep(world) == {}
    told = world.audit_of(worker["user_id"])[-1]
    assert told["reason"] == "Rippling shows no last day any more; it was 2026-12-06"


def test_a_last_day_that_is_hidden_while_the_status_is_active_moves_nobody_and_is_told(
    world: World,
) -> None:
    leaver, worker = world.hire(), world.hire()
    world.settle()
    world.rippling.terminate(leaver["id"], "2026-11-24")
    world.rippling.change(leaver["id"], status="TERMINATED")
    world.rippling.terminate(worker["id"], "2026-11-28")
    world.clock.turn(days=1)
    world.settle()
    world.rippling.redact, world.rippling.redacts_silently = {"end_date"}, True

    first, *later = [_sweep(world) for _ in range(3)]
    world.clock.turn(days=5)
    world.settle()

    assert world.employee_of(worker)["status"] == "Active"
    assert first["end_date"] > later[0]["end_date"] > 0, "whose day was taken is told once"
    assert later[0] == later[1], "and that last days are hidden as long as they are"
    reasons = [row.get("reason") for row in world.audit_of(worker["user_id"])]
    assert "Rippling shows no last day any more; it was 2026-11-28" in reasons
    world.rippling.redact = set()
    assert _sweep(world) == {}
    world.rippling.change(worker["id"], status="TERMINATED")
    world.settle()
    assert world.employee_of(worker)["status"] == "Inactive"
