"""What posted batches come to: balances by period, and the lines of a ledger one by one.

Both are computed from the batches each time, so nothing can disagree with them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.simulator.books.batches import NOTHING, Batch, Line
from tests.simulator.books.chart import show_account_briefly
from tests.simulator.visma_shapes import show_subaccount

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tests.simulator.books.books import Books
    from tests.simulator.dimensions import Version


class Place(NamedTuple):
    """What a balance is kept for, but for the period."""

    branch: str
    ledger: str
    account: str
    subaccount: str
    currency: str


@dataclass
class Movement:
    """What one place saw in one period, in the ledger's currency and in its own."""

    version: Version
    debit: Decimal = NOTHING
    credit: Decimal = NOTHING
    debit_in_currency: Decimal = NOTHING
    credit_in_currency: Decimal = NOTHING

    def add(self, batch: Batch, line: Line) -> None:
        """Adds one line."""
        self.debit += batch.in_base(line.debit)
        self.credit += batch.in_base(line.credit)
        self.debit_in_currency += line.debit
        self.credit_in_currency += line.credit
        if batch.version.at > self.version.at:
            self.version = batch.version


@dataclass
class Balance:
    """One place in one period, with what it began with."""

    place: Place
    period: str
    movement: Movement
    beginning: Decimal = NOTHING
    beginning_in_currency: Decimal = NOTHING


@dataclass
class _History:
    moved: dict[str, Movement] = field(default_factory=dict)

    def before(self, period: str, *, by_the_year: bool) -> tuple[Decimal, Decimal]:
        base = in_currency = NOTHING
        for key, one in self.moved.items():
            if key < period and (not by_the_year or key[:4] == period[:4]):
                base += one.debit - one.credit
                in_currency += one.debit_in_currency - one.credit_in_currency
        return base, in_currency


def balances(books: Books, period: str | None = None) -> list[Balance]:
    """Every balance of one period, or of all periods in which something moved."""
    statuses = {"Posted"} | ({"Unposted"} if books.preferences.counts_unposted else set())
    histories: dict[Place, _History] = defaultdict(_History)
    for batch, line in _lines(books, statuses):
        place = Place(line.branch, batch.ledger, line.account, line.subaccount, batch.currency)
        moved = histories[place].moved
        moved.setdefault(batch.period, Movement(batch.version)).add(batch, line)
    return [
        _balance(books, place, one, history)
        for place, history in sorted(histories.items())
        for one in _periods(books, history, period)
    ]


def _periods(books: Books, history: _History, period: str | None) -> list[str]:
    if period is None:
        return sorted(history.moved)
    has_earlier = books.preferences.shows_rows_without_movement and min(history.moved) < period
    return [period] if period in history.moved or has_earlier else []


def _balance(books: Books, place: Place, period: str, history: _History) -> Balance:
    account = books.accounts[place.account]
    base, in_currency = history.before(period, by_the_year=account.is_kept_by_the_year)
    latest = history.moved[max(key for key in history.moved if key <= period)]
    movement = history.moved.get(period) or Movement(latest.version)
    return Balance(place, period, movement, base, in_currency)


def show_balance(books: Books, balance: Balance, *, toggles_signs: bool = False) -> dict[str, Any]:
    """A balance as the API reads it; liabilities and income are positive unless toggled."""
    place, moved = balance.place, balance.movement
    account, ledger = books.accounts[place.account], books.ledgers[place.ledger]
    sign = 1 if toggles_signs else account.sign
    ending = balance.beginning + moved.debit - moved.credit
    own = balance.beginning_in_currency
    own_ending = own + moved.debit_in_currency - moved.credit_in_currency
    return {
        "branch": {"number": place.branch, "name": books.company.branches[place.branch].name},
        "ledger": {"id": ledger.number, "description": ledger.description},
        "balanceType": ledger.balance_type, "financialPeriod": balance.period,
        "account": show_account_briefly(account), **_show_subaccount(books, place.subaccount),
        "currencyId": place.currency, "periodToDateDebit": float(moved.debit),
        "periodToDateCredit": float(moved.credit),
        "beginningBalance": float(sign * balance.beginning),
        "yearToDateBalance": float(sign * ending),
        "periodToDateDebitInCurrency": float(moved.debit_in_currency),
        "periodToDateCreditInCurrency": float(moved.credit_in_currency),
        "beginningBalanceInCurrency": float(sign * own),
        "yearToDateBalanceInCurrency": float(sign * own_ending),
        "yearClosed": _is_year_closed(books, balance.period),
        "lastModifiedDateTime": moved.version.shown,
    }  # fmt: skip


def with_separators(books: Books, number: str) -> str:
    """A sub-account as people read it, its segments apart."""
    parts, at = [], 0
    for segment in books.company.dimensions["SUBACCOUNT"].segments.values():
        parts.append(number[at : at + segment.length])
        at += segment.length
    return "-".join(parts)


def _show_subaccount(books: Books, number: str) -> dict[str, Any]:
    known = books.company.subaccounts.get(number)
    if known is None:
        return {}
    shown: dict[str, Any] = {
        "subaccountId": str(known.subaccount_id),
        "subAccountCd": with_separators(books, number),
    }
    if books.preferences.shows_balance_subaccounts:
        whole = show_subaccount(books.company, known)
        shown["subaccount"] = {name: whole[name] for name in ("subaccountNumber", "subaccountId")}
    return shown


def _is_year_closed(books: Books, period: str) -> bool:
    last = max(key for key in books.periods if key[:4] == period[:4])
    return books.periods[last].is_closed_everywhere


@dataclass
class Transaction:
    """One line of the ledger with the balances around it, in the ledger's currency and its own."""

    batch: Batch
    line: Line
    beginning: Decimal
    beginning_in_currency: Decimal


def transactions(books: Books, ledger: str, statuses: Collection[str]) -> list[Transaction]:
    """The lines of a ledger whose batches have one of these statuses, by period and number."""
    running: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    own: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    found = []
    lines = [one for one in _lines(books, statuses) if one[0].ledger == ledger]
    for batch, line in sorted(lines, key=lambda one: (one[0].period, one[0].number)):
        key = (line.account, line.subaccount)
        found.append(Transaction(batch, line, running[key], own[key]))
        running[key] += batch.in_base(line.debit) - batch.in_base(line.credit)
        own[key] += line.debit - line.credit
    return found


def show_transaction(books: Books, one: Transaction) -> dict[str, Any]:
    """A line of the ledger as the API reads it when everything is asked for."""
    batch, line = one.batch, one.line
    account, ledger = books.accounts[line.account], books.ledgers[batch.ledger]
    debit, credit = batch.in_base(line.debit), batch.in_base(line.credit)
    return {
        "lineNumber": line.number, "module": batch.module, "batchNumber": batch.number,
        "tranDate": f"{batch.day}T00:00:00", "period": batch.period,
        "description": line.description or batch.description, "refNumber": line.reference,
        "branch": {"number": line.branch, "name": books.company.branches[line.branch].name},
        "account": show_account_briefly(account),
        "ledger": {"id": ledger.number, "description": ledger.description},
        "subaccount": line.subaccount, "begBalance": float(account.sign * one.beginning),
        "debitAmount": float(debit), "creditAmount": float(credit),
        "endingBalance": float(account.sign * (one.beginning + debit - credit)),
        "currency": batch.currency,
        "currBegBalance": float(account.sign * one.beginning_in_currency),
        "currDebitAmount": float(line.debit), "currCreditAmount": float(line.credit),
        "currEndingBalance": float(
            account.sign * (one.beginning_in_currency + line.debit - line.credit)
        ),
        "lastModifiedDateTime": batch.version.shown,
    }  # fmt: skip


def _lines(books: Books, statuses: Collection[str]) -> Iterator[tuple[Batch, Line]]:
    for batch in books.batches:
        if batch.status in statuses:
            for line in batch.lines:
                yield batch, line
