"""The contract of the install states: each is valid once, and for a while."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from connector.adapters.aws.watermarks.install_states import DynamoInstallStates
from connector.adapters.memory import InMemoryInstallStates
from connector.domain.errors import RetryableError
from connector.ports.state import InstallStates
from tests.contract.bench import NOON, Watched, aws, make_table, refusal
from tests.support.clock import HandClock

STATE = "s" * 43
UNTIL = NOON + timedelta(minutes=10)


@dataclass
class Bench:
    """States, and the clock they go by; `other` is another function that sees the same ones."""

    clock: HandClock
    one: InstallStates
    other: InstallStates


@pytest.fixture(params=["memory", "dynamodb"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    clock = HandClock()
    if request.param == "memory":
        held = InMemoryInstallStates(clock)
        yield Bench(clock, held, held)
        return
    with aws("dynamodb") as client:
        table = make_table(client, "WatermarksTable")
        yield Bench(clock, *(DynamoInstallStates(clock, client, table) for _ in range(2)))


@pytest.fixture
def client() -> Iterator[Any]:
    with aws("dynamodb") as client:
        make_table(client, "WatermarksTable")
        yield client


# Both


def test_a_state_is_used_up_once_whoever_asks(bench: Bench) -> None:
    bench.one.remember(STATE, UNTIL)

    assert bench.other.is_open(STATE)
    assert [bench.other.use_up(STATE), bench.one.use_up(STATE)] == [True, False]
    assert not bench.one.is_open(STATE)


def test_looking_does_not_use_a_state_up(bench: Bench) -> None:
    bench.one.remember(STATE, UNTIL)

    assert [bench.one.is_open(STATE) for _ in range(3)] == [True] * 3
    assert bench.one.use_up(STATE)


def test_a_state_that_nobody_made_opens_nothing(bench: Bench) -> None:
    bench.one.remember(STATE, UNTIL)

    assert not bench.one.is_open("t" * 43)
    assert not bench.one.use_up("t" * 43)


def test_a_state_ends_by_itself(bench: Bench) -> None:
    bench.one.remember(STATE, UNTIL)
    bench.clock.turn(seconds=599)
    assert bench.one.is_open(STATE)
    bench.clock.turn(seconds=1)

    assert not bench.one.is_open(STATE)
    assert not bench.one.use_up(STATE)


# DynamoDB alone


def test_only_the_hash_of_a_state_rests(client: Any) -> None:
    DynamoInstallStates(HandClock(), client, "WatermarksTable").remember(STATE, UNTIL)

    (item,) = client.scan(TableName="WatermarksTable")["Items"]
    assert item["stream"]["S"].startswith("oauth state ")
    assert len(item["stream"]["S"]) == len("oauth state ") + 64
    assert STATE not in str(item)
    assert item["expires_at"] == {"N": str(int(UNTIL.timestamp()))}


def test_of_many_at_once_only_one_gets_in(client: Any) -> None:
    states = DynamoInstallStates(HandClock(), client, "WatermarksTable")
    states.remember(STATE, UNTIL)
    together, found = threading.Barrier(4), []

    def use() -> None:
        together.wait()
        found.append(states.use_up(STATE))

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == [False, False, False, True]


def test_a_busy_table_can_be_asked_again(client: Any) -> None:
    watched = Watched(client)
    states = DynamoInstallStates(HandClock(), watched, "WatermarksTable")
    for call in ("put_item", "get_item", "delete_item"):
        watched.answers[call] = [refusal("ThrottlingException")]

    with pytest.raises(RetryableError):
        states.remember(STATE, UNTIL)
    with pytest.raises(RetryableError):
        states.is_open(STATE)
    with pytest.raises(RetryableError):
        states.use_up(STATE)
