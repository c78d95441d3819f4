"""A small company for the tests of the books: two branches, two cost centres, a few accounts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from connector.domain.books.accounts import Account, LabourAccounts
from connector.domain.books.comparison import Chart, Comparison, compare
from connector.domain.books.expected import Employed, Stay, shares
from connector.domain.books.posted import Balance, Entry
from connector.domain.books.subaccounts import Places, SubAccount, SubAccountName, SubAccounts
from connector.domain.mapping.rules.labour import Labour
from connector.domain.report.period import Month

MAY = Month(2025, 5)
NUMBERS = ("5010", "5090", "5092", "5400", "5405", "5950", "5990", "2930", "2650")
SUBACCOUNTS = SubAccounts(
    SubAccount(place, f"{code}00", {1: code, 2: "00"})
    for place, code in enumerate(("000", "400", "500", "600", "999"), start=1)
)


def labour(**settings: Any) -> Labour:
    """Settings of a Norwegian company with all rates, but for those given."""
    rates = {"holiday_pay_percent": 12, "contribution_percent": "14.1", "pension_percent": 2}
    return Labour.model_validate({"chart": "norway", **rates, **settings})


def chart(settings: Labour | None = None) -> Chart:
    """The company's chart; the cost centres 400, 500 and 600 are mapped."""
    accounts = LabourAccounts.of(map(Account, NUMBERS), settings or labour())
    return Chart(accounts, SUBACCOUNTS, Places.of(["400", "500", "600"]), 1)


def stay(cost_centre: str | None = "400", yearly: str | None = "600000", **more: Any) -> Stay:
    """A stay on a cost centre of branch 1, open at both ends."""
    given = {"branch": "1", "first": None, "last": None, "currency": "NOK", **more}
    return Stay(cost_centre=cost_centre, yearly=Decimal(yearly) if yearly else None, **given)


def people(*stays: Stay, first: int = 1, **more: Any) -> list[Employed]:
    """A person for each of these stays, numbered from `first`."""
    return [Employed(str(number), (one,), **more) for number, one in enumerate(stays, start=first)]


def balance(account: str, cost_centre: str, amount: str, **more: Any) -> Balance:
    """A balance on branch 1, debited, or credited where the amount is negative."""
    value = Decimal(amount)
    debit, credit = (value, Decimal(0)) if value >= 0 else (Decimal(0), -value)
    name = more.pop("name", SubAccountName(number=f"{cost_centre}-00"))
    given = {"branch": "1", "currency": "NOK", **more}
    return Balance(account=account, subaccount=name, debit=debit, credit=credit, **given)


def entry(account: str, cost_centre: str, amount: str, **more: Any) -> Entry:
    """A line of batch GL 000001 on branch 1; more than one has to be numbered."""
    value = Decimal(amount)
    debit, credit = (value, Decimal(0)) if value >= 0 else (Decimal(0), -value)
    name = SubAccountName(number=f"{cost_centre}00") if cost_centre else SubAccountName()
    given = {"module": "GL", "batch": "000001", "line": 1, "branch": "1", "currency": "NOK", **more}
    return Entry(account=account, subaccount=name, debit=debit, credit=credit, **given)


def posted_for(staff: list[Employed], settings: Labour | None = None) -> list[Balance]:
    """What a payroll posts for these people: each kind on its first account."""
    accounts = dict(
        zip(
            ("wages", "holiday pay", "employer's contribution", "pension"),
            ("5010", "5092", "5400", "5950"),
            strict=True,
        )
    )
    return [
        balance(accounts[kind], share.cost_centre or "", str(cost), branch=share.branch)
        for share in shares(staff, MAY, settings or labour(), "NOK")
        for kind, cost in share.costs.items()
    ]


def compared(
    staff: list[Employed],
    posted: list[Any],
    pending: tuple[Any, ...] = (),
    settings: Labour | None = None,
    month: Month = MAY,
) -> Comparison:
    """The comparison of a month."""
    rules = settings or labour()
    return compare(shares(staff, month, rules, "NOK"), posted, pending, chart(rules), rules, "NOK")


def day(text: str) -> date:
    """A day."""
    return date.fromisoformat(text)
