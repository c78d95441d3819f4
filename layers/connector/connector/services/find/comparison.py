"""Which of the workers read differ from what the ledger knows of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connector.domain.changes import Cause
from connector.domain.errors import ConfigurationError, RetryableError
from connector.domain.mapping.asked import facts_missed
from connector.domain.mapping.model import MappingFile
from connector.domain.people import Worker, fingerprint
from connector.ports.ledger import Ledger
from connector.services.find.batch import Batch, Summary
from connector.services.shared.catalogues import Catalogues
from connector.services.shared.guarding import ChangeGuard


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
        missed = facts_missed(workers, mapping)
        read = Batch(report=Summary(workers_read=len(workers), facts_unknown=missed))
        if not changed:
            return read
        problems = list(self._warm_catalogues(mapping))
        candidates = self.guard.assess(changed, cause, mapping)
        return read + Batch(tuple(candidates), report=Summary(problems=problems))

    def _warm_catalogues(self, mapping: MappingFile) -> Iterator[str]:
        """Reads stale catalogues once here, so that not every writer has to; what went wrong."""
        for company, rules in mapping.companies.items():
            try:
                self.catalogues.current(company, rules)
            except (RetryableError, ConfigurationError) as error:
                yield f"{company}: {error}"
