"""Every alarm on what the connector counts: rung by what it is for, silent in the everyday.

An alarm that is added to the template without its story here fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, TypeAlias

import pytest

from connector.bootstrap import services
from connector.services.apply.consumer import OVERDUE_AFTER, OVERDUE_DELIVERIES
from connector.services.operate.ping.capabilities import missing_capabilities
from connector.services.shared.configuration import company_problems
from tests.embedded.template import load_template
from tests.support.loaded import a_loaded_world
from tests.support.silence import Silent
from tests.support.world import World

MOST_DELIVERIES = 30
"""After so many a change is a dead letter."""

Story: TypeAlias = Callable[[World], object]

ELSEWHERE = {
    "PollSucceeded": "tests/component/test_mode.py and tests/template/test_relations.py",
    "InstallationEnded": "tests/component/test_oauth.py",
    "PollingPaused": "tests/component/test_webhooks.py",
    "AuditBroken": "tests/component/test_erasure.py, over the tables of DynamoDB",
    "CompaniesUnusable": "tests/component/test_containment.py",
}
"""Alarms that are rung by tests of their own."""


def own_alarms() -> dict[str, Mapping[str, Any]]:
    """The alarms on metrics of the connector's own, by metric."""
    resources = load_template()["Resources"].values()
    alarms = [each["Properties"] for each in resources if "::Alarm" in each["Type"]]
    own = [each for each in alarms if "RipplingToVisma" in str(each.get("Namespace"))]
    return {each["MetricName"]: each for each in own}


def an_employment(world: World) -> dict[str, Any]:
    return next(row for row in world.rippling.rows("workers") if row["status"] == "ACTIVE")


def sweep_after(world: World, **past: int) -> None:
    world.clock.turn(**past)
    world.tick(full_sweep=True)
    world.drain()


def stuck(world: World) -> None:
    """Somebody waits for a department that the mapping does not know, and nobody does anything."""
    world.rippling.add_department("Brand new")
    world.rippling.move(an_employment(world)["id"], "Brand new")
    world.settle()
    sweep_after(world, hours=25)


def overdue(world: World) -> None:
    world.clock.turn(hours=49)
    world.tick()


def aborted(world: World) -> None:
    for row in world.rippling.rows("workers")[3:]:
        world.rippling.remove(row["id"])
    sweep_after(world, minutes=16)


def gone(world: World) -> None:
    world.rippling.remove(an_employment(world)["id"])
    sweep_after(world, minutes=16)


def held(world: World) -> None:
    for row in world.rippling.rows("workers"):
        world.rippling.change(row["id"], status="TERMINATED")
    world.settle()


def otherwise(world: World) -> None:
    """Visma's employees have a member that nobody has published."""
    world.visma.more_headers["Deprecation"] = "true"
    sweep_after(world, minutes=16)


def unreadable(world: World) -> None:
    row = an_employment(world)
    world.rippling.odd[row["id"]] = {"user_id": None, "user": None}
    world.rippling.touch(row["id"])
    world.settle()


def facts(world: World) -> None:
    world.rippling.redact = {"department"}
    world.rippling.touch(an_employment(world)["id"])
    world.settle()


def capabilities(world: World) -> None:
    world.rippling.forbid_expand = {"department"}
    missing_capabilities(
        world.source, world.mappings.load(), world.clock, world.metrics, cost_allocation=False
    )


def late(world: World) -> None:
    """Visma is away for longer than an hour."""
    world.visma.faults.fail(503, body="html")
    world.rippling.move(an_employment(world)["id"], "Finance")
    world.tick()
    (change,) = world.queue.changes
    consumer = services.writer(world.adapters, world.options, Silent())
    for delivery in range(1, OVERDUE_DELIVERIES + 1):
        assert not consumer.consume(change.to_body(), receipt="r", delivery=delivery)


def postponed(world: World) -> None:
    world.rippling.faults.fail(429, retry_after=3600, path="/workers/")
    for _ in range(6):
        world.clock.turn(minutes=5)
        world.tick()


STORIES: Mapping[str, Story] = {
    "PeopleStuck": stuck,
    "SweepOverdue": overdue,
    "SweepAborted": aborted,
    "PeopleGone": gone,
    "ChangesHeld": held,
    "RowsUnreadable": unreadable,
    "FactsUnknown": facts,
    "ShapeDeviations": otherwise,
    "CapabilitiesMissing": capabilities,
    "PollPostponed": postponed,
    "ChangesOverdue": late,
}


@pytest.fixture
def world() -> Iterator[World]:
    """Two dozen people, all of them in Visma."""
    with a_loaded_world(people=24) as world:
        world.metrics.counts.clear()
        yield world


def test_every_alarm_on_what_the_connector_counts_has_its_story() -> None:
    assert {*STORIES, *ELSEWHERE} == own_alarms().keys()


@pytest.mark.parametrize("metric", STORIES)
def test_an_alarm_is_rung_by_what_it_is_for(world: World, metric: str) -> None:
    STORIES[metric](world)

    alarm = own_alarms()[metric]
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
    assert world.metrics.counts[metric] > alarm["Threshold"]


@pytest.mark.parametrize("retry_after", [1, 60, 3600])
@pytest.mark.parametrize("vendor", ["rippling", "visma"])
def test_a_limit_that_never_ends_rings_before_the_change_is_a_dead_letter(
    world: World, vendor: str, retry_after: int
) -> None:
    world.rippling.move(an_employment(world)["id"], "Finance")
    world.tick()
    (change,) = world.queue.changes
    getattr(world, vendor).faults.fail(429, retry_after=retry_after)
    consumer, sent = services.writer(world.adapters, world.options, Silent()), world.clock.now()

    for delivery in range(1, MOST_DELIVERIES):
        waited, body = world.clock.now() - sent, change.to_body()
        assert not consumer.consume(body, receipt="r", delivery=delivery, waited=waited)
        is_due = waited >= OVERDUE_AFTER
        assert (world.metrics.counts["ChangesOverdue"] > 0) == is_due
        if is_due:
            break
        world.clock.turn(seconds=world.queue.postponed[-1][1])

    assert world.metrics.counts["ChangesOverdue"] == 1
    assert waited < timedelta(hours=30)


def test_a_day_like_any_other_rings_nothing(world: World) -> None:
    worker = an_employment(world)
    world.hire()
    world.rippling.move(worker["id"], "Finance")
    world.settle()
    for _ in range(3):
        world.clock.turn(minutes=5)
        world.settle()
    sweep_after(world, hours=24)
    missing_capabilities(
        world.source, world.mappings.load(), world.clock, world.metrics, cost_allocation=False
    )
    assert company_problems(world.secrets, world.mappings.load()) == {}

    rung = {metric for metric in STORIES if world.metrics.counts[metric]}
    assert rung == set()


def test_who_waits_for_less_than_a_day_or_was_settled_by_an_operator_is_not_stuck(
    world: World,
) -> None:
    stuck_id = an_employment(world)["id"]
    world.rippling.add_department("Brand new")
    world.rippling.move(stuck_id, "Brand new")
    world.settle()

    sweep_after(world, hours=23)
    assert world.metrics.counts["PeopleStuck"] == 0
    world.rippling.move(stuck_id, "Finance")
    world.settle()
    sweep_after(world, hours=25)
    assert world.metrics.counts["PeopleStuck"] == 0


def test_a_sweep_that_ends_again_is_no_longer_overdue(world: World) -> None:
    overdue(world)
    assert world.metrics.counts["SweepOverdue"] == 1
    world.clock.turn(minutes=16)
    world.tick(full_sweep=True)
    world.metrics.counts.clear()

    world.clock.turn(minutes=5)
    world.tick()

    assert world.metrics.counts["SweepOverdue"] == 0


def test_every_gauge_of_a_sweep_stays_for_a_day() -> None:
    for metric in ("PeopleStuck", "PeopleGone", "SweepAborted", "CapabilitiesMissing"):
        alarm = own_alarms()[metric]
        seconds = alarm["Period"] * alarm["EvaluationPeriods"]
        assert timedelta(seconds=seconds) == timedelta(days=1)
        assert alarm["DatapointsToAlarm"] == 1
