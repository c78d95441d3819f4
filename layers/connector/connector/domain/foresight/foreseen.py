"""What would become of one person in one company, as it may be shown and kept in a file.

Business values stand in clear, personal fields by name alone; the digest tells whether it is still
what would be done.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from connector.domain.employees import BUSINESS_FIELDS
from connector.domain.guards import ChangeKind
from connector.domain.planning import Difference, Outcome

WRITTEN = (Outcome.CREATED, Outcome.UPDATED, Outcome.DEACTIVATED, Outcome.REACTIVATED)
"""The outcomes that Visma would hear of."""

FORETOLD = {
    "Created": "Create",
    "Updated": "Update",
    "Left": "Leave",
    "Deactivated": "Deactivate",
    "Reactivated": "Reactivate",
    "Held": "Hold",
    "Waiting": "Wait",
    "Scheduled": "Wait for a day",
    "Rejected": "Reject",
}
"""The openings of the audit's sentences, before anything has happened."""

NOT_TOLD = "cannot be foretold"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would become of one person in one company.

    `outcome` is empty where it cannot be foretold, `reason` then says why. `kind` and `plan` are
    what a guard would be asked about, `held` why it would hold it, `department` is Rippling's name.
    `is_edited` says that Visma was edited: the writer is to look there, whatever the ledger says.
    """

    person: str
    worker: str
    company: str
    outcome: str
    message: str
    number: str = ""
    department: str = ""
    kind: str = ""
    plan: str = field(default="", repr=False)
    held: str = ""
    reason: str = ""
    waiting_for: tuple[str, ...] = ()
    due_on: str = ""
    cost_centre: tuple[str, str] = ("", "")
    differences: tuple[Difference, ...] = ()
    digest: str = ""
    is_edited: bool = False

    @property
    def is_written(self) -> bool:
        """Whether Visma would hear of it."""
        return self.outcome in WRITTEN

    @property
    def is_to_apply(self) -> bool:
        """Whether it is something that an operator may have done: a write, or one that is held."""
        return self.is_written or self.outcome == Outcome.HELD

    @property
    def foretold(self) -> str:
        """The sentence of the audit, as something that has not happened yet."""
        word, _, rest = self.message.partition(" ")
        return f"{FORETOLD.get(word, word)} {rest}".strip()

    def held_by(self, reason: str) -> Foreseen:
        """The same, held by a guard."""
        return replace(self, outcome=Outcome.HELD.value, held=reason)

    def signed(self, *, is_known: bool) -> Foreseen:
        """The same with its digest.

        Of someone who is not known yet personal values cannot be told again: only that there are
        some is part of it.
        """
        shown = [
            [each.field, *(_values(each) if is_known or _is_business(each) else ())]
            for each in self.differences
        ]
        about = [self.person, self.company, self.kind, self.waiting_for, self.due_on, shown]
        about += [self.reason] if not self.is_to_apply else []
        text = json.dumps(about, sort_keys=True)
        return replace(self, digest=hashlib.sha256(text.encode()).hexdigest()[:32])

    def to_json(self) -> dict[str, Any]:
        """The form in a plan: no value of a personal field, and nothing that is empty."""
        differences = [
            {"field": each.field, "before": each.before, "after": each.after}
            if _is_business(each)
            else {"field": each.field}
            for each in self.differences
        ]
        plain = {**asdict(self), "differences": differences}
        plain["cost_centre"] = list(self.cost_centre) if any(self.cost_centre) else None
        plain.pop("plan")
        plain["message"] = self.foretold
        return {name: value for name, value in plain.items() if value or name == "outcome"}


def kind_in(text: str) -> ChangeKind | None:
    """The guarded kind of change of this name, or None."""
    return ChangeKind(text) if text else None


def _values(difference: Difference) -> tuple[str, str]:
    return difference.before, difference.after


def _is_business(difference: Difference) -> bool:
    return difference.field in BUSINESS_FIELDS
