"""The balanced journal batches that a payroll run makes: one a currency, or what stands in the way.

Every problem is found before any is told. Visma's own rules are not known here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from connector.domain.mapping.rules.payroll import AccountRule, Kind, PayrollRules, spoken
from connector.domain.payroll.folding import Entry, Folding
from connector.domain.payroll.money import NOTHING, split, unit_of
from connector.domain.payroll.places import Placed
from connector.domain.payroll.run import Amount, PayRecord

CURRENCY_LETTERS = 3
FEWEST_LINES = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line: an account, a cost centre or none, and an amount on one of its two sides."""

    kind: Kind
    account: str
    cost_centre: str | None
    debit: Decimal = NOTHING
    credit: Decimal = NOTHING
    employee: str = ""

    @property
    def text(self) -> str:
        """What the line is, for people."""
        label = self.kind.label.capitalize()
        return f"{label}, employee {self.employee}" if self.employee else label


@dataclass(frozen=True, slots=True)
class Batch:
    """The lines of one currency, in an order of their own, and how many people they are about."""

    currency: str
    lines: tuple[Line, ...]
    people: int

    @property
    def debit(self) -> Decimal:
        """The sum of the debits."""
        return sum((line.debit for line in self.lines), NOTHING)

    @property
    def credit(self) -> Decimal:
        """The sum of the credits."""
        return sum((line.credit for line in self.lines), NOTHING)


@dataclass(frozen=True, slots=True)
class Made:
    """What a run amounts to; the batches count only where there are no problems."""

    batches: tuple[Batch, ...] = ()
    problems: tuple[str, ...] = ()


def make_batches(
    records: Iterable[PayRecord], rules: PayrollRules, placed: Mapping[str, Placed]
) -> Made:
    """The batches of a run, in the order of their currencies.

    `placed` are the people of the run by worker id; who is not there is a problem of its own,
    which whoever looked for them tells, and no sum is judged without them.
    """
    records, problems = list(records), list[str]()
    entries: dict[str, list[Entry]] = defaultdict(list)
    for record in sorted(records, key=lambda each: each.id):
        known = placed.get(record.worker_id)
        who = f"employee {known.code}" if known else f"worker {record.worker_id}"
        whole = resolved(record, rules)
        problems += [f"{who}: {fault}" for fault in _faults(whole)]
        found, lacking = _entries(whole, rules, known)
        problems += lacking
        entries[whole.currency] += found
    batches, unfit = _batches(entries, rules)
    if not problems and all(each.worker_id in placed for each in records):
        problems = unfit
    return Made(batches, tuple(dict.fromkeys(problems)))


def _batches(
    entries: Mapping[str, Sequence[Entry]], rules: PayrollRules
) -> tuple[tuple[Batch, ...], list[str]]:
    """A batch a currency, and what is wrong with them."""
    made = [_batch(currency, rules, each) for currency, each in sorted(entries.items())]
    batches = tuple(batch for batch, _ in made if batch.lines)
    problems = [problem for batch, found in made if batch.lines for problem in found]
    return batches, problems or _wrong_sums(batches)


def resolved(record: PayRecord, rules: PayrollRules) -> PayRecord:
    """The record with what the API leaves out and the mapping says: currency, whose a tax is."""
    amounts = tuple(
        each if each.kind else replace(each, kind=_whose(each, rules)) for each in record.amounts
    )
    return replace(record, currency=record.currency or rules.currency or "", amounts=amounts)


def _whose(tax: Amount, rules: PayrollRules) -> Kind:
    return Kind.EMPLOYER_TAXES if rules.is_employer_tax(tax.code) else Kind.EMPLOYEE_TAXES


def _faults(record: PayRecord) -> Iterator[str]:
    if not record.currency:
        yield "Rippling does not say the currency: name `currency` under `payroll` in the mapping"
    elif not (record.currency.isalpha() and len(record.currency) == CURRENCY_LETTERS):
        yield f"there is no currency {record.currency[:10]!a}"
    yield from record.faults()


def _entries(
    record: PayRecord, rules: PayrollRules, known: Placed | None
) -> tuple[list[Entry], list[str]]:
    """The entries of a record, and which amounts no row of the mapping is for."""
    entries: list[Entry] = []
    lacking = []
    net = Amount(Kind.NET_PAY, record.net)
    for amount in (*record.amounts, net):
        kind = amount.kind or Kind.EMPLOYEE_TAXES
        if not amount.value:
            continue
        rule = rules.account(kind, amount.category, amount.code)
        if rule is None:
            said = spoken(amount.category, amount.code)
            what = f"{kind.label} of {said}" if said else kind.label
            lacking.append(f"no row of `accounts` is for {what}: add one to the mapping")
        elif known:
            entries += _of_amount(amount.value, rule, known, unit_of(record.currency))
    return entries, lacking


def _of_amount(value: Decimal, rule: AccountRule, known: Placed, unit: Decimal) -> Iterator[Entry]:
    kind = rule.kind
    neutral = Entry(rule, kind, rule.account, None, known.code, value)
    if not kind.is_cost:
        yield replace(neutral, value=-value)
        return
    if rule.by_cost_centre:
        parts = split(value, [share.days for share in known.shares], unit)
        for share, part in zip(known.shares, parts, strict=True):
            if part:
                yield replace(neutral, cost_centre=share.cost_centre, value=part)
    else:
        yield neutral
    if rule.owed is not None:
        yield replace(neutral, account=rule.owed, value=-value)


def _batch(currency: str, rules: PayrollRules, entries: Sequence[Entry]) -> tuple[Batch, list[str]]:
    people = {entry.person for entry in entries}
    folding = Folding(rules.small_cost_centres)
    sums: dict[tuple[Kind, str, str | None, str], Decimal] = defaultdict(Decimal)
    for entry in folding.folded(entries, rules.lines):
        person = entry.person if entry.style(rules.lines) == "person" else ""
        sums[entry.kind, entry.account, entry.cost_centre, person] += entry.value
    lines = [_line(key, value) for key, value in sums.items() if value]
    lines.sort(key=lambda line: (_order(line), line.account, line.cost_centre or "", line.employee))
    return Batch(currency, tuple(lines), len(people)), folding.problems


def _order(line: Line) -> tuple[bool, int]:
    return line.credit > NOTHING, list(Kind).index(line.kind)


def _line(key: tuple[Kind, str, str | None, str], value: Decimal) -> Line:
    kind, account, centre, person = key
    if value > NOTHING:
        return Line(kind, account, centre, debit=value, employee=person)
    return Line(kind, account, centre, credit=-value, employee=person)


def _wrong_sums(batches: Sequence[Batch]) -> list[str]:
    if not batches:
        return ["the run has nothing to post"]
    return [
        f"the {batch.currency} batch does not balance; nothing of it is sent"
        for batch in batches
        if batch.debit != batch.credit or len(batch.lines) < FEWEST_LINES
    ]
