"""Whose money may be shown: no cost of fewer than three people, and none by subtraction.

Cost centres whose branches are small are shown over all their branches. Those that are small in all
are shown together, and where they are still too few, the next larger one goes with them. What is
posted there is kept back as well: beside a verdict it would tell what they are paid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from connector.domain.books.accounts import CostKind
from connector.domain.books.comparison import NOTHING, Cell, InCurrency, Place, Verdict
from connector.domain.books.subaccounts import Where
from connector.domain.records.few_people import FEWEST, put_together

SMALL = "small cost centres together"
ALL_BRANCHES = "all"
TOO_FEW = f"fewer than {FEWEST} people"


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as it may be shown; every amount is None where it is about too few people."""

    branch: str
    place: str
    kind: CostKind
    expected: Decimal | None
    posted: Decimal | None
    pending: Decimal | None
    difference: Decimal | None
    verdict: Verdict
    why: str


def shown(cells: Iterable[Cell]) -> list[Shown]:
    """The cells as they may be shown, with what is kept back in a sum where that is of enough."""
    all_cells = list(cells)
    by_place: dict[Place, list[Cell]] = defaultdict(list)
    for cell in all_cells:
        by_place[cell.place].append(cell)
    together = _small_places(by_place)
    rows: list[Shown] = []
    for place, own in by_place.items():
        if place in together:
            rows += [_hidden(cell) for cell in own]
        elif _has_small_branch(own):
            rows += [*(_hidden(cell) for cell in own), *_summed(own, str(place))]
        else:
            rows += map(_open, own)
    folded = [cell for place in together for cell in by_place[place]]
    if len(_people(folded)) >= FEWEST:
        rows += _summed(folded, SMALL)
    return rows


def may_be_told(cells: Iterable[Cell], lines: Iterable[InCurrency]) -> list[InCurrency]:
    """The lines of other currencies whose expected wages may be shown beside the cells.

    Where the mapping has the rate they are part of a cell: what is left of it is people's as well,
    and where the cell is hidden, what is left of a sum that it is in.
    """
    by_spot: dict[tuple[str, Place], list[InCurrency]] = defaultdict(list)
    for line in lines:
        by_spot[line.branch, line.place].append(line)
    all_cells = list(cells)
    hidden = {(row.branch, row.place) for row in shown(all_cells) if TOO_FEW in row.why}
    known = {(cell.branch, cell.place) for cell in all_cells if cell.expected is not None}
    told: list[InCurrency] = []
    for (branch, place), own in by_spot.items():
        large = [line for line in own if len(line.people) >= FEWEST]
        is_hidden = (branch, str(place)) in hidden or _leaves_few(all_cells, large, branch, place)
        told += [] if is_hidden and (branch, place) in known else large
    return told


def _leaves_few(
    cells: Iterable[Cell], lines: Iterable[InCurrency], branch: str, place: Place
) -> bool:
    """Whether cells of a spot without some lines are about fewer people than may be told of."""
    people = _people(cell for cell in cells if (cell.branch, cell.place) == (branch, place))
    return 0 < len(people.difference(*(line.people for line in lines))) < FEWEST


def _small_places(by_place: Mapping[Place, list[Cell]]) -> frozenset[str]:
    """The cost centres that are shown together only."""
    people = {
        place: _people(own)
        for place, own in by_place.items()
        if not isinstance(place, Where) and _people(own)
    }
    return put_together(people)


def _people(cells: Iterable[Cell]) -> frozenset[str]:
    return frozenset[str]().union(*(cell.people for cell in cells))


def _has_small_branch(cells: Iterable[Cell]) -> bool:
    return any(0 < len(cell.people) < FEWEST for cell in cells)


def _open(cell: Cell) -> Shown:
    return Shown(
        cell.branch,
        str(cell.place),
        cell.kind,
        cell.expected,
        cell.posted,
        cell.pending,
        cell.difference,
        cell.verdict,
        cell.why,
    )


def _hidden(cell: Cell) -> Shown:
    if not cell.people:
        return _open(cell)
    why = "; ".join(filter(None, (TOO_FEW, cell.why)))
    return Shown(cell.branch, str(cell.place), cell.kind, None, None, None, None, cell.verdict, why)


def _summed(cells: list[Cell], name: str) -> list[Shown]:
    """One row for each kind over all these cells; without an expected side where one has none."""
    by_kind = ([cell for cell in cells if cell.kind is kind and cell.people] for kind in CostKind)
    rows = (_sum(own, name) for own in by_kind if own)
    return [row for row in rows if row is not None]


def _sum(cells: list[Cell], name: str) -> Shown | None:
    known = [cell.expected for cell in cells if cell.expected is not None]
    if len(known) < len(cells):
        return None
    expected = sum(known, NOTHING)
    posted = sum((cell.posted for cell in cells), NOTHING)
    pending = sum((cell.pending for cell in cells), NOTHING)
    verdict = _worst(cell.verdict for cell in cells)
    off = posted - expected
    return Shown(ALL_BRANCHES, name, cells[0].kind, expected, posted, pending, off, verdict, "")


def _worst(verdicts: Iterable[Verdict]) -> Verdict:
    order = (Verdict.OFF, Verdict.ONCE_POSTED, Verdict.NOT_JUDGED, Verdict.WITHIN)
    return min(verdicts, key=order.index)
