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
from tests.contract.bench import NOON, Watched, aws, make_table, refusal
from tests.support.clock import HandClock

UNTIL = NOON + timedelta(days=2)


@dataclass
class Bench:
    """Both kinds of marks, and the clock they go by."""

    clock: HandClock
    pauses: PollingPauses
    notifications: Notifications


@pytest.fixture(params=["memory", "dynamodb"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    clock = HandClock()
    if request.param == "memory":
        yield Bench(clock, InMemoryPollingPauses(clock), InMemoryNotifications(clock))
        return
    with aws("dynamodb") as client:
        table = make_table(client, "WatermarksTable")
        yield Bench(
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


def test_polling_is_not_paused_until_something_pauses_it(bench: Bench) -> None:
    assert bench.pauses.current() is None
    assert bench.pauses.end() is None


def test_a_stoppage_lasts_until_it_is_ended_and_ends_once(bench: Bench) -> None:
    bench.pauses.pause("uninstalled")
    bench.clock.turn(seconds=86_400 * 365)

    assert bench.pauses.current() == PollingPause(NOON, "uninstalled")
    assert bench.pauses.end() == PollingPause(NOON, "uninstalled")
    assert bench.pauses.end() is None
    assert bench.pauses.current() is None


def test_who_stops_again_changes_neither_since_when_nor_why(bench: Bench) -> None:
    bench.pauses.pause("uninstalled")
    bench.clock.turn(seconds=60)
    bench.pauses.pause("something else")

    assert bench.pauses.current() == PollingPause(NOON, "uninstalled")


def test_a_pause_that_was_ended_may_begin_again(bench: Bench) -> None:
    bench.pauses.pause("uninstalled")
    bench.pauses.end()
    bench.clock.turn(seconds=60)
    bench.pauses.pause("uninstalled again")

    assert bench.pauses.current() == PollingPause(NOON + timedelta(minutes=1), "uninstalled again")


def test_a_notification_is_taken_once(bench: Bench) -> None:
    taken = [bench.notifications.take(id_, UNTIL) for id_ in ("n1", "n1", "n2", "n1")]

    assert taken == [True, False, True, False]


def test_a_notification_given_back_may_be_taken_again(bench: Bench) -> None:
    bench.notifications.take("n1", UNTIL)
    bench.notifications.give_back("n1")
    bench.notifications.give_back("never taken")

    assert bench.notifications.take("n1", UNTIL)


def test_a_notification_is_forgotten_in_time(bench: Bench) -> None:
    bench.notifications.take("n1", NOON + timedelta(minutes=1))
    bench.clock.turn(seconds=59)
    assert not bench.notifications.take("n1", UNTIL)
    bench.clock.turn(seconds=1)

    assert bench.notifications.take("n1", UNTIL)


# DynamoDB alone


def test_only_the_hash_of_an_id_rests_and_the_table_forgets_it(client: Any) -> None:
    DynamoNotifications(HandClock(), client, "WatermarksTable").take("norway n1 \udcff", UNTIL)

    (item,) = client.scan(TableName="WatermarksTable")["Items"]
    assert item["stream"]["S"].startswith("visma notification ")
    assert "n1" not in item["stream"]["S"]
    assert item["expires_at"] == {"N": str(int(UNTIL.timestamp()))}


def test_a_busy_table_can_be_asked_again(client: Any) -> None:
    watched = Watched(client)
    pauses = DynamoPollingPauses(HandClock(), watched, "WatermarksTable")
    notifications = DynamoNotifications(HandClock(), watched, "WatermarksTable")
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
