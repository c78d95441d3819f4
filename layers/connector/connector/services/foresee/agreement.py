"""Where Visma, the ledger and Rippling do not agree at this moment, everyone looked at once.

The comparison of the ledger with Visma is that of the daily sweep; what Rippling and the mapping
ask for is found out by the writer's own steps. Nothing is decided a second time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.domain.catalogue import canonical
from connector.domain.changes import Cause
from connector.domain.decisions import NO_LONGER_SHOWN, Decision, decide
from connector.domain.employees import (
    BUSINESS_FIELDS,
    Employee,
    readable,
    same,
    stored_values,
)
from connector.domain.facts import shown
from connector.domain.foresight.foreseen import NOT_TOLD
from connector.domain.foresight.plan import Plan
from connector.domain.mapping.model import MappingFile
from connector.domain.people import EmploymentStatus, Worker
from connector.domain.reconciliation import Origin, extra, gone, reconcile
from connector.domain.records.census import NEEDING_A_HAND, is_open
from connector.domain.records.ledger import EmployeeLink, Person
from connector.ports.queue import ChangeQueue
from connector.ports.state import Mappings, MappingVersions
from connector.services.foresee.beside import MEANS
from connector.services.foresee.foresight import Foresight
from connector.services.foresee.snapshot import Snapshot
from connector.services.operate.json_types import JsonObject
from connector.services.shared.nearest import must_be_one_of
from connector.services.shared.new_change import new_change, new_run

EXTRA, NOT_IN_RIPPLING, DIFFERENT = "extra", "not in rippling", "different"
NOT_ON_LIST = "not on the list"
STATUS_UNKNOWN = "status unknown"
PUT_RIGHT = "is put right"
STAYS_GONE = "stays: no longer in Rippling; absence is never a termination"
STAYS_LOST = f"stays: {NO_LONGER_SHOWN}"
STAYS_REJECTED = (
    "stays: an operator rejected the change; `connector rejected take-back` undoes that"
)
IS_HELD = "held by a guard: see `connector held`"
NO_CAUSE = "open without cause"
OLDER_MAPPING = (
    "not everyone was decided under the mapping in force yet: the next tick looks at whom it moves;"
    " `connector tick` does it now"
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """The service behind `connector reconcile`."""

    foresight: Foresight
    mappings: Mappings
    versions: MappingVersions
    queue: ChangeQueue

    def show(self, company: str | None) -> JsonObject:
        """Everything in which the three do not agree; nothing is written.

        Raises:
            ConnectorError: Rippling does not answer, or does not show everyone.
        """
        mapping = self.mappings.load()
        must_be_one_of("company", company or "", mapping.companies)
        snapshot = self.foresight.snapshots.read(mapping)
        plan = self.foresight.of_snapshot(snapshot, mapping)
        rows = [
            *found_in(snapshot, mapping, plan.made_at),
            *unseen_in(snapshot),
            *absent_in(snapshot),
            *lost_in(snapshot, mapping, plan.made_at),
            *undecided_in(snapshot, mapping, plan.made_at),
            *stale_in(snapshot, plan),
        ]
        rows += differing_in(plan)
        return {
            "rows": [row for row in rows if row["company"] in ("", company or row["company"])],
            "people": len(snapshot.employments),
            "problems": [*plan.problems, *self._of_mapping(mapping)],
        }

    def heal(self, company: str | None) -> JsonObject:
        """Has the writer look at whoever differs, in Visma too; the guards are asked as always."""
        shown = self.show(company)
        people = {
            row["person"]: self._worker_of(row["person"])
            for row in shown["rows"]
            if row["what"] not in (EXTRA, NOT_IN_RIPPLING, NOT_TOLD, STATUS_UNKNOWN)
        }
        run = new_run()
        queued = self.queue.send(
            new_change(worker, person, Cause.DRIFT, run=run)
            for person, worker in people.items()
            if worker
        )
        return {**shown, "queued": queued, "run": run}

    def _of_mapping(self, mapping: MappingFile) -> Iterator[str]:
        handled = self.versions.handled()
        if handled.digest and not handled.is_of(mapping):
            yield OLDER_MAPPING

    def _worker_of(self, person_id: str) -> str:
        person = self.foresight.ledger.record(person_id).person
        return person.worker_id or next(iter(person.fingerprints), "")


def found_in(snapshot: Snapshot, mapping: MappingFile, now: datetime) -> Iterator[JsonObject]:
    """What Visma has otherwise than the ledger wrote it, and whom nobody knows."""
    for company, employees in snapshot.employees.items():
        if not isinstance(employees, dict):
            continue  # told among the problems
        links = [rows[company] for rows in snapshot.links.values() if company in rows]
        known = {link.person_id: link for link in links}
        for finding in reconcile(links, employees.values()):
            origin, link = finding.origin.value, known[finding.person_id]
            code = link.employee_code or ""
            row = _row(origin, company, finding.person_id, code, MEANS[origin])
            if finding.origin is Origin.EDITED:
                person = snapshot.persons[finding.person_id]
                row |= edit(link, employees[canonical(code)], person, mapping)
                employments = snapshot.employments.get(finding.person_id, ())
                end = _end_of_edit(link, person, employments, mapping, now)
                row["message"] = row["message"].replace(PUT_RIGHT, end)
            yield row
        yield from (
            _row(EXTRA, company, "", employee.code, "active in Visma, and nobody of the ledger's")
            for employee in extra(links, employees.values())
        )


def unseen_in(snapshot: Snapshot) -> Iterator[JsonObject]:
    """Whom a list that shows too few leaves out; whether they are there, the writer finds out."""
    for company, short in snapshot.short.items():
        for person in short.unseen:
            code = snapshot.links[person][company].employee_code or ""
            message = "deleted, or hidden from the integration: `connector explain` reads it"
            yield _row(NOT_ON_LIST, company, person, code, message)


def _end_of_edit(
    link: EmployeeLink,
    person: Person,
    employments: Sequence[Worker],
    mapping: MappingFile,
    now: datetime,
) -> str:
    """What becomes of an edit of a field that is Rippling's."""
    if any(each.is_whole for each in link.rejections):
        return STAYS_REJECTED
    if link.is_held:
        return IS_HELD
    if not employments:
        return STAYS_GONE
    is_lost = _has_lost(employments, person, mapping, (link.company,), now)
    return STAYS_LOST if is_lost else PUT_RIGHT


def _has_lost(
    employments: Sequence[Worker],
    person: Person,
    mapping: MappingFile,
    active_in: Collection[str],
    now: datetime,
) -> bool:
    """Whether somebody active there has lost the employment that counted, and none goes on.

    Then the writer leaves them as they are, also where Visma was edited.
    """
    decision = _decided(employments, person, mapping, active_in, now)
    return decision is not None and decision.reason == NO_LONGER_SHOWN


def _decided(
    employments: Sequence[Worker],
    person: Person,
    mapping: MappingFile,
    active_in: Collection[str],
    now: datetime,
) -> Decision | None:
    """What is to be done about somebody; None where it cannot be told, which the plan tells."""
    try:
        return decide(employments, mapping, now, active_in, person.counted)
    except Exception:  # noqa: BLE001 whatever it is, it is about one person, and told of the plan
        return None


def edit(
    link: EmployeeLink, employee: Employee, person: Person, mapping: MappingFile
) -> JsonObject:
    """What was edited, from what to what, whose field it is, and when.

    Personal fields are told by name alone. By whom, the published answer of Visma does not say.
    """
    rules, seal = mapping.companies.get(link.company), person.seal
    written, now = readable(link.written or {}, seal), stored_values(employee.fields, seal)
    fields = [
        {
            "field": path,
            "written": value if path in BUSINESS_FIELDS else "",
            "in_visma": now.get(path, "") if path in BUSINESS_FIELDS else "",
            "owner": "rippling" if path == "status" or rules is None else rules.owner(path),
            "rejected": any(path in each.values for each in link.rejections),
        }
        for path, value in written.items()
        if not same(path, value, now.get(path, ""))
    ]
    told = ", ".join(map(_edited, fields)) or "nothing that the connector writes"
    when = f", at {employee.modified} by Visma's clock" if employee.modified else ""
    message = f"{MEANS[Origin.EDITED]}{when}: {told}; Visma does not say by whom"
    return {"message": message, "fields": fields, "modified": employee.modified}


def _edited(field: JsonObject) -> str:
    values = f" {field['written']} -> {field['in_visma']}" if field["written"] else ""
    end = PUT_RIGHT if field["owner"] == "rippling" else "stays"
    return f"{field['field']}{values} ({STAYS_REJECTED if field['rejected'] else end})"


def absent_in(snapshot: Snapshot) -> Iterator[JsonObject]:
    """Who is active in Visma and no longer in Rippling: told, and never acted upon."""
    for person in gone(snapshot.persons.values(), snapshot.employments):
        message = "no longer in Rippling; absence is never a termination"
        yield from _absent(person, snapshot, message)


def lost_in(snapshot: Snapshot, mapping: MappingFile, now: datetime) -> Iterator[JsonObject]:
    """Who is active for an employment that Rippling no longer shows, as `absent_in` tells them."""
    for person in snapshot.persons.values():
        employments = snapshot.employments.get(person.id, ())
        if employments and _has_lost(employments, person, mapping, person.active_in, now):
            yield from _absent(person, snapshot, NO_LONGER_SHOWN)


def undecided_in(snapshot: Snapshot, mapping: MappingFile, now: datetime) -> Iterator[JsonObject]:
    """Who has a status that nobody knows: they neither leave nor are created while they have it."""
    for person_id, employments in snapshot.employments.items():
        if any(each.facts.status is EmploymentStatus.UNKNOWN for each in employments):
            person = snapshot.persons.get(person_id) or Person(person_id)
            decision = _decided(employments, person, mapping, person.active_in, now)
            if decision and decision.unknown == ("status",):
                yield from _of_unknown_status(person, snapshot, decision)


def _of_unknown_status(
    person: Person, snapshot: Snapshot, decision: Decision
) -> Iterator[JsonObject]:
    links = snapshot.links.get(person.id, {})
    numbers = {each: links[each].employee_code or "" for each in person.active_in if each in links}
    for company, code in (numbers or {decision.company or "": ""}).items():
        stays = "stays as it is" if numbers else "no employee is created"
        message = f"{decision.reason}: {stays} until HR gives one that is published"
        number = code or (shown(decision.worker.facts.number) if decision.worker else "") or ""
        yield _row(STATUS_UNKNOWN, company, person.id, number, message)


def _absent(person: Person, snapshot: Snapshot, message: str) -> Iterator[JsonObject]:
    for company in person.active_in:
        link = snapshot.links.get(person.id, {}).get(company)
        code = link.employee_code if link else ""
        yield _row(NOT_IN_RIPPLING, company, person.id, code or "", message)


def differing_in(plan: Plan) -> Iterator[JsonObject]:
    """Who would be written otherwise, and of whom that cannot be told."""
    untold = {each.person for each in plan.untold}
    for each in plan.people:
        about = each.company, each.person, each.number
        if each.is_to_apply:
            yield _row(DIFFERENT, *about, each.foretold)
        elif each.person in untold:
            yield _row(NOT_TOLD, *about, each.reason)


def stale_in(snapshot: Snapshot, plan: Plan) -> Iterator[JsonObject]:
    """Who is held, waits or is rejected in the ledger, and would not be if looked at now."""
    foreseen = {(each.person, each.company): each for each in plan.people}
    blind = {each.person for each in plan.people if not each.outcome}
    for link in snapshot.all_links:
        now = foreseen.get((link.person_id, link.company))
        is_still_open = now is not None and (now.is_to_apply or now.outcome in NEEDING_A_HAND)
        if is_open(link) and not is_still_open and link.person_id not in blind:
            number = link.employee_code or link.expected_code or ""
            message = f"{link.outcome.value} in the ledger; looked at now it would not be"
            yield _row(NO_CAUSE, link.company, link.person_id, number, message)


def _row(what: str, company: str, person: str, number: str, message: str) -> JsonObject:
    return {
        "what": what,
        "company": company,
        "person": person,
        "number": number,
        "message": message,
    }
