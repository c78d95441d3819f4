"""Getting one employee into Visma safely: look, note, write once, and never write blind.

Decides nothing about people; it is given the desired fields. It writes the intent to the ledger,
never the outcome. Every result carries the ledger's record as it is by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeAlias

from connector.domain.employees import (
    IDENTITY,
    Employee,
    Fields,
    StoredValues,
    proof_of,
    same,
    stored_value,
    stored_values,
)
from connector.domain.errors import CodeTakenError, RefusedError, RetryableError
from connector.domain.guards import ChangeKind, kind_of_plan
from connector.domain.planning import Difference, Outcome, Plan
from connector.domain.records.ledger import EmployeeLink, Record
from connector.ports.ledger import Ledger
from connector.ports.visma import Targets

LOST = "the answer to the write had been lost; Visma was found as desired"
ADOPTED = "adopted: Visma had this code with the same e-mail address"


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a guard holds a change: which kind, in which run."""

    kind: ChangeKind
    run: str
    reason: str


GuardFn: TypeAlias = Callable[[ChangeKind], Hold | None]
"""Says why a guarded kind of change must not happen now, or None."""


def allow_all(_: ChangeKind) -> Hold | None:
    """No guard objects."""
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

    `refusal` is Visma's answer to the last attempt: then Visma is read, not written again.
    """

    record: Record
    company: str
    desired: Fields
    plan: Callable[[StoredValues | None], Plan]
    refusal: RefusedError | None = None
    guard: GuardFn = allow_all
    must_look: bool = False

    @property
    def link(self) -> EmployeeLink | None:
        """The ledger's row of this person in this company."""
        return self.record.links.get(self.company)

    @property
    def salt(self) -> str:
        """The person's salt."""
        return self.record.person.salt

    @property
    def unfinished_code(self) -> str | None:
        """The code of a write to this company that was begun and never finished."""
        intent = self.record.person.intent
        return intent.code if intent and intent.company == self.company else None

    def hold_for(self, plan: Plan) -> Hold | None:
        """What the guards say about a plan."""
        kind = kind_of_plan(plan)
        return self.guard(kind) if kind else None

    def is_desired(self, path: str, value: str) -> bool:
        """Whether a stored value is what is desired of a field."""
        return same(path, value, stored_value(path, self.desired.get(path, ""), self.salt))

    def held(self, hold: Hold, plan: Plan) -> Result:
        """Nothing is done, and the audit shows what would be."""
        return Result(
            Outcome.HELD,
            self.record,
            differences=plan.differences,
            reason=hold.reason,
            hold=hold,
        )

    def rejected(self, reason: str) -> Result:
        """The employee cannot be written."""
        return Result(Outcome.REJECTED, self.record, reason=reason)

    def vanished(self) -> Result:
        """Visma no longer has the employee that the ledger knows."""
        code = self.link.employee_code if self.link else None
        return self.rejected(
            f"Visma has no employee {code} in {self.company} any more; was the code changed there?"
        )


@dataclass(frozen=True, slots=True)
class KnownEmployee:
    """An employee as far as known: from the ledger, or from Visma where it had to be read."""

    code: str
    stored: StoredValues
    etag: str | None
    employee: Employee | None = None

    @property
    def employee_id(self) -> int | None:
        """Visma's own id, where the employee was read."""
        return self.employee.employee_id if self.employee else None

    def as_created(self, record: Record) -> Result:
        """The result of finding an employee of our own, just as it is."""
        return Result(
            Outcome.CREATED,
            record,
            self.code,
            self.employee_id,
            self.etag,
            self.stored,
            remark=LOST,
        )

    def unchanged(self, request: WriteRequest, plan: Plan) -> Result:
        """The result of leaving the employee as it is."""
        return self.changed(request, plan, self.etag)

    def changed(
        self, request: WriteRequest, plan: Plan, etag: str | None, remark: str = ""
    ) -> Result:
        """The result once the differences of `plan` hold."""
        return Result(
            plan.outcome,
            request.record,
            self.code,
            self.employee_id,
            etag,
            {**self.stored, **{item.field: item.after for item in plan.differences}},
            plan.differences,
            remark=remark,
        )


@dataclass(frozen=True, slots=True)
class EmployeeWriter:
    """Creates, updates and deactivates employees."""

    targets: Targets
    ledger: Ledger

    def upsert(self, request: WriteRequest, code: str) -> Result:
        """Makes the employee of a working person the desired one; creates it if need be."""
        link = request.link
        if link is None or not link.exists:
            return self._create(request, code)
        return self._bring_up_to_date(request, link)

    def deactivate(self, request: WriteRequest) -> Result:
        """Makes the employee of a person who left inactive, and changes nothing else."""
        link = request.link
        if link and link.exists:
            return self._bring_up_to_date(request, link)
        return Result(Outcome.OUT_OF_SCOPE, request.record, reason="never an employee in Visma")

    def arrived(self, record: Record) -> tuple[str, Result] | None:
        """The company and employee of a create whose answer was lost, where it did arrive."""
        intent, salt = record.person.intent, record.person.salt
        if intent is None or not intent.proof:
            return None
        known = self._read(intent.company, intent.code, salt)
        address = known.employee.fields.get("contact.email", "") if known and known.employee else ""
        if known is None or proof_of(address, salt) != intent.proof:
            return None
        return intent.company, known.as_created(record)

    def _bring_up_to_date(self, request: WriteRequest, link: EmployeeLink) -> Result:
        known = self._recall(request, link)
        if known is None:
            return request.vanished()
        result = self._close_gap(request, known)
        lost = request.plan(link.written)
        if result.outcome is Outcome.UNCHANGED and request.unfinished_code and lost.differences:
            return replace(result, outcome=lost.outcome, differences=lost.differences, remark=LOST)
        return replace(result, remark=edited_in_visma(request, known, link) or result.remark)

    def _create(self, request: WriteRequest, code: str) -> Result:
        was_begun = request.unfinished_code == code
        plan = request.plan(None)
        hold = None if was_begun else request.hold_for(plan)
        if hold:
            return request.held(hold, plan)
        try:
            # The claim makes the code this person's before Visma hears of it: of two writers,
            # and of two people with one number, only one goes on.
            proof = proof_of(request.desired.get("contact.email", ""), request.salt)
            record = self.ledger.begin(
                request.record, request.company, code, claim=True, proof=proof
            )
        except CodeTakenError:
            return request.rejected(
                f"employee code {code} is another person's in {request.company}"
            )
        begun = replace(request, record=record, guard=allow_all)
        with self._released_on_failure(begun):
            return self._create_or_adopt(begun, code, was_begun=was_begun)

    def _create_or_adopt(self, begun: WriteRequest, code: str, *, was_begun: bool) -> Result:
        known = self._look(begun, code)
        if known:
            return self._adopt(begun, known, was_begun=was_begun)
        result = self._create_new(begun, code)
        if result.outcome is Outcome.REJECTED:
            # A refusal may mean that a create of ours, believed lost, has arrived after all.
            late = self._look(begun, code)
            if late and is_same_person(late.employee, begun.desired):
                return self._adopt(begun, late, was_begun=True)
        return result

    def _adopt(self, begun: WriteRequest, known: KnownEmployee, *, was_begun: bool) -> Result:
        """Takes over an employee on proof: our own lost create, or one that was there before us."""
        if not is_same_person(known.employee, begun.desired):
            return begun.rejected(f"Visma has an employee {known.code} with another e-mail address")
        result = self._close_gap(begun, known, is_begun=True)
        if result.outcome is Outcome.REJECTED:
            return result
        if was_begun:
            return replace(result, outcome=Outcome.CREATED, remark=LOST)
        return replace(result, remark=ADOPTED)

    def _create_new(self, begun: WriteRequest, code: str) -> Result:
        if begun.refusal:
            return begun.rejected(str(begun.refusal))
        try:
            written = self.targets.company(begun.company).create(code, begun.desired)
        except RefusedError as error:
            return begun.rejected(str(error))
        remark = f"Visma gave the code {written.code}" if written.code != code else ""
        created = KnownEmployee(written.code, {}, None)
        return created.changed(begun, begun.plan(None), written.etag, remark)

    def _close_gap(
        self, request: WriteRequest, known: KnownEmployee, *, is_begun: bool = False
    ) -> Result:
        """Writes what differs, if anything does, with the version that was seen."""
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
            seen = self._look(request, known.code)
            allowed = replace(request, guard=allow_all)
            return self._close_gap(allowed, seen, is_begun=is_begun) if seen else request.vanished()
        if not is_begun:
            record = self.ledger.begin(request.record, request.company, known.code, claim=False)
            request = replace(request, record=record)
        return self._update(request, known, plan, identity)

    def _update(
        self, begun: WriteRequest, known: KnownEmployee, plan: Plan, identity: Fields
    ) -> Result:
        fields = {path: begun.desired[path] for path in plan.fields}
        target = self.targets.company(begun.company)
        try:
            with self._released_on_failure(begun):
                written = target.update(known.code, fields, identity=identity, etag=known.etag)
        except RefusedError as error:
            return begun.rejected(str(error))
        return known.changed(begun, plan, written.etag)

    @contextmanager
    def _released_on_failure(self, begun: WriteRequest) -> Iterator[None]:
        """A write that ended in a fault is over: the next writer need not wait for this one.

        Its outcome stays unknown: the intent's code and proof are kept, only its time is up.
        """
        try:
            yield
        except RetryableError:
            self.ledger.release_intent(begun.record)
            raise

    def _recall(self, request: WriteRequest, link: EmployeeLink) -> KnownEmployee | None:
        """The employee from memory where that can be trusted, else as Visma has it now."""
        code = link.employee_code or ""
        is_trusted = request.record.person.intent is None and not request.must_look
        if is_trusted and link.etag and link.written:
            return KnownEmployee(code, link.written, link.etag)
        return self._look(request, code)

    def _look(self, request: WriteRequest, code: str) -> KnownEmployee | None:
        return self._read(request.company, code, request.salt)

    def _read(self, company: str, code: str, salt: str) -> KnownEmployee | None:
        employee = self.targets.company(company).read(code)
        if employee is None:
            return None
        stored = stored_values(employee.fields, salt)
        return KnownEmployee(employee.code, stored, employee.etag, employee)


def is_same_person(employee: Employee | None, contact: Fields) -> bool:
    """The proof that an employee found under a code is this person: the same e-mail address."""
    fields = employee.fields if employee else {}
    theirs = fields.get("contact.email", "").strip().casefold()
    return bool(theirs) and theirs == contact.get("contact.email", "").strip().casefold()


def identity_of(request: WriteRequest, known: KnownEmployee, plan: Plan) -> dict[str, str] | None:
    """Last name and e-mail as Visma will have them, or None where only Visma can tell."""
    identity = {}
    for path in IDENTITY:
        if path in plan.fields or request.is_desired(path, known.stored.get(path, "")):
            identity[path] = request.desired.get(path, "")
        elif known.employee:
            identity[path] = known.employee.fields.get(path, "")
        else:
            return None
    return identity


def edited_in_visma(request: WriteRequest, known: KnownEmployee, link: EmployeeLink) -> str:
    """Which fields were changed in Visma to neither what was written nor what is desired."""
    written = link.written or {}
    edited = [
        path
        for path, value in known.stored.items()
        if path in written
        and not same(path, value, written[path])
        and not request.is_desired(path, value)
    ]
    return f"edited in Visma: {', '.join(edited)}" if edited else ""
