"""The time of a simulated system: an injectable clock whose stamps never tie.

Nothing here reads a calendar or a zone; everything is UTC.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

Now = Callable[[], datetime]
SMALLEST_STEP = timedelta(microseconds=1)


def utc_now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


class Clock:
    """Reads the injected clock, and hands out strictly increasing stamps."""

    def __init__(self, now: Now | None = None) -> None:
        self._now = now or utc_now
        self._last = datetime.min.replace(tzinfo=UTC)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The injected clock's time in UTC."""
        return self._now().astimezone(UTC)

    def today(self) -> date:
        """The injected clock's day in UTC."""
        return self.now().date()

    def stamp(self) -> datetime:
        """A moment later than every stamp before it, even when the clock stands still."""
        with self._lock:
            self._last = max(self.now(), self._last + SMALLEST_STEP)
            return self._last


def moment(value: datetime | str) -> datetime:
    """A moment in UTC from a datetime or from ISO text; one without a zone is taken as UTC."""
    parsed = datetime.fromisoformat(value) if isinstance(value, str) else value
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def day(value: date | str) -> date:
    """A calendar day from a date or from `YYYY-MM-DD`."""
    return date.fromisoformat(value) if isinstance(value, str) else value
