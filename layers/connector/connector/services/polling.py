"""Finding out who may differ: the incremental read, the full sweep, and who is due or released.

Polling only ever queues references. It may queue too much, never too little: every row of every
page is checked, and the watermark moves only over what has been queued.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import uuid4

from connector.domain.changes import Cause, Change
from connector.domain.errors import ConfigurationError, ConnectorError, RetryableError
from connector.domain.mapping import MappingFile
from connector.domain.people import Worker, fingerprint
from connector.domain.planning import Outcome
from connector.ports import (
    ChangeQueue,
    Clock,
    Ledger,
    Mappings,
    Metrics,
    Page,
    Source,
    Walk,
    Watermarks,
)
from connector.services.catalogues import Catalogues
from connector.services.releasing import WaitingReleaser

OVERLAP = timedelta(seconds=60)
"""How far behind the watermark is read again, for rows that Rippling shows late."""

LEASE_SECONDS = 270.0
"""Longer than the poller can run, shorter than the time between two ticks."""

RESERVE_SECONDS = 30.0
"""A walk is cut short when less than this is left of the invocation."""


@dataclass(slots=True)
class Summary:
    """What one run of the poller did; the answer of the function."""

    skipped: bool = False
    sweep: str = "none"
    workers_read: int = 0
    queued: int = 0
    due: int = 0
    released: int = 0
    rows_before_cutoff: int = 0
    problems: list[str] = field(default_factory=list)


class Poller:
    """The service behind the poller function."""

    def __init__(
        self,
        *,
        source: Source,
        ledger: Ledger,
        watermarks: Watermarks,
        mappings: Mappings,
        queue: ChangeQueue,
        catalogues: Catalogues,
        clock: Clock,
        metrics: Metrics,
        stream: str = "workers",
    ) -> None:
        self._source = source
        self._ledger = ledger
        self._watermarks = watermarks
        self._mappings = mappings
        self._queue = queue
        self._catalogues = catalogues
        self._clock = clock
        self._metrics = metrics
        self._stream = stream
        self._releaser = WaitingReleaser(ledger, watermarks, catalogues, queue, clock)

    def run(self, *, full_sweep: bool = False) -> Summary:
        """One tick; with `full_sweep`, or where none has ever ended, a walk over everybody.

        Raises:
            ConfigurationError: the mapping is missing or makes no sense; nothing was queued.
            RetryableError: Rippling cannot answer; the next tick goes on where this one stopped.
        """
        mapping = self._mappings.load()
        with self._watermarks.lease(self._stream, LEASE_SECONDS) as mine:
            if not mine:
                return Summary(skipped=True)
            summary = Summary()
            self._read(mapping, summary, full_sweep=full_sweep)
            self._release(mapping, summary)
        self._metrics.count("PollSucceeded")
        self._metrics.count("ChangesQueued", summary.queued + summary.due + summary.released)
        return summary

    def _read(self, mapping: MappingFile, summary: Summary, *, full_sweep: bool) -> None:
        walk = self._watermarks.walk(self._stream)
        sweep = self._watermarks.walk(f"{self._stream} sweep")
        if walk.watermark is not None:
            self._read_changes(walk, walk.watermark, mapping, summary)
        if full_sweep or walk.watermark is None or sweep.started is not None:
            self._sweep(sweep, mapping, summary)

    def _read_changes(
        self, walk: Walk, watermark: datetime, mapping: MappingFile, summary: Summary
    ) -> None:
        cutoff, started = watermark - OVERLAP, self._clock.now()
        newest, in_order = watermark, walk.position is None
        pages = _resumed(lambda at: self._source.changed_since(cutoff, at), walk.position)
        for page in pages:
            recent = [worker for worker in page.workers if _is_recent(worker, cutoff)]
            summary.rows_before_cutoff += len(page.workers) - len(recent)
            self._queue_changed(recent, Cause.POLL, mapping, summary)
            in_order = in_order and _is_sorted(recent)
            newest = min(_latest(newest, recent) or newest, max(started, watermark))
            if page.next_position is None:
                break
            # Before the last page the watermark may only move along rows that come in order.
            walk = replace(walk, position=page.next_position)
            walk = replace(walk, watermark=newest) if in_order else walk
            self._watermarks.save(walk)
            if self._is_late():
                return
        if summary.rows_before_cutoff:
            self._metrics.count("FilterIgnored")
        self._watermarks.save(replace(walk, watermark=newest, position=None))

    def _sweep(self, sweep: Walk, mapping: MappingFile, summary: Summary) -> None:
        if sweep.started is None:
            sweep = replace(sweep, started=self._clock.now(), position=None, newest=None)
        for page in _resumed(self._source.everyone, sweep.position):
            self._queue_changed(page.workers, Cause.SWEEP, mapping, summary)
            newest = _latest(sweep.newest, page.workers)
            sweep = replace(sweep, position=page.next_position, newest=newest)
            if page.next_position is None:
                break
            self._watermarks.save(sweep)
            if self._is_late():
                summary.sweep = "cut short"
                return
        self._end_sweep(sweep, mapping, summary)

    def _end_sweep(self, sweep: Walk, mapping: MappingFile, summary: Summary) -> None:
        """The rejected get another chance, and a first sweep sets the watermark.

        It never passes the moment the sweep began: rows may have changed behind the walk.
        """
        summary.sweep = "finished"
        summary.queued += self._queue.send(self._rejected(mapping))
        walk = self._watermarks.walk(self._stream)
        if walk.watermark is None and sweep.started is not None:
            newest = min(sweep.newest or sweep.started, sweep.started)
            self._watermarks.save(replace(walk, watermark=newest))
        self._watermarks.save(Walk(sweep.stream))

    def _rejected(self, mapping: MappingFile) -> Iterable[Change]:
        for company in mapping.companies:
            for holding in self._ledger.holdings(company):
                if holding.outcome is Outcome.REJECTED:
                    yield _change(holding.worker_id, holding.person_id, Cause.SWEEP)

    def _queue_changed(
        self, workers: Sequence[Worker], cause: Cause, mapping: MappingFile, summary: Summary
    ) -> None:
        summary.workers_read += len(workers)
        known = self._ledger.fingerprints({worker.person_id for worker in workers})
        changed = [
            worker
            for worker in workers
            if known.get(worker.person_id, {}).get(worker.id) != fingerprint(worker)
        ]
        if changed:
            self._warm_catalogues(mapping, summary)
        summary.queued += self._queue.send(
            _change(worker.id, worker.person_id, cause) for worker in changed
        )

    def _warm_catalogues(self, mapping: MappingFile, summary: Summary) -> None:
        """Reads stale catalogues once here, so that not every writer has to."""
        for company, rules in mapping.companies.items():
            try:
                self._catalogues.current(company, rules)
            except (RetryableError, ConfigurationError) as error:
                problem = f"{company}: {error}"
                if problem not in summary.problems:
                    summary.problems.append(problem)

    def _release(self, mapping: MappingFile, summary: Summary) -> None:
        summary.due = self._releaser.queue_due(mapping)
        try:
            summary.released = self._releaser.release(mapping)
        except RetryableError as error:
            summary.problems.append(str(error))

    def _is_late(self) -> bool:
        return self._clock.remaining_seconds() < RESERVE_SECONDS


def _resumed(read: Callable[[str | None], Iterator[Page]], position: str | None) -> Iterator[Page]:
    """The pages from a position on; from the beginning where the position has become unusable."""
    pages = read(position)
    try:
        first = next(pages, None)
    except ConnectorError:
        if position is None:
            raise
        pages = read(None)
        first = next(pages, None)
    if first is not None:
        yield first
        yield from pages


def _is_recent(worker: Worker, cutoff: datetime) -> bool:
    """A row without a readable time is looked at, too: it costs one fingerprint."""
    return worker.updated_at is None or worker.updated_at >= cutoff


def _is_sorted(workers: Sequence[Worker]) -> bool:
    times = [worker.updated_at for worker in workers if worker.updated_at]
    return all(one <= other for one, other in pairwise(times))


def _latest(newest: datetime | None, workers: Sequence[Worker]) -> datetime | None:
    times = [worker.updated_at for worker in workers if worker.updated_at]
    return max([*times, newest] if newest else times, default=None)


def _change(worker_id: str, person_id: str, cause: Cause) -> Change:
    return Change(worker_id, cause, uuid4().hex, person_id)
