"""The journal of Visma companies, as far as payroll batches need it. Nothing here releases one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from connector.domain.payroll.entry import FoundBatch, JournalEntry


@dataclass(frozen=True, slots=True)
class AccountState:
    """What decides whether a batch may have lines on an account."""

    is_active: bool
    takes_entries: bool


@dataclass(frozen=True, slots=True)
class LedgerShown:
    """A ledger, its currency, and whether it holds what really happened."""

    number: str
    currency: str
    is_actual: bool


@dataclass(frozen=True, slots=True)
class FinancialPeriod:
    """One period by its key `YYYYPP`; the last day is part of it."""

    key: str
    first: date
    last: date
    is_active: bool
    is_closed: bool

    @property
    def is_open(self) -> bool:
        """Whether batches may be entered in it."""
        return self.is_active and not self.is_closed


@dataclass(frozen=True, slots=True)
class Chart:
    """What a company's books have: accounts by number, ledgers, and periods in order."""

    accounts: Mapping[str, AccountState] = field(default_factory=dict)
    ledgers: Sequence[LedgerShown] = ()
    periods: Sequence[FinancialPeriod] = ()


@dataclass(frozen=True, slots=True)
class Lookup:
    """The batches with a key; where there are none, whether the answer proves that.

    It does where Visma showed some batch at all: an empty list is also what a client gets that
    may see nothing.
    """

    batches: Sequence[FoundBatch] = ()
    is_proven: bool = True


class Journal(Protocol):
    """One company's journal.

    * A batch is sent at most once a call. Where its answer is lost, `UnknownOutcomeError`.
    * `RefusedError` when Visma says no; another `RetryableError` when nothing was entered.
    """

    def chart(self, day: date) -> Chart:
        """Accounts and ledgers, and the periods around a day."""

    def find(self, key: str, period: str, since: datetime | None = None) -> Lookup:
        """The batches with a key: in a period, and among what was changed since a moment.

        Whether they are on hold, released or moved to another period.
        """

    def read(self, number: str) -> FoundBatch | None:
        """One batch by its number, or None where there is none."""

    def enter(self, entry: JournalEntry) -> str:
        """Enters a batch on hold; its number, empty where Visma does not say it."""


class Journals(Protocol):
    """The journals of the companies of Visma.net ERP."""

    def of(self, company: str) -> Journal:
        """The journal of one company of the mapping."""
