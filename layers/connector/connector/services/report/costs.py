"""The section about money, where the stack stores pay."""

from __future__ import annotations

from dataclasses import dataclass

from connector.domain.report import costs
from connector.domain.report.period import Period
from connector.domain.report.sheet import Section
from connector.services.report.readings import Readings


@dataclass(frozen=True, slots=True)
class ExpectedCost:
    """From the cost allocation in the ledger; neither vendor is asked for pay.

    Only of companies whose mapping does not ask for it beside their ledger.
    """

    readings: Readings
    is_kept: bool
    key: str = costs.KEY
    title: str = costs.TITLE

    def section(self, period: Period) -> Section:
        """What the people of each cost centre are expected to cost."""
        if not self.is_kept:
            return costs.not_kept()
        rules = self.readings.mapping().companies
        covered = self.readings.companies(period)
        companies = [company for company in covered if rules[company].labour is None]
        elsewhere = [company for company in covered if company not in companies]
        links = (link for company in companies for link in self.readings.costs(company))
        return costs.expected_cost(costs.costs_of(links, period.month), companies, elsewhere)
