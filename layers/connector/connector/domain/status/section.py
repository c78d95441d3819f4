"""A part of the screen: lines for people and, of the same, figures for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.domain.checks import Check, Level


@dataclass(frozen=True, slots=True)
class Section:
    """Some lines, each red where a human is needed, and what they were made of."""

    checks: tuple[Check, ...]
    figures: Mapping[str, Any] = field(default_factory=dict)

    def __add__(self, other: Section) -> Section:
        """Both parts as one."""
        return Section((*self.checks, *other.checks), {**self.figures, **other.figures})


def untold(name: str, what: str, why: object) -> Section:
    """Stands for what could not be read: unknown is not bad, and it is not well either."""
    message = f"{what} cannot be told: {why}"
    return Section((Check(name, Level.UNKNOWN, message, "connector ping"),), {name: None})
