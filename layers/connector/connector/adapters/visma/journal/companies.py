"""The journals of all companies: each over the sign-in and the budget that its company has."""

from __future__ import annotations

from connector.adapters.visma.journal.client import VismaJournal
from connector.adapters.visma.targets import VismaTargets


class VismaJournals:
    """The journals of the companies of Visma.net ERP."""

    def __init__(self, targets: VismaTargets) -> None:
        self._targets = targets
        self._journals: dict[str, VismaJournal] = {}

    def of(self, company: str) -> VismaJournal:
        """The journal of one company of the mapping.

        Raises:
            ConfigurationError: the Visma secret has no such company.
        """
        if company not in self._journals:
            way = self._targets.way_to(company)
            self._journals[company] = VismaJournal(company, way.http, way.headers)
        return self._journals[company]
