"""Reading a person fresh: the ledger's rows, then Rippling's employments, then the decision.

The order is a promise: what the ledger says is older than what Rippling says, so an outcome that is
written on the condition of the ledger's version can never carry an older state.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from connector.domain.changes import Change
from connector.domain.decisions import Action, decide
from connector.domain.errors import RefusedError
from connector.domain.mapping.model import MappingFile
from connector.domain.people import Worker
from connector.domain.records.ledger import Person, Record
from connector.ports.clock import Clock
from connector.ports.ledger import Ledger
from connector.ports.queue import FoundEmployments
from connector.ports.rippling import Source
from connector.services.apply.context import ChangeContext, assumed_active


@dataclass(frozen=True, slots=True)
class PersonReader:
    """Makes the context of a change."""

    ledger: Ledger
    source: Source
    employments: FoundEmployments
    clock: Clock

    def read(
        self,
        change: Change,
        mapping: MappingFile,
        refusal: RefusedError | None = None,
        mapping_version: str = "",
    ) -> ChangeContext:
        """The person behind a change as they are now, and what to do about them.

        Raises:
            RetryableError: Rippling or the ledger does not answer.
        """
        (record, workers), now = self.person_of(change), self.clock.now()
        active_in = assumed_active(change, record)
        decision = decide(workers, mapping, now, active_in, record.person.counted)
        if decision.action is Action.LEAVE and active_in:
            workers = self._with_overlooked(change, record.person, workers)
            decision = decide(workers, mapping, now, active_in, record.person.counted)
        seen = change, record, workers, decision, now
        return ChangeContext(*seen, mapping, refusal, mapping_version)

    def read_again(self, context: ChangeContext) -> ChangeContext:
        """The same change after a write: both sides may have moved on."""
        return self.read(context.change, context.mapping, context.refusal, context.mapping_version)

    def person_of(self, change: Change) -> tuple[Record, list[Worker]]:
        """Who a worker is, the ledger remembers; that counts as long as Rippling agrees."""
        if change.person_id:
            return self.rows_and_employments(change, change.person_id)
        remembered = self.ledger.person_with(change.worker_id)
        known = self.rows_and_employments(change, remembered) if remembered else None
        if known and change.worker_id in {worker.id for worker in known[1]}:
            return known
        person_id = self.source.person_of(change.worker_id)
        if known and person_id is None:
            return known  # an employment that is gone is still about whose it was
        return self.rows_and_employments(change, person_id)

    def rows_and_employments(
        self, change: Change, person_id: str | None
    ) -> tuple[Record, list[Worker]]:
        """The person's rows first, see above."""
        record = self.ledger.record(person_id or f"worker {change.worker_id}")
        if person_id is None:
            return record, []
        person = record.person
        # What only the other mode has met may be long gone, and would be asked for at each change.
        known = sorted(self.ledger.dealt_with(person) or person.worker_ids)
        found = self._found(person)
        return record, self.source.employments(change.worker_id, person_id, known, found)

    def _found(self, person: Person) -> Iterator[str]:
        """The further employments that may be there, as far as anyone goes through them.

        The rows of runs come last, and lazily: where Rippling can be searched for a person, nobody
        asks for them.
        """
        yield from sorted(person.worker_ids)
        yield from self.employments.of(person.id)

    def _with_overlooked(
        self, change: Change, person: Person, workers: list[Worker]
    ) -> list[Worker]:
        """The employments of somebody about to leave, with any that a run has found beside these.

        The list of everyone may show a new one before the search for the person does, and the
        message about it may lie further back on the queue.
        """
        noted = set(self.employments.of(person.id)) - {worker.id for worker in workers}
        if not noted:
            return workers
        known = sorted({*noted, *self.ledger.dealt_with(person)})
        return self.source.employments(change.worker_id, person.id, known)
