"""The `MappingsTable` in DynamoDB. What a row means is in `domain.mapping_rows`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.adapters.dynamodb import LARGEST_TRANSACTION, pages, to_item, transact
from connector.domain.mapping_rows import difference, from_rows, row_key, to_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.adapters.aws import Client
    from connector.domain.mapping import MappingFile


class DynamoMappings:
    """The controller's mapping, one row a rule."""

    def __init__(self, client: Client, table: str) -> None:
        self._client = client
        self._table = table

    def load(self) -> MappingFile:
        """The mapping as it is now."""
        return from_rows(self.rows())

    def rows(self) -> list[dict[str, Any]]:
        """The rows as they rest."""
        found = pages(self._client.scan, TableName=self._table, ConsistentRead=True)
        return sorted(found, key=row_key)

    def replace(self, mapping: MappingFile) -> tuple[int, int]:
        """Makes the table hold exactly this mapping; how many rows were written and removed."""
        written, removed = difference(self.rows(), to_rows(mapping))
        actions = [*map(self._put, written), *map(self._delete, removed)]
        for start in range(0, len(actions), LARGEST_TRANSACTION):
            transact(self._client, actions[start : start + LARGEST_TRANSACTION])
        return len(written), len(removed)

    def _put(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {"Put": {"TableName": self._table, "Item": to_item(row)}}

    def _delete(self, row: Mapping[str, Any]) -> dict[str, Any]:
        key = {"company": row["company"], "rule": row["rule"]}
        return {"Delete": {"TableName": self._table, "Key": to_item(key)}}
