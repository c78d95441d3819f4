"""Finding out who may differ: the incremental read, the full sweep, and who is due or released.

Polling only ever queues references. It may queue too much, never too little: every row of every
page is checked, and a page token is remembered only once all before it has been queued.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

from connector.domain.changes import Cause
from connector.domain.cursors import Cursor
from connector.domain.errors import (
    ConfigurationError,
    ConnectorError,
    RateLimitedError,
    RetryableError,
)
from connector.domain.guards import shows_too_few
from connector.domain.mapping.model import EVERYBODY, MappingFile
from connector.domain.people import Worker, fingerprint
from connector.domain.planning import Outcome
from connector.ports.clock import Clock
from connector.ports.cursors import Cursors
from connector.ports.ledger import Ledger
from connector.ports.rippling import Page, Source
from connector.ports.state import Mappings, PollingPause, PollingPauses
from connector.ports.telemetry import Metrics
from connector.ports.visma import Targets
from connector.services.find.drift import drifted
from connector.services.find.releaser import WaitingReleaser
from connector.services.shared.catalogues import Catalogues
from connector.services.shared.guarding import Candidate, ChangeGuard

OVERLAP = timedelta(seconds=60)
"""How far behind the watermark is read again, for rows that Rippling shows late."""

LEASE_SECONDS = 270.0
"""Longer than the poller can run, shorter than the time between two ticks."""

RESERVE_SECONDS = 60.0
"""A read is cut short when less than this is left of the invocation: queueing takes its time."""

MOST_FOUND = 12_000
"""A read is cut short as well when so many people wait to be queued."""


@dataclass(slots=True)
class Summary:
    """What one run of the poller did; the answer of the function."""

    skipped: bool = False
    paused: bool = False
    postponed: bool = False
    sweep: str = "none"
    workers_read: int = 0
    queued: int = 0
    due: int = 0
    released: int = 0
    drifted: int = 0
    rows_before_cutoff: int = 0
    problems: list[str] = field(default_factory=list)


class Poller:
    """The service behind the poller function."""

    def __init__(
        self,
        *,
        source: Source,
        targets: Targets,
        ledger: Ledger,
        cursors: Cursors,
        mappings: Mappings,
        guard: ChangeGuard,
        releaser: WaitingReleaser,
        catalogues: Catalogues,
        pauses: PollingPauses,
        clock: Clock,
        metrics: Metrics,
        stream: str = "workers",
    ) -> None:
        self._source = source
        self._targets = targets
        self._ledger = ledger
        self._cursors = cursors
        self._mappings = mappings
        self._catalogues = catalogues
        self._pauses = pauses
        self._clock = clock
        self._metrics = metrics
        self._stream = stream
        self._guard = guard
        self._releaser = releaser

    def run(self, *, full_sweep: bool = False) -> Summary:
        """One tick; with `full_sweep`, or where none has ever ended, a full sweep.

        Raises:
            ConfigurationError: the mapping is missing or makes no sense; nothing was queued.
            RetryableError: Rippling cannot answer; the next tick goes on where this one stopped.
        """
        pause = self._pauses.current()
        if pause:
            self._metrics.count("PollingPaused")
            return paused_by(pause)
        mapping = self._mappings.load()
        with self._cursors.lease(self._stream, LEASE_SECONDS) as mine:
            if not mine:
                if full_sweep:
                    self._leave_sweep(mapping)
                return Summary(skipped=True)
            summary = Summary()
            try:
                self._find(mapping, summary, full_sweep=full_sweep)
            except RateLimitedError as error:
                return self._postponed(str(error), mapping, full_sweep=full_sweep)
        self._metrics.count("PollSucceeded")
        self._metrics.count("ChangesQueued", summary.queued)
        return summary

    def _postponed(self, reason: str, mapping: MappingFile, *, full_sweep: bool) -> Summary:
        """Rippling's calls are used up: the next tick for which there is room does it all."""
        if full_sweep:
            self._leave_sweep(mapping)
        self._metrics.count("PollPostponed")
        return Summary(postponed=True, problems=[reason])

    def _leave_sweep(self, mapping: MappingFile) -> None:
        """Leaves a sweep that was asked for to the next tick."""
        sweep = self._cursors.cursor(f"{self._stream} sweep")
        if sweep.started is None:
            self._cursors.save(self._begun(sweep, mapping))

    def _begun(self, sweep: Cursor, mapping: MappingFile) -> Cursor:
        """A sweep about to begin; the companies whose first load it is are known only now."""
        loading = tuple(self._without_employees(mapping))
        return Cursor(sweep.stream, started=self._clock.now(), loading=loading, ended=sweep.ended)

    def _find(self, mapping: MappingFile, summary: Summary, *, full_sweep: bool) -> None:
        """Everything that one run finds goes through the guards together, and then on the queue."""
        found: list[Candidate] = []
        cursors: list[Cursor] = []
        cursor = self._cursors.cursor(self._stream)
        sweep = self._cursors.cursor(f"{self._stream} sweep")
        is_sweep = full_sweep or cursor.watermark is None or sweep.started is not None
        # Where changes cannot be read, a sweep is a tick as well: nobody is walked twice.
        is_tick = self._source.reads_increments or not is_sweep
        if cursor.watermark is not None and is_tick:
            cursors.append(self._read_changes(cursor, cursor.watermark, mapping, summary, found))
        if is_sweep:
            try:
                cursors += self._sweep(sweep, cursor, mapping, summary, found)
            except RateLimitedError as error:
                if not cursors:
                    raise
                _note(summary, str(error))
                self._leave_sweep(mapping)
        found += self._due_and_released(mapping, summary)
        loading = [company for each in cursors for company in each.loading]
        summary.queued = self._guard.queue(found, mapping, loading)
        for each in cursors:
            self._cursors.save(each)

    def _read_changes(
        self,
        cursor: Cursor,
        watermark: datetime,
        mapping: MappingFile,
        summary: Summary,
        found: list[Candidate],
    ) -> Cursor:
        cutoff, started = watermark - OVERLAP, self._clock.now()
        is_whole = not self._source.reads_increments
        newest, in_order, is_resumed = watermark, not is_whole, cursor.page_token is not None
        page_token, is_stale = None, False
        pages = _resumed(lambda at: self._source.changed_since(cutoff, at), cursor.page_token)
        for page in _while_there_is_room(pages, summary):
            recent = [each for each in page.workers if is_whole or _is_recent(each, cutoff)]
            summary.rows_before_cutoff += len(page.workers) - len(recent)
            is_stale = is_stale or not (is_whole or _is_answered(page.workers, cutoff))
            found += self._changed(recent, Cause.POLL, mapping, summary)
            in_order = in_order and _is_sorted(recent)
            newest = min(_latest(newest, recent) or newest, max(started, watermark))
            page_token = page.next_page_token
            if page_token and self._is_late(found):
                break
        # The watermark may only move along rows that came in order; what came late behind the
        # page token where a read was resumed is found only from where that read began; and in
        # place of a page with old rows there may have been another. Where Rippling always
        # ignores the filter it stays, and each read is a full one, as it would be in any case.
        reached = newest if in_order and not (is_resumed or is_stale) else watermark
        if page_token:
            return replace(cursor, watermark=reached, page_token=page_token)
        if summary.rows_before_cutoff:
            self._metrics.count("FilterIgnored")
        if is_whole:
            self._metrics.count("FullReads")
        if not (in_order or is_stale):
            reached = newest  # all of them have been read
        return replace(cursor, watermark=reached, page_token=None, ended=self._clock.now())

    def _sweep(
        self,
        sweep: Cursor,
        cursor: Cursor,
        mapping: MappingFile,
        summary: Summary,
        found: list[Candidate],
    ) -> list[Cursor]:
        if sweep.started is None:
            sweep = self._begun(sweep, mapping)
        mine: list[Candidate] = []
        page_token = None
        for page in _while_there_is_room(
            _resumed(self._source.everyone, sweep.page_token), summary
        ):
            mine += self._changed(page.workers, Cause.SWEEP, mapping, summary)
            sweep = replace(
                sweep,
                page_token=page.next_page_token,
                newest=_latest(sweep.newest, page.workers),
                seen=sweep.seen + len(page.workers),
            )
            page_token = page.next_page_token
            if page_token and self._is_late(mine):
                break
        if page_token:
            summary.sweep = "cut short"
            found += mine
            return [sweep]
        if self._sees_too_few(sweep, summary):
            return [Cursor(sweep.stream, ended=sweep.ended)]
        found += mine
        found += self._second_chances(mapping, summary)
        return self._end_sweep(sweep, cursor, summary)

    def _without_employees(self, mapping: MappingFile) -> Iterator[str]:
        """The companies whose first load this is."""
        for company in mapping.companies:
            if not any(link.is_active for link in self._ledger.links(company)):
                yield company

    def _end_sweep(self, sweep: Cursor, cursor: Cursor, summary: Summary) -> list[Cursor]:
        """A first sweep sets the watermark, never past the moment it began.

        Rows may have changed behind the read since then.
        """
        summary.sweep = "finished"
        now = self._clock.now()
        ended = [Cursor(sweep.stream, loading=sweep.loading, ended=now)]
        if cursor.watermark is None and sweep.started is not None:
            newest = min(sweep.newest or sweep.started, sweep.started)
            ended.append(replace(cursor, watermark=newest, ended=now))
        return ended

    def _sees_too_few(self, sweep: Cursor, summary: Summary) -> bool:
        """True where the token sees far fewer workers than the ledger knows to be employed."""
        known = sum(bool(person.active_in) for person in self._ledger.persons())
        if not shows_too_few(sweep.seen, known):
            return False
        summary.sweep = "aborted"
        summary.problems.append(
            f"the sweep saw {sweep.seen} workers and {known} people are employed: nothing of it was"
            " queued; may the creator of the Rippling token still see everybody?"
        )
        self._metrics.count("SweepAborted")
        return True

    def _second_chances(self, mapping: MappingFile, summary: Summary) -> list[Candidate]:
        """Once a day the rejected are tried again, and what finance edited is looked at."""
        rejected = {
            link.person_id
            for company in mapping.companies
            for link in self._ledger.links(company)
            if link.outcome is Outcome.REJECTED and not link.is_dropped
        }
        edited: set[str] = set()
        for company in mapping.companies:
            try:
                edited |= drifted(self._targets.company(company), self._ledger.links(company))
            except (RetryableError, ConfigurationError) as error:
                _note(summary, f"{company}: {error}")
        summary.drifted = len(edited)
        again = self._ledger.persons(rejected - edited)
        assessed = self._guard.assess_known(again, Cause.SWEEP, mapping)
        persons = self._ledger.persons(edited)
        return assessed + self._guard.assess_known(persons, Cause.DRIFT, mapping)

    def _changed(
        self, workers: Sequence[Worker], cause: Cause, mapping: MappingFile, summary: Summary
    ) -> list[Candidate]:
        summary.workers_read += len(workers)
        known = self._ledger.fingerprints({worker.person_id for worker in workers})
        changed = [
            worker
            for worker in workers
            if known.get(worker.person_id, {}).get(worker.id) != fingerprint(worker)
        ]
        if not changed:
            return []
        _note_legal_entities(changed, mapping, summary)
        self._warm_catalogues(mapping, summary)
        return self._guard.assess(changed, cause, mapping)

    def _warm_catalogues(self, mapping: MappingFile, summary: Summary) -> None:
        """Reads stale catalogues once here, so that not every writer has to."""
        for company, rules in mapping.companies.items():
            try:
                self._catalogues.current(company, rules)
            except (RetryableError, ConfigurationError) as error:
                _note(summary, f"{company}: {error}")

    def _due_and_released(self, mapping: MappingFile, summary: Summary) -> list[Candidate]:
        due = list(self._releaser.due(mapping))
        released: Iterable[str] = ()
        try:
            released = set(self._releaser.released(mapping))
        except RetryableError as error:
            _note(summary, str(error))
        summary.due, summary.released = len(due), len(set(released))
        persons = self._ledger.persons(due)
        found = self._guard.assess_known(persons, Cause.DUE, mapping)
        free = self._ledger.persons(released)
        return found + self._guard.assess_known(free, Cause.RELEASE, mapping)

    def _is_late(self, found: Sequence[Candidate]) -> bool:
        return self._clock.remaining_seconds() < RESERVE_SECONDS or len(found) >= MOST_FOUND


def paused_by(pause: PollingPause) -> Summary:
    """What a run says that did nothing, because polling is stopped."""
    since = pause.at.isoformat(timespec="seconds")
    message = f"polling is stopped since {since}: {pause.reason}; start it again: connector resume"
    return Summary(skipped=True, paused=True, problems=[message])


def _note(summary: Summary, problem: str) -> None:
    if problem not in summary.problems:
        summary.problems.append(problem)


def _note_legal_entities(workers: Sequence[Worker], mapping: MappingFile, summary: Summary) -> None:
    """Says once a run that people are routed without their legal entity, and to where."""
    named = any(set(rules.legal_entities) - {EVERYBODY} for rules in mapping.companies.values())
    if named and any(not worker.facts.legal_entity.name for worker in workers):
        _note(
            summary,
            "Rippling does not show the legal entity of some workers (the API tier or the scope"
            " legal-entities.read is missing, or it is the Platform API, which has none): they go"
            ' to the company that takes "*"',
        )


def _while_there_is_room(pages: Iterator[Page], summary: Summary) -> Iterator[Page]:
    """The pages that Rippling's limit lets pass; where not even the first does, that is raised."""
    page = next(pages, None)
    while page is not None:
        yield page
        try:
            page = next(pages, None)
        except RateLimitedError as error:
            _note(summary, str(error))
            return


def _resumed(
    read: Callable[[str | None], Iterator[Page]], page_token: str | None
) -> Iterator[Page]:
    """The pages from a page token on; all of them where the token has become unusable."""
    pages = read(page_token)
    try:
        first = next(pages, None)
    except RateLimitedError:
        raise
    except ConnectorError:
        if page_token is None:
            raise
        pages = read(None)
        first = next(pages, None)
    if first is not None:
        yield first
        yield from pages


def _is_answered(workers: Sequence[Worker], cutoff: datetime) -> bool:
    """False where a page shows older rows than any rounding of the cutoff explains."""
    earliest = cutoff - OVERLAP
    return all(_is_recent(worker, earliest) for worker in workers)


def _is_recent(worker: Worker, cutoff: datetime) -> bool:
    """A row without a readable time is looked at, too: it costs one fingerprint."""
    return worker.updated_at is None or worker.updated_at >= cutoff


def _is_sorted(workers: Sequence[Worker]) -> bool:
    times = [worker.updated_at for worker in workers if worker.updated_at]
    return all(one <= other for one, other in pairwise(times))


def _latest(newest: datetime | None, workers: Sequence[Worker]) -> datetime | None:
    times = [worker.updated_at for worker in workers if worker.updated_at]
    return max([*times, newest] if newest else times, default=None)
