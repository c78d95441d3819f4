"""What kind of change a row of the audit is about: one closed list, told in one place. Pure.

The outcome says what became of a change, the kind what it was: a hire that waits is a hire.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from connector.domain.changes import Cause
from connector.domain.decisions import Action, Decision
from connector.domain.employees import PERSONAL_FIELDS
from connector.domain.planning import Outcome
from connector.domain.records.acts import OPERATORS
from connector.domain.records.ledger import EmployeeLink, Record


class AuditKind(StrEnum):
    """Every kind of change there is; of several in one row, the first in this order counts."""

    ACT = "act"
    """An operator's verb; whom it was about have rows of their own."""

    ADOPTION = "adoption"
    """Visma had the employee already."""

    RENAME = "rename"
    """The employee got another code."""

    TRANSFER = "transfer"
    """To another company: a row where the person leaves, and one where they arrive."""

    HIRE = "hire"
    REHIRE = "rehire"
    LEAVE = "leave"

    CORRECTION = "correction"
    """What was changed by hand in Visma is put right."""

    DEPARTMENT = "department"

    LOCATION = "location"
    """Another branch or calendar."""

    PAY_BASIS = "pay_basis"
    """Another employee class."""

    DIMENSION = "dimension"
    """Another cost centre or account, in the same department."""

    CONTACT = "contact"
    """Name, address, e-mail or phone."""

    PAY = "pay"
    """Pay, which only the cost allocation knows."""

    NONE = "none"
    """Nothing changed."""


BY_FIELDS: tuple[tuple[AuditKind, frozenset[str]], ...] = (
    (AuditKind.DEPARTMENT, frozenset({"department"})),
    (AuditKind.LOCATION, frozenset({"branch", "calendar"})),
    (AuditKind.PAY_BASIS, frozenset({"employee_class"})),
)


def kind_of(
    outcome: str,
    fields: Iterable[str] = (),
    *,
    cause: str = "",
    event: AuditKind | None = None,
    is_booked_otherwise: bool = False,
    is_paid_otherwise: bool = False,
) -> AuditKind:
    """The kind of a change from what its row says; `event` is what no difference can tell."""
    if event:
        return event
    differing = set(fields)
    if outcome == Outcome.CREATED:
        return AuditKind.HIRE
    if outcome == Outcome.DEACTIVATED:
        return AuditKind.LEAVE
    if differing and cause == Cause.DRIFT:
        return AuditKind.CORRECTION
    if outcome == Outcome.REACTIVATED:
        return AuditKind.REHIRE
    found = [kind for kind, names in BY_FIELDS if names & differing]
    found += [AuditKind.DIMENSION] if is_booked_otherwise else []
    found += [AuditKind.CONTACT] if differing & set(PERSONAL_FIELDS) else []
    found += [AuditKind.PAY] if is_paid_otherwise else []
    return found[0] if found else AuditKind.NONE


def kind_in(row: Mapping[str, Any]) -> AuditKind:
    """The kind of a stored row; of one that an earlier version wrote, as far as it can be told."""
    if row.get("person") == OPERATORS:
        return AuditKind.ACT
    if "kind" in row:
        return AuditKind(row["kind"])
    fields = (str(each.get("field", "")) for each in row.get("differences", ()))
    paid = "pay" in row.get("not_representable", {})
    cause = str(row.get("cause", ""))
    return kind_of(str(row.get("outcome", "")), fields, cause=cause, is_paid_otherwise=paid)


def moved_to(company: str | None) -> str:
    """How the reason begins why somebody left a company for another one."""
    return f"moved to {company}"


def left_for(record: Record, company: str | None) -> EmployeeLink | None:
    """The employee that was left for one in this company, where that came last."""
    own = record.links.get(company or "")
    return next(
        (
            link
            for link in record.links.values()
            if link.company != company
            and link.reason.startswith(moved_to(company))
            and (own is None or own.since <= link.since)
        ),
        None,
    )


def event_of(
    decision: Decision, record: Record, company: str | None, *, is_drift: bool = False
) -> AuditKind | None:
    """What happens to a person in a company, beside what the ledger has; None where they stay."""
    link = record.links.get(company or "")
    match decision.action:
        case Action.LEAVE:
            return _departure(link, is_drift=is_drift)
        case Action.WRITE if company != decision.company:
            return AuditKind.TRANSFER
        case Action.WRITE | Action.SCHEDULE | Action.WAIT if not (link and link.is_active):
            return _arrival(decision, record, company, link)
    return None


def _departure(link: EmployeeLink | None, *, is_drift: bool) -> AuditKind | None:
    if link is None or not link.exists:
        return None
    if link.is_active:
        return AuditKind.LEAVE
    # Whoever has left and is active in Visma again was made so by hand.
    return AuditKind.CORRECTION if is_drift or link.is_held else None


def _arrival(
    decision: Decision, record: Record, company: str | None, link: EmployeeLink | None
) -> AuditKind:
    if decision.leave_first or left_for(record, company):
        return AuditKind.TRANSFER
    return AuditKind.REHIRE if link and link.exists else AuditKind.HIRE
