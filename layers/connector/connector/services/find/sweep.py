"""The full sweep: everyone in Rippling, and once a day whoever needs a second look."""

from __future__ import annotations

from dataclasses import dataclass

from connector.domain.changes import Cause
from connector.domain.cursors import Cursor
from connector.domain.guards import shows_too_few
from connector.domain.mapping.model import MappingFile
from connector.ports.clock import Clock
from connector.ports.ledger import Ledger
from connector.ports.rippling import Source
from connector.ports.telemetry import Metrics
from connector.services.find.batch import Batch, Summary
from connector.services.find.comparison import WorkerComparison
from connector.services.find.pages import Pages
from connector.services.find.review import DailyReview


@dataclass(frozen=True, slots=True)
class SweepReader:
    """Reads every worker, in as many runs as that takes."""

    source: Source
    ledger: Ledger
    comparison: WorkerComparison
    review: DailyReview
    clock: Clock
    metrics: Metrics

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
        """The changed workers, and at the end of the sweep what the daily review finds.

        `changes` is the cursor of the stream of changes: a first sweep sets its watermark.

        Raises:
            RetryableError: Rippling cannot answer; a `RateLimitedError` only on the first page.
        """
        sweep = cursor if cursor.started else self.begun(cursor, mapping)
        pages, batch = Pages(self.source.everyone, sweep.page_token), Batch()
        for page in pages:
            batch += self.comparison.changed(page.workers, Cause.SWEEP, mapping)
            batch += Batch(report=Summary(unreadable_rows=page.unreadable))
            times = [worker.updated_at for worker in page.workers]
            sweep = sweep.past(times, page.next_page_token)
            if pages.must_stop(batch, self.clock):
                break
        batch += Batch(report=Summary(problems=pages.problems))
        if pages.next_page_token:
            return batch + Batch(cursors=(sweep,), report=Summary(sweep="cut short"))
        employed = sum(bool(person.active_in) for person in self.ledger.persons())
        if shows_too_few(sweep.seen, employed):
            return self._aborted(sweep, batch.report, employed)
        return batch + self._finished(sweep, changes, mapping)

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

    def _finished(self, sweep: Cursor, changes: Cursor, mapping: MappingFile) -> Batch:
        review = self.review.read(mapping)
        now = self.clock.now()
        cursors = [sweep.finished(now)]
        if changes.watermark is None:
            cursors.append(changes.after_first(sweep, now))
        return review + Batch(cursors=tuple(cursors), report=Summary(sweep="finished"))
