"""The audit row of a change: what happened, where the cost is booked, by whose word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from connector.domain.changes import Cause
from connector.domain.decisions import Action
from connector.domain.employees import same, stored_values
from connector.domain.facts import shown
from connector.domain.guards import ChangeKind, kind_of_plan
from connector.domain.planning import Outcome, Plan
from connector.domain.records.allocation import change_of_pay
from connector.domain.records.approvals import Approval, OperatorDecision, digest_of
from connector.domain.records.audit import AuditRow
from connector.domain.records.audit_kind import AuditKind, event_of, left_for
from connector.domain.records.audit_message import audit_message
from connector.domain.records.booking import NOWHERE, Booking, booked_before
from connector.domain.records.ledger import EmployeeLink
from connector.ports.approvals import Approvals
from connector.services.apply.context import ChangeContext
from connector.services.apply.resolution import Resolution
from connector.services.apply.write_request import ADOPTED

LEAVING = (AuditKind.LEAVE, AuditKind.TRANSFER)


BY_SOMEBODYS_WORD = (Cause.OPERATOR, Cause.DRIFT)
"""The causes of what was foretold in a plan and applied; the second where Visma was edited."""


@dataclass(frozen=True, slots=True)
class AuditScribe:
    """Makes the audit rows; asks for an approval only where there may be one."""

    approvals: Approvals

    def row(
        self, context: ChangeContext, resolution: Resolution, link: EmployeeLink | None
    ) -> AuditRow:
        """What happened; `link` is the employee link as it is after it."""
        result, worker, company = resolution.result, context.worker, resolution.company
        code = result.code or (link.employee_code if link else None)
        reasons = (*resolution.all_reasons, *rejected_meanwhile(context, resolution))
        before = booked_before(result.record, company)
        return AuditRow(
            person_id=result.record.person.id,
            time=context.now,
            outcome=result.outcome,
            message=audit_message(result.outcome, company, code, result.differences, reasons),
            cause=context.change.cause.value,
            correlation_id=context.change.correlation_id,
            company=company,
            employee_code=code,
            worker_id=worker.id if worker else context.change.worker_id,
            source_version=worker.updated_at.isoformat() if worker and worker.updated_at else None,
            rules=resolution.placement.rules if resolution.placement else (),
            differences=result.differences,
            reason="; ".join(reasons),
            back_dated=str(resolution.back_dated or ""),
            not_representable=not_representable(context, resolution),
            event=what_happens(context, resolution),
            run=run_of(context, resolution),
            mapping=context.mapping_version,
            operator=", ".join(self._said_by(context, resolution)),
            before=before,
            after=booked_after(context, resolution, before),
        )

    def _said_by(self, context: ChangeContext, resolution: Resolution) -> tuple[str, ...]:
        """The operators by whose word it ended so; nobody where none was needed."""
        record = resolution.result.record
        held = released(resolution) or context.link(context.rejected_in)
        if held is None and context.change.cause not in BY_SOMEBODYS_WORD:
            return ()
        left = left_for(record, resolution.company)
        companies = (resolution.company, left.company if left else None)
        for company in filter(None, companies):
            said = self.approvals.latest(record.person.id, company)
            if said and is_about(said, context, resolution, held):
                return said.by
        return ()


def is_about(
    said: Approval, context: ChangeContext, resolution: Resolution, held: EmployeeLink | None
) -> bool:
    """Whether a decision was about what has happened: about its hold, or foretold in a plan."""
    if said.decision is OperatorDecision.REJECT:
        return held is not None and said.is_about(held, context.now)
    if resolution.result.outcome is Outcome.REJECTED:
        return False
    if held is not None and said.company == held.company:
        return said.is_about(held, context.now)
    if what_happens(context, resolution) is AuditKind.TRANSFER:
        return said.kind == ChangeKind.TRANSFER.value and context.now < said.until
    plan = Plan(resolution.result.outcome, resolution.result.differences)
    kind = kind_of_plan(plan)
    return kind is not None and said.allows(kind, digest_of(kind, plan), context.now)


def rejected_meanwhile(context: ChangeContext, resolution: Resolution) -> Iterator[str]:
    """That an operator rejected what was held, where something else is done by now."""
    held = context.link(context.rejected_in)
    if held is not None and resolution.result.outcome is not Outcome.REJECTED:
        yield f"the operator rejected what was held ({held.held_kind})"


def released(resolution: Resolution) -> EmployeeLink | None:
    """The hold that has come to its end."""
    link = resolution.link_before
    is_over = resolution.result.outcome is not Outcome.HELD
    return link if link is not None and link.is_held and is_over else None


def run_of(context: ChangeContext, resolution: Resolution) -> str:
    """The run that found the change; where an operator released it, the run that it was held in.

    A write whose answer had been lost was another run's, and nobody remembers whose.
    """
    if resolution.result.is_earlier:
        return ""
    held = resolution.link_before
    return context.change.run or (held.held_run if held else "")


def what_happens(context: ChangeContext, resolution: Resolution) -> AuditKind | None:
    """What no difference tells of the kind of change."""
    if resolution.result.remark.startswith(ADOPTED):
        return AuditKind.ADOPTION
    if resolution.result.is_earlier:
        return None
    return event_of(
        context.decision, resolution.result.record, resolution.company, is_drift=context.is_drift
    )


def booked_after(context: ChangeContext, resolution: Resolution, before: Booking) -> Booking:
    """Where it is booked once the change has been made, or would be where it has not."""
    placement, result = resolution.placement, resolution.result
    if resolution.keeps_department and result.outcome is not Outcome.REJECTED:
        return before
    if placement is not None:
        return Booking(
            placement.department or "", placement.cost_centre or "", placement.expense_account or ""
        )
    if result.is_earlier:  # the write is only remembered; the change itself comes after it
        department = (result.written or {}).get("department", "")
        return before if same("department", department, before.department) else Booking(department)
    if what_happens(context, resolution) in LEAVING:
        return NOWHERE
    is_gone = context.decision.action is Action.LEAVE
    return NOWHERE if is_gone else before


def not_representable(context: ChangeContext, resolution: Resolution) -> dict[str, str]:
    """What Visma has no field for; of pay only that it changed, never how much."""
    worker = context.worker
    if worker is None:
        return {}
    is_paid_here, seal = resolution.placement is not None, resolution.result.record.person.seal
    link = resolution.link_before
    allocation = link.allocation if link else None
    # Free text and another person: that they changed may be seen, and not to what.
    told = {"title": worker.title or "", "manager": worker.manager_id or ""}
    values = {
        "start_date": shown(worker.facts.start_date),
        "end_date": shown(worker.facts.end_date),
        **stored_values(told, seal),
        "pay": change_of_pay(allocation, worker.pay) if is_paid_here else None,
    }
    return {name: str(value) for name, value in values.items() if value}
