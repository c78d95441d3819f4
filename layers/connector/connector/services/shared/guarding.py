"""Before a run queues anything, its guards look at all of it.

A run never writes: it queues references, and where a guard holds, it leaves its breach for the
writer to find. The guard is the writer's side of the same rule.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from connector.domain.catalogue import Catalogue
from connector.domain.changes import Cause, Change, OperatorDecision
from connector.domain.decisions import Action, Decision, decide
from connector.domain.guards import ChangeKind, GuardBreach, Run, judge, kind_of, limit
from connector.domain.ledger import EmployeeLink, Person
from connector.domain.mapping.model import MappingFile
from connector.domain.people import Facts, Worker
from connector.domain.placement import resolve_placement
from connector.ports.clock import Clock
from connector.ports.guard_log import GuardLog
from connector.ports.ledger import Ledger
from connector.ports.queue import ChangeQueue
from connector.ports.reference_cache import ReferenceCache

Proposal = tuple[str, ChangeKind]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody to look at, and what would probably be done about them."""

    worker_id: str
    person_id: str
    cause: Cause
    proposed: Proposal | None = None
    is_employed: bool = False


class ChangeGuard:
    """Queues what a run found, after its guards have looked at all of it."""

    def __init__(
        self,
        ledger: Ledger,
        cache: ReferenceCache,
        guard_log: GuardLog,
        queue: ChangeQueue,
        clock: Clock,
    ) -> None:
        self._ledger = ledger
        self._cache = cache
        self._guard_log = guard_log
        self._queue = queue
        self._clock = clock

    def assess(
        self, workers: Sequence[Worker], cause: Cause, mapping: MappingFile
    ) -> list[Candidate]:
        """What is probably to be done about these workers, by what the ledger knows."""
        persons = {
            person.id: person
            for person in self._ledger.persons({worker.person_id for worker in workers})
        }
        catalogues = _Catalogues(self._cache)
        now = self._clock.now()
        return [
            self._found(worker, workers, persons, cause, mapping, catalogues, now)
            for worker in workers
        ]

    def assess_known(
        self, persons: Iterable[Person], cause: Cause, mapping: MappingFile
    ) -> list[Candidate]:
        """The same for people of whom only the ledger's facts are at hand."""
        catalogues, now = _Catalogues(self._cache), self._clock.now()
        found = []
        for person in persons:
            worker = Worker(person.worker_id, person.id, Facts.from_json(person.facts))
            decision = decide([worker], mapping, now, person.active_in)
            found.append(_judged(worker, cause, decision, person, mapping, catalogues))
        return found

    def queue(
        self, found: Sequence[Candidate], mapping: MappingFile, loading: Collection[str] = ()
    ) -> int:
        """Queues everybody; where a guard holds, with the name of the run that has the breach."""
        breaches = judge(_proposals(found), mapping, self._population, loading)
        run = Run(uuid4().hex[:12], breaches) if breaches else None
        if run:
            self._guard_log.save_run(run)
        run_id = run.id if run else None
        return self._queue.send(
            Change(each.worker_id, each.cause, uuid4().hex, each.person_id, run_id)
            for each in found
        )

    def _population(self, company: str) -> int:
        return sum(link.is_active for link in self._ledger.links(company))

    @staticmethod
    def _found(
        worker: Worker,
        workers: Sequence[Worker],
        persons: Mapping[str, Person],
        cause: Cause,
        mapping: MappingFile,
        catalogues: _Catalogues,
        now: datetime,
    ) -> Candidate:
        own = [other for other in workers if other.person_id == worker.person_id]
        person = persons.get(worker.person_id) or Person(worker.person_id)
        decision = decide(own, mapping, now, person.active_in)
        return _judged(worker, cause, decision, person, mapping, catalogues)


class GuardCheck:
    """Whether the writer may do a guarded kind of change about one person, and if not, why."""

    def __init__(self, ledger: Ledger, guard_log: GuardLog, clock: Clock) -> None:
        self._ledger = ledger
        self._guard_log = guard_log
        self._clock = clock

    def breach(
        self,
        change: Change,
        kind: ChangeKind,
        company: str,
        link: EmployeeLink | None,
        mapping: MappingFile,
    ) -> tuple[str, str] | None:
        """None, or the run that holds this kind of change in this company, and the message."""
        if link and link.held_kind == kind.value:
            if change.decision is OperatorDecision.APPROVE:
                return None
            return link.held_run, link.reason
        if change.run:
            breach = self._guard_log.run(change.run).holds(company, kind)
            return (change.run, breach.message(change.run)) if breach else None
        if change.cause is Cause.WEBHOOK:
            return self._of_the_hour(kind, company, mapping)
        return None

    def _of_the_hour(
        self, kind: ChangeKind, company: str, mapping: MappingFile
    ) -> tuple[str, str] | None:
        """Webhooks come one by one and belong to no run: what they do in an hour is counted."""
        guards = mapping.companies[company].guards if company in mapping.companies else None
        hour = f"webhooks {self._clock.now():%Y-%m-%dT%H}"
        count = self._guard_log.count_up(f"{hour} {company} {kind}")
        if guards is None or count <= guards.floor:
            return None
        population = sum(link.is_active for link in self._ledger.links(company))
        allowed = limit(kind, guards, population)
        if count <= allowed:
            return None
        return hour, GuardBreach(company, kind, count, allowed, population).message(hour)


class _Catalogues:
    """The cached catalogues, each read once."""

    def __init__(self, cache: ReferenceCache) -> None:
        self._cache = cache
        self._held: dict[str, Catalogue] = {}

    def __call__(self, company: str) -> Catalogue:
        if company not in self._held:
            self._held[company] = self._cache.catalogue(company)
        return self._held[company]


def _judged(
    worker: Worker,
    cause: Cause,
    decision: Decision,
    person: Person,
    mapping: MappingFile,
    catalogue_of: Callable[[str], Catalogue],
) -> Candidate:
    moves = _changes_department(decision, person, mapping, catalogue_of)
    proposed = kind_of(decision, person.active_in, changes_department=moves)
    is_employed = decision.action is Action.WRITE
    return Candidate(worker.id, worker.person_id, cause, proposed, is_employed)


def _changes_department(
    decision: Decision,
    person: Person,
    mapping: MappingFile,
    catalogue_of: Callable[[str], Catalogue],
) -> bool:
    company, worker = decision.company, decision.worker
    if decision.action is not Action.WRITE or company is None or worker is None:
        return False
    placement = resolve_placement(
        company, mapping.companies[company], worker.facts, catalogue_of(company)
    )
    before = person.placement.get("department")
    return bool(before and placement.department and placement.department != before)


def _proposals(found: Iterable[Candidate]) -> Iterable[Proposal]:
    """What is proposed for each person, once; a person employed anywhere is not about to leave."""
    people: dict[str, Candidate] = {}
    for each in found:
        known = people.get(each.person_id)
        if known is None or (each.is_employed and not known.is_employed):
            people[each.person_id] = each
    return [each.proposed for each in people.values() if each.proposed]
