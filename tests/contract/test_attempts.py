"""Why attempts failed is kept in the same way in memory and in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from connector.adapters.aws.watermarks.attempts import KEPT, DynamoFailedAttempts
from connector.adapters.aws.watermarks.table import WatermarksTable
from connector.adapters.memory import InMemoryFailedAttempts
from connector.ports.queue import FailedAttempts
from tests.contract.bench import aws, make_table
from tests.embedded.template import load_template
from tests.support.clock import HandClock


@dataclass
class Bench:
    clock: HandClock
    attempts: FailedAttempts


@pytest.fixture
def client() -> Iterator[Any]:
    with aws("dynamodb") as client:
        make_table(client, "WatermarksTable")
        yield client


@pytest.fixture(params=["memory", "dynamodb"])
def bench(request: pytest.FixtureRequest, client: Any) -> Bench:
    clock = HandClock()
    stored = DynamoFailedAttempts(WatermarksTable(client, "WatermarksTable"), clock)
    return Bench(clock, InMemoryFailedAttempts(clock) if request.param == "memory" else stored)


def test_of_a_change_that_never_failed_nothing_is_known(bench: Bench) -> None:
    bench.attempts.note("other", "why")

    assert dict(bench.attempts.of([])) == {}
    assert dict(bench.attempts.of(["c"])) == {}


def test_the_last_reason_counts_and_every_attempt_is_counted_since_the_first(bench: Bench) -> None:
    first = bench.clock.now()
    bench.attempts.note("c", "Rippling does not answer")
    bench.clock.turn(hours=7)
    bench.attempts.note("c", "the secret is not JSON")
    bench.attempts.note("d", "another")

    known = bench.attempts.of(["c", "d", "e"])

    assert set(known) == {"c", "d"}
    assert (known["c"].reason, known["c"].tries) == ("the secret is not JSON", 2)
    assert (known["c"].since, known["c"].at) == (first, first + timedelta(hours=7))
    assert known["d"].tries == 1


def test_more_than_a_batch_of_them_is_read(bench: Bench) -> None:
    for number in range(120):
        bench.attempts.note(f"c{number}", "why")

    assert len(bench.attempts.of(f"c{number}" for number in range(120))) == 120


def test_a_reason_is_kept_longer_than_a_dead_letter(client: Any) -> None:
    clock = HandClock()
    DynamoFailedAttempts(WatermarksTable(client, "WatermarksTable"), clock).note("c", "why")

    (row,) = client.scan(TableName="WatermarksTable")["Items"]
    letters = load_template()["Resources"]["ChangesDeadLetterQueue"]["Properties"]
    assert timedelta(seconds=letters["MessageRetentionPeriod"]) < KEPT
    assert int(row["expires_at"]["N"]) == int((clock.now() + KEPT).timestamp())
