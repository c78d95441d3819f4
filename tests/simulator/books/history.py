"""The posted months of a simulated company, made out of its people in Rippling.

One batch for each month, company and branch: wages, holiday pay, contribution and pension of every
cost centre, against liabilities without one. Who is employed for part of a month costs that part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.simulator.books.batches import NOTHING, Batch, cents
from tests.simulator.books.chart import Period
from tests.simulator.books.rates import KINDS, PAYROLLS, RATES, Payroll
from tests.simulator.clock import day, moment

if TYPE_CHECKING:
    from tests.simulator.books.books import Books
    from tests.simulator.rippling import Rippling
    from tests.simulator.tables import Row
    from tests.simulator.visma import Visma

NEUTRAL, YEARS_OPENED = "000", 2
MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Arrangement:
    """Where people belong: by the names that Rippling has for departments, places and entities.

    `payrolls` say how a company posts, `rates` what a foreign currency is posted at, and
    `spare_cost_centre` takes what belongs nowhere.
    """

    cost_centres: Mapping[str, str]
    branches: Mapping[str, Mapping[str, str]]
    companies: Mapping[str, str]
    spare_cost_centre: str
    first_branch: str = "1"
    payrolls: Mapping[str, Payroll] = field(default_factory=lambda: PAYROLLS)
    rates: Mapping[str, Decimal] = field(default_factory=lambda: RATES)


@dataclass(frozen=True)
class Share:
    """What one worker is paid for one month, and where it belongs."""

    worker_id: str
    company: str
    branch: str
    cost_centre: str
    is_hourly: bool
    wages: Decimal
    currency: str


def period_of(year: int, month: int) -> str:
    """The key of the period of a month."""
    return f"{year}{month:02d}"


def months_before(today: date, count: int) -> list[str]:
    """The periods of the last whole months, the earliest first."""
    at = today.year * MONTHS_A_YEAR + today.month - 1
    return [
        period_of(number // MONTHS_A_YEAR, number % MONTHS_A_YEAR + 1)
        for number in range(at - count, at)
    ]


class History:
    """The books of a company whose people are in Rippling, month by month."""

    def __init__(self, rippling: Rippling, visma: Visma, arrangement: Arrangement) -> None:
        self.rippling = rippling
        self.visma = visma
        self.arrangement = arrangement
        self.periods: list[str] = []
        self.posted: dict[tuple[str, str], list[str]] = defaultdict(list)
        """The numbers of the batches of a company and month."""

    def open_books(self) -> None:
        """Gives every company its accounts, its ledger and a cost centre that is none."""
        for key in self.visma.companies:
            payroll = self.arrangement.payrolls[key]
            books = self.visma.books(key)
            self.visma.add_cost_centre(NEUTRAL, "No cost centre", company=key)
            with self.visma.state_lock:
                books.add_ledger("1", "Actual ledger", currency=payroll.currency)
                for number, description, kind, code in payroll.accounts:
                    books.add_account(number, description, kind, public_code=code)

    def post(self, periods: Iterable[str]) -> None:
        """Posts these months, and closes all but the last."""
        for period in periods:
            self.post_month(period)
        for key in self.visma.companies:
            for earlier in self.periods[-2:-1]:
                self.visma.close_period(earlier, company=key)

    def post_month(self, period: str) -> list[str]:
        """Posts one month in every company, and gives the numbers of the batches."""
        if period in self.periods:
            raise ValueError(f"{period} is posted already")
        for key in self.visma.companies:
            for year in range(int(period[:4]), int(period[:4]) + YEARS_OPENED):
                self.visma.open_year(year, company=key)
            shares = self.shares(key, period)
            for branch, currency in sorted({(one.branch, one.currency) for one in shares}):
                ours = [one for one in shares if (one.branch, one.currency) == (branch, currency)]
                self.posted[key, period].append(self._post_together(ours, period).number)
        self.periods.append(period)
        return [number for key in self.visma.companies for number in self.posted[key, period]]

    def shares(self, company: str, period: str) -> list[Share]:
        """What every worker of a company is paid for a month, as Rippling shows them now."""
        rippling = self.rippling
        with rippling.state_lock:
            found = [self._share(row, period) for row in rippling.tables["workers"]]
        return [share for share in found if share is not None and share.company == company]

    def payroll(self, company: str) -> Payroll:
        """How a company posts."""
        return self.arrangement.payrolls[company]

    def subaccount(self, company: str, cost_centre: str) -> str:
        """The number of the sub-account of a cost centre, its other segments zero."""
        segments = self.visma.company(company).dimensions["SUBACCOUNT"].segments.values()
        wanted = self.visma.company(company).cost_centre_segment
        parts = [
            cost_centre.ljust(segment.length) if segment.number == wanted else "0" * segment.length
            for segment in segments
        ]
        return "".join(parts)

    def _share(self, worker: Row, period: str) -> Share | None:
        tables = self.rippling.tables
        kind = tables["employment-types"][worker["employment_type_id"]]
        department = tables["departments"].get(worker["department_id"])
        cost_centre = self.arrangement.cost_centres.get(department["name"] if department else "")
        month = Period(int(period[:4]), int(period[4:]))
        part = part_of(worker, month.first_day, month.last_day)
        if kind["type"] != "EMPLOYEE" or cost_centre is None or not part:
            return None
        entity = tables["legal-entities"][worker["legal_entity_id"]]["legal_name"]
        company = self.arrangement.companies[entity]
        pay = tables["compensations"][worker["compensation_id"]]["annual_compensation"]
        wages = cents(Decimal(str(pay["value"])) / MONTHS_A_YEAR * part)
        is_hourly = kind["compensation_time_period"] == "HOURLY"
        branch = self._branch(company, worker)
        return Share(
            worker["id"], company, branch, cost_centre, is_hourly, wages, pay["currency_type"]
        )

    def _branch(self, company: str, worker: Row) -> str:
        place = (worker["location"] or {}).get("work_location_id")
        row = self.rippling.tables["work-locations"].get(place)
        branches = self.arrangement.branches[company]
        return branches.get(row["name"] if row else "", self.arrangement.first_branch)

    def _post_together(self, shares: list[Share], period: str) -> Batch:
        """Posts those of one branch who are paid in one currency."""
        company, branch, currency = shares[0].company, shares[0].branch, shares[0].currency
        books = self.visma.books(company)
        is_own = currency == books.base_currency
        with self.visma.state_lock:
            last_day = books.periods[period].last_day
            return books.enter_batch(
                period, self._lines(books, company, shares), branch=branch,
                currency=currency, rate="1" if is_own else self.arrangement.rates[currency],
                description=f"Payroll {period[:4]}-{period[4:]}, branch {branch}",
                at=moment(datetime.combine(last_day, time(16))),
            )  # fmt: skip

    def _lines(self, books: Books, company: str, shares: list[Share]) -> list[dict[str, Any]]:
        payroll = self.payroll(company)
        debits: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        credits_: dict[str, Decimal] = defaultdict(Decimal)
        for share in shares:
            tax = cents(share.wages * payroll.tax_rate)
            for kind, amount in payroll.cost(share.wages).items():
                sides = payroll.sides[kind]
                debits[share.cost_centre, sides.debit(is_hourly=share.is_hourly)] += amount
                credits_[sides.credit] += amount - (tax if kind == KINDS[0] else NOTHING)
            credits_[payroll.tax_withheld] += tax
        costs = [
            {"account": account, "subaccount": self.subaccount(company, cost_centre), "debit": sum_}
            for (cost_centre, account), sum_ in sorted(debits.items())
        ]
        owed = [
            {"account": account, "subaccount": self.subaccount(company, NEUTRAL), "credit": sum_}
            for account, sum_ in sorted(credits_.items())
        ]
        return [
            {**line, "description": books.accounts[str(line["account"])].description}
            for line in (*costs, *owed)
        ]


def part_of(worker: Row, first_day: date, last_day: date) -> Decimal:
    """How much of these days someone is employed for."""
    first = max(day(worker["start_date"]), first_day)
    last = min(day(worker["end_date"] or last_day), last_day)
    days = max((last - first).days + 1, 0)
    return Decimal(days) / Decimal((last_day - first_day).days + 1)
