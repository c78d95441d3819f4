"""One employee to be written: whose, where, to what, what is known of it, and what came of it.

Plain values. What is sent, and when, is in `employee_writer`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from connector.domain.employees import (
    BUSINESS_FIELDS,
    IDENTITY,
    INACTIVE,
    PERSONAL_FIELDS,
    REQUIRED_TO_CREATE,
    Employee,
    Fields,
    StoredValues,
    Written,
    readable,
    same,
    stored_value,
)
from connector.domain.errors import RefusedError
from connector.domain.guards import ChangeKind, kind_of_plan
from connector.domain.planning import Difference, Outcome, Plan
from connector.domain.reconciliation import CONFLICT
from connector.domain.records.approvals import digest_of
from connector.domain.records.digests import Seal
from connector.domain.records.ledger import REJECTED, EmployeeLink, Record

OPTIONAL = frozenset(PERSONAL_FIELDS) - frozenset(REQUIRED_TO_CREATE)
"""What no employee has to wait for, where Visma refuses it."""

MOST_LEFT_OUT = 2

ADOPTED = "adopted: Visma had this code with the same e-mail address"


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a guard holds a change: which kind, in which run, and what exactly.

    `values` are those that it would write; of whoever comes, all business fields that they should
    have, and none that are personal.
    """

    kind: ChangeKind
    run: str
    reason: str
    plan: str
    values: Mapping[str, str] = field(default_factory=dict)


GuardFn: TypeAlias = Callable[[ChangeKind, str], Hold | None]
"""Says why a guarded kind of change with this digest must not happen now, or None."""


def no_plan(_: StoredValues | None) -> Plan:
    """Nothing is to be written."""
    return Plan(Outcome.UNCHANGED)


def allow_all(_: ChangeKind, __: str) -> Hold | None:
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
    is_vanished: bool = False
    is_earlier: bool = False
    """Whether an earlier write is told, as it was found; the change itself comes after it."""
    rejected: tuple[Difference, ...] = ()
    """What was left as it is, since an operator rejected it."""
    is_certain: bool = True
    """Whether Visma shows everything that the write has written."""


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
    left_out: tuple[str, ...] = ()
    work_address: str = ""

    @property
    def link(self) -> EmployeeLink | None:
        """The ledger's row of this person in this company."""
        return self.record.links.get(self.company)

    @property
    def seal(self) -> Seal:
        """How the person's personal fields are stored."""
        return self.record.person.seal

    @property
    def unfinished_code(self) -> str | None:
        """The code of a create in this company that was begun and never finished.

        Every create carries a proof: what an operator began, a tie or another code, is none.
        """
        intent = self.record.person.intent
        if intent is None or not intent.is_create or intent.company != self.company:
            return None
        return intent.code

    def learnt_from(self, written: Written) -> int | None:
        """Visma's own id, where the answer to a write tells it and the ledger does not know it."""
        is_known = self.link is not None and self.link.employee_id is not None
        return None if is_known else written.employee_id

    def hold_for(self, plan: Plan) -> Hold | None:
        """What the guards say about a plan."""
        kind = kind_of_plan(plan)
        return self.guard(kind, digest_of(kind, plan)) if kind else None

    def without(self, field: str | None) -> WriteRequest | None:
        """The request without an optional field that Visma refused, if it can do without it."""
        if field not in OPTIONAL or len(self.left_out) >= MOST_LEFT_OUT:
            return None
        gone = part_of(field)
        if not gone & self.desired.keys():
            return None
        rest = {path: value for path, value in self.desired.items() if path not in gone}
        return replace(self, desired=rest, left_out=(*self.left_out, field))

    def reduced(self, plan: Plan) -> Plan:
        """The plan without what was left out."""
        gone = frozenset[str]().union(*map(part_of, self.left_out))
        kept = tuple(item for item in plan.differences if item.field not in gone)
        return replace(plan, differences=kept)

    @property
    def remark(self) -> str:
        """What the audit says of what was left out."""
        fields = ", ".join(self.left_out)
        return f"written without {fields}, which Visma refused; correct it" if fields else ""

    def is_desired(self, path: str, value: str) -> bool:
        """Whether a stored value is what is desired of a field; what is unknown desires nothing."""
        if path not in self.desired:
            return False
        return same(path, value, stored_value(path, self.desired[path], self.seal))

    def held(self, hold: Hold, plan: Plan) -> Result:
        """Nothing is done, and the audit shows what would be."""
        values = {each.field: each.after for each in plan.differences}
        if plan.outcome in (Outcome.CREATED, Outcome.REACTIVATED):
            values = business_of(self.desired)
        return Result(
            Outcome.HELD,
            self.record,
            differences=plan.differences,
            reason=hold.reason,
            hold=replace(hold, values={**values, **hold.values}),
            rejected=plan.rejected,
        )

    def spared(self, plan: Plan) -> Result:
        """No employee is made, since an operator rejected it."""
        return Result(Outcome.REJECTED, self.record, reason=REJECTED, rejected=plan.rejected)

    def rejected(self, reason: str) -> Result:
        """The employee cannot be written."""
        return Result(Outcome.REJECTED, self.record, reason=reason)

    def another(self, known: KnownEmployee) -> Result:
        """The code is somebody else's by now, who is not touched."""
        return self.rejected(
            f"{CONFLICT}the employee {known.code} in {self.company} is no longer this person's"
            " (another employee id, or neither the e-mail address nor both names that were"
            " written); adopt the right one, or give the person's employee its code back"
        )

    def given_anothers(self, code: str) -> str:
        """Why nobody is tied to the code that Visma gave: it is another person's by the ledger."""
        return (
            f"{CONFLICT}Visma says that it gave the new employee the code {code} in {self.company},"
            " which is another person's; look there which employee is whose, then `connector adopt`"
        )

    def vanished(self) -> Result:
        """Visma no longer has the employee that the ledger knows."""
        code = self.link.employee_code if self.link else None
        reason = f"Visma has no employee {code} in {self.company} any more"
        return replace(self.rejected(f"{reason}; was the code changed there?"), is_vanished=True)


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

    def unchanged(self, request: WriteRequest, plan: Plan) -> Result:
        """The result of leaving the employee as it is: nothing differs, or it was rejected."""
        result = self.changed(request, plan, Written(self.code, self.etag))
        return (
            replace(result, outcome=Outcome.REJECTED, reason=REJECTED, remark="")
            if (plan.rejected)
            else result
        )

    def changed(
        self, request: WriteRequest, plan: Plan, written: Written, remark: str = ""
    ) -> Result:
        """The result once the differences of `plan` hold, by the answer to the write."""
        fields = ", ".join(each.field for each in plan.rejected)
        left = f"the operator rejected {fields}: that stays as it is" if fields else ""
        return Result(
            plan.outcome,
            request.record,
            self.code,
            self.employee_id if self.employee else request.learnt_from(written),
            written.etag,
            {**self.stored, **{item.field: item.after for item in plan.differences}},
            plan.differences,
            remark="; ".join(filter(None, (remark, left))),
            rejected=plan.rejected,
        )


def business_of(desired: Fields) -> dict[str, str]:
    """The business fields among desired ones."""
    return {path: desired[path] for path in BUSINESS_FIELDS if path in desired}


def outcome_of(differences: Iterable[Difference]) -> Outcome:
    """What a write of these fields amounts to."""
    status = next((item for item in differences if item.field == "status"), None)
    if status is not None and status.after == INACTIVE:
        return Outcome.DEACTIVATED
    is_back = status is not None and status.before == INACTIVE
    return Outcome.REACTIVATED if is_back else Outcome.UPDATED


def part_of(field: str) -> frozenset[str]:
    """An optional field, and those that make no sense without it: an address is one thing."""
    if field.startswith("address."):
        return frozenset(path for path in PERSONAL_FIELDS if path.startswith("address."))
    return frozenset({field})


def is_another(known: KnownEmployee, request: WriteRequest) -> bool:
    """Whether an employee that was read is not the one that the ledger knows under this code.

    Without an id in the ledger only what was written can tell: someone who has neither the address
    of then nor both of the names, nor those desired now, is somebody else.
    """
    link = request.link
    if link is None or known.employee is None:
        return False
    return link.is_of(known.employee_id, known.stored, request.seal, request.desired) is False


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
    written = readable(link.written or {}, request.seal)
    edited = [
        path
        for path, value in known.stored.items()
        if path in written
        and not same(path, value, written[path])
        and not request.is_desired(path, value)
    ]
    return f"edited in Visma: {', '.join(edited)}" if edited else ""


def is_same_person(employee: Employee | None, contact: Fields) -> bool:
    """The proof that an employee found under a code is this person: the same e-mail address."""
    fields = employee.fields if employee else {}
    theirs = fields.get("contact.email", "").strip().casefold()
    return bool(theirs) and theirs == contact.get("contact.email", "").strip().casefold()


def is_desired(request: WriteRequest, known: KnownEmployee | None, lost: Result) -> bool:
    """Whether an employee is as it is to be, and shows all that a lost write has written."""
    return known is not None and lost.is_certain and not request.plan(known.stored).differences
