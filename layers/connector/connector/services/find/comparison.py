"""Which of the workers read differ from what the ledger knows of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connector.domain.changes import Cause
from connector.domain.errors import ConfigurationError, RetryableError
from connector.domain.mapping.asked import facts_missed
from connector.domain.mapping.model import MappingFile
from connector.domain.people import Worker, fingerprint
from connector.domain.records.ledger import Person
from connector.ports.ledger import Ledger
from connector.services.find.batch import Batch, Summary
from connector.services.shared.catalogues import Catalogues
from connector.services.shared.guarding import ChangeGuard
from connector.services.shared.outlook import Outlook

NOTHING: Mapping[str, str] = {}


@dataclass(slots=True)
class Everyone:
    """The people of a full read, each as soon as all employments the ledger knows of have come."""

    partly: dict[str, list[Worker]] = field(default_factory=lambda: defaultdict(list))

    def completed_by(
        self, workers: Sequence[Worker], known: Mapping[str, Mapping[str, str]]
    ) -> dict[str, list[Worker]]:
        """The people of whom nothing more is to be expected after these workers."""
        for worker in workers:
            self.partly[worker.person_id].append(worker)
        return {
            person_id: self.partly.pop(person_id)
            for person_id in {worker.person_id for worker in workers}
            if {each.id for each in self.partly[person_id]} >= set(known.get(person_id, ()))
        }

    def rest(self) -> dict[str, list[Worker]]:
        """At the end of a whole read: the people some employment of whom is there no more."""
        rest, self.partly = self.partly, defaultdict(list)
        return dict(rest)


@dataclass(frozen=True, slots=True)
class WorkerComparison:
    """Compares workers by their fingerprints, and people by where they would be today."""

    ledger: Ledger
    catalogues: Catalogues
    guard: ChangeGuard

    def outlook(self, mapping: MappingFile) -> Outlook:
        """What a whole read is judged by."""
        return self.guard.outlook(mapping)

    def changed(self, workers: Sequence[Worker], cause: Cause, outlook: Outlook) -> Batch:
        """Those of the workers whose fingerprint is not the one in the ledger."""
        known = self.ledger.fingerprints({worker.person_id for worker in workers})
        return self._differing(workers, known, cause, outlook)

    def changed_or_otherwise(
        self, workers: Sequence[Worker], everyone: Everyone, outlook: Outlook
    ) -> Batch:
        """The same for a page of a full read, and whoever would end otherwise than the ledger says.

        The fingerprint tells that a row has been dealt with, and not that it was dealt with well.
        """
        persons = list(self.ledger.persons({worker.person_id for worker in workers}))
        known = {person.id: self.ledger.dealt_with(person) for person in persons}
        batch = self._differing(workers, known, Cause.SWEEP, outlook, persons)
        queued = {candidate.person_id for candidate in batch.candidates}
        whole = everyone.completed_by(workers, known)
        unchanged = (person for person in persons if person.id in whole.keys() - queued)
        found = self.guard.otherwise(whole, unchanged, Cause.SWEEP, outlook)
        return batch + Batch(tuple(found))

    def otherwise(self, employments: Mapping[str, Sequence[Worker]], outlook: Outlook) -> Batch:
        """Whoever of these people would end otherwise today than the ledger has them."""
        persons = self.ledger.persons(employments)
        return Batch(tuple(self.guard.otherwise(employments, persons, Cause.SWEEP, outlook)))

    def _differing(
        self,
        workers: Sequence[Worker],
        known: Mapping[str, Mapping[str, str]],
        cause: Cause,
        outlook: Outlook,
        persons: Iterable[Person] | None = None,
    ) -> Batch:
        rows = {fingerprint(worker, self.ledger.key): worker for worker in workers}
        changed = {
            row: worker
            for row, worker in rows.items()
            if known.get(worker.person_id, NOTHING).get(worker.id) != row
        }
        missed = facts_missed(workers, outlook.mapping)
        read = Batch(report=Summary(workers_read=len(workers), facts_unknown=missed))
        if not changed:
            return read
        problems = list(self._warm_catalogues(outlook))
        if persons is None:
            persons = self.ledger.persons({worker.person_id for worker in changed.values()})
        candidates = self.guard.assess(changed, persons, cause, outlook)
        return read + Batch(tuple(candidates), report=Summary(problems=problems))

    def _warm_catalogues(self, outlook: Outlook) -> Iterator[str]:
        """Reads stale catalogues once here, so that not every writer has to; what went wrong."""
        for company, rules in outlook.mapping.companies.items():
            try:
                outlook.renew(company, self.catalogues.current(company, rules))
            except (RetryableError, ConfigurationError) as error:
                yield f"{company}: {error}"
