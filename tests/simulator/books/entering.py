"""What Visma makes of a journal batch that is written over the API, and why it refuses one.

A body becomes a batch only when everything in it holds; a refusal changes nothing.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from tests.simulator.books.batches import NOTHING, Batch, Line, cents
from tests.simulator.company import story
from tests.simulator.dimensions import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.simulator.books.books import Books
    from tests.simulator.dimensions import Segment

LONGEST_NUMBER = 15
LONGEST = {"Description": 255, "RefNbr": 15, "TranDesc": 256}
FEWEST_LINES = 2


class Entry:
    """One write under way: the books, the batch as it would be, and what is being done to it."""

    def __init__(self, books: Books, batch: Batch, action: str) -> None:
        self.books = books
        self.batch = batch
        self.action = action
        self.new_subaccounts: list[str] = []

    def refuse(self, field: str, reason: str) -> NoReturn:
        """Refuses the write in Visma's words."""
        text = story(self.action, "Journal Transaction", field, reason)
        raise RefusedError(text, self.books.preferences.refusal_status)

    def text(self, field: str, value: Any) -> str:
        """A text as these books keep it."""
        text, longest = str(value or ""), LONGEST[field]
        manner = self.books.preferences.on_long_text
        if len(text) > longest and manner == "refuse":
            self.refuse(field, f"The text is longer than {longest} characters.")
        return text[:longest] if manner == "cut" else text


def create_batch(books: Books, body: Mapping[str, Any]) -> Batch:
    """Enters a batch of the general ledger; it is on hold or balanced, never released."""
    blank = Batch(
        "GL", "", "Balanced", date.min, "", books.actual_ledger.number,
        next(iter(books.company.branches), ""), books.base_currency, books.company.version(),
    )  # fmt: skip
    entry = Entry(books, blank, "inserting")
    number = _own_number(entry, body)
    known = number and next((one for one in books.batches if _is_in_gl(one, number)), None)
    if known:
        if books.preferences.on_known_number == "refuse":
            entry.refuse("BatchNbr", f"'Batch' '{number}' exists already.")
        return change_batch(books, known, body)
    is_held = _value(body, "hold", books.preferences.holds_on_entry)
    blank.status = "Hold" if is_held else "Balanced"
    _write(entry, body)
    blank.number = number or books.take_number()
    books.put(blank)
    return blank


def change_batch(books: Books, known: Batch, body: Mapping[str, Any]) -> Batch:
    """Changes a batch that is not released; what is left out stays."""
    batch = deepcopy(known)
    entry = Entry(books, batch, "updating")
    if known.is_released:
        entry.refuse("Status", f"Batch {known.number} is {known.status} and cannot be changed.")
    if "hold" in body:
        batch.status = "Hold" if _value(body, "hold", False) else "Balanced"
    _write(entry, body)
    batch.version = books.company.version()
    books.put(batch)
    return batch


def _is_in_gl(batch: Batch, number: str) -> bool:
    return (batch.module, batch.number) == ("GL", number)


def _own_number(entry: Entry, body: Mapping[str, Any]) -> str:
    """The number that the sender chose, where the series lets it; it is ignored elsewhere."""
    number = str(_value(body, "batchNumber", "")).strip().upper()
    if not _value(body, "overrideNumberSeries", False):
        return ""
    if not entry.books.preferences.takes_own_numbers:
        return ""
    if len(number) > LONGEST_NUMBER:
        entry.refuse("BatchNbr", f"'{number}' does not fit the {LONGEST_NUMBER} characters")
    return number


def _write(entry: Entry, body: Mapping[str, Any]) -> None:
    _write_header(entry, body)
    _write_money(entry, body)
    for line in body.get("journalTransactionLines", []):
        _write_line(entry, line)
    _check_whole(entry)
    for number in entry.new_subaccounts:
        entry.books.company.add_subaccount(number)


def _write_header(entry: Entry, body: Mapping[str, Any]) -> None:
    batch, books = entry.batch, entry.books
    _write_time(entry, body)
    batch.ledger = str(_value(body, "ledger", batch.ledger))
    if batch.ledger not in books.ledgers:
        entry.refuse("LedgerID", f"'Ledger' '{batch.ledger}' cannot be found in the system.")
    batch.branch = _branch(entry, _value(body, "branch", batch.branch))
    batch.description = entry.text("Description", _value(body, "description", batch.description))
    batch.transaction_code = str(_value(body, "transactionCode", batch.transaction_code))
    if batch.transaction_code:
        # A register that these books have nothing in.
        reason = f"'Transaction code' '{batch.transaction_code}' cannot be found in the system."
        entry.refuse("TransactionCode", reason)
    batch.is_auto_reversing = bool(_value(body, "autoReversing", batch.is_auto_reversing))


def _write_time(entry: Entry, body: Mapping[str, Any]) -> None:
    batch = entry.batch
    if moment := _value(body, "transactionDate", ""):
        try:
            batch.day = datetime.fromisoformat(moment).date()
        except ValueError:
            entry.refuse("DateEntered", f"'{moment}' is not a date.")
    month_first = str(_value(body, "postPeriod", ""))
    sent = str(_value(body, "financialPeriod", ""))
    if month_first and sent:
        # What both together mean is not published.
        entry.refuse("FinPeriodID", "Send the period once.")
    batch.period = sent or month_first[2:] + month_first[:2] or batch.period
    if batch.day == date.min:
        entry.refuse("DateEntered", "'DateEntered' cannot be empty.")
    period = entry.books.periods.get(batch.period)
    if period is None:
        entry.refuse("FinPeriodID", f"There is no financial period {batch.period}.")
    if not period.is_active:
        entry.refuse("FinPeriodID", f"The financial period {batch.period} is inactive.")
    if period.is_closed and not entry.books.preferences.posts_to_closed_periods:
        reason = f"The financial period {batch.period} is closed in General Ledger."
        entry.refuse("FinPeriodID", reason)


def _write_money(entry: Entry, body: Mapping[str, Any]) -> None:
    batch, books = entry.batch, entry.books
    batch.currency = str(_value(body, "currencyId", batch.currency))
    if batch.currency not in books.currencies:
        entry.refuse("CuryID", f"'Currency' '{batch.currency}' cannot be found in the system.")
    rate = _value(body, "exchangeRate", None)
    batch.rate = batch.rate if rate is None else Decimal(str(rate))
    if batch.currency == books.ledgers[batch.ledger].currency:
        batch.rate = Decimal(1)
    elif rate is None and batch.rate == 1:
        entry.refuse("CuryRate", f"There is no rate for {batch.currency} on {batch.day}.")
    total = _value(body, "controlTotalInCurrency", None)
    if total is not None:
        batch.control_total = Decimal(str(total))


def _branch(entry: Entry, value: Any) -> str:
    known = entry.books.company.branches.get(str(value))
    if known is None:
        entry.refuse("BranchID", f"'Branch' '{value}' cannot be found in the system.")
    if not known.is_active:
        entry.refuse("BranchID", f"Branch '{value}' is inactive.")
    return known.number


def _write_line(entry: Entry, sent: Mapping[str, Any]) -> None:
    lines = entry.batch.lines
    operation = sent.get("operation", "Insert")
    if operation == "Insert":
        number = max((line.number for line in lines), default=0) + 1
        line = Line(number, "", "", entry.batch.branch)
        _fill_line(entry, line, sent)
        lines.append(line)
        return
    wanted = _value(sent, "lineNumber", None)
    known = next((line for line in lines if line.number == wanted), None)
    if known is None:
        entry.refuse("LineNbr", f"Line {wanted} cannot be found in the batch.")
    if operation == "Delete":
        lines.remove(known)
    else:
        _fill_line(entry, known, sent)


def _fill_line(entry: Entry, line: Line, sent: Mapping[str, Any]) -> None:
    line.account = str(_value(sent, "accountNumber", line.account))
    _check_account(entry, line.account)
    line.branch = _branch(entry, _value(sent, "branch", line.branch))
    if "subaccount" in sent:
        line.subaccount = _subaccount(entry, sent["subaccount"])
    line.subaccount = line.subaccount or entry.books.accounts[line.account].default_subaccount
    if not line.subaccount:
        entry.refuse("SubID", "'Subaccount' cannot be empty.")
    line.reference = entry.text("RefNbr", _value(sent, "referenceNumber", line.reference))
    line.description = entry.text(
        "TranDesc", _value(sent, "transactionDescription", line.description)
    )
    line.debit = _amount(entry, sent, "debitAmountInCurrency", line.debit)
    line.credit = _amount(entry, sent, "creditAmountInCurrency", line.credit)
    if bool(line.debit) == bool(line.credit):
        entry.refuse("CuryDebitAmt", "A line has either a debit amount or a credit amount.")


def _check_account(entry: Entry, number: str) -> None:
    account = entry.books.accounts.get(number)
    if account is None:
        entry.refuse("AccountID", f"'Account' '{number}' cannot be found in the system.")
    if not account.is_active:
        entry.refuse("AccountID", f"Account '{number}' is inactive.")
    if not account.allows_manual_entry or account.control_module:
        entry.refuse("AccountID", f"Account '{number}' is a control account.")
    if number == entry.books.year_to_date_account:
        entry.refuse("AccountID", f"Account '{number}' is the year-to-date net income account.")


def _amount(entry: Entry, sent: Mapping[str, Any], name: str, before: Decimal) -> Decimal:
    value = _value(sent, name, None)
    if value is None:
        return before
    amount = Decimal(str(value))
    if amount < NOTHING or amount != cents(amount):
        entry.refuse(name, f"'{value}' is not an amount of zero or more with two decimals.")
    return amount


def _subaccount(entry: Entry, sent: list[Mapping[str, Any]]) -> str:
    """The number that the segments make; one that is left out is empty, not what it was."""
    values = {one.get("segmentId"): str(one.get("segmentValue", "")) for one in sent}
    company = entry.books.company
    number = "".join(
        _segment(entry, segment, values.get(segment.number, ""))
        for segment in company.dimensions["SUBACCOUNT"].segments.values()
    )
    known = company.subaccounts.get(number)
    if known is None and (len(values) < _segments(entry) or not company.allows_new_subaccounts):
        entry.refuse("SubID", f"Subaccount {number} cannot be found in the system.")
    if known is None:
        entry.new_subaccounts.append(number)
    elif not known.is_active:
        entry.refuse("SubID", f"Subaccount {number} is inactive.")
    return number


def _segments(entry: Entry) -> int:
    return len(entry.books.company.dimensions["SUBACCOUNT"].segments)


def _segment(entry: Entry, segment: Segment, value: str) -> str:
    known = segment.values.get(value)
    # A segment without values is not validated.
    if value and segment.values and (known is None or not known.is_active):
        entry.refuse("SubID", f"{value} of {segment.description} of Subaccount do not exist")
    if len(value) > segment.length:
        entry.refuse("SubID", f"{value} does not fit {segment.description} of Subaccount")
    return value.ljust(segment.length)


def _check_whole(entry: Entry) -> None:
    batch, preferences = entry.batch, entry.books.preferences
    is_held = batch.status == "Hold"
    is_being_emptied = is_held and not batch.lines and entry.action == "updating"
    if len(batch.lines) < FEWEST_LINES and not is_being_emptied:
        entry.refuse("Lines", f"A batch has at least {FEWEST_LINES} lines.")
    if not batch.is_balanced and not (is_held and preferences.keeps_unbalanced_on_hold):
        entry.refuse("CuryCreditTotal", "The batch is not balanced. Review the amounts.")
    if preferences.checks_control_totals and batch.control_total != batch.debit_total:
        entry.refuse("CuryControlTotal", "The batch is out of balance with its control total.")


def _value(body: Mapping[str, Any], name: str, default: Any) -> Any:
    value = body.get(name, {}).get("value")
    return default if value is None else value
