"""The system's clock, and how long the running Lambda invocation may still take."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class LambdaContext(Protocol):
    """The part of Lambda's context that is used."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda stops the invocation."""


class SystemClock:
    """Tells the time; `begin` ties it to an invocation."""

    def __init__(self) -> None:
        self._context: LambdaContext | None = None

    def begin(self, context: LambdaContext) -> None:
        """Counts the remaining seconds of this invocation from now on."""
        self._context = context

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC)

    def remaining_seconds(self) -> float:
        """How long this invocation may still work."""
        if self._context is None:
            return float("inf")
        return self._context.get_remaining_time_in_millis() / 1000
