"""Who is missing from a sweep: looked for one by one where that took several runs, and told.

A read that was interrupted shows nobody's absence by itself: pages move between two runs, and
people come. So each of the few whom it did not show is asked for, before anything is concluded.
Absence is never a termination: whoever is gone is told, and nothing is done about them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from connector.domain.errors import ConnectorError, RateLimitedError
from connector.domain.mapping.model import MappingFile
from connector.domain.people import Worker
from connector.domain.status.wording import counted
from connector.ports.clock import Clock
from connector.ports.ledger import Ledger
from connector.ports.rippling import Source
from connector.ports.telemetry import Metrics
from connector.services.find.batch import Batch, Summary
from connector.services.find.comparison import Everyone, WorkerComparison
from connector.services.find.pages import RESERVE_SECONDS
from connector.services.shared.outlook import Outlook

MOST_NAMED = 5

NEXT = "the next sweep"
THE_WRITER = "the writer, and to the next sweep if they are gone"


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of looking for people.

    The batch has whoever is there and has to be dealt with, `gone` are those of whom Rippling shows
    nothing, or nothing that goes on, and `left` those who are still to be looked for.
    """

    batch: Batch = field(default_factory=Batch)
    gone: frozenset[str] = frozenset()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AbsenceCheck:
    """Asks for people whom a sweep did not show, or not with the employment that counts."""

    source: Source
    ledger: Ledger
    comparison: WorkerComparison
    clock: Clock
    metrics: Metrics

    def missing(
        self, everyone: Everyone, unseen: frozenset[str]
    ) -> tuple[frozenset[str], tuple[str, ...]]:
        """Who is gone, and who has to be looked for before that is said, once everyone is read.

        What one run has read is believed. Where it took several, everyone missing is looked for;
        `unseen` are never so many that no one believes it, since no such sweep comes so far.
        """
        if not everyone.is_known:
            return frozenset(), ()
        if everyone.is_whole:
            return unseen, ()
        return frozenset(), tuple(sorted(everyone.sightings().partly | unseen))

    def look_for(
        self,
        people: Sequence[str],
        mapping: MappingFile,
        *,
        is_fresh: bool,
        left_to: str = "",
    ) -> Looked:
        """One person after the other, as long as there is time; at least one in a fresh run.

        Nothing is raised: at a failure the others are left to the next run. One person of whom
        Rippling cannot answer does not stop a fresh run, nor one in which they are `left_to`
        someone else: they are told.
        """
        outlook, everyone = self.comparison.outlook(mapping), Everyone()
        batch, gone = Batch(), everyone.lost
        for place, person_id in enumerate(people):
            is_first = is_fresh and place == 0
            if not is_first and self.clock.remaining_seconds() < RESERVE_SECONDS:
                return Looked(batch, frozenset(gone), tuple(people[place:]))
            try:
                workers = self._shown(person_id)
            except ConnectorError as error:
                goes_on = is_first or bool(left_to)
                if not goes_on or isinstance(error, RateLimitedError):
                    batch += _problem(str(error))
                    return Looked(batch, frozenset(gone), tuple(people[place:]))
                batch += _problem(f"{person_id} is left to {left_to or NEXT}: {error}")
                continue
            if workers:
                batch += self._otherwise(workers, everyone, outlook)
            else:
                gone.add(person_id)
        return Looked(batch, frozenset(gone))

    def of_brought_back(
        self, unseen: Sequence[str], mapping: MappingFile, *, is_believed: bool
    ) -> Looked:
        """The same of people who are active by hand, whom the ledger has inactive.

        Like anyone who is gone they can only be told, while the writer would keep them as they are.
        Where they are not all looked for in time, the writer has the others, and it is told.
        """
        employed = self.employed(unseen) if unseen else ()
        unseen = [each for each in unseen if each not in employed]
        if is_believed:
            return Looked(gone=frozenset(unseen))
        looked = self.look_for(unseen, mapping, is_fresh=False, left_to=THE_WRITER)
        if not looked.left:
            return looked
        told = _problem(
            f"{counted(len(looked.left), 'person', 'people')} whom someone has set active by hand,"
            " and whom the sweep did not see, could not be looked for in time: they are left to"
            f" {THE_WRITER}"
        )
        return replace(looked, batch=looked.batch + told)

    def still_lost(self, brought_back: Collection[str]) -> set[str]:
        """Those of the people active by hand who had lost the employment that counted before.

        Rippling shows them with what does not go on, so that the writer leaves them as they are;
        as soon as it finds anything else to do about them, they have not lost it any more.
        """
        persons = self.ledger.persons(brought_back)
        return {each.id for each in persons if each.has_lost_what_counted}

    def employed(self, people: Collection[str]) -> set[str]:
        """Those of the people who have an active employee now."""
        return {person.id for person in self.ledger.persons(people) if person.active_in}

    def tell(self, gone: Collection[str]) -> Batch:
        """Says who is active in Visma, and in Rippling no longer, or with nothing that goes on."""
        missing = sorted(gone)
        self.metrics.count("PeopleGone", len(missing))
        if not missing:
            return Batch()
        return _problem(
            f"{len(missing)} person(s) with an active employee are no longer in Rippling, or not"
            f" with the employment that counted: {', '.join(missing[:MOST_NAMED])}"
            f"{' and others' if missing[MOST_NAMED:] else ''}; absence is never a termination:"
            " restore and end the employment in Rippling, make the employee inactive in Visma, or"
            " `adopt` for whoever was re-entered"
        )

    def _shown(self, person_id: str) -> list[Worker]:
        """The employments that Rippling shows of a person."""
        found: list[Worker] = []
        for person in self.ledger.persons([person_id]):
            known = self.ledger.dealt_with(person)
            worker_id = person.worker_id or next(iter(known), "")
            found += self.source.employments(worker_id, person_id, known)
        return found

    def _otherwise(self, workers: Sequence[Worker], everyone: Everyone, outlook: Outlook) -> Batch:
        found = self.comparison.changed_or_otherwise(workers, everyone, outlook)
        queued = {candidate.person_id for candidate in found.candidates}
        found += self.comparison.otherwise(everyone, queued, outlook, is_whole=True)
        # The rows themselves were counted where the pages showed them.
        return Batch(found.candidates, report=Summary(problems=found.report.problems))


def _problem(message: str) -> Batch:
    return Batch(report=Summary(problems=[message]))
