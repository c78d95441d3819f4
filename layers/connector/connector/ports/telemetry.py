"""Counters for the dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # the webhook loads this file, and must not load the mapping with it
    pass


class Metrics(Protocol):
    """Counters for the dashboard; never a name, an id or a value of a person."""

    def count(self, name: str, value: float = 1) -> None:
        """Adds to a counter."""
