"""What operators did, as rows of the audit in a chain of their own. No one else writes to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from connector.domain.records.audit import content_hash, timestamp

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
    previous_hash: str = ""

    def after(self, last: Mapping[str, Any]) -> Act:
        """The act as the next one in the chain: rows are read by time, so it is later."""
        if not last:
            return self
        before = datetime.fromisoformat(str(last["time"]))
        return replace(
            self,
            time=max(self.time, before + SMALLEST_STEP),
            previous_hash=str(last["hash"]),
        )

    def stored(self, retention_days: int) -> dict[str, Any]:
        """The row with its hash and, where rows expire, when it does."""
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
            "previous_hash": self.previous_hash,
        }
        content = {name: value for name, value in content.items() if value}
        item: dict[str, Any] = {**content, "hash": content_hash(content)}
        if retention_days > 0:
            item["expires_at"] = int((self.time + timedelta(days=retention_days)).timestamp())
        return item

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
