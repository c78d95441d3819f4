"""Attempts that failed, in the `WatermarksTable`: a row for each change that comes again.

It goes by itself soon after the last dead letter that it could be about.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from connector.ports.queue import FailedAttempt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.adapters.aws.dynamodb import Item
    from connector.adapters.aws.watermarks.table import WatermarksTable
    from connector.ports.clock import Clock

KEPT = timedelta(days=15)
"""A dead letter stays for fourteen days."""

UPDATE = (
    "SET #reason = :reason, #at = :at, #since = if_not_exists(#since, :at),"
    " #expires_at = :expires_at ADD #tries :one"
)


class DynamoFailedAttempts:
    """One row for each change, by its correlation id; no word about whose change it is."""

    def __init__(self, rows: WatermarksTable, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock

    def note(self, correlation_id: str, reason: str) -> None:
        now = self._clock.now()
        given = {
            ":reason": reason,
            ":at": now.isoformat(timespec="seconds"),
            ":expires_at": int((now + KEPT).timestamp()),
            ":one": 1,
        }
        self._rows.update(_key(correlation_id), UPDATE, given)

    def of(self, correlation_ids: Iterable[str]) -> dict[str, FailedAttempt]:
        names = {_key(each): each for each in correlation_ids}
        return {
            names[str(row["stream"])]: _attempt(row) for row in self._rows.read_many(list(names))
        }


def _key(correlation_id: str) -> str:
    return f"attempt {correlation_id}"


def _attempt(row: Item) -> FailedAttempt:
    since, at = (datetime.fromisoformat(row[name]) for name in ("since", "at"))
    return FailedAttempt(str(row["reason"]), since, at, int(row["tries"]))
