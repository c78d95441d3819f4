"""The incremental read: what changed in Rippling since the watermark."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from connector.domain.changes import Cause
from connector.domain.cursors import Cursor, Progress
from connector.domain.mapping.model import MappingFile
from connector.ports.clock import Clock
from connector.ports.rippling import Source
from connector.ports.telemetry import Metrics
from connector.services.find.batch import Batch, Summary
from connector.services.find.comparison import WorkerComparison
from connector.services.find.pages import Pages


@dataclass(frozen=True, slots=True)
class ChangeReader:
    """Reads a stream of changes from its cursor on."""

    source: Source
    comparison: WorkerComparison
    clock: Clock
    metrics: Metrics

    @property
    def reads_increments(self) -> bool:
        """False where Rippling cannot say what changed, and everyone is read instead."""
        return self.source.reads_increments

    def read(self, cursor: Cursor, mapping: MappingFile) -> Batch:
        """The changed workers and the cursor after them; nothing before the first sweep.

        Raises:
            RetryableError: Rippling cannot answer; a `RateLimitedError` only on the first page.
        """
        if cursor.watermark is None:
            return Batch()
        progress = Progress.begin(
            cursor, cursor.watermark, self.clock.now(), reads_increments=self.reads_increments
        )
        pages = Pages.of(partial(self.source.changed_since, progress.cutoff), cursor)
        batch, progress = self._compared(pages, progress, mapping)
        self._count(progress)
        old = progress.rows_before_cutoff
        report = Summary(
            rows_before_cutoff=old, problems=pages.problems, goes_nowhere=pages.goes_nowhere
        )
        return batch + Batch(cursors=(self._cursor_after(pages, progress),), report=report)

    def _cursor_after(self, pages: Pages, progress: Progress) -> Cursor:
        if pages.is_circle:
            return progress.broken_off(pages.runs)
        return progress.saved(self.clock.now(), pages.marks)

    def _compared(
        self, pages: Pages, progress: Progress, mapping: MappingFile
    ) -> tuple[Batch, Progress]:
        batch, outlook = Batch(), self.comparison.outlook(mapping)
        for page in pages:
            # Where the filter is ignored, every tick shows everyone: old rows are the sweep's.
            recent = [each for each in page.workers if progress.is_recent(each.updated_at)]
            batch += self.comparison.changed(recent, Cause.POLL, outlook)
            batch += Batch(report=Summary(unreadable_rows=page.unreadable))
            times = [worker.updated_at for worker in page.workers]
            progress = progress.after(times, page.next_page_token, skipped=page.old)
            if pages.must_stop(batch, self.clock):
                break
        return batch, progress

    def _count(self, progress: Progress) -> None:
        if progress.is_cut_short:  # reads are counted, not the parts that one was made in
            return
        if progress.rows_before_cutoff:
            self.metrics.count("FilterIgnored")
        if not progress.reads_increments:
            self.metrics.count("FullReads")
