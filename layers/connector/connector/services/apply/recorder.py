"""Writing down what came of a change: the ledger's rows and the audit row, in one step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from connector.domain.allocation import Allocation, allocated, change_of_pay, ended
from connector.domain.audit import AuditRow
from connector.domain.changes import Cause, Change
from connector.domain.decisions import Action, Decision
from connector.domain.employees import INACTIVE
from connector.domain.ledger import Holding, Person, Record
from connector.domain.mapping.model import MappingFile
from connector.domain.people import Worker, fingerprint
from connector.domain.placement import Placement
from connector.domain.planning import Outcome
from connector.domain.sentences import sentence
from connector.ports.ledger import Ledger
from connector.services.apply.employee_writer import Result


@dataclass(frozen=True, slots=True)
class Case:
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
class Ending:
    """How a case ends in one company."""

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
    """Turns an ending into rows and hands them to the ledger.

    With `cost_allocation` the ledger keeps what each person costs; without, it forgets it.
    """

    def __init__(self, ledger: Ledger, *, cost_allocation: bool) -> None:
        self._ledger = ledger
        self._cost_allocation = cost_allocation

    def end(self, case: Case, ending: Ending) -> Outcome:
        """Remembers and audits the ending; the outcome it amounts to."""
        record = ending.result.record
        holding = _holding(case, ending)
        changed = {each.company: each for each in _closed(case, ending)}
        if holding:
            changed[holding.company] = replace(holding, allocation=_allocation(case, ending))
        if not self._cost_allocation:
            changed |= _without_costs({**record.holdings, **changed})
        self._ledger.finish(
            record,
            _person(case, ending, holding),
            changed.values(),
            (_audit_row(case, ending, holding),),
        )
        return ending.result.outcome


def _without_costs(holdings: Mapping[str, Holding]) -> dict[str, Holding]:
    """The rows that have a cost allocation, without it: in every company, not only in this one."""
    having = (each for each in holdings.values() if each.allocation)
    return {each.company: replace(each, allocation=None) for each in having}


def _closed(case: Case, ending: Ending) -> Iterator[Holding]:
    """What was open about the person in other companies: it is answered by this ending.

    Where it is in no company at all, as with somebody who is gone, nothing is expected anywhere.
    """
    if not ending.is_last:
        return
    settled = f"settled in {ending.company}" if ending.company else "; ".join(_reasons(ending))
    for company, other in ending.result.record.holdings.items():
        is_open = other.due_on is not None or other.outcome in OPEN
        if company != ending.company and is_open:
            outcome = Outcome.UNCHANGED if other.exists else Outcome.OUT_OF_SCOPE
            yield other.ended(outcome, case.now, reason=settled)


def _person(case: Case, ending: Ending, holding: Holding | None) -> Person:
    person = replace(ending.result.record.person, active_in=_active_in(ending, holding))
    if not ending.is_last or case.worker is None:
        return person
    seen = {worker.id: fingerprint(worker) for worker in case.workers}
    if case.decision.action is Action.KEEP and person.worker_id:
        # The employment that counted still does: what is left of the others decides nothing.
        return replace(person, fingerprints=seen, outcome=ending.result.outcome.value)
    return replace(
        person,
        fingerprints=seen,
        worker_id=case.worker.id,
        facts=case.worker.facts.to_json(),
        placement=_placement(ending),
        outcome=ending.result.outcome.value,
    )


def _active_in(ending: Ending, holding: Holding | None) -> tuple[str, ...]:
    holdings = dict(ending.result.record.holdings)
    if holding:
        holdings[holding.company] = holding
    return tuple(sorted(key for key, each in holdings.items() if each.is_active))


def _placement(ending: Ending) -> dict[str, Any]:
    return ending.placement.to_json() if ending.placement else {"company": ending.company or ""}


def _holding(case: Case, ending: Ending) -> Holding | None:
    result, company = ending.result, ending.company
    before = result.record.holdings.get(company or "")
    if company is None or (before is None and result.outcome is Outcome.OUT_OF_SCOPE):
        return None
    blank = Holding(result.record.person.id, company, result.outcome, case.now)
    changes: dict[str, Any] = {
        "waiting_for": ending.waiting_for,
        "due_on": ending.due_on,
        "reason": "; ".join(_reasons(ending)),
        "worker_id": case.worker.id if case.worker else case.change.worker_id,
    }
    if result.stop:
        changes |= {"held_kind": result.stop.kind.value, "held_run": result.stop.run}
    if ending.expected_code:
        changes["expected_code"] = ending.expected_code
    if ending.is_dropped:
        changes["is_dropped"] = True
    if ending.placement:
        changes["rules"] = ending.placement.rules
    if result.code is not None:
        changes |= {"employee_code": result.code, "etag": result.etag, "written": result.written}
        if result.employee_id is not None:
            changes["employee_id"] = result.employee_id
    elif result.outcome is Outcome.REJECTED or case.change.cause is Cause.DRIFT:
        # Whatever was tried, or edited by somebody else: look before the next write.
        changes["etag"] = None
    return (before or blank).ended(result.outcome, case.now, **changes)


def _allocation(case: Case, ending: Ending) -> Allocation | None:
    """What the person costs in this company once the employee is as the result says."""
    before, worker, result = _allocation_before(ending), case.worker, ending.result
    if result.code is None or ending.company is None:
        return before
    today = case.today(ending.company)
    if (result.written or {}).get("status") == INACTIVE:
        return ended(before, worker, today)
    placement = ending.placement
    if placement is None or worker is None:
        return before
    return allocated(before, placement.cost_centre, ending.expense_account, worker, today)


def _allocation_before(ending: Ending) -> Allocation | None:
    holding = ending.result.record.holdings.get(ending.company or "")
    return holding.allocation if holding else None


def _reasons(ending: Ending) -> tuple[str, ...]:
    since = f"back-dated, holds since {ending.back_dated}" if ending.back_dated else ""
    told = (*ending.reasons, ending.result.reason, ending.result.note, since)
    return tuple(reason for reason in told if reason)


def _audit_row(case: Case, ending: Ending, holding: Holding | None) -> AuditRow:
    result, worker = ending.result, case.worker
    code = result.code or (holding.employee_code if holding else None)
    return AuditRow(
        person_id=result.record.person.id,
        time=case.now,
        outcome=result.outcome,
        sentence=sentence(
            result.outcome, ending.company, code, result.differences, _reasons(ending)
        ),
        cause=case.change.cause.value,
        correlation_id=case.change.correlation_id,
        company=ending.company,
        employee_code=code,
        worker_id=worker.id if worker else case.change.worker_id,
        source_version=worker.updated_at.isoformat() if worker and worker.updated_at else None,
        rules=ending.placement.rules if ending.placement else (),
        differences=result.differences,
        reason="; ".join(_reasons(ending)),
        back_dated=str(ending.back_dated or ""),
        not_representable=_not_representable(case, ending),
    )


def _not_representable(case: Case, ending: Ending) -> dict[str, str]:
    """What Rippling knows and Visma has no place for; of pay that it changed, never how much."""
    worker = case.worker
    if worker is None:
        return {}
    facts = worker.facts
    is_paid_here = ending.placement is not None
    values = {
        "start_date": facts.start_date,
        "end_date": facts.end_date,
        "title": worker.title,
        "manager": worker.manager_id,
        "pay": change_of_pay(_allocation_before(ending), worker.pay) if is_paid_here else None,
    }
    return {name: str(value) for name, value in values.items() if value}
