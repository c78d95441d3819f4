"""What an operator rejected is not done, and everything else is: a plan without what was rejected.

It is about the very change that was held, and lasts as long as the same is asked for, whatever else
changes. Like everywhere, a fact that is not shown decides nothing: it ends no rejection. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from connector.domain.employees import (
    BUSINESS_FIELDS,
    INACTIVE,
    NOTHING,
    REQUIRED_TO_CREATE,
    Fields,
    same,
    stored_value,
)
from connector.domain.facts import UNKNOWN, Known
from connector.domain.guards import ChangeKind, kind_of_plan
from connector.domain.people import Worker
from connector.domain.planning import Difference, Outcome, Plan
from connector.domain.records.digests import Seal
from connector.domain.records.ledger import Rejection

LAST_DAY = "last_day"
"""Beside what is written, leaving is about a last day: with another one, it is another leaving."""

TO, FROM = "company", "leaves"
"""What a transfer would change: the company that somebody arrives in, and those that they leave."""


def without_rejected(
    plan: Plan, rejections: Iterable[Rejection], beside: Mapping[str, str] = NOTHING
) -> Plan:
    """The plan with everything that was not rejected; `beside` is what it is about besides."""
    kind = kind_of_plan(plan)
    if kind is None:
        return plan
    gone = [each for it in rejections for each in _rejected_of(plan, kind, it, beside)]
    left = tuple(each for each in plan.differences if each not in gone)
    rejected = tuple(each for each in plan.differences if each in gone)
    return Plan(plan.outcome if left else Outcome.UNCHANGED, left, rejected) if gone else plan


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
    is_beside = all(
        same(name, rejection.values.get(name, text), text) for name, text in beside.items()
    )
    return rejection.kind == kind and is_beside and _is_same_business(plan, rejection)


def is_transfer_rejected(
    rejections: Iterable[Rejection], company: str, leaving: Sequence[str]
) -> bool:
    """Whether this very move between companies was rejected."""
    values = transfer_values(company, leaving)
    return any(
        each.kind in ("", ChangeKind.TRANSFER.value) and each.values in ({}, values)
        for each in rejections
    )


def transfer_values(company: str, leaving: Sequence[str]) -> dict[str, str]:
    """What a move between companies would change."""
    return {TO: company, FROM: " ".join(leaving)}


def with_rejected(before: Iterable[Rejection], one: Rejection) -> tuple[Rejection, ...]:
    """What is rejected once this is as well: fields add up, and a whole change is one by itself."""
    alike = [each for each in before if _is_alike(each, one)]
    others = [each for each in before if each not in alike]
    if one.is_whole or not one.values:
        return (*others, one)
    values = {path: text for each in (*alike, one) for path, text in each.values.items()}
    return (*others, Rejection(one.kind, values))


def after_planning(
    rejections: Iterable[Rejection], spared: Sequence[Difference], desired: Fields | None
) -> tuple[Rejection, ...]:
    """What stays rejected once it is known what was spared.

    `desired` are the fields of whoever works, and None of whoever leaves. A field that these do not
    have is undecided. One that is not spared is asked to be otherwise by now, or Visma has what was
    rejected: either ends it.
    """
    kept = (_after_planning(each, spared, desired) for each in rejections)
    return tuple(each for each in kept if each)


def while_waiting(
    rejections: Iterable[Rejection], desired: Fields, seal: Seal
) -> tuple[Rejection, ...]:
    """What stays rejected of whoever waits for something before there can be a plan.

    A field that the desired ones do not have is undecided.
    They work, so leaving is not asked for. Of whatever else is done as one thing, the same may be.
    """
    kept = (_while_waiting(each, desired, seal) for each in rejections)
    return tuple(each for each in kept if each)


def _decided(desired: Fields) -> set[str]:
    """The fields of which it is known what they should be: one that is never emptied is hidden."""
    return {path for path, text in desired.items() if text or path not in REQUIRED_TO_CREATE}


def _while_waiting(rejection: Rejection, desired: Fields, seal: Seal) -> Rejection | None:
    if rejection.is_whole or not rejection.values:
        return None if rejection.kind == ChangeKind.DEACTIVATE.value else rejection
    values = {
        path: text
        for path, text in rejection.values.items()
        if path not in _decided(desired)
        or same(path, stored_value(path, desired[path], seal), text)
    }
    return replace(rejection, values=values) if values else None


def _after_planning(
    rejection: Rejection, spared: Sequence[Difference], desired: Fields | None
) -> Rejection | None:
    values = {each.field: each.after for each in spared}
    found = kind_of(spared)
    if not rejection.values:
        return Rejection(found, values) if rejection.kind in ("", found) and values else None
    if rejection.is_whole:
        return rejection if rejection.kind == found else None
    over = rejection.values.keys() if desired is None else _decided(desired) - values.keys()
    kept = {path: text for path, text in rejection.values.items() if path not in over}
    return replace(rejection, values=kept) if kept else None


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
    if status is not None and status.after == INACTIVE:
        outcome = Outcome.DEACTIVATED
    elif status is not None:
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


def _is_alike(one: Rejection, other: Rejection) -> bool:
    """Whether one takes the place of the other, or they add up."""
    are_fields = not (one.is_whole or other.is_whole)
    return one.kind == other.kind or (are_fields and bool(one.values and other.values))
