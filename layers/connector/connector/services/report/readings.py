"""What the sections of one report are made of: each part is read once, whoever asks for it.

A part that cannot be read stays so for the whole report: a vendor that is down is not asked again
by each section.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar, cast

from connector.domain.catalogue import Catalogue
from connector.domain.foresight.plan import Plan
from connector.domain.mapping.model import MappingFile
from connector.domain.records.ledger import EmployeeLink, Person
from connector.domain.report.happened import Happened
from connector.domain.report.period import Month, Period
from connector.ports.ledger import AuditLog
from connector.ports.state import Mappings, MappingVersions
from connector.services.foresee.belonging import Belongings, belongings
from connector.services.foresee.foresight import Foresight
from connector.services.foresee.snapshot import Snapshot
from connector.services.shared.catalogues import Catalogues
from connector.services.shared.companies import companies_with_rows
from connector.services.shared.costs import costs_in_time

T = TypeVar("T")

MOST_DAYS_SINCE = 92
"""So many days after a month the moves made since are looked for."""


@dataclass(slots=True)
class Readings:
    """Reads for one report and is thrown away with it.

    Every method raises what stood in the way of the reading, each time it is asked.
    """

    foresight: Foresight
    mappings: Mappings
    versions: MappingVersions
    catalogues: Catalogues
    audit: AuditLog
    _kept: dict[object, Any] = field(default_factory=dict)

    def mapping(self) -> MappingFile:
        """The mapping in force."""
        return self._once("mapping", self.mappings.load)

    def companies(self, period: Period) -> list[str]:
        """The companies that the report is about."""
        return [company for company in self.mapping().companies if period.covers(company)]

    def snapshot(self) -> Snapshot:
        """Both systems and the ledger, everyone read once."""
        return self._once("snapshot", lambda: self.foresight.snapshots.read(self.mapping()))

    def belongings(self, day: date | None = None) -> Belongings:
        """Where everyone belongs, now or on a day."""
        return self._once(
            ("belongings", day),
            lambda: belongings(self.foresight, self.snapshot(), self.mapping(), day),
        )

    def plan(self) -> Plan:
        """What would be done about everyone now."""
        return self._once(
            "plan", lambda: self.foresight.of_snapshot(self.snapshot(), self.mapping())
        )

    def rows(self, month: Month) -> list[Happened]:
        """The rows of the audit of a month so far, oldest first."""
        today = self.foresight.clock.now().date()
        days = [day for day in month.days if day <= today]
        return self._once(
            ("rows", month),
            lambda: [Happened.of(row) for day in days for row in self.audit.of_day(day)],
        )

    def rows_after(self, month: Month) -> list[Happened]:
        """The rows of the audit since a month, as far back as a late report has any use for."""
        today = self.foresight.clock.now().date()
        span = (today - month.last).days
        days = [month.last + timedelta(days=n + 1) for n in range(min(span, MOST_DAYS_SINCE))]
        return self._once(
            ("rows after", month),
            lambda: [Happened.of(row) for day in days for row in self.audit.of_day(day)],
        )

    def catalogue(self, company: str) -> Catalogue:
        """What a company of Visma has."""
        rules = self.mapping().companies[company]
        return self._once(("catalogue", company), lambda: self.catalogues.current(company, rules))

    def open_links(self, period: Period) -> list[EmployeeLink]:
        """The people with whom something is open, in the mapping's companies and those it lost.

        From the ledger alone: neither vendor need answer, nor the mapping make sense.
        """
        companies = companies_with_rows(self.foresight.ledger, self.mappings)
        return [
            link
            for company in companies
            if period.covers(company)
            for link in self.foresight.ledger.open_links(company)
        ]

    def costs(self, company: str) -> list[EmployeeLink]:
        """The people of a company with what they cost in clear.

        Raises:
            RetryableError: there is no time left to decrypt all of it.
        """
        ledger, clock = self.foresight.ledger, self.foresight.clock
        return self._once(("costs", company), lambda: list(costs_in_time(ledger, company, clock)))

    def persons(self, ids: Collection[str]) -> Iterator[Person]:
        """The rows of some people."""
        return self.foresight.ledger.persons(ids)

    def _once(self, key: object, read: Callable[[], T]) -> T:
        if key not in self._kept:
            try:
                self._kept[key] = read()
            except Exception as error:  # noqa: BLE001 kept, and raised to whoever asks
                self._kept[key] = _Failed(error)
        kept = self._kept[key]
        if isinstance(kept, _Failed):
            raise kept.error
        return cast("T", kept)


@dataclass(frozen=True, slots=True)
class _Failed:
    """What stood in the way of a reading."""

    error: Exception
