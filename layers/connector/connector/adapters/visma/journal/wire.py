"""The shapes in which Visma.net ERP reads and writes journal batches, and shows its books.

Pure translation; no requests are made here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import unquote, urlsplit

from connector.adapters.visma.wire import VismaRow, text_in
from connector.domain.catalogue import is_a_step
from connector.domain.payroll.entry import EntryLine, FoundBatch, FoundLine, JournalEntry
from connector.domain.payroll.money import NOTHING
from connector.ports.payroll.journal import AccountState, FinancialPeriod, LedgerShown

LONGEST_NUMBER = 40
MODULE = "Module"
MOST_DIGITS = 15
"""So many digits of an amount a JSON number carries exactly."""


def body_of(entry: JournalEntry) -> dict[str, Any]:
    """The body that enters a batch on hold."""
    wrapped: dict[str, Any] = {
        "hold": True,
        "transactionDate": f"{entry.day.isoformat()}T00:00:00",
        "financialPeriod": entry.period,
        "ledger": entry.ledger,
        "branch": entry.branch,
        "currencyId": entry.currency,
        "description": entry.description,
        "controlTotalInCurrency": number_of(entry.total),
    }
    if entry.rate is not None:
        wrapped["exchangeRate"] = number_of(entry.rate)
    body: dict[str, Any] = {name: {"value": value} for name, value in wrapped.items()}
    body["journalTransactionLines"] = [_line_of(entry, line) for line in entry.lines]
    return body


def _line_of(entry: JournalEntry, line: EntryLine) -> dict[str, Any]:
    side, amount = (
        ("debitAmountInCurrency", line.debit)
        if line.debit
        else ("creditAmountInCurrency", line.credit)
    )
    return {
        "operation": "Insert",
        "accountNumber": {"value": line.account},
        "subaccount": [
            {"segmentId": number, "segmentValue": value}
            for number, value in sorted(line.segments.items())
        ],
        "referenceNumber": {"value": entry.key},
        "transactionDescription": {"value": line.text},
        side: {"value": number_of(amount)},
        "branch": {"value": entry.branch},
    }


def number_of(amount: Decimal) -> float:
    """An amount as a JSON number that is exactly it.

    Raises:
        ValueError: it has more digits than a JSON number carries.
    """
    number = float(amount)
    if Decimal(repr(number)) != amount or len(amount.as_tuple().digits) > MOST_DIGITS:
        raise ValueError("an amount has too many digits")
    return number


def amount_in(row: VismaRow, name: str) -> Decimal:
    """An amount of a row; nothing where there is none."""
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return NOTHING
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return NOTHING
    return amount if amount.is_finite() else NOTHING


def number_given(location: str) -> str:
    """The number at the end of a Location, on whatever host; empty where it has none."""
    last = unquote(urlsplit(location).path.rstrip("/").rpartition("/")[2]).strip()
    is_number = last.lower() != "journaltransaction" and len(last) <= LONGEST_NUMBER
    return last if is_number and not is_a_step(last) else ""


def lines_in(row: VismaRow) -> list[tuple[str, VismaRow]]:
    """The lines of one piece of a batch, each with what tells it from the others."""
    lines = row.get("journalTransactionLines")
    found = [each for each in lines if isinstance(each, dict)] if isinstance(lines, list) else []
    return [(str(each.get("lineNumber", place)), each) for place, each in enumerate(found)]


def key_in(row: VismaRow) -> tuple[str, str]:
    """The module and the number of a batch: numbers are unique within a module only."""
    return text_in(row, "module"), text_in(row, "batchNumber")


def batch_of(header: VismaRow, lines: Iterable[VismaRow]) -> FoundBatch:
    """A batch with all of its lines."""
    module, number = key_in(header)
    return FoundBatch(
        number=number,
        module=module.removeprefix(MODULE),
        status=text_in(header, "status"),
        description=text_in(header, "description"),
        currency=text_in(header, "currencyId"),
        lines=tuple(
            FoundLine(
                text_in(line, "referenceNumber"),
                text_in(line, "accountNumber"),
                amount_in(line, "debitAmountInCurrency"),
                amount_in(line, "creditAmountInCurrency"),
            )
            for line in lines
        ),
    )


def accounts_of(rows: Sequence[VismaRow]) -> dict[str, AccountState]:
    """The accounts by number."""
    return {
        number: AccountState(
            is_active=row.get("active") is not False,
            takes_entries=row.get("allowManualEntry") is not False
            and not text_in(row, "controlAccountModule"),
        )
        for row in rows
        if (number := text_in(row, "accountCD"))
    }


def ledgers_of(rows: Sequence[VismaRow]) -> list[LedgerShown]:
    """The ledgers, in Visma's order."""
    return [
        LedgerShown(
            number, text_in(row, "currencyId"), text_in(row, "balanceType") in ("Actual", "")
        )
        for row in rows
        if (number := text_in(row, "number"))
    ]


def periods_of(rows: Sequence[VismaRow]) -> list[FinancialPeriod]:
    """The periods in order; one without its days is left out."""
    found = []
    for row in rows:
        first, last = day_in(row.get("startDate")), day_in(row.get("endDate"))
        key = f"{row.get('year')}{text_in(row, 'period').zfill(2)}"
        if first and last and key.isdecimal():
            # A state that is not shown is none in which anything is posted.
            is_closed = row.get("closedInGeneralLedger") is not False
            found.append(FinancialPeriod(key, first, last, row.get("active") is True, is_closed))
    return sorted(found, key=lambda period: period.key)


def day_in(value: object) -> date | None:
    """The calendar day of a time stamp."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
