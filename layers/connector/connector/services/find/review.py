"""The daily review: the rejected are tried again, and employees edited in Visma are checked."""

from __future__ import annotations

from dataclasses import dataclass

from connector.domain.changes import Cause
from connector.domain.errors import ConfigurationError, RetryableError
from connector.domain.mapping.model import MappingFile
from connector.domain.planning import Outcome
from connector.ports.ledger import Ledger
from connector.ports.visma import Targets
from connector.services.find.batch import Batch, Summary
from connector.services.find.drift import drifted
from connector.services.shared.guarding import ChangeGuard


@dataclass(frozen=True, slots=True)
class DailyReview:
    """Finds the people with whom something is open although Rippling says nothing new of them."""

    ledger: Ledger
    targets: Targets
    guard: ChangeGuard

    def read(self, mapping: MappingFile) -> Batch:
        """The rejected and the drifted people of every company that Visma answers for."""
        rejected = self._rejected(mapping)
        edited: set[str] = set()
        problems: list[str] = []
        for company in mapping.companies:
            try:
                edited |= drifted(self.targets.company(company), self.ledger.links(company))
            except (RetryableError, ConfigurationError) as error:
                problems.append(f"{company}: {error}")
        # Someone who is both is queued once: the writer reads the employee in either case.
        again = self.ledger.persons(rejected - edited)
        candidates = self.guard.assess_known(again, Cause.SWEEP, mapping)
        candidates += self.guard.assess_known(self.ledger.persons(edited), Cause.DRIFT, mapping)
        return Batch(tuple(candidates), report=Summary(drifted=len(edited), problems=problems))

    def _rejected(self, mapping: MappingFile) -> set[str]:
        return {
            link.person_id
            for company in mapping.companies
            for link in self.ledger.links(company)
            if link.outcome is Outcome.REJECTED and not link.is_dropped
        }
