"""One change, from the queue to Visma: read fresh, decide, do the least, remember, audit.

The order is the promise. The ledger is read before Rippling, a write is noted in the ledger before
it is sent, and the outcome is written only if no one else touched the person in between; so neither
a lost answer nor two writers at once can make a second employee or restore an old state.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from connector.domain.changes import Cause, Change
from connector.domain.decisions import LOST, Action
from connector.domain.employees import INACTIVE, proof_of
from connector.domain.errors import ConflictError, RefusedError, RetryableError, UnknownOutcomeError
from connector.domain.facts import shown
from connector.domain.guards import ChangeKind
from connector.domain.mapping.model import MappingFile
from connector.domain.planning import Outcome, contact_fields, plan_employee, plan_leaving
from connector.domain.records.approvals import digest_of
from connector.domain.records.ledger import EmployeeLink, Record
from connector.domain.records.rejection.sparing import (
    is_transfer_rejected,
    of_leaving,
    without_rejected,
)
from connector.ports.telemetry import Metrics
from connector.services.apply import resolution
from connector.services.apply.context import ChangeContext
from connector.services.apply.desired import DesiredEmployee, EmployeeDesigner
from connector.services.apply.employee_writer import EmployeeWriter
from connector.services.apply.person_reader import PersonReader
from connector.services.apply.recorder import Recorder
from connector.services.apply.write_request import (
    GuardFn,
    Hold,
    Result,
    WriteRequest,
    allow_all,
    business_of,
    no_plan,
)

PASSES = 3
"""How often a change is decided again at once, after a lost answer or a version that moved on."""

ABOUT_AN_EDIT = (Cause.MAPPING, Cause.RELEASE, Cause.OPERATOR)
"""What may have been queued because of an edit of the mapping that was made a moment ago."""

MOST_SENT = 2
"""A refusal that Visma disguises as a fault is believed once the write was sent so often."""


class Guards(Protocol):
    """Who says whether a guarded kind of change may be made now."""

    def is_rejected(self, held: EmployeeLink) -> bool:
        """Whether the operator rejects what is held."""

    def breach(
        self,
        change: Change,
        kind: ChangeKind,
        plan: str,
        company: str,
        record: Record,
        mapping: MappingFile,
    ) -> tuple[str, str] | None:
        """None where it may, else who holds it and the message; `plan` is the digest of it."""


class MappingInForce(Protocol):
    """Where the mapping of this moment is to be had."""

    def load(self, *, is_about_an_edit: bool = False) -> MappingFile:
        """The mapping."""

    def version(self) -> str:
        """Its number, or the first digits of its digest; of the one loaded last."""


@dataclass(frozen=True, slots=True)
class Applier:
    """Brings one person's employee up to date. The service behind the writer function."""

    reader: PersonReader
    designer: EmployeeDesigner
    employee_writer: EmployeeWriter
    recorder: Recorder
    guard_check: Guards
    mapping: MappingInForce
    metrics: Metrics

    def apply(self, change: Change, *, delivery: int = 1) -> Outcome:
        """Applies a change and says what came of it; `delivery` counts its deliveries.

        Raises:
            RetryableError: nothing is lost; the change must be delivered again.
            ConfigurationError: a human has to change something first.
        """
        refusal: RefusedError | None = None
        for attempt in range(1, PASSES + 1):
            try:
                outcome = self._pass(change, refusal)
            except (ConflictError, UnknownOutcomeError) as error:
                if attempt == PASSES or error.retry_after:
                    raise
                refusal = believed_refusal(error, max(attempt, delivery))
            else:
                self.metrics.count(f"Changes{outcome.value.title().replace('_', '')}")
                return outcome
        raise AssertionError("the last pass returns or raises")

    def _pass(self, change: Change, refusal: RefusedError | None) -> Outcome:
        mapping = self.mapping.load(is_about_an_edit=change.cause in ABOUT_AN_EDIT)
        context = self._heard(self.reader.read(change, mapping, refusal, self.mapping.version()))
        if context.is_about_a_stranger:
            self.metrics.count("ChangesOfStrangers")
            return Outcome.OUT_OF_SCOPE
        self.employee_writer.require_settled(context.record)
        is_left = context.has_rejection or not looks_again(context)
        if is_left and self._tells_untold(context):
            context = self._heard(self.reader.read_again(context)).after_telling()
        match context.decision.action:
            case Action.WRITE:
                return self._write(context)
            case Action.WAIT:
                return self.recorder.record(context, resolution.of_unknown(context))
            case Action.LEAVE if context.companies_to_leave:
                return self._leave_everywhere(context)
            case _:
                return self._write_nothing(context)

    def _write_nothing(self, context: ChangeContext) -> Outcome:
        """Only notes what came of it; and where whoever is gone was made inactive by hand.

        That is what somebody has to do about them, who would be told to be active for good else.
        """
        is_edited = context.is_drift and context.decision.reason in LOST
        for company in context.record.active_in if is_edited else ():
            request = WriteRequest(context.record, company, {}, no_plan)
            if result := self.employee_writer.left_by_hand(request):
                left = resolution.of_leaving(context, company, result, is_last=True)
                return self.recorder.record(context, left)
        return self.recorder.record(context, resolution.of_nothing_to_do(context))

    def _heard(self, context: ChangeContext) -> ChangeContext:
        """The context with the company in which an operator has just rejected what is held."""
        held = context.link(context.held_in)
        if held is None or context.change.cause is not Cause.OPERATOR:
            return context
        is_rejected = self.guard_check.is_rejected(held)
        return replace(context, rejected_in=held.company) if is_rejected else context

    def _tells_untold(self, context: ChangeContext) -> bool:
        """Remembers and audits what a write has done whose answer never came, if it did anything.

        A create leaves an employee, an update fields of which nothing would be told else.
        """
        untold = self.employee_writer.untold(context.record)
        if untold is None:
            return False
        self._tell(context, *untold)
        return True

    def _tell(self, context: ChangeContext, company: str, result: Result) -> None:
        self.recorder.record(context, resolution.of_lost_write(company, result))

    def _write(self, context: ChangeContext) -> Outcome:
        desired = self.designer.desired(context)
        if obstacle := obstacle_to(context, desired):
            if self._tells_untold(context):
                return self._write(self._read_after_telling(context))
            return self.recorder.record(context, obstacle)
        if context.decision.leave_first:  # only once it is sure that they can arrive
            return self._transfer(context)
        return self._upsert(context, desired, self._guards(context, desired.company))

    def _transfer(self, context: ChangeContext) -> Outcome:
        """A move between companies: first inactive there, then active here.

        A crash between the two is healed by the next pass, which finds nothing left to leave.
        """
        companies = context.decision.leave_first
        for company in rejected_transfers(context):
            rejected = resolution.of_rejected_transfer(context, company)
            return self.recorder.record(context, rejected)
        known = [company for company in companies if company in context.record.active_in]
        # Where the ledger has nobody active, an edit in Visma is undone, and no one is moved: that
        # is guarded as making them inactive, and comes first, so that a hold leaves all as it is.
        edited = [company for company in companies if company not in known]
        asks = self._guards(context, known[0]) if known else allow_all
        transfer = digest_of(ChangeKind.TRANSFER, None, *companies, context.decision.company or "")
        if hold := asks(ChangeKind.TRANSFER, transfer):
            return self.recorder.record(
                context, resolution.of_held_transfer(context, companies[0], hold)
            )
        for company in (*edited, *known):
            is_guarded = company in edited  # the others are as a whole, as a transfer
            outcome = self._leave(context, company, is_last=False, is_guarded=is_guarded)
            if outcome in (Outcome.HELD, Outcome.REJECTED):
                return (
                    outcome  # whoever cannot leave does not arrive: never active in two companies
                )
            context = self._read_unless_changed(context, Action.WRITE)
        desired = self.designer.desired(context)
        if obstacle := obstacle_to(context, desired):
            return self.recorder.record(context, obstacle)
        guards = allow_all if known else self._guards(context, desired.company)
        return self._upsert(context, desired, guards)

    def _leave_everywhere(self, context: ChangeContext) -> Outcome:
        """First where the ledger has them active, guarded once; then each edit in Visma is undone.

        Whoever is held for such an edit has left all the same.
        """
        known = context.record.active_in
        *others, last = sorted(context.companies_to_leave, key=lambda company: company not in known)
        for company in others:
            is_guarded = company not in known[:-1]
            outcome = self._leave(context, company, is_last=False, is_guarded=is_guarded)
            if outcome is Outcome.HELD:
                return outcome
            context = self._read_unless_changed(context, Action.LEAVE)
        return self._leave(context, last, is_last=True, is_guarded=True)

    def _upsert(self, context: ChangeContext, desired: DesiredEmployee, guards: GuardFn) -> Outcome:
        request = WriteRequest(
            context.record_of_worker,
            desired.company,
            desired.fields,
            lambda known: without_rejected(
                plan_employee(desired.fields, known, desired.rules, context.seal),
                context.rejections(desired.company),
                business_of(desired.fields),
            ),
            context.refusal,
            guards,
            must_look=context.is_drift,
            work_address=context.worker.personal.work_email or "" if context.worker else "",
        )
        result = self.employee_writer.upsert(request, desired.code or "")
        if result.is_earlier:
            self._tell(context, desired.company, result)
            return self._write(self._read_after_telling(context))
        return self.recorder.record(context, resolution.of_work(context, desired, result))

    def _leave(
        self, context: ChangeContext, company: str, *, is_last: bool, is_guarded: bool
    ) -> Outcome:
        worker, rules = context.worker, context.rules(company)
        contact = contact_fields(worker.personal, rules) if worker and rules else {}
        # Who moves to another company was guarded as a whole, and what was rejected is not that.
        rejections = context.rejections(company) if is_guarded else ()
        request = WriteRequest(
            context.record,
            company,
            {**contact, "status": INACTIVE},
            lambda known: without_rejected(
                plan_leaving(known), rejections, of_leaving(context.workers)
            ),
            context.refusal,
            self._guards(context, company) if is_guarded else allow_all,
            must_look=context.is_drift,
        )
        result = self.employee_writer.deactivate(request)
        return self.recorder.record(
            context, resolution.of_leaving(context, company, result, is_last=is_last)
        )

    def _read_after_telling(self, context: ChangeContext) -> ChangeContext:
        """The context after a lost write was told, unless something else is to be done by now."""
        return self._read_unless_changed(context, Action.WRITE).after_telling()

    def _read_unless_changed(self, context: ChangeContext, action: Action) -> ChangeContext:
        """The context after leaving one of several companies; both sides may have moved on.

        Raises:
            ConflictError: something else is to be done by now; the next pass decides again.
        """
        again = self._heard(self.reader.read_again(context))
        if again.decision.action is not action:
            raise ConflictError(f"person {again.record.person.id} changed between two companies")
        return again

    def _guards(self, context: ChangeContext, company: str) -> GuardFn:
        """What the guards say about each kind of change to this person in a company."""

        def hold_for(kind: ChangeKind, plan: str) -> Hold | None:
            found = self.guard_check.breach(
                context.change, kind, plan, company, context.record, context.mapping
            )
            is_leaving = kind is ChangeKind.DEACTIVATE
            beside = of_leaving(context.workers) if is_leaving else {}
            return Hold(kind, *found, plan, beside) if found else None

        return hold_for


def rejected_transfers(context: ChangeContext) -> Iterator[str]:
    """Where an operator rejected this very move between companies."""
    to, leaving = context.decision.company or "", context.decision.leave_first
    for company in leaving:
        if is_transfer_rejected(context.rejections(company), to, leaving):
            yield company


def obstacle_to(context: ChangeContext, desired: DesiredEmployee) -> resolution.Resolution | None:
    """The end of a change that cannot be written: something is missing, or impossible."""
    if desired.placement.missing:
        return resolution.of_waiting(context, desired)
    if desired.problem:
        return resolution.of_problem(context, desired, desired.problem)
    return None


def has_unresolved_create(context: ChangeContext) -> bool:
    """True where a create of unknown outcome is not the very one that is to be made now.

    That one looks for itself. Any other would be forgotten with what is decided instead.
    """
    intent, decision = context.record.person.intent, context.decision
    if intent is None or not intent.proof:
        return False
    rules, worker = context.rules(intent.company), decision.worker
    if decision.action is not Action.WRITE or rules is None or worker is None:
        return True
    address = contact_fields(worker.personal, rules).get("contact.email", "")
    proof = proof_of(address, context.seal)
    code = shown(rules.code_for(worker.id, worker.facts))
    return (decision.company, code, proof) != (intent.company, intent.code, intent.proof)


def looks_again(context: ChangeContext) -> bool:
    """Whether a write without an answer is the one that is to be made now, or to the same employee.

    Then the employee is read anyway, and what was written is told before or with that. Whoever has
    to leave another company first is written there, which would make a new intent of it.
    """
    intent, decision = context.record.person.intent, context.decision
    if intent is None:
        return True
    if decision.action is not Action.WRITE or decision.leave_first:
        return False
    if intent.proof:
        return not intent.is_adoption and not has_unresolved_create(context)
    return decision.company == intent.company


def believed_refusal(error: RetryableError, attempt: int) -> RefusedError | None:
    """A refusal disguised as a fault, once it has been given enough chances."""
    if isinstance(error, UnknownOutcomeError) and attempt >= MOST_SENT:
        return error.refusal
    return None
