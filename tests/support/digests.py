"""The key of what tests store, and a chain checked with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from connector.adapters.memory.ledger import KEY
from connector.domain.records import chain
from connector.domain.records.chain import Head, Row
from connector.domain.records.digests import Seal

__all__ = ["KEY", "SEAL", "first_break"]

SEAL = Seal(KEY, "salt")


def first_break(rows: Iterable[Row], head: Head | None = None) -> str | None:
    """The time of the first row that is not as it was written, or that follows on a gap."""
    found = chain.first_break(rows, KEY, datetime(2026, 1, 1, tzinfo=UTC), head)
    return found.time if found else None
