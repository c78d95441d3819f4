"""What an operator has said about a held change: a row of its own, and no word in a message.

A message may be sent, kept or replayed by whoever reaches the queue; what counts is the row, which
only the operations function may write.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from connector.domain.guards import ChangeKind
from connector.domain.planning import Plan
from connector.domain.records.ledger import EmployeeLink

GOOD_FOR = timedelta(days=7)
"""An approval that was not used by then has to be given again."""


class OperatorDecision(StrEnum):
    """What an operator says about someone who is held."""

    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Approval:
    """A decision about one person in one company, and about the very change that was held then."""

    person_id: str
    company: str
    decision: OperatorDecision
    kind: str
    plan: str
    held_since: datetime
    run: str
    at: datetime
    until: datetime

    @classmethod
    def of(cls, link: EmployeeLink, decision: OperatorDecision, now: datetime) -> Approval:
        """The decision about what a link holds now."""
        return cls(
            link.person_id,
            link.company,
            decision,
            link.held_kind,
            link.held_plan,
            link.since,
            link.held_run,
            now,
            now + GOOD_FOR,
        )

    def is_about(self, link: EmployeeLink, now: datetime) -> bool:
        """Whether it was said about this very hold, and still counts."""
        said = (self.kind, self.plan, self.held_since)
        return said == (link.held_kind, link.held_plan, link.since) and now < self.until


def digest_of(kind: ChangeKind, plan: Plan | None, *about: str) -> str:
    """A digest of what would be done: the kind, the fields and their values to be."""
    differences = [[item.field, item.after] for item in plan.differences] if plan else []
    text = json.dumps([kind.value, differences, *about], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
