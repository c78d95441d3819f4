"""Payroll runs for property tests: any number of people, any amounts, sums that are right."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from connector.bootstrap.parts import PayrollAdapters
from connector.domain.mapping.rules.payroll import Kind, PayrollRules
from connector.domain.payroll.places import Placed, Share
from connector.domain.payroll.run import TAKEN, Amount, PayRecord


def no_payroll() -> PayrollAdapters:
    """Stands where no one exports payroll runs."""
    raise AssertionError("nothing here exports payroll runs")


ACCOUNTS: list[dict[str, Any]] = [
    {"kind": "earnings", "account": "5010"},
    {"kind": "earnings", "category": "BONUS", "account": "5015"},
    {"kind": "earnings", "category": "REIMBURSEMENT", "account": "7140", "by_cost_centre": False},
    {"kind": "employer_taxes", "account": "5400", "owed": "2770"},
    {"kind": "employer_contributions", "account": "5950", "owed": "2650"},
    {"kind": "employee_taxes", "account": "2600"},
    {"kind": "employee_deductions", "account": "2690"},
    {"kind": "garnishments", "account": "2660"},
    {"kind": "net_pay", "account": "2930"},
]
CENTRES = ("100", "200", "300", "400")
CATEGORIES = ("SALARY", "BONUS", "REIMBURSEMENT")


def payroll_rules(**settings: Any) -> PayrollRules:
    """Rules with an account for everything that `runs` make, but for the settings given."""
    plain = {
        "branch": "1", "neutral": {"1": "000"}, "accounts": ACCOUNTS,
        "small_cost_centres": "900", "lines": "cost_centre", **settings,
    }  # fmt: skip
    return PayrollRules.model_validate(plain)


def pay_record(
    number: int, *amounts: Amount, currency: str = "NOK", worker: str = "", **changed: Any
) -> PayRecord:
    """A record whose sums are right, but for what is changed."""

    def sum_of(kind: Kind) -> Decimal:
        return sum((one.value for one in amounts if one.kind is kind), Decimal(0))

    gross = sum_of(Kind.EARNINGS)
    net = gross - sum(map(sum_of, TAKEN), Decimal(0))
    plain = {"gross": gross, "net": net, **changed}
    return PayRecord(f"r{number}", worker or f"w{number}", currency, amounts=amounts, **plain)


def amount(kind: Kind | None, value: str, category: str = "", code: str = "") -> Amount:
    """One amount."""
    return Amount(kind, Decimal(value), category, code)


@dataclass(frozen=True)
class PaidPeople:
    """The records of a run, and where its people are."""

    records: tuple[PayRecord, ...]
    placed: dict[str, Placed]


values = st.decimals("-99999.99", "99999.99", places=2)


@st.composite
def amounts(draw: st.DrawFn) -> tuple[Amount, ...]:
    """Amounts of every kind but net pay, in any number."""
    earned = draw(st.lists(st.tuples(values, st.sampled_from(CATEGORIES)), max_size=3))
    others = st.sampled_from([kind for kind in Kind if kind not in (Kind.EARNINGS, Kind.NET_PAY)])
    rest = draw(st.lists(st.tuples(values, others), max_size=4))
    return (
        *(Amount(Kind.EARNINGS, value, category) for value, category in earned),
        *(Amount(kind, value) for value, kind in rest),
    )


@st.composite
def shares(draw: st.DrawFn) -> tuple[Share, ...]:
    """Some cost centres with the days on each."""
    centres = draw(st.lists(st.sampled_from(CENTRES), min_size=1, max_size=3, unique=True))
    return tuple(Share(centre, draw(st.integers(1, 31))) for centre in sorted(centres))


@st.composite
def paid_people(draw: st.DrawFn, most: int = 12) -> PaidPeople:
    """People who are paid in one or two currencies, some of them twice."""
    count = draw(st.integers(1, most))
    records: list[PayRecord] = []
    placed: dict[str, Placed] = {}
    for number in range(count):
        currency = draw(st.sampled_from(["NOK", "NOK", "NOK", "EUR"]))
        worker = f"w{draw(st.integers(0, number))}"
        records.append(pay_record(number, *draw(amounts()), currency=currency, worker=worker))
        placed.setdefault(worker, Placed(f"{1000 + int(worker[1:])}", draw(shares())))
    return PaidPeople(tuple(records), placed)


@st.composite
def salaried_people(draw: st.DrawFn) -> PaidPeople:
    """People who all have wages and taxes, some of them a bonus."""
    records: list[PayRecord] = []
    placed: dict[str, Placed] = {}
    for number in range(draw(st.integers(3, 14))):
        paid = [
            amount(Kind.EARNINGS, "100.00", "SALARY"),
            amount(Kind.EMPLOYEE_TAXES, "30.00"),
            amount(Kind.EMPLOYER_TAXES, "14.10"),
        ]
        if draw(st.booleans()):
            paid.append(amount(Kind.EARNINGS, "10.00", "BONUS"))
        records.append(pay_record(number, *paid))
        placed[f"w{number}"] = Placed(str(1000 + number), draw(shares()))
    return PaidPeople(tuple(records), placed)


NORDFAB_PAYROLL: dict[str, Any] = {
    "branch": "1",
    "neutral": {"1": "000", "2": "00"},
    "small_cost_centres": "600",
    "lines": "folded",
    "accounts": [
        {"kind": "earnings", "account": "5010"},
        {"kind": "earnings", "category": "REIMBURSEMENT", "account": "5990"},
        {"kind": "employer_taxes", "account": "5400", "owed": "2770"},
        {"kind": "employer_contributions", "account": "5950", "owed": "2650"},
        {"kind": "employee_taxes", "account": "2600"},
        {"kind": "employee_deductions", "account": "2650"},
        {"kind": "garnishments", "account": "2650"},
        {"kind": "net_pay", "account": "2930"},
    ],
}
"""What the mapping of Nordfab says of payroll in Norway."""
