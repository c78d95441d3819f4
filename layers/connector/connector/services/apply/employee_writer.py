"""Getting one employee into Visma safely: look, note, write once, and never write blind.

Decides nothing about people; it is told the desired fields. It writes the intent to the ledger but
never the outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeAlias

from connector.domain.employees import Employee, Fields, Marks, mark, marks, proof_of, same
from connector.domain.errors import CodeTakenError, RefusedError, RetryableError
from connector.domain.guards import Kind
from connector.domain.ledger import Holding, Record
from connector.domain.planning import Difference, Outcome, Plan
from connector.ports.ledger import Ledger
from connector.ports.visma import Targets

IDENTITY = ("contact.last_name", "contact.email")
"""What Visma wants repeated in every update, changed or not."""

LOST = "the answer to the write had been lost; Visma was found as desired"


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a guard holds a change: which kind, by the verdict of which run."""

    kind: Kind
    run: str
    reason: str


Permits: TypeAlias = Callable[[Kind], Stop | None]
"""Says why a guarded kind of change must not happen now, or None."""


def permits_all(_: Kind) -> Stop | None:
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
    note: str = ""
    stop: Stop | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One employee to bring up to date: whose, where, to which fields, by which plan.

    `refusal` is what Visma said to the last attempt: then the job looks, but does not try again.
    """

    record: Record
    company: str
    desired: Fields
    plan: Callable[[Marks | None], Plan]
    refusal: RefusedError | None = None
    permit: Permits = permits_all
    must_look: bool = False
    is_begun: bool = False

    @property
    def holding(self) -> Holding | None:
        """The ledger's row of this person in this company."""
        return self.record.holdings.get(self.company)

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
    marks: Marks
    etag: str | None
    employee: Employee | None = None

    def created(self, record: Record) -> Result:
        """The result of finding an employee of our own, just as it is."""
        internal_id = self.employee.employee_id if self.employee else None
        return Result(
            Outcome.CREATED, record, self.code, internal_id, self.etag, self.marks, note=LOST
        )

    def found(self, job: Job, plan: Plan, note: str = "") -> Result:
        """The result of leaving the employee as it is."""
        return self.after(job, plan, self.etag, note)

    def after(self, job: Job, plan: Plan, etag: str | None, note: str = "") -> Result:
        """The result once the differences of `plan` hold."""
        now = {**self.marks, **{item.field: item.after for item in plan.differences}}
        internal_id = self.employee.employee_id if self.employee else None
        return Result(
            plan.outcome, job.record, self.code, internal_id, etag, now, plan.differences, note=note
        )


class Employing:
    """Creates, updates and deactivates employees."""

    def __init__(self, targets: Targets, ledger: Ledger) -> None:
        self._targets = targets
        self._ledger = ledger

    def employ(self, job: Job, code: str) -> Result:
        """Makes the employee of a working person the desired one; creates it if need be."""
        holding = job.holding
        if holding is None or not holding.exists:
            return self._create(job, code)
        return self._bring_up_to_date(job, holding)

    def dismiss(self, job: Job) -> Result:
        """Makes the employee of somebody who left inactive, and changes nothing else."""
        holding = job.holding
        if holding and holding.exists:
            return self._bring_up_to_date(job, holding)
        return Result(Outcome.OUT_OF_SCOPE, job.record, reason="never an employee in Visma")

    def arrived(self, record: Record) -> tuple[str, Result] | None:
        """The company and employee of a create whose answer was lost, where it did arrive."""
        intent, salt = record.person.intent, record.person.salt
        if intent is None or not intent.proof:
            return None
        employee = self._targets.company(intent.company).read(intent.code)
        address = employee.fields.get("contact.email", "") if employee else ""
        if employee is None or proof_of(address, salt) != intent.proof:
            return None
        known = _Known(employee.code, marks(employee.fields, salt), employee.etag, employee)
        return intent.company, known.created(record)

    def _bring_up_to_date(self, job: Job, holding: Holding) -> Result:
        known = self._recall(job, holding)
        if known is None:
            return _vanished(job)
        result = self._close_gap(job, known)
        lost = job.plan(holding.written)
        if result.outcome is Outcome.UNCHANGED and job.begun_code and lost.differences:
            return replace(result, outcome=lost.outcome, differences=lost.differences, note=LOST)
        return replace(result, note=_edited(job, known, holding) or result.note)

    def _create(self, job: Job, code: str) -> Result:
        was_begun = job.begun_code == code
        stop = None if was_begun else job.permit(Kind.CREATE)
        if stop:
            return _held(job, stop, job.plan(None))
        try:
            proof = proof_of(job.desired.get("contact.email", ""), job.salt)
            record = self._ledger.begin(job.record, job.company, code, claim=True, proof=proof)
        except CodeTakenError:
            return _rejected(job, f"employee code {code} is another person's in {job.company}")
        job = replace(job, record=record, is_begun=True, permit=permits_all)
        with self._letting_go(job):
            return self._create_begun(job, code, was_begun=was_begun)

    def _create_begun(self, job: Job, code: str, *, was_begun: bool) -> Result:
        known = self._look(job, code)
        if known:
            return self._adopt(job, known, was_begun=was_begun)
        result = self._create_new(job, code)
        if result.outcome is Outcome.REJECTED:
            # A refusal may mean that a create of ours, believed lost, has arrived after all.
            late = self._look(job, code)
            if late and is_same_person(late.employee, job.desired):
                return self._adopt(job, late, was_begun=True)
        return result

    def _adopt(self, job: Job, known: _Known, *, was_begun: bool) -> Result:
        """Takes over an employee on proof: our own lost create, or one that was there before us."""
        if not is_same_person(known.employee, job.desired):
            return _rejected(job, f"Visma has an employee {known.code} with another e-mail address")
        result = self._close_gap(job, known)
        if result.outcome is Outcome.REJECTED:
            return result
        if was_begun:
            return replace(result, outcome=Outcome.CREATED, note=LOST)
        return replace(result, note="adopted: Visma had this code with the same e-mail address")

    def _create_new(self, job: Job, code: str) -> Result:
        if job.refusal:
            return _rejected(job, str(job.refusal))
        try:
            written = self._targets.company(job.company).create(code, job.desired)
        except RefusedError as error:
            return _rejected(job, str(error))
        note = f"Visma gave the code {written.code}" if written.code != code else ""
        return _Known(written.code, {}, None).after(job, job.plan(None), written.etag, note)

    def _close_gap(self, job: Job, known: _Known) -> Result:
        """Writes what differs, if anything does, with the version that was seen."""
        plan = job.plan(known.marks)
        if not plan.differences:
            return known.found(job, plan)
        stop = _stopped(job, plan)
        if stop:
            return _held(job, stop, plan)
        if job.refusal:
            return _rejected(job, str(job.refusal))
        identity = _identity(job, known, plan)
        if identity is None:
            permitted = replace(job, permit=permits_all)
            seen = self._look(job, known.code)
            return self._close_gap(permitted, seen) if seen else _vanished(job)
        return self._update(job, known, plan, identity)

    def _update(self, job: Job, known: _Known, plan: Plan, identity: Fields) -> Result:
        if not job.is_begun:
            record = self._ledger.begin(job.record, job.company, known.code, claim=False)
            job = replace(job, record=record)
        fields = {path: job.desired[path] for path in plan.fields}
        target = self._targets.company(job.company)
        try:
            with self._letting_go(job):
                written = target.update(known.code, fields, identity=identity, etag=known.etag)
        except RefusedError as error:
            return _rejected(job, str(error))
        return known.after(job, plan, written.etag)

    @contextmanager
    def _letting_go(self, job: Job) -> Iterator[None]:
        """A write that ended in a fault is over: whoever looks next need not wait for us."""
        try:
            yield
        except RetryableError:
            self._ledger.let_go(job.record)
            raise

    def _recall(self, job: Job, holding: Holding) -> _Known | None:
        """The employee from memory where that can be trusted, else as Visma has it now."""
        code = holding.employee_code or ""
        trusted = job.record.person.intent is None and not job.must_look
        if trusted and holding.etag and holding.written:
            return _Known(code, holding.written, holding.etag)
        return self._look(job, code)

    def _look(self, job: Job, code: str) -> _Known | None:
        employee = self._targets.company(job.company).read(code)
        if employee is None:
            return None
        return _Known(code, marks(employee.fields, job.salt), employee.etag, employee)


def is_same_person(employee: Employee | None, contact: Fields) -> bool:
    """The proof that an employee found under a code is this person: the same e-mail address."""
    fields = employee.fields if employee else {}
    theirs = fields.get("contact.email", "").strip().casefold()
    return bool(theirs) and theirs == contact.get("contact.email", "").strip().casefold()


def _identity(job: Job, known: _Known, plan: Plan) -> dict[str, str] | None:
    """Last name and e-mail as Visma will have them, or None where only Visma can tell."""
    identity = {}
    for path in IDENTITY:
        value = job.desired.get(path, "")
        if path in plan.fields or same(
            path, known.marks.get(path, ""), mark(path, value, job.salt)
        ):
            identity[path] = value
        elif known.employee:
            identity[path] = known.employee.fields.get(path, "")
        else:
            return None
    return identity


def _edited(job: Job, known: _Known, holding: Holding) -> str:
    """Which fields somebody changed in Visma to neither what was written nor what is desired."""
    written = holding.written or {}
    edited = [
        path
        for path, value in known.marks.items()
        if path in written
        and not same(path, value, written[path])
        and not same(path, value, mark(path, job.desired.get(path, ""), job.salt))
    ]
    return f"edited in Visma: {', '.join(edited)}" if edited else ""


def _stopped(job: Job, plan: Plan) -> Stop | None:
    """What a guard has to say about a plan; a lost answer to it was permitted before."""
    if plan.outcome is Outcome.DEACTIVATED:
        return job.permit(Kind.DEACTIVATE)
    if plan.outcome is Outcome.UPDATED and "department" in plan.fields:
        return job.permit(Kind.MOVE)
    return None


def _held(job: Job, stop: Stop, plan: Plan) -> Result:
    """Nothing is done, and the audit shows what would be."""
    differences = plan.differences
    return Result(Outcome.HELD, job.record, differences=differences, reason=stop.reason, stop=stop)


def _rejected(job: Job, reason: str) -> Result:
    return Result(Outcome.REJECTED, job.record, reason=reason)


def _vanished(job: Job) -> Result:
    code = job.holding.employee_code if job.holding else None
    reason = f"Visma has no employee {code} in {job.company} any more; was the code changed there?"
    return _rejected(job, reason)
