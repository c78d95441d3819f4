"""Reading what a month's labour cost in a ledger: the frame first, then no more than is needed.

The posted lines have to add up to the balances. Where they do not, rows have moved while they were
read, and everything that can have moved is read once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from connector.domain.books.accounts import LabourAccounts
from connector.domain.books.comparison import Chart
from connector.domain.books.month import Posted
from connector.domain.books.posted import (
    PENDING,
    UNPOSTED,
    Balance,
    BooksPeriod,
    Entry,
    LedgerName,
)
from connector.domain.books.self_check import SelfCheck, check
from connector.domain.books.subaccounts import Places, SubAccounts
from connector.domain.errors import ConfigurationError
from connector.domain.mapping.rules.labour import Labour
from connector.ports.books.general_ledger import GeneralLedger, Listing
from connector.services.books.allowance import Allowance

FIRST_CALLS = 8
"""Ledgers, period, accounts, and the first page of sub-accounts, balances and three states."""

ATTEMPTS = 2


@dataclass(frozen=True, slots=True)
class Frame:
    """What a ledger is made of, for one period."""

    ledger: LedgerName
    period: BooksPeriod
    accounts: LabourAccounts
    subaccounts: SubAccounts


@dataclass(frozen=True, slots=True)
class BooksReader:
    """Reads the books of one company once."""

    company: str
    ledger: GeneralLedger
    labour: Labour
    places: Places
    segment: int

    @property
    def allowance(self) -> Allowance:
        """The calls that may be made."""
        return Allowance(self.company, self.ledger, self.labour.most_calls)

    def read(self, period: str) -> tuple[Chart, Posted]:
        """What is posted and what waits in a period.

        Raises:
            ConfigurationError: the period, the ledger or its accounts are not there, or may not be
                read, or it would take too many calls.
            RateLimitedError: too few calls are left.
            RetryableError: Visma cannot answer, or not sensibly.
        """
        self.allowance.ask(FIRST_CALLS)
        frame, listings = self._begun(period)
        chart = Chart(frame.accounts, frame.subaccounts, self.places, self.segment)
        posted = self._posted(frame, listings)
        for _ in range(ATTEMPTS - 1):
            if posted.check.is_passed:
                break
            self.allowance.ask(1 + len(PENDING))
            posted = self._posted(frame, self._moving(frame))
        return chart, posted

    def _begun(self, period: str) -> tuple[Frame, _Moving]:
        ledger = self._actual(self.ledger.ledgers())
        self.allowance.ask(FIRST_CALLS - 1)
        found = self._period(period)
        labour = self._labour_accounts()
        listed = self.ledger.subaccounts()
        frame = Frame(ledger, found, labour, SubAccounts(()))
        moving = self._moving(frame)
        self.allowance.ask(_further([listed, *moving.pending]) + self._for_balances(frame, moving))
        subaccounts = SubAccounts(listed.rows())
        return Frame(ledger, found, labour, subaccounts), moving

    def _period(self, key: str) -> BooksPeriod:
        found = self.ledger.period(key)
        if found is None:
            raise ConfigurationError(
                f"Visma has no financial period {key} in {self.company}: generate it there, or"
                " ask for another month"
            )
        return found

    def _labour_accounts(self) -> LabourAccounts:
        accounts = self.ledger.accounts()
        labour = LabourAccounts.of(accounts, self.labour)
        if not labour.kinds:
            raise ConfigurationError(
                f"of the {len(accounts)} accounts that Visma shows of {self.company} none holds"
                f" labour cost by the chart {self.labour.chart}: see the chart and the accounts"
                " under labour in the mapping, and that it is the right company"
            )
        return labour

    def _actual(self, ledgers: list[LedgerName]) -> LedgerName:
        """The ledger that counts."""
        wanted = self.labour.ledger
        actual = [one for one in ledgers if one.is_actual and wanted in (None, one.number)]
        if len(actual) == 1:
            return actual[0]
        listed = ", ".join(one.number for one in ledgers if one.is_actual) or "none"
        if wanted is not None:
            raise ConfigurationError(
                f"{self.company} has no actual ledger {wanted} in Visma; it has {listed}: correct"
                " ledger under labour in the mapping"
            )
        remedy = (
            "name one as ledger under labour in the mapping"
            if actual
            else "see that it is the right company, and that the connector may read its ledger"
        )
        raise ConfigurationError(
            f"{self.company} has not one actual ledger in Visma ({listed}): {remedy}"
        )

    def _moving(self, frame: Frame) -> _Moving:
        """What can change from one moment to the next, its first pages."""
        period = frame.period.key
        return _Moving(
            self.ledger.balances(period, frame.ledger.number),
            tuple(self.ledger.waiting(period, status) for status in PENDING),
        )

    def _for_balances(self, frame: Frame, moving: _Moving) -> int:
        """The further calls for balances: page by page, or one for each labour account."""
        return min(_further([moving.balances]), len(frame.accounts.kinds))

    def _posted(self, frame: Frame, moving: _Moving) -> Posted:
        balances = tuple(self._balances(frame, moving.balances))
        pending = tuple(entry for listing in moving.pending for entry in listing.rows())
        lines = tuple(self._lines(frame, balances))
        unposted = [
            entry
            for entry in pending
            if entry.status == UNPOSTED and frame.accounts.kind(entry.account)
        ]
        return Posted(
            frame.ledger,
            frame.period,
            balances,
            lines,
            pending,
            self._checked(frame, balances, lines, unposted),
            self.ledger.calls,
        )

    def _balances(self, frame: Frame, listing: Listing[Balance]) -> Iterator[Balance]:
        """The balances of labour accounts, in the way that takes fewer calls."""
        numbers = sorted(frame.accounts.kinds)
        listings = [listing]
        if _further([listing]) > len(numbers):
            period, ledger = frame.period.key, frame.ledger.number
            listings = [self.ledger.balances(period, ledger, number) for number in numbers]
        self.allowance.ask(_further(listings))
        rows = (row for one in listings for row in one.rows())
        return (row for row in rows if frame.accounts.kind(row.account))

    def _lines(self, frame: Frame, balances: Iterable[Balance]) -> Iterator[Entry]:
        """The posted lines of each labour account on which something moved."""
        moved = sorted({one.account for one in balances if one.debit or one.credit})
        self.allowance.ask(len(moved))
        period, ledger = frame.period.key, frame.ledger.number
        listings = [self.ledger.lines(period, ledger, account) for account in moved]
        self.allowance.ask(_further(listings))
        for listing in listings:
            yield from listing.rows()

    def _checked(
        self,
        frame: Frame,
        balances: Iterable[Balance],
        lines: Iterable[Entry],
        unposted: Iterable[Entry],
    ) -> SelfCheck:
        return check(balances, lines, unposted, frame.subaccounts)


@dataclass(frozen=True, slots=True)
class _Moving:
    balances: Listing[Balance]
    pending: tuple[Listing[Entry], ...]


def _further(listings: Iterable[Listing[object]]) -> int:
    """The pages behind the first ones; one more of each list that does not say how many it has."""
    return sum(1 if listing.pages is None else listing.pages - 1 for listing in listings)
