"""What became of people in Visma in a month: by kind, cost centre and day, and what came late."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from connector.domain.report.happened import Happened
from connector.domain.report.period import Period
from connector.domain.report.sheet import NO_COST_CENTRE, Cell, Column, Section, Table, Unit
from connector.domain.status.wording import counted

KEY, TITLE = "changes", "Changes of the month"
LATE_KEY, LATE_TITLE = "back-dated", "Changes dated before the month"

NOT_TOLD = "(not recorded)"

WORDS = {
    "hire": "hired",
    "rehire": "came back",
    "leave": "left",
    "transfer": "to another company",
    "department": "another department",
    "location": "another location",
    "pay_basis": "another employee class",
    "dimension": "another cost centre or account",
    "contact": "name, address or contact",
    "pay": "pay",
    "correction": "put right in Visma",
    "adoption": "employee adopted",
    "rename": "employee code",
    "none": "nothing that counts",
}
"""What a controller calls each kind; another one is shown as it is."""

OUTCOMES = ("created", "updated", "deactivated", "reactivated")

KINDS = Table(
    "kinds",
    "By cost centre and kind",
    (
        Column("Company"),
        Column("Cost centre", Unit.CODE),
        Column("What"),
        Column("Changes", Unit.COUNT, is_bar=True),
        Column("People", Unit.COUNT),
    ),
    empty="Nothing has changed.",
    note="Whoever moved from one cost centre to another stands on both.",
)
LATE = Table(
    "back-dated",
    LATE_TITLE,
    (
        Column("Company"),
        Column("Number", Unit.CODE),
        Column("Cost centre", Unit.CODE),
        Column("Holds since", Unit.DAY),
        Column("Made on", Unit.DAY),
        Column("What"),
    ),
)


def changes(rows: Iterable[Happened], period: Period) -> Section:
    """Each change under its kind and cost centre, and under its day."""
    made = [row for row in rows if row.is_change and period.covers(row.company)]
    older = sum(row.is_older for row in made)
    people = counted(len({row.person for row in made}), "person", "people")
    note = f"{counted(len(made), 'change')} of {people}."
    if older:
        note += (
            f" {older} of them were written down by an earlier version of the connector, without"
            " their kind and cost centre."
        )
    return Section(KEY, TITLE, (_by_kind(made), _by_day(made, period)), note=note)


def _by_kind(made: Sequence[Happened]) -> Table:
    people: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in made:
        for centre, kind in _places(row):
            people[row.company, centre, kind].append(row.person)
    rows = ((*key, len(each), len(set(each))) for key, each in sorted(people.items()))
    return replace(KINDS, rows=tuple(rows))


def _places(row: Happened) -> Iterator[tuple[str, str]]:
    """The cost centres that a change is about, each with its kind there."""
    kind = WORDS.get(row.kind, row.kind.replace("_", " "))
    if row.is_older:
        yield NOT_TOLD, kind
    elif row.before and row.after and row.before != row.after:
        yield row.before, f"{kind}: gone"
        yield row.after, f"{kind}: come"
    else:
        yield row.after or row.before or NO_COST_CENTRE, kind


def _by_day(made: Sequence[Happened], period: Period) -> Table:
    counts = Counter((row.at.date(), row.outcome) for row in made)
    days = [day for day in period.month.days if any(counts[day, each] for each in OUTCOMES)]
    return Table(
        "days",
        "By day",
        (
            Column("Day", Unit.DAY),
            *(Column(outcome.title(), Unit.COUNT) for outcome in OUTCOMES),
            Column("All", Unit.COUNT, is_bar=True),
        ),
        tuple(_day_row(day, counts) for day in days),
        "Nothing has changed.",
        note="Days begin in UTC.",
    )


def _day_row(day: date, counts: Counter[tuple[date, str]]) -> tuple[Cell, ...]:
    each = [counts[day, outcome] for outcome in OUTCOMES]
    return (day, *each, sum(each))


def back_dated(rows: Iterable[Happened], period: Period) -> Section:
    """The changes of the month that should have held before its first day."""
    late = [row for row in rows if _is_late(row, period)]
    certain = [row for row in late if not _may_be_a_first_load(row)]
    left_out = len(late) - len(certain)
    note = (
        "They were made in this month and hold since an earlier one: look whether something is to"
        " be accrued or corrected."
    )
    if left_out:
        note += (
            f" {counted(left_out, 'hire')} that an operator let through, left out: an earlier"
            " version of the connector did not tell a late hire from a first load."
        )
    return Section(LATE_KEY, LATE_TITLE, (_table_of_late(certain),), note=note)


def _is_late(row: Happened, period: Period) -> bool:
    if row.back_dated is None or not row.is_change:
        return False
    return row.back_dated < period.month.first and period.covers(row.company)


def _table_of_late(late: Iterable[Happened]) -> Table:
    rows = (
        (
            row.company,
            row.name,
            row.after or row.before or None,
            row.back_dated,
            row.at.date(),
            row.message,
        )
        for row in sorted(late, key=lambda row: (row.company, row.at))
    )
    return replace(LATE, rows=tuple(rows))


def _may_be_a_first_load(row: Happened) -> bool:
    return row.is_older and row.outcome == "created" and row.cause == "operator"
