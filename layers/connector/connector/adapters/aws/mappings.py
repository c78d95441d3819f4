"""The `MappingsTable` in DynamoDB. What a row means is in `domain.mapping_rows`.

An import of more rows than one transaction takes puts a sentinel into the table first and removes
it with its last row: a reader in between is sent away, and never sees half a mapping.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from connector.adapters.aws.dynamodb import (
    LARGEST_TRANSACTION,
    Item,
    Values,
    aliases,
    pages,
    to_item,
    transact,
)
from connector.adapters.aws.errors import answering, code_of
from connector.domain.errors import ConfigurationError, RetryableError
from connector.domain.mapping.rows import (
    IMPORT_SENTINEL,
    difference,
    digest,
    from_rows,
    row_key,
    to_rows,
)
from connector.domain.records.times import timestamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.adapters.aws.errors import Client
    from connector.domain.mapping.model import MappingFile
    from connector.ports.clock import Clock

IMPORT_SECONDS = 120.0
"""Longer than the largest import takes; a sentinel older than that is of one that was cut short."""

SENTINEL_KEY = dict(zip(("company", "rule"), IMPORT_SENTINEL, strict=True))
FREE = "attribute_not_exists(#company) OR #until <= :now"
CUT_SHORT = (
    "an import of the mapping was cut short and left a part of it in the table;"
    " import the file again, or go back with: connector mappings rollback"
)

Action = Item


class DynamoMappings:
    """The controller's mapping, one row a rule."""

    def __init__(self, clock: Clock, client: Client, table: str) -> None:
        self._clock = clock
        self._client = client
        self._table = table

    def load(self) -> MappingFile:
        """The mapping as it is now.

        Raises:
            RetryableError: an import is under way.
            ConfigurationError: there is none, its rows make no sense, or an import was cut short.
        """
        rows, sentinel = self._read()
        if sentinel:
            self._refuse_while_under_way(sentinel)
            if sentinel.get("before") and digest(rows) not in (
                sentinel["before"],
                sentinel["after"],
            ):
                raise ConfigurationError(CUT_SHORT)
        return from_rows(rows)

    def rows(self) -> list[Item]:
        """The rows as they are stored."""
        return self._read()[0]

    def replace(self, mapping: MappingFile) -> tuple[int, int]:
        """Makes the table hold exactly this mapping; how many rows were written and removed.

        Raises:
            RetryableError: another import is under way.
        """
        (resting, sentinel), wanted = self._read(), to_rows(mapping)
        if sentinel:
            self._refuse_while_under_way(sentinel)
        written, removed = difference(resting, wanted)
        gone = [*removed, sentinel] if sentinel else removed
        actions = [*map(self._put, written), *map(self._delete, gone)]
        if len(actions) <= LARGEST_TRANSACTION:
            self._transact(actions)
        else:
            self._replace_in_portions(actions, digest(resting), digest(wanted))
        return len(written), len(removed)

    def _replace_in_portions(self, actions: Sequence[Action], before: str, after: str) -> None:
        """The sentinel goes with the last portion, so that readers come back to a whole mapping."""
        sentinel = {**SENTINEL_KEY, "before": before, "after": after}
        self._put_sentinel(sentinel, until=self._clock.now() + timedelta(seconds=IMPORT_SECONDS))
        remove_sentinel = self._delete(sentinel)
        try:
            self._transact(
                [*(action for action in actions if action != remove_sentinel), remove_sentinel]
            )
        except Exception:
            # No one is at it any more: let the operator import again, and readers be told so.
            with suppress(RetryableError):
                self._put_sentinel(sentinel, until=self._clock.now(), is_ours=True)
            raise

    def _transact(self, actions: Sequence[Action]) -> None:
        for start in range(0, len(actions), LARGEST_TRANSACTION):
            transact(self._client, actions[start : start + LARGEST_TRANSACTION])

    def _read(self) -> tuple[list[Item], Item | None]:
        """The rows of the mapping, and the sentinel of an import if there is one."""
        found = list(pages(self._client.scan, TableName=self._table, ConsistentRead=True))
        sentinel = next((row for row in found if row_key(row) == IMPORT_SENTINEL), None)
        rows = (row for row in found if row_key(row) != IMPORT_SENTINEL)
        return sorted(rows, key=row_key), sentinel

    def _refuse_while_under_way(self, sentinel: Values) -> None:
        wait = (datetime.fromisoformat(sentinel["until"]) - self._clock.now()).total_seconds()
        if wait > 0:
            raise _under_way()

    def _put_sentinel(self, sentinel: Item, *, until: datetime, is_ours: bool = False) -> None:
        free = {
            "ConditionExpression": FREE,
            "ExpressionAttributeNames": aliases(FREE),
            "ExpressionAttributeValues": to_item({":now": timestamp(self._clock.now())}),
        }
        try:
            with answering("DynamoDB"):
                self._client.put_item(
                    TableName=self._table,
                    Item=to_item({**sentinel, "until": timestamp(until)}),
                    **({} if is_ours else free),
                )
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            raise _under_way() from error

    def _put(self, row: Values) -> Action:
        return {"Put": {"TableName": self._table, "Item": to_item(row)}}

    def _delete(self, row: Values) -> Action:
        key = {"company": row["company"], "rule": row["rule"]}
        return {"Delete": {"TableName": self._table, "Key": to_item(key)}}


def _under_way() -> RetryableError:
    return RetryableError("a mapping import is under way; it is over within two minutes")
