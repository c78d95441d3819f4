"""The frame of a company's books: accounts, ledgers, financial periods, as Visma shows them.

Records and shapes only; what may be posted where is decided in `entering`.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from tests.simulator.dimensions import Version

AccountType = Literal["Asset", "Liability", "Income", "Expense"]
BalanceType = Literal["Actual", "Report", "Statistical", "Budget"]
GENERAL_LEDGER = "GeneralLedger"
OTHER_WORKSPACES = (
    "SupplierLedger", "CustomerLedger", "InventoryManagement", "CashManagement", "FixedAssets",
)  # fmt: skip


@dataclass
class Account:
    """One account; `public_code` is its number in the authorities' standard chart."""

    number: str
    description: str
    type: AccountType
    account_id: int
    version: Version
    public_code: str = ""
    is_active: bool = True
    allows_manual_entry: bool = True
    control_module: str = ""
    default_subaccount: str = ""
    currency: str = ""

    @property
    def is_kept_by_the_year(self) -> bool:
        """Whether its balance begins with nothing each year."""
        return self.type in ("Income", "Expense")

    @property
    def sign(self) -> int:
        """1 where a debit makes the balance greater, -1 where a credit does."""
        return 1 if self.type in ("Asset", "Expense") else -1


@dataclass
class Ledger:
    """One ledger."""

    number: str
    description: str
    ledger_id: int
    version: Version
    balance_type: BalanceType = "Actual"
    currency: str = "NOK"


@dataclass
class Period:
    """One financial period and where it is closed."""

    year: int
    number: int
    is_active: bool = True
    closed_in: set[str] = field(default_factory=set)

    @property
    def key(self) -> str:
        """The period as `YYYYPP`."""
        return f"{self.year}{self.number:02d}"

    @property
    def first_day(self) -> date:
        """The day on which it begins."""
        return date(self.year, min(self.number, 12), 1)

    @property
    def last_day(self) -> date:
        """The day on which it ends; a thirteenth period is the last day of the year."""
        month = min(self.number, 12)
        return date(self.year, month, monthrange(self.year, month)[1])

    @property
    def is_closed(self) -> bool:
        """Whether the general ledger is closed in it."""
        return GENERAL_LEDGER in self.closed_in

    @property
    def is_closed_everywhere(self) -> bool:
        """Whether every workspace is closed in it."""
        return {GENERAL_LEDGER, *OTHER_WORKSPACES} <= self.closed_in


def show_account(account: Account) -> dict[str, Any]:
    """An account as the API reads it."""
    shown: dict[str, Any] = {
        "accountID": account.account_id, "accountCD": account.number, "type": account.type,
        "active": account.is_active, "description": account.description,
        "useDefaultSub": bool(account.default_subaccount), "postOption": "Detail",
        "cashAccount": False, "lastModifiedDateTime": account.version.shown,
        "allowManualEntry": account.allows_manual_entry, "timeStamp": account.version.stamp,
    }  # fmt: skip
    optional = {
        "publicCode1": account.public_code, "currency": account.currency,
        "controlAccountModule": account.control_module,
    }  # fmt: skip
    return {**shown, **{name: text for name, text in optional.items() if text}}


def show_account_briefly(account: Account) -> dict[str, Any]:
    """An account as a balance or a ledger transaction names it."""
    return {
        "type": account.type, "number": account.number, "description": account.description,
    }  # fmt: skip


def show_ledger(ledger: Ledger) -> dict[str, Any]:
    """A ledger as the API reads it."""
    return {
        "internalId": ledger.ledger_id, "number": ledger.number,
        "description": ledger.description, "balanceType": ledger.balance_type,
        "currencyId": ledger.currency, "consolidationSource": False, "branchAccounting": False,
        "lastModifiedDateTime": ledger.version.shown, "postInterCompany": False,
    }  # fmt: skip


def show_period(period: Period) -> dict[str, Any]:
    """A financial period as the API reads it."""
    return {
        "year": period.year, "period": f"{period.number:02d}",
        "startDate": f"{period.first_day}T00:00:00", "endDate": f"{period.last_day}T00:00:00",
        "description": f"{period.first_day:%m-%Y}", "active": period.is_active,
        **{
            f"closedIn{workspace}": workspace in period.closed_in
            for workspace in (GENERAL_LEDGER, *OTHER_WORKSPACES)
        },
    }  # fmt: skip
