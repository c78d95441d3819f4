"""The audit: one row for every outcome, readable in the DynamoDB console; `chain` ties them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connector.domain.planning import Difference, Outcome
from connector.domain.records.audit_kind import AuditKind, kind_of
from connector.domain.records.booking import NOWHERE, Booking
from connector.domain.records.times import timestamp


@dataclass(frozen=True, slots=True)
class AuditRow:
    """What happened to one person, why, by which rules, and who had a hand in it.

    `event` is what no difference tells of the kind. `run` is the tick, sweep or plan that found it,
    `mapping` the number of the mapping that decided, `operator` whoever approved or did it.
    """

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
    event: AuditKind | None = None
    run: str = ""
    mapping: str = ""
    operator: str = ""
    before: Booking = NOWHERE
    after: Booking = NOWHERE

    @property
    def kind(self) -> AuditKind:
        """The kind of change that the row is about."""
        return kind_of(
            self.outcome,
            (item.field for item in self.differences),
            cause=self.cause,
            event=self.event,
            is_booked_otherwise=self.before != self.after,
            is_paid_otherwise="pay" in self.not_representable,
        )

    def content(self) -> dict[str, Any]:
        """The row as it is stored, without what ties it to others; empty members are left out."""
        plain: dict[str, Any] = {
            "person": self.person_id,
            "time": timestamp(self.time),
            "day": self.time.date().isoformat(),
            "outcome": self.outcome.value,
            "kind": self.kind.value,
            "message": self.message,
            "cause": self.cause,
            "correlation_id": self.correlation_id,
            "company": self.company,
            "employee_code": self.employee_code,
            "worker": self.worker_id,
            "source_version": self.source_version,
            "run": self.run,
            "mapping": self.mapping,
            "operator": self.operator,
            **self.before.named("before"),
            **self.after.named("after"),
            "rules": list(self.rules),
            "differences": [
                {"field": item.field, "before": item.before, "after": item.after}
                for item in self.differences
            ],
            "reason": self.reason,
            "not_representable": dict(self.not_representable),
            "back_dated": self.back_dated,
            "planned": self.planned,
        }
        return {key: value for key, value in plain.items() if value}
