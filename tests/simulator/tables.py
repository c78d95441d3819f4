"""Rows in memory, kept in the three orders that a Rippling list can be asked for.

A row is replaced and never changed in place, so one that has been handed out stays as it was.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Row = dict[str, Any]
Order = Literal["id", "created_at", "updated_at"]
Key = tuple[Any, str]
ORDERS: tuple[Order, ...] = ("id", "created_at", "updated_at")


class Table:
    """Rows of one kind by id, with an index for each field that is looked up by value."""

    def __init__(self, *indexed: str) -> None:
        self._rows: dict[str, Row] = {}
        self._orders: dict[Order, list[Key]] = {order: [] for order in ORDERS}
        self._indexes: dict[str, dict[Any, set[str]]] = {field: {} for field in indexed}

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, row_id: object) -> bool:
        return row_id in self._rows

    def __iter__(self) -> Iterator[Row]:
        return iter(list(self._rows.values()))

    def __getitem__(self, row_id: str) -> Row:
        return self._rows[row_id]

    def get(self, row_id: str | None) -> Row | None:
        """The row with this id, or None."""
        return self._rows.get(row_id) if row_id else None

    def put(self, row: Row) -> Row:
        """Adds a row, or replaces the one with the same id."""
        if row["id"] in self._rows:
            self.remove(row["id"])
        self._rows[row["id"]] = row
        for order, keys in self._orders.items():
            insort(keys, _key(order, row))
        for field, index in self._indexes.items():
            index.setdefault(row[field], set()).add(row["id"])
        return row

    def remove(self, row_id: str) -> Row:
        """Takes a row out and gives it back."""
        row = self._rows.pop(row_id)
        for order, keys in self._orders.items():
            del keys[bisect_left(keys, _key(order, row))]
        for field, index in self._indexes.items():
            index[row[field]].discard(row_id)
        return row

    def find(self, field: str, value: Any) -> list[Row]:
        """The rows whose field has this value."""
        if field in self._indexes:
            return [self._rows[row_id] for row_id in self._indexes[field].get(value, ())]
        return [row for row in self._rows.values() if row.get(field) == value]

    def page(
        self,
        order: Order = "id",
        *,
        limit: int,
        after: Key | None = None,
        is_descending: bool = False,
        keep: Callable[[Row], bool] | None = None,
        equal: tuple[str, Any] | None = None,
    ) -> list[Row]:
        """Up to `limit` rows after a place in an order, of those that `keep` and `equal` allow."""
        out: list[Row] = []
        for _, row_id in _walk(self._keys(order, equal), after, is_descending):
            row = self._rows[row_id]
            if keep is None or keep(row):
                out.append(row)
                if len(out) == limit:
                    break
        return out

    def _keys(self, order: Order, equal: tuple[str, Any] | None) -> list[Key]:
        if equal is None or equal[0] not in self._indexes:
            return self._orders[order]
        return sorted(_key(order, row) for row in self.find(*equal))


def _key(order: Order, row: Row) -> Key:
    return row[order], row["id"]


def _walk(keys: list[Key], after: Key | None, is_descending: bool) -> Iterator[Key]:
    if is_descending:
        start = len(keys) if after is None else bisect_left(keys, after)
        return (keys[place] for place in range(start - 1, -1, -1))
    start = 0 if after is None else bisect_right(keys, after)
    return (keys[place] for place in range(start, len(keys)))
