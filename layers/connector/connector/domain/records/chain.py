"""How rows of the audit are tied together, and how a chain is checked. Pure.

Each row carries its number, the keyed digest of the row before it, and when that one expires. The
end of a chain is kept elsewhere, so that rows missing at the end are missed, too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from connector.domain.records.digests import DigestKey

Row: TypeAlias = Mapping[str, Any]
"""A row of the audit as it is stored."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: how many rows it has had, and of the last one digest and expiry.

    `expires_at` is in seconds since 1970; 0 is never. Rows of an earlier version are not counted.
    """

    rows: int = 0
    hash: str = ""
    expires_at: int = 0

    def linked(
        self, content: Row, time: datetime, key: DigestKey, retention_days: int
    ) -> dict[str, Any]:
        """The row that comes next, as it is stored."""
        expires_at = (
            int((time + timedelta(days=retention_days)).timestamp()) if retention_days else 0
        )
        # Rows of an earlier version have no number and told no expiry: they end with this one.
        before = self.expires_at if self.rows or not self.hash else expires_at
        members = {
            **content,
            "number": self.rows + 1,
            "previous_hash": self.hash,
            "previous_expires_at": before,
            "expires_at": expires_at,
        }
        item = {name: value for name, value in members.items() if value}
        return {**item, "hash": key.mac(_text(item))}

    @classmethod
    def of(cls, row: Row) -> Head:
        """The end of the chain that ends with this row."""
        if not row:
            return cls()
        return cls(int(row.get("number", 0)), str(row["hash"]), int(row.get("expires_at", 0)))


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain is broken: the time of the row, or nothing at its end, and what is wrong."""

    time: str
    what: str


CHANGED = "the row was changed"
UNKNOWN_KEY = "the row was made with another key"
UNKEYED = "the row has no keyed digest, and the one before it has"
GONE_BEFORE = "rows before this one are gone"
GONE_AFTER = "rows after this one are gone"
ALL_GONE = "every row is gone"


def first_break(
    rows: Iterable[Row], key: DigestKey, now: datetime, head: Head | None = None
) -> Break | None:
    """The first thing that is wrong with a chain; `head` is where it ended when last written.

    Rows may be missing where the one that follows says that it was time for them to expire.
    """
    last: Row = {}
    for row in rows:
        wrong = _wrong_digest(row, last, key) or _wrong_place(row, last, now)
        if wrong:
            return Break(str(row.get("time", "")), wrong)
        last = row
    return None if head is None else _wrong_end(last, head, now)


def _wrong_digest(row: Row, last: Row, key: DigestKey) -> str | None:
    """What is wrong with a row by itself."""
    own = str(row.get("hash", ""))
    if not _is_keyed(row):
        if _is_keyed(last):
            return UNKEYED
        return None if own == _plain_hash(row) else CHANGED
    if not key.made(own):
        return UNKNOWN_KEY
    return None if own == key.mac(_text(row)) else CHANGED


def _wrong_place(row: Row, last: Row, now: datetime) -> str | None:
    """What is wrong with a row behind the one before it."""
    number = int(row.get("number", 0))
    is_tied = str(row.get("previous_hash", "")) == str(last.get("hash", ""))
    if is_tied and number in (0, int(last.get("number", 0)) + 1):
        return None
    if _is_keyed(row):
        return None if _is_due(row.get("previous_expires_at", 0), now) else GONE_BEFORE
    # A row of an earlier version says only of itself whether it expires.
    return None if row.get("expires_at") and not last else GONE_BEFORE


def _wrong_end(last: Row, head: Head, now: datetime) -> Break | None:
    """What is wrong with the end of a chain, beside where it ended when last written."""
    if Head.of(last) == head:
        return None
    if not last:
        return None if _is_due(head.expires_at, now) or not head.hash else Break("", ALL_GONE)
    is_old = not head.rows and not last.get("number")
    return None if is_old and head.hash == last["hash"] else Break(str(last["time"]), GONE_AFTER)


def _is_keyed(row: Row) -> bool:
    return ":" in str(row.get("hash", ""))


def _is_due(expires_at: int, now: datetime) -> bool:
    return 0 < int(expires_at) <= now.timestamp()


def _text(row: Row) -> str:
    own = {name: value for name, value in row.items() if name != "hash"}
    return json.dumps(own, sort_keys=True, separators=(",", ":"), default=str)


def _plain_hash(row: Row) -> str:
    """The digest of a row of an earlier version, in which its expiry had no part."""
    own = {name: value for name, value in row.items() if name not in ("hash", "expires_at")}
    text = json.dumps(own, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
