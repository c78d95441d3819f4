"""One cost centre and month explained: its cells, its people, what changed, and the causes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from connector.domain.books.causes.candidates import Batches, candidates
from connector.domain.books.causes.cause import Amounts, Cause, CauseKind, explaining
from connector.domain.books.comparison import Cell, Place, Verdict, spot_of
from connector.domain.books.expected import Employed, Stay
from connector.domain.books.month import MonthBooks
from connector.domain.catalogue import canonical
from connector.domain.report.period import Month

SOMETHING_LEFT = Decimal(1)
"""What is left of a difference below this is rounding."""


@dataclass(frozen=True, slots=True)
class StayChange:
    """Something that happened to a person within the month; of a raise only that there was one."""

    number: str
    day: date
    what: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a cost centre differs in a month."""

    place: Place
    cells: tuple[Cell, ...]
    people: tuple[str, ...]
    changes: tuple[StayChange, ...]
    causes: tuple[Cause, ...]
    is_open: bool
    """Whether something is left that no cause explains."""


def explain(books: MonthBooks, place: Place, batches: Batches) -> Explanation:
    """The explanation of one cost centre, or of what is on none."""
    cells = tuple(cell for cell in books.comparison.cells if cell.place == place)
    people = sorted({share.number for share in books.shares if spot_of(share)[1] == place})
    difference = difference_of(cells)
    causes = explaining(difference, candidates(books, place, batches), SOMETHING_LEFT)
    if not causes and not difference:
        causes = list(_of_gaps(books, place, batches, cells))
    staff = [person for person in books.staff.people if person.number in people]
    is_open = bool(difference) and not causes
    happened = tuple(stay_changes(staff, books.month))
    return Explanation(place, cells, tuple(people), happened, tuple(causes), is_open)


def difference_of(cells: Iterable[Cell]) -> Amounts:
    """By how much the cells differ that do not agree; cells that are not judged go with them."""
    own = list(cells)
    if not any(cell.verdict in (Verdict.OFF, Verdict.ONCE_POSTED) for cell in own):
        return {}
    return {
        (cell.branch, cell.kind): cell.difference for cell in own if cell.difference is not None
    }


def _of_gaps(
    books: MonthBooks, place: Place, batches: Batches, cells: Iterable[Cell]
) -> Iterator[Cause]:
    """Why cells are not judged: people who are paid in a currency without a rate."""
    if any(cell.verdict is Verdict.NOT_JUDGED and cell.people for cell in cells):
        for cause in candidates(books, place, batches):
            if cause.kind is CauseKind.CURRENCY and not cause.amounts:
                yield cause


def stay_changes(staff: Iterable[Employed], month: Month) -> Iterator[StayChange]:
    """Who came, left, moved or got other pay within the month."""
    for person in staff:
        stays = person.stays
        for stay in stays[:1]:
            if stay.first and month.first <= stay.first <= month.last:
                yield StayChange(person.number, stay.first, "joined")
        for before, after in pairwise(stays):
            if after.first and month.first <= after.first <= month.last:
                yield from _between(person.number, before, after, after.first)
        for stay in stays[-1:]:
            if stay.last and month.first <= stay.last <= month.last:
                yield StayChange(person.number, stay.last, "left")


def _between(number: str, before: Stay, after: Stay, day: date) -> Iterator[StayChange]:
    places = [
        f"branch {canonical(stay.branch)}, cost centre {stay.cost_centre or '(none)'}"
        for stay in (before, after)
    ]
    if places[0] != places[1]:
        yield StayChange(number, day, f"moved from {places[0]} to {places[1]}")
    if (before.yearly, before.currency) != (after.yearly, after.currency):
        yield StayChange(number, day, "pay changed")
