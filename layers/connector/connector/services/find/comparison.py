"""Which of the workers read differ from what the ledger knows of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connector.domain.changes import Cause
from connector.domain.cursors import Cursor, Sightings, sighting
from connector.domain.decisions import days_gone, is_last_day_gone
from connector.domain.errors import ConfigurationError, RetryableError
from connector.domain.facts import EMPTY, Known
from connector.domain.mapping.asked import facts_missed
from connector.domain.mapping.model import MappingFile
from connector.domain.people import EmploymentStatus, Worker, fingerprint
from connector.domain.records.ledger import Person
from connector.ports.ledger import Ledger
from connector.services.find.batch import Batch, Summary
from connector.services.shared.catalogues import Catalogues
from connector.services.shared.guarding import ChangeGuard
from connector.services.shared.outlook import Outlook

NOTHING: Mapping[str, str] = {}


@dataclass(slots=True)
class Everyone:
    """The people of a sweep, each as soon as all employments the ledger knows of have come.

    `partly` are those of this run of whom something is still to come. `people` and `missed` are
    those of all its runs, with and without the employment that counts: see `Sightings`. `lost` are
    those of this run whose employment is gone for which they are active. `is_whole`
    says that the run began at the beginning, and `is_known` whether it is known whom the runs
    before have read.
    """

    is_whole: bool = True
    is_known: bool = True
    people: set[int] = field(default_factory=set)
    missed: set[str] = field(default_factory=set)
    partly: dict[str, list[Worker]] = field(default_factory=lambda: defaultdict(list))
    lost: set[str] = field(default_factory=set)

    @classmethod
    def going_on(cls, sweep: Cursor) -> Everyone:
        """The people of a sweep that has come so far in the runs before."""
        is_whole, before = sweep.page_token is None, sweep.sightings
        if is_whole or before is None:
            return cls(is_whole, is_known=is_whole)
        return cls(is_whole, people=set(before.people), missed=set(before.partly))

    def completed_by(
        self, workers: Sequence[Worker], known: Mapping[str, Mapping[str, str]]
    ) -> dict[str, list[Worker]]:
        """The people of whom nothing more is to be expected after these workers."""
        for worker in workers:
            self.partly[worker.person_id].append(worker)
        whole = {
            person_id: self.partly.pop(person_id)
            for person_id in {worker.person_id for worker in workers}
            if {each.id for each in self.partly[person_id]} >= set(known.get(person_id, ()))
        }
        self.people.update(map(sighting, whole))
        return whole

    def rest(self) -> dict[str, list[Worker]]:
        """At the end of a run: the people some employment of whom has not come in it."""
        rest, self.partly = self.partly, defaultdict(list)
        return dict(rest)

    def note(self, person: Person, workers: Iterable[Worker]) -> None:
        """Notes a person of whom these employments came: with the one that counts, or without."""
        ids = {worker.id for worker in workers}
        if not person.worker_id or person.worker_id in ids:
            self.people.add(sighting(person.id))
        elif not self.has_come(person):
            self.missed.add(person.id)

    def has_come(self, person: Person) -> bool:
        """Whether the employment that counts has come, in this run or in one before."""
        return sighting(person.id) in self.people

    def unseen(self, people: Iterable[str]) -> frozenset[str]:
        """Those of the people of whom nothing was read, at the end of a run; nobody if unknown."""
        if not self.is_known:
            return frozenset()
        unread = (each for each in people if each not in self.missed)
        return frozenset(each for each in unread if sighting(each) not in self.people)

    def sightings(self, missing: Iterable[str] = ()) -> Sightings:
        """What the next run has to know, at the end of this one."""
        partly = {each for each in self.missed if sighting(each) not in self.people}
        return Sightings(frozenset(self.people), frozenset(partly), tuple(missing))


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
        batch += Batch(report=Summary(facts_unknown=_gone(workers, persons)))
        queued = {candidate.person_id for candidate in batch.candidates}
        whole = everyone.completed_by(workers, known)
        ids = {worker.id for worker in workers}
        everyone.lost -= {person.id for person in persons if person.worker_id in ids}
        _note_lost(everyone, whole, persons, outlook)
        unchanged = (person for person in persons if person.id in whole.keys() - queued)
        found = self.guard.otherwise(whole, unchanged, Cause.SWEEP, outlook)
        return batch + Batch(tuple(found))

    def otherwise(
        self, everyone: Everyone, queued: Collection[str], outlook: Outlook, *, is_whole: bool
    ) -> Batch:
        """At the end of a run, whoever was seen in part and would end otherwise today.

        Where another run has read the employment that counts, or is still to read it, the ledger
        says what it is: the others are judged beside it. With `is_whole` the run has read everyone,
        and an employment that has not come is there no more. Whoever is `queued` already is read
        by the writer, and needs no more.
        """
        rest = everyone.rest()
        everyone.people.update(sighting(each) for each in rest.keys() & set(queued))
        persons = [each for each in self.ledger.persons(rest) if each.id not in queued]
        for person in persons:
            workers, counted = rest[person.id], person.counted_worker
            everyone.note(person, workers)
            is_there = everyone.has_come(person) or not is_whole
            if is_there and counted and counted.id not in {worker.id for worker in workers}:
                rest[person.id] = [counted, *workers]
        _note_lost(everyone, rest, persons, outlook)
        return Batch(tuple(self.guard.otherwise(rest, persons, Cause.SWEEP, outlook)))

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


def _note_lost(
    everyone: Everyone,
    employments: Mapping[str, Sequence[Worker]],
    persons: Iterable[Person],
    outlook: Outlook,
) -> None:
    """Notes those who are active for an employment that is not among theirs any more."""
    for person in persons:
        workers = employments.get(person.id, ())
        if workers and outlook.has_lost(workers, person):
            everyone.lost.add(person.id)


def _gone(workers: Sequence[Worker], persons: Iterable[Person]) -> Counter[str]:
    """How many people lack a day that Rippling showed once, without a word.

    Whoever has no employee is looked at only where no last day is shown at all: then the leavers
    prove that last days are hidden, and one that is gone of somebody who works was not taken back.
    """
    known = {person.id: person for person in persons}
    dateless = [
        (each, known[each.person_id])
        for each in workers
        if each.person_id in known and EMPTY in (each.facts.start_date, each.facts.end_date)
    ]
    counts = Counter[str]()
    leavers = 0
    for worker, person in dateless:
        days = days_gone(worker, person.counted, has_begun=bool(person.active_in))
        counts.update(days if person.active_in else ())
        leavers += "end_date" in days and not person.active_in
    is_shown = any(isinstance(each.facts.end_date, Known) for each in workers)
    if leavers and not is_shown:
        counts["end_date"] += leavers + sum(map(_works_without, dateless))
    return counts


def _works_without(one: tuple[Worker, Person]) -> bool:
    """Whether somebody who works lacks a last day that was shown once."""
    worker, person = one
    is_over = worker.facts.status is EmploymentStatus.TERMINATED  # then it is counted already
    return bool(person.active_in) and not is_over and is_last_day_gone(worker, person.counted)
