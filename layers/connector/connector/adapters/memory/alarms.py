"""The alarms, in memory: whichever a test has ring."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.domain.status.alarms import RingingAlarm


class InMemoryAlarms:
    """The alarms that ring; none at first."""

    def __init__(self) -> None:
        self.now: list[RingingAlarm] = []

    def ringing(self) -> list[RingingAlarm]:
        return sorted(self.now, key=lambda alarm: alarm.name)
