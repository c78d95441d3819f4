"""Getting one employee into Visma safely: look, note, write once, and never write blind.

Decides nothing about people; it is given the desired fields. It writes the intent to the ledger,
never the outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeAlias

from connector.domain.employees import (
    Employee,
    Fields,
    StoredValues,
    proof_of,
    same,
    stored_value,
    stored_values,
)
from connector.domain.errors import CodeTakenError, RefusedError, RetryableError
from connector.domain.guards import ChangeKind
from connector.domain.ledger import EmployeeLink, Record
from connector.domain.planning import Difference, Outcome, Plan
from connector.ports.ledger import Ledger
from connector.ports.visma import Targets

IDENTITY = ("contact.last_name", "contact.email")
"""What Visma wants repeated in every update, changed or not."""

LOST = "the answer to the write had been lost; Visma was found as desired"


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a guard holds a change: which kind, in which run."""

    kind: ChangeKind
    run: str
    reason: str


GuardFn: TypeAlias = Callable[[ChangeKind], Hold | None]
"""Says why a guarded kind of change must not happen now, or None."""


def allow_all(_: ChangeKind) -> Hold | None:
    """No guard has anything to say."""
    return None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of bringing an employee up to date, and the ledger as it is now."""

    outcome: Outcome
    record: Record
    code: str | None = None
    employee_id: int | None = None
    etag: str | None = None
    written: Mapping[str, str] | None = None
    differences: tuple[Difference, ...] = ()
    reason: str = ""
    remark: str = ""
    hold: Hold | None = None


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """One employee to bring up to date: whose, where, to which fields, by which plan.

    `refusal` is what Visma said to the last attempt: then Visma is read, not written again.
    """

    record: Record
    company: str
    desired: Fields
    plan: Callable[[StoredValues | None], Plan]
    refusal: RefusedError | None = None
    guard: GuardFn = allow_all
    must_look: bool = False
    is_begun: bool = False

    @property
    def link(self) -> EmployeeLink | None:
        """The ledger's row of this person in this company."""
        return self.record.links.get(self.company)

    @property
    def salt(self) -> str:
        """The person's salt."""
        return self.record.person.salt

    @property
    def begun_code(self) -> str | None:
        """The code of a write to this company that was begun and never ended."""
        intent = self.record.person.intent
        return intent.code if intent and intent.company == self.company else None


@dataclass(frozen=True, slots=True)
class _Known:
    """An employee as far as known: from the ledger, or from Visma where somebody had to look."""

    code: str
    stored: StoredValues
    etag: str | None
    employee: Employee | None = None

    def created(self, record: Record) -> Result:
        """The result of finding an employee of our own, just as it is."""
        internal_id = self.employee.employee_id if self.employee else None
        return Result(
            Outcome.CREATED, record, self.code, internal_id, self.etag, self.stored, remark=LOST
        )

    def found(self, request: WriteRequest, plan: Plan, remark: str = "") -> Result:
        """The result of leaving the employee as it is."""
        return self.after(request, plan, self.etag, remark)

    def after(
        self, request: WriteRequest, plan: Plan, etag: str | None, remark: str = ""
    ) -> Result:
        """The result once the differences of `plan` hold."""
        now = {**self.stored, **{item.field: item.after for item in plan.differences}}
        internal_id = self.employee.employee_id if self.employee else None
        return Result(
            plan.outcome,
            request.record,
            self.code,
            internal_id,
            etag,
            now,
            plan.differences,
            remark=remark,
        )


class EmployeeWriter:
    """Creates, updates and deactivates employees."""

    def __init__(self, targets: Targets, ledger: Ledger) -> None:
        self._targets = targets
        self._ledger = ledger

    def upsert(self, request: WriteRequest, code: str) -> Result:
        """Makes the employee of a working person the desired one; creates it if need be."""
        link = request.link
        if link is None or not link.exists:
            return self._create(request, code)
        return self._bring_up_to_date(request, link)

    def deactivate(self, request: WriteRequest) -> Result:
        """Makes the employee of somebody who left inactive, and changes nothing else."""
        link = request.link
        if link and link.exists:
            return self._bring_up_to_date(request, link)
        return Result(Outcome.OUT_OF_SCOPE, request.record, reason="never an employee in Visma")

    def arrived(self, record: Record) -> tuple[str, Result] | None:
        """The company and employee of a create whose answer was lost, where it did arrive."""
        intent, salt = record.person.intent, record.person.salt
        if intent is None or not intent.proof:
            return None
        employee = self._targets.company(intent.company).read(intent.code)
        address = employee.fields.get("contact.email", "") if employee else ""
        if employee is None or proof_of(address, salt) != intent.proof:
            return None
        known = _Known(employee.code, stored_values(employee.fields, salt), employee.etag, employee)
        return intent.company, known.created(record)

    def _bring_up_to_date(self, request: WriteRequest, link: EmployeeLink) -> Result:
        known = self._recall(request, link)
        if known is None:
            return _vanished(request)
        result = self._close_gap(request, known)
        lost = request.plan(link.written)
        if result.outcome is Outcome.UNCHANGED and request.begun_code and lost.differences:
            return replace(result, outcome=lost.outcome, differences=lost.differences, remark=LOST)
        return replace(result, remark=_edited(request, known, link) or result.remark)

    def _create(self, request: WriteRequest, code: str) -> Result:
        was_begun = request.begun_code == code
        hold = None if was_begun else request.guard(ChangeKind.CREATE)
        if hold:
            return _held(request, hold, request.plan(None))
        try:
            proof = proof_of(request.desired.get("contact.email", ""), request.salt)
            record = self._ledger.begin(
                request.record, request.company, code, claim=True, proof=proof
            )
        except CodeTakenError:
            return _rejected(
                request, f"employee code {code} is another person's in {request.company}"
            )
        request = replace(request, record=record, is_begun=True, guard=allow_all)
        with self._releasing_intent(request):
            return self._create_begun(request, code, was_begun=was_begun)

    def _create_begun(self, request: WriteRequest, code: str, *, was_begun: bool) -> Result:
        known = self._look(request, code)
        if known:
            return self._adopt(request, known, was_begun=was_begun)
        result = self._create_new(request, code)
        if result.outcome is Outcome.REJECTED:
            # A refusal may mean that a create of ours, believed lost, has arrived after all.
            late = self._look(request, code)
            if late and is_same_person(late.employee, request.desired):
                return self._adopt(request, late, was_begun=True)
        return result

    def _adopt(self, request: WriteRequest, known: _Known, *, was_begun: bool) -> Result:
        """Takes over an employee on proof: our own lost create, or one that was there before us."""
        if not is_same_person(known.employee, request.desired):
            return _rejected(
                request, f"Visma has an employee {known.code} with another e-mail address"
            )
        result = self._close_gap(request, known)
        if result.outcome is Outcome.REJECTED:
            return result
        if was_begun:
            return replace(result, outcome=Outcome.CREATED, remark=LOST)
        return replace(result, remark="adopted: Visma had this code with the same e-mail address")

    def _create_new(self, request: WriteRequest, code: str) -> Result:
        if request.refusal:
            return _rejected(request, str(request.refusal))
        try:
            written = self._targets.company(request.company).create(code, request.desired)
        except RefusedError as error:
            return _rejected(request, str(error))
        remark = f"Visma gave the code {written.code}" if written.code != code else ""
        return _Known(written.code, {}, None).after(
            request, request.plan(None), written.etag, remark
        )

    def _close_gap(self, request: WriteRequest, known: _Known) -> Result:
        """Writes what differs, if anything does, with the version that was seen."""
        plan = request.plan(known.stored)
        if not plan.differences:
            return known.found(request, plan)
        hold = _stopped(request, plan)
        if hold:
            return _held(request, hold, plan)
        if request.refusal:
            return _rejected(request, str(request.refusal))
        identity = _identity(request, known, plan)
        if identity is None:
            permitted = replace(request, guard=allow_all)
            seen = self._look(request, known.code)
            return self._close_gap(permitted, seen) if seen else _vanished(request)
        return self._update(request, known, plan, identity)

    def _update(self, request: WriteRequest, known: _Known, plan: Plan, identity: Fields) -> Result:
        if not request.is_begun:
            record = self._ledger.begin(request.record, request.company, known.code, claim=False)
            request = replace(request, record=record)
        fields = {path: request.desired[path] for path in plan.fields}
        target = self._targets.company(request.company)
        try:
            with self._releasing_intent(request):
                written = target.update(known.code, fields, identity=identity, etag=known.etag)
        except RefusedError as error:
            return _rejected(request, str(error))
        return known.after(request, plan, written.etag)

    @contextmanager
    def _releasing_intent(self, request: WriteRequest) -> Iterator[None]:
        """A write that ended in a fault is over: whoever looks next need not wait for us."""
        try:
            yield
        except RetryableError:
            self._ledger.release_intent(request.record)
            raise

    def _recall(self, request: WriteRequest, link: EmployeeLink) -> _Known | None:
        """The employee from memory where that can be trusted, else as Visma has it now."""
        code = link.employee_code or ""
        trusted = request.record.person.intent is None and not request.must_look
        if trusted and link.etag and link.written:
            return _Known(code, link.written, link.etag)
        return self._look(request, code)

    def _look(self, request: WriteRequest, code: str) -> _Known | None:
        employee = self._targets.company(request.company).read(code)
        if employee is None:
            return None
        return _Known(code, stored_values(employee.fields, request.salt), employee.etag, employee)


def is_same_person(employee: Employee | None, contact: Fields) -> bool:
    """The proof that an employee found under a code is this person: the same e-mail address."""
    fields = employee.fields if employee else {}
    theirs = fields.get("contact.email", "").strip().casefold()
    return bool(theirs) and theirs == contact.get("contact.email", "").strip().casefold()


def _identity(request: WriteRequest, known: _Known, plan: Plan) -> dict[str, str] | None:
    """Last name and e-mail as Visma will have them, or None where only Visma can tell."""
    identity = {}
    for path in IDENTITY:
        value = request.desired.get(path, "")
        if path in plan.fields or same(
            path, known.stored.get(path, ""), stored_value(path, value, request.salt)
        ):
            identity[path] = value
        elif known.employee:
            identity[path] = known.employee.fields.get(path, "")
        else:
            return None
    return identity


def _edited(request: WriteRequest, known: _Known, link: EmployeeLink) -> str:
    """Which fields somebody changed in Visma to neither what was written nor what is desired."""
    written = link.written or {}
    edited = [
        path
        for path, value in known.stored.items()
        if path in written
        and not same(path, value, written[path])
        and not same(path, value, stored_value(path, request.desired.get(path, ""), request.salt))
    ]
    return f"edited in Visma: {', '.join(edited)}" if edited else ""


def _stopped(request: WriteRequest, plan: Plan) -> Hold | None:
    """What a guard has to say about a plan; a lost answer to it was permitted before."""
    if plan.outcome is Outcome.DEACTIVATED:
        return request.guard(ChangeKind.DEACTIVATE)
    if plan.outcome is Outcome.UPDATED and "department" in plan.fields:
        return request.guard(ChangeKind.MOVE)
    return None


def _held(request: WriteRequest, hold: Hold, plan: Plan) -> Result:
    """Nothing is done, and the audit shows what would be."""
    differences = plan.differences
    return Result(
        Outcome.HELD, request.record, differences=differences, reason=hold.reason, hold=hold
    )


def _rejected(request: WriteRequest, reason: str) -> Result:
    return Result(Outcome.REJECTED, request.record, reason=reason)


def _vanished(request: WriteRequest) -> Result:
    code = request.link.employee_code if request.link else None
    reason = (
        f"Visma has no employee {code} in {request.company} any more; was the code changed there?"
    )
    return _rejected(request, reason)
