"""The full sweep: everyone in Rippling, and then everyone in Visma, company by company."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from connector.domain.cursors import SWEEP_OVERDUE, Cursor
from connector.domain.guards import proves_too_few, shows_too_few
from connector.domain.mapping.model import MappingFile
from connector.domain.mapping.naming.bindings import key_of
from connector.domain.people import Facts
from connector.ports.clock import Clock
from connector.ports.ledger import Ledger
from connector.ports.reference_cache import ReferenceCache
from connector.ports.rippling import Source
from connector.ports.telemetry import Metrics
from connector.services.find.absence import AbsenceCheck
from connector.services.find.batch import Batch, Summary
from connector.services.find.comparison import Everyone, WorkerComparison
from connector.services.find.pages import Pages
from connector.services.find.review import CompanyReview
from connector.services.shared.companies import lost_companies
from connector.services.shared.names import shown_in, things_of
from connector.services.shared.outlook import Outlook

REVIEW_SECONDS = 150.0
"""A company's list of employees is begun only with so much time left of the invocation."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What a run has read before it closes a sweep: who is gone by it, and whether it read all."""

    gone: frozenset[str]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class SweepReader:
    """Reads every worker, in as many runs as that takes."""

    source: Source
    ledger: Ledger
    comparison: WorkerComparison
    absence: AbsenceCheck
    review: CompanyReview
    cache: ReferenceCache
    clock: Clock
    metrics: Metrics

    def is_overdue(self, cursor: Cursor) -> bool:
        """Whether no full sweep has come to its end for two days."""
        last = cursor.ended or cursor.started
        return last is not None and self.clock.now() - last > SWEEP_OVERDUE

    def begun(self, cursor: Cursor, mapping: MappingFile) -> Cursor:
        """The cursor of a sweep about to begin, with the companies whose first load it is."""
        # Known only now: as soon as the first employees are there, a company looks loaded.
        loading = [
            company
            for company in mapping.companies
            if not any(link.is_active for link in self.ledger.links(company))
        ]
        return cursor.begun(self.clock.now(), loading)

    def read(self, cursor: Cursor, changes: Cursor, mapping: MappingFile) -> Batch:
        """The changed workers, and then company by company whoever differs in Visma.

        `changes` is the cursor of the stream of changes: a first sweep sets its watermark.

        Raises:
            RetryableError: Rippling cannot answer; a `RateLimitedError` only on the first page.
        """
        sweep = cursor if cursor.started else self.begun(cursor, mapping)
        if sweep.to_review is not None:
            return self._closed(sweep, changes, mapping)
        return self._read_everyone(sweep, changes, mapping)

    def _read_everyone(self, sweep: Cursor, changes: Cursor, mapping: MappingFile) -> Batch:
        everyone, outlook = Everyone.going_on(sweep), self.comparison.outlook(mapping)
        batch, sweep = self._compared(sweep, everyone, outlook)
        if sweep.page_token is None and sweep.circled:
            # What it left out is no absence: it begins again, with what it is to load first.
            again = replace(sweep.begun(self.clock.now(), sweep.loading), circled=sweep.circled)
            return batch + Batch(cursors=(again,), report=Summary(sweep="cut short"))
        is_over = not sweep.page_token
        is_whole = everyone.is_whole and is_over
        queued = {candidate.person_id for candidate in batch.candidates}
        batch += self.comparison.otherwise(everyone, queued, outlook, is_whole=is_whole)
        sweep = sweep.asking(
            (each.person_id, each.unchanged_since)
            for each in batch.candidates
            if each.unchanged_since
        )
        if not is_over:
            cursor = sweep.having_seen(everyone.sightings() if everyone.is_known else None)
            self._hold_things_of(everyone.lost)
            batch += self.absence.tell(everyone.lost) if everyone.lost else Batch()
            return batch + Batch(cursors=(cursor,), report=Summary(sweep="cut short"))
        employed = self.ledger.employed()
        unseen = everyone.unseen(employed)
        # Where nobody knows whom the runs before have read, their rows can prove a shortage still.
        if shows_too_few(employed, unseen) or proves_too_few(sweep.seen, employed):
            shown = min(len(employed) - len(unseen), sweep.seen)
            return self._aborted(sweep, shown, batch.report, len(employed))
        gone, missing = self.absence.missing(everyone, unseen)
        lost = lost_companies(employed, mapping.companies)
        sweep = sweep.reviewing((*mapping.companies, *lost))
        sweep = sweep.having_seen(everyone.sightings(missing) if everyone.is_known else None)
        begun = Begun(gone | everyone.lost, is_whole=is_whole)
        return batch + self._closed(sweep, changes, mapping, begun)

    def _compared(
        self, sweep: Cursor, everyone: Everyone, outlook: Outlook
    ) -> tuple[Batch, Cursor]:
        """As many pages as there is time for; `circled` at the end says that there is no end."""
        pages, batch = Pages.of(self.source.everyone, sweep), Batch()
        for page in pages:
            found = self.comparison.changed_or_otherwise(page.workers, everyone, outlook)
            batch += found
            batch += Batch(report=Summary(unreadable_rows=page.unreadable))
            times = [worker.updated_at for worker in page.workers]
            sweep = sweep.past(times, page.next_page_token, found.report.facts_unknown)
            sweep = sweep.showing(shown_in(page))
            if pages.must_stop(batch, self.clock):
                break
        report = Summary(problems=pages.problems, goes_nowhere=pages.goes_nowhere)
        sweep = replace(sweep.past((), pages.next_page_token), marks=pages.marks)
        is_cut, circled = bool(sweep.page_token), pages.runs if pages.is_circle else 0
        sweep = replace(sweep, circled=sweep.circled if is_cut else circled)
        return batch + Batch(report=report), sweep

    def _closed(
        self, sweep: Cursor, changes: Cursor, mapping: MappingFile, begun: Begun | None = None
    ) -> Batch:
        """What follows once everyone has been read: whoever is missing, and then the companies.

        `begun` is what this very run has read; a run without it is fresh.
        """
        seen, gone = sweep.sightings, set(begun.gone if begun else ())
        missing = seen.missing if seen else ()
        looked = self.absence.look_for(missing, mapping, is_fresh=begun is None)
        gone |= self.absence.employed(looked.gone)
        self._hold_things_of({*gone, *missing})
        if seen and missing:
            sweep = sweep.having_seen(replace(seen, missing=looked.left))
        if looked.left:
            cut = Batch(cursors=(sweep,), report=Summary(sweep="cut short"))
            return looked.batch + self.absence.tell(gone) + cut
        is_fresh = begun is None and not missing
        reviewed = self._reviewed(sweep, changes, mapping, is_fresh=is_fresh)
        if seen is None:  # the version before this one began the sweep: the next one will tell
            return looked.batch + reviewed
        is_believed = begun is not None and begun.is_whole
        back = self.absence.of_brought_back(
            [each for each in sorted(reviewed.brought_back) if not seen.has(each)],
            mapping,
            is_believed=is_believed,
        )
        kept = tuple(each for each in reviewed.candidates if each.person_id not in back.gone)
        lost = self.absence.still_lost({each for each in reviewed.brought_back if seen.has(each)})
        told = self.absence.tell(gone | back.gone | lost)
        return looked.batch + back.batch + told + replace(reviewed, candidates=kept)

    def _aborted(self, sweep: Cursor, shown: int, report: Summary, employed: int) -> Batch:
        """A token that no longer sees everyone shows leavers who never left: none is queued."""
        self.metrics.count("SweepAborted")
        message = (
            f"the sweep saw {shown} of the {employed} people who are employed: nothing of it was"
            " queued; may the creator of the Rippling token still see everyone?"
        )
        return Batch(
            cursors=(sweep.aborted(),),
            report=report + Summary(sweep="aborted", problems=[message]),
        )

    def _reviewed(
        self, sweep: Cursor, changes: Cursor, mapping: MappingFile, *, is_fresh: bool
    ) -> Batch:
        """Company after company, as long as there is time; at least one where the run is fresh."""
        batch = Batch()
        left = list(sweep.to_review or ())
        while left:
            if not is_fresh and self.clock.remaining_seconds() < REVIEW_SECONDS:
                cursor = sweep.reviewing(left)
                return batch + Batch(cursors=(cursor,), report=Summary(sweep="cut short"))
            batch += self.review.read(left.pop(0), mapping, sweep.asked_again)
            is_fresh = False
        return batch + self._finished(sweep, changes)

    def _finished(self, sweep: Cursor, changes: Cursor) -> Batch:
        now = self.clock.now()
        self._tell_names(sweep)
        cursors = [sweep.finished(now)]
        if changes.watermark is None:
            cursors.append(changes.after_first(sweep, now))
        return Batch(cursors=tuple(cursors), report=Summary(sweep="finished"))

    def _hold_things_of(self, people: Collection[str]) -> None:
        """Keeps what people were in last whom the sweep did not show: they may be in it still."""
        persons = self.ledger.persons(people) if people else ()
        facts = [Facts.from_json(each.facts) for each in persons if each.facts]
        things = {
            key_of(kind, thing.id) for each in facts for kind, thing in things_of(each) if thing.id
        }
        if things:
            self.cache.share(self.cache.names().holding(things, self.clock.now()))

    def _tell_names(self, sweep: Cursor) -> None:
        """Something is gone only by a sweep that came to its end and showed all of its kind.

        What it saw on its first day it has seen: that day counts. Told once a day. Where it is not
        known whom it saw, nobody was looked for either.
        """
        if sweep.sightings is None:
            return
        day, known = (sweep.started or self.clock.now()).date(), self.cache.names()
        kinds = [each for each in sweep.shown_whole if known.swept.get(each, "") < day.isoformat()]
        if kinds:
            self.cache.share(known.swept_on(day, kinds))
