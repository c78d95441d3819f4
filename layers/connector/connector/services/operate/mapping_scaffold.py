"""The skeleton of a mapping file: both systems are read, and nothing is changed or remembered."""

from __future__ import annotations

from dataclasses import dataclass

from connector.domain.catalogue import EVERY_PART, Catalogue
from connector.domain.errors import ConfigurationError
from connector.domain.mapping.source.scaffold import Offered, scaffold
from connector.ports.clock import Clock
from connector.ports.rippling import Source
from connector.ports.secrets import Secrets
from connector.ports.state import Mappings
from connector.ports.visma import Targets
from connector.services.operate.mapping_validation import all_of

FIRST_SEGMENT = 1


@dataclass(frozen=True, slots=True)
class MappingScaffold:
    """The service behind `connector mappings scaffold`."""

    source: Source
    targets: Targets
    secrets: Secrets
    mappings: Mappings
    clock: Clock

    def text(self) -> str:
        """The file, with a section for each company in the Visma secret.

        Raises:
            ConfigurationError: a secret is unusable.
            RetryableError: one of the systems does not answer.
        """
        named = self.secrets.visma(fresh=True)
        companies = {company: self._catalogue(company) for company in named}
        everyone = (worker.facts for page in self.source.everyone() for worker in page.workers)
        there = all_of(self.source.departments), all_of(self.source.locations)
        return scaffold(Offered.of(companies, *there, everyone))

    def _catalogue(self, company: str) -> Catalogue:
        """What a company has, past the cache: its cost centres may be those of another segment."""
        read = self.targets.company(company).catalogue(EVERY_PART, self._segment(company))
        return Catalogue().merged(read, self.clock.now())

    def _segment(self, company: str) -> int:
        try:
            rules = self.mappings.load().companies.get(company)
        except ConfigurationError:  # most often there is none yet
            rules = None
        return rules.cost_centre_segment if rules else FIRST_SEGMENT
