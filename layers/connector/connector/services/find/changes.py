"""The incremental read: what changed in Rippling since the watermark."""

from __future__ import annotations

from connector.domain.changes import Cause
from connector.domain.cursors import Cursor, Progress
from connector.domain.mapping.model import MappingFile
from connector.ports.clock import Clock
from connector.ports.rippling import Source
from connector.ports.telemetry import Metrics
from connector.services.find.batch import Batch, Summary
from connector.services.find.comparison import WorkerComparison
from connector.services.find.pages import Pages


class ChangeReader:
    """Reads a stream of changes from its cursor on."""

    def __init__(
        self, source: Source, comparison: WorkerComparison, clock: Clock, metrics: Metrics
    ) -> None:
        self._source = source
        self._comparison = comparison
        self._clock = clock
        self._metrics = metrics

    @property
    def reads_increments(self) -> bool:
        """False where Rippling cannot say what changed, and everybody is read instead."""
        return self._source.reads_increments

    def read(self, cursor: Cursor, mapping: MappingFile) -> Batch:
        """The changed workers and the cursor after them; nothing before the first sweep.

        Raises:
            RetryableError: Rippling cannot answer; a `RateLimitedError` only on the first page.
        """
        if cursor.watermark is None:
            return Batch()
        progress = Progress.begin(
            cursor, cursor.watermark, self._clock.now(), reads_increments=self.reads_increments
        )
        cutoff, batch = progress.cutoff, Batch()
        pages = Pages(lambda token: self._source.changed_since(cutoff, token), cursor.page_token)
        for page in pages:
            recent = [each for each in page.workers if progress.is_recent(each.updated_at)]
            batch += self._comparison.changed(recent, Cause.POLL, mapping)
            times = [worker.updated_at for worker in page.workers]
            progress = progress.after(times, page.next_page_token)
            if pages.must_stop(batch, self._clock):
                break
        self._count(progress)
        return batch + Batch(
            cursors=(progress.saved(self._clock.now()),),
            report=Summary(rows_before_cutoff=progress.rows_before_cutoff, problems=pages.problems),
        )

    def _count(self, progress: Progress) -> None:
        if progress.is_cut_short:
            return
        if progress.rows_before_cutoff:
            self._metrics.count("FilterIgnored")
        if not progress.reads_increments:
            self._metrics.count("FullReads")
