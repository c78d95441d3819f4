"""Differences between people and books that a month-end has to find, planted by name.

Each says what it did and by how much the posted labour cost is off, so that a test needs no
arithmetic of its own. Nothing tells the connector; it sees only what the two systems show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, get_args

from tests.simulator.books.batches import cents
from tests.simulator.books.chart import Period
from tests.simulator.books.history import MONTHS_A_YEAR, NEUTRAL, Share
from tests.simulator.clock import moment

if TYPE_CHECKING:
    from tests.simulator.books.history import History
    from tests.simulator.control import Verb

Name = Literal[
    "moved mid-month",
    "waiting person",
    "wrong account",
    "wrong cost centre",
    "accrual without counter-account",
    "unposted batch",
    "posting without sub-account",
    "currency",
]
NAMES: tuple[Name, ...] = get_args(Name)
MIDDLE = 16
ANNUAL_SALARY = 660_000
ACCRUAL = Decimal("25000.00")
# What the pay was agreed at; the month is posted at another rate.
AGREED_RATE = Decimal("11.40")


@dataclass(frozen=True)
class Effect:
    """By how much more is posted than the people cost, on one cost centre and account.

    The amount is in the ledger's currency. A cost centre of `""` stands for people without one.
    """

    cost_centre: str
    account: str
    amount: Decimal


@dataclass(frozen=True)
class Difference:
    """One planted difference: who it is about, which batches show it, and its effects.

    `accounts_off` are balance-sheet accounts that a check of liabilities finds: by how much more
    than the cost says is owed there.
    """

    name: Name
    company: str
    period: str
    effects: tuple[Effect, ...]
    worker_id: str | None = None
    batches: tuple[str, ...] = ()
    accounts_off: tuple[tuple[str, Decimal], ...] = ()


class Differences:
    """Plants differences in a history; no worker is taken twice."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.planted: list[Difference] = []
        self._taken: set[str] = set()

    def plant_difference(
        self, name: Name, company: str | None = None, period: str | None = None
    ) -> Difference:
        """Plants the difference of this name in a posted month, the last one by default."""
        if name not in NAMES:
            raise ValueError(f"there is no difference {name}; there are {', '.join(NAMES)}")
        key = company or next(iter(self.history.visma.companies))
        if not self.history.periods:
            raise ValueError("no month is posted yet")
        month = period or self.history.periods[-1]
        if month not in self.history.periods:
            raise ValueError(f"{month} is not posted")
        plants: Mapping[Name, Callable[[str, str], Difference]] = {
            "moved mid-month": self._move,
            "waiting person": self._leave_waiting,
            "wrong account": self._book_on_wrong_account,
            "wrong cost centre": self._book_on_wrong_cost_centre,
            "accrual without counter-account": self._accrue,
            "unposted batch": self._leave_unposted,
            "posting without sub-account": self._book_without_subaccount,
            "currency": self._pay_in_euro,
        }
        difference = plants[name](key, month)
        self.planted.append(difference)
        return difference

    def difference_names(self) -> list[str]:
        """The names of the differences that can be planted."""
        return list(NAMES)

    def verbs(self) -> Mapping[str, Verb]:
        """The verbs that `/_control/` may run."""
        return {
            "plant_difference": self.plant_difference,
            "difference_names": self.difference_names,
            "planted_differences": lambda: self.planted,
            "post_month": self.history.post_month,
        }

    def _move(self, company: str, month: str) -> Difference:
        share = self._someone(company, month)
        unit, cost_centre = self._elsewhere(share.cost_centre)
        period = _period(month)
        middle = period.first_day.replace(day=MIDDLE)
        self.history.rippling.move(share.worker_id, unit, at=_morning(middle))
        days = period.last_day.day
        whole = self._costs(share.wages, is_hourly=share.is_hourly, company=company)
        there = {
            account: cents(amount * (days - MIDDLE + 1) / days) for account, amount in whole.items()
        }
        effects = (
            *_effects(share.cost_centre, there),
            *_effects(cost_centre, there, sign=-1),
        )
        return Difference("moved mid-month", company, month, effects, share.worker_id)

    def _leave_waiting(self, company: str, month: str) -> Difference:
        rippling, arrangement = self.history.rippling, self.history.arrangement
        first = _period(month).first_day
        like = self._someone(company, month)
        entity = rippling.worker(like.worker_id)["legal_entity_id"]
        department = f"Quality {len(self.planted) + 1}"
        rippling.add_department(department, at=_morning(first))
        worker = rippling.hire(
            at=_morning(first), department=department, legal_entity=entity, start_date=first,
            employment_type=self._salaried_type(like), annual_salary=ANNUAL_SALARY,
            currency=self.history.payroll(company).currency, salary_effective_date=first,
            location=self._place(like),
        )  # fmt: skip
        wages = cents(Decimal(ANNUAL_SALARY) / MONTHS_A_YEAR)
        spare = arrangement.spare_cost_centre
        costs = self._costs(wages, is_hourly=False, company=company)
        number = self._post(
            company, month, f"Payroll {month}, new staff",
            [*self._debits(company, spare, costs), *self._credits(company, wages)],
            branch=like.branch,
        )  # fmt: skip
        effects = (*_effects(spare, costs), *_effects("", costs, sign=-1))
        return Difference("waiting person", company, month, effects, str(worker["id"]), (number,))

    def _book_on_wrong_account(self, company: str, month: str) -> Difference:
        share = self._someone(company, month)
        right = self._wages_account(share)
        wrong = self.history.payroll(company).other_personnel
        place = share.cost_centre
        number = self._rebook(share, month, f"Consultancy {month}", (right, place), (wrong, place))
        effects = (
            Effect(place, right, -share.wages),
            Effect(place, wrong, share.wages),
        )
        return Difference("wrong account", company, month, effects, share.worker_id, (number,))

    def _book_on_wrong_cost_centre(self, company: str, month: str) -> Difference:
        share = self._someone(company, month)
        account = self._wages_account(share)
        _, wrong = self._elsewhere(share.cost_centre)
        number = self._rebook(
            share, month, f"Correction {month}", (account, share.cost_centre), (account, wrong)
        )
        effects = (
            Effect(share.cost_centre, account, -share.wages),
            Effect(wrong, account, share.wages),
        )
        return Difference("wrong cost centre", company, month, effects, share.worker_id, (number,))

    def _accrue(self, company: str, month: str) -> Difference:
        share = self._someone(company, month)
        payroll = self.history.payroll(company)
        due = payroll.sides["wages"].credit
        number = self._post(
            company, month, f"Accrued overtime {month}",
            [
                self._line(company, payroll.accrued_wages, share.cost_centre, debit=ACCRUAL),
                self._line(company, payroll.wrong_counter, NEUTRAL, credit=ACCRUAL),
            ],
            branch=share.branch,
        )  # fmt: skip
        effects = (Effect(share.cost_centre, payroll.accrued_wages, ACCRUAL),)
        off = ((due, -ACCRUAL), (payroll.wrong_counter, ACCRUAL))
        return Difference(
            "accrual without counter-account", company, month, effects, None, (number,), off
        )

    def _leave_unposted(self, company: str, month: str) -> Difference:
        visma = self.history.visma
        with visma.state_lock:
            books = visma.books(company)
            numbers = self.history.posted[company, month]
            posted = [one for one in map(books.batch, numbers) if one.status == "Posted"]
            if not posted:
                raise ValueError(f"no batch of {company} in {month} is left")
            batch = posted[-1]
            books.set_status(batch.number, "Unposted")
            length = visma.company(company).cost_centres.length
            effects = tuple(
                Effect(line.subaccount[:length].strip(), line.account, -line.debit)
                for line in batch.lines
                if line.debit
            )
        return Difference("unposted batch", company, month, effects, None, (batch.number,))

    def _book_without_subaccount(self, company: str, month: str) -> Difference:
        share = self._someone(company, month)
        account = self._wages_account(share)
        number = self._rebook(
            share, month, f"Import from another payroll system {month}",
            (account, share.cost_centre), (account, NEUTRAL),
        )  # fmt: skip
        effects = (
            Effect(share.cost_centre, account, -share.wages),
            Effect(NEUTRAL, account, share.wages),
        )
        return Difference(
            "posting without sub-account", company, month, effects, share.worker_id, (number,)
        )

    def _pay_in_euro(self, company: str, month: str) -> Difference:
        share = self._someone(company, month)
        account, place = self._wages_account(share), share.cost_centre
        due = self.history.payroll(company).sides["wages"].credit
        euro, rate = cents(share.wages / AGREED_RATE), self.history.arrangement.rates["EUR"]
        first = _period(month).first_day
        self.history.rippling.change(
            share.worker_id, annual_salary=float(euro * MONTHS_A_YEAR), currency="EUR",
            salary_effective_date=first, at=_morning(first),
        )  # fmt: skip
        taken_out = self._post(
            company, month, f"Paid in euro {month}, taken out",
            [
                self._line(company, due, NEUTRAL, debit=share.wages),
                self._line(company, account, place, credit=share.wages),
            ],
            branch=share.branch,
        )  # fmt: skip
        paid = self._post(
            company, month, f"Paid in euro {month}",
            [
                self._line(company, account, place, debit=euro),
                self._line(company, due, NEUTRAL, credit=euro),
            ],
            branch=share.branch, currency="EUR", rate=rate,
        )  # fmt: skip
        effects = (Effect(place, account, cents(euro * rate) - share.wages),)
        return Difference("currency", company, month, effects, share.worker_id, (taken_out, paid))

    def _someone(self, company: str, month: str) -> Share:
        """A salaried worker of the whole month whom no difference has taken yet."""
        whole = _period(month)
        for share in self.history.shares(company, month):
            worker = self.history.rippling.worker(share.worker_id)
            stays = worker["end_date"] is None and worker["start_date"] <= str(whole.first_day)
            if stays and not share.is_hourly and share.worker_id not in self._taken:
                self._taken.add(share.worker_id)
                return share
        raise ValueError(f"no salaried worker of {company} in {month} is left")

    def _elsewhere(self, cost_centre: str) -> tuple[str, str]:
        """Another department and its cost centre."""
        places = self.history.arrangement.cost_centres.items()
        return next((unit, other) for unit, other in places if other != cost_centre)

    def _salaried_type(self, like: Share) -> str:
        return str(self.history.rippling.worker(like.worker_id)["employment_type_id"])

    def _place(self, like: Share) -> dict[str, Any]:
        location = self.history.rippling.worker(like.worker_id)["location"]
        return dict(location)

    def _wages_account(self, share: Share) -> str:
        sides = self.history.payroll(share.company).sides["wages"]
        return sides.debit(is_hourly=share.is_hourly)

    def _costs(self, wages: Decimal, *, is_hourly: bool, company: str) -> dict[str, Decimal]:
        payroll = self.history.payroll(company)
        return {
            payroll.sides[kind].debit(is_hourly=is_hourly): amount
            for kind, amount in payroll.cost(wages).items()
        }

    def _debits(
        self, company: str, cost_centre: str, costs: Mapping[str, Decimal]
    ) -> list[dict[str, Any]]:
        return [
            self._line(company, account, cost_centre, debit=amount)
            for account, amount in costs.items()
        ]

    def _credits(self, company: str, wages: Decimal) -> list[dict[str, Any]]:
        payroll = self.history.payroll(company)
        return [
            self._line(company, payroll.sides[kind].credit, NEUTRAL, credit=amount)
            for kind, amount in payroll.cost(wages).items()
        ]

    def _rebook(
        self, share: Share, month: str, why: str, out_of: tuple[str, str], into: tuple[str, str]
    ) -> str:
        """Moves someone's wages from one account and cost centre to another."""
        lines = [
            self._line(share.company, *into, debit=share.wages),
            self._line(share.company, *out_of, credit=share.wages),
        ]
        return self._post(share.company, month, why, lines, branch=share.branch)

    def _line(
        self, company: str, account: str, cost_centre: str, **amount: Decimal
    ) -> dict[str, Any]:
        number = self.history.subaccount(company, cost_centre)
        return {"account": account, "subaccount": number, **amount}

    def _post(
        self, company: str, month: str, why: str, lines: list[dict[str, Any]], **members: Any
    ) -> str:
        batch = self.history.visma.enter_batch(
            month, lines, company=company, description=why,
            at=datetime.combine(_period(month).last_day, time(18)), **members,
        )  # fmt: skip
        return str(batch["batchNumber"])


def _effects(
    cost_centre: str, costs: Mapping[str, Decimal], *, sign: int = 1
) -> tuple[Effect, ...]:
    return tuple(Effect(cost_centre, account, sign * amount) for account, amount in costs.items())


def _period(month: str) -> Period:
    return Period(int(month[:4]), int(month[4:]))


def _morning(when: date) -> datetime:
    return moment(datetime.combine(when, time(8)))
