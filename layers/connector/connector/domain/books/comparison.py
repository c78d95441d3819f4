"""Expected beside posted: a cell for each branch, cost centre and kind, and a verdict.

A cell that cannot be judged says why, and nothing is dropped: what is posted on no cost centre,
people without one, and pay in other currencies have places of their own. Whose money may be shown
is decided in `folding`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeAlias

from connector.domain.books.accounts import CostKind, LabourAccounts
from connector.domain.books.expected import HUNDRED, Gap, Share, estimated
from connector.domain.books.subaccounts import Places, SubAccountName, SubAccounts, Where
from connector.domain.catalogue import canonical
from connector.domain.mapping.rules.labour import Labour

NOTHING = Decimal(0)
Place: TypeAlias = str | Where
Spot: TypeAlias = tuple[str, Place]
"""A branch and a cost centre, or why there is none."""
SpotAndKind: TypeAlias = tuple[str, Place, CostKind]


class Posting(Protocol):
    """An amount on an account: a balance of a month, or one line of a batch."""

    @property
    def branch(self) -> str:
        """The branch."""

    @property
    def account(self) -> str:
        """The number of the account."""

    @property
    def subaccount(self) -> SubAccountName:
        """The sub-account, as far as it is named."""

    @property
    def currency(self) -> str:
        """Its own currency."""

    @property
    def amount(self) -> Decimal:
        """What it cost, in the currency of the ledger."""

    @property
    def in_currency(self) -> Decimal:
        """What it cost, in its own currency."""


class Verdict(StrEnum):
    """What a cell comes to."""

    WITHIN = "within tolerance"
    ONCE_POSTED = "within tolerance once posted"
    OFF = "off"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class Chart:
    """How a company's postings are read: its labour accounts, sub-accounts and cost centres."""

    accounts: LabourAccounts
    subaccounts: SubAccounts
    places: Places
    segment: int

    def spot(self, posting: Posting) -> Spot:
        """Where a posting belongs."""
        name = posting.subaccount
        value = self.subaccounts.cost_centre(name, self.segment)
        return canonical(posting.branch), self.places.place(value, is_given=name.is_given)

    def cell(self, posting: Posting) -> SpotAndKind | None:
        """The cell of a posting; None where its account holds no labour cost."""
        kind = self.accounts.kind(posting.account)
        return (*self.spot(posting), kind) if kind else None


@dataclass(frozen=True, slots=True)
class Cell:
    """One branch, cost centre and kind; `expected` is None where there is no expected side.

    `posted` counts in the balances, `pending` is in batches that wait. `people` are those whose
    cost is expected there.
    """

    branch: str
    place: Place
    kind: CostKind
    expected: Decimal | None
    posted: Decimal
    pending: Decimal
    verdict: Verdict
    why: str = ""
    people: frozenset[str] = frozenset()

    @property
    def difference(self) -> Decimal | None:
        """By how much more is posted than expected."""
        return None if self.expected is None else self.posted - self.expected


@dataclass(frozen=True, slots=True)
class InCurrency:
    """What is paid and posted on one cost centre in a currency that is not the ledger's."""

    branch: str
    place: Place
    currency: str
    people: frozenset[str]
    expected: Decimal
    """Wages, in that currency."""

    posted: Decimal
    posted_in_ledger: Decimal
    rate: Decimal | None
    """The mapping's; None where it has none."""

    @property
    def posted_rate(self) -> Decimal | None:
        """What a unit was posted at."""
        return self.posted_in_ledger / self.posted if self.posted else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One company and month, as far as both sides are known."""

    cells: tuple[Cell, ...]
    currencies: tuple[InCurrency, ...] = ()
    gaps: Mapping[Gap, frozenset[str]] = field(default_factory=dict)
    """The people whose cost is not estimated, by number."""

    without_place: tuple[Share, ...] = ()
    """People who are paid and on no cost centre."""

    waiting: tuple[str, ...] = ()
    """People who wait for a place in the company, by number; their cost is not known."""

    @property
    def off(self) -> tuple[Cell, ...]:
        """The cells that do not agree, the largest difference first."""
        found = [cell for cell in self.cells if cell.verdict is Verdict.OFF]
        return tuple(sorted(found, key=lambda cell: -abs(cell.difference or cell.posted)))


def compare(
    shares: Iterable[Share],
    posted: Iterable[Posting],
    pending: Iterable[Posting],
    chart: Chart,
    labour: Labour,
    currency: str,
    waiting: Iterable[str] = (),
) -> Comparison:
    """Everything that is expected beside everything that is posted, in the ledger's `currency`."""
    people = list(shares)
    posted, pending = list(posted), list(pending)
    placed = [share for share in people if share.cost_centre]
    judge = _Judge(labour, _people_at(placed), _gaps_at(placed))
    expected = _expected(placed)
    on_books, waits = _sums(posted, chart), _sums(pending, chart)
    kinds = estimated(labour)
    spots = {(spot, kind) for spot in judge.people for kind in kinds}
    keys = {(*spot, kind) for spot, kind in spots} | on_books.keys() | waits.keys()
    cells = (
        judge.cell(key, expected.get(key, NOTHING), on_books[key], waits[key])
        for key in sorted(keys, key=_in_order)
    )
    return Comparison(
        tuple(cell for cell in cells if cell.people or cell.posted or cell.pending),
        tuple(_currencies(placed, posted, chart, labour, currency)),
        _by_gap(people),
        tuple(share for share in people if not share.cost_centre),
        tuple(waiting),
    )


@dataclass(frozen=True, slots=True)
class _Judge:
    labour: Labour
    people: Mapping[Spot, frozenset[str]]
    gaps: Mapping[Spot, Mapping[Gap, frozenset[str]]]

    def cell(self, key: SpotAndKind, expected: Decimal, posted: Decimal, pending: Decimal) -> Cell:
        branch, place, kind = key
        spot = (branch, place)
        why = self._why_not(spot, kind)
        side = None if why else expected
        verdict = Verdict.NOT_JUDGED
        if side is not None:
            verdict = self._verdict(side, posted, pending)
        people = self.people.get(spot, frozenset())
        return Cell(branch, place, kind, side, posted, pending, verdict, why, people)

    def _why_not(self, spot: Spot, kind: CostKind) -> str:
        if kind is CostKind.OTHER:
            return "nothing says what it should be"
        if kind not in estimated(self.labour):
            return "the mapping has no rate for it"
        gaps = self.gaps.get(spot, {})
        told = (f"{gap.value}: {len(numbers)}" for gap, numbers in sorted(gaps.items()))
        return "; ".join(told)

    def _verdict(self, expected: Decimal, posted: Decimal, pending: Decimal) -> Verdict:
        is_now = self.is_within(posted - expected, expected)
        is_then = self.is_within(posted + pending - expected, expected)
        if is_now and is_then:
            return Verdict.WITHIN
        return Verdict.ONCE_POSTED if is_then else Verdict.OFF

    def is_within(self, difference: Decimal, expected: Decimal) -> bool:
        """Whether a difference is within the amount and within the percentage, both."""
        most = abs(expected) * self.labour.tolerance_percent / HUNDRED
        return abs(difference) <= min(self.labour.tolerance_amount, most)


def _expected(shares: Iterable[Share]) -> Mapping[SpotAndKind, Decimal]:
    sums: dict[SpotAndKind, Decimal] = defaultdict(Decimal)
    for share in shares:
        for kind, cost in share.costs.items():
            sums[(*spot_of(share), kind)] += cost
    return sums


def spot_of(share: Share) -> Spot:
    """Where a share of a person's cost is expected."""
    return canonical(share.branch), canonical(share.cost_centre or "")


def _people_at(shares: Iterable[Share]) -> dict[Spot, frozenset[str]]:
    found: dict[Spot, set[str]] = defaultdict(set)
    for share in shares:
        if share.gap or any(share.costs.values()):  # who costs nothing hides nobody
            found[spot_of(share)].add(share.number)
    return {spot: frozenset(numbers) for spot, numbers in found.items()}


def _gaps_at(shares: Iterable[Share]) -> dict[Spot, dict[Gap, frozenset[str]]]:
    by_spot: dict[Spot, list[Share]] = defaultdict(list)
    for share in shares:
        if share.gap:
            by_spot[spot_of(share)].append(share)
    return {spot: _by_gap(found) for spot, found in by_spot.items()}


def _by_gap(shares: Iterable[Share]) -> dict[Gap, frozenset[str]]:
    found: dict[Gap, set[str]] = defaultdict(set)
    for share in shares:
        if share.gap:
            found[share.gap].add(share.number)
    return {gap: frozenset(numbers) for gap, numbers in found.items()}


def _sums(postings: Iterable[Posting], chart: Chart) -> defaultdict[SpotAndKind, Decimal]:
    sums: defaultdict[SpotAndKind, Decimal] = defaultdict(Decimal)
    for posting in postings:
        if key := chart.cell(posting):
            sums[key] += posting.amount
    return sums


def _currencies(
    shares: Iterable[Share],
    posted: Iterable[Posting],
    chart: Chart,
    labour: Labour,
    currency: str,
) -> Iterable[InCurrency]:
    paid: dict[tuple[Spot, str], list[Share]] = defaultdict(list)
    for share in shares:
        if share.currency != currency:
            paid[spot_of(share), share.currency].append(share)
    on_books: dict[tuple[Spot, str], list[Posting]] = defaultdict(list)
    for posting in posted:
        if posting.currency != currency and chart.accounts.kind(posting.account):
            on_books[chart.spot(posting), posting.currency].append(posting)
    for key in sorted({*paid, *on_books}, key=str):
        spot, own = key
        yield _in_currency(spot, own, paid[key], on_books[key], labour.currencies.get(own))


def _in_currency(
    spot: Spot,
    currency: str,
    paid: Iterable[Share],
    posted: Iterable[Posting],
    rate: Decimal | None,
) -> InCurrency:
    shares, postings = list(paid), list(posted)
    return InCurrency(
        *spot,
        currency,
        frozenset(share.number for share in shares),
        sum((share.wages_in_currency or NOTHING for share in shares), NOTHING),
        sum((one.in_currency for one in postings), NOTHING),
        sum((one.amount for one in postings), NOTHING),
        rate,
    )


def _in_order(key: SpotAndKind) -> tuple[str, bool, str, int]:
    branch, place, kind = key
    return branch, isinstance(place, Where), str(place), tuple(CostKind).index(kind)
