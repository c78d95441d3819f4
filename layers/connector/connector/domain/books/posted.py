"""What a ledger shows of a month, in our words: balances, lines of batches, and the period.

Free texts of postings are not among it: whoever books may write a name there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from connector.domain.books.subaccounts import SubAccountName

NOTHING = Decimal(0)
HOLD, BALANCED, UNPOSTED, POSTED = "Hold", "Balanced", "Unposted", "Posted"
PENDING = (HOLD, BALANCED, UNPOSTED)
"""The states of a batch that waits: it counts in no balance yet."""


@dataclass(frozen=True, slots=True)
class LedgerName:
    """One ledger of a company."""

    number: str
    is_actual: bool
    currency: str


@dataclass(frozen=True, slots=True)
class BooksPeriod:
    """One financial period of the general ledger."""

    key: str
    """As `202511`."""

    first_day: date | None
    last_day: date | None
    is_active: bool = True
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Balance:
    """What moved on one account and sub-account of a branch in one currency within a period."""

    branch: str
    account: str
    subaccount: SubAccountName
    currency: str
    debit: Decimal
    credit: Decimal
    debit_in_currency: Decimal = NOTHING
    credit_in_currency: Decimal = NOTHING
    modified: str = ""

    @property
    def amount(self) -> Decimal:
        """What it cost, in the currency of the ledger."""
        return self.debit - self.credit

    @property
    def in_currency(self) -> Decimal:
        """What it cost, in its own currency."""
        return self.debit_in_currency - self.credit_in_currency


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a batch, posted or not."""

    module: str
    batch: str
    line: int
    branch: str
    account: str
    subaccount: SubAccountName
    debit: Decimal
    credit: Decimal
    currency: str
    status: str = POSTED
    modified: str = ""
    in_currency: Decimal = NOTHING

    @property
    def amount(self) -> Decimal:
        """What it cost, in the currency of the ledger."""
        return self.debit - self.credit

    @property
    def name(self) -> str:
        """The batch as people look for it."""
        return f"{self.module} {self.batch}".strip()


def newest(moments: Iterable[str]) -> str:
    """The latest of these moments, which are texts of one form; empty where there is none."""
    return max(moments, default="")
