"""What the auditor is shown of the connector: rows as they are stored, and texts. Plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Stored:
    """The rows of the ledger and the audit, and every text that was stored, sent or said."""

    links: Sequence[Row]
    audit: Mapping[str, Sequence[Row]]
    texts: Sequence[str]
    queued: int
    dead: int


def open_row(link: Any) -> Row:
    """One person in one company, as the console shows it."""
    return {
        "person": link.person_id,
        "company": link.company,
        "outcome": link.outcome.value,
        "code": link.employee_code,
        "is_active": link.is_active,
        "waiting_for": link.waiting_for,
        "due_on": link.due_on,
        "reason": link.reason,
        "kind": link.held_kind,
        "is_dropped": link.is_dropped,
        "employee_id": link.employee_id,
    }
