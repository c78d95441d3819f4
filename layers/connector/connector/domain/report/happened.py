"""A row of the audit as the report needs it, whichever version of the connector wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from connector.domain.foresight.foreseen import WRITTEN
from connector.domain.records.acts import OPERATORS

OF_OUTCOMES = {"created": "hire", "deactivated": "leave", "reactivated": "rehire"}
"""What the change was where the row does not say it."""

CHANGED = frozenset(outcome.value for outcome in WRITTEN)
UNTOLD = "change"


@dataclass(frozen=True, slots=True)
class Happened:
    """One row: about a person, or an operator's act.

    `kind` is what sort of change it was, `before` and `after` are cost centres; a row of an earlier
    version `is_older` and has neither. `version` is the mapping that decided.
    """

    at: datetime
    person: str
    outcome: str
    kind: str = ""
    number: str = ""
    company: str = ""
    cause: str = ""
    message: str = ""
    operator: str = ""
    version: str = ""
    before: str = ""
    after: str = ""
    back_dated: date | None = None
    is_planned: bool = False
    is_older: bool = False
    said: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Happened:
        """From a row as it is stored."""
        outcome = str(row.get("outcome", ""))
        return cls(
            at=datetime.fromisoformat(str(row["time"])),
            person=str(row.get("person", "")),
            outcome=outcome,
            kind=str(row.get("kind") or OF_OUTCOMES.get(outcome, UNTOLD)),
            number=str(row.get("employee_code") or ""),
            company=str(row.get("company") or ""),
            cause=str(row.get("cause", "")),
            message=str(row.get("message", "")),
            operator=str(row.get("operator") or ""),
            version=str(row.get("mapping") or ""),
            before=str(row.get("cost_centre_before") or ""),
            after=str(row.get("cost_centre_after") or ""),
            back_dated=_day(row.get("back_dated")),
            is_planned=bool(row.get("planned")),
            is_older="kind" not in row,
            said=tuple((str(name), str(value)) for name, value in row.get("said", {}).items()),
            problems=tuple(map(str, row.get("problems", ()))),
        )

    @property
    def moment(self) -> datetime:
        """When, to the minute, in UTC and without saying so."""
        return self.at.astimezone(UTC).replace(second=0, microsecond=0, tzinfo=None)

    @property
    def is_act(self) -> bool:
        """Whether it is something that an operator had done."""
        return self.person == OPERATORS

    @property
    def is_change(self) -> bool:
        """Whether Visma was written to, or heard of it in another way."""
        return not self.is_act and not self.is_planned and self.outcome in CHANGED

    @property
    def name(self) -> str:
        """By which number a person is known, else their id."""
        return self.number or self.person


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
