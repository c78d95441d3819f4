"""Everything that is known of one company's labour cost in one month: the two sides and the proof.

Made by `services/books`; what may be shown of it is decided by those who show it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from connector.domain.books.comparison import Chart, Comparison, compare
from connector.domain.books.expected import Employed, Share, shares
from connector.domain.books.posted import Balance, BooksPeriod, Entry, LedgerName
from connector.domain.books.self_check import SelfCheck
from connector.domain.catalogue import Department
from connector.domain.mapping.rules.labour import Labour
from connector.domain.report.period import Month


@dataclass(frozen=True, slots=True)
class Posted:
    """What was read of a ledger for one month, and whether it agrees with itself.

    `balances` and `lines` are of labour accounts, `pending` of all accounts.
    """

    ledger: LedgerName
    period: BooksPeriod
    balances: tuple[Balance, ...]
    lines: tuple[Entry, ...]
    pending: tuple[Entry, ...]
    check: SelfCheck
    calls: int = 0

    @property
    def counted(self) -> tuple[Balance, ...] | tuple[Entry, ...]:
        """What is posted: the balances, or the lines where the balances have more than that."""
        return self.lines if self.check.counts_unposted else self.balances


@dataclass(frozen=True, slots=True)
class Staff:
    """The people of a company as the ledger of the connector has them."""

    people: tuple[Employed, ...] = ()
    waiting: tuple[str, ...] = ()
    """Who waits for a place, by number."""

    departments: Mapping[str, Department] = field(default_factory=dict)
    has_costs: bool = True
    """False where what people cost is not kept: there is no expected side."""


@dataclass(frozen=True, slots=True)
class MonthBooks:
    """Both sides of one company and month."""

    company: str
    month: Month
    labour: Labour
    chart: Chart
    posted: Posted
    staff: Staff
    comparison: Comparison
    shares: tuple[Share, ...]
    moved: tuple[Balance, ...] = ()
    """The balances that changed since the last report of the month."""

    is_first: bool = True
    """Whether no report of the month was made before."""

    @property
    def currency(self) -> str:
        """The currency of the ledger."""
        return self.posted.ledger.currency


def month_books(
    company: str, month: Month, labour: Labour, chart: Chart, posted: Posted, staff: Staff
) -> MonthBooks:
    """Compares what was read."""
    currency = posted.ledger.currency
    expected = shares(staff.people, month, labour, currency)
    comparison = compare(
        expected, posted.counted, posted.pending, chart, labour, currency, staff.waiting
    )
    return MonthBooks(company, month, labour, chart, posted, staff, comparison, tuple(expected))


def newest_of(balances: Iterable[Balance]) -> str:
    """The latest moment at which one of them changed; empty where none says."""
    return max((one.modified for one in balances), default="")
