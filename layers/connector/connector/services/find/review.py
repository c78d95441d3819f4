"""The daily review: the rejected are tried again, and employees edited in Visma are checked."""

from __future__ import annotations

from connector.domain.changes import Cause
from connector.domain.errors import ConfigurationError, RetryableError
from connector.domain.mapping.model import MappingFile
from connector.domain.planning import Outcome
from connector.ports.ledger import Ledger
from connector.ports.visma import Targets
from connector.services.find.batch import Batch, Summary
from connector.services.find.drift import drifted
from connector.services.shared.guarding import ChangeGuard


class DailyReview:
    """Finds the people with whom something is open although Rippling says nothing new of them."""

    def __init__(self, ledger: Ledger, targets: Targets, guard: ChangeGuard) -> None:
        self._ledger = ledger
        self._targets = targets
        self._guard = guard

    def read(self, mapping: MappingFile) -> Batch:
        """The rejected and the drifted people of every company that Visma answers for."""
        rejected = {
            link.person_id
            for company in mapping.companies
            for link in self._ledger.links(company)
            if link.outcome is Outcome.REJECTED and not link.is_dropped
        }
        edited: set[str] = set()
        problems: list[str] = []
        for company in mapping.companies:
            try:
                edited |= drifted(self._targets.company(company), self._ledger.links(company))
            except (RetryableError, ConfigurationError) as error:
                problems.append(f"{company}: {error}")
        again = self._ledger.persons(rejected - edited)
        candidates = self._guard.assess_known(again, Cause.SWEEP, mapping)
        persons = self._ledger.persons(edited)
        candidates += self._guard.assess_known(persons, Cause.DRIFT, mapping)
        return Batch(tuple(candidates), report=Summary(drifted=len(edited), problems=problems))
