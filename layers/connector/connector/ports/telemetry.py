"""Counters and gauges for the dashboard, and the alarms that are made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from connector.domain.status.alarms import RingingAlarm


class Metrics(Protocol):
    """Counters and gauges for the dashboard; never a name, an id or a value of a person."""

    def count(self, name: str, value: float = 1) -> None:
        """Adds to a counter."""

    def gauge(self, name: str, value: float, **dimensions: str) -> None:
        """Says how much there is of something now; zero is said as well."""


class Alarms(Protocol):
    """The alarms of this stack."""

    def ringing(self) -> Sequence[RingingAlarm]:
        """Those that ring now, by name.

        Raises:
            RetryableError: whoever watches them does not answer.
            ConfigurationError: it does not let itself be asked.
        """
