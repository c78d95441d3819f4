"""What the last full sweep found of each company, as lines of `connector status`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from connector.domain.checks import Check, Level
from connector.domain.reconciliation import short_list
from connector.domain.records.agreement import Agreement
from connector.domain.status.section import Section
from connector.domain.status.wording import counted, moment

NOT_YET = "No full sweep has compared anyone with Visma yet."


BEFORE_A_SWEEP = timedelta(hours=12)
"""A result so much older than the end of the last full sweep is of the sweep before it."""


def of_agreements(latest: Sequence[Agreement], swept: datetime | None = None) -> Section:
    """A line for each company: who is in step, and who is not; the sweep has queued whoever is not.

    Employees whom the connector does not know may well be there on purpose. The last full sweep
    ended when everyone was `swept`: a company without a result of it could not be compared.
    """
    if not latest:
        return Section((Check("in_step", Level.NOTE, NOT_YET),), {"in_step": {}})
    figures = {each.company: each.to_json() for each in latest}
    return Section(tuple(_line(each, swept) for each in latest), {"in_step": figures})


def _not_compared(found: Agreement, swept: datetime) -> str:
    return (
        f"The full sweep that ended at {moment(swept)} could not compare {found.company} with"
        f" Visma: who is in step there is not known since {moment(found.at)}."
    )


def _short(found: Agreement) -> Check:
    """A company whose list showed too few: whoever was not on it needs a hand."""
    told = short_list(found.company, found.shown, found.shown + found.unseen)
    message = f"{told}. So it was at {moment(found.at)}."
    return Check("in_step", Level.BAD, message, f"connector reconcile --company {found.company}")


def _line(found: Agreement, swept: datetime | None) -> Check:
    if swept and swept - found.at > BEFORE_A_SWEEP:
        return Check("in_step", Level.BAD, _not_compared(found, swept), "connector ping")
    if found.unseen:
        return _short(found)
    beside = (
        f"{found.different} different, {found.missing} missing in Visma,"
        f" {found.extra} in Visma whom the connector does not know"
    )
    people = counted(found.in_step, "person", "people")
    told = "and nobody differed" if found.is_whole else f"and {beside}"
    message = f"In {found.company}, {people} in step at {moment(found.at)}, {told}."
    if found.is_whole:
        return Check("in_step", Level.GOOD, message)
    return Check("in_step", Level.NOTE, message, "connector reconcile")
