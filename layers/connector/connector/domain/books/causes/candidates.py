"""What a difference on one cost centre may come from, each with what it would explain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from connector.domain.books.accounts import CostKind
from connector.domain.books.causes.cause import NOTHING, Amounts, Cause, CauseKind
from connector.domain.books.comparison import InCurrency, Place, spot_of
from connector.domain.books.expected import Gap, Share
from connector.domain.books.month import MonthBooks
from connector.domain.books.posted import Entry
from connector.domain.books.subaccounts import Where

Batches = Mapping[str, Sequence[Entry]]
"""Batches by what they are called, with all their lines."""


def candidates(books: MonthBooks, place: Place, batches: Batches) -> Iterator[Cause]:
    """Everything that may be behind a difference on a cost centre, not yet weighed.

    `batches` are those that are known whole: only of these it can be told where they are owed.
    """
    yield from moved(books.shares, place)
    yield from waiting_to_be_posted(books, place)
    yield from rebooked(books, place)
    yield from accruals(books, place, batches)
    yield from in_currency(books.comparison.currencies, place)
    yield from without_rate(books.shares, place)
    yield from on_no_cost_centre(books, place)
    if books.staff.waiting and not isinstance(place, Where):
        yield Cause(CauseKind.WAITING, books.staff.waiting)


def moved(shares: Iterable[Share], place: Place) -> Iterator[Cause]:
    """People who were on this cost centre for a part of the month and elsewhere for another.

    What it explains: the old place has all of the month, and the new one nothing.
    """
    by_person: dict[str, list[Share]] = defaultdict(list)
    for share in shares:
        by_person[share.number].append(share)
    for number, stays in by_person.items():
        spots = {spot_of(share) for share in stays}
        if len(spots) > 1 and place in {spot[1] for spot in spots}:
            others = sorted({str(spot[1]) for spot in spots} - {str(place)})
            amounts = _all_in_the_old_place(stays, place)
            yield Cause(CauseKind.MOVED, (number,), places=tuple(others), amounts=amounts)


def _all_in_the_old_place(stays: Sequence[Share], place: Place) -> Amounts:
    """What it adds to a cost centre that somebody's whole month is posted where they were first."""
    amounts: dict[tuple[str, CostKind], Decimal] = defaultdict(Decimal)
    old = spot_of(stays[0])
    for share in stays:
        spot = spot_of(share)
        costs = share.costs.items() if spot != old else ()
        for kind, cost in costs:
            if old[1] == place:
                amounts[old[0], kind] += cost
            if spot[1] == place:
                amounts[spot[0], kind] -= cost
    return dict(amounts)


def waiting_to_be_posted(books: MonthBooks, place: Place) -> Iterator[Cause]:
    """Batches that wait, with what they would put on this cost centre."""
    for name, lines in _by_batch(books.posted.pending).items():
        amounts = {key: -value for key, value in _on(books, lines, place).items()}
        if any(amounts.values()):
            yield Cause(CauseKind.UNPOSTED, batches=(name,), amounts=amounts)


def rebooked(books: MonthBooks, place: Place) -> Iterator[Cause]:
    """Posted batches that take labour cost from one cell to another, and leave its sum as it is."""
    for name, lines in _by_batch(books.posted.lines).items():
        amounts = _on(books, lines, place)
        if not amounts or sum((line.amount for line in lines), NOTHING):
            continue
        cells = {cell for line in lines if (cell := books.chart.cell(line))}
        if len(cells) > 1:
            kind, others = _how_rebooked(cells, place)
            yield Cause(kind, batches=(name,), places=others, amounts=amounts)


def on_no_cost_centre(books: MonthBooks, place: Place) -> Iterator[Cause]:
    """Posted batches with labour cost on no cost centre; how much of it belongs here, none says."""
    for name, lines in _by_batch(books.posted.lines).items():
        stray = {
            str(spot[1]) for line in lines if isinstance((spot := books.chart.spot(line))[1], Where)
        }
        if stray and sum((line.amount for line in lines), NOTHING):
            amounts = _on(books, lines, place) if isinstance(place, Where) else {}
            if amounts or not isinstance(place, Where):
                yield Cause(
                    CauseKind.NO_COST_CENTRE,
                    batches=(name,),
                    places=tuple(sorted(stray - {str(place)})),
                    amounts=amounts,
                )


def _how_rebooked(
    cells: Iterable[tuple[str, Place, CostKind]], place: Place
) -> tuple[CauseKind, tuple[str, ...]]:
    places = {cell[1] for cell in cells}
    others = tuple(sorted(str(each) for each in places - {place}))
    if any(isinstance(each, Where) for each in places):
        return CauseKind.NO_COST_CENTRE, others
    return (CauseKind.WRONG_COST_CENTRE if others else CauseKind.WRONG_ACCOUNT), others


def accruals(books: MonthBooks, place: Place, batches: Batches) -> Iterator[Cause]:
    """Accruals on this cost centre whose batch owes nothing on an account of accrued cost."""
    accounts = books.chart.accounts
    for name, lines in batches.items():
        accrued = [line for line in lines if line.account in accounts.accruals]
        amounts = _on(books, accrued, place)
        is_owed = any(line.account in accounts.owed for line in lines)
        if amounts and not is_owed:
            yield Cause(CauseKind.ACCRUAL, batches=(name,), amounts=amounts)


def in_currency(lines: Iterable[InCurrency], place: Place) -> Iterator[Cause]:
    """People paid here in another currency, posted at another rate than that of the mapping."""
    for line in lines:
        if line.place == place and line.rate is not None:
            off = line.posted_in_ledger - line.expected * line.rate
            amounts = {(line.branch, CostKind.WAGES): off}
            yield Cause(CauseKind.CURRENCY, tuple(sorted(line.people)), amounts=amounts)


def without_rate(shares: Iterable[Share], place: Place) -> Iterator[Cause]:
    """People paid here in a currency for which the mapping has no rate."""
    numbers = {
        share.number for share in shares if share.gap is Gap.CURRENCY and spot_of(share)[1] == place
    }
    if numbers:
        yield Cause(CauseKind.CURRENCY, tuple(sorted(numbers)))


def suspects(books: MonthBooks, place: Place) -> list[str]:
    """The batches that have to be known whole: those with an accrual on this cost centre."""
    accounts = books.chart.accounts
    names = (
        line.batch
        for line in books.posted.lines
        if line.account in accounts.accruals and books.chart.spot(line)[1] == place
    )
    return list(dict.fromkeys(names))


def _on(books: MonthBooks, lines: Iterable[Entry], place: Place) -> Amounts:
    """What lines put on a cost centre, by branch and kind."""
    amounts: dict[tuple[str, CostKind], Decimal] = defaultdict(Decimal)
    for line in lines:
        cell = books.chart.cell(line)
        if cell and cell[1] == place:
            amounts[cell[0], cell[2]] += line.amount
    return dict(amounts)


def _by_batch(lines: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for line in lines:
        found[line.name].append(line)
    return found
