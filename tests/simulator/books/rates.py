"""Example accounts and rates of a Norwegian and a Swedish company.

All of these are examples for tests and the demo, not advice: accounts are those of the Norwegian
standard chart and of the Swedish BAS chart as far as a source names them, rates are those of 2026.
What no source names is marked as chosen here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from tests.simulator.books.batches import cents
from tests.simulator.books.chart import AccountType

Kind = Literal["wages", "holiday pay", "contribution", "contribution on holiday pay", "pension"]
KINDS: tuple[Kind, ...] = (
    "wages", "holiday pay", "contribution", "contribution on holiday pay", "pension",
)  # fmt: skip


class ExampleAccount(NamedTuple):
    """One account of an example chart."""

    number: str
    description: str
    type: AccountType
    public_code: str = ""


@dataclass(frozen=True)
class Sides:
    """The account that a cost is debited to, for each way of being paid, and the one credited."""

    salaried: str
    hourly: str
    credit: str

    def debit(self, *, is_hourly: bool) -> str:
        """The cost account."""
        return self.hourly if is_hourly else self.salaried


@dataclass(frozen=True)
class Payroll:
    """How an example company posts its payroll; rates are shares of one.

    `wages` credit what is due to the people; what is withheld from them goes to `tax_withheld`.
    The last three accounts are for what can go wrong: an accrual, and costs of another kind.
    """

    country: str
    currency: str
    accounts: tuple[ExampleAccount, ...]
    sides: Mapping[Kind, Sides]
    tax_withheld: str
    holiday_rate: Decimal
    contribution_rate: Decimal
    pension_rate: Decimal
    tax_rate: Decimal
    accrued_wages: str
    wrong_counter: str
    other_personnel: str

    def cost(self, wages: Decimal) -> dict[Kind, Decimal]:
        """What wages cost in all, by kind."""
        holiday = cents(wages * self.holiday_rate)
        return {
            "wages": wages,
            "holiday pay": holiday,
            "contribution": cents(wages * self.contribution_rate),
            "contribution on holiday pay": cents(holiday * self.contribution_rate),
            "pension": cents(wages * self.pension_rate),
        }


def _one(debit: str, credit: str) -> Sides:
    return Sides(debit, debit, credit)


NORWAY = Payroll(
    country="NO",
    currency="NOK",
    accounts=(
        # The company's own number differs from the standard one, as it often does.
        ExampleAccount("5010", "Salaries", "Expense", "5000"),
        ExampleAccount("5090", "Wages accrued and unpaid", "Expense", "5090"),
        ExampleAccount("5092", "Holiday pay", "Expense", "5092"),
        ExampleAccount("5290", "Contra account of benefits", "Expense", "5290"),
        ExampleAccount("5330", "Pay of the board", "Expense", "5330"),
        ExampleAccount("5400", "Employer's contribution", "Expense", "5400"),
        ExampleAccount("5405", "Contribution on accrued holiday pay", "Expense", "5405"),
        ExampleAccount("5800", "Sickness refunds", "Expense", "5800"),
        ExampleAccount("5950", "Compulsory occupational pension", "Expense", "5950"),
        ExampleAccount("5990", "Other personnel costs", "Expense", "5990"),
        ExampleAccount("1950", "Bank for withheld tax", "Asset", "1950"),
        ExampleAccount("2600", "Tax withheld", "Liability", "2600"),
        # Chosen here, from the group of other deductions.
        ExampleAccount("2650", "Pension due", "Liability", "2650"),
        ExampleAccount("2770", "Employer's contribution due", "Liability", "2770"),
        ExampleAccount("2781", "Contribution accrued on holiday pay", "Liability", "2781"),
        ExampleAccount("2930", "Wages due", "Liability", "2930"),
        ExampleAccount("2940", "Holiday pay due", "Liability", "2940"),
    ),
    sides={
        "wages": _one("5010", "2930"),
        "holiday pay": _one("5092", "2940"),
        "contribution": _one("5400", "2770"),
        "contribution on holiday pay": _one("5405", "2781"),
        "pension": _one("5950", "2650"),
    },
    tax_withheld="2600",
    # The agreements with five weeks; 0.102 is the least.
    holiday_rate=Decimal("0.12"),
    # Zone I.
    contribution_rate=Decimal("0.141"),
    # Chosen here.
    pension_rate=Decimal("0.02"),
    tax_rate=Decimal("0.30"),
    accrued_wages="5090",
    wrong_counter="2650",
    other_personnel="5990",
)

SWEDEN = Payroll(
    country="SE",
    currency="SEK",
    accounts=(
        ExampleAccount("7010", "Wages, workers", "Expense"),
        ExampleAccount("7090", "Change of holiday liability, workers", "Expense"),
        ExampleAccount("7210", "Wages, salaried staff", "Expense"),
        ExampleAccount("7219", "Wages accrued, salaried staff", "Expense"),
        ExampleAccount("7290", "Change of holiday liability, salaried staff", "Expense"),
        # Chosen here, from the group of pensions.
        ExampleAccount("7411", "Pension premiums", "Expense"),
        ExampleAccount("7510", "Employer's contributions", "Expense"),
        ExampleAccount("7519", "Contributions on holiday pay", "Expense"),
        ExampleAccount("7690", "Other personnel costs", "Expense"),
        ExampleAccount("2710", "Tax withheld", "Liability"),
        ExampleAccount("2731", "Contributions due", "Liability"),
        ExampleAccount("2910", "Accrued wages", "Liability"),
        ExampleAccount("2920", "Accrued holiday pay", "Liability"),
        ExampleAccount("2951", "Accrued labour-market insurance", "Liability"),
    ),
    sides={
        "wages": Sides("7210", "7010", "2910"),
        "holiday pay": Sides("7290", "7090", "2920"),
        "contribution": _one("7510", "2731"),
        "contribution on holiday pay": _one("7519", "2731"),
        # Chosen here: no source names what pensions are due against.
        "pension": _one("7411", "2951"),
    },
    tax_withheld="2710",
    holiday_rate=Decimal("0.12"),
    contribution_rate=Decimal("0.3142"),
    # Chosen here.
    pension_rate=Decimal("0.045"),
    tax_rate=Decimal("0.30"),
    accrued_wages="7219",
    wrong_counter="2731",
    other_personnel="7690",
)
PAYROLLS: Mapping[str, Payroll] = {"norway": NORWAY, "sweden": SWEDEN}
RATES: Mapping[str, Decimal] = {"EUR": Decimal("11.70")}
"""What a unit of a foreign currency is posted at, in either company; chosen here."""
