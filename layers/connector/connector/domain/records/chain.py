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

from connector.domain.digests import DigestKey

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
        wrong = _wrong_with(row, last, key, now)
        if wrong:
            return Break(str(row.get("time", "")), wrong)
        last = row
    if head is None or Head.of(last) == head or (_is_due(head.expires_at, now) and not last):
        return None
    if not last:
        return Break("", ALL_GONE) if head.hash else None
    is_old = not head.rows and not last.get("number")
    return None if is_old and head.hash == last["hash"] else Break(str(last["time"]), GONE_AFTER)


def _wrong_with(row: Row, last: Row, key: DigestKey, now: datetime) -> str | None:
    own, before = str(row.get("hash", "")), str(last.get("hash", ""))
    is_keyed = ":" in own
    if is_keyed and not key.made(own):
        return UNKNOWN_KEY
    if not is_keyed and ":" in before:
        return UNKEYED
    if own != (key.mac(_text(row)) if is_keyed else _plain_hash(row)):
        return CHANGED
    number = int(row.get("number", 0))
    follows = number in (0, int(last.get("number", 0)) + 1)
    if str(row.get("previous_hash", "")) == before and follows:
        return None
    # A row of an earlier version says only of itself whether it expires.
    expires_at = row.get("previous_expires_at", 0) if is_keyed else row.get("expires_at", 0)
    is_expired = _is_due(expires_at, now) if is_keyed else bool(expires_at) and not last
    return None if is_expired else GONE_BEFORE


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
