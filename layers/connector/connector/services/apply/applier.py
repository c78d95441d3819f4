"""One change, from the queue to Visma: read fresh, decide, do the least, remember, audit.

The order is the promise. The ledger is read before Rippling, a write is noted in the ledger before
it is sent, and the outcome is written only if nobody else touched the person in between; so neither
a lost answer nor two writers at once can make a second employee or bring an old state back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from connector.domain.catalogue import Catalogue, Part, canonical
from connector.domain.changes import Cause, Change, Word
from connector.domain.decisions import Action, decide, in_force_since
from connector.domain.employees import INACTIVE, proof_of
from connector.domain.errors import ConflictError, RefusedError, RetryableError, UnknownOutcomeError
from connector.domain.guards import Kind
from connector.domain.ledger import Record
from connector.domain.mapping.model import CompanyRules, MappingFile
from connector.domain.people import Worker
from connector.domain.placement import Placement, class_in, place
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
from connector.ports.visma import Targets
from connector.services.apply.employee_writer import (
    Employing,
    Job,
    Permits,
    Result,
    Stop,
    permits_all,
)
from connector.services.apply.recorder import Case, Ending, Recorder
from connector.services.shared.catalogues import Catalogues
from connector.services.shared.guarding import Permit

PASSES = 3
"""How often a change is decided anew at once, after a lost answer or a version that moved on."""

DROPPED = "the operator rejected it; it rests until Rippling says something new"

PATIENCE = 3
"""From this delivery on, a refusal that Visma disguises as a fault is believed."""


@dataclass(frozen=True, slots=True)
class Draft:
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
        targets: Targets,
        ledger: Ledger,
        mappings: Mappings,
        catalogues: Catalogues,
        clock: Clock,
        metrics: Metrics,
        permit: Permit,
        cost_allocation: bool = True,
    ) -> None:
        self._permit = permit
        self._source = source
        self._ledger = ledger
        self._mappings = mappings
        self._catalogues = catalogues
        self._clock = clock
        self._metrics = metrics
        self._employing = Employing(targets, ledger)
        self._recorder = Recorder(ledger, cost_allocation=cost_allocation)

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
        case = self._read(change, mapping)
        if _is_left_over(case, mapping) and self._take_in(case):
            case = self._read(change, mapping)
        if change.word is Word.REJECT and (held := _held_in(case.record)):
            return self._drop(case, held)
        return self._act(case, mapping, refusal)

    def _take_in(self, case: Case) -> bool:
        """Remembers the employee of a create that arrived, though its answer never came."""
        arrived = self._employing.arrived(case.record)
        if arrived is None:
            return False
        company, result = arrived
        self._recorder.end(case, Ending(company, result, is_last=False))
        return True

    def _act(
        self,
        case: Case,
        mapping: MappingFile,
        refusal: RefusedError | None,
        *,
        is_free: bool = False,
    ) -> Outcome:
        if case.decision.action is Action.WRITE:
            return self._write(case, mapping, refusal, is_free=is_free)
        if case.decision.action is Action.LEAVE:
            return self._leave_everywhere(case, mapping, refusal)
        return self._leave_alone(case, _quiet_end(case))

    def _read(self, change: Change, mapping: MappingFile) -> Case:
        record, workers = self._read_whoever(change)
        now = self._clock.now()
        active_in = _believed_active(change, record)
        decision = decide(workers, mapping, now, active_in, record.person.worker_id)
        return Case(change, record, workers, decision, now, mapping)

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
        case: Case,
        mapping: MappingFile,
        refusal: RefusedError | None,
        *,
        is_free: bool = False,
    ) -> Outcome:
        draft = self._draft(case, mapping)
        if draft.placement.missing:
            return self._wait(case, draft)
        if draft.problem:
            result = Result(Outcome.REJECTED, case.record, reason=draft.problem)
            return self._end(case, draft, result, mapping)
        if case.decision.leave_first:  # only once it is sure that they can arrive
            return self._transfer(case, mapping, refusal)
        job = Job(
            case.record,
            draft.placement.company,
            draft.desired,
            lambda known: plan_employee(draft.desired, known, draft.rules, case.record.person.salt),
            refusal,
            permits_all if is_free else self._stop(case, draft.placement.company, mapping),
            must_look=case.change.cause is Cause.DRIFT,
        )
        result = self._employing.employ(job, draft.code or "")
        return self._end(case, draft, result, mapping)

    def _draft(self, case: Case, mapping: MappingFile) -> Draft:
        """What the employee should be, what is missing for it, and what makes it impossible."""
        worker, company = case.worker, case.decision.company
        if worker is None or company is None:
            raise AssertionError("a decision to write names a worker and a company")
        rules = mapping.companies[company]
        known = class_in(case.record.person.placement, company)
        placement, catalogue = self._place(company, rules, worker, known)
        code = rules.code_for(worker.id, worker.facts)
        desired = desired_fields(worker, placement, rules)
        holding = case.record.holdings.get(company)
        exists = holding is not None and holding.exists
        problem = None if exists else _problem(code, desired, catalogue)
        account = catalogue.expense_account(placement.department)
        return Draft(rules, placement, desired, code, problem, account)

    def _transfer(self, case: Case, mapping: MappingFile, refusal: RefusedError | None) -> Outcome:
        """A move between companies: first inactive there, then active here.

        A crash between the two is healed by the next pass, which finds nothing left to leave.
        """
        company = case.decision.leave_first[0]
        stop = None
        if case.change.cause is not Cause.DRIFT:
            stop = self._stop(case, company, mapping)(Kind.TRANSFER)
        if stop:
            result = Result(Outcome.HELD, case.record, reason=stop.reason, stop=stop)
            return self._recorder.end(case, Ending(company, result))
        for left in case.decision.leave_first:
            self._leave(case, left, mapping, refusal, is_last=False)
            case = self._read(case.change, mapping)  # both sides may have moved on meanwhile
        arrived = replace(case, decision=replace(case.decision, leave_first=()))
        return self._act(arrived, mapping, refusal, is_free=True)

    def _end(self, case: Case, draft: Draft, result: Result, mapping: MappingFile) -> Outcome:
        ending = _employed(case, draft.placement.company, result, draft.placement)
        ending = replace(ending, expense_account=draft.expense_account)
        return self._recorder.end(
            case, _with_date(case, _with_code(case, ending, draft.code), mapping)
        )

    def _place(
        self, company: str, rules: CompanyRules, worker: Worker, known_class: str | None
    ) -> tuple[Placement, Catalogue]:
        who = company, rules, worker.facts
        catalogue = self._catalogues.current(company, rules)
        placement = place(*who, catalogue, worker.pay, remembered_class=known_class)
        checked: frozenset[Part] = frozenset()
        while in_question := placement.parts_in_question - checked:
            # With one thing found, the next may turn out to be missing: it, too, is looked up.
            catalogue = self._catalogues.checked(company, rules, in_question)
            placement = place(*who, catalogue, worker.pay, remembered_class=known_class)
            checked |= in_question
        return placement, catalogue

    def _wait(self, case: Case, draft: Draft) -> Outcome:
        placement = draft.placement
        ending = Ending(
            placement.company,
            Result(Outcome.WAITING, case.record),
            placement,
            waiting_for=tuple(str(thing) for thing in placement.missing),
            reasons=tuple(thing.sentence(placement.company) for thing in placement.missing),
            due_on=case.decision.due_on,
            expected_code=draft.code,
        )
        return self._recorder.end(case, ending)

    def _leave_everywhere(
        self, case: Case, mapping: MappingFile, refusal: RefusedError | None
    ) -> Outcome:
        companies = _believed_active(case.change, case.record)
        if not companies:
            return self._leave_alone(case, _end_of_absent(case))
        for company in companies[:-1]:
            self._leave(case, company, mapping, refusal, is_last=False)
            case = self._read(case.change, mapping)
            if case.decision.action is not Action.LEAVE:
                return self._act(case, mapping, refusal)
        return self._leave(case, companies[-1], mapping, refusal)

    def _leave(
        self,
        case: Case,
        company: str,
        mapping: MappingFile,
        refusal: RefusedError | None,
        *,
        is_last: bool = True,
    ) -> Outcome:
        worker, rules = case.worker, mapping.companies.get(company)
        contact = contact_fields(worker.personal, rules) if worker and rules else {}
        permit = self._stop(case, company, mapping) if is_last else permits_all
        job = Job(
            case.record,
            company,
            {**contact, "status": INACTIVE},
            plan_leaving,
            refusal,
            permit,
            must_look=case.change.cause is Cause.DRIFT,
        )
        result = self._employing.dismiss(job)
        moved = case.decision.action is Action.WRITE
        reasons = (f"moved to {case.decision.company}" if moved else case.decision.reason,)
        ending = Ending(
            company, result, reasons=reasons, due_on=case.decision.due_on, is_last=is_last
        )
        return self._recorder.end(case, _with_date(case, ending, mapping))

    def _stop(self, case: Case, company: str, mapping: MappingFile) -> Permits:
        """What the guards say about each kind of change to this person in a company."""
        holding = case.record.holdings.get(company)

        def permit(kind: Kind) -> Stop | None:
            found = self._permit.verdict(case.change, kind, company, holding, mapping)
            return Stop(kind, *found) if found else None

        return permit

    def _drop(self, case: Case, company: str) -> Outcome:
        """The operator said no: nothing happens until Rippling says something new."""
        result = Result(Outcome.REJECTED, case.record, reason=DROPPED)
        return self._recorder.end(case, Ending(company, result, is_dropped=True))

    def _leave_alone(self, case: Case, outcome: Outcome) -> Outcome:
        held = next(iter(_active_in(case.record)), None)
        ending = Ending(
            case.decision.company or held,
            Result(outcome, case.record),
            reasons=(case.decision.reason,),
            due_on=case.decision.due_on,
        )
        return self._recorder.end(case, ending)


def _is_left_over(case: Case, mapping: MappingFile) -> bool:
    """True where a create of unknown outcome is not the very one that is to be made now.

    That one looks for itself. Any other would be forgotten with what is decided instead.
    """
    intent, decision = case.record.person.intent, case.decision
    if intent is None or not intent.proof:
        return False
    rules, worker = mapping.companies.get(intent.company), decision.worker
    if decision.action is not Action.WRITE or rules is None or worker is None:
        return True
    address = contact_fields(worker.personal, rules).get("contact.email", "")
    proof = proof_of(address, case.record.person.salt)
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


def _employed(case: Case, company: str, result: Result, placement: Placement) -> Ending:
    """The ending of somebody who works: with nothing to write, a known last day is what is told."""
    due_on = case.decision.due_on
    if due_on is None or result.outcome is not Outcome.UNCHANGED:
        return Ending(company, result, placement, due_on=due_on)
    scheduled = replace(result, outcome=Outcome.SCHEDULED)
    return Ending(company, scheduled, placement, reasons=(_last_day(case, due_on),), due_on=due_on)


def _with_code(case: Case, ending: Ending, code: str | None) -> Ending:
    """The code that the mapping makes; where an employee has another, that is told, not changed."""
    holding = case.record.holdings.get(ending.company or "")
    held = holding.employee_code if holding else None
    if held is None or code is None or canonical(held) == canonical(code):
        return replace(ending, expected_code=code)
    told = f"Rippling's number now makes the code {code}; the employee keeps {held}"
    return replace(ending, expected_code=code, reasons=(*ending.reasons, told))


def _with_date(case: Case, ending: Ending, mapping: MappingFile) -> Ending:
    """A change that should have been made earlier is made at once, and flagged.

    The first load finds everybody's first day in the past; that is no news.
    """
    company, outcome = ending.company or "", ending.result.outcome
    is_news = case.change.cause is not Cause.SWEEP or outcome is Outcome.DEACTIVATED
    if case.worker is None or company not in mapping.companies or not is_news:
        return ending
    since = in_force_since(case.worker, outcome, mapping.today(company, case.now))
    return replace(ending, back_dated=since)


def _last_day(case: Case, due_on: date) -> str:
    day = case.worker.facts.end_date if case.worker else None
    if day and day <= due_on:
        return f"the last day is {day.isoformat()}"
    return f"another employment changes on {due_on.isoformat()}"


def _quiet_end(case: Case) -> Outcome:
    """The outcome where nothing is to be written."""
    if case.decision.action is Action.SCHEDULE:
        return Outcome.SCHEDULED
    if case.decision.action is Action.IGNORE:
        return Outcome.OUT_OF_SCOPE
    return _end_of_absent(case)


def _end_of_absent(case: Case) -> Outcome:
    """Somebody left who is not active in Visma: known there means nothing to do."""
    known = any(holding.exists for holding in case.record.holdings.values())
    return Outcome.UNCHANGED if known else Outcome.OUT_OF_SCOPE


def _active_in(record: Record) -> tuple[str, ...]:
    """The companies in which the ledger knows an active employee of this person."""
    holdings = record.holdings.items()
    return tuple(sorted(company for company, holding in holdings if holding.is_active))


def _believed_active(change: Change, record: Record) -> tuple[str, ...]:
    """The same; where somebody edited Visma, every company in which there is an employee at all."""
    if change.cause is not Cause.DRIFT:
        return _active_in(record)
    return tuple(sorted(key for key, holding in record.holdings.items() if holding.exists))


def _held_in(record: Record) -> str | None:
    """The company in which something is held about this person."""
    held = (key for key, each in record.holdings.items() if each.outcome is Outcome.HELD)
    return next(held, None)
