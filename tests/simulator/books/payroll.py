"""The payroll runs of a simulated Rippling company, and the verbs of its payroll department.

Nothing here speaks HTTP. Rates are the examples of `rates`; no source says that Rippling runs
payroll in Norway or Sweden, and no one has shown a run of a live company.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal

from tests.simulator.books.batches import NOTHING, cents
from tests.simulator.books.history import MONTHS_A_YEAR, part_of
from tests.simulator.books.rates import PAYROLLS, Payroll
from tests.simulator.clock import day

if TYPE_CHECKING:
    from tests.simulator.control import Verb
    from tests.simulator.rippling import Rippling
    from tests.simulator.tables import Row

State = Literal["DRAFT", "APPROVED", "PAID", "FAILED", "CLOSED"]
ENTITLEMENT = "Global Payroll"
REIMBURSEMENT = "REIMBURSEMENT"
BEFORE_CHECK = timedelta(days=3)
RATES_OF: Mapping[str, Payroll] = {payroll.country: payroll for payroll in PAYROLLS.values()}


@dataclass
class Earning:
    """One kind of pay; a reimbursement is among them and no labour cost."""

    code: str
    category: str
    name: str
    amount: Decimal
    hours: Decimal | None = None
    rate: Decimal | None = None


@dataclass
class Tax:
    """One tax, and who pays it."""

    code: str
    name: str
    amount: Decimal
    paid_by: Literal["EMPLOYEE", "EMPLOYER"]


@dataclass
class Deduction:
    """One deduction, with what the employer adds to it."""

    code: str
    name: str
    employee: Decimal
    employer: Decimal = NOTHING


@dataclass
class Garnishment:
    """What a court or an authority takes."""

    code: str
    amount: Decimal


@dataclass
class Record:
    """What one worker is paid in a run: no department and no cost centre."""

    id: str
    run_id: str
    worker_id: str
    currency: str
    country: str
    earnings: list[Earning] = field(default_factory=list)
    taxes: list[Tax] = field(default_factory=list)
    deductions: list[Deduction] = field(default_factory=list)
    garnishments: list[Garnishment] = field(default_factory=list)

    @property
    def gross(self) -> Decimal:
        """All earnings, reimbursements among them."""
        return sum((one.amount for one in self.earnings), NOTHING)

    @property
    def net(self) -> Decimal:
        """What is paid out; below zero where more is taken than earned."""
        taken = self.taxes_of("EMPLOYEE") + self.deducted + self.garnished
        return self.gross - taken

    @property
    def deducted(self) -> Decimal:
        """What deductions take from the worker."""
        return sum((one.employee for one in self.deductions), NOTHING)

    @property
    def contributed(self) -> Decimal:
        """What the employer adds to deductions."""
        return sum((one.employer for one in self.deductions), NOTHING)

    @property
    def garnished(self) -> Decimal:
        """What garnishments take."""
        return sum((one.amount for one in self.garnishments), NOTHING)

    def taxes_of(self, side: Literal["EMPLOYEE", "EMPLOYER"]) -> Decimal:
        """The taxes that one side pays."""
        return sum((one.amount for one in self.taxes if one.paid_by == side), NOTHING)


@dataclass
class Run:
    """One payroll run of one legal entity."""

    id: str
    type: str
    start: date
    end: date
    check_date: date
    entity_id: str
    country: str
    state: State = "DRAFT"
    title: str | None = None
    frequency: str = "MONTHLY"
    approved_at: datetime | None = None
    paid_at: datetime | None = None
    payment_type: str = "DIRECT_DEPOSIT"
    ein: str | None = None
    records: list[Record] = field(default_factory=list)

    @property
    def deadline(self) -> date:
        """The last day for approval."""
        return self.check_date - BEFORE_CHECK


class PayrollDepartment:
    """The payroll runs of a company, made out of its workers and their pay."""

    def __init__(self, people: Rippling) -> None:
        self.people = people
        self.by_id: dict[str, Run] = {}
        self._made = 0

    def draft_run(
        self,
        legal_entity: str,
        start: date | str,
        end: date | str,
        check_date: date | str,
        *,
        run_type: str = "REGULAR",
        title: str | None = None,
    ) -> dict[str, Any]:
        """Drafts a run for everyone whom a legal entity employs in these days."""
        with self.people.state_lock:
            run = self._new_run(legal_entity, day(start), day(end), day(check_date), run_type)
            run.title = title
            for worker in self.people.tables["workers"]:
                if record := self._record(run, worker):
                    run.records.append(record)
            return _plain(run)

    def approve_run(self, run_id: str) -> dict[str, Any]:
        """Approves a draft; its check date is ahead."""
        with self.people.state_lock:
            run = self._moved(run_id, "APPROVED", "DRAFT")
            run.approved_at = self.people.clock.now()
            return _plain(run)

    def pay_run(self, run_id: str) -> dict[str, Any]:
        """Pays an approved run."""
        with self.people.state_lock:
            run = self._moved(run_id, "PAID", "APPROVED")
            run.paid_at = self.people.clock.now()
            return _plain(run)

    def fail_run(self, run_id: str) -> dict[str, Any]:
        """Lets the payment of an approved run fail."""
        with self.people.state_lock:
            return _plain(self._moved(run_id, "FAILED", "APPROVED"))

    def cancel_run(self, run_id: str) -> dict[str, Any]:
        """Cancels a run that is not paid."""
        with self.people.state_lock:
            return _plain(self._moved(run_id, "CLOSED", "DRAFT", "APPROVED", "FAILED"))

    def turn_payroll_day(self, today: date | str | None = None) -> list[str]:
        """Pays the approved runs whose check date has come, and gives their ids."""
        now = day(today) if today else self.people.clock.today()
        with self.people.state_lock:
            due = [
                run.id for run in self.by_id.values()
                if run.state == "APPROVED" and run.check_date <= now
            ]  # fmt: skip
            for run_id in due:
                self.pay_run(run_id)
            return due

    def correct_run(
        self, run_id: str, worker_id: str, amount: Decimal | str, check_date: date | str
    ) -> dict[str, Any]:
        """Drafts a correction of a paid run: a run of its own, with the difference in pay only.

        Less pay comes as a negative amount; the sign of a real correction is not published.
        """
        with self.people.state_lock:
            before = self.by_id[run_id]
            if before.state != "PAID":
                raise ValueError(
                    f"run {run_id} is {before.state}, and only a paid one is corrected"
                )
            wrong = _of_worker(before, worker_id)
            entity = before.entity_id
            run = self._new_run(entity, before.start, before.end, day(check_date), "CORRECTION")
            run.title = f"Correction of {before.start:%Y-%m}"
            record = self._blank(run, worker_id, wrong.currency)
            _pay(record, Decimal(str(amount)), RATES_OF[run.country], "Correction")
            run.records.append(record)
            return _plain(run)

    def amend_run(self, run_id: str, worker_id: str, amount: Decimal | str) -> dict[str, Any]:
        """Changes what a worker earns within a run, paid or not; whether Rippling does is open."""
        with self.people.state_lock:
            run = self.by_id[run_id]
            record = _of_worker(run, worker_id)
            record.earnings, record.taxes, record.deductions = [], [], []
            _pay(record, Decimal(str(amount)), RATES_OF[run.country], "Salary")
            return _plain(run)

    def add_reimbursement(
        self, run_id: str, worker_id: str, amount: Decimal | str
    ) -> dict[str, Any]:
        """Pays an expense back in a draft; it is in the gross pay and no labour cost."""
        with self.people.state_lock:
            run = self._draft(run_id)
            expense = Earning("REIMB", REIMBURSEMENT, "Travel expenses", Decimal(str(amount)))
            _of_worker(run, worker_id).earnings.append(expense)
            return _plain(run)

    def add_deduction(self, run_id: str, worker_id: str, amount: Decimal | str) -> dict[str, Any]:
        """Takes an advance back in a draft; net pay may fall below zero."""
        with self.people.state_lock:
            run = self._draft(run_id)
            advance = Deduction("ADVANCE", "Advance taken back", Decimal(str(amount)))
            _of_worker(run, worker_id).deductions.append(advance)
            return _plain(run)

    def add_garnishment(self, run_id: str, worker_id: str, amount: Decimal | str) -> dict[str, Any]:
        """Garnishes pay in a draft."""
        with self.people.state_lock:
            run = self._draft(run_id)
            taken = Garnishment("ENFORCEMENT", Decimal(str(amount)))
            _of_worker(run, worker_id).garnishments.append(taken)
            return _plain(run)

    def payroll_runs(self) -> list[dict[str, Any]]:
        """Every run, with its records."""
        with self.people.state_lock:
            return [_plain(run) for run in self.by_id.values()]

    def verbs(self) -> Mapping[str, Verb]:
        """The verbs that `/_control/` may run."""
        verbs: list[Callable[..., Any]] = [
            self.draft_run, self.approve_run, self.pay_run, self.fail_run, self.cancel_run,
            self.turn_payroll_day, self.correct_run, self.amend_run, self.add_reimbursement,
            self.add_deduction, self.add_garnishment, self.payroll_runs,
        ]  # fmt: skip
        return {verb.__name__: verb for verb in verbs}

    def _new_run(
        self, legal_entity: str, start: date, end: date, check_date: date, run_type: str
    ) -> Run:
        if end < start:
            raise ValueError(f"a pay period cannot end on {end} and begin on {start}")
        entity = self._entity(legal_entity)
        country = entity["country"]["code"]
        if country not in RATES_OF:
            raise ValueError(f"there are no example rates for {country}")
        # Whoever runs payroll is entitled to it.
        self.people.entitlements.add(ENTITLEMENT)
        run = Run(self._new_id(), run_type, start, end, check_date, entity["id"], country)
        self.by_id[run.id] = run
        return run

    def _entity(self, name: str) -> Row:
        entities = self.people.tables["legal-entities"]
        found = [row for row in entities if name in (row["id"], row["legal_name"])]
        if not found:
            raise KeyError(f"no {name} among the legal entities")
        return found[0]

    def _record(self, run: Run, worker: Row) -> Record | None:
        tables = self.people.tables
        kind = tables["employment-types"][worker["employment_type_id"]]
        part = part_of(worker, run.start, run.end)
        if worker["legal_entity_id"] != run.entity_id or kind["type"] != "EMPLOYEE" or not part:
            return None
        pay = tables["compensations"][worker["compensation_id"]]["annual_compensation"]
        record = self._blank(run, worker["id"], pay["currency_type"])
        wages = cents(Decimal(str(pay["value"])) / MONTHS_A_YEAR * part)
        _pay(record, wages, RATES_OF[run.country], "Salary")
        return record

    def _blank(self, run: Run, worker_id: str, currency: str) -> Record:
        return Record(self._new_id(), run.id, worker_id, currency, run.country)

    def _moved(self, run_id: str, state: State, *before: State) -> Run:
        run = self.by_id[run_id]
        if run.state not in before:
            raise ValueError(f"run {run_id} is {run.state} and cannot become {state}")
        run.state = state
        return run

    def _draft(self, run_id: str) -> Run:
        run = self.by_id[run_id]
        if run.state != "DRAFT":
            raise ValueError(f"run {run_id} is {run.state} and no draft")
        return run

    def _new_id(self) -> str:
        self._made += 1
        return sha256(f"payroll/{self._made}".encode()).hexdigest()[:24]


def _pay(record: Record, wages: Decimal, rates: Payroll, name: str) -> None:
    """Gives a record its pay, and what follows from it on both sides."""
    cost = rates.cost(wages)
    record.earnings.append(Earning("SALARY", "SALARY", name, wages))
    record.taxes += [
        Tax("INCOME", "Income tax", cents(wages * rates.tax_rate), "EMPLOYEE"),
        Tax("CONTRIBUTION", "Employer's contribution", cost["contribution"], "EMPLOYER"),
    ]
    record.deductions.append(Deduction("PENSION", "Occupational pension", NOTHING, cost["pension"]))


def _of_worker(run: Run, worker_id: str) -> Record:
    for record in run.records:
        if record.worker_id == worker_id:
            return record
    raise KeyError(f"run {run.id} pays no worker {worker_id}")


def _plain(run: Run) -> dict[str, Any]:
    return asdict(run)
