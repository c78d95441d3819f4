"""The contract of the budgets: what was told is known to all, and nothing older counts again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from connector.adapters.aws.dynamodb import from_item, to_item
from connector.adapters.aws.watermarks.budgets import SHARE_ATTEMPTS, DynamoBudgets
from connector.adapters.memory import InMemoryBudgets
from connector.domain.budgets import Budget
from connector.domain.errors import ConfigurationError, ConnectorError, RetryableError
from connector.ports.state import Budgets
from tests.contract.bench import NOON, Watched, aws, make_table, refusal
from tests.support.clock import HandClock

HALF_PAST = NOON + timedelta(minutes=30)
NAME = "visma norway"


@dataclass
class Bench:
    """Budgets, and the clock they go by; `other` is another function that knows the same ones."""

    clock: HandClock
    one: Budgets
    other: Budgets


@pytest.fixture(params=["memory", "dynamodb"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    clock = HandClock()
    if request.param == "memory":
        held = InMemoryBudgets(clock)
        yield Bench(clock, held, held)
        return
    with aws("dynamodb") as client:
        table = make_table(client, "WatermarksTable")
        yield Bench(clock, *(DynamoBudgets(clock, client, table) for _ in range(2)))


@pytest.fixture
def client() -> Iterator[Any]:
    with aws("dynamodb") as client:
        make_table(client, "WatermarksTable")
        yield client


@pytest.fixture
def on_dynamodb(client: Any) -> Callable[..., DynamoBudgets]:
    return lambda used=client: DynamoBudgets(HandClock(), used, "WatermarksTable")


def test_of_a_vendor_never_called_nothing_is_known(bench: Bench) -> None:
    assert bench.one.known("rippling") == Budget()


@pytest.mark.parametrize(
    "budget",
    [
        Budget(500, 24, HALF_PAST),
        Budget(500, 0, HALF_PAST + timedelta(microseconds=1), NOON + timedelta(minutes=1)),
        Budget(closed_until=HALF_PAST),
        Budget(None, 3, HALF_PAST),
    ],
)
def test_what_one_has_told_the_other_knows(bench: Bench, budget: Budget) -> None:
    bench.one.share(NAME, budget)

    assert bench.other.known(NAME) == budget


def test_every_vendor_and_company_has_a_budget_of_its_own(bench: Bench) -> None:
    bench.one.share(NAME, Budget(500, 0, HALF_PAST))

    assert bench.one.known("visma sweden") == bench.one.known("rippling") == Budget()


def test_an_older_view_of_the_window_does_not_bring_calls_back(bench: Bench) -> None:
    bench.one.share(NAME, Budget(500, 10, HALF_PAST))

    bench.other.share(NAME, Budget(500, 40, HALF_PAST))

    assert bench.one.known(NAME).remaining == 10


def test_an_older_window_does_not_take_the_place_of_a_later_one(bench: Bench) -> None:
    later = Budget(500, 499, NOON + timedelta(hours=1))
    bench.one.share(NAME, Budget(500, 0, HALF_PAST))
    bench.one.share(NAME, later)

    bench.other.share(NAME, Budget(500, 0, HALF_PAST))

    assert bench.one.known(NAME) == later


def test_a_closure_is_only_ever_prolonged(bench: Bench) -> None:
    bench.one.share(NAME, Budget(closed_until=HALF_PAST))

    bench.other.share(NAME, Budget(500, 100, HALF_PAST, closed_until=NOON + timedelta(minutes=1)))

    assert bench.one.known(NAME) == Budget(500, 100, HALF_PAST, HALF_PAST)


def test_what_is_over_does_not_count_any_more(bench: Bench) -> None:
    bench.one.share(NAME, Budget(500, 0, HALF_PAST, NOON + timedelta(minutes=10)))

    bench.clock.turn(seconds=600)
    assert bench.one.known(NAME) == Budget(500, 0, HALF_PAST)
    bench.clock.turn(seconds=1200)
    assert bench.one.known(NAME) == Budget()


# DynamoDB alone


def test_a_budget_can_be_read_in_the_console(
    client: Any, on_dynamodb: Callable[..., DynamoBudgets]
) -> None:
    on_dynamodb().share(NAME, Budget(500, 24, HALF_PAST, HALF_PAST))

    (item,) = client.scan(TableName="WatermarksTable")["Items"]
    assert from_item(item) == {
        "stream": "budget visma norway",
        "version": 1,
        "limit": 500,
        "remaining": 24,
        "resets_at": "2026-11-24T12:30:00.000000Z",
        "closed_until": "2026-11-24T12:30:00.000000Z",
    }


def test_two_who_tell_at_the_same_time_are_both_heard(
    client: Any, on_dynamodb: Callable[..., DynamoBudgets]
) -> None:
    watched = Watched(client)

    def interfere() -> None:
        del watched.after["get_item"]
        on_dynamodb().share(NAME, Budget(closed_until=HALF_PAST))

    watched.after["get_item"] = interfere

    on_dynamodb(watched).share(NAME, Budget(500, 24, HALF_PAST))

    assert on_dynamodb().known(NAME) == Budget(500, 24, HALF_PAST, HALF_PAST)


def test_who_has_nothing_new_to_tell_writes_nothing(
    client: Any, on_dynamodb: Callable[..., DynamoBudgets]
) -> None:
    watched = Watched(client)
    on_dynamodb().share(NAME, Budget(500, 24, HALF_PAST))

    on_dynamodb(watched).share(NAME, Budget(500, 40, HALF_PAST))

    assert [name for name, _ in watched.calls] == ["get_item"]


def test_who_is_always_forestalled_gives_up_and_says_so(
    client: Any, on_dynamodb: Callable[..., DynamoBudgets]
) -> None:
    watched = Watched(client)
    watched.answers["put_item"] = [refusal("ConditionalCheckFailedException")] * SHARE_ATTEMPTS

    with pytest.raises(RetryableError, match="budget visma norway"):
        on_dynamodb(watched).share(NAME, Budget(500, 24, HALF_PAST))


@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDeniedException"])
@pytest.mark.parametrize("call", ["get_item", "put_item"])
def test_a_table_that_cannot_be_used_is_an_error_of_ours(
    client: Any, on_dynamodb: Callable[..., DynamoBudgets], code: str, call: str
) -> None:
    watched = Watched(client)
    watched.answers[call] = [refusal(code)]

    with pytest.raises(ConnectorError, match=code):
        on_dynamodb(watched).share(NAME, Budget(500, 24, HALF_PAST))


@pytest.mark.parametrize(
    "values",
    [
        {"remaining": "many"},
        {"resets_at": "soon"},
        {"resets_at": 7},
        {"closed_until": "2026-11-24T12:30:00"},
        {"version": "one"},
    ],
)
def test_a_row_that_somebody_broke_is_named(
    client: Any, on_dynamodb: Callable[..., DynamoBudgets], values: dict[str, Any]
) -> None:
    item = to_item({"stream": "budget visma norway", **values})
    client.put_item(TableName="WatermarksTable", Item=item)

    with pytest.raises(ConfigurationError, match=r"budget visma norway.*delete it"):
        on_dynamodb().known(NAME)
    with pytest.raises(ConfigurationError, match=r"budget visma norway.*delete it"):
        on_dynamodb().share(NAME, Budget(500, 24, HALF_PAST))
