"""The shapes in which Visma.net ERP shows its books, and what they mean in our words.

Pure translation. What cannot be a row of the list raises `NonsenseError`, so that no amount is lost
in silence; free texts are not read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from connector.adapters.visma.wire import VismaRow, text_in
from connector.domain.books.accounts import Account
from connector.domain.books.posted import NOTHING, Balance, BooksPeriod, Entry, LedgerName
from connector.domain.books.subaccounts import SubAccount, SubAccountName
from connector.domain.errors import NonsenseError
from connector.ports.books.general_ledger import BooksHabits

ACTUAL = "Actual"

Wanted: TypeAlias = Mapping[tuple[str, ...], str]
"""What stands under which members of the rows that were asked for."""


def ledger_of(row: VismaRow) -> LedgerName:
    """One ledger."""
    return LedgerName(
        needed(row, "number"), row.get("balanceType") == ACTUAL, text_in(row, "currencyId")
    )


def account_of(row: VismaRow) -> Account:
    """One account."""
    return Account(
        needed(row, "accountCD"), text_in(row, "publicCode1"), text_in(row, "description")
    )


def period_of(row: VismaRow) -> BooksPeriod:
    """One financial period; one that does not say whether it is closed is open."""
    key = f"{row.get('year', '')}{needed(row, 'period')}"
    return BooksPeriod(
        key,
        _day(row.get("startDate")),
        _day(row.get("endDate")),
        is_active=row.get("active") is not False,
        is_closed=row.get("closedInGeneralLedger") is True,
    )


def subaccount_of(row: VismaRow) -> SubAccount:
    """One sub-account with its segments."""
    number = row.get("subaccountNumber")
    if not isinstance(number, str):
        raise missing("subaccountNumber")
    return SubAccount(_whole(row.get("subaccountId")), number, segments_in(row))


def balance_of(row: VismaRow) -> Balance:
    """One balance of a month."""
    return Balance(
        branch=text_in(_under(row, "branch"), "number"),
        account=needed(_under(row, "account"), "number"),
        subaccount=_name_in_balance(row),
        currency=text_in(row, "currencyId"),
        debit=amount(row, "periodToDateDebit"),
        credit=amount(row, "periodToDateCredit"),
        debit_in_currency=amount(row, "periodToDateDebitInCurrency"),
        credit_in_currency=amount(row, "periodToDateCreditInCurrency"),
        modified=text_in(row, "lastModifiedDateTime"),
    )


def line_of(row: VismaRow) -> Entry:
    """One posted line of the ledger."""
    return Entry(
        module=text_in(row, "module").removeprefix("Module"),
        batch=needed(row, "batchNumber"),
        line=_whole(row.get("lineNumber")) or 0,
        branch=text_in(_under(row, "branch"), "number"),
        account=needed(_under(row, "account"), "number"),
        subaccount=SubAccountName(number=_text(row.get("subaccount"))),
        debit=amount(row, "debitAmount"),
        credit=amount(row, "creditAmount"),
        currency=text_in(row, "currency"),
        modified=text_in(row, "lastModifiedDateTime"),
        in_currency=amount(row, "currDebitAmount") - amount(row, "currCreditAmount"),
    )


def entries_of(batch: VismaRow) -> list[Entry]:
    """The lines of one batch, or of the piece of it that a page has."""
    return [_entry(batch, line) for line in lines_in(batch)]


def lines_in(batch: VismaRow) -> list[VismaRow]:
    """The lines that a piece of a batch has."""
    lines = batch.get("journalTransactionLines")
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []


def totals_of(batch: VismaRow) -> tuple[Decimal, Decimal]:
    """What the header says that all its lines debit and credit."""
    return amount(batch, "debitTotal"), amount(batch, "creditTotal")


def _entry(batch: VismaRow, line: VismaRow) -> Entry:
    subaccount = _under(line, "subaccount")
    name = SubAccountName(
        _whole(subaccount.get("subaccountId")),
        _text(subaccount.get("subaccountNumber")),
        segments_in(subaccount),
    )
    in_currency = amount(line, "debitAmountInCurrency") - amount(line, "creditAmountInCurrency")
    return Entry(
        module=needed(batch, "module").removeprefix("Module"),
        batch=needed(batch, "batchNumber"),
        line=_whole(line.get("lineNumber")) or 0,
        branch=text_in(line, "branch") or text_in(batch, "branch"),
        account=needed(line, "accountNumber"),
        subaccount=name,
        debit=amount(line, "debitAmount"),
        credit=amount(line, "creditAmount"),
        currency=text_in(batch, "currencyId"),
        status=needed(batch, "status"),
        modified=text_in(batch, "lastModifiedDateTime"),
        in_currency=in_currency,
    )


def _name_in_balance(row: VismaRow) -> SubAccountName:
    """The sub-account of a balance: an object in new answers, two texts in older ones."""
    inner = _under(row, "subaccount")
    old = _text(row.get("subaccountId")).strip()
    number = _text(inner.get("subaccountNumber")) or _text(row.get("subAccountCd"))
    id_ = _whole(inner.get("subaccountId"))
    return SubAccountName(int(old) if id_ is None and old.isdecimal() else id_, number)


def segments_in(row: VismaRow) -> dict[int, str]:
    """The values of the segments of a sub-account, by their numbers."""
    segments = row.get("segments")
    found = segments if isinstance(segments, list) else []
    rows = (one for one in found if isinstance(one, dict))
    named = ((_whole(one.get("segmentId")), one.get("segmentValue")) for one in rows)
    return {number: value for number, value in named if number and isinstance(value, str)}


def habits_of(rows: Sequence[VismaRow]) -> BooksHabits:
    """What the first page of balances tells of how they are answered."""
    if not rows:
        return BooksHabits()
    told = [row["metadata"] for row in rows if isinstance(row.get("metadata"), dict)]
    sizes = [size for one in told if (size := _whole(one.get("maxPageSize")))]
    totals = [total for one in told if (total := _whole(one.get("totalCount")))]
    return BooksHabits(
        names_subaccounts=any(isinstance(row.get("subaccount"), dict) for row in rows),
        page_size=min(sizes, default=None),
        counts_rows=bool(totals),
    )


def amount(row: VismaRow, name: str) -> Decimal:
    """An amount of money as it is written; what is absent is nothing.

    Raises:
        NonsenseError: something else stands there.
    """
    value = row.get(name)
    if value is None:
        return NOTHING
    is_number = isinstance(value, int | float | str) and not isinstance(value, bool)
    if is_number and not (isinstance(value, float) and not math.isfinite(value)):
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise NonsenseError(f"Visma shows a {name} that is no amount") from None
        if number.is_finite():
            return number
    raise NonsenseError(f"Visma shows a {name} that is no amount; nothing was added up")


def needed(row: VismaRow, name: str) -> str:
    """A text without which a row means nothing."""
    text = text_in(row, name)
    if not text:
        raise missing(name)
    return text


def missing(name: str) -> NonsenseError:
    """The error of a row that lacks what makes it one."""
    return NonsenseError(f"Visma shows a row of its books without {name}; nothing was added up")


def is_of(row: VismaRow, wanted: Wanted) -> bool:
    """Whether a row is one that was asked for: Visma ignores a condition that it does not know."""
    return all(_at(row, path) in (None, value) for path, value in wanted.items())


def _at(row: VismaRow, path: Sequence[str]) -> Any:
    value: Any = row
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value.strip() if isinstance(value, str) else value


def _under(row: VismaRow, name: str) -> VismaRow:
    inner = row.get(name)
    return inner if isinstance(inner, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
