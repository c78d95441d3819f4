"""The accountants of the fake Visma: the verbs that a test or a demo says to the books.

Each verb acts on one company, the first one when none is named. The rules are in `books`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.simulator.books.balances import balances, show_balance
from tests.simulator.books.batches import show_batch
from tests.simulator.finance import Finance

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.simulator.books.batches import Batch, Status
    from tests.simulator.books.books import Books
    from tests.simulator.books.chart import AccountType
    from tests.simulator.clock import Now
    from tests.simulator.control import Verb


class Bookkeeping(Finance):
    """The companies with their books, and what their accountants do by hand.

    `more_verbs` are those that a history of one company brings along.
    """

    def __init__(self, clock: Now | None = None) -> None:
        super().__init__(clock)
        self.more_verbs: dict[str, Verb] = {}

    def books(self, company: str | None = None) -> Books:
        """The books of a company; whoever changes them directly holds `state_lock`."""
        return self.company(company).books

    def add_account(
        self,
        number: str,
        description: str,
        type: AccountType = "Expense",  # noqa: A002  (the finance screens' own word)
        *,
        company: str | None = None,
        **members: Any,
    ) -> None:
        """Adds an account."""
        with self.state_lock:
            self.books(company).add_account(number, description, type, **members)

    def change_account(self, number: str, *, company: str | None = None, **members: Any) -> None:
        """Changes an account: `is_active`, `allows_manual_entry` and the like."""
        with self.state_lock:
            self.books(company).change_account(number, **members)

    def set_preference(self, name: str, value: Any, *, company: str | None = None) -> None:
        """Sets one of the books' preferences, which the API shows no one."""
        with self.state_lock:
            preferences = self.books(company).preferences
            if not hasattr(preferences, name):
                raise ValueError(f"there is no preference {name}")
            setattr(preferences, name, value)

    def open_year(self, year: int, *, company: str | None = None) -> None:
        """Adds the twelve periods of a year."""
        with self.state_lock:
            self.books(company).open_year(year)

    def close_period(self, period: str, *, company: str | None = None) -> None:
        """Closes a period everywhere, and with it all open ones before it."""
        with self.state_lock:
            self.books(company).close_period(period)

    def close_workspace(self, period: str, workspace: str, *, company: str | None = None) -> None:
        """Closes a period in one workspace; the general ledger closes last."""
        with self.state_lock:
            self.books(company).close_workspace(period, workspace)

    def reopen_period(self, period: str, *, company: str | None = None) -> None:
        """Opens a period again."""
        with self.state_lock:
            self.books(company).reopen_period(period)

    def set_period_active(self, period: str, active: bool, *, company: str | None = None) -> None:
        """Makes a period one that may be posted to, or not."""
        with self.state_lock:
            self.books(company).set_period_active(period, active)

    def enter_batch(
        self,
        period: str,
        lines: Sequence[Mapping[str, Any]],
        *,
        company: str | None = None,
        **members: Any,
    ) -> dict[str, Any]:
        """Enters a batch by hand, posted where no `status` is named."""
        with self.state_lock:
            books = self.books(company)
            return _shown(books, books.enter_batch(period, lines, **members))

    def set_batch_status(
        self, number: str, status: Status, *, company: str | None = None
    ) -> dict[str, Any]:
        """Gives a batch another status."""
        with self.state_lock:
            books = self.books(company)
            return _shown(books, books.set_status(number, status))

    def release_batch(self, number: str, *, company: str | None = None) -> dict[str, Any]:
        """Releases a balanced batch, which posts it where the company wants that."""
        with self.state_lock:
            books = self.books(company)
            return _shown(books, books.release(number))

    def edit_batch(
        self, number: str, *, company: str | None = None, **members: Any
    ) -> dict[str, Any]:
        """Changes a batch by hand: its `description`, `period` and the like."""
        with self.state_lock:
            books = self.books(company)
            return _shown(books, books.edit_batch(number, **members))

    def remove_batch(self, number: str, *, company: str | None = None) -> None:
        """Deletes a batch by hand; the API cannot."""
        with self.state_lock:
            self.books(company).remove_batch(number)

    def batches(self, company: str | None = None) -> list[dict[str, Any]]:
        """Every batch of a company as the API reads it, each in one piece."""
        with self.state_lock:
            books = self.books(company)
            return [_shown(books, batch) for batch in books.batches]

    def balances(self, period: str, company: str | None = None) -> list[dict[str, Any]]:
        """Every balance of a period as the API reads it."""
        with self.state_lock:
            books = self.books(company)
            return [show_balance(books, one) for one in balances(books, period)]

    def book_verbs(self) -> Mapping[str, Verb]:
        """The verbs that `/_control/` may run."""
        verbs: list[Verb] = [
            self.add_account, self.change_account, self.set_preference, self.open_year,
            self.close_period, self.close_workspace, self.reopen_period, self.set_period_active,
            self.enter_batch, self.set_batch_status, self.release_batch, self.edit_batch,
            self.remove_batch, self.batches, self.balances,
        ]  # fmt: skip
        return {**{verb.__name__: verb for verb in verbs}, **self.more_verbs}


def _shown(books: Books, batch: Batch) -> dict[str, Any]:
    ledger = books.ledgers[batch.ledger].description
    return show_batch(batch, batch.lines, books.company, ledger, books.accounts)
