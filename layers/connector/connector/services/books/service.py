"""One company's labour cost in one month, compared; what was seen is remembered for the next time.

Nothing in Visma is changed, and there is no verdict where what was read does not add up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from connector.domain.books.causes.candidates import suspects
from connector.domain.books.causes.explanation import Explanation, explain
from connector.domain.books.comparison import Place
from connector.domain.books.expected import period_of
from connector.domain.books.memory import BooksSeen
from connector.domain.books.month import MonthBooks, month_books, newest_of
from connector.domain.books.moves import (
    ClassChange,
    DepartmentMove,
    class_changes,
    department_moves,
)
from connector.domain.books.posted import Balance, Entry
from connector.domain.books.subaccounts import Places
from connector.domain.catalogue import Catalogue
from connector.domain.errors import ConfigurationError
from connector.domain.mapping.model import CompanyRules
from connector.domain.planning import Outcome
from connector.domain.report.period import Month
from connector.ports.books.general_ledger import GeneralLedger, GeneralLedgers
from connector.ports.books.memory import BooksMemory
from connector.ports.clock import Clock
from connector.ports.ledger import AuditLog, Ledger
from connector.services.books.allowance import Allowance
from connector.services.books.reading import BooksReader
from connector.services.books.staff import staff_of

MOST_BATCHES = 20
"""So many batches are read whole to explain one cost centre."""


@dataclass(frozen=True, slots=True)
class Books:
    """The service behind the labour cost of the month-end report."""

    ledgers: GeneralLedgers
    ledger: Ledger
    audit: AuditLog
    memory: BooksMemory
    clock: Clock
    cost_allocation: bool

    def compare(
        self, company: str, month: Month, rules: CompanyRules, catalogue: Catalogue
    ) -> MonthBooks:
        """Expected beside posted, once.

        Raises:
            ConfigurationError: the mapping has no labour settings for the company; the period, the
                ledger or its accounts are not there; or the connector may not read them.
            RetryableError: Visma cannot answer, has too few calls left, or its books do not add up.
        """
        return self._read(company, month, rules, catalogue, self.ledgers.company(company))

    def explain(
        self, company: str, month: Month, rules: CompanyRules, catalogue: Catalogue, place: Place
    ) -> tuple[MonthBooks, Explanation]:
        """Why one cost centre differs; raises as `compare` does."""
        general_ledger = self.ledgers.company(company)
        books = self._read(company, month, rules, catalogue, general_ledger)
        numbers = suspects(books, place)[:MOST_BATCHES]
        Allowance(company, general_ledger, books.labour.most_calls).ask(len(numbers))
        batches: dict[str, list[Entry]] = {}
        for number in numbers:
            for entry in general_ledger.batch(number) or ():
                batches.setdefault(entry.name, []).append(entry)
        return books, explain(books, place, batches)

    def remember(self, books: MonthBooks) -> None:
        """Keeps what was seen, so that the next report of the month says what moved since."""
        seen = self.memory.seen(books.company)
        newest = newest_of(books.posted.balances)
        after = seen.after(period_of(books.month), newest, books.staff.departments)
        self.memory.remember(books.company, after)

    def department_moves(self, books: MonthBooks) -> list[DepartmentMove]:
        """The departments that book elsewhere than at the last report."""
        before = self.memory.seen(books.company).departments
        return list(department_moves(before, books.staff.departments, books))

    def class_changes(self, books: MonthBooks) -> list[ClassChange]:
        """Whose class changed within the month."""
        since = datetime.combine(books.month.first, time(), UTC)
        until = books.month.last.isoformat()
        rows = self.audit.of_outcome(Outcome.UPDATED.value, since)
        return list(class_changes((row for row in rows if row["day"] <= until), books))

    def _read(
        self,
        company: str,
        month: Month,
        rules: CompanyRules,
        catalogue: Catalogue,
        general_ledger: GeneralLedger,
    ) -> MonthBooks:
        if rules.labour is None:
            raise ConfigurationError(
                f"the mapping says nothing of the labour accounts of {company}: see"
                " docs/mapping.md#labour"
            )
        staff = staff_of(
            self.ledger, company, catalogue, self.clock, cost_allocation=self.cost_allocation
        )
        places = Places.of(_known_places(rules, catalogue))
        reader = BooksReader(
            company, general_ledger, rules.labour, places, rules.cost_centre_segment
        )
        chart, posted = reader.read(period_of(month))
        books = month_books(company, month, rules.labour, chart, posted, staff)
        return with_moved(books, self.memory.seen(company))


def with_moved(books: MonthBooks, seen: BooksSeen) -> MonthBooks:
    """The same with what changed since the last report of the month."""
    newest = seen.newest.get(period_of(books.month))
    if newest is None:
        return books
    moved = tuple(_since(books.posted.balances, newest))
    return replace(books, moved=moved, is_first=False)


def _since(balances: tuple[Balance, ...], newest: str) -> Iterator[Balance]:
    return (one for one in balances if one.modified > newest)


def _known_places(rules: CompanyRules, catalogue: Catalogue) -> Iterator[str | None]:
    """The cost centres that a rule of the mapping or a department of Visma names."""
    yield from (row.cost_centre for row in rules.written.departments)
    yield from (each.cost_centre for each in catalogue.departments.values())
