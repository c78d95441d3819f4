"""Which of the workers read differ from what the ledger knows of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connector.domain.changes import Cause
from connector.domain.errors import ConfigurationError, RetryableError
from connector.domain.mapping.model import EVERYBODY, MappingFile
from connector.domain.people import Worker, fingerprint
from connector.ports.ledger import Ledger
from connector.services.find.batch import Batch, Summary
from connector.services.shared.catalogues import Catalogues
from connector.services.shared.guarding import ChangeGuard

NO_LEGAL_ENTITY = (
    "Rippling does not show the legal entity of some workers (the API tier or the scope"
    " legal-entities.read is missing, or it is the Platform API, which has none): whoever has a"
    ' company stays there, and new people go to the company that takes "?", or wait'
)


@dataclass(frozen=True, slots=True)
class WorkerComparison:
    """Compares workers by their fingerprints."""

    ledger: Ledger
    catalogues: Catalogues
    guard: ChangeGuard

    def changed(self, workers: Sequence[Worker], cause: Cause, mapping: MappingFile) -> Batch:
        """Those of the workers whose fingerprint is not the one in the ledger."""
        known = self.ledger.fingerprints({worker.person_id for worker in workers})
        changed = [
            worker
            for worker in workers
            if known.get(worker.person_id, {}).get(worker.id) != fingerprint(worker)
        ]
        read = Batch(report=Summary(workers_read=len(workers)))
        if not changed:
            return read
        problems = [*legal_entity_problems(changed, mapping), *self._warm_catalogues(mapping)]
        candidates = self.guard.assess(changed, cause, mapping)
        return read + Batch(tuple(candidates), report=Summary(problems=problems))

    def _warm_catalogues(self, mapping: MappingFile) -> Iterator[str]:
        """Reads stale catalogues once here, so that not every writer has to; what went wrong."""
        for company, rules in mapping.companies.items():
            try:
                self.catalogues.current(company, rules)
            except (RetryableError, ConfigurationError) as error:
                yield f"{company}: {error}"


def legal_entity_problems(workers: Sequence[Worker], mapping: MappingFile) -> list[str]:
    """Whether workers are routed without the legal entity that the mapping asks for."""
    named = any(set(rules.legal_entities) - {EVERYBODY} for rules in mapping.companies.values())
    hidden = any(not worker.facts.legal_entity.name for worker in workers)
    return [NO_LEGAL_ENTITY] if named and hidden else []
