"""The audit: one row for every outcome, readable in the DynamoDB console, chained by hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connector.domain.planning import Difference, Outcome


@dataclass(frozen=True, slots=True)
class AuditRow:
    """What happened to one person, why, and by which rules."""

    person_id: str
    time: datetime
    outcome: Outcome
    message: str
    cause: str
    correlation_id: str
    company: str | None = None
    employee_code: str | None = None
    worker_id: str | None = None
    source_version: str | None = None
    rules: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    reason: str = ""
    not_representable: Mapping[str, str] = field(default_factory=dict)
    back_dated: str = ""
    planned: bool = False
    previous_hash: str = ""

    def content(self) -> dict[str, Any]:
        """The row as it is stored, without its own hash; empty members are left out."""
        plain: dict[str, Any] = {
            "person": self.person_id,
            "time": timestamp(self.time),
            "day": self.time.date().isoformat(),
            "outcome": self.outcome.value,
            "message": self.message,
            "cause": self.cause,
            "correlation_id": self.correlation_id,
            "company": self.company,
            "employee_code": self.employee_code,
            "worker": self.worker_id,
            "source_version": self.source_version,
            "rules": list(self.rules),
            "differences": [
                {"field": item.field, "before": item.before, "after": item.after}
                for item in self.differences
            ],
            "reason": self.reason,
            "not_representable": dict(self.not_representable),
            "back_dated": self.back_dated,
            "planned": self.planned,
            "previous_hash": self.previous_hash,
        }
        return {key: value for key, value in plain.items() if value}

    def stored(self, retention_days: int) -> dict[str, Any]:
        """The row with its hash and, where rows expire, when it does."""
        item = {**self.content(), "hash": self.hash}
        if retention_days > 0:
            item["expires_at"] = int((self.time + timedelta(days=retention_days)).timestamp())
        return item

    @property
    def hash(self) -> str:
        """The digest that the person's next row carries as `previous_hash`."""
        return content_hash(self.content())


def content_hash(content: Mapping[str, Any]) -> str:
    """The digest of a row's content; members added by the store are not part of it."""
    own = {key: value for key, value in content.items() if key not in ("hash", "expires_at")}
    text = json.dumps(own, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def timestamp(moment: datetime) -> str:
    """The form of every time in the tables: UTC, microseconds, sorts as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def first_break(rows: Iterable[Mapping[str, Any]]) -> str | None:
    """The time of the first row of a person's chain that was changed or is missing before it."""
    previous = ""
    for row in rows:
        if row.get("previous_hash", "") != previous or content_hash(row) != row.get("hash"):
            return str(row["time"])
        previous = str(row["hash"])
    return None
