"""Writing down what came of a change: the ledger's rows and the audit row, in one step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from connector.domain.catalogue import canonical
from connector.domain.decisions import Action
from connector.domain.employees import INACTIVE, row_version
from connector.domain.errors import CodeTakenError, ConflictError
from connector.domain.people import fingerprint
from connector.domain.placement import IN_VISMA
from connector.domain.planning import Outcome
from connector.domain.records.allocation import Allocation, allocated, ended
from connector.domain.records.ledger import (
    AS_IT_IS,
    OPEN,
    REJECTED,
    Claim,
    EmployeeLink,
    LinkUpdate,
    Person,
    Record,
    Write,
)
from connector.ports.ledger import Ledger
from connector.services.apply.audit_scribe import AuditScribe
from connector.services.apply.context import ChangeContext
from connector.services.apply.resolution import Resolution
from connector.services.apply.write_request import Result

WRITTEN = (Outcome.CREATED, Outcome.UPDATED, Outcome.DEACTIVATED, Outcome.REACTIVATED)
"""What has changed an employee in Visma."""

PLACING = ("department", "branch", "employee_class", "calendar")
"""What a placement decides of an employee."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """Turns resolutions into rows and hands them to the ledger.

    With `cost_allocation` the ledger keeps what each person costs; without, it forgets it.
    """

    ledger: Ledger
    scribe: AuditScribe
    cost_allocation: bool

    def record(self, context: ChangeContext, resolution: Resolution) -> Outcome:
        """Remembers and audits a resolution; the outcome it amounts to."""
        record = resolution.result.record
        link = link_after(context, resolution)
        changed = {each.company: each for each in closed_links(context, resolution)}
        if link:
            allocation = allocation_after(context, resolution)
            changed[link.company] = replace(link, allocation=allocation)
        if not self.cost_allocation:
            changed |= without_costs({**record.links, **changed})
        try:
            self.ledger.finish(
                record,
                person_after(context, resolution, link),
                changed.values(),
                (self.scribe.row(context, resolution, link),),
                released_claims(context, resolution, {**record.links, **changed}),
            )
        except ConflictError:
            if record.person.intent != context.record.person.intent:
                self._begin_again(record, resolution)
            raise
        return resolution.result.outcome

    def _begin_again(self, record: Record, resolution: Resolution) -> None:
        """Notes a write once more that another writer took for one that never was.

        It took so long that the other one ended its intent and saw nothing of it in Visma. Whoever
        decides next looks again, as after a lost answer; not where the other one has seen it.
        """
        intent, result = record.person.intent, resolution.result
        if intent is None or not result.differences or result.outcome not in WRITTEN:
            return
        now, is_create = self.ledger.record(record.person.id), bool(intent.proof)
        link = now.links.get(intent.company)
        is_told = link is not None and (link.exists if is_create else is_seen(link, result))
        if now.person.intent is None and not is_told:
            with suppress(CodeTakenError):  # then whoever claims it is refused, and tells of it
                write = Write(
                    intent.company, intent.code, result.differences, intent.proof, intent.etag
                )
                self.ledger.begin(now, write, claim=is_create)


def is_seen(link: EmployeeLink, result: Result) -> bool:
    """Whether the ledger knows the employee at the version that a write has made."""
    if not link.etag or not result.etag:
        return False
    return row_version(link.etag) == row_version(result.etag)


def released_claims(
    context: ChangeContext, resolution: Resolution, links: Mapping[str, EmployeeLink]
) -> tuple[Claim, ...]:
    """The codes that were claimed for creates which end here without an employee."""
    intents = (context.record.person.intent, resolution.result.record.person.intent)
    claims = {(one.company, one.code) for one in intents if one and one.proof}
    claims |= {*not_given(resolution)}
    kept = {
        (company, canonical(link.employee_code))
        for company, link in links.items()
        if link.employee_code
    }
    return tuple(sorted(one for one in claims if (one[0], canonical(one[1])) not in kept))


def not_given(resolution: Resolution) -> Iterator[Claim]:
    """The code that was claimed for a create to which Visma gave another one."""
    result, asked = resolution.result, resolution.expected_code
    intent = result.record.person.intent
    is_new = result.outcome is Outcome.CREATED and not result.is_earlier and intent is not None
    if is_new and asked and result.code and canonical(asked) != canonical(result.code):
        yield resolution.company or "", asked


def without_costs(links: Mapping[str, EmployeeLink]) -> dict[str, EmployeeLink]:
    """The rows that have a cost allocation, without it: in every company, not only in this one."""
    having = (each for each in links.values() if each.allocation)
    return {each.company: replace(each, allocation=None) for each in having}


def closed_links(context: ChangeContext, resolution: Resolution) -> Iterator[EmployeeLink]:
    """What was open about the person in other companies: this resolution answers it.

    Where it is in no company at all, as with a person who is gone, nothing is expected anywhere.
    """
    if not resolution.is_last:
        return
    company = resolution.company
    settled = f"settled in {company}" if company else "; ".join(resolution.all_reasons)
    for key, other in resolution.result.record.links.items():
        if key == company or not other.is_open:
            continue
        if other.outcome is Outcome.REJECTED and other.is_active:
            # Whoever could not be made inactive there still has to be: that is tried again daily,
            # and not at every tick because a day has come.
            yield replace(other, due_on=None)
        else:
            outcome = Outcome.UNCHANGED if other.exists else Outcome.OUT_OF_SCOPE
            # As long as a fact is hidden, what was rejected there may still be what is asked for.
            rejections = other.rejections if context.decision.unknown else ()
            update = LinkUpdate(reason=settled, rejections=rejections)
            yield other.after(outcome, context.now, update)


def person_after(
    context: ChangeContext, resolution: Resolution, link: EmployeeLink | None
) -> Person:
    """The person's own row: what was seen of them, and where they belong."""
    links = {**resolution.result.record.links, **({link.company: link} if link else {})}
    active_in = tuple(sorted(key for key, each in links.items() if each.is_active))
    person = replace(resolution.result.record.person, active_in=active_in)
    if not resolution.is_last or context.worker is None:
        return person
    seen = {worker.id: fingerprint(worker, person.key) for worker in context.workers}
    person = replace(person, fingerprints=seen, outcome=resolution.result.outcome.value)
    if context.decision.action is Action.KEEP and person.worker_id:
        # The employment that counted still does: what is left of the others decides nothing.
        return person
    return replace(
        person,
        worker_id=context.worker.id,
        facts=context.worker.facts.to_json(),
        placement=remembered_placement(resolution, link),
    )


def remembered_placement(resolution: Resolution, link: EmployeeLink | None) -> dict[str, Any]:
    """Where the person belongs, and how the employee is placed in Visma by now."""
    if resolution.placement is None:
        is_edited = link is not None and link.exists and not link.is_active
        if is_edited and resolution.result.outcome in (Outcome.HELD, Outcome.REJECTED):
            # Where an edit in Visma is yet to be undone, no one belongs for that.
            return dict(resolution.result.record.person.placement)
        return {"company": resolution.company or ""}
    written = (link.written if link else None) or {}
    in_visma = {field: written[field] for field in PLACING if written.get(field)}
    in_visma |= booked_in_visma(resolution)
    return {**resolution.placement.to_json(), **({IN_VISMA: in_visma} if in_visma else {})}


def booked_in_visma(resolution: Resolution) -> dict[str, str]:
    """Where the cost is booked by now: as before, until the employee is as it was to be."""
    placement, person = resolution.placement, resolution.result.record.person
    is_written = resolution.result.code is not None and not resolution.keeps_department
    if placement is not None and is_written:
        booked = {"cost_centre": placement.cost_centre, "account": placement.expense_account}
    else:
        before = person.placement if person.placement.get("company") == resolution.company else {}
        booked = {name: before.get(IN_VISMA, {}).get(name) for name in ("cost_centre", "account")}
    return {name: value for name, value in booked.items() if value}


def link_after(context: ChangeContext, resolution: Resolution) -> EmployeeLink | None:
    """The row of the person in the company of a resolution, if there is to be one."""
    result, company = resolution.result, resolution.company
    before = result.record.links.get(company or "")
    if company is None or (before is None and result.outcome is Outcome.OUT_OF_SCOPE):
        return None
    update, outcome = link_update(context, resolution), result.outcome
    if result.is_earlier and before is not None and before.is_open:
        # What is open stays so until the change itself is dealt with: above all what was rejected.
        update, outcome = still_open(before, update), before.outcome
    elif result.rejected and outcome in WRITTEN:
        # What was done beside it is told in the audit: what was rejected stays so.
        update, outcome = replace(update, reason=REJECTED), Outcome.REJECTED
    blank = EmployeeLink(result.record.person.id, company, outcome, context.now)
    return (before or blank).after(outcome, context.now, update)


def still_open(before: EmployeeLink, update: LinkUpdate) -> LinkUpdate:
    """What is said of the employee, with what was open about the person."""
    return replace(
        update,
        waiting_for=before.waiting_for,
        due_on=before.due_on,
        reason=before.reason,
        held_kind=before.held_kind,
        held_run=before.held_run,
        held_plan=before.held_plan,
        held_values=before.held_values,
        rejections=before.rejections,
        found_by=before.found_by,
    )


def link_update(context: ChangeContext, resolution: Resolution) -> LinkUpdate:
    """What a resolution says of the row."""
    result, hold, placement = resolution.result, resolution.result.hold, resolution.placement
    update = LinkUpdate(
        waiting_for=resolution.waiting_for,
        due_on=resolution.due_on,
        reason="; ".join(resolution.all_reasons),
        rejections=resolution.rejections,
        found_by=context.found_by(resolution.company) if result.outcome in OPEN else "",
        worker_id=context.worker.id if context.worker else context.change.worker_id,
        expected_code=resolution.expected_code or AS_IT_IS,
        rules=placement.rules if placement else AS_IT_IS,
    )
    if hold is not None:
        update = replace(
            update,
            held_kind=hold.kind.value,
            held_run=hold.run,
            held_plan=hold.plan,
            held_values=hold.values,
        )
    if result.code is not None:
        return replace(
            update,
            employee_code=result.code,
            employee_id=AS_IT_IS if result.employee_id is None else result.employee_id,
            etag=result.etag,
            written=result.written,
        )
    if result.outcome in (Outcome.REJECTED, Outcome.HELD) or context.is_drift:
        # Whatever was tried, or edited by someone else, or is to be approved as it would be done:
        # read before the next write.
        return replace(update, etag=None)
    return update


def allocation_after(context: ChangeContext, resolution: Resolution) -> Allocation | None:
    """What the person costs in this company once the employee is as the result says."""
    before, worker, result = allocation_before(resolution), context.worker, resolution.result
    if result.code is None or resolution.company is None:
        return before
    today = context.today(resolution.company)
    if (result.written or {}).get("status") == INACTIVE:
        return ended(before, worker, today)
    placement = resolution.placement
    if placement is None or worker is None:
        return before
    if resolution.keeps_department:
        booked = booked_in_visma(resolution)
        placement = replace(
            placement,
            department=(result.written or {}).get("department"),
            cost_centre=booked.get("cost_centre"),
            expense_account=booked.get("account"),
        )
    return allocated(before, worker, placement, today)


def allocation_before(resolution: Resolution) -> Allocation | None:
    """What the ledger has of the person's cost in this company."""
    link = resolution.link_before
    return link.allocation if link else None
