"""What an operator rejected is not done, and everything else is: a plan without what was rejected.

It is about the very change that was held, and lasts as long as the same is asked for, whatever else
changes. Like everywhere, a fact that is not shown decides nothing: it ends no rejection. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from connector.domain.employees import BUSINESS_FIELDS, NOTHING, Fields, same
from connector.domain.facts import UNKNOWN, Known
from connector.domain.guards import ChangeKind, kind_of_plan
from connector.domain.people import Worker
from connector.domain.planning import Difference, Outcome, Plan
from connector.domain.records.ledger import WHOLE, Rejection

LAST_DAY = "last_day"
"""Beside what is written, leaving is about a last day: with another one, it is another leaving."""

TO, FROM = "company", "leaves"
"""What a transfer would change: the company that somebody arrives in, and those that they leave."""


def without_rejected(
    plan: Plan, rejection: Rejection | None, beside: Mapping[str, str] = NOTHING
) -> Plan:
    """The plan with everything that was not rejected; `beside` is what it is about besides."""
    kind = kind_of_plan(plan)
    if rejection is None or kind is None:
        return plan
    gone = [*_rejected_of(plan, kind, rejection, beside)]
    left = tuple(each for each in plan.differences if each not in gone)
    outcome = plan.outcome if left else Outcome.UNCHANGED
    return Plan(outcome, left, tuple(gone)) if gone else plan


def _rejected_of(
    plan: Plan, kind: ChangeKind, rejection: Rejection, beside: Mapping[str, str]
) -> Sequence[Difference]:
    if rejection.is_whole or not rejection.values:
        return plan.differences if _is_this(plan, kind, rejection, beside) else ()
    if kind is ChangeKind.CREATE:
        return ()  # there is nothing that could stay as it is
    return [each for each in plan.differences if _is_value(rejection, each)]


def _is_this(plan: Plan, kind: ChangeKind, rejection: Rejection, beside: Mapping[str, str]) -> bool:
    """Whether a plan is what was rejected as one thing."""
    if not rejection.values:
        return rejection.kind == kind or (not rejection.kind and kind is not ChangeKind.DEACTIVATE)
    is_beside = all(rejection.values.get(name, text) == text for name, text in beside.items())
    return rejection.kind == kind and is_beside and _is_same_business(plan, rejection)


def transfer_rejected(
    rejection: Rejection | None, company: str, leaving: Sequence[str]
) -> Rejection | None:
    """What was rejected of a move between companies, where it is this very one."""
    if rejection is None or rejection.kind not in ("", ChangeKind.TRANSFER.value):
        return None
    values = transfer_values(company, leaving)
    return Rejection(ChangeKind.TRANSFER.value, values) if _is_among(rejection, values) else None


def transfer_values(company: str, leaving: Sequence[str]) -> dict[str, str]:
    """What a move between companies would change."""
    return {TO: company, FROM: " ".join(leaving)}


def after_planning(
    rejection: Rejection | None, spared: Sequence[Difference], desired: Fields | None
) -> Rejection | None:
    """What stays rejected once it is known what was spared; None where nothing does.

    `desired` are the fields of whoever works, and None of whoever leaves. A field that these do not
    have is undecided. One that is not spared is asked to be
    otherwise by now, or Visma has what was rejected: either ends it.
    """
    if rejection is None:
        return None
    values = {each.field: each.after for each in spared}
    kind = rejection.kind or kind_of(spared)
    if kind in WHOLE:
        return Rejection(kind, rejection.values or values) if values else None
    if desired is None:
        return None
    undecided = {path: text for path, text in rejection.values.items() if path not in desired}
    kept = {**undecided, **values}
    return Rejection(kind, kept) if kept else None


def of_leaving(workers: Iterable[Worker]) -> dict[str, str]:
    """What leaving is about besides: the latest last day of all employments.

    Nothing where it cannot be told. An employment that is to come has no part in it.
    """
    days = [each.facts.end_date for each in workers]
    known = [day.value for day in days if isinstance(day, Known)]
    return {} if UNKNOWN in days else {LAST_DAY: str(max(known, default="none"))}


def kind_of(differences: Sequence[Difference]) -> str:
    """The kind of a change that writes these."""
    status = next((each for each in differences if each.field == "status"), None)
    outcome = Outcome.UPDATED
    if status is not None:
        outcome = Outcome.REACTIVATED if status.before else Outcome.CREATED
    kind = kind_of_plan(Plan(outcome, tuple(differences)))
    return kind.value if kind else ""


def asks_for_the_same(rejection: Rejection, desired: Fields) -> bool:
    """Whether all business fields that were rejected would be written so, or may be."""
    return all(
        path not in desired or same(path, desired[path], text)
        for path, text in rejection.values.items()
        if path in BUSINESS_FIELDS
    )


def _is_same_business(plan: Plan, rejection: Rejection) -> bool:
    return all(_is_value(rejection, each) for each in plan.differences if _is_business(each))


def _is_business(one: Difference) -> bool:
    return one.field in BUSINESS_FIELDS


def _is_value(rejection: Rejection, one: Difference) -> bool:
    text = rejection.values.get(one.field)
    return text is not None and same(one.field, text, one.after)


def _is_among(rejection: Rejection, values: dict[str, str]) -> bool:
    return not rejection.values or rejection.values == values
