"""Flags in memory: a polling pause, accepted notifications, installations that were started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.ports.state import PollingPause

if TYPE_CHECKING:
    from datetime import datetime

    from connector.ports.clock import Clock


class InMemoryInstallStates:
    """The states of installations that were started."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[str, datetime] = {}

    def remember(self, state: str, until: datetime) -> None:
        self._until[state] = until

    def is_open(self, state: str) -> bool:
        return state in self._until and self._clock.now() < self._until[state]

    def use_up(self, state: str) -> bool:
        was_open = self.is_open(state)
        self._until.pop(state, None)
        return was_open


class InMemoryPollingPauses:
    """Whether polling is paused."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._current: PollingPause | None = None

    def pause(self, reason: str) -> None:
        self._current = self._current or PollingPause(self._clock.now(), reason)

    def current(self) -> PollingPause | None:
        return self._current

    def end(self) -> PollingPause | None:
        ended, self._current = self._current, None
        return ended


class InMemoryNotifications:
    """The ids of accepted notifications."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[str, datetime] = {}

    def take(self, notification_id: str, until: datetime) -> bool:
        taken = self._until.get(notification_id)
        if taken is not None and self._clock.now() < taken:
            return False
        self._until[notification_id] = until
        return True

    def give_back(self, notification_id: str) -> None:
        self._until.pop(notification_id, None)
