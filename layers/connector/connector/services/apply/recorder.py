"""Writing down what came of a change: the ledger's rows and the audit row, in one step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from connector.domain.allocation import Allocation, allocated, change_of_pay, ended
from connector.domain.audit import AuditRow
from connector.domain.audit_message import audit_message
from connector.domain.changes import Cause, Change
from connector.domain.decisions import Action, Decision
from connector.domain.employees import INACTIVE
from connector.domain.ledger import EmployeeLink, Person, Record
from connector.domain.mapping.model import MappingFile
from connector.domain.people import Worker, fingerprint
from connector.domain.placement import Placement
from connector.domain.planning import Outcome
from connector.ports.ledger import Ledger
from connector.services.apply.employee_writer import Result


@dataclass(frozen=True, slots=True)
class ChangeContext:
    """One change being dealt with: everything read and decided about it so far."""

    change: Change
    record: Record
    workers: Sequence[Worker] = field(repr=False)
    decision: Decision
    now: datetime
    mapping: MappingFile = field(repr=False)

    def today(self, company: str) -> date:
        """The calendar day it is in a company, as far as the mapping knows the company."""
        known = company in self.mapping.companies
        return self.mapping.today(company, self.now) if known else self.now.date()

    @property
    def worker(self) -> Worker | None:
        """The employment that counts."""
        return self.decision.worker


@dataclass(frozen=True, slots=True)
class Resolution:
    """How a change ends in one company."""

    company: str | None
    result: Result
    placement: Placement | None = None
    waiting_for: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    due_on: date | None = None
    is_last: bool = True
    is_dropped: bool = False
    expected_code: str | None = None
    back_dated: date | None = None
    expense_account: str | None = None


OPEN = frozenset({Outcome.WAITING, Outcome.SCHEDULED, Outcome.HELD, Outcome.REJECTED})
"""The outcomes after which something is still expected."""


class Recorder:
    """Turns a resolution into rows and hands them to the ledger.

    With `cost_allocation` the ledger keeps what each person costs; without, it forgets it.
    """

    def __init__(self, ledger: Ledger, *, cost_allocation: bool) -> None:
        self._ledger = ledger
        self._cost_allocation = cost_allocation

    def end(self, context: ChangeContext, resolution: Resolution) -> Outcome:
        """Remembers and audits the resolution; the outcome it amounts to."""
        record = resolution.result.record
        link = _link(context, resolution)
        changed = {each.company: each for each in _closed(context, resolution)}
        if link:
            changed[link.company] = replace(link, allocation=_allocation(context, resolution))
        if not self._cost_allocation:
            changed |= _without_costs({**record.links, **changed})
        self._ledger.finish(
            record,
            _person(context, resolution, link),
            changed.values(),
            (_audit_row(context, resolution, link),),
        )
        return resolution.result.outcome


def _without_costs(links: Mapping[str, EmployeeLink]) -> dict[str, EmployeeLink]:
    """The rows that have a cost allocation, without it: in every company, not only in this one."""
    having = (each for each in links.values() if each.allocation)
    return {each.company: replace(each, allocation=None) for each in having}


def _closed(context: ChangeContext, resolution: Resolution) -> Iterator[EmployeeLink]:
    """What was open about the person in other companies: it is answered by this resolution.

    Where it is in no company at all, as with somebody who is gone, nothing is expected anywhere.
    """
    if not resolution.is_last:
        return
    settled = (
        f"settled in {resolution.company}"
        if resolution.company
        else "; ".join(_reasons(resolution))
    )
    for company, other in resolution.result.record.links.items():
        is_open = other.due_on is not None or other.outcome in OPEN
        if company != resolution.company and is_open:
            outcome = Outcome.UNCHANGED if other.exists else Outcome.OUT_OF_SCOPE
            yield other.after(outcome, context.now, reason=settled)


def _person(context: ChangeContext, resolution: Resolution, link: EmployeeLink | None) -> Person:
    person = replace(resolution.result.record.person, active_in=_active_in(resolution, link))
    if not resolution.is_last or context.worker is None:
        return person
    seen = {worker.id: fingerprint(worker) for worker in context.workers}
    if context.decision.action is Action.KEEP and person.worker_id:
        # The employment that counted still does: what is left of the others decides nothing.
        return replace(person, fingerprints=seen, outcome=resolution.result.outcome.value)
    return replace(
        person,
        fingerprints=seen,
        worker_id=context.worker.id,
        facts=context.worker.facts.to_json(),
        placement=_placement(resolution),
        outcome=resolution.result.outcome.value,
    )


def _active_in(resolution: Resolution, link: EmployeeLink | None) -> tuple[str, ...]:
    links = dict(resolution.result.record.links)
    if link:
        links[link.company] = link
    return tuple(sorted(key for key, each in links.items() if each.is_active))


def _placement(resolution: Resolution) -> dict[str, Any]:
    return (
        resolution.placement.to_json()
        if resolution.placement
        else {"company": resolution.company or ""}
    )


def _link(context: ChangeContext, resolution: Resolution) -> EmployeeLink | None:
    result, company = resolution.result, resolution.company
    before = result.record.links.get(company or "")
    if company is None or (before is None and result.outcome is Outcome.OUT_OF_SCOPE):
        return None
    blank = EmployeeLink(result.record.person.id, company, result.outcome, context.now)
    changes: dict[str, Any] = {
        "waiting_for": resolution.waiting_for,
        "due_on": resolution.due_on,
        "reason": "; ".join(_reasons(resolution)),
        "worker_id": context.worker.id if context.worker else context.change.worker_id,
    }
    if result.hold:
        changes |= {"held_kind": result.hold.kind.value, "held_run": result.hold.run}
    if resolution.expected_code:
        changes["expected_code"] = resolution.expected_code
    if resolution.is_dropped:
        changes["is_dropped"] = True
    if resolution.placement:
        changes["rules"] = resolution.placement.rules
    if result.code is not None:
        changes |= {"employee_code": result.code, "etag": result.etag, "written": result.written}
        if result.employee_id is not None:
            changes["employee_id"] = result.employee_id
    elif result.outcome is Outcome.REJECTED or context.change.cause is Cause.DRIFT:
        # Whatever was tried, or edited by somebody else: look before the next write.
        changes["etag"] = None
    return (before or blank).after(result.outcome, context.now, **changes)


def _allocation(context: ChangeContext, resolution: Resolution) -> Allocation | None:
    """What the person costs in this company once the employee is as the result says."""
    before, worker, result = _allocation_before(resolution), context.worker, resolution.result
    if result.code is None or resolution.company is None:
        return before
    today = context.today(resolution.company)
    if (result.written or {}).get("status") == INACTIVE:
        return ended(before, worker, today)
    placement = resolution.placement
    if placement is None or worker is None:
        return before
    return allocated(before, placement.cost_centre, resolution.expense_account, worker, today)


def _allocation_before(resolution: Resolution) -> Allocation | None:
    link = resolution.result.record.links.get(resolution.company or "")
    return link.allocation if link else None


def _reasons(resolution: Resolution) -> tuple[str, ...]:
    since = f"back-dated, holds since {resolution.back_dated}" if resolution.back_dated else ""
    texts = (*resolution.reasons, resolution.result.reason, resolution.result.remark, since)
    return tuple(reason for reason in texts if reason)


def _audit_row(
    context: ChangeContext, resolution: Resolution, link: EmployeeLink | None
) -> AuditRow:
    result, worker = resolution.result, context.worker
    code = result.code or (link.employee_code if link else None)
    return AuditRow(
        person_id=result.record.person.id,
        time=context.now,
        outcome=result.outcome,
        message=audit_message(
            result.outcome, resolution.company, code, result.differences, _reasons(resolution)
        ),
        cause=context.change.cause.value,
        correlation_id=context.change.correlation_id,
        company=resolution.company,
        employee_code=code,
        worker_id=worker.id if worker else context.change.worker_id,
        source_version=worker.updated_at.isoformat() if worker and worker.updated_at else None,
        rules=resolution.placement.rules if resolution.placement else (),
        differences=result.differences,
        reason="; ".join(_reasons(resolution)),
        back_dated=str(resolution.back_dated or ""),
        not_representable=_not_representable(context, resolution),
    )


def _not_representable(context: ChangeContext, resolution: Resolution) -> dict[str, str]:
    """What Rippling knows and Visma has no place for; of pay that it changed, never how much."""
    worker = context.worker
    if worker is None:
        return {}
    facts = worker.facts
    is_paid_here = resolution.placement is not None
    values = {
        "start_date": facts.start_date,
        "end_date": facts.end_date,
        "title": worker.title,
        "manager": worker.manager_id,
        "pay": change_of_pay(_allocation_before(resolution), worker.pay) if is_paid_here else None,
    }
    return {name: str(value) for name, value in values.items() if value}
