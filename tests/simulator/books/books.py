"""The books of one simulated company, and what its accountants do to them by hand.

Nothing here speaks HTTP, and what comes in over the API is judged in `entering`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from tests.simulator.books.batches import Batch, Line, Status
from tests.simulator.books.chart import (
    GENERAL_LEDGER,
    OTHER_WORKSPACES,
    Account,
    AccountType,
    BalanceType,
    Ledger,
    Period,
)
from tests.simulator.clock import day, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.simulator.company import Company
    from tests.simulator.dimensions import Version

FIRST_ACCOUNT_IDS, MONTHS = 1, range(1, 13)


@dataclass
class Preferences:
    """How these books are set up, and what the real ones do where no one has published it.

    Set up: `holds_on_entry`, `posts_to_closed_periods`, `checks_control_totals`,
    `takes_own_numbers` (on imports) and `posts_on_release` are preferences of a company.
    `keeps_unbalanced_on_hold` is what the product's screens do; over the API it is not known.
    Not published: `refusal_status`, `on_known_number`, `on_long_text`, `finds_by_number` (which of
    several modules' batches with one number), `counts_unposted` (in balances),
    `shows_rows_without_movement`, `shows_balance_subaccounts` (younger than January 2026, as a
    member and as a filter), `lists_hold_without_status`, `unreleased`, `reads_subaccount_by` and
    `empty_transactions`.
    """

    holds_on_entry: bool = False
    posts_to_closed_periods: bool = False
    checks_control_totals: bool = False
    takes_own_numbers: bool = False
    posts_on_release: bool = True
    keeps_unbalanced_on_hold: bool = False
    refusal_status: int = 400
    on_known_number: Literal["refuse", "change"] = "refuse"
    on_long_text: Literal["refuse", "cut", "keep"] = "refuse"
    finds_by_number: Literal["oldest", "GL"] = "oldest"
    counts_unposted: bool = False
    shows_rows_without_movement: bool = False
    shows_balance_subaccounts: bool = True
    lists_hold_without_status: bool = True
    unreleased: frozenset[str] = frozenset({"Hold", "Balanced"})
    reads_subaccount_by: Literal["number", "id"] = "number"
    empty_transactions: Literal["list", "nothing"] = "list"


class Books:
    """Accounts, ledgers, periods and journal batches of one company."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.preferences = Preferences()
        self.accounts: dict[str, Account] = {}
        self.ledgers: dict[str, Ledger] = {}
        self.periods: dict[str, Period] = {}
        self.batches: list[Batch] = []
        self.year_to_date_account = ""
        self.currencies = {"NOK", "SEK", "EUR"}
        self._next_numbers: dict[str, int] = {}
        for number, description in company.accounts.items():
            self.add_account(number, description)

    @property
    def base_currency(self) -> str:
        """The currency of the first actual ledger."""
        return self.actual_ledger.currency

    @property
    def actual_ledger(self) -> Ledger:
        """The ledger that the branches post to."""
        for ledger in self.ledgers.values():
            if ledger.balance_type == "Actual":
                return ledger
        raise KeyError(f"company {self.company.key} has no actual ledger")

    def add_account(
        self,
        number: str,
        description: str,
        type: AccountType = "Expense",  # noqa: A002  (the finance screens' own word)
        **members: Any,
    ) -> None:
        """Adds an account, or replaces the one of the same number; `members` as in `Account`."""
        known = self.accounts.get(number)
        account_id = known.account_id if known else len(self.accounts) + FIRST_ACCOUNT_IDS
        version = self.company.version()
        self.accounts[number] = Account(number, description, type, account_id, version, **members)
        self.company.accounts[number] = description

    def change_account(self, number: str, **members: Any) -> None:
        """Changes an account: `is_active`, `allows_manual_entry` and the like."""
        version = self.company.version()
        self.accounts[number] = replace(self.accounts[number], **members, version=version)

    def add_ledger(
        self,
        number: str,
        description: str = "",
        balance_type: BalanceType = "Actual",
        currency: str = "NOK",
    ) -> None:
        """Adds a ledger."""
        self.ledgers[number] = Ledger(
            number, description or balance_type, len(self.ledgers) + 1, self.company.version(),
            balance_type, currency,
        )  # fmt: skip

    def open_year(self, year: int) -> None:
        """Adds the twelve periods of a year, open in every workspace."""
        for month in MONTHS:
            period = Period(year, month)
            self.periods.setdefault(period.key, period)

    def close_period(self, period: str) -> None:
        """Closes a period in every workspace, and with it all open ones before it."""
        for one in self.periods.values():
            if one.key <= self.periods[period].key:
                one.closed_in |= {GENERAL_LEDGER, *OTHER_WORKSPACES}

    def close_workspace(self, period: str, workspace: str) -> None:
        """Closes a period in one workspace; the general ledger closes last."""
        if workspace not in (GENERAL_LEDGER, *OTHER_WORKSPACES):
            raise ValueError(f"there is no workspace {workspace}")
        known = self.periods[period]
        if workspace == GENERAL_LEDGER and not known.closed_in >= set(OTHER_WORKSPACES):
            raise ValueError(f"period {period} is still open in another workspace")
        known.closed_in.add(workspace)

    def reopen_period(self, period: str) -> None:
        """Opens a period again in every workspace."""
        self.periods[period].closed_in.clear()

    def set_period_active(self, period: str, active: bool) -> None:
        """Makes a period one that may be posted to, or not."""
        self.periods[period].is_active = active

    def enter_batch(
        self,
        period: str,
        lines: Iterable[Mapping[str, Any]],
        *,
        status: Status = "Posted",
        module: str = "GL",
        number: str | None = None,
        on: date | str | None = None,
        branch: str | None = None,
        currency: str | None = None,
        rate: Decimal | str = "1",
        description: str = "",
        at: datetime | str | None = None,
    ) -> Batch:
        """Enters a batch by hand, whatever the state of its period; debits must equal credits.

        A line has `account` and `debit` or `credit`, and may have `subaccount` (its number; one
        that there is not yet arises), `branch`, `reference` and `description`.
        """
        branch = branch or next(iter(self.company.branches), "")
        batch = Batch(
            module, number or self.take_number(module), status,
            day(on) if on else self.periods[period].last_day, self.periods[period].key,
            self.actual_ledger.number, branch, currency or self.base_currency,
            self._version(at), Decimal(rate), description,
        )  # fmt: skip
        batch.lines = [self._line(place, branch, one) for place, one in enumerate(lines, start=1)]
        if not batch.is_balanced:
            raise ValueError(f"debits {batch.debit_total} and credits {batch.credit_total} differ")
        batch.control_total = batch.debit_total
        self.batches.append(batch)
        return batch

    def find(self, number: str) -> Batch | None:
        """The batch with this number; more than one module may have one."""
        found = [batch for batch in self.batches if batch.number == number]
        if self.preferences.finds_by_number == "GL":
            found.sort(key=lambda batch: batch.module != "GL")
        return found[0] if found else None

    def batch(self, number: str, module: str = "GL") -> Batch:
        """The batch with this number in a module."""
        for batch in self.batches:
            if (batch.number, batch.module) == (number, module):
                return batch
        raise KeyError(f"company {self.company.key} has no batch {number} in {module}")

    def put(self, batch: Batch) -> None:
        """Adds a batch, or replaces the one with the same number and module."""
        for place, known in enumerate(self.batches):
            if (known.number, known.module) == (batch.number, batch.module):
                self.batches[place] = batch
                return
        self.batches.append(batch)

    def set_status(self, number: str, status: Status, at: datetime | str | None = None) -> Batch:
        """Gives a batch of the general ledger another status, as people do on the screen."""
        batch = self.batch(number)
        batch.status, batch.version = status, self._version(at)
        return batch

    def release(self, number: str) -> Batch:
        """Releases a balanced batch, which posts it where the company wants that."""
        if self.batch(number).status != "Balanced":
            raise ValueError(f"batch {number} is not balanced")
        posts = self.preferences.posts_on_release
        return self.set_status(number, "Posted" if posts else "Unposted")

    def edit_batch(self, number: str, **members: Any) -> Batch:
        """Changes a batch by hand: its `description`, `period` and the like."""
        batch = replace(self.batch(number), **members, version=self.company.version())
        self.put(batch)
        return batch

    def remove_batch(self, number: str) -> None:
        """Deletes a batch by hand; the API cannot."""
        self.batches.remove(self.batch(number))

    def take_number(self, module: str = "GL") -> str:
        """The next number of a module's series."""
        number = self.last_number(module) + 1
        self._next_numbers[module] = number
        return f"{number:06d}"

    def last_number(self, module: str = "GL") -> int:
        """The last number that a module's series has given."""
        return self._next_numbers.get(module, 0)

    def _line(self, place: int, branch: str, line: Mapping[str, Any]) -> Line:
        account, subaccount = str(line["account"]), str(line.get("subaccount", ""))
        if account not in self.accounts:
            raise KeyError(f"company {self.company.key} has no account {account}")
        if subaccount and subaccount not in self.company.subaccounts:
            self.company.add_subaccount(subaccount)
        return Line(
            place, account, subaccount, str(line.get("branch", branch)),
            Decimal(str(line.get("debit", 0))), Decimal(str(line.get("credit", 0))),
            str(line.get("reference", "")), str(line.get("description", "")),
        )  # fmt: skip

    def _version(self, at: datetime | str | None) -> Version:
        version = self.company.version()
        return version if at is None else replace(version, at=moment(at))
