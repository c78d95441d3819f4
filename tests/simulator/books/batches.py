"""Journal batches and their lines, and how Visma shows them.

A batch that is changed over the API is copied first, so that a refusal changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Literal

from tests.simulator.visma_shapes import show_subaccount

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.simulator.books.chart import Account
    from tests.simulator.company import Company
    from tests.simulator.dimensions import Version

Status = Literal["Hold", "Balanced", "Unposted", "Posted", "Voided"]
CENT = Decimal("0.01")
NOTHING = Decimal(0)


def cents(amount: Decimal) -> Decimal:
    """An amount to the cent, halves away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass
class Line:
    """One line of a batch; one of the two amounts is zero, and both are in the batch's currency."""

    number: int
    account: str
    subaccount: str
    branch: str
    debit: Decimal = NOTHING
    credit: Decimal = NOTHING
    reference: str = ""
    description: str = ""


@dataclass
class Batch:
    """One journal batch; `rate` is what one unit of its currency is in the ledger's currency.

    Each line is rounded by itself, so a foreign batch can be a cent off in the ledger's currency.
    """

    module: str
    number: str
    status: Status
    day: date
    period: str
    ledger: str
    branch: str
    currency: str
    version: Version
    rate: Decimal = Decimal(1)
    description: str = ""
    transaction_code: str = ""
    control_total: Decimal = NOTHING
    is_auto_reversing: bool = False
    lines: list[Line] = field(default_factory=list)

    @property
    def debit_total(self) -> Decimal:
        """The sum of the debits in the batch's currency."""
        return sum((line.debit for line in self.lines), NOTHING)

    @property
    def credit_total(self) -> Decimal:
        """The sum of the credits in the batch's currency."""
        return sum((line.credit for line in self.lines), NOTHING)

    @property
    def is_balanced(self) -> bool:
        """Whether debits equal credits."""
        return self.debit_total == self.credit_total

    @property
    def is_released(self) -> bool:
        """Whether no one can change it any more."""
        return self.status not in ("Hold", "Balanced")

    def in_base(self, amount: Decimal) -> Decimal:
        """An amount of the batch in the ledger's currency."""
        return cents(amount * self.rate)


def show_batch(
    batch: Batch, lines: Iterable[Line], company: Company, ledger: str, accounts: dict[str, Account]
) -> dict[str, Any]:
    """A batch as the API reads it, with these of its lines and the totals of all of them."""
    year, month = batch.period[:4], batch.period[4:]
    return {
        "module": f"Module{batch.module}", "batchNumber": batch.number, "status": batch.status,
        "hold": batch.status == "Hold", "transactionDate": f"{batch.day}T00:00:00",
        "postPeriod": f"{month}{year}", "financialPeriod": batch.period, "ledger": batch.ledger,
        "ledgerDescription": ledger, "currencyId": batch.currency,
        "exchangeRate": float(batch.rate), "autoReversing": batch.is_auto_reversing,
        "reversingEntry": False, "description": batch.description, **_totals(batch),
        "createVatTransaction": False, "skipVatAmountValidation": False,
        "lastModifiedDateTime": batch.version.shown, "transactionCode": batch.transaction_code,
        "branch": batch.branch, "timeStamp": batch.version.stamp,
        "journalTransactionLines": [
            _show_line(batch, line, company, accounts) for line in lines
        ],
    }  # fmt: skip


def _totals(batch: Batch) -> dict[str, float]:
    debit = sum((batch.in_base(line.debit) for line in batch.lines), NOTHING)
    credit = sum((batch.in_base(line.credit) for line in batch.lines), NOTHING)
    return {
        "debitTotal": float(debit), "debitTotalInCurrency": float(batch.debit_total),
        "creditTotal": float(credit), "creditTotalInCurrency": float(batch.credit_total),
        "controlTotal": float(batch.in_base(batch.control_total)),
        "controlTotalInCurrency": float(batch.control_total),
    }  # fmt: skip


def _show_line(
    batch: Batch, line: Line, company: Company, accounts: dict[str, Account]
) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "lineNumber": line.number, "accountNumber": line.account,
        "description": accounts[line.account].description, "referenceNumber": line.reference,
        "debitAmount": float(batch.in_base(line.debit)),
        "debitAmountInCurrency": float(line.debit),
        "creditAmount": float(batch.in_base(line.credit)),
        "creditAmountInCurrency": float(line.credit),
        "transactionDescription": line.description, "branch": line.branch,
        "module": f"Module{batch.module}",
    }  # fmt: skip
    if known := company.subaccounts.get(line.subaccount):
        shown["subaccount"] = show_subaccount(company, known)
    return shown
