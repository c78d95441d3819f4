"""The section of the month-end report about labour cost: a table a company, and what is open.

What may be shown of whose cost is decided in `folding`. Where the books do not agree with
themselves, or could not be read, there is a sentence and no verdict.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from connector.domain.books.comparison import InCurrency
from connector.domain.books.expected import Gap, period_of
from connector.domain.books.folding import Shown, may_be_told, shown
from connector.domain.books.month import MonthBooks
from connector.domain.books.moves import ClassChange, DepartmentMove
from connector.domain.books.posted import Entry
from connector.domain.records.few_people import FEWEST
from connector.domain.report.period import Period
from connector.domain.report.sheet import Cell, Column, Section, Table, Unit
from connector.domain.status.wording import counted, listed

KEY, TITLE = "posted-cost", "Labour cost beside the ledger"
MOST_NAMED = 6
NO_COSTS = (
    "there is no expected side, because what people cost is not kept. Deploy with"
    " CostAllocation=true, or take labour out of the mapping."
)
COMPANY = Column("Company")
PLACE = (Column("Branch", Unit.CODE), Column("Cost centre", Unit.CODE))
COMPARED = (
    *PLACE,
    Column("Kind"),
    Column("Expected", Unit.MONEY),
    Column("Posted", Unit.MONEY),
    Column("Waiting", Unit.MONEY),
    Column("Difference", Unit.MONEY),
    Column("Verdict"),
    Column("Why"),
)
WAITING = Table(
    "waiting",
    "Batches with labour cost that wait to be posted",
    (
        COMPANY,
        Column("Currency", Unit.CODE),
        Column("Batch", Unit.CODE),
        Column("State"),
        Column("Last changed", Unit.CODE),
        Column("Labour cost", Unit.MONEY),
    ),
)
CURRENCIES = Table(
    "currencies",
    "Paid or posted in another currency",
    (
        COMPANY,
        *PLACE,
        Column("Currency", Unit.CODE),
        Column("People", Unit.COUNT),
        Column("Expected wages", Unit.MONEY),
        Column("Posted", Unit.MONEY),
        Column("Posted, in the ledger's", Unit.MONEY),
        Column("Rate of the mapping", Unit.CODE),
        Column("Posted at", Unit.CODE),
    ),
)
NOT_ESTIMATED = Table(
    "not-estimated",
    "People whose cost is not expected anywhere",
    (COMPANY, Column("Why"), Column("People", Unit.COUNT), Column("Numbers", Unit.CODE)),
)
MOVED = Table(
    "moved",
    "Changed in Visma since the last report of the month",
    (COMPANY, *PLACE, Column("Account", Unit.CODE), Column("Changed", Unit.CODE)),
)
DEPARTMENTS = Table(
    "departments",
    "Departments that book elsewhere in Visma since the last report",
    (
        COMPANY,
        Column("Department", Unit.CODE),
        Column("Before"),
        Column("Now"),
        Column("Posted before", Unit.CODE),
    ),
    note="What is posted stays where it is.",
)
CLASSES = Table(
    "classes",
    "People whose employee class changed within the month",
    (
        COMPANY,
        Column("Number", Unit.CODE),
        Column("Before", Unit.CODE),
        Column("Now", Unit.CODE),
        Column("Cost centre", Unit.CODE),
        Column("Posted there", Unit.CODE),
    ),
    note="What is posted stays where it is.",
)


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one company: its books, or why they could not be read."""

    company: str
    books: MonthBooks | None = None
    problem: str = ""
    """A sentence; empty where the books were read, or the mapping does not ask for them."""

    departments: tuple[DepartmentMove, ...] = ()
    classes: tuple[ClassChange, ...] = ()

    @property
    def judged(self) -> MonthBooks | None:
        """The books where they agree with themselves."""
        return self.books if self.books and self.books.posted.check.is_passed else None


def posted_cost(found: Sequence[Found], period: Period) -> Section:
    """Expected beside posted in every company, and what keeps the month open."""
    judged = [one for one in found if one.judged]
    books = [one.judged for one in found if one.judged]
    quiet = [one.company for one in found if not one.books and not one.problem]
    tables = (
        *map(_compared, books),
        _waiting(books),
        _currencies(books),
        _not_estimated(books),
        _moved(books),
        _departments(judged),
        _classes(judged),
    )
    needs = tuple(sentence for one in found for sentence in _needs(one, period))
    return Section(KEY, TITLE, tables if books else (), needs, _note(books, quiet, period))


def _compared(books: MonthBooks) -> Table:
    return Table(
        books.company,
        f"{books.company}: expected and posted",
        COMPARED,
        tuple(map(_row, shown(books.comparison.cells))),
        currency=books.currency,
        note=f"What fewer than {FEWEST} people cost is not shown.",
    )


def _row(one: Shown) -> tuple[Cell, ...]:
    return (
        one.branch,
        one.place,
        one.kind.value,
        one.expected,
        one.posted,
        one.pending,
        one.difference,
        one.verdict.value,
        one.why,
    )


def _waiting(books: Iterable[MonthBooks]) -> Table:
    rows = [
        (one.company, one.currency, name, lines[0].status, lines[0].modified[:10], amount)
        for one in books
        for name, lines in waiting_batches(one).items()
        for amount in (sum(line.amount for line in lines if one.chart.cell(line)),)
    ]
    return replace(WAITING, rows=tuple(rows))


def waiting_batches(books: MonthBooks) -> dict[str, list[Entry]]:
    """The batches with labour cost that wait, whole."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for line in books.posted.pending:
        found[line.name].append(line)
    return {name: own for name, own in found.items() if any(map(books.chart.cell, own))}


def _currencies(books: Iterable[MonthBooks]) -> Table:
    rows = [
        _in_currency(one.company, line, is_told=line in told)
        for one in books
        for told in (may_be_told(one.comparison.cells, one.comparison.currencies),)
        for line in one.comparison.currencies
    ]
    return replace(CURRENCIES, rows=tuple(rows))


def _in_currency(company: str, line: InCurrency, *, is_told: bool) -> tuple[Cell, ...]:
    rate, posted_at = line.rate, line.posted_rate
    is_seen = is_told or not line.people  # what is posted tells what few are paid as well
    return (
        company,
        line.branch,
        str(line.place),
        line.currency,
        len(line.people),
        line.expected if is_told else None,
        line.posted if is_seen else None,
        line.posted_in_ledger if is_seen else None,
        f"{rate:f}" if rate is not None else "(none)",
        f"{posted_at:.4f}" if posted_at is not None else "",
    )


def _not_estimated(books: Iterable[MonthBooks]) -> Table:
    rows = [
        (one.company, why, len(numbers), _listed(numbers))
        for one in books
        for why, numbers in _unexpected(one)
        if numbers
    ]
    return replace(NOT_ESTIMATED, rows=tuple(rows))


def _unexpected(books: MonthBooks) -> Iterator[tuple[str, frozenset[str]]]:
    """Why some people's cost is not expected on any cost centre, and who they are."""
    for gap, numbers in sorted(books.comparison.gaps.items()):
        yield gap.value, numbers
    without = frozenset(share.number for share in books.comparison.without_place)
    yield "on no cost centre", without
    yield "waits for a place", frozenset(books.staff.waiting)


def _moved(books: Iterable[MonthBooks]) -> Table:
    rows = [
        (one.company, *map(str, one.chart.spot(balance)), balance.account, balance.modified[:16])
        for one in books
        for balance in one.moved
    ]
    return replace(MOVED, rows=tuple(rows))


def _departments(found: Iterable[Found]) -> Table:
    rows = [
        (one.company, move.department, _booked(move.before), _booked(move.after), there)
        for one in found
        for move in one.departments
        for there in (_listed(move.batches),)
    ]
    return replace(DEPARTMENTS, rows=tuple(rows))


def _classes(found: Iterable[Found]) -> Table:
    rows = [
        (one.company, each.number, each.before, each.after, *_where(each))
        for one in found
        for each in one.classes
    ]
    return replace(CLASSES, rows=tuple(rows))


def _where(change: ClassChange) -> tuple[str, str]:
    return _listed(change.cost_centres), _listed(change.batches)


def _booked(to: tuple[str, str]) -> str:
    cost_centre, account = to
    return f"cost centre {cost_centre or '(none)'}, account {account or '(none)'}"


def _needs(found: Found, period: Period) -> Iterator[str]:
    company, books = found.company, found.judged
    if found.problem:
        yield f"{company}: {found.problem.rstrip('.')}."
    elif found.books and not books:
        check = found.books.posted.check
        yield f"{company}: {check.sentence(company, period_of(period.month))}."
    if books and books.staff.has_costs:
        yield from _of_differences(books, period)
        yield from _of_people(books)
    elif books:
        yield f"{company}: {NO_COSTS}"


def _of_differences(books: MonthBooks, period: Period) -> Iterator[str]:
    company = books.company
    places = list(dict.fromkeys(str(cell.place) for cell in books.comparison.off))
    if places:
        where = counted(len(places), "cost centre")
        yield (
            f"{company}: posted and expected labour cost differ on {where}"
            f" ({_listed(places)}). Type `connector report --month {period.month.text} --company"
            f' {company} --cost-centre "{places[0]}" --explain`.'
        )
    if waiting := list(waiting_batches(books)):
        batches = counted(len(waiting), "batch waits", "batches wait")
        yield (
            f"{company}: {batches} to be posted with labour cost of the month"
            f" ({_listed(waiting)}). Release and post what is right in Visma, and delete the rest."
        )


def _of_people(books: MonthBooks) -> Iterator[str]:
    company, gaps = books.company, books.comparison.gaps
    if numbers := gaps.get(Gap.NO_PAY):
        yield (
            f"{company}: Rippling does not show what {counted(len(numbers), 'person', 'people')}"
            f" {'earns' if len(numbers) == 1 else 'earn'} ({_listed(numbers)}), so that their cost"
            " centres are not judged. Type `connector ping`."
        )
    if numbers := gaps.get(Gap.CURRENCY):
        yield (
            f"{company}: {counted(len(numbers), 'person is', 'people are')} paid in a currency"
            f" without a rate ({_listed(numbers)}). Name it under currencies in the mapping."
        )
    if lost := {share.number for share in books.comparison.without_place}:
        yield (
            f"{company}: {counted(len(lost), 'person is', 'people are')} paid and on no cost centre"
            f" ({_listed(lost)}). Give their department one in the mapping or in Visma."
        )


def _note(books: Sequence[MonthBooks], quiet: Sequence[str], period: Period) -> str:
    told = []
    for one in books:
        state = "closed" if one.posted.period.is_closed else "open"
        calls = counted(one.posted.calls, "call")
        counts = (
            "; its balances count what is not posted" if one.posted.check.counts_unposted else ""
        )
        told.append(f"{one.company}: the period is {state}; read with {calls}{counts}.")
    told += [f"{one}: not compared, the mapping has no labour part for it." for one in quiet]
    if books and not period.is_over:
        told.append("The month is not over: the whole of it is expected.")
    return " ".join(told)


def _listed(names: Iterable[str]) -> str:
    return listed(sorted(set(names)), MOST_NAMED)
