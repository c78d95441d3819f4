"""The mode is kept in the same way in memory and in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connector.adapters.aws.watermarks.modes import DynamoModes
from connector.adapters.aws.watermarks.table import WatermarksTable
from connector.adapters.memory import InMemoryModes
from connector.domain.records.mode import Mode, ModeName
from connector.ports.state import Modes
from tests.contract.bench import NOON, aws, make_table


@pytest.fixture
def client() -> Iterator[Any]:
    with aws("dynamodb") as client:
        make_table(client, "WatermarksTable")
        yield client


@pytest.fixture(params=["memory", "dynamodb"])
def modes(request: pytest.FixtureRequest, client: Any) -> Modes:
    if request.param == "memory":
        return InMemoryModes()
    return DynamoModes(WatermarksTable(client, "WatermarksTable"))


def test_where_none_was_ever_said_it_is_off(modes: Modes) -> None:
    assert modes.current() == Mode()
    assert modes.current().is_off


@pytest.mark.parametrize("name", ModeName)
def test_a_mode_is_kept_with_its_moment_and_its_reason(modes: Modes, name: ModeName) -> None:
    modes.save(Mode(name, NOON, "the books are closed"))

    assert modes.current() == Mode(name, NOON, "the books are closed")


@pytest.mark.parametrize("word", ["LIVE", "on", "", "dry"])
def test_a_row_that_cannot_be_read_is_off(client: Any, word: str) -> None:
    item = {"stream": {"S": "mode"}, "name": {"S": word}}
    client.put_item(TableName="WatermarksTable", Item=item)

    assert DynamoModes(WatermarksTable(client, "WatermarksTable")).current().is_off
