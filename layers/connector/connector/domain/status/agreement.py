"""What the last full sweep found of each company, as lines of `connector status`."""

from __future__ import annotations

from collections.abc import Sequence

from connector.domain.checks import Check, Level
from connector.domain.records.agreement import Agreement
from connector.domain.status.section import Section
from connector.domain.status.wording import counted, moment

NOT_YET = "No full sweep has compared anyone with Visma yet."


def of_agreements(latest: Sequence[Agreement]) -> Section:
    """A line for each company: who is in step, and who is not; the sweep has queued whoever is not.

    Employees whom the connector does not know may well be there on purpose.
    """
    if not latest:
        return Section((Check("in_step", Level.NOTE, NOT_YET),), {"in_step": {}})
    figures = {each.company: each.to_json() for each in latest}
    return Section(tuple(map(_line, latest)), {"in_step": figures})


def _line(found: Agreement) -> Check:
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
