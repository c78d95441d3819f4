"""What the people of each cost centre are expected to cost in a month, and what may be shown of it.

The amount of fewer than three people is shown nowhere, and cannot be had by subtraction: where the
hidden groups are fewer than three people in all, the next larger one is hidden with them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from connector.domain.records.allocation import Allocation
from connector.domain.records.few_people import FEWEST, put_together
from connector.domain.records.ledger import EmployeeLink
from connector.domain.report.period import MONTHS, Month
from connector.domain.report.sheet import NO_COST_CENTRE, Column, Section, Table, Unit
from connector.domain.status.wording import counted

KEY, TITLE = "expected-cost", "Expected labour cost"
WHOLE = Decimal(1)
COLUMNS = (
    Column("Cost centre", Unit.CODE),
    Column("People", Unit.COUNT),
    Column("Cost", Unit.MONEY, is_bar=True),
)
NOTE = (
    "A twelfth of yearly pay, by the days of the month on which a person was there; of who is paid"
    " by the hour, as Rippling makes a year of it. Without holiday pay, employer's contribution and"
    f" pension. Nothing is shown of fewer than {FEWEST} people, nor what it would follow from."
)


@dataclass(frozen=True, slots=True)
class Group:
    """The people of one cost centre who are paid in one currency; what they cost in the month."""

    centre: str
    people: frozenset[str]
    amount: Decimal = field(repr=False)


@dataclass(frozen=True, slots=True)
class Costs:
    """The groups of each company and currency, and how many people have no pay that is known."""

    groups: Mapping[tuple[str, str], Sequence[Group]]
    without_pay: Mapping[str, int]


def costs_of(links: Iterable[EmployeeLink], month: Month) -> Costs:
    """What the ledger knows of these people, each stay by its days within the month."""
    amounts: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    people: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    without: dict[str, int] = defaultdict(int)
    for link in links:
        own = list(_parts(link, month))
        for currency, centre, amount in own:
            amounts[link.company, currency, centre] += amount
            people[link.company, currency, centre].add(link.person_id)
        if link.is_active and not own:
            without[link.company] += 1
    groups: dict[tuple[str, str], list[Group]] = defaultdict(list)
    for (company, currency, centre), amount in sorted(amounts.items()):
        who = frozenset(people[company, currency, centre])
        groups[company, currency].append(Group(centre, who, amount))
    return Costs(groups, without)


def _parts(link: EmployeeLink, month: Month) -> Iterator[tuple[str, str, Decimal]]:
    """Currency, cost centre and amount of each stay that is paid and touches the month."""
    if link.allocation is None:
        return
    for stay in (*link.allocation.earlier, link.allocation):
        part = month.share(stay.valid_from, stay.ended_on)
        yearly = Decimal(stay.yearly_cost or 0)
        if part and yearly:  # who costs nothing hides nobody
            yield stay.currency or "", _centre(stay), yearly / MONTHS * part


def _centre(stay: Allocation) -> str:
    return stay.cost_centre or NO_COST_CENTRE


def hidden(groups: Iterable[Group]) -> frozenset[str]:
    """The cost centres whose amount may not be shown beside the others and their sum."""
    return put_together({group.centre: group.people for group in groups})


def expected_cost(costs: Costs, companies: Collection[str], elsewhere: Sequence[str]) -> Section:
    """A table for each company and currency, with the sum where nothing follows from it.

    The companies `elsewhere` stand beside their ledger, and nowhere else: from two sums of almost
    the same people one could tell what the others cost.
    """
    tables = tuple(
        _table(company, currency, groups)
        for (company, currency), groups in costs.groups.items()
        if company in companies
    )
    without = [
        f"{company}: {counted(costs.without_pay[company], 'person', 'people')} without a pay that"
        " is known, or with none."
        for company in companies
        if costs.without_pay.get(company)
    ]
    beside = [f"{', '.join(elsewhere)}: beside what is posted."] if elsewhere else []
    return Section(KEY, TITLE, tables, note=" ".join([NOTE, *without, *beside]))


def not_kept() -> Section:
    """The section of a stack that stores no pay."""
    note = "This stack stores no pay (`CostAllocation` is false), so that no cost is expected."
    return Section(KEY, TITLE, note=note)


def _table(company: str, currency: str, groups: Sequence[Group]) -> Table:
    kept_back = hidden(groups)
    rows = (
        (one.centre, len(one.people), None if one.centre in kept_back else rounded(one.amount))
        for one in groups
    )
    everyone = frozenset[str]().union(*(group.people for group in groups))
    whole = rounded(sum((group.amount for group in groups), Decimal()))
    return Table(
        f"{company}-{currency}",
        f"{company}: expected cost of the month",
        COLUMNS,
        tuple(rows),
        currency=currency,
        totals=("All", len(everyone), whole if len(everyone) >= FEWEST else None),
    )


def rounded(amount: Decimal) -> Decimal:
    """An amount without what is less than a unit of its currency."""
    return amount.quantize(WHOLE, ROUND_HALF_UP)
