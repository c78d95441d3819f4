"""What a write that was begun has done in Visma, where no answer to it is on record.

Also whether a list still has an employee, and what ends a leaving where it has not.

Told from the intent, which names what was written, against the employee as Visma has it now. Plain
values: who reads Visma, and who writes the audit, is elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from connector.domain.employees import (
    FIELDS,
    INACTIVE,
    Employee,
    proof_of,
    readable,
    row_version,
    same,
    stored_values,
)
from connector.domain.planning import Difference, Outcome, Plan
from connector.domain.records.digests import Seal
from connector.domain.records.ledger import EmployeeLink, Intent, Record
from connector.services.apply.write_request import ADOPTED, KnownEmployee, Result, outcome_of

LOST = "the answer to the write had been lost; Visma was found as desired"
LOST_OTHERWISE = "the answer to an earlier write had been lost; this is what Visma has since"
NOT_CERTAIN = (
    "the answer to an earlier write had been lost; Visma has something else by now: whether it was"
    " written is not certain"
)
GONE = (
    "the answer to an earlier write had been lost; Visma has no such employee of this person any"
    " more: whether it was written is not certain"
)
PARTLY = "not certain, as Visma has something else by now: "


def lost_create(record: Record, known: KnownEmployee | None) -> Result | None:
    """The employee that a create, or an adoption, has left; None where it has left nothing.

    Only the e-mail address that was sent proves that the employee is this one.
    """
    intent, employee = record.person.intent, known.employee if known else None
    if intent is None or not intent.proof or known is None or employee is None:
        return None
    address = employee.fields.get("contact.email", "")
    if proof_of(address, record.person.seal) != intent.proof:
        return None
    return _as_adopted(record, intent, known) if intent.is_adoption else as_created(record, known)


def as_created(record: Record, known: KnownEmployee, remark: str = LOST) -> Result:
    """The result of finding an employee of our own that was begun to be created, just as it is."""
    intent = record.person.intent
    sent = {item.field: item.after for item in intent.differences or ()} if intent else {}
    told = {path: known.stored.get(path) or sent.get(path, "") for path in sent or FIELDS}
    differences = tuple(
        Difference(path, "", told[path]) for path in FIELDS if path in sent or told.get(path)
    )
    missing = [item.field for item in differences if not known.stored.get(item.field)]
    found = _found(Outcome.CREATED, record, known, differences, _remark(remark, missing))
    return replace(found, is_certain=not missing)


def with_earlier(record: Record, plan: Plan) -> tuple[Difference, ...]:
    """What a create writes that was begun before, perhaps as another one: either may be there."""
    intent = record.person.intent
    earlier = {item.field: item for item in (intent.differences or () if intent else ())}
    both = {**earlier, **{item.field: item for item in plan.differences}}
    return tuple(both[path] for path in FIELDS if path in both)


def lost_update(record: Record, link: EmployeeLink, known: KnownEmployee | None) -> Result | None:
    """What an update without an answer has written; None where it has written nothing.

    `known` is the person's employee as Visma has it now, None where it has none any more. What
    Visma neither shows nor rules out is told as not certain.
    """
    intent = record.person.intent
    if intent is None or intent.company != link.company or not intent.may_have_updated:
        return None
    if not intent.differences:
        return _as_compared(record, link, known) if known else None
    if known is None:
        code = link.employee_code or intent.code
        gone = KnownEmployee(code, link.written or {}, None)
        found = _found(outcome_of(intent.differences), record, gone, intent.differences, GONE)
        return replace(found, is_certain=False)
    return _as_written(record, intent, known, intent.differences)


def _as_adopted(record: Record, intent: Intent, known: KnownEmployee) -> Result | None:
    """What was written to an employee that was there, and is the person's now."""
    found = _as_written(record, intent, known, intent.differences or ())
    return replace(found, remark=f"{ADOPTED}; {found.remark}") if found else None


def _as_written(
    record: Record, intent: Intent, known: KnownEmployee, differences: tuple[Difference, ...]
) -> Result | None:
    missing = [item.field for item in differences if not _is_shown(item, known)]
    if len(missing) < len(differences):
        remark = _remark(LOST_OTHERWISE, missing)
    elif differences and has_moved(intent, known):
        remark = NOT_CERTAIN
    else:
        return None
    found = _found(outcome_of(differences), record, known, differences, remark)
    return replace(found, is_certain=not missing)


def as_meant(result: Result, lost: Result) -> Result:
    """A lost write after which nothing else is to be done, with the outcome it was meant for."""
    remark = LOST if lost.is_certain else lost.remark
    return replace(result, outcome=lost.outcome, differences=lost.differences, remark=remark)


def has_moved(intent: Intent, known: KnownEmployee) -> bool:
    """Whether Visma shows another version than the write was begun on; False where it shows none.

    Whoever's change that was: a write that did nothing leaves the version as it is.
    """
    if not intent.etag or not known.etag:
        return False
    return row_version(intent.etag) != row_version(known.etag)


def has_landed(record: Record, intent: Intent, link: EmployeeLink, known: KnownEmployee) -> bool:
    """Whether an update without an answer has come to an employee that is still there."""
    if intent.etag and known.etag:
        return has_moved(intent, known)
    if intent.differences:
        return lost_update(record, link, known) is not None
    if link.etag and known.etag:
        return row_version(known.etag) != row_version(link.etag)
    before = readable(link.written or {}, record.person.seal)
    return any(not same(path, known.stored.get(path, ""), before[path]) for path in before)


def can_be_told(link: EmployeeLink, seal: Seal) -> bool:
    """Whether a list can tell that an employee is on it; not by a digest under another key."""
    written = (link.written or {}).get("contact.email", "")
    return link.employee_id is not None or seal.made(written)


def is_among(employees: Iterable[Employee], link: EmployeeLink, seal: Seal) -> bool:
    """Whether an employee is listed, under whatever code: by Visma's own id, or by its address."""
    written = (link.written or {}).get("contact.email", "")
    for employee in employees:
        address = stored_values(employee.fields, seal).get("contact.email", "")
        is_same = employee.employee_id == link.employee_id
        if is_same or (link.employee_id is None and written and address == written):
            return True
    return False


def nothing_left(record: Record, link: EmployeeLink) -> Result:
    """The end of leaving of somebody whose employee Visma no longer has."""
    return Result(
        Outcome.UNCHANGED,
        record,
        link.employee_code,
        link.employee_id,
        written={**(link.written or {}), "status": INACTIVE},
        remark=f"Visma has no employee {link.employee_code} any more: none is to be left",
    )


def _is_shown(item: Difference, known: KnownEmployee) -> bool:
    return same(item.field, known.stored.get(item.field, ""), item.after)


def _remark(remark: str, missing: Iterable[str]) -> str:
    fields = ", ".join(missing)
    return f"{remark}; {PARTLY}{fields}" if fields else remark


def _as_compared(record: Record, link: EmployeeLink, known: KnownEmployee) -> Result | None:
    """All that Visma has otherwise than was written, whoever did it.

    For a write that was begun by an earlier version, which did not note what it was.
    """
    written = readable(link.written or {}, record.person.seal)
    differences = tuple(
        Difference(path, written[path], known.stored.get(path, ""))
        for path in FIELDS
        if path in written and not same(path, written[path], known.stored.get(path, ""))
    )
    if not differences:
        return None
    return _found(outcome_of(differences), record, known, differences, LOST_OTHERWISE)


def _found(
    outcome: Outcome,
    record: Record,
    known: KnownEmployee,
    differences: tuple[Difference, ...],
    remark: str,
) -> Result:
    return Result(
        outcome,
        record,
        known.code,
        known.employee_id,
        known.etag,
        known.stored,
        differences,
        remark=remark,
        is_earlier=True,
    )
