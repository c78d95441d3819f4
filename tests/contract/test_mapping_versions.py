"""Mappings are numbered alike in memory and in DynamoDB, by whoever announces them first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from connector.adapters.aws.watermarks.mappings.versions import (
    DynamoMappingVersions,
)
from connector.adapters.aws.watermarks.table import WatermarksTable
from connector.adapters.memory import InMemoryMappingVersions
from connector.domain.mapping.versions import HandledMapping
from connector.ports.state import AnnouncedMapping, MappingVersions
from tests.contract.bench import aws, make_table

TABLE = "WatermarksTable"


@pytest.fixture
def client() -> Iterator[Any]:
    with aws("dynamodb") as client:
        make_table(client, TABLE)
        yield client


@pytest.fixture(params=["memory", "dynamodb"])
def versions(request: pytest.FixtureRequest, client: Any) -> MappingVersions:
    if request.param == "memory":
        return InMemoryMappingVersions()
    return DynamoMappingVersions(WatermarksTable(client, TABLE))


def test_where_nothing_was_announced_there_is_no_number(versions: MappingVersions) -> None:
    assert versions.announced() == AnnouncedMapping()


def test_every_other_mapping_gets_the_next_number(versions: MappingVersions) -> None:
    assert [versions.announce(digest) for digest in ("a", "b", "b", "a")] == [1, 2, 2, 3]
    assert versions.announced() == AnnouncedMapping("a", 3)


def test_one_that_an_earlier_version_announced_is_followed_by_the_first(client: Any) -> None:
    client.put_item(
        TableName=TABLE, Item={"stream": {"S": "mapping announced"}, "digest": {"S": "a"}}
    )
    versions = DynamoMappingVersions(WatermarksTable(client, TABLE))

    assert versions.announced() == AnnouncedMapping("a", 0)
    assert versions.announce("a") == 0
    assert versions.announce("b") == 1


def test_of_two_who_announce_at_once_each_gets_a_number_of_its_own(client: Any) -> None:
    one = DynamoMappingVersions(WatermarksTable(client, TABLE))
    other = DynamoMappingVersions(Meanwhile(client, lambda: one.announce("a")))

    assert other.announce("b") == 2
    assert one.announced() == AnnouncedMapping("b", 2)


class Meanwhile(WatermarksTable):
    """A table to which someone else writes between the first read and the write."""

    def __init__(self, client: Any, write: Any) -> None:
        super().__init__(client, TABLE)
        self.write = write

    def read(self, stream: str) -> dict[str, Any]:
        row = super().read(stream)
        write, self.write = self.write, lambda: None
        write()
        return row


def test_announcing_asks_for_no_more_than_the_releaser_may_do(client: Any) -> None:
    class Releasers:
        """`GetItem` and `PutItem`, as in the template."""

        get_item, put_item = client.get_item, client.put_item

    assert DynamoMappingVersions(WatermarksTable(Releasers, TABLE)).announce("a") == 1


# Up to which mapping everybody has been looked at.


def test_what_has_been_handled_is_remembered_for_each_company_and_rule(
    versions: MappingVersions,
) -> None:
    whole = {"norway": {"company": "a", "location Oslo": "b", "location Bø i Telemark": ""}}
    handled = HandledMapping("d", whole, datetime(2026, 3, 2, 8, tzinfo=UTC), is_settled=True)
    assert versions.handled() == HandledMapping()

    versions.save_handled(handled)

    assert versions.handled() == handled


def test_what_an_earlier_version_handled_is_looked_at_again(client: Any) -> None:
    whole = {"M": {"norway": {"S": "a digest of all its rules"}}}
    item = {"stream": {"S": "mapping handled"}, "digest": {"S": "d"}, "whole": whole}
    client.put_item(TableName=TABLE, Item=item)

    assert DynamoMappingVersions(WatermarksTable(client, TABLE)).handled().whole == {}


def test_any_number_of_locations_is_remembered(client: Any) -> None:
    versions = DynamoMappingVersions(WatermarksTable(client, TABLE))
    rows = {f"location {number} {'x' * 60}": "0123456789abcdef" for number in range(6000)}

    versions.save_handled(HandledMapping("d", {"norway": rows}))

    assert versions.handled().whole == {"norway": rows}
