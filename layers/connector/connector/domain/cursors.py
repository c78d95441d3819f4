"""How far a reader has read, and the rule by which a watermark moves.

Pure: times and page tokens in, a cursor out. Pages are read and cursors are kept elsewhere.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

OVERLAP = timedelta(seconds=60)
"""How long before the watermark is read again, for rows that Rippling shows late."""

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
"""No row is older. An earlier version could keep a watermark of the year 1, and nothing can be
reckoned back from there."""

PAST_THE_CROWD = timedelta(seconds=1)
"""So long after the watermark begins what is newer than it: Rippling is asked in seconds."""

NOT_SO_LATE = timedelta(minutes=15)
"""By then Rippling shows every row of a mass change. It is known by our own clock alone: so long
after the read of all its pages, wherever the clock of Rippling stands. Its rows are left alone only
once a read that began later than that has come to its end as well."""

SWEEP_OVERDUE = timedelta(days=2)
"""After this time without a full sweep that came to its end somebody has to look."""

MOST_ASKED = 200
"""So many people are remembered for whom a sweep asks in vain: one is enough to be told."""


def sighting(person_id: str) -> int:
    """What is kept of a person whom a sweep has read, in 8 bytes: no two are taken for one."""
    return int.from_bytes(hashlib.blake2b(person_id.encode(), digest_size=8).digest(), "big")


@dataclass(frozen=True, slots=True)
class Sightings:
    """Whom a sweep has read in its runs so far, so that any of them can tell who is missing.

    `people` are the sightings of those whose employment that counts was read, `partly` the ids of
    those of whom only another one was. `missing` are, once everyone has been read, the ids of those
    who are still to be looked for one by one.
    """

    people: frozenset[int] = frozenset()
    partly: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()

    def has(self, person_id: str) -> bool:
        """Whether the sweep has read an employment of a person."""
        return person_id in self.partly or sighting(person_id) in self.people


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a reader has read: a stream of changes by its watermark, a sweep by its page token.

    `page_token` is where a read that was cut short continues; `started` is when that read began, or
    a sweep, and `newest` and `seen` are the greatest time and the number of rows that a sweep has
    come across, `loading` the companies that had no employee when it began, and `facts_unknown` how
    many of the workers lack each fact that the mapping asks for; that stays known once it has
    ended. `shown` says of each kind of things with a name that came up whether it was shown whole;
    None where that is not known, and then nothing counts as gone by this sweep. `to_review` are the
    companies of Visma still to be compared with the ledger once everyone in Rippling has been read.
    `ended` is when a read last came to its end. `sightings` is whom a sweep under way has read;
    None where that is not known, and then nobody counts as missing.

    `marks` are those of a page of each run of a read that is cut short: a page that comes again
    says that the list goes round in a circle. `circled` is how many runs the read before this one
    had come by then, if it has: until this one has come further, it comes nowhere.

    `asked` are the people of whom a sweep says what the one before it must have said as well, and
    whom the writer leaves unchanged all the same; it stays known until the next one has ended, as
    `asked_before`.

    `crowded_since` is when a read was first at its end with the watermark where it is, if what it
    read once more before the watermark took more than a page, as after a mass change.
    `crowd_is_known` says that all of it was read again, late enough to be left alone from then on.
    """

    stream: str
    watermark: datetime | None = None
    page_token: str | None = None
    started: datetime | None = None
    newest: datetime | None = None
    seen: int = 0
    loading: tuple[str, ...] = ()
    to_review: tuple[str, ...] | None = None
    ended: datetime | None = None
    facts_unknown: Mapping[str, int] = field(default_factory=dict)
    shown: Mapping[str, bool] | None = None
    crowded_since: datetime | None = None
    crowd_is_known: bool = False
    sightings: Sightings | None = None
    marks: tuple[str, ...] = ()
    circled: int = 0
    asked: tuple[str, ...] = ()
    asked_before: tuple[str, ...] = ()

    def begun(self, now: datetime, loading: Sequence[str]) -> Cursor:
        """The cursor of a sweep that begins now."""
        before = self.asked_before if self.started else self.asked
        return Cursor(
            self.stream,
            started=now,
            loading=tuple(loading),
            ended=self.ended,
            shown={},
            asked_before=before,
        )

    def past(
        self,
        times: Sequence[datetime | None],
        page_token: str | None,
        facts_unknown: Mapping[str, int] | None = None,
    ) -> Cursor:
        """The cursor of a sweep after one more page, whose rows have these times."""
        # As in a read of changes: a time of tomorrow is no place for a watermark.
        last = self.started
        known = [time for time in times if time and (last is None or time <= last)]
        return replace(
            self,
            page_token=page_token,
            newest=max([*known, self.newest] if self.newest else known, default=None),
            seen=self.seen + len(times),
            facts_unknown=dict(Counter(self.facts_unknown) + Counter(facts_unknown)),
        )

    def showing(self, shown: Mapping[str, bool]) -> Cursor:
        """The cursor of a sweep once a page has shown these kinds of things, whole or not."""
        if self.shown is None:
            return self
        kinds = {**self.shown, **shown}
        whole = {kind: self.shown.get(kind, True) and shown.get(kind, True) for kind in kinds}
        return replace(self, shown=whole)

    @property
    def shown_whole(self) -> frozenset[str]:
        """The kinds of things of which the sweep has been shown some, and nothing was hidden."""
        return frozenset(kind for kind, is_whole in (self.shown or {}).items() if is_whole)

    def reviewing(self, companies: Sequence[str]) -> Cursor:
        """The cursor of a sweep that has read everyone and has these companies before it."""
        return replace(self, page_token=None, marks=(), circled=0, to_review=tuple(companies))

    def asking(self, left: Iterable[tuple[str, datetime]]) -> Cursor:
        """The cursor of a sweep that asks for people whom the writer has left unchanged.

        Each comes with when the row was changed: what is newer than the last sweep is news.
        """
        old = {person for person, changed in left if self.ended and changed < self.ended}
        return replace(self, asked=tuple(sorted({*self.asked, *old})[:MOST_ASKED]))

    @property
    def asked_again(self) -> frozenset[str]:
        """For whom two sweeps have asked in vain, one after the other."""
        return frozenset(self.asked) & frozenset(self.asked_before)

    def having_seen(self, sightings: Sightings | None) -> Cursor:
        """The cursor of a sweep that has read these people so far."""
        return replace(self, sightings=sightings)

    def aborted(self) -> Cursor:
        """The cursor of a sweep that counts for nothing: the next one begins at the beginning."""
        return Cursor(self.stream, ended=self.ended, asked=self.asked_before)

    def finished(self, now: datetime) -> Cursor:
        """The cursor of a sweep that has read everyone."""
        return Cursor(
            self.stream,
            loading=self.loading,
            ended=now,
            facts_unknown=self.facts_unknown,
            asked=self.asked,
        )

    def after_first(self, sweep: Cursor, now: datetime) -> Cursor:
        """The cursor of a stream of changes whose first sweep ends now."""
        # Rows may have changed behind the sweep while it read on. So the watermark never goes past
        # the beginning of the sweep, whatever times it has come across.
        began = sweep.started or now
        return replace(self, watermark=min(sweep.newest or began, began), ended=now)


@dataclass(frozen=True, slots=True)
class Progress:
    """A read of changes, page by page, and how far the watermark may move because of it.

    `newest` is the greatest time read so far that had passed when the read started, `in_order` says
    whether the rows of every page came by time, `is_stale` whether an old page was among them,
    `page_token` where the read goes on, and `pages` counts the pages with rows to look at; where
    the read is resumed, the part before counts as one.
    """

    cursor: Cursor
    watermark: datetime
    started: datetime
    reads_increments: bool
    newest: datetime
    in_order: bool
    is_stale: bool = False
    page_token: str | None = None
    rows_before_cutoff: int = 0
    pages: int = 0

    @classmethod
    def begin(
        cls, cursor: Cursor, watermark: datetime, now: datetime, *, reads_increments: bool
    ) -> Progress:
        """A read that begins now; a source without increments reads everyone, by id."""
        return cls(
            cursor,
            watermark,
            now,
            reads_increments,
            newest=watermark,
            in_order=reads_increments,
            pages=int(cursor.page_token is not None),
        )

    @property
    def cutoff(self) -> datetime:
        """From when on rows are asked for: those just before the watermark are read once more.

        After a mass change they are many, and with nothing newer it would be the same ones at each
        tick: they are left alone as soon as no more of them is to be expected.
        """
        watermark = max(self.watermark, EARLIEST)
        return watermark + (PAST_THE_CROWD if self.is_past_the_crowd else -OVERLAP)

    @property
    def is_past_the_crowd(self) -> bool:
        """Whether this read leaves the rows of a mass change alone."""
        return self.cursor.crowd_is_known and self.cursor.page_token is None

    @property
    def is_cut_short(self) -> bool:
        """Whether pages are left, should the read stop here."""
        return bool(self.page_token)

    def is_recent(self, time: datetime | None) -> bool:
        """Whether a row belongs to this read; one without a readable time costs a fingerprint."""
        return not self.reads_increments or time is None or time >= self.cutoff

    def after(
        self, times: Sequence[datetime | None], page_token: str | None, *, skipped: int = 0
    ) -> Progress:
        """The read after one more page, whose rows have these times; `skipped` were too old."""
        recent = [time for time in times if self.is_recent(time)]
        known = [time for time in recent if time]
        # A row may carry a time of tomorrow, or the clock of Rippling be ahead of ours. Such rows
        # are read again until their time has passed: a watermark that went with our own clock
        # instead would run past the rows of others that are shown late.
        passed = [time for time in known if time <= self.started]
        return replace(
            self,
            newest=max([self.newest, *passed]),
            in_order=self.in_order and known == sorted(known),
            is_stale=self.is_stale or any(self._is_old(time) for time in times),
            page_token=page_token,
            pages=self.pages + bool(recent),
            rows_before_cutoff=self.rows_before_cutoff + len(times) - len(recent) + skipped,
        )

    def reached(self) -> datetime:
        """Where the watermark may go: never past a row that may not have been read."""
        if self.is_stale:
            # The old page may have come in place of another. Where Rippling always ignores the
            # filter the watermark stays for good: each read is a full one there in any case.
            return self.watermark
        if self.in_order:
            # A row shown late may lie behind the page token where this read was resumed. It is
            # found only if the next read begins where the one cut short began.
            is_resumed = self.cursor.page_token is not None
            return self.watermark if is_resumed else self.newest
        # Without an order older rows may still come, until all have been read.
        return self.watermark if self.is_cut_short else self.newest

    def broken_off(self, runs: int) -> Cursor:
        """The cursor to keep where the pages go round in a circle: the next read is a new one.

        By time, none that came before was left out. Without an order nobody knows.
        """
        watermark = self.reached() if self.in_order else self.watermark
        return replace(
            self.cursor,
            watermark=watermark,
            page_token=None,
            started=None,
            crowded_since=None,
            crowd_is_known=False,
            marks=(),
            circled=runs,
        )

    def saved(self, now: datetime, marks: tuple[str, ...] = ()) -> Cursor:
        """The cursor to keep, should the read stop now; `marks` if it is cut short."""
        since, is_known = self._crowd(now)
        return replace(
            self.cursor,
            watermark=self.reached(),
            page_token=self.page_token or None,
            started=self._began if self.is_cut_short else None,
            ended=self.cursor.ended if self.is_cut_short else now,
            crowded_since=since,
            crowd_is_known=is_known,
            marks=marks if self.is_cut_short else (),
            circled=self.cursor.circled if self.is_cut_short else 0,
        )

    @property
    def _began(self) -> datetime | None:
        """When the first part of this read began, if that is known."""
        return self.started if self.cursor.page_token is None else self.cursor.started

    def _crowd(self, now: datetime) -> tuple[datetime | None, bool]:
        """Since when the rows before the watermark are a crowd, and whether it is known by now."""
        since, is_same = self.cursor.crowded_since, self.reached() == self.cursor.watermark
        if is_same and (self.is_past_the_crowd or self.is_cut_short):
            return since, self.cursor.crowd_is_known
        if self.is_cut_short or self.pages <= 1 or self.is_stale or not self.reads_increments:
            return None, False
        if since is None or not is_same:
            return now, False
        # Time alone does not do: after a pause nobody may have read them since.
        return since, self._began is not None and self._began - since > NOT_SO_LATE

    def _is_old(self, time: datetime | None) -> bool:
        """Whether a row came that no rounding of the cutoff explains."""
        return self.reads_increments and time is not None and time < self.cutoff - OVERLAP
