"""Where Rippling, the ledger and Visma do not agree now, and what was edited in the month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from connector.domain.report.happened import Happened
from connector.domain.report.period import Period
from connector.domain.report.sheet import Column, Section, Table, Unit
from connector.domain.status.wording import counted

KEY, TITLE = "drift", "What does not agree"
DRIFT = ("drift",)
"""The causes of what is done because Visma was edited."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One employee that is not as it should be now: in which way, and how that is said."""

    company: str
    number: str
    what: str
    how: str


def drift(
    found: Iterable[Disagreement],
    problems: Iterable[str],
    rows: Iterable[Happened],
    period: Period,
) -> Section:
    """What a reconciliation finds at this moment, and the edits in Visma of the month."""
    # Of whom nothing can be foretold, nobody knows in which company they would be.
    now = [each for each in found if not each.company or period.covers(each.company)]
    counts = Counter(each.company for each in now)
    needs = [_of_company(*each) for each in sorted(counts.items())]
    needs += [f"This could not be compared: {each}. Type `connector ping`." for each in problems]
    edits = [
        row
        for row in rows
        if row.cause in DRIFT and not row.is_planned and period.covers(row.company)
    ]
    return Section(KEY, TITLE, (_now(now), _edits(edits)), tuple(needs))


def _of_company(company: str, count: int) -> str:
    narrowed = f" --company {company}" if company else ""
    return (
        f"{company or 'no company'}: {counted(count, 'employee')} not as Rippling and the mapping"
        f" ask for. Type `connector reconcile{narrowed}`."
    )


def _now(found: Iterable[Disagreement]) -> Table:
    columns = (Column("Company"), Column("Number", Unit.CODE), Column("What"), Column("How"))
    rows = sorted((each.company, each.number, each.what, each.how) for each in found)
    return Table("now", "Not in agreement now", columns, tuple(rows), "All agree.")


def _edits(rows: Iterable[Happened]) -> Table:
    columns = (
        Column("Day", Unit.DAY),
        Column("Company"),
        Column("Number", Unit.CODE),
        Column("What became of it"),
    )
    told = tuple((row.at.date(), row.company, row.name, row.message) for row in rows)
    title = "Looked at because Visma was edited or differed"
    return Table("edits", title, columns, told, "Nobody.")
