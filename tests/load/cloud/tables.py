"""Tables as DynamoDB keeps them, with the template's indexes, and the units each call costs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any, TypeAlias

from botocore.exceptions import ClientError

from tests.load.cloud.expressions import Item, condition, plain, update
from tests.support.units import READ_UNIT, WRITE_UNIT, Used, size

Key: TypeAlias = tuple[str, ...]
Request: TypeAlias = Mapping[str, Any]

LARGEST_PAGE = 1024 * 1024
NOT_FULFILLED = "ConditionalCheckFailed"
UNLIKE_MOTO = "the tables of tests/load know nothing of"


@dataclass
class Stored:
    """A row and how large it is."""

    item: Item
    size: int


@dataclass
class Index:
    """The rows of a table under other keys."""

    keys: tuple[str, ...]
    rows: dict[str, dict[Key, Stored]] = field(default_factory=dict)

    def holds(self, item: Item) -> bool:
        """Whether a row has every key of the index."""
        return all(name in item for name in self.keys)

    def put(self, key: Key, row: Stored) -> None:
        """Shows a row."""
        self.rows.setdefault(row.item[self.keys[0]]["S"], {})[key] = row

    def drop(self, key: Key, row: Stored) -> None:
        """Shows it no longer."""
        del self.rows[row.item[self.keys[0]]["S"]][key]


class Table:
    """One table; nobody outside may change an item that it hands out."""

    def __init__(self, properties: Request) -> None:
        self.keys = tuple(each["AttributeName"] for each in properties["KeySchema"])
        self.rows: dict[Key, Stored] = {}
        self.main = Index(self.keys)
        self.indexes = {
            each["IndexName"]: Index(tuple(one["AttributeName"] for one in each["KeySchema"]))
            for each in properties.get("GlobalSecondaryIndexes", ())
        }

    def key_of(self, item: Item) -> Key:
        """Where a row lies."""
        return tuple(item[name]["S"] for name in self.keys)

    def get(self, key: Item) -> Stored | None:
        """The row with this key."""
        return self.rows.get(self.key_of(key))

    def put(self, item: Item) -> int:
        """Makes this the row under its key; the units of one that is written singly."""
        self.drop(item)
        item = json.loads(json.dumps(item))  # as it travels: no object of the connector's stays
        key, row = self.key_of(item), Stored(item, size(item))
        self.rows[key] = row
        self.main.put(key, row)
        copies = [index for index in self.indexes.values() if index.holds(item)]
        for index in copies:
            index.put(key, row)
        return max(1, ceil(row.size / WRITE_UNIT)) * (1 + len(copies))

    def drop(self, item: Item) -> None:
        """Takes the row with the key of this one away, if there is one."""
        key = self.key_of(item)
        if row := self.rows.pop(key, None):
            self.main.drop(key, row)
            for index in self.indexes.values():
                if index.holds(row.item):
                    index.drop(key, row)


class Tables:
    """All tables of a stack."""

    def __init__(self, tables: Mapping[str, Request], used: Used) -> None:
        self.tables = {name: Table(properties) for name, properties in tables.items()}
        self.used = used

    def get_item(self, request: Request) -> dict[str, Any]:
        """One row."""
        row = self.tables[request["TableName"]].get(request["Key"])
        self._read(row.size if row else 0, request)
        return {"Item": row.item} if row else {}

    def batch_get_item(self, request: Request) -> dict[str, Any]:
        """Up to a hundred rows; each costs a read of its own."""
        found: dict[str, list[Item]] = {}
        for name, asked in request["RequestItems"].items():
            rows = [self.tables[name].get(key) for key in asked["Keys"]]
            there = [row for row in rows if row]
            for row in there:
                self._read(row.size, asked)
            found[name] = [_shown(row.item, asked) for row in there]
        return {"Responses": found, "UnprocessedKeys": {}}

    def query(self, request: Request) -> dict[str, Any]:
        """The rows under one key of the table or an index, page by page."""
        table = self.tables[request["TableName"]]
        index = table.indexes[request["IndexName"]] if "IndexName" in request else table.main
        names, given = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]
        wanted = condition(request["KeyConditionExpression"])
        first = f"#{index.keys[0]} = "
        if not request["KeyConditionExpression"].startswith(first):
            raise NotImplementedError(f"{UNLIKE_MOTO} {request['KeyConditionExpression']}")
        hashed = request["KeyConditionExpression"].removeprefix(first).split()[0]
        rows = index.rows.get(given[hashed]["S"], {})
        ordered = sorted(
            (item for item in rows.items() if wanted(item[1].item, names, given)),
            key=lambda each: _sorted_by(each, index),
            reverse=not request.get("ScanIndexForward", True),
        )
        return self._page(table, ordered, request)

    def scan(self, request: Request) -> dict[str, Any]:
        """Every row of a table, page by page."""
        table = self.tables[request["TableName"]]
        return self._page(table, sorted(table.rows.items()), request)

    def _page(
        self, table: Table, rows: Sequence[tuple[Key, Stored]], request: Request
    ) -> dict[str, Any]:
        start = _start(rows, table, request)
        taken, bytes_read, last = list[Stored](), 0, None
        for place, (_, row) in enumerate(rows[start:], start + 1):
            taken.append(row)
            bytes_read += row.size
            is_full = bytes_read >= LARGEST_PAGE or len(taken) == request.get("Limit")
            if is_full and place < len(rows):
                last = {name: row.item[name] for name in table.keys}
                break
        self._read(bytes_read, request)
        shown = list(_kept((row.item for row in taken), request))
        answer: dict[str, Any] = {"Count": len(shown), "ScannedCount": len(taken)}
        if request.get("Select") != "COUNT":
            answer["Items"] = [_shown(item, request) for item in shown]
        return {**answer, "LastEvaluatedKey": last} if last else answer

    def put_item(self, request: Request) -> dict[str, Any]:
        """Writes a row, under a condition where there is one."""
        self._demand(request, request["Item"], "PutItem")
        self.used.write_units += self.tables[request["TableName"]].put(request["Item"])
        return {}

    def update_item(self, request: Request) -> dict[str, Any]:
        """Changes a row, or makes one."""
        self._demand(request, request["Key"], "UpdateItem")
        before, after, changed = self._updated(request)
        self.used.write_units += self.tables[request["TableName"]].put(after)
        match request.get("ReturnValues"):
            case "ALL_OLD":
                return {"Attributes": before} if before else {}
            case "UPDATED_NEW":
                return {"Attributes": {name: after[name] for name in changed if name in after}}
        return {}

    def delete_item(self, request: Request) -> dict[str, Any]:
        """Takes a row away."""
        self._demand(request, request["Key"], "DeleteItem")
        self.used.write_units += self._dropped(request)
        return {}

    def transact_write_items(self, request: Request) -> dict[str, Any]:
        """All of it, or nothing where one condition does not hold."""
        actions = [next(iter(each.items())) for each in request["TransactItems"]]
        reasons = [self._refusal(kind, each) for kind, each in actions]
        if any(reason["Code"] != "None" for reason in reasons):
            told = {"CancellationReasons": reasons}
            raise _error("TransactionCanceledException", "TransactWriteItems", told)
        for kind, each in actions:
            table = self.tables[each["TableName"]]
            if kind == "ConditionCheck":
                continue
            if kind == "Delete":
                self.used.write_units += 2 * self._dropped(each)
                continue
            item = each["Item"] if kind == "Put" else self._updated(each)[1]
            units, copies = table.put(item), 1 + sum(i.holds(item) for i in table.indexes.values())
            self.used.write_units += units + units // copies  # the row itself costs twice
        return {}

    def _dropped(self, request: Request) -> int:
        """The units of a row that is taken away."""
        table = self.tables[request["TableName"]]
        row = table.get(request["Key"])
        table.drop(request["Key"])
        return max(1, ceil(row.size / WRITE_UNIT)) if row else 1

    def _refusal(self, kind: str, action: Request) -> dict[str, Any]:
        if kind not in ("Put", "Update", "Delete", "ConditionCheck"):
            raise NotImplementedError(f"{UNLIKE_MOTO} {kind} in a transaction")
        key = action["Item"] if kind == "Put" else action["Key"]
        if self._holds(action, key):
            return {"Code": "None"}
        row = self.tables[action["TableName"]].get(key)
        tells = action.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and row
        return {"Code": NOT_FULFILLED, **({"Item": row.item} if tells and row else {})}

    def _demand(self, request: Request, key: Item, operation: str) -> None:
        if self._holds(request, key):
            return
        row = self.tables[request["TableName"]].get(key)
        tells = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and row
        more = {"Item": row.item} if tells and row else {}
        raise _error("ConditionalCheckFailedException", operation, more)

    def _holds(self, request: Request, key: Item) -> bool:
        if "ConditionExpression" not in request:
            return True
        row = self.tables[request["TableName"]].get(key)
        names, given = request["ExpressionAttributeNames"], _values(request)
        return condition(request["ConditionExpression"])(row.item if row else {}, names, given)

    def _updated(self, request: Request) -> tuple[Item, Item, set[str]]:
        """An item before and after an update, and what of it has changed."""
        row = self.tables[request["TableName"]].get(request["Key"])
        before = row.item if row else {}
        after = {**before, **request["Key"]}
        names, given = request["ExpressionAttributeNames"], _values(request)
        changed = update(request["UpdateExpression"])(after, names, given)
        return before, after, changed

    def _read(self, bytes_read: int, request: Request) -> None:
        units = max(1, ceil(bytes_read / READ_UNIT))
        self.used.read_units += units * (1.0 if request.get("ConsistentRead") else 0.5)


def _values(request: Request) -> Item:
    values: Item = request.get("ExpressionAttributeValues", {})
    return values


def _sorted_by(each: tuple[Key, Stored], index: Index) -> tuple[Any, Key]:
    key, row = each
    return (plain(row.item[index.keys[1]]) if len(index.keys) > 1 else "", key)


def _start(rows: Sequence[tuple[Key, Stored]], table: Table, request: Request) -> int:
    if "ExclusiveStartKey" not in request:
        return 0
    last = table.key_of(request["ExclusiveStartKey"])
    return next((place for place, (key, _) in enumerate(rows, 1) if key == last), len(rows))


def _kept(items: Iterable[Item], request: Request) -> Iterator[Item]:
    if "FilterExpression" not in request:
        yield from items
        return
    names, given = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]
    keep = condition(request["FilterExpression"])
    yield from (item for item in items if keep(item, names, given))


def _shown(item: Item, request: Request) -> Item:
    if "ProjectionExpression" not in request:
        return item
    names = request["ExpressionAttributeNames"]
    wanted = [names[each.strip()] for each in request["ProjectionExpression"].split(",")]
    return {name: item[name] for name in wanted if name in item}


def _error(code: str, operation: str, more: Mapping[str, Any]) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": code}, **more}
    return ClientError(response, operation)
