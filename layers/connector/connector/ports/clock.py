"""Time: the only source of it that services have."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # the webhook loads this file, and must not load the mapping with it
    pass


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """The present moment, in UTC."""

    def remaining_seconds(self) -> float:
        """How long this invocation may still work."""
