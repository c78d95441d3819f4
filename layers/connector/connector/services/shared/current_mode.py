"""The mode, asked for by every invocation; a busy writer asks every few seconds.

A deploy never changes it: it is a row, and what an environment was built for may be over.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from connector.domain.records.mode import Mode
from connector.ports.clock import Clock
from connector.ports.state import Modes

BELIEVED_SECONDS = 2.0
"""So long a busy writer goes by what it was told."""


class CurrentMode:
    """Keeps what it was told last, for so many seconds."""

    def __init__(self, modes: Modes, clock: Clock, believed_seconds: float = 0) -> None:
        self._modes = modes
        self._clock = clock
        self._believed = timedelta(seconds=believed_seconds)
        self._told: tuple[Mode, datetime] | None = None

    def current(self) -> Mode:
        """The mode, as it was at the latest a few seconds ago."""
        now = self._clock.now()
        if self._told is None or now - self._told[1] >= self._believed:
            self._told = self._modes.current(), now
        return self._told[0]
