"""What answers do otherwise than published is kept in the same way in memory and in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from connector.adapters.aws.watermarks.shapes import DynamoShapeMemory
from connector.adapters.aws.watermarks.table import WatermarksTable
from connector.adapters.memory import InMemoryShapeMemory
from connector.domain.shapes.deviation import Deviation, What
from connector.domain.shapes.sightings import MOST_KEPT
from connector.ports.shapes import ShapeMemory
from tests.contract.bench import aws, make_table
from tests.support.clock import HandClock

NEW = Deviation("GET /workers/", 200, "results[].mood", What.NEW, found="string")
GONE = Deviation("GET /workers/", 200, "results[].id", What.MISSING, expected="string")


@dataclass
class Bench:
    clock: HandClock
    memory: ShapeMemory


@pytest.fixture
def client() -> Iterator[Any]:
    with aws("dynamodb") as client:
        make_table(client, "WatermarksTable")
        yield client


@pytest.fixture(params=["memory", "dynamodb"])
def bench(request: pytest.FixtureRequest, client: Any) -> Bench:
    clock = HandClock()
    rows = WatermarksTable(client, "WatermarksTable")
    stored = DynamoShapeMemory(rows, clock)
    return Bench(clock, InMemoryShapeMemory(clock) if request.param == "memory" else stored)


def test_of_a_tenant_whose_answers_were_never_otherwise_nothing_is_known(bench: Bench) -> None:
    assert bench.memory.seen("rippling") == []


def test_what_is_seen_for_the_first_time_is_news_once(bench: Bench) -> None:
    assert bench.memory.note("rippling", [NEW]) == [NEW]
    assert bench.memory.note("rippling", [GONE, NEW]) == [GONE]
    assert bench.memory.note("rippling", [GONE, NEW]) == []
    assert [each.deviation for each in bench.memory.seen("rippling")] == sorted([NEW, GONE])


def test_each_tenant_has_its_own(bench: Bench) -> None:
    bench.memory.note("visma norway", [NEW])

    assert bench.memory.seen("visma sweden") == []
    assert bench.memory.note("visma sweden", [NEW]) == [NEW]


def test_since_when_and_how_recently_is_known_to_the_day(bench: Bench) -> None:
    began = bench.clock.now()
    bench.memory.note("rippling", [NEW])
    bench.clock.turn(hours=23)
    bench.memory.note("rippling", [NEW])
    (today,) = bench.memory.seen("rippling")
    bench.clock.turn(hours=23)
    bench.memory.note("rippling", [NEW])
    (tomorrow,) = bench.memory.seen("rippling")

    assert (today.first, today.last) == (began, began)
    assert (tomorrow.first, tomorrow.last) == (began, bench.clock.now())


def test_what_nobody_has_seen_for_a_month_is_news_again(bench: Bench) -> None:
    bench.memory.note("rippling", [NEW])
    bench.clock.turn(days=31)

    assert bench.memory.seen("rippling") == []
    assert bench.memory.note("rippling", [NEW]) == [NEW]


def test_however_much_is_otherwise_a_row_holds_it(bench: Bench) -> None:
    many = [
        Deviation("GET /workers/", 200, f"results[].{'m' * 200}{number}", What.NEW, found="string")
        for number in range(MOST_KEPT * 2)
    ]

    bench.memory.note("rippling", many)

    assert len(bench.memory.seen("rippling")) == MOST_KEPT
