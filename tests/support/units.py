"""What requests to AWS cost: request units of DynamoDB by its own rules, calls of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from typing import Any

import pytest
from botocore.client import BaseClient

READ_UNIT, WRITE_UNIT = 4096, 1024

Item = dict[str, dict[str, Any]]


@dataclass
class Used:
    """What was asked of AWS within a stretch of work."""

    read_units: float = 0.0
    write_units: float = 0.0
    calls: Counter[str] = field(default_factory=Counter)

    def of(self, service: str) -> int:
        """How many calls a service got."""
        return sum(count for name, count in self.calls.items() if name.startswith(f"{service}."))


class Meter:
    """Counts the units of each call to DynamoDB, indexes among them."""

    def __init__(self, original: Any, used: Used) -> None:
        self._original = original
        self._used = used
        self._indexes: dict[str, list[set[str]]] = {}

    def call(self, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        """Makes the call and counts it."""
        service = client.meta.service_model.service_name
        self._used.calls[f"{service}.{operation}"] += 1
        answer = self._original(client, operation, arguments)
        if service == "dynamodb":
            self._read(client, operation, arguments, answer)
            self._write(client, operation, arguments)
        return answer

    def _read(
        self, client: Any, operation: str, arguments: dict[str, Any], answer: dict[str, Any]
    ) -> None:
        is_strong = arguments.get("ConsistentRead", False)
        if operation == "GetItem":
            self._count_read(size(answer.get("Item", {})), is_strong=is_strong)
        elif operation in ("Query", "Scan"):
            if "Items" not in answer:  # what is only counted is read all the same
                shown = {key: value for key, value in arguments.items() if key != "Select"}
                answer = self._original(client, operation, shown)
            self._count_read(sum(map(size, answer["Items"])), is_strong=is_strong)
        elif operation == "BatchGetItem":
            for table, items in answer["Responses"].items():
                strong = arguments["RequestItems"][table].get("ConsistentRead", False)
                for item in items:
                    self._count_read(size(item), is_strong=strong)

    def _count_read(self, size: int, *, is_strong: bool) -> None:
        self._used.read_units += max(1, ceil(size / READ_UNIT)) * (1.0 if is_strong else 0.5)

    def _write(self, client: Any, operation: str, arguments: dict[str, Any]) -> None:
        if operation in ("PutItem", "UpdateItem", "DeleteItem"):
            self._count_write(client, arguments, times=1)
        elif operation == "BatchWriteItem":
            for table, requests in arguments["RequestItems"].items():
                for request in requests:
                    (written,) = request.values()
                    self._count_write(client, {"TableName": table, **written}, times=1)
        elif operation == "TransactWriteItems":
            for action in arguments["TransactItems"]:
                (written,) = action.values()
                self._count_write(client, written, times=2)

    def _count_write(self, client: Any, written: dict[str, Any], *, times: int) -> None:
        """An item, and a copy in each index whose keys it has; a transaction costs it twice."""
        table = written["TableName"]
        item = written.get("Item") or self._stored(client, table, written["Key"])
        units = max(1, ceil(size(item) / WRITE_UNIT))
        copies = sum(keys <= item.keys() for keys in self._indexes_of(client, table))
        self._used.write_units += units * (times + copies)

    def _stored(self, client: Any, table: str, key: Item) -> Item:
        found: Item = self._original(client, "GetItem", {"TableName": table, "Key": key}).get(
            "Item", {}
        )
        return found

    def _indexes_of(self, client: Any, table: str) -> list[set[str]]:
        if table not in self._indexes:
            told = self._original(client, "DescribeTable", {"TableName": table})["Table"]
            self._indexes[table] = [
                {key["AttributeName"] for key in index["KeySchema"]}
                for index in told.get("GlobalSecondaryIndexes", [])
            ]
        return self._indexes[table]


@contextmanager
def metered() -> Iterator[Used]:
    """What is asked of AWS within."""
    used = Used()
    meter = Meter(BaseClient._make_api_call, used)  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patched:
        # A function, not the method: only a function is given the client when it is called.
        call = lambda *each: meter.call(*each)  # noqa: E731, PLW0108
        patched.setattr(BaseClient, "_make_api_call", call)
        yield used


def size(item: Item) -> int:
    """Bytes of an item as DynamoDB counts them, near enough: names and values."""
    return sum(len(name.encode()) + _size_of(value) for name, value in item.items())


def _size_of(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "M":
        return 3 + size(content)
    if kind == "L":
        return 3 + sum(1 + _size_of(each) for each in content)
    if kind in ("SS", "NS"):
        return sum(len(each.encode()) for each in content)
    return len(content.encode()) if isinstance(content, str) else 1
