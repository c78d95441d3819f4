"""What operators did, as rows of the audit in a chain of their own. No one else writes to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from connector.domain.records.times import timestamp

OPERATORS = "operators"
"""Stands in place of a person in the key: all acts are one chain."""

UNNAMED = "somebody who gave no name"
LONGEST_TEXT = 300
SMALLEST_STEP = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Act:
    """One verb that an operator had carried out: who, what, and what came of it."""

    operator: str
    verb: str
    time: datetime
    said: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    def after(self, last: str) -> Act:
        """The act as the next one after that time: rows are read by time, so it is later."""
        if not last:
            return self
        return replace(self, time=max(self.time, datetime.fromisoformat(last) + SMALLEST_STEP))

    def content(self) -> dict[str, Any]:
        """The row as it is stored, without what ties it to others."""
        content: dict[str, Any] = {
            "person": OPERATORS,
            "time": timestamp(self.time),
            "day": self.time.date().isoformat(),
            "outcome": self.verb,
            "cause": "operator",
            "operator": self.operator,
            "message": self.message,
            "said": dict(self.said),
            "problems": list(self.problems),
        }
        return {name: value for name, value in content.items() if value}

    @property
    def message(self) -> str:
        """The row in a sentence."""
        said = ", ".join(f"{name} {value}" for name, value in self.said.items())
        shown = f"`{self.verb}` by {self.operator}{f': {said}' if said else ''}"
        return f"{shown}; refused: {'; '.join(self.problems)}" if self.problems else shown


def said_in(arguments: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    """What an operator said with a verb, each text no longer than it is worth."""
    found = {name: arguments.get(name) for name in names}
    return {
        name: (", ".join(map(str, value)) if isinstance(value, list) else str(value))[:LONGEST_TEXT]
        for name, value in found.items()
        if value
    }
