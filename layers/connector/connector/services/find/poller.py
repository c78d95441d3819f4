"""One run of the poller: who may differ is read, judged by the guards together, and queued.

Polling only ever queues references. It may queue too much, never too little: every row of every
page is checked, and no cursor is saved before everyone it has passed is on the queue.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from connector.domain.errors import RateLimitedError
from connector.domain.mapping.model import MappingFile
from connector.ports.cursors import Cursors
from connector.ports.state import Mappings, PollingPauses
from connector.ports.telemetry import Metrics
from connector.services.find.batch import Batch, Summary, paused_by
from connector.services.find.catch_up import MappingCatchUp
from connector.services.find.changes import ChangeReader
from connector.services.find.releaser import WaitingReleaser
from connector.services.find.sweep import SweepReader
from connector.services.shared.guarding import ChangeGuard

LEASE_SECONDS = 270.0
"""Longer than the poller can run, so that no other run reads and saves between its read and its
save; shorter than the time between two ticks, so that a run that was killed costs none of them.
"""


@dataclass(frozen=True, slots=True)
class Poller:
    """The service behind the poller function."""

    cursors: Cursors
    mappings: Mappings
    changes: ChangeReader
    sweep: SweepReader
    releaser: WaitingReleaser
    catch_up: MappingCatchUp
    guard: ChangeGuard
    pauses: PollingPauses
    metrics: Metrics
    company_problems: Callable[[MappingFile], Mapping[str, Sequence[str]]]
    stream: str = "workers"

    def run(self, *, full_sweep: bool = False, mapping: MappingFile | None = None) -> Summary:
        """One tick; with `full_sweep`, or where none has ever ended, a full sweep.

        The `mapping` is given where it was loaded a moment ago.

        Raises:
            ConfigurationError: the mapping is missing or makes no sense; nothing was queued.
            RetryableError: Rippling cannot answer; the next tick goes on where this one stopped.
        """
        pause = self.pauses.current()
        if pause:
            self.metrics.count("PollingPaused")
            return paused_by(pause)
        mapping = mapping or self.mappings.load()
        with self.cursors.lease(self.stream, LEASE_SECONDS) as is_mine:
            if not is_mine:
                if full_sweep:
                    self._leave_sweep(mapping)
                return Summary(skipped=True)
            try:
                leave_what_is_loaded()
                summary = self._poll(mapping, full_sweep=full_sweep)
            except RateLimitedError as error:
                return self._postponed(str(error), mapping, full_sweep=full_sweep)
        self.metrics.count("PollSucceeded", int(not summary.goes_nowhere))
        self.metrics.count("ChangesQueued", summary.queued)
        self.metrics.count("RowsUnreadable", summary.unreadable_rows)
        self.metrics.count("FactsUnknown", sum(summary.facts_unknown.values()))
        unusable = self.company_problems(mapping)
        self.metrics.count("CompaniesUnusable", len(unusable))
        problems = [*_not_shown(summary), *(told for each in unusable.values() for told in each)]
        return summary + Summary(problems=problems)

    def _poll(self, mapping: MappingFile, *, full_sweep: bool) -> Summary:
        batch = self._read(mapping, full_sweep=full_sweep) + self.releaser.read(mapping)
        touched, handled = self.catch_up.read(mapping)
        batch += touched
        # A first load is one, however many runs it takes: the guards must not count its people as
        # new ones of a company that has been loaded already.
        loading = [company for cursor in batch.cursors for company in cursor.loading]
        queued = self.guard.queue(batch.candidates, mapping, loading)
        # Only after queueing: a run that ends in between repeats what it read, and loses no one.
        for cursor in batch.cursors:
            self.cursors.save(cursor)
        if handled:
            self.guard.keep(mapping)
            self.catch_up.versions.save_handled(handled)
        return batch.report + Summary(queued=queued)

    def _read(self, mapping: MappingFile, *, full_sweep: bool) -> Batch:
        cursor = self.cursors.cursor(self.stream)
        sweep = self.cursors.cursor(f"{self.stream} sweep")
        self.metrics.count("SweepOverdue", int(self.sweep.is_overdue(sweep)))
        is_sweep = full_sweep or cursor.watermark is None or sweep.started is not None
        if not is_sweep:
            return self.changes.read(cursor, mapping)
        # Where Rippling cannot say what changed, a sweep is a tick as well: no one is read twice.
        is_tick = self.changes.reads_increments
        batch = self.changes.read(cursor, mapping) if is_tick else Batch()
        try:
            return batch + self.sweep.read(sweep, cursor, mapping)
        except RateLimitedError as error:
            if not batch.cursors:
                raise
            # The calls sufficed for the changes: those are queued, and the sweep is next.
            self._leave_sweep(mapping)
            return batch + Batch(report=Summary(problems=[str(error)]))

    def _leave_sweep(self, mapping: MappingFile) -> None:
        """Leaves a sweep that was asked for to the next tick. It has read nothing yet."""
        sweep = self.cursors.cursor(f"{self.stream} sweep")
        if sweep.started is None:
            self.cursors.save(self.sweep.begun(sweep, mapping))

    def _postponed(self, reason: str, mapping: MappingFile, *, full_sweep: bool) -> Summary:
        """Rippling's calls are used up: the next tick for which there is room does it all."""
        if full_sweep:
            self._leave_sweep(mapping)
        self.metrics.count("PollPostponed")
        return Summary(postponed=True, problems=[reason])


@cache
def leave_what_is_loaded() -> None:
    """Takes all that stands before the first run out of what the collector goes through.

    Each page makes many objects, and with each the collector would look at all that is loaded.
    Once, and for good: with every run it would begin to count again, and never get round to what
    earlier runs have left.
    """
    gc.freeze()


def _not_shown(summary: Summary) -> Iterator[str]:
    """What a run could not read, for whoever reads its answer."""
    for fact, count in sorted(summary.facts_unknown.items()):
        if fact == "status":
            yield (
                f"Rippling gives {count} worker(s) a status that nobody knows, or hides it: whoever"
                " has an employee stays as they are, whoever has none is not created;"
                " `connector reconcile` names them"
            )
            continue
        yield (
            f"Rippling does not show the {fact.replace('_', ' ')} of {count} worker(s), or shows it"
            " in an unreadable form, and the mapping asks for it: whoever has an employee keeps"
            " what depends on it, whoever has none waits; check the scopes of the token"
        )
    if summary.unreadable_rows:
        yield (
            f"{summary.unreadable_rows} row(s) of Rippling do not say whose they are and were"
            " skipped: these people do not reach Visma"
        )
