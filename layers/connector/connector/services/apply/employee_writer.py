"""Getting one employee into Visma safely: look, note, write once, and never write blind.

Decides nothing about people; it is given the desired fields. It writes the intent to the ledger,
never the outcome. Every result carries the ledger's record as it is by then.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus

from connector.domain.catalogue import canonical
from connector.domain.employees import (
    INACTIVE,
    Fields,
    is_readable,
    proof_of,
    reads_as,
    stored_value,
    stored_values,
)
from connector.domain.errors import (
    CodeTakenError,
    ConfigurationError,
    ConflictError,
    RefusedError,
    RetryableError,
    UnknownOutcomeError,
)
from connector.domain.planning import Outcome, Plan
from connector.domain.reconciliation import shortfall
from connector.domain.records.digests import Seal
from connector.domain.records.ledger import ANSWER_SECONDS, EmployeeLink, Intent, Record, Write
from connector.ports.clock import Clock
from connector.ports.ledger import Ledger
from connector.ports.visma import Targets
from connector.services.apply.lost_write import (
    LOST_OTHERWISE,
    as_created,
    as_meant,
    can_be_told,
    has_landed,
    is_among,
    lost_create,
    lost_update,
    nothing_left,
    with_earlier,
)
from connector.services.apply.write_request import (
    ADOPTED,
    GuardFn,
    KnownEmployee,
    Result,
    WriteRequest,
    allow_all,
    edited_in_visma,
    identity_of,
    is_another,
    is_desired,
    is_same_person,
    no_plan,
)

BY_HAND = "made inactive in Visma by hand"


@dataclass(frozen=True, slots=True)
class EmployeeWriter:
    """Creates, updates and deactivates employees."""

    targets: Targets
    ledger: Ledger
    clock: Clock
    answer_seconds: float = ANSWER_SECONDS

    def upsert(self, request: WriteRequest, code: str) -> Result:
        """Makes the employee of a working person the desired one; creates it if need be.

        Nothing is written over what a lost write has left before that is on record: then the result
        `is_earlier`, and the employee is as it was found.
        """
        link = request.link
        if link is None or not link.exists:
            return self._create(request, code)
        return self._bring_up_to_date(request, link, lost_first=True)

    def deactivate(self, request: WriteRequest) -> Result:
        """Makes the employee of a person who left inactive, and changes nothing else."""
        link = request.link
        if link and link.exists:
            result = self._bring_up_to_date(request, link)
            # What was begun meanwhile is over: its record goes on, not the one that was read.
            begun = replace(request, record=result.record)
            return self._nothing_left(begun, link) or result if result.is_vanished else result
        return Result(Outcome.OUT_OF_SCOPE, request.record, reason="never an employee in Visma")

    def left_by_hand(self, request: WriteRequest) -> Result | None:
        """What the ledger has to know where somebody has made an employee inactive in Visma.

        None where Visma has it otherwise, or somebody else's under its code.
        """
        link = request.link
        if link is None or not link.exists:
            return None
        known = self._look(request, link.employee_code or "")
        if known is None:
            return self._nothing_left(request, link)
        if is_another(known, request) or known.stored.get("status") != INACTIVE:
            return None
        return replace(known.unchanged(request, no_plan(None)), remark=BY_HAND)

    def _nothing_left(self, request: WriteRequest, link: EmployeeLink) -> Result | None:
        """The end of leaving where finance has deleted the employee, and not only renumbered it.

        None where the employee is still listed, or nobody can tell: not by an old digest, nor by a
        list that shows fewer than it says there are, or far too few of those whom it should show,
        see `shortfall`.
        """
        if not can_be_told(link, request.seal):
            return None
        listing = self.targets.company(request.company).all_employees()
        if not listing.is_whole or is_among(listing.employees, link, request.seal):
            return None
        if shortfall(request.company, self.ledger.links(request.company), listing.employees):
            return None
        return nothing_left(request.record, link)

    def untold(self, record: Record) -> tuple[str, Result] | None:
        """The company, and what a write without an answer has done there; None where nothing."""
        return self.arrived(record) or self.landed(record)

    def arrived(self, record: Record) -> tuple[str, Result] | None:
        """The company and employee of a create whose answer was lost, where it did arrive."""
        intent = record.person.intent
        if intent is None or not intent.proof:
            return None
        known = self._read(intent.company, intent.code, record.person.seal)
        created = lost_create(record, known)
        return (intent.company, created) if created else None

    def landed(self, record: Record) -> tuple[str, Result] | None:
        """The company and employee of an update whose answer was lost, where it changed anything.

        What Visma can no longer show is told as well, as not certain.
        """
        intent = record.person.intent
        link = record.links.get(intent.company) if intent else None
        if intent is None or not intent.may_have_updated or link is None or not link.exists:
            return None
        known = self._read(intent.company, intent.code, record.person.seal)
        if known and is_another(known, WriteRequest(record, intent.company, {}, no_plan)):
            known = None
        result = lost_update(record, link, known)
        return (intent.company, result) if result else None

    def _bring_up_to_date(
        self, request: WriteRequest, link: EmployeeLink, *, lost_first: bool = False
    ) -> Result:
        known = self._recall(request, link)
        own = known if known and not is_another(known, request) else None
        lost = lost_update(request.record, link, own)
        if lost_first and lost and not is_desired(request, own, lost):
            return lost
        if known is None:
            return request.vanished()
        if own is None:
            return request.another(known)
        result = self._close_gap(request, own)
        if lost and result.outcome is Outcome.UNCHANGED:
            return as_meant(result, lost)
        return replace(result, remark=edited_in_visma(request, own, link) or result.remark)

    def _create(self, request: WriteRequest, code: str) -> Result:
        was_begun = request.unfinished_code == code
        plan = request.plan(None)
        if plan.rejected:
            return request.spared(plan)
        hold = None if was_begun else request.hold_for(plan)
        if hold:
            return request.held(hold, plan)
        try:
            # The claim makes the code this person's before Visma hears of it: of two writers,
            # and of two people with one number, only one goes on.
            proof = proof_of(request.desired.get("contact.email", ""), request.seal)
            begun_as = with_earlier(request.record, plan) if was_begun else plan.differences
            write = Write(request.company, code, begun_as, proof)
            record = self.ledger.begin(request.record, write, claim=True)
        except CodeTakenError:
            return request.rejected(self._taken(request, code))
        guard = request.guard if was_begun else allow_all
        begun = replace(request, record=record, guard=allow_all)
        with self._released_on_failure(begun):
            return self._create_or_adopt(begun, code, guard, was_begun=was_begun)

    def _taken(self, request: WriteRequest, code: str) -> str:
        """Whose the code is: perhaps the same person's, re-entered in Rippling."""
        reason = f"employee code {code} is another person's in {request.company}"
        known = self._look(request, code)
        if known is None or not is_same_person(known.employee, request.desired):
            return reason
        owner = self.ledger.owner_of(code, request.company)
        return (
            f"same person? {reason}, {owner}, and the employee has the same e-mail address: where"
            f" Rippling has re-entered or merged someone, `connector adopt"
            f" {request.record.person.id} {code}` moves the employee"
        )

    def _create_or_adopt(
        self, begun: WriteRequest, code: str, guard: GuardFn, *, was_begun: bool
    ) -> Result:
        """Creates the employee that is not there; `guard` is asked about a create begun before.

        It was counted on the day it was begun, and is made only now.
        """
        known = self._look(begun, code)
        if known:
            return self._adopt(begun, known, was_begun=was_begun)
        plan = begun.plan(None)
        if hold := replace(begun, guard=guard).hold_for(plan):
            return begun.held(hold, plan)
        result = self._create_new(begun, code)
        if result.outcome is Outcome.REJECTED:
            # A refusal may mean that a create of ours, believed lost, has arrived after all.
            late = self._look(begun, code)
            if late and is_same_person(late.employee, begun.desired):
                return self._adopt(begun, late, was_begun=True)
        return result

    def _adopt(self, begun: WriteRequest, known: KnownEmployee, *, was_begun: bool) -> Result:
        """Takes over an employee on proof: our own lost create, or one that was there before us.

        For one that was there only the work address is proof: a private one may be shared.
        """
        contact = begun.desired if was_begun else {"contact.email": begun.work_address}
        if not is_same_person(known.employee, contact):
            return begun.rejected(f"Visma has an employee {known.code} with another e-mail address")
        if was_begun and begun.plan(known.stored).differences:
            return as_created(begun.record, known, LOST_OTHERWISE)
        proof = proof_of(contact.get("contact.email", ""), begun.seal)
        result = self._close_gap(begun, known, proof)
        if result.outcome is Outcome.REJECTED:
            return result
        if was_begun:
            made = as_created(begun.record, known)
            return replace(made, etag=result.etag, written=result.written, is_earlier=False)
        return replace(result, remark=ADOPTED)

    def _create_new(self, begun: WriteRequest, code: str) -> Result:
        if begun.refusal:
            return begun.rejected(str(begun.refusal))
        try:
            written = self.targets.company(begun.company).create(code, begun.desired)
        except RefusedError as error:
            reduced = begun.without(error.field)
            return self._create_new(reduced, code) if reduced else begun.rejected(str(error))
        plan, remarks = begun.reduced(begun.plan(None)), [begun.remark] if begun.remark else []
        if written.code != code:
            remarks.insert(0, f"Visma gave the code {written.code}")
        if canonical(written.code) != canonical(code):
            try:
                begun = self._begun_under(begun, written.code)
            except CodeTakenError:
                return begun.rejected(begun.given_anothers(written.code))
        created = KnownEmployee(written.code, {}, None)
        return created.changed(begun, plan, written, "; ".join(remarks))

    def _begun_under(self, begun: WriteRequest, code: str) -> WriteRequest:
        """The create as one of the code that Visma gave, which is the person's from here on.

        Raises:
            CodeTakenError: it is another person's.
        """
        intent = begun.record.person.intent
        if intent is None:
            return begun  # a rehearsal
        write = Write(begun.company, code, intent.differences or (), intent.proof)
        return replace(begun, record=self.ledger.begin(begun.record, write, claim=True))

    def _close_gap(self, request: WriteRequest, known: KnownEmployee, proof: str = "") -> Result:
        """Writes what differs, if anything does, with the version that was seen.

        An employee that is taken over has to be known again by a `proof`.
        """
        plan = request.plan(known.stored)
        if not plan.differences:
            return known.unchanged(request, plan)
        if hold := request.hold_for(plan):
            return request.held(hold, plan)
        if request.refusal:
            return request.rejected(str(request.refusal))
        identity = identity_of(request, known, plan)
        if identity is None:
            # Only Visma knows name or address. The guards have been asked about this very change.
            allowed, seen = replace(request, guard=allow_all), self._look(request, known.code)
            if seen and not is_another(seen, request):
                return self._close_gap(allowed, seen, proof)
            return request.another(seen) if seen else request.vanished()
        seen_on = known.etag or ("" if proof else None)  # an employee that was there is no create
        write = Write(request.company, known.code, plan.differences, proof, seen_on)
        record = self.ledger.begin(request.record, write, claim=False)
        return self._update(replace(request, record=record), known, plan, identity)

    def _update(
        self, begun: WriteRequest, known: KnownEmployee, plan: Plan, identity: Fields
    ) -> Result:
        fields = {path: begun.desired[path] for path in plan.fields}
        target = self.targets.company(begun.company)
        try:
            with self._released_on_failure(begun):
                written = target.update(known.code, fields, identity=identity, etag=known.etag)
        except RefusedError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                self.ledger.release_intent(begun.record, nothing_written=True)
                return begun.vanished()
            reduced = begun.without(error.field)
            rest = reduced.reduced(plan) if reduced else plan
            if reduced is None or not rest.differences:
                return begun.rejected(str(error))
            return self._update(reduced, known, rest, identity)
        return known.changed(begun, plan, written, begun.remark)

    @contextmanager
    def _released_on_failure(self, begun: WriteRequest) -> Iterator[None]:
        """A write that ended in a fault is over: the next writer need not wait for this one.

        The intent's code and proof are kept, only its time is up. Where no answer came, Visma may
        still apply the write: until then nothing else is sent, see
        `require_settled`.
        """
        try:
            yield
        except UnknownOutcomeError as error:
            late = timedelta(seconds=self.answer_seconds)
            lands_until = self.clock.now() + late if error.may_land else None
            self.ledger.release_intent(begun.record, lands_until)
            raise
        except RetryableError as error:
            # That somebody else was faster is the one fault which proves that nothing was written.
            is_refused = isinstance(error, ConflictError)
            self.ledger.release_intent(begun.record, nothing_written=is_refused)
            raise
        except ConfigurationError:  # Visma does not let us write: nothing lands later
            self.ledger.release_intent(begun.record)
            raise

    def require_settled(self, record: Record) -> None:
        """Waits for a write without an answer, as long as Visma may still apply it.

        Raises:
            UnknownOutcomeError: it has not been applied yet, and may be.
        """
        intent, now = record.person.intent, self.clock.now()
        if intent is None or intent.lands_until is None or not intent.may_land(now):
            return
        if not self._has_landed(record, intent):
            raise UnknownOutcomeError(
                f"nobody knows of an answer to a write of employee {intent.code} in"
                f" {intent.company}, and Visma may still apply it; nothing else is sent meanwhile",
                retry_after=(intent.lands_until - now).total_seconds() + 1,
            )

    def _has_landed(self, record: Record, intent: Intent) -> bool:
        if intent.proof:
            return self.arrived(record) is not None
        link = record.links.get(intent.company)
        known = self._read(intent.company, intent.code, record.person.seal)
        if known is None or link is None:
            return True  # nothing is there that the write could still change
        return has_landed(record, intent, link, known)

    def _recall(self, request: WriteRequest, link: EmployeeLink) -> KnownEmployee | None:
        """The employee from memory where that can be trusted, else as Visma has it now."""
        code = link.employee_code or ""
        is_trusted = request.record.person.intent is None and not request.must_look
        if is_trusted and link.etag and link.written and is_readable(link.written, request.seal):
            return KnownEmployee(code, link.written, link.etag)
        return self._look(request, code)

    def _look(self, request: WriteRequest, code: str) -> KnownEmployee | None:
        """The employee as Visma has it; what it shows in a form of its own counts as written."""
        known = self._read(request.company, code, request.seal)
        if known is None or known.employee is None:
            return known
        shown = known.employee.fields
        as_written = {
            path: stored_value(path, text, request.seal)
            for path, text in request.desired.items()
            if reads_as(path, text, shown.get(path, ""))
        }
        return replace(known, stored={**known.stored, **as_written})

    def _read(self, company: str, code: str, seal: Seal) -> KnownEmployee | None:
        employee = self.targets.company(company).read(code)
        if employee is None:
            return None
        stored = stored_values(employee.fields, seal)
        return KnownEmployee(employee.code, stored, employee.etag, employee)
