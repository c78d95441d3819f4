"""What a tenant understands is kept in the same way in memory and in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from connector.adapters.aws.watermarks.dialects import DynamoDialects
from connector.adapters.aws.watermarks.table import WatermarksTable
from connector.adapters.dialect import Dialect
from connector.adapters.memory import InMemoryDialects
from connector.domain.errors import UpstreamUnavailableError
from connector.ports.dialects import Dialects
from tests.contract.bench import aws, make_table
from tests.support.clock import HandClock


@dataclass
class Bench:
    clock: HandClock
    dialects: Dialects


@pytest.fixture
def client() -> Iterator[Any]:
    with aws("dynamodb") as client:
        make_table(client, "WatermarksTable")
        yield client


@pytest.fixture(params=["memory", "dynamodb"])
def bench(request: pytest.FixtureRequest, client: Any) -> Bench:
    clock = HandClock()
    rows = WatermarksTable(client, "WatermarksTable")
    kept = InMemoryDialects(clock) if request.param == "memory" else DynamoDialects(rows, clock)
    return Bench(clock, kept)


def test_of_a_tenant_that_was_never_heard_nothing_is_known(bench: Bench) -> None:
    assert bench.dialects.known("rippling") == {}


def test_habits_are_kept_beside_each_other_and_tenant_by_tenant(bench: Bench) -> None:
    bench.dialects.learn("rippling", "operator", "gte")
    bench.dialects.learn("rippling", "filter", "works")
    bench.dialects.learn("rippling", "operator", "ge")
    bench.dialects.learn("visma norway", "If-Match", "bare")

    assert bench.dialects.known("rippling") == {"operator": "ge", "filter": "works"}
    assert bench.dialects.known("visma norway") == {"If-Match": "bare"}


def test_a_habit_is_believed_for_a_day(bench: Bench) -> None:
    bench.dialects.learn("rippling", "operator", "gte")
    bench.clock.turn(hours=23)
    bench.dialects.learn("rippling", "filter", "works")
    bench.clock.turn(hours=2)

    assert bench.dialects.known("rippling") == {"filter": "works"}


def test_what_is_known_already_is_not_written_again() -> None:
    kept = Counted()
    dialect = Dialect("rippling", kept)

    for _ in range(3):
        dialect.learn("operator", "gte")

    assert (kept.reads, kept.writes) == (1, 1)
    assert dialect.word("operator") == "gte"


def test_a_memory_out_of_reach_stops_nothing() -> None:
    dialect = Dialect("rippling", OutOfReach())

    assert dialect.word("operator") is None
    dialect.learn("operator", "gte")
    assert dialect.word("operator") == "gte"


@dataclass
class Counted:
    """A memory that counts."""

    reads: int = 0
    writes: int = 0

    def known(self, _: str) -> dict[str, str]:
        self.reads += 1
        return {}

    def learn(self, *_: str) -> None:
        self.writes += 1


class OutOfReach:
    """A memory that cannot be reached."""

    def known(self, _: str) -> dict[str, str]:
        raise UpstreamUnavailableError("DynamoDB did not answer")

    def learn(self, *_: str) -> None:
        raise UpstreamUnavailableError("DynamoDB did not answer")
