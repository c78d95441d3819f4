"""Counters for the dashboard."""

from __future__ import annotations

from typing import Protocol


class Metrics(Protocol):
    """Counters for the dashboard; never a name, an id or a value of a person."""

    def count(self, name: str, value: float = 1) -> None:
        """Adds to a counter."""
