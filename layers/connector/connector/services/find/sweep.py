"""The full sweep: everyone in Rippling, and then everyone in Visma, company by company."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from connector.domain.cursors import SWEEP_OVERDUE, Cursor
from connector.domain.guards import shows_too_few
from connector.domain.mapping.model import MappingFile
from connector.ports.clock import Clock
from connector.ports.ledger import Ledger
from connector.ports.rippling import Source
from connector.ports.telemetry import Metrics
from connector.services.find.batch import Batch, Summary
from connector.services.find.comparison import Everyone, WorkerComparison
from connector.services.find.pages import Pages
from connector.services.find.review import CompanyReview
from connector.services.shared.companies import lost_companies

REVIEW_SECONDS = 150.0
"""A company's list of employees is begun only with so much time left of the invocation."""

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class SweepReader:
    """Reads every worker, in as many runs as that takes."""

    source: Source
    ledger: Ledger
    comparison: WorkerComparison
    review: CompanyReview
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
            return self._reviewed(sweep, changes, mapping, is_fresh=True)
        return self._read_everyone(sweep, changes, mapping)

    def _read_everyone(self, sweep: Cursor, changes: Cursor, mapping: MappingFile) -> Batch:
        pages, batch, seen = Pages(self.source.everyone, sweep.page_token), Batch(), set[str]()
        everyone, outlook = Everyone(), self.comparison.outlook(mapping)
        is_whole = sweep.page_token is None
        for page in pages:
            found = self.comparison.changed_or_otherwise(page.workers, everyone, outlook)
            batch += found
            batch += Batch(report=Summary(unreadable_rows=page.unreadable))
            seen.update(worker.person_id for worker in page.workers)
            times = [worker.updated_at for worker in page.workers]
            sweep = sweep.past(times, page.next_page_token, found.report.facts_unknown)
            if pages.must_stop(batch, self.clock):
                break
        batch += Batch(report=Summary(problems=pages.problems))
        if pages.next_page_token:
            return batch + Batch(cursors=(sweep,), report=Summary(sweep="cut short"))
        employed = self.ledger.employed()
        if shows_too_few(sweep.seen, len(employed)):
            return self._aborted(sweep, batch.report, len(employed))
        if is_whole:
            batch += self.comparison.otherwise(everyone.rest(), outlook)
        lost = lost_companies(employed, mapping.companies)
        sweep = sweep.reviewing((*mapping.companies, *lost))
        reviewed = self._reviewed(sweep, changes, mapping, is_fresh=False)
        if is_whole:
            # Whoever is active by hand and not in Rippling is gone as well: the writer keeps them.
            back = reviewed.brought_back.difference(seen, employed)
            kept = tuple(each for each in reviewed.candidates if each.person_id not in back)
            reviewed = replace(reviewed, candidates=kept)
            batch += self._gone({*employed, *back}, seen)
        return batch + reviewed

    def _aborted(self, sweep: Cursor, report: Summary, employed: int) -> Batch:
        """A token that no longer sees everyone shows leavers who never left: none is queued."""
        self.metrics.count("SweepAborted")
        message = (
            f"the sweep saw {sweep.seen} workers and {employed} people are employed: nothing of it"
            " was queued; may the creator of the Rippling token still see everyone?"
        )
        return Batch(
            cursors=(sweep.aborted(),),
            report=report + Summary(sweep="aborted", problems=[message]),
        )

    def _gone(self, employed: Iterable[str], seen: Collection[str]) -> Batch:
        """Who is active in Visma and no longer in Rippling: told, and never acted upon."""
        missing = sorted(set(employed) - set(seen))
        self.metrics.count("PeopleGone", len(missing))
        if not missing:
            return Batch()
        message = (
            f"{len(missing)} person(s) with an active employee are no longer in Rippling:"
            f" {', '.join(missing[:MOST_NAMED])}{' and others' if missing[MOST_NAMED:] else ''};"
            " absence is never a termination: end their employment in Rippling, or `adopt` for"
            " whoever was re-entered"
        )
        return Batch(report=Summary(problems=[message]))

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
            batch += self.review.read(left.pop(0), mapping)
            is_fresh = False
        return batch + self._finished(sweep, changes)

    def _finished(self, sweep: Cursor, changes: Cursor) -> Batch:
        now = self.clock.now()
        cursors = [sweep.finished(now)]
        if changes.watermark is None:
            cursors.append(changes.after_first(sweep, now))
        return Batch(cursors=tuple(cursors), report=Summary(sweep="finished"))
