"""The people of a company with what they cost, day by day, out of the ledger of the connector."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from connector.domain.books.expected import Employed, Stay
from connector.domain.books.month import Staff
from connector.domain.catalogue import Catalogue
from connector.domain.facts import Truth, says, shown
from connector.domain.people import Facts
from connector.domain.planning import Outcome
from connector.domain.records.allocation import Allocation
from connector.domain.records.ledger import EmployeeLink
from connector.ports.clock import Clock
from connector.ports.ledger import Ledger
from connector.services.shared.costs import costs_in_time

HOURLY = "HOURLY"
DAY = timedelta(days=1)


def staff_of(
    ledger: Ledger, company: str, catalogue: Catalogue, clock: Clock, *, cost_allocation: bool
) -> Staff:
    """Everybody who has, or should have, an employee in a company.

    Raises:
        ConfigurationError: what people cost cannot be decrypted.
        RetryableError: the table cannot be read, or there is no time to decrypt all of it.
    """
    costs = costs_in_time(ledger, company, clock) if cost_allocation else ledger.links(company)
    links = list(costs)
    facts = {
        person.id: Facts.from_json(person.facts)
        for person in ledger.persons({link.person_id for link in links})
    }
    unknown = Facts.from_json({})
    people = [_employed(link, facts.get(link.person_id, unknown)) for link in links]
    waiting = [link for link in links if link.outcome is Outcome.WAITING]
    return Staff(
        tuple(person for person in people if person.stays),
        tuple(sorted(number_of(link) for link in waiting)),
        catalogue.departments,
        cost_allocation,
    )


def number_of(link: EmployeeLink) -> str:
    """What somebody is called in Visma, or is to be; else the worker's id."""
    return link.employee_code or link.expected_code or link.worker_id or link.person_id


def _employed(link: EmployeeLink, facts: Facts) -> Employed:
    is_hourly = says(facts.employment_type.period, HOURLY) is Truth.YES
    return Employed(number_of(link), tuple(_stays(link, facts)), is_hourly)


def _stays(link: EmployeeLink, facts: Facts) -> Iterator[Stay]:
    """Where somebody was, the earliest first; none of them begins before the last one has ended."""
    allocation = link.allocation
    if allocation is None:
        if link.is_active:
            started, ended = shown(facts.start_date), shown(facts.end_date)
            yield Stay(branch_of(link, None), None, started, ended)
        return
    last: date | None = None
    for one in _known(allocation, shown(facts.start_date)):
        first = max(filter(None, (one.valid_from, last and last + DAY)), default=None)
        last = one.ended_on or last
        if first is None or one.ended_on is None or one.ended_on >= first:
            yield _stay(link, one, first)


def _known(allocation: Allocation, begun: date | None) -> list[Allocation]:
    """What held, the earliest first; what was known first is taken to have held from the start."""
    first = allocation.valid_from
    if not allocation.earlier and begun and first and begun < first:
        return [replace(allocation, valid_from=begun)]
    return [*allocation.earlier, allocation]


def _stay(link: EmployeeLink, allocation: Allocation, first: date | None) -> Stay:
    return Stay(
        branch_of(link, allocation),
        allocation.cost_centre,
        first,
        allocation.ended_on,
        Decimal(allocation.yearly_cost) if allocation.yearly_cost else None,
        allocation.currency,
    )


def branch_of(link: EmployeeLink, allocation: Allocation | None) -> str:
    """The branch of a stay; where it was not kept, that of the employee."""
    kept = allocation.branch if allocation else None
    return kept or (link.written or {}).get("branch", "")
