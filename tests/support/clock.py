"""A clock that tests turn by hand; it drives the connector and both fakes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class HandClock:
    """Stands still until it is turned, but never tells one moment twice when `ticks` is set."""

    def __init__(self, now: datetime | None = None) -> None:
        self.moment = now or datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
        self.remaining = 1000.0
        self.before_turning: Callable[[datetime], object] = lambda until: until
        """Is told until when time is about to pass: what was to happen by then happens now."""

    def now(self) -> datetime:
        """The present moment."""
        return self.moment

    def __call__(self) -> datetime:
        """The present moment, for the fakes."""
        return self.moment

    def remaining_seconds(self) -> float:
        """How long the invocation may still work."""
        return self.remaining

    def set(self, moment: datetime) -> None:
        """Makes it this moment, which is none that has passed."""
        self.moment = max(moment, self.moment)

    def turn(self, **by: float) -> None:
        """Lets time pass."""
        until = self.moment + timedelta(**by)
        self.before_turning(until)
        self.moment = until
