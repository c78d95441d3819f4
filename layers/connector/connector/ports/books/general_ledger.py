"""Reading the general ledger of one company, list by list, with the calls counted.

There is no way to write: what is posted, and what waits to be, is never changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from connector.domain.books.accounts import Account
from connector.domain.books.posted import Balance, BooksPeriod, Entry, LedgerName
from connector.domain.books.subaccounts import SubAccount
from connector.domain.budgets import Budget

T_co = TypeVar("T_co", covariant=True)


class Listing(Protocol[T_co]):
    """A list whose first page has been read."""

    @property
    def pages(self) -> int | None:
        """How many pages it has; None where Visma does not say."""

    def rows(self) -> Sequence[T_co]:
        """All of it; what the first page did not hold is read now."""


@dataclass(frozen=True, slots=True)
class BooksHabits:
    """How one company answers where no one has published it; None where there was no row to see."""

    names_subaccounts: bool | None = None
    """Whether a balance names its sub-account in the newer form."""

    page_size: int | None = None
    """The greatest size of a page of balances, where it is told."""

    counts_rows: bool | None = None
    """Whether it says how many rows there are."""


class GeneralLedger(Protocol):
    """The general ledger of one company.

    Every method raises `RetryableError` where Visma cannot answer, `NonsenseError` where what it
    answers cannot be an answer to this, and `ConfigurationError` where this client may not read it:
    a right that is missing is never an empty list.
    """

    @property
    def calls(self) -> int:
        """How many calls were made so far."""

    @property
    def room(self) -> Budget:
        """The calls that are left, as the last answer told them."""

    def ledgers(self) -> list[LedgerName]:
        """The ledgers; one call."""

    def period(self, key: str) -> BooksPeriod | None:
        """One financial period such as `202511`, or None where there is no such; one call."""

    def accounts(self) -> list[Account]:
        """The accounts; one call."""

    def subaccounts(self) -> Listing[SubAccount]:
        """The sub-accounts with their segments."""

    def balances(self, period: str, ledger: str, account: str | None = None) -> Listing[Balance]:
        """What moved in a period, on one account or on all."""

    def waiting(self, period: str, status: str) -> Listing[Entry]:
        """The lines of the batches in a state in which they count in no balance."""

    def lines(self, period: str, ledger: str, account: str) -> Listing[Entry]:
        """The posted lines of one account."""

    def habits(self, period: str, ledger: str) -> BooksHabits:
        """How balances are answered, from the first page of them; one call."""

    def batch(self, number: str) -> list[Entry] | None:
        """The lines of one batch of the general ledger, or None where there is none; one call."""


class GeneralLedgers(Protocol):
    """The general ledgers of all companies."""

    def company(self, key: str) -> GeneralLedger:
        """That of one company of the mapping.

        Raises:
            ConfigurationError: the Visma secret has no such company.
        """
