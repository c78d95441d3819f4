"""How DynamoDB is spoken to: items, pages, batches and transactions. Knows no table by name."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from botocore.exceptions import ClientError

from connector.adapters.aws.errors import Client, answering, code_of
from connector.adapters.aws.wire.attribute_values import plain_members, to_attribute
from connector.domain.errors import ConflictError, RetryableError

Item: TypeAlias = dict[str, Any]
"""A row, as plain values or in the form that DynamoDB takes."""

Values: TypeAlias = Mapping[str, Any]
"""Plain values by the names of their attributes."""

LARGEST_TRANSACTION = 100
LARGEST_BATCH = 100
BATCH_ATTEMPTS = 8
FIRST_PAUSE = 0.05
THROTTLED = frozenset({"ProvisionedThroughputExceeded", "ThrottlingError"})


class NotWrittenError(ConflictError):
    """A transaction whose conditions did not hold.

    `current_rows` has the item that was in the way, by its position in the transaction; an empty
    one where there is none, or where it was not asked for.
    """

    def __init__(self, current_rows: Mapping[int, Item]) -> None:
        super().__init__("the rows moved on since they were read")
        self.current_rows = current_rows


def to_item(values: Values) -> Item:
    """Plain values as DynamoDB wants them."""
    return {name: to_attribute(value) for name, value in values.items()}


def from_item(item: Values) -> Item:
    """A stored item as plain values: no Decimal, no set."""
    return plain_members(item)


def aliases(*expressions: str) -> dict[str, str]:
    """The names in some expressions, where `#name` always stands for the attribute `name`."""
    names = re.findall(r"#(\w+)", " ".join(expressions))
    return {f"#{name}": name for name in names}


def pages(call: Callable[..., Any], **request: Any) -> Iterator[Item]:
    """Every item that a Query or a Scan finds, page after page."""
    while True:
        with answering("DynamoDB"):
            page = call(**request)
        yield from map(from_item, page["Items"])
        if not page.get("LastEvaluatedKey"):
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def counted_pages(call: Callable[..., Any], **request: Any) -> Iterator[int]:
    """How many items a Query or a Scan finds, page after page; none of them is fetched."""
    while True:
        with answering("DynamoDB"):
            page = call(Select="COUNT", **request)
        yield page["Count"]
        if not page.get("LastEvaluatedKey"):
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def batch_get(
    client: Client, table: str, keys: Sequence[Mapping[str, str]], **options: Any
) -> Iterator[Item]:
    """The items with these keys that exist, strongly consistent, in no order."""
    for start in range(0, len(keys), LARGEST_BATCH):
        chunk = [to_item(key) for key in keys[start : start + LARGEST_BATCH]]
        request = {table: {"Keys": chunk, "ConsistentRead": True, **options}}
        yield from _whole_batch(client, table, request)


def update_one(client: Client, update: Values) -> None:
    """Updates one item under a condition.

    Raises:
        NotWrittenError: the condition does not hold.
        ConflictError: someone else was writing the same row.
    """
    try:
        with answering("DynamoDB"):
            client.update_item(**update)
    except ClientError as error:
        if code_of(error) == "TransactionConflictException":
            raise ConflictError("someone else was writing the same row") from error
        if code_of(error) != "ConditionalCheckFailedException":
            raise
        in_the_way: Any = error.response.get("Item", {})
        raise NotWrittenError({0: from_item(in_the_way)}) from error


def delete_all(client: Client, table: str, keys: Iterable[Values]) -> None:
    """Deletes the items with these keys, one by one: whatever stops it, the rest is still there."""
    for key in keys:
        with answering("DynamoDB"):
            client.delete_item(TableName=table, Key=to_item(key))


def transact(client: Client, actions: Sequence[Values]) -> None:
    """Writes all of it or nothing.

    Raises:
        NotWrittenError: a condition did not hold.
        ConflictError: someone else was writing the same rows.
    """
    try:
        with answering("DynamoDB"):
            client.transact_write_items(TransactItems=actions)
    except ClientError as error:
        if code_of(error) != "TransactionCanceledException":
            raise
        reasons: Any = error.response.get("CancellationReasons", [])
        translated = _translated(reasons)
        if translated is None:
            raise
        raise translated from error


def _whole_batch(client: Client, table: str, request: Any) -> Iterator[Item]:
    for attempt in range(BATCH_ATTEMPTS):
        with answering("DynamoDB"):
            answer = client.batch_get_item(RequestItems=request)
        yield from map(from_item, answer["Responses"].get(table, ()))
        request = answer.get("UnprocessedKeys")
        if not request:
            return
        time.sleep(FIRST_PAUSE * 2**attempt)
    raise RetryableError("DynamoDB is busy: it left keys of a batch unread")


def _translated(reasons: Sequence[Values]) -> RetryableError | None:
    codes = [reason.get("Code") for reason in reasons]
    if "ConditionalCheckFailed" in codes:
        return NotWrittenError(
            {
                position: from_item(reason.get("Item", {}))
                for position, reason in enumerate(reasons)
                if reason.get("Code") == "ConditionalCheckFailed"
            }
        )
    if "TransactionConflict" in codes:
        return ConflictError("someone else is writing the same rows")
    if THROTTLED.intersection(map(str, codes)):
        return RetryableError("DynamoDB is busy: it throttled a transaction")
    return None
