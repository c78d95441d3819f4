"""Makes the section about labour cost: a company that cannot be read hides no other."""

from __future__ import annotations

from dataclasses import dataclass

from connector.domain.books import section as labour_section
from connector.domain.books.section import Found, posted_cost
from connector.domain.errors import ConnectorError
from connector.domain.report.period import Period
from connector.domain.report.sheet import Section
from connector.services.books.service import Books
from connector.services.report.readings import Readings


@dataclass(frozen=True, slots=True)
class PostedCost:
    """Expected beside posted, in every company whose mapping asks for it."""

    readings: Readings
    books: Books
    key: str = labour_section.KEY
    title: str = labour_section.TITLE

    def section(self, period: Period) -> Section:
        """The labour cost of a month; what was seen is remembered for the next report."""
        found = [self._of(company, period) for company in self.readings.companies(period)]
        for one in found:
            if one.judged:
                self.books.remember(one.judged)
        return posted_cost(found, period)

    def _of(self, company: str, period: Period) -> Found:
        rules = self.readings.mapping().companies[company]
        if rules.labour is None:
            return Found(company)
        try:
            catalogue = self.readings.catalogue(company)
            month = self.books.compare(company, period.month, rules, catalogue)
            departments = tuple(self.books.department_moves(month))
            classes = tuple(self.books.class_changes(month))
        except ConnectorError as error:
            return Found(company, problem=str(error))
        return Found(company, month, "", departments, classes)
