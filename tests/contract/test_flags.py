"""The contracts of the marks that the webhook leaves: a pause, and notifications taken in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from connector.adapters.aws.watermarks.flags import DynamoNotifications, DynamoPollingPauses
from connector.adapters.memory import InMemoryNotifications, InMemoryPollingPauses
from connector.domain.errors import RetryableError
from connector.ports.state import Notifications, PollingPause, PollingPauses
from tests.contract.world import NOON, TurnedClock, Watched, aws, make_table, refusal

UNTIL = NOON + timedelta(days=2)


@dataclass
class World:
    """Both kinds of marks, and the clock they go by."""

    clock: TurnedClock
    pauses: PollingPauses
    notifications: Notifications


@pytest.fixture(params=["memory", "dynamodb"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    clock = TurnedClock()
    if request.param == "memory":
        yield World(clock, InMemoryPollingPauses(clock), InMemoryNotifications(clock))
        return
    with aws("dynamodb") as client:
        table = make_table(client, "WatermarksTable")
        yield World(
            clock,
            DynamoPollingPauses(clock, client, table),
            DynamoNotifications(clock, client, table),
        )


@pytest.fixture
def client() -> Iterator[Any]:
    with aws("dynamodb") as client:
        make_table(client, "WatermarksTable")
        yield client


# Both


def test_nothing_is_stopped_until_somebody_stops_it(world: World) -> None:
    assert world.pauses.current() is None
    assert world.pauses.end() is None


def test_a_stoppage_lasts_until_it_is_ended_and_ends_once(world: World) -> None:
    world.pauses.pause("uninstalled")
    world.clock.turn(86_400 * 365)

    assert world.pauses.current() == PollingPause(NOON, "uninstalled")
    assert world.pauses.end() == PollingPause(NOON, "uninstalled")
    assert world.pauses.end() is None
    assert world.pauses.current() is None


def test_who_stops_again_changes_neither_since_when_nor_why(world: World) -> None:
    world.pauses.pause("uninstalled")
    world.clock.turn(60)
    world.pauses.pause("something else")

    assert world.pauses.current() == PollingPause(NOON, "uninstalled")


def test_what_was_ended_may_be_stopped_anew(world: World) -> None:
    world.pauses.pause("uninstalled")
    world.pauses.end()
    world.clock.turn(60)
    world.pauses.pause("uninstalled again")

    assert world.pauses.current() == PollingPause(NOON + timedelta(minutes=1), "uninstalled again")


def test_a_notification_is_taken_once(world: World) -> None:
    taken = [world.notifications.take(id_, UNTIL) for id_ in ("n1", "n1", "n2", "n1")]

    assert taken == [True, False, True, False]


def test_a_notification_given_back_may_be_taken_again(world: World) -> None:
    world.notifications.take("n1", UNTIL)
    world.notifications.give_back("n1")
    world.notifications.give_back("never taken")

    assert world.notifications.take("n1", UNTIL)


def test_a_notification_is_forgotten_in_time(world: World) -> None:
    world.notifications.take("n1", NOON + timedelta(minutes=1))
    world.clock.turn(59)
    assert not world.notifications.take("n1", UNTIL)
    world.clock.turn(1)

    assert world.notifications.take("n1", UNTIL)


# DynamoDB alone


def test_only_the_hash_of_an_id_rests_and_the_table_forgets_it(client: Any) -> None:
    DynamoNotifications(TurnedClock(), client, "WatermarksTable").take("norway n1 \udcff", UNTIL)

    (item,) = client.scan(TableName="WatermarksTable")["Items"]
    assert item["stream"]["S"].startswith("visma notification ")
    assert "n1" not in item["stream"]["S"]
    assert item["expires_at"] == {"N": str(int(UNTIL.timestamp()))}


def test_a_busy_table_can_be_asked_again(client: Any) -> None:
    watched = Watched(client)
    pauses = DynamoPollingPauses(TurnedClock(), watched, "WatermarksTable")
    notifications = DynamoNotifications(TurnedClock(), watched, "WatermarksTable")
    for call, times in (("update_item", 2), ("get_item", 1), ("put_item", 1), ("delete_item", 1)):
        watched.answers[call] = [refusal("ThrottlingException") for _ in range(times)]

    for attempt in (
        lambda: pauses.pause("why"),
        pauses.end,
        pauses.current,
        lambda: notifications.take("n1", UNTIL),
        lambda: notifications.give_back("n1"),
    ):
        with pytest.raises(RetryableError):
            attempt()
