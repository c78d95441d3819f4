"""The `MappingsTable` in DynamoDB. What a row means is in `domain.mapping_rows`.

An import puts a sentinel into the table before it reads the rows, and removes it with its last row:
nobody else imports meanwhile. One of more rows than a transaction takes says so in it: a reader in
between is sent away, and never sees half a mapping.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from connector.adapters.aws.dynamodb import (
    LARGEST_TRANSACTION,
    Item,
    NotWrittenError,
    Values,
    aliases,
    pages,
    to_item,
    transact,
    update_one,
)
from connector.domain.errors import ConfigurationError, ConflictError, RetryableError
from connector.domain.mapping.rows import (
    IMPORT_SENTINEL,
    difference,
    digest,
    from_rows,
    must_be_as_seen,
    row_key,
    to_rows,
    under_way,
)
from connector.domain.records.times import timestamp
from connector.ports.state import nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from connector.adapters.aws.errors import Client
    from connector.domain.mapping.model import MappingFile
    from connector.ports.clock import Clock

IMPORT_SECONDS = 120.0
"""Longer than the largest import takes; a sentinel older than that is of one that was cut short."""

SENTINEL_KEY = dict(zip(("company", "rule"), IMPORT_SENTINEL, strict=True))
MINE = "#owner = :mine"
FREE = "attribute_not_exists(#company) OR #until <= :now"
CUT_SHORT = (
    "an import of the mapping was cut short and left a part of it in the table;"
    " import the file again, or go back with: connector mappings rollback"
)

OVERTAKEN = (
    "this import took longer than two minutes and another one has taken its place:"
    " look with `connector mappings diff` and say it again"
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
        if sentinel and sentinel.get("before"):
            self._refuse_while_under_way(sentinel)
            if _is_half(sentinel, rows):
                raise ConfigurationError(CUT_SHORT)
        return from_rows(rows)

    def rows(self) -> list[Item]:
        """The rows as they are stored."""
        return self._read()[0]

    def replace(
        self, mapping: MappingFile, seen: str | None = None, first: Callable[[], None] = nothing
    ) -> tuple[int, int]:
        """Makes the table hold exactly this mapping; how many rows were written and removed.

        Imports take turns: the rows are read once it is this one's turn, and none is written once
        it is over. Whoever edits a row by hand asks nobody for a turn: until the rows are read the
        import is refused for it; a moment later the edit counts as made before the import where
        that writes the row, and after it where not.

        Raises:
            RetryableError: another import is under way; nothing was written.
            ConflictError: the rows are others than were seen, and nothing was written; or it took
                so long that its turn was over, and the rows are those of whoever came then.
        """
        owner = self._take_turn()
        try:
            (resting, sentinel), wanted = self._read(), to_rows(mapping)
            must_be_as_seen(resting, seen)
            first()
            written, removed = difference(resting, wanted)
            actions = [*map(self._put, written), *map(self._delete, removed)]
            self._write(owner, actions, _promised(sentinel or {}, resting, wanted))
        except Exception:
            # No one is at it any more: let the operator import again, and readers be told so.
            with suppress(RetryableError):
                self._give_up(owner)
            raise
        return len(written), len(removed)

    def _write(self, owner: str, actions: Sequence[Action], promised: Values) -> None:
        """In as many transactions as it takes, each in this import's turn.

        Of more than one, readers are told first, and come back to a whole mapping: the sentinel
        goes with the last portion. One alone is never seen half.
        """
        size = LARGEST_TRANSACTION - 1
        portions = [actions[start : start + size] for start in range(0, len(actions), size)] or [()]
        if len(portions) > 1:
            update_one(self._client, self._keep_turn(owner, promised)["Update"])
        for portion in portions[:-1]:
            self._transact([self._keep_turn(owner), *portion])
        self._transact([*portions[-1], self._end_turn(owner)])

    def _transact(self, actions: Sequence[Action]) -> None:
        try:
            transact(self._client, actions)
        except NotWrittenError as error:
            raise ConflictError(OVERTAKEN) from error

    def _read(self) -> tuple[list[Item], Item | None]:
        """The rows of the mapping, and the sentinel of an import if there is one."""
        found = list(pages(self._client.scan, TableName=self._table, ConsistentRead=True))
        sentinel = next((row for row in found if row_key(row) == IMPORT_SENTINEL), None)
        rows = (row for row in found if row_key(row) != IMPORT_SENTINEL)
        return sorted(rows, key=row_key), sentinel

    def _refuse_while_under_way(self, sentinel: Values) -> None:
        wait = (datetime.fromisoformat(sentinel["until"]) - self._clock.now()).total_seconds()
        if wait > 0:
            raise under_way()

    def _take_turn(self) -> str:
        """The owner of the turn. What a sentinel says of an import that was cut short stays."""
        owner = uuid4().hex
        values = {"owner": owner, "until": self._over_at()}
        given = {":now": timestamp(self._clock.now())}
        try:
            update_one(self._client, self._sentinel(values, FREE, given)["Update"])
        except ConflictError as error:
            raise under_way() from error
        return owner

    def _keep_turn(self, owner: str, values: Values | None = None) -> Action:
        """Goes on with a turn, for as long as it is this owner's."""
        return self._sentinel({**(values or {}), "until": self._over_at()}, MINE, {":mine": owner})

    def _end_turn(self, owner: str) -> Action:
        return {
            "Delete": {
                "TableName": self._table,
                "Key": to_item(SENTINEL_KEY),
                "ConditionExpression": MINE,
                "ExpressionAttributeNames": aliases(MINE),
                "ExpressionAttributeValues": to_item({":mine": owner}),
            }
        }

    def _give_up(self, owner: str) -> None:
        """Lets others come; that a part may have been written stays said."""
        if (self._read()[1] or {}).get("before"):
            over = {"until": timestamp(self._clock.now())}
            update_one(self._client, self._sentinel(over, MINE, {":mine": owner})["Update"])
        else:
            transact(self._client, [self._end_turn(owner)])

    def _over_at(self) -> str:
        return timestamp(self._clock.now() + timedelta(seconds=IMPORT_SECONDS))

    def _sentinel(self, values: Values, condition: str, given: Values) -> Action:
        update = "SET " + ", ".join(f"#{name} = :{name}" for name in values)
        stored = {f":{name}": value for name, value in values.items()}
        return {
            "Update": {
                "TableName": self._table,
                "Key": to_item(SENTINEL_KEY),
                "UpdateExpression": update,
                "ConditionExpression": condition,
                "ExpressionAttributeNames": aliases(update, condition),
                "ExpressionAttributeValues": to_item({**given, **stored}),
            }
        }

    def _put(self, row: Values) -> Action:
        return {"Put": {"TableName": self._table, "Item": to_item(row)}}

    def _delete(self, row: Values) -> Action:
        key = {"company": row["company"], "rule": row["rule"]}
        return {"Delete": {"TableName": self._table, "Key": to_item(key)}}


def _promised(sentinel: Values, resting: Sequence[Item], wanted: Sequence[Item]) -> Item:
    """Between which two mappings an import in portions leaves the table, by their digests.

    Where it heals what another has left half, that half is no mapping to be left.
    """
    before, after = digest(resting), digest(wanted)
    return {"before": sentinel["before"] if _is_half(sentinel, resting) else before, "after": after}


def _is_half(sentinel: Values, resting: Sequence[Item]) -> bool:
    """Whether an import in portions has written some of its rows, and not all."""
    whole = (sentinel.get("before"), sentinel.get("after"))
    return bool(whole[0]) and digest(resting) not in whole
