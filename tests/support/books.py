"""Nordfab with its books, in memory: the people are loaded before the month's postings begin.

It is the middle of May 2025. April and May are posted out of the people as they are then, so that
whatever happens afterwards happened within the posted month.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from connector.bootstrap.services import catalogues_of
from connector.domain.books.causes.explanation import Explanation
from connector.domain.books.comparison import Place
from connector.domain.books.month import MonthBooks
from connector.domain.report.period import Month
from connector.services.books.service import Books
from tests.simulator import nordfab_books, nordfab_rippling, nordfab_visma
from tests.simulator.books.differences import Difference, Differences, Name
from tests.simulator.nordfab import nordfab_mapping
from tests.support.clock import HandClock
from tests.support.world import World

MAY = Month(2025, 5)
LABOUR = {
    "norway": """\
    labour:
      chart: norway
      holiday_pay_percent: 12
      contribution_percent: 14.1
      pension_percent: 2
      hours_a_week: 40
      tolerance_amount: 100
      currencies: {EUR: 11.40}
""",
    "sweden": """\
    labour:
      chart: sweden
      holiday_pay_percent: 12
      contribution_percent: 31.42
      pension_percent: 4.5
      hours_a_week: 40
      tolerance_amount: 100
      currencies: {EUR: 11.40}
""",
}


def with_labour(mapping: str, parts: dict[str, str] | None = None) -> str:
    """A mapping of Nordfab with these settings for its companies."""
    given = LABOUR if parts is None else parts
    for company, part in given.items():
        before, head, rest = mapping.partition(f"  {company}:\n")
        mapping = f"{before}{head}{part}{rest}" if head else mapping
    return mapping


@dataclass
class BooksWorld:
    """Nordfab with its books; `differences` plants what can go wrong."""

    world: World
    differences: Differences

    @property
    def books(self) -> Books:
        """The service, over the same tables and vendors."""
        return self.world.operator.desk.books.books

    def plant(self, name: Name, company: str = "norway") -> Difference:
        """Plants a difference in May, and lets the connector see it on the sixteenth."""
        planted = self.differences.plant_difference(name, company, "202505")
        self.see()
        return planted

    def see(self) -> None:
        """The connector looks at everyone on the sixteenth of May."""
        self.world.clock.set(datetime(2025, 5, 16, 9, 0, tzinfo=UTC))
        self.world.tick(full_sweep=True)
        self.world.drain()

    def month_end(self) -> None:
        """It is the second of June."""
        self.world.clock.set(datetime(2025, 6, 2, 9, 0, tzinfo=UTC))

    def compare(self, company: str = "norway", month: Month = MAY) -> MonthBooks:
        """Expected beside posted."""
        rules = self.world.mappings.load().companies[company]
        catalogue = catalogues_of(self.world.adapters).current(company, rules)
        return self.books.compare(company, month, rules, catalogue)

    def explain(self, place: Place, company: str = "norway") -> Explanation:
        """Why a cost centre differs in May."""
        rules = self.world.mappings.load().companies[company]
        catalogue = catalogues_of(self.world.adapters).current(company, rules)
        return self.books.explain(company, MAY, rules, catalogue, place)[1]

    def number_of(self, worker_id: str | None) -> str:
        """The number by which a worker is named."""
        return str(self.world.rippling.worker(str(worker_id))["number"])


@contextmanager
def a_books_world(
    people: int = 80, companies: int = 1, parts: dict[str, str] | None = None, **more: Any
) -> Iterator[BooksWorld]:
    """Nordfab with two posted months, everyone in step."""
    clock = HandClock(datetime(2025, 5, 15, 9, 0, tzinfo=UTC))
    rippling = nordfab_rippling(clock=clock, people=people, companies=companies)
    visma = nordfab_visma(companies=companies, clock=clock)
    with rippling, visma:
        mapping = with_labour(nordfab_mapping(companies), parts)
        world = World(rippling, visma, clock, companies, mapping_text=mapping, **more)
        world.first_load()
        differences = nordfab_books(rippling, visma, months=2, until=date(2025, 6, 2))
        yield BooksWorld(world, differences)
