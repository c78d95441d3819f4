"""What an operator has said about a held change: a row of its own, and no word in a message.

A message may be sent, kept or replayed by whoever reaches the queue; what counts is the row, which
only the operations function may write.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from connector.domain.employees import BUSINESS_FIELDS
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
    by: tuple[str, ...] = ()
    """Who said so, each once; where a company wants two, one word is not enough."""

    @classmethod
    def of(
        cls, link: EmployeeLink, decision: OperatorDecision, now: datetime, by: str = ""
    ) -> Approval:
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
            (by,) if by else (),
        )

    @classmethod
    def of_plan(
        cls, person_id: str, company: str, kind: ChangeKind, plan: str, now: datetime, by: str = ""
    ) -> Approval:
        """The operator's word that a change which was foretold, and not held yet, may be made."""
        approve, said_by = OperatorDecision.APPROVE, (by,) if by else ()
        until = now + GOOD_FOR
        return cls(person_id, company, approve, kind.value, plan, now, "", now, until, said_by)

    def seconding(self, before: Approval | None) -> Approval:
        """The same, said by whoever said so before as well, where it is the very same."""
        is_same = before is not None and before.until > self.at and self._says_as(before)
        others = before.by if before is not None and is_same else ()
        return replace(self, by=tuple(dict.fromkeys((*others, *self.by))))

    def _says_as(self, other: Approval) -> bool:
        """Whether two operators say the same of the same change."""
        mine, theirs = (
            (each.decision, each.kind, each.plan[:OUTLINE], each.run) for each in (self, other)
        )
        return mine == theirs

    def is_enough(self, approvers: int) -> bool:
        """Whether as many have said so as a company wants; a rejection needs one."""
        return self.decision is OperatorDecision.REJECT or max(1, len(self.by)) >= approvers

    def allows(self, kind: ChangeKind, plan: str, now: datetime) -> bool:
        """Whether it lets a change be made that nobody holds yet."""
        is_same = self.kind == kind.value and self.plan[:OUTLINE] == plan[:OUTLINE]
        return self.decision is OperatorDecision.APPROVE and is_same and now < self.until

    def is_about(self, link: EmployeeLink, now: datetime) -> bool:
        """Whether it was said about this very hold, and still counts."""
        said = (self.kind, self.plan, self.held_since)
        return said == (link.held_kind, link.held_plan, link.since) and now < self.until


OUTLINE = 16
"""So many digits of a digest are of what a controller sees, the others of everything."""


def digest_of(kind: ChangeKind, plan: Plan | None, *about: str) -> str:
    """A digest of what would be done: the kind, the fields and their values to be.

    Its first half leaves the values of personal fields out: of someone who has no row yet they are
    stored otherwise each time.
    """
    differences = plan.differences if plan else ()
    outline = [[each.field, each.after] for each in differences if each.field in BUSINESS_FIELDS]
    outline += [[each.field] for each in differences if each.field not in BUSINESS_FIELDS]
    whole = [[each.field, each.after] for each in differences]
    return _half([kind.value, outline, *about]) + _half([kind.value, whole, *about])


def _half(content: object) -> str:
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:OUTLINE]
