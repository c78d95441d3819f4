"""The rows of the `PeopleTable` as they are stored, readable in the console.

Empty values are left out. Only the translation lives here, no reading and no writing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from connector.adapters.aws.dynamodb import Item, Values
from connector.adapters.ledger_steps import unknown
from connector.domain.catalogue import canonical
from connector.domain.employees import FIELDS
from connector.domain.planning import Difference, Outcome
from connector.domain.records.allocation import Allocation
from connector.domain.records.chain import Head
from connector.domain.records.digests import NO_KEY, DigestKey
from connector.domain.records.ledger import EmployeeLink, Intent, Person, Record, Rejection
from connector.domain.records.times import timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NO_COMPANY = "-"
PERSON, LINK, CLAIM, ALIAS = "person", "link", "claim", "alias"
OF_WORKER = "#worker"
"""In the place of a company, where a row is about a worker; no key of a company begins so."""


LONGEST_INDEXED = 250
"""An index takes keys of up to 1,024 bytes, and a character has up to four."""

PERSON_ATTRIBUTES = (
    "kind",
    "version",
    "salt",
    "fingerprints",
    "planned_fingerprints",
    "worker",
    "facts",
    "placement",
    "outcome",
    "active_in",
    "intent",
    "audit_hash",
    "audit_rows",
    "audit_expires_at",
)


def person_key(person_id: str) -> dict[str, str]:
    """The key of a person's own row."""
    return {"person": person_id, "company": NO_COMPANY}


def person_values(person: Person) -> Item:
    """What a person's own row holds besides its key."""
    return filled_attributes(
        {
            "kind": PERSON,
            "version": person.version,
            "salt": person.salt,
            "fingerprints": dict(person.fingerprints),
            "planned_fingerprints": dict(person.planned_fingerprints),
            "worker": person.worker_id,
            "facts": dict(person.facts),
            "placement": dict(person.placement),
            "outcome": person.outcome,
            "active_in": list(person.active_in),
            "intent": intent_values(person.intent) if person.intent else None,
            **head_values(person.audit),
        }
    )


def person_from(item: Values, key: DigestKey = NO_KEY) -> Person:
    """The person that a row tells of, with the key that their digests are made with."""
    return Person(
        id=item["person"],
        version=item.get("version", 0),
        salt=item.get("salt", ""),
        fingerprints=item.get("fingerprints", {}),
        planned_fingerprints=item.get("planned_fingerprints", {}),
        worker_id=item.get("worker", ""),
        facts=item.get("facts", {}),
        placement=item.get("placement", {}),
        outcome=item.get("outcome", ""),
        active_in=tuple(item.get("active_in", ())),
        intent=_intent_from(item["intent"]) if "intent" in item else None,
        audit=head_from(item),
        key=key,
    )


def head_values(head: Head) -> Item:
    """Where a chain of the audit ends."""
    return {
        "audit_hash": head.hash,
        "audit_rows": head.rows or None,
        "audit_expires_at": head.expires_at or None,
    }


def head_from(item: Values) -> Head:
    """Where a chain of the audit ended when the row was written."""
    return Head(
        item.get("audit_rows", 0), item.get("audit_hash", ""), item.get("audit_expires_at", 0)
    )


def intent_values(intent: Intent) -> Item:
    """The note that a write was begun: for each field that it changes, from what and to what."""
    noted = intent.differences
    return {
        "company": intent.company,
        "code": intent.code,
        "until": timestamp(intent.until),
        "owner": intent.owner,
        "proof": intent.proof,
        **({"lands_until": timestamp(intent.lands_until)} if intent.lands_until else {}),
        **({} if intent.etag is None else {"etag": intent.etag}),
        **({} if noted is None else {"differences": _differences_values(noted)}),
    }


def link_item(link: EmployeeLink) -> Item:
    """The row of a person in a company; what is waited for first is what the index lists."""
    item = filled_attributes(
        {
            "person": link.person_id,
            "company": link.company,
            "kind": LINK,
            "outcome": link.outcome.value,
            "since": timestamp(link.since),
            "worker": link.worker_id,
            "employee_code": link.employee_code,
            "expected_code": link.expected_code,
            "employee_id": link.employee_id,
            "etag": link.etag,
            "waiting_for": link.waiting_for[0][:LONGEST_INDEXED] if link.waiting_for else None,
            "missing": list(link.waiting_for),
            "due_on": link.due_on.isoformat() if link.due_on else None,
            "rules": list(link.rules),
            "reason": link.reason,
            "held_kind": link.held_kind,
            "held_run": link.held_run,
            "held_plan": link.held_plan,
            "held_values": dict(link.held_values) or None,
            "rejections": [_rejection_values(each) for each in link.rejections],
            "found_by": link.found_by,
            "allocation": _allocation_values(link.allocation) if link.allocation else None,
        }
    )
    if link.written is not None:  # an employee without any field is not an unknown employee
        item["written"] = dict(link.written)
    return item


def link_from(item: Values) -> EmployeeLink:
    """The link that a row tells of."""
    return EmployeeLink(
        person_id=item["person"],
        company=item["company"],
        outcome=Outcome(item["outcome"]),
        since=datetime.fromisoformat(item["since"]),
        worker_id=item.get("worker", ""),
        employee_code=item.get("employee_code"),
        expected_code=item.get("expected_code"),
        employee_id=item.get("employee_id"),
        etag=item.get("etag"),
        written=item.get("written"),
        waiting_for=tuple(item.get("missing", ())),
        due_on=date.fromisoformat(item["due_on"]) if "due_on" in item else None,
        rules=tuple(item.get("rules", ())),
        reason=item.get("reason", ""),
        held_kind=item.get("held_kind", ""),
        held_run=item.get("held_run", ""),
        held_plan=item.get("held_plan", ""),
        held_values=item.get("held_values", {}),
        rejections=_rejections_from(item),
        found_by=item.get("found_by", ""),
        allocation=_allocation_from(item["allocation"]) if "allocation" in item else None,
    )


def _rejection_values(rejection: Rejection) -> Values:
    return {"kind": rejection.kind, "values": dict(rejection.values)}


def _rejections_from(item: Values) -> tuple[Rejection, ...]:
    """What was rejected; an earlier version kept no more than that something was."""
    if item.get("dropped_facts"):
        return (Rejection(""),)
    return tuple(Rejection(each["kind"], each["values"]) for each in item.get("rejections", ()))


def claim_key(code: str, company: str) -> dict[str, str]:
    """The key of the row that says whose an employee code is; Visma's codes know no case."""
    return {"person": f"code {canonical(code)}", "company": company}


def claimed_code(item: Values) -> str:
    """The employee code that a row is about."""
    return str(item["person"]).removeprefix("code ")


def claim_item(code: str, company: str, person_id: str) -> dict[str, str]:
    """The row that makes an employee code one person's."""
    return {**claim_key(code, company), "kind": CLAIM, "owner": person_id}


def alias_key(worker_id: str) -> dict[str, str]:
    """The key of the row that says whose employment a worker is."""
    return {"person": f"worker {worker_id}", "company": OF_WORKER}


def alias_item(worker_id: str, person_id: str) -> dict[str, str]:
    """The row by which a person is found again who is named by a worker only."""
    return {**alias_key(worker_id), "kind": ALIAS, "owner": person_id}


def _differences_values(differences: Sequence[Difference]) -> Item:
    return {item.field: [item.before, item.after] for item in differences}


def _differences_from(values: Mapping[str, Sequence[str]] | None) -> tuple[Difference, ...] | None:
    if values is None:  # begun by an earlier version, which did not say what it writes
        return None
    return tuple(Difference(path, *values[path]) for path in FIELDS if path in values)


def _intent_from(values: Mapping[str, Any]) -> Intent:
    lands_until = values.get("lands_until")
    return Intent(
        values["company"],
        values["code"],
        datetime.fromisoformat(values["until"]),
        values["owner"],
        values.get("proof", ""),
        datetime.fromisoformat(lands_until) if lands_until else None,
        _differences_from(values.get("differences")),
        values.get("etag"),
    )


def _allocation_values(allocation: Allocation) -> Values:
    values = {
        "cost_centre": allocation.cost_centre,
        "branch": allocation.branch,
        "expense_account": allocation.expense_account,
        "sealed_cost": allocation.sealed_cost,
        "currency": allocation.currency,
        "valid_from": allocation.valid_from,
        "ended_on": allocation.ended_on,
    }
    plain: dict[str, Any] = {name: str(value) for name, value in values.items() if value}
    if allocation.earlier:
        plain["earlier"] = [_allocation_values(each) for each in allocation.earlier]
    return plain


def _allocation_from(values: Values) -> Allocation:
    return Allocation(
        cost_centre=values.get("cost_centre"),
        branch=values.get("branch"),
        expense_account=values.get("expense_account"),
        yearly_cost=values.get("yearly_cost"),  # in clear, from an earlier version
        sealed_cost=values.get("sealed_cost"),
        currency=values.get("currency"),
        valid_from=_day(values.get("valid_from")),
        ended_on=_day(values.get("ended_on")),
        earlier=tuple(map(_allocation_from, values.get("earlier", ()))),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def filled_attributes(values: Values) -> Item:
    """The attributes that have a value."""
    return {name: value for name, value in values.items() if value not in (None, "", {}, [])}


def record_from(person_id: str, rows: Sequence[Values]) -> Record:
    """A person with all their rows; a new one where there are none."""
    own = [person_from(row) for row in rows if row.get("kind") == PERSON]
    held = [link_from(row) for row in rows if row.get("kind") == LINK]
    empty = unknown(person_id)
    person = own[0] if own else empty.person
    if not person.salt:
        person = replace(person, salt=empty.person.salt)
    return Record(person, {link.company: link for link in held})
