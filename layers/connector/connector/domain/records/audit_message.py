"""The sentence of an audit row: what happened to an employee, for a controller to read.

Business values appear in clear, personal fields by the name of the field alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from connector.domain.employees import BUSINESS_FIELDS
from connector.domain.planning import Difference, Outcome

_OPENINGS = {
    Outcome.CREATED: "Created employee {code} in {company}",
    Outcome.UPDATED: "Updated employee {code} in {company}",
    Outcome.UNCHANGED: "Left employee {code} in {company} as it is",
    Outcome.DEACTIVATED: "Deactivated employee {code} in {company}",
    Outcome.REACTIVATED: "Reactivated employee {code} in {company}",
    Outcome.WAITING: "Waiting in {company}",
    Outcome.SCHEDULED: "Scheduled in {company}",
    Outcome.HELD: "Held in {company}",
    Outcome.REJECTED: "Rejected in {company}",
    Outcome.OUT_OF_SCOPE: "Out of scope",
}


def audit_message(
    outcome: Outcome,
    company: str | None,
    code: str | None,
    differences: Sequence[Difference] = (),
    reasons: Sequence[str] = (),
) -> str:
    """One sentence: the outcome, what changed, and why."""
    opening = _OPENINGS[outcome].format(code=code or "(no code)", company=company or "no company")
    parts = [opening]
    changed = ", ".join(_change(item) for item in differences)
    if changed:
        parts.append(changed)
    message = "; ".join(reason for reason in reasons if reason)
    if message:
        parts.append(message)
    return ": ".join(parts) + "."


def _change(difference: Difference) -> str:
    name = difference.field.replace("_", " ")
    if difference.field not in BUSINESS_FIELDS:
        return name
    if not difference.before:
        return f"{name} {difference.after}"
    return f"{name} {difference.before} -> {difference.after or '(empty)'}"
