"""How far readers have read, and who may read now: the poller's own rows between two runs."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from connector.domain.cursors import Cursor


class Leases(Protocol):
    """One holder at a time, whatever runs at once."""

    def lease(self, stream: str, seconds: float) -> AbstractContextManager[bool]:
        """Enters with True for one holder at a time, with False for everyone else."""


class Cursors(Leases, Protocol):
    """How far each stream has been read, and the lease under which it is."""

    def cursor(self, stream: str) -> Cursor:
        """How far the stream has been read."""

    def save(self, cursor: Cursor) -> None:
        """Remembers how far the stream has been read."""
