"""One change, from the queue to Visma: read fresh, decide, do the least, remember, audit.

The order is the promise. The ledger is read before Rippling, a write is noted in the ledger before
it is sent, and the outcome is written only if nobody else touched the person in between; so neither
a lost answer nor two writers at once can make a second employee or bring an old state back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from connector.domain.catalogue import Catalogue, Part, canonical
from connector.domain.changes import Cause, Change, OperatorDecision
from connector.domain.decisions import Action, decide, in_force_since
from connector.domain.employees import INACTIVE, proof_of
from connector.domain.errors import ConflictError, RefusedError, RetryableError, UnknownOutcomeError
from connector.domain.guards import ChangeKind
from connector.domain.ledger import Record
from connector.domain.mapping.model import CompanyRules, MappingFile
from connector.domain.people import Worker
from connector.domain.placement import Placement, class_in, resolve_placement
from connector.domain.planning import (
    Outcome,
    contact_fields,
    desired_fields,
    plan_employee,
    plan_leaving,
    problem_with,
)
from connector.ports.clock import Clock
from connector.ports.ledger import Ledger
from connector.ports.rippling import Source
from connector.ports.state import Mappings
from connector.ports.telemetry import Metrics
from connector.services.apply.employee_writer import (
    EmployeeWriter,
    GuardFn,
    Hold,
    Result,
    WriteRequest,
    allow_all,
)
from connector.services.apply.recorder import ChangeContext, Recorder, Resolution
from connector.services.shared.catalogues import Catalogues
from connector.services.shared.guarding import GuardCheck

PASSES = 3
"""How often a change is decided anew at once, after a lost answer or a version that moved on."""

DROPPED = "the operator rejected it; it rests until Rippling says something new"

PATIENCE = 3
"""From this delivery on, a refusal that Visma disguises as a fault is believed."""


@dataclass(frozen=True, slots=True)
class DesiredEmployee:
    """What is to be written about somebody who works, before anything is."""

    rules: CompanyRules
    placement: Placement
    desired: dict[str, str]
    code: str | None
    problem: str | None
    expense_account: str | None


class Applier:
    """Brings one person's employee up to date. The service behind the writer function."""

    def __init__(
        self,
        *,
        source: Source,
        ledger: Ledger,
        mappings: Mappings,
        catalogues: Catalogues,
        clock: Clock,
        metrics: Metrics,
        guard_check: GuardCheck,
        employee_writer: EmployeeWriter,
        recorder: Recorder,
    ) -> None:
        self._guard_check = guard_check
        self._source = source
        self._ledger = ledger
        self._mappings = mappings
        self._catalogues = catalogues
        self._clock = clock
        self._metrics = metrics
        self._employee_writer = employee_writer
        self._recorder = recorder

    def apply(self, change: Change, *, delivery: int = 1) -> Outcome:
        """Deals with a change and says what came of it; `delivery` counts its deliveries.

        Raises:
            RetryableError: nothing is lost; the change must be delivered again.
            ConfigurationError: a human has to change something first.
        """
        refusal: RefusedError | None = None
        for passes_left in reversed(range(PASSES)):
            try:
                outcome = self._pass(change, refusal)
            except (ConflictError, UnknownOutcomeError) as error:
                if not passes_left or error.retry_after:
                    raise
                refusal = _believed(error, delivery)
            else:
                self._metrics.count(f"Changes{outcome.value.title().replace('_', '')}")
                return outcome
        raise AssertionError("the last pass returns or raises")

    def _pass(self, change: Change, refusal: RefusedError | None) -> Outcome:
        mapping = self._mappings.load()
        context = self._read(change, mapping)
        if _has_unresolved_create(context, mapping) and self._recover_lost_create(context):
            context = self._read(change, mapping)
        if change.decision is OperatorDecision.REJECT and (held := _held_in(context.record)):
            return self._drop(context, held)
        return self._act(context, mapping, refusal)

    def _recover_lost_create(self, context: ChangeContext) -> bool:
        """Remembers the employee of a create that arrived, though its answer never came."""
        arrived = self._employee_writer.arrived(context.record)
        if arrived is None:
            return False
        company, result = arrived
        self._recorder.end(context, Resolution(company, result, is_last=False))
        return True

    def _act(
        self,
        context: ChangeContext,
        mapping: MappingFile,
        refusal: RefusedError | None,
        *,
        is_free: bool = False,
    ) -> Outcome:
        if context.decision.action is Action.WRITE:
            return self._write(context, mapping, refusal, is_free=is_free)
        if context.decision.action is Action.LEAVE:
            return self._leave_everywhere(context, mapping, refusal)
        return self._leave_alone(context, _quiet_end(context))

    def _read(self, change: Change, mapping: MappingFile) -> ChangeContext:
        record, workers = self._read_whoever(change)
        now = self._clock.now()
        active_in = _believed_active(change, record)
        decision = decide(workers, mapping, now, active_in, record.person.worker_id)
        return ChangeContext(change, record, workers, decision, now, mapping)

    def _read_whoever(self, change: Change) -> tuple[Record, list[Worker]]:
        """Who a worker is, the ledger remembers; what it remembers counts if Rippling shows it."""
        if change.person_id:
            return self._read_person(change, change.person_id)
        remembered = self._ledger.person_with(change.worker_id)
        if remembered:
            record, workers = self._read_person(change, remembered)
            if change.worker_id in {worker.id for worker in workers}:
                return record, workers
        return self._read_person(change, self._source.person_of(change.worker_id))

    def _read_person(self, change: Change, person_id: str | None) -> tuple[Record, list[Worker]]:
        """The person's rows, then their employments: in this order, see the module docstring."""
        record = self._ledger.record(person_id or f"worker {change.worker_id}")
        if person_id is None:
            return record, []
        known = record.person.fingerprints
        return record, self._source.employments(change.worker_id, person_id, known)

    def _write(
        self,
        context: ChangeContext,
        mapping: MappingFile,
        refusal: RefusedError | None,
        *,
        is_free: bool = False,
    ) -> Outcome:
        draft = self._draft(context, mapping)
        if draft.placement.missing:
            return self._wait(context, draft)
        if draft.problem:
            result = Result(Outcome.REJECTED, context.record, reason=draft.problem)
            return self._end(context, draft, result, mapping)
        if context.decision.leave_first:  # only once it is sure that they can arrive
            return self._transfer(context, mapping, refusal)
        request = WriteRequest(
            context.record,
            draft.placement.company,
            draft.desired,
            lambda known: plan_employee(
                draft.desired, known, draft.rules, context.record.person.salt
            ),
            refusal,
            allow_all if is_free else self._stop(context, draft.placement.company, mapping),
            must_look=context.change.cause is Cause.DRIFT,
        )
        result = self._employee_writer.upsert(request, draft.code or "")
        return self._end(context, draft, result, mapping)

    def _draft(self, context: ChangeContext, mapping: MappingFile) -> DesiredEmployee:
        """What the employee should be, what is missing for it, and what makes it impossible."""
        worker, company = context.worker, context.decision.company
        if worker is None or company is None:
            raise AssertionError("a decision to write names a worker and a company")
        rules = mapping.companies[company]
        known = class_in(context.record.person.placement, company)
        placement, catalogue = self._resolve_placement(company, rules, worker, known)
        code = rules.code_for(worker.id, worker.facts)
        desired = desired_fields(worker, placement, rules)
        link = context.record.links.get(company)
        exists = link is not None and link.exists
        problem = None if exists else _problem(code, desired, catalogue)
        account = catalogue.expense_account(placement.department)
        return DesiredEmployee(rules, placement, desired, code, problem, account)

    def _transfer(
        self, context: ChangeContext, mapping: MappingFile, refusal: RefusedError | None
    ) -> Outcome:
        """A move between companies: first inactive there, then active here.

        A crash between the two is healed by the next pass, which finds nothing left to leave.
        """
        company = context.decision.leave_first[0]
        hold = None
        if context.change.cause is not Cause.DRIFT:
            hold = self._stop(context, company, mapping)(ChangeKind.TRANSFER)
        if hold:
            result = Result(Outcome.HELD, context.record, reason=hold.reason, hold=hold)
            return self._recorder.end(context, Resolution(company, result))
        for left in context.decision.leave_first:
            self._leave(context, left, mapping, refusal, is_last=False)
            context = self._read(context.change, mapping)  # both sides may have moved on meanwhile
        arrived = replace(context, decision=replace(context.decision, leave_first=()))
        return self._act(arrived, mapping, refusal, is_free=True)

    def _end(
        self, context: ChangeContext, draft: DesiredEmployee, result: Result, mapping: MappingFile
    ) -> Outcome:
        resolution = _employed(context, draft.placement.company, result, draft.placement)
        resolution = replace(resolution, expense_account=draft.expense_account)
        return self._recorder.end(
            context, _with_date(context, _with_code(context, resolution, draft.code), mapping)
        )

    def _resolve_placement(
        self, company: str, rules: CompanyRules, worker: Worker, known_class: str | None
    ) -> tuple[Placement, Catalogue]:
        who = company, rules, worker.facts
        catalogue = self._catalogues.current(company, rules)
        placement = resolve_placement(*who, catalogue, worker.pay, remembered_class=known_class)
        checked: frozenset[Part] = frozenset()
        while in_question := placement.parts_in_question - checked:
            # With one thing found, the next may turn out to be missing: it, too, is looked up.
            catalogue = self._catalogues.checked(company, rules, in_question)
            placement = resolve_placement(*who, catalogue, worker.pay, remembered_class=known_class)
            checked |= in_question
        return placement, catalogue

    def _wait(self, context: ChangeContext, draft: DesiredEmployee) -> Outcome:
        placement = draft.placement
        resolution = Resolution(
            placement.company,
            Result(Outcome.WAITING, context.record),
            placement,
            waiting_for=tuple(str(thing) for thing in placement.missing),
            reasons=tuple(thing.message(placement.company) for thing in placement.missing),
            due_on=context.decision.due_on,
            expected_code=draft.code,
        )
        return self._recorder.end(context, resolution)

    def _leave_everywhere(
        self, context: ChangeContext, mapping: MappingFile, refusal: RefusedError | None
    ) -> Outcome:
        companies = _believed_active(context.change, context.record)
        if not companies:
            return self._leave_alone(context, _end_of_absent(context))
        for company in companies[:-1]:
            self._leave(context, company, mapping, refusal, is_last=False)
            context = self._read(context.change, mapping)
            if context.decision.action is not Action.LEAVE:
                return self._act(context, mapping, refusal)
        return self._leave(context, companies[-1], mapping, refusal)

    def _leave(
        self,
        context: ChangeContext,
        company: str,
        mapping: MappingFile,
        refusal: RefusedError | None,
        *,
        is_last: bool = True,
    ) -> Outcome:
        worker, rules = context.worker, mapping.companies.get(company)
        contact = contact_fields(worker.personal, rules) if worker and rules else {}
        guard = self._stop(context, company, mapping) if is_last else allow_all
        request = WriteRequest(
            context.record,
            company,
            {**contact, "status": INACTIVE},
            plan_leaving,
            refusal,
            guard,
            must_look=context.change.cause is Cause.DRIFT,
        )
        result = self._employee_writer.deactivate(request)
        moved = context.decision.action is Action.WRITE
        reasons = (f"moved to {context.decision.company}" if moved else context.decision.reason,)
        resolution = Resolution(
            company, result, reasons=reasons, due_on=context.decision.due_on, is_last=is_last
        )
        return self._recorder.end(context, _with_date(context, resolution, mapping))

    def _stop(self, context: ChangeContext, company: str, mapping: MappingFile) -> GuardFn:
        """What the guards say about each kind of change to this person in a company."""
        link = context.record.links.get(company)

        def guard(kind: ChangeKind) -> Hold | None:
            found = self._guard_check.breach(context.change, kind, company, link, mapping)
            return Hold(kind, *found) if found else None

        return guard

    def _drop(self, context: ChangeContext, company: str) -> Outcome:
        """The operator said no: nothing happens until Rippling says something new."""
        result = Result(Outcome.REJECTED, context.record, reason=DROPPED)
        return self._recorder.end(context, Resolution(company, result, is_dropped=True))

    def _leave_alone(self, context: ChangeContext, outcome: Outcome) -> Outcome:
        held = next(iter(_active_in(context.record)), None)
        resolution = Resolution(
            context.decision.company or held,
            Result(outcome, context.record),
            reasons=(context.decision.reason,),
            due_on=context.decision.due_on,
        )
        return self._recorder.end(context, resolution)


def _has_unresolved_create(context: ChangeContext, mapping: MappingFile) -> bool:
    """True where a create of unknown outcome is not the very one that is to be made now.

    That one looks for itself. Any other would be forgotten with what is decided instead.
    """
    intent, decision = context.record.person.intent, context.decision
    if intent is None or not intent.proof:
        return False
    rules, worker = mapping.companies.get(intent.company), decision.worker
    if decision.action is not Action.WRITE or rules is None or worker is None:
        return True
    address = contact_fields(worker.personal, rules).get("contact.email", "")
    proof = proof_of(address, context.record.person.salt)
    code = rules.code_for(worker.id, worker.facts)
    return (decision.company, code, proof) != (intent.company, intent.code, intent.proof)


def _believed(error: RetryableError, delivery: int) -> RefusedError | None:
    """A refusal in a fault's clothes, once it has been given enough chances."""
    if isinstance(error, UnknownOutcomeError) and delivery >= PATIENCE:
        return error.refusal
    return None


def _problem(code: str | None, desired: dict[str, str], catalogue: Catalogue) -> str | None:
    """Why a new employee cannot be created, or None."""
    key = catalogue.employee_key
    if code is None:
        return "Rippling gives no number to make the employee code of"
    if key.length and len(code) > key.length:
        return f"employee code {code} is longer than Visma's EMPLOYEE key ({key.length} characters)"
    if key.auto_numbered:
        return "Visma numbers employees by itself; set the EMPLOYEE numbering to manual"
    field = problem_with(desired)
    return f"{field[0]}: {field[1]}" if field else None


def _employed(
    context: ChangeContext, company: str, result: Result, placement: Placement
) -> Resolution:
    """The resolution for a working person; with nothing to write, a known last day is reported."""
    due_on = context.decision.due_on
    if due_on is None or result.outcome is not Outcome.UNCHANGED:
        return Resolution(company, result, placement, due_on=due_on)
    scheduled = replace(result, outcome=Outcome.SCHEDULED)
    return Resolution(
        company, scheduled, placement, reasons=(_last_day(context, due_on),), due_on=due_on
    )


def _with_code(context: ChangeContext, resolution: Resolution, code: str | None) -> Resolution:
    """The code that the mapping makes; an employee with another keeps it, and the audit says so."""
    link = context.record.links.get(resolution.company or "")
    held = link.employee_code if link else None
    if held is None or code is None or canonical(held) == canonical(code):
        return replace(resolution, expected_code=code)
    message = f"Rippling's number now makes the code {code}; the employee keeps {held}"
    return replace(resolution, expected_code=code, reasons=(*resolution.reasons, message))


def _with_date(context: ChangeContext, resolution: Resolution, mapping: MappingFile) -> Resolution:
    """A change that should have been made earlier is made at once, and flagged.

    The first load finds everybody's first day in the past; that is no news.
    """
    company, outcome = resolution.company or "", resolution.result.outcome
    is_news = context.change.cause is not Cause.SWEEP or outcome is Outcome.DEACTIVATED
    if context.worker is None or company not in mapping.companies or not is_news:
        return resolution
    since = in_force_since(context.worker, outcome, mapping.today(company, context.now))
    return replace(resolution, back_dated=since)


def _last_day(context: ChangeContext, due_on: date) -> str:
    day = context.worker.facts.end_date if context.worker else None
    if day and day <= due_on:
        return f"the last day is {day.isoformat()}"
    return f"another employment changes on {due_on.isoformat()}"


def _quiet_end(context: ChangeContext) -> Outcome:
    """The outcome where nothing is to be written."""
    if context.decision.action is Action.SCHEDULE:
        return Outcome.SCHEDULED
    if context.decision.action is Action.IGNORE:
        return Outcome.OUT_OF_SCOPE
    return _end_of_absent(context)


def _end_of_absent(context: ChangeContext) -> Outcome:
    """Somebody left who is not active in Visma: known there means nothing to do."""
    known = any(link.exists for link in context.record.links.values())
    return Outcome.UNCHANGED if known else Outcome.OUT_OF_SCOPE


def _active_in(record: Record) -> tuple[str, ...]:
    """The companies in which the ledger knows an active employee of this person."""
    links = record.links.items()
    return tuple(sorted(company for company, link in links if link.is_active))


def _believed_active(change: Change, record: Record) -> tuple[str, ...]:
    """The same; where somebody edited Visma, every company in which there is an employee at all."""
    if change.cause is not Cause.DRIFT:
        return _active_in(record)
    return tuple(sorted(key for key, link in record.links.items() if link.exists))


def _held_in(record: Record) -> str | None:
    """The company in which something is held about this person."""
    held = (key for key, each in record.links.items() if each.outcome is Outcome.HELD)
    return next(held, None)
