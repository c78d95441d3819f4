"""Who decided what in a month: operators' acts, what they let through, and the mapping."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from connector.domain.report.changes import WORDS
from connector.domain.report.happened import Happened
from connector.domain.report.period import Period
from connector.domain.report.sheet import NO_COST_CENTRE, Cell, Column, Section, Table, Unit

KEY, TITLE = "decisions", "Who approved what"
MAPPING_KEY, MAPPING_TITLE = "mapping", "Versions of the mapping"

OF_THE_MAPPING = ("mappings import", "mappings rollback")
UNSAID = ("report",)
"""Acts that decide nothing."""

EARLIER = "(an earlier version of the connector)"

ACTS = Table(
    "acts",
    "What operators did",
    (
        Column("When (UTC)", Unit.DAY),
        Column("Who"),
        Column("Verb", Unit.CODE),
        Column("What was said"),
        Column("Refused"),
    ),
    empty="Nothing.",
    note="Of all companies: an act does not say whose people it was about.",
)
APPROVED = Table(
    "approved",
    "Changes that were approved",
    (
        Column("Day", Unit.DAY),
        Column("Company"),
        Column("Cost centre", Unit.CODE),
        Column("Number", Unit.CODE),
        Column("What"),
        Column("Approved by"),
    ),
)
IMPORTS = Table(
    "imports",
    "Imports and rollbacks",
    (
        Column("When (UTC)", Unit.DAY),
        Column("Who"),
        Column("Verb", Unit.CODE),
        Column("Version", Unit.CODE),
        Column("From", Unit.CODE),
        Column("To", Unit.CODE),
        Column("Refused"),
    ),
    empty="The mapping stayed as it was.",
)
VERSIONS = Table(
    "versions",
    "Decided under which version",
    (
        Column("Version", Unit.CODE),
        Column("First (UTC)", Unit.DAY),
        Column("Last (UTC)", Unit.DAY),
        Column("Rows of the audit", Unit.COUNT, is_bar=True),
    ),
    empty="Nothing was decided.",
)


def decisions(rows: Iterable[Happened], period: Period) -> Section:
    """Every act of an operator, and every change that one of them let through."""
    told = list(rows)
    acts = [row for row in told if row.is_act and row.outcome not in UNSAID]
    approved = [
        row for row in told if row.is_change and row.operator and period.covers(row.company)
    ]
    return Section(KEY, TITLE, (_acts(acts), _approved(approved)))


def _acts(acts: Iterable[Happened]) -> Table:
    rows = (
        (
            row.moment,
            row.operator,
            row.outcome,
            ", ".join(f"{name} {value}" for name, value in row.said),
            "; ".join(row.problems),
        )
        for row in acts
    )
    return replace(ACTS, rows=tuple(rows))


def _approved(approved: Iterable[Happened]) -> Table:
    rows = (
        (
            row.at.date(),
            row.company,
            row.after or row.before or NO_COST_CENTRE,
            row.name,
            WORDS.get(row.kind, row.kind),
            row.operator,
        )
        for row in approved
    )
    return replace(APPROVED, rows=tuple(rows))


def mapping_versions(
    rows: Iterable[Happened], period: Period, *, is_in_force_everywhere: bool
) -> Section:
    """The imports and rollbacks of the month, and by which version how much was decided."""
    told = list(rows)
    acts = [row for row in told if row.is_act and row.outcome in OF_THE_MAPPING]
    decided = [
        row for row in told if not row.is_act and not row.is_planned and period.covers(row.company)
    ]
    needs: tuple[str, ...] = ()
    if not is_in_force_everywhere:
        needs = (
            "Not everyone has been looked at under the mapping in force yet: the next tick does"
            " so. Type `connector status`, and make the report again.",
        )
    return Section(MAPPING_KEY, MAPPING_TITLE, (_imports(acts), _decided(decided)), needs)


def _imports(acts: Iterable[Happened]) -> Table:
    return replace(IMPORTS, rows=tuple(_import(row, dict(row.said)) for row in acts))


def _import(row: Happened, said: Mapping[str, str]) -> tuple[Cell, ...]:
    told = (said.get("number"), said.get("from"), said.get("to"))
    return (row.moment, row.operator, row.outcome, *told, "; ".join(row.problems))


def _decided(rows: Iterable[Happened]) -> Table:
    moments: dict[str, list[datetime]] = defaultdict(list)
    for row in rows:
        moments[row.version or EARLIER].append(row.moment)
    told = (
        (version, when[0], when[-1], len(when))
        for version, when in sorted(moments.items(), key=lambda each: each[1][0])
    )
    return replace(VERSIONS, rows=tuple(told))
