"""Time: the only source of it that services have."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """The present moment, in UTC."""

    def remaining_seconds(self) -> float:
        """How long this invocation may still work."""
