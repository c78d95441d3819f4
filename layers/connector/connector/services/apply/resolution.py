"""How a change ends in one company: each kind of end is made here, whole and at once.

What an end means for the ledger and the audit is in `recorder`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from connector.domain.catalogue import canonical
from connector.domain.decisions import Action, is_last_day_gone
from connector.domain.employees import Fields
from connector.domain.facts import Known, shown
from connector.domain.guards import ChangeKind
from connector.domain.mapping.routing import undecided_by
from connector.domain.placement import Missing, MissingKind, Placement
from connector.domain.planning import Outcome
from connector.domain.records.audit_kind import moved_to
from connector.domain.records.ledger import REJECTED, EmployeeLink, Rejection
from connector.domain.records.rejection.sparing import (
    after_planning,
    transfer_values,
    while_waiting,
    with_rejected,
)
from connector.services.apply.back_dating import late_by
from connector.services.apply.context import ChangeContext
from connector.services.apply.desired import DesiredEmployee
from connector.services.apply.write_request import Hold, Result

UNPLACED = {
    MissingKind.DEPARTMENT_RULE: "department",
    MissingKind.DEPARTMENT_OR_RULE: "department",
    MissingKind.LOCATION_RULE: "branch",
    MissingKind.CLASS_RULE: "employee_class",
}
"""The field of which no row says what it should be."""

NOT_HELD_ANY_MORE = "nothing is left of what a guard held"
NOTHING_LEFT = (Outcome.UNCHANGED, Outcome.SCHEDULED, Outcome.OUT_OF_SCOPE)
"""What a hold ends in where neither an operator nor the writer did anything."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """The end of a change in one company; `is_last` is False where another company follows.

    `rejections` are what stays rejected there: nothing, unless it is said.
    """

    company: str | None
    result: Result
    placement: Placement | None = None
    waiting_for: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    due_on: date | None = None
    is_last: bool = True
    rejections: tuple[Rejection, ...] = ()
    expected_code: str | None = None
    back_dated: date | None = None

    @property
    def link_before(self) -> EmployeeLink | None:
        """The ledger's row of the person in the company, as it was before."""
        return self.result.record.links.get(self.company or "")

    @property
    def keeps_department(self) -> bool:
        """Whether the employee stays in another department, since an operator rejected the move."""
        return any(each.field == "department" for each in self.result.rejected)

    @property
    def all_reasons(self) -> tuple[str, ...]:
        """Everything that the audit says about why it ended so, each part once.

        Whoever stays held is held for the reason of before, with what was remarked then.
        """
        since = f"back-dated, holds since {self.back_dated}" if self.back_dated else ""
        before = self.link_before
        is_over = before is not None and before.is_held and self.result.outcome in NOTHING_LEFT
        over = NOT_HELD_ANY_MORE if is_over else ""
        texts = (*self.reasons, self.result.reason, self.result.remark, since, over)
        parts = (part for text in texts for part in text.split("; "))
        return tuple(dict.fromkeys(part for part in parts if part))


def of_work(context: ChangeContext, desired: DesiredEmployee, result: Result) -> Resolution:
    """A working person: the employee was written, left as it is, held or rejected."""
    due_on = context.decision.due_on
    last_day = tuple(gone_last_day(context))
    if due_on is not None and result.outcome is Outcome.UNCHANGED:
        # Nothing to write, and a day is known on which there will be.
        result = replace(result, outcome=Outcome.SCHEDULED)
        last_day = (next_change(context, due_on), *last_day)
    return Resolution(
        desired.company,
        result,
        desired.placement,
        reasons=(
            *last_day,
            *kept_facts(context, desired),
            *kept_code(context, desired),
        ),
        due_on=due_on,
        rejections=rejections_after(context, desired.company, result, desired.fields),
        expected_code=desired.code,
        back_dated=late_by(context, desired.company, result.outcome),
    )


def rejections_after(
    context: ChangeContext, company: str, result: Result, desired: Fields | None = None
) -> tuple[Rejection, ...]:
    """What stays rejected in a company after an employee was brought up to date, or was not."""
    rejections = context.rejections(company)
    if result.outcome is Outcome.REJECTED and not result.rejected:
        return rejections  # it never came to a plan
    # As long as a fact is hidden, it may still be the same that is asked for.
    kept = [each for each in rejections if each.is_whole and context.decision.unknown]
    left = [each for each in rejections if each not in kept]
    return (*kept, *after_planning(left, result.rejected, desired))


def of_waiting(context: ChangeContext, desired: DesiredEmployee) -> Resolution:
    """A working person who cannot be placed until something exists."""
    missing = desired.placement.missing
    # What nobody can tell may still be the same; what no row names is something else.
    unplaced = {UNPLACED[each.kind] for each in missing if each.kind in UNPLACED}
    known = {**dict.fromkeys(unplaced, ""), **desired.fields}
    rejections = while_waiting(context.rejections(desired.company), known, context.seal)
    return Resolution(
        desired.company,
        Result(Outcome.WAITING, context.record),
        desired.placement,
        waiting_for=tuple(str(thing) for thing in missing),
        reasons=tuple(thing.message(desired.company) for thing in missing),
        due_on=context.decision.due_on,
        rejections=rejections,
        expected_code=desired.code,
    )


def of_unknown(context: ChangeContext) -> Resolution:
    """A person who has no employee and waits for Rippling to show something."""
    decision = context.decision
    missing = (Missing(MissingKind.FACT, name.replace("_", " ")) for name in decision.unknown)
    company = decision.company or next(iter(context.mapping.companies))
    return Resolution(
        company,
        Result(Outcome.WAITING, context.record),
        waiting_for=tuple(str(thing) for thing in missing),
        reasons=(decision.reason,),
        rejections=context.rejections(company),
    )


def of_problem(context: ChangeContext, desired: DesiredEmployee, problem: str) -> Resolution:
    """A working person whose employee cannot be created as they are."""
    return of_work(context, desired, Result(Outcome.REJECTED, context.record, reason=problem))


def of_leaving(
    context: ChangeContext, company: str, result: Result, *, is_last: bool
) -> Resolution:
    """A person who left a company, for good or for another one."""
    has_moved = context.decision.action is Action.WRITE
    reason = moved_to(context.decision.company) if has_moved else context.decision.reason
    is_stuck = has_moved and result.outcome is Outcome.REJECTED
    if is_stuck:
        reason = f"does not arrive in {context.decision.company} before having left {company}"
    return Resolution(
        company,
        result,
        reasons=(reason,),
        due_on=context.decision.due_on,
        is_last=is_last or is_stuck or result.hold is not None,
        rejections=rejections_after(context, company, result),
        back_dated=late_by(context, company, result.outcome),
    )


def of_held_transfer(context: ChangeContext, company: str, hold: Hold) -> Resolution:
    """A move between companies that a guard holds: nothing was done in either."""
    values = transfer_values(context.decision.company or "", context.decision.leave_first)
    hold = replace(hold, values=values)
    result = Result(Outcome.HELD, context.record, reason=hold.reason, hold=hold)
    return Resolution(company, result, due_on=context.decision.due_on)


def of_rejected_transfer(context: ChangeContext, company: str) -> Resolution:
    """A move between companies that an operator rejected: nothing is done in either."""
    result = Result(Outcome.REJECTED, context.record, reason=REJECTED)
    values = transfer_values(context.decision.company or "", context.decision.leave_first)
    one = Rejection(ChangeKind.TRANSFER.value, values)
    rejections = with_rejected((each for each in context.rejections(company) if each.kind), one)
    return Resolution(company, result, due_on=context.decision.due_on, rejections=rejections)


def of_lost_write(company: str, result: Result) -> Resolution:
    """An employee whose create or update had arrived; the change itself is still to be applied."""
    link = result.record.links.get(company)
    return Resolution(company, result, is_last=False, rejections=link.rejections if link else ())


def of_nothing_to_do(context: ChangeContext) -> Resolution:
    """Nothing is to be written: a day is awaited, or the person is none of ours."""
    first_active = next(iter(context.record.active_in), None)
    # What is hidden, or is to come, may still be the same.
    is_undecided = context.decision.action in (Action.KEEP, Action.SCHEDULE)
    company = context.decision.company or first_active
    return Resolution(
        company,
        Result(quiet_outcome(context), context.record),
        reasons=(context.decision.reason,),
        due_on=context.decision.due_on,
        rejections=context.rejections(company) if is_undecided else (),
    )


def quiet_outcome(context: ChangeContext) -> Outcome:
    """The outcome where nothing is to be written."""
    if context.decision.action is Action.SCHEDULE:
        return Outcome.SCHEDULED
    is_known = any(link.exists for link in context.record.links.values())
    if is_known and context.decision.action is not Action.IGNORE:
        return Outcome.UNCHANGED
    return Outcome.OUT_OF_SCOPE


def next_change(context: ChangeContext, due_on: date) -> str:
    """Why a person is due on a day."""
    day = shown(context.worker.facts.end_date) if context.worker else None
    if day and day <= due_on:
        return f"the last day is {day.isoformat()}"
    return f"another employment changes on {due_on.isoformat()}"


def gone_last_day(context: ChangeContext) -> Iterator[str]:
    """That somebody who works had a last day, and has none now."""
    counted, worker = context.record.person.counted, context.worker
    if worker and isinstance(counted.last_day, Known) and is_last_day_gone(worker, counted):
        yield f"Rippling shows no last day any more; it was {counted.last_day.value}"


def kept_facts(context: ChangeContext, desired: DesiredEmployee) -> Iterator[str]:
    """That what hinges on a fact was left as it is, where the fact decides nothing, and why."""
    unknown = tuple(dict.fromkeys((*context.decision.unknown, *desired.placement.unknown)))
    if unknown and context.worker:
        yield f"{undecided_by(unknown, context.worker.facts)}; what hinges on it stays as it is"


def kept_code(context: ChangeContext, desired: DesiredEmployee) -> Iterator[str]:
    """That the employee keeps its code, where the mapping would make another one now."""
    link = context.link(desired.company)
    current = link.employee_code if link else None
    if current and desired.code and canonical(current) != canonical(desired.code):
        yield f"Rippling's number now makes the code {desired.code}; the employee keeps {current}"
