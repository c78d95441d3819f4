"""One change, from the queue to Visma: read fresh, decide, do the least, remember, audit.

The order is the promise. The ledger is read before Rippling, a write is noted in the ledger before
it is sent, and the outcome is written only if nobody else touched the person in between; so neither
a lost answer nor two writers at once can make a second employee or bring an old state back.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from connector.domain.catalogue import Catalogue, Part
from connector.domain.changes import Change
from connector.domain.decisions import Action, decide
from connector.domain.employees import ACTIVE, INACTIVE
from connector.domain.errors import ConflictError, RefusedError, RetryableError, UnknownOutcomeError
from connector.domain.ledger import Record
from connector.domain.mapping import CompanyRules, MappingFile
from connector.domain.people import Worker
from connector.domain.placement import Placement, place
from connector.domain.planning import Outcome, contact_fields, desired_fields, problem_with
from connector.ports import Clock, Ledger, Mappings, Metrics, Source, Targets
from connector.services.catalogues import Catalogues
from connector.services.recording import Case, Ending, Recorder
from connector.services.writing import Employing, Result

PASSES = 3
"""How often a change is decided anew at once, after a lost answer or a version that moved on."""

PATIENCE = 3
"""From this delivery on, a refusal that Visma disguises as a fault is believed."""


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
    ) -> None:
        self._source = source
        self._ledger = ledger
        self._mappings = mappings
        self._catalogues = catalogues
        self._clock = clock
        self._metrics = metrics
        self._employing = Employing(targets, ledger)
        self._recorder = Recorder(ledger)

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
        for company in case.decision.leave_first:
            self._leave(case, company, mapping, refusal, is_last=False)
            case = self._read(change, mapping)  # the ledger moved on: the next step starts anew
        match case.decision.action:
            case Action.WRITE:
                return self._write(case, mapping, refusal)
            case Action.LEAVE:
                return self._leave_everywhere(case, mapping, refusal)
            case Action.SCHEDULE:
                return self._leave_alone(case, Outcome.SCHEDULED)
            case Action.IGNORE:
                return self._leave_alone(case, Outcome.OUT_OF_SCOPE)
            case _:
                return self._leave_alone(case, _end_of_absent(case))

    def _read(self, change: Change, mapping: MappingFile) -> Case:
        """The person's rows, then their employments: in this order, see the module docstring."""
        person_id = change.person_id or self._source.person_of(change.worker_id)
        record = self._ledger.record(person_id or f"worker {change.worker_id}")
        workers: list[Worker] = []
        if person_id:
            known = record.person.fingerprints
            workers = self._source.employments(change.worker_id, person_id, known)
        now = self._clock.now()
        return Case(change, record, workers, decide(workers, mapping, now, _active_in(record)), now)

    def _write(self, case: Case, mapping: MappingFile, refusal: RefusedError | None) -> Outcome:
        worker, company = case.worker, case.decision.company
        if worker is None or company is None:
            raise AssertionError("a decision to write names a worker and a company")
        rules = mapping.companies[company]
        placement, catalogue = self._place(company, rules, worker)
        if placement.missing:
            return self._wait(case, placement)
        desired = desired_fields(worker, placement, rules)
        holding = case.record.holdings.get(company)
        exists = holding is not None and holding.exists
        code = rules.code_for(worker.id, worker.facts)
        problem = None if exists else _problem(code, desired, catalogue)
        if problem:
            result = Result(Outcome.REJECTED, case.record, reason=problem)
        else:
            result = self._employing.employ(
                case.record, company, rules, code or "", desired, refusal
            )
        return self._recorder.end(case, _employed(case, company, result, placement))

    def _place(
        self, company: str, rules: CompanyRules, worker: Worker
    ) -> tuple[Placement, Catalogue]:
        catalogue = self._catalogues.current(company, rules)
        placement = place(company, rules, worker.facts, catalogue)
        checked: frozenset[Part] = frozenset()
        while in_question := placement.parts_in_question - checked:
            # With one thing found, the next may turn out to be missing: it, too, is looked up.
            catalogue = self._catalogues.checked(company, rules, in_question)
            placement = place(company, rules, worker.facts, catalogue)
            checked |= in_question
        return placement, catalogue

    def _wait(self, case: Case, placement: Placement) -> Outcome:
        ending = Ending(
            placement.company,
            Result(Outcome.WAITING, case.record),
            placement,
            waiting_for=tuple(str(thing) for thing in placement.missing),
            reasons=tuple(thing.sentence(placement.company) for thing in placement.missing),
            due_on=case.decision.due_on,
        )
        return self._recorder.end(case, ending)

    def _leave_everywhere(
        self, case: Case, mapping: MappingFile, refusal: RefusedError | None
    ) -> Outcome:
        companies = _active_in(case.record) or _begun_in(case.record)
        if not companies:
            return self._leave_alone(case, _end_of_absent(case))
        for company in companies[:-1]:
            self._leave(case, company, mapping, refusal, is_last=False)
            case = self._read(case.change, mapping)
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
        result = self._employing.dismiss(case.record, company, contact, refusal)
        reasons = (case.decision.reason,) if is_last else (f"moved to {case.decision.company}",)
        ending = Ending(
            company, result, reasons=reasons, due_on=case.decision.due_on, is_last=is_last
        )
        return self._recorder.end(case, ending)

    def _leave_alone(self, case: Case, outcome: Outcome) -> Outcome:
        held = next(iter(_active_in(case.record)), None)
        ending = Ending(
            case.decision.company or held,
            Result(outcome, case.record),
            reasons=(case.decision.reason,),
            due_on=case.decision.due_on,
        )
        return self._recorder.end(case, ending)


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


def _last_day(case: Case, due_on: date) -> str:
    day = case.worker.facts.end_date if case.worker else None
    return f"the last day is {(day or due_on).isoformat()}"


def _end_of_absent(case: Case) -> Outcome:
    """Somebody left who is not active in Visma: known there means nothing to do."""
    known = any(holding.exists for holding in case.record.holdings.values())
    return Outcome.UNCHANGED if known else Outcome.OUT_OF_SCOPE


def _active_in(record: Record) -> tuple[str, ...]:
    """The companies in which the ledger knows an active employee of this person."""
    return tuple(
        sorted(
            company
            for company, holding in record.holdings.items()
            if holding.exists and (holding.written or {}).get("status", ACTIVE) != INACTIVE
        )
    )


def _begun_in(record: Record) -> tuple[str, ...]:
    intent = record.person.intent
    return (intent.company,) if intent else ()
