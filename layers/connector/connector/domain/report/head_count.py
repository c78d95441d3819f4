"""How many people work on each cost centre by Rippling, and how many Visma has there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connector.domain.report.happened import Happened
from connector.domain.report.period import Period
from connector.domain.report.sheet import NO_COST_CENTRE, Column, Section, Table, Unit
from connector.domain.status.wording import counted, listed

KEY, TITLE = "head-count", "Head count"
MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Counts:
    """People by company and cost centre.

    `then` are Rippling's on the last day of the month, `now` those of the moment, and `visma` the
    active employees; a company that could not be read is in `unread`, with the reason. `left_out`
    counts who belongs to no company, by the reason, and `untold` of whom it could not be told.
    `forsaken` counts those of them who are active in a company that the mapping no longer has.
    `overstaying` are the numbers of those who work in Rippling although their last day is past.
    """

    then: Mapping[tuple[str, str], int]
    now: Mapping[tuple[str, str], int]
    visma: Mapping[tuple[str, str], int]
    unread: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    untold: Mapping[str, int] = field(default_factory=dict)
    forsaken: Mapping[str, int] = field(default_factory=dict)
    overstaying: Sequence[str] = ()


def counted_by_place(places: Iterable[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """How many there are of each company and cost centre; those without one count as well."""
    return Counter((company, centre or NO_COST_CENTRE) for company, centre in places)


def places_before(rows: Iterable[Happened]) -> dict[str, tuple[str, str]]:
    """Where people were before the first of these rows, oldest first, that moved them away."""
    places: dict[str, tuple[str, str]] = {}
    for row in rows:
        if row.is_change and row.before and row.before != row.after:
            places.setdefault(row.person, (row.company, row.before))
    return places


def head_count(counts: Counts, companies: Sequence[str], period: Period) -> Section:
    """Rippling beside Visma, and the difference; in a month that is over, what changed since."""
    rows = list(_rows(counts, companies, period))
    differing = {company: _differing(counts, company) for company in companies}
    return Section(
        KEY,
        TITLE,
        (_table(rows, period), *_besides(counts)),
        (
            *(_of_unread(company, why) for company, why in counts.unread.items()),
            *(_of_difference(each, which) for each, which in differing.items() if which),
            *_of_people_without(counts, companies),
            *_of_untold(counts.untold),
            *_of_forsaken(counts.forsaken),
            *_of_overstaying(counts.overstaying),
        ),
        note=_note(period),
    )


def _rows(
    counts: Counts, companies: Sequence[str], period: Period
) -> Iterator[tuple[str | int | None, ...]]:
    for company in companies:
        for key in _keys(counts, company):
            then, now = counts.then.get(key, 0), counts.now.get(key, 0)
            there = None if company in counts.unread else counts.visma.get(key, 0)
            since = (now - then,) if period.is_over else ()
            difference = None if there is None else there - now
            yield (*key, then if period.is_over else now, *since, there, difference)


def _keys(counts: Counts, company: str) -> list[tuple[str, str]]:
    keys = {*counts.then, *counts.now, *counts.visma}
    return sorted(key for key in keys if key[0] == company)


def _table(rows: Iterable[tuple[str | int | None, ...]], period: Period) -> Table:
    day = period.day.isoformat()
    since = (Column(f"Since {day}", Unit.COUNT),) if period.is_over else ()
    columns = (
        Column("Company"),
        Column("Cost centre", Unit.CODE),
        Column(f"Rippling, {day}", Unit.COUNT, is_bar=True),
        *since,
        Column("Visma, now", Unit.COUNT, is_bar=True),
        Column("Difference", Unit.COUNT, is_difference=True),
    )
    return Table(
        "cost-centres", "People on each cost centre", columns, tuple(rows), "Nobody works."
    )


def _differing(counts: Counts, company: str) -> list[str]:
    if company in counts.unread:
        return []
    return [
        f"{key[1]} has {counts.visma.get(key, 0)} in Visma and {counts.now.get(key, 0)} in Rippling"
        for key in _keys(counts, company)
        if counts.visma.get(key, 0) != counts.now.get(key, 0)
    ]


def _of_difference(company: str, differing: Sequence[str]) -> str:
    return (
        f"{company}: {counted(len(differing), 'cost centre')} not the same in Rippling and Visma:"
        f" {listed(differing, MOST_NAMED, '; ')}."
        f" Type `connector reconcile --company {company}` to see who."
    )


def _of_unread(company: str, why: str) -> str:
    return f"{company}: Visma could not be read: {why}. Type `connector ping`."


def _of_people_without(counts: Counts, companies: Collection[str]) -> Iterator[str]:
    for company in companies:
        people = max(each.get((company, NO_COST_CENTRE), 0) for each in (counts.now, counts.visma))
        if people:
            yield (
                f"{company}: {counted(people, 'person', 'people')} without a cost centre."
                f" Type `connector mappings check`; who waits for one is in `connector waiting`."
            )


def _of_untold(untold: Mapping[str, int]) -> Iterator[str]:
    for why, people in untold.items():
        yield (
            f"Of {counted(people, 'person', 'people')} it cannot be told where they belong: {why}."
            " Type `connector plan` to see who."
        )


def _of_forsaken(forsaken: Mapping[str, int]) -> Iterator[str]:
    for company, people in sorted(forsaken.items()):
        yield (
            f"{company}: the mapping no longer has this company, and"
            f" {counted(people, 'person who works is', 'people who work are')} active there and"
            " belong nowhere. Type `connector mappings rollback`, or `connector mappings import`"
            " with a company that takes them."
        )


def _of_overstaying(numbers: Sequence[str]) -> Iterator[str]:
    if numbers:
        more = len(numbers) - MOST_NAMED
        listed = ", ".join([*numbers[:MOST_NAMED], *([f"and {more} more"] if more > 0 else [])])
        yield (
            f"{counted(len(numbers), 'person works', 'people work')} in Rippling although the last"
            f" day is past: {listed}. End the employment there or take the day away; then type"
            " `connector tick`."
        )


def _besides(counts: Counts) -> Iterator[Table]:
    columns = (Column("Why"), Column("People", Unit.COUNT))
    rows = tuple(sorted(counts.left_out.items()))
    yield Table(
        "left-out", "People of Rippling who belong to no company of Visma", columns, rows, "Nobody."
    )


def _note(period: Period) -> str:
    how = (
        "Rippling's side is where the mapping places everyone who works; a department in Visma"
        " says its cost centre. Whoever an operator decided to leave as they are counts as they"
        " are."
    )
    if not period.is_over:
        return f"{how} The month is not over: this is how it stands today."
    return (
        f"{how} Rippling and Visma show only the present: {period.day} goes by the days on which"
        " people begin and leave, and by the moves that the audit has since. The difference is"
        " that of now."
    )
