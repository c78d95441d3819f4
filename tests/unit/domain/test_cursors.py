"""The watermark rule, row by row, and what a sweep's cursor keeps.

Times are seconds after the old watermark. Reads start at 600 and are saved at 900.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.domain.cursors import Cursor, Progress

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
YESTERDAY = NOON - timedelta(days=1)
STARTED, SAVED = 600, 900
UNREADABLE = None

Times = Sequence[int | None]


def at(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


def times(page: Times) -> list[datetime | None]:
    return [None if seconds is None else at(seconds) for seconds in page]


@dataclass(frozen=True)
class Read:
    """A read of these pages; each leads to the next one, and the last one `more` or nowhere."""

    pages: Sequence[Times]
    more: str | None = None
    resumed: bool = False
    increments: bool = True
    started: int = STARTED

    @property
    def cursor(self) -> Cursor:
        token = "where it was cut" if self.resumed else None
        return Cursor("workers", NOON, token, ended=YESTERDAY)

    def done(self) -> Progress:
        progress = Progress.begin(
            self.cursor, NOON, at(self.started), reads_increments=self.increments
        )
        for number, page in enumerate(self.pages, start=1):
            is_last = number == len(self.pages)
            progress = progress.after(times(page), self.more if is_last else f"page {number + 1}")
        return progress


def row(sentence: str, read: Read, watermark: int) -> object:
    return pytest.param(read, watermark, id=sentence)


@pytest.mark.parametrize(
    ("read", "watermark"),
    [
        # newest
        row("it moves to the newest row", Read([[10, 20], [30]]), 30),
        row("the newest row may be on an earlier page", Read([[10, 300], [200]]), 300),
        row("without a page it stays", Read([]), 0),
        row("a page without rows leaves it", Read([[]]), 0),
        row("rows of the overlap never move it back", Read([[-60, -1]]), 0),
        row("a row of tomorrow moves it nowhere", Read([[86_400]]), 0),
        row("beside a row of tomorrow it moves to the newest of today", Read([[10, 86_400]]), 10),
        row("a row of a second after the start has to wait", Read([[10, STARTED + 1]]), 10),
        row("a row of the very start counts in full", Read([[STARTED]]), STARTED),
        row("a clock behind it never moves it back", Read([[5, 90]], started=-30), 0),
        row("a row with an unreadable time moves nothing", Read([[UNREADABLE]]), 0),
        # in_order, page_token
        row("cut short, rows in order move it", Read([[10, 20]], more="page 2"), 20),
        row("cut short, rows at one time are in order", Read([[10, 10]], more="page 2"), 10),
        row("cut short, rows out of order leave it", Read([[20, 10]], more="page 2"), 0),
        row(
            "cut short, one page out of order is enough to leave it",
            Read([[20, 10], [30, 40]], more="page 3"),
            0,
        ),
        row("read to the end, rows out of order move it", Read([[20, 10]]), 20),
        row(
            "cut short, an unreadable time breaks no order",
            Read([[10, UNREADABLE, 20]], more="page 2"),
            20,
        ),
        row(
            "cut short, a row before the cutoff breaks no order",
            Read([[10, -90, 20]], more="page 2"),
            20,
        ),
        # is_resumed
        row("a resumed read leaves it at the end", Read([[10, 20]], resumed=True), 0),
        row(
            "a resumed read leaves it when cut short again",
            Read([[10, 20]], more="page 2", resumed=True),
            0,
        ),
        row("a resumed read out of order moves it at the end", Read([[20, 10]], resumed=True), 20),
        row(
            "a resumed read out of order leaves it when cut short again",
            Read([[20, 10]], more="page 2", resumed=True),
            0,
        ),
        # is_stale, cutoff
        row("an old page leaves it", Read([[-121, 10]]), 0),
        row("an old page leaves it although the next is fresh", Read([[-600], [10]]), 0),
        row("an old page leaves it although the one before was fresh", Read([[10], [-600]]), 0),
        row("an old page leaves it when cut short", Read([[-600, 10]], more="page 2"), 0),
        row("an old page leaves it out of order", Read([[20, -600, 10]]), 0),
        row("an old page leaves it when resumed", Read([[-600, 10]], resumed=True), 0),
        row(
            "an old page leaves it when resumed and out of order",
            Read([[20, -600, 10]], resumed=True),
            0,
        ),
        row("a rounded cutoff is no old page", Read([[-120, 10]]), 10),
        row("an unreadable time is no old page", Read([[UNREADABLE, 10]]), 10),
        # is_whole
        row("a full read moves it at its end", Read([[20, 10]], increments=False), 20),
        row(
            "a full read in order leaves it when cut short, for its order is chance",
            Read([[10, 20]], more="page 2", increments=False),
            0,
        ),
        row("a full read may show old rows", Read([[-600, 10]], increments=False), 10),
        row("a full read never moves it back", Read([[-600]], increments=False), 0),
        row(
            "a full read moves it to no row of tomorrow",
            Read([[86_400, 10]], increments=False),
            10,
        ),
        row(
            "a resumed full read moves it at its end",
            Read([[20, 10]], resumed=True, increments=False),
            20,
        ),
        row(
            "a resumed full read leaves it when cut short again",
            Read([[10, 20]], more="page 2", resumed=True, increments=False),
            0,
        ),
    ],
)
def test_the_watermark(read: Read, watermark: int) -> None:
    assert read.done().saved(at(SAVED)).watermark == at(watermark)


@pytest.mark.parametrize(
    ("read", "page_token", "ended"),
    [
        pytest.param(Read([[10]]), None, at(SAVED), id="a read to the end has ended"),
        pytest.param(Read([]), None, at(SAVED), id="a read without a page has ended"),
        pytest.param(
            Read([[10]], more="page 2"), "page 2", YESTERDAY, id="a read cut short goes on there"
        ),
        pytest.param(
            Read([[10]], resumed=True), None, at(SAVED), id="a resumed read forgets its token"
        ),
        pytest.param(
            Read([], resumed=True), None, at(SAVED), id="a resumed read without a page has ended"
        ),
        pytest.param(
            Read([[10]], more="page 2", resumed=True),
            "page 2",
            YESTERDAY,
            id="a resumed read cut short again goes on further",
        ),
        pytest.param(
            Read([[-600]], more="page 2"), "page 2", YESTERDAY, id="an old page is gone past, too"
        ),
    ],
)
def test_where_the_next_read_begins(read: Read, page_token: str | None, ended: datetime) -> None:
    cursor = read.done().saved(at(SAVED))

    assert (cursor.page_token, cursor.ended) == (page_token, ended)


@pytest.mark.parametrize(
    ("seconds", "increments", "is_recent"),
    [
        pytest.param(0, True, True, id="a row at the watermark"),
        pytest.param(-60, True, True, id="a row at the cutoff"),
        pytest.param(-61, True, False, id="a row before the cutoff"),
        pytest.param(UNREADABLE, True, True, id="a row with an unreadable time"),
        pytest.param(-86_400, False, True, id="any row of a full read"),
        pytest.param(UNREADABLE, False, True, id="a row without a time in a full read"),
    ],
)
def test_which_rows_belong_to_a_read(
    seconds: int | None, increments: bool, is_recent: bool
) -> None:
    progress = Read([], increments=increments).done()

    assert [progress.is_recent(time) for time in times([seconds])] == [is_recent]


@pytest.mark.parametrize(
    ("read", "count"),
    [
        pytest.param(Read([[-60, 10]]), 0, id="rows of the overlap were asked for"),
        pytest.param(Read([[-61, 10], [-90]]), 2, id="rows of all pages are counted"),
        pytest.param(Read([[-600, UNREADABLE, 10]]), 1, id="an unreadable time is not counted"),
        pytest.param(Read([[-600]], increments=False), 0, id="a full read asks for every row"),
    ],
)
def test_how_many_rows_show_that_the_filter_was_ignored(read: Read, count: int) -> None:
    assert read.done().rows_before_cutoff == count


@pytest.mark.parametrize("year", [1, 1899])
def test_a_watermark_before_all_time_lets_everything_through(year: int) -> None:
    """An earlier version believed a time stamp of the year 1, and kept it."""
    first = datetime(year, 1, 1, tzinfo=UTC)
    progress = Progress.begin(Cursor("workers", first), first, NOON, reads_increments=True)

    after = progress.after([YESTERDAY], None)

    assert after.cutoff < YESTERDAY
    assert after.saved(NOON).watermark == YESTERDAY


def test_rows_are_asked_for_from_a_minute_before_the_watermark() -> None:
    assert Read([]).done().cutoff == at(-60)


CROWD = Read([[-30, 0], [0]])


def read_on(cursor: Cursor, minutes: int, pages: Sequence[Times], more: str | None = None) -> Any:
    """A further read of this stream, so many minutes later."""
    began = at(minutes * 60)
    progress = Progress.begin(cursor, cursor.watermark or NOON, began, reads_increments=True)
    for page in pages:
        progress = progress.after(times(page), more)
    return progress


def cutoffs(minutes: Sequence[int]) -> list[datetime]:
    """From when on reads ask that come so many minutes after the first one, which saw a crowd."""
    cursor, asked = CROWD.done().saved(at(0)), []
    for minute in minutes:
        progress = read_on(cursor, minute, [])
        asked.append(progress.cutoff)
        is_whole = progress.cutoff < NOON
        cursor = read_on(cursor, minute, CROWD.pages if is_whole else [[]]).saved(at(minute * 60))
    assert cursor.watermark == NOON
    return asked


@pytest.mark.parametrize(
    ("minutes", "reads"),
    [
        pytest.param((5, 10, 15, 16, 20, 25), 4, id="every five minutes"),
        pytest.param((20, 40, 60), 1, id="every twenty minutes"),
        pytest.param((30, 60), 1, id="every half an hour"),
        pytest.param((5, 600, 605), 2, id="after an outage"),
    ],
)
def test_the_rows_of_a_mass_change_are_left_alone_after_a_read_a_quarter_of_an_hour_later(
    minutes: Sequence[int], reads: int
) -> None:
    assert cutoffs(minutes) == [at(-60)] * reads + [at(1)] * (len(minutes) - reads)


def test_a_read_that_began_before_the_quarter_of_an_hour_was_over_is_not_the_last() -> None:
    cursor = CROWD.done().saved(at(0))
    cut = read_on(cursor, 14, [[-30, 0]], "page 2").saved(at(14 * 60 + 30))
    resumed = read_on(cut, 19, [[0]]).saved(at(19 * 60))

    assert (cut.started, resumed.started) == (at(14 * 60), None)
    assert read_on(resumed, 24, []).cutoff == at(-60)


def test_a_read_in_two_parts_that_began_late_enough_is_the_last() -> None:
    cursor = CROWD.done().saved(at(0))
    cut = read_on(cursor, 16, [[-30, 0]], "page 2").saved(at(16 * 60 + 30))
    resumed = read_on(cut, 21, [[0]]).saved(at(21 * 60))

    assert read_on(resumed, 26, []).cutoff == at(1)


def test_a_read_cut_short_behind_newer_rows_forgets_the_mass_change_before_them() -> None:
    cursor = CROWD.done().saved(at(0))
    cut = read_on(cursor, 5, [[0, 200], [200, 290]], "page 3").saved(at(300))
    resumed = read_on(cut, 20, [[290], [290]]).saved(at(1200))

    assert (cut.watermark, cut.crowded_since) == (at(290), None)
    assert (resumed.crowded_since, resumed.crowd_is_known) == (at(1200), False)


@pytest.mark.parametrize(
    "read",
    [
        pytest.param(Read([[-30, 0]]), id="a page of them is read again for good"),
        pytest.param(Read([[-600, 0], [0]]), id="an old page shows no mass change"),
        pytest.param(Read([[0], []]), id="a page without rows is none"),
        pytest.param(Read([[0], [0]], increments=False), id="a full read has nothing to leave"),
    ],
)
def test_without_a_mass_change_the_rows_before_the_watermark_are_always_read_again(
    read: Read,
) -> None:
    cursor = read.done().saved(at(0))

    assert read_on(cursor, 600, []).cutoff == at(-60)


def test_after_a_newer_row_the_rows_before_it_are_read_again() -> None:
    known = read_on(CROWD.done().saved(at(0)), 20, CROWD.pages).saved(at(1200))
    assert known.crowd_is_known
    cursor = read_on(known, 25, [[1190]]).saved(at(1500))

    assert (cursor.watermark, cursor.crowded_since) == (at(1190), None)
    assert read_on(cursor, 60, []).cutoff == at(1130)


def test_a_mass_change_is_waited_for_again_where_another_one_follows_it() -> None:
    cursor = read_on(CROWD.done().saved(at(0)), 14, [[800], [800]]).saved(at(840))
    cursor = read_on(cursor, 16, [[800], [800]]).saved(at(960))

    assert read_on(cursor, 20, []).cutoff == at(740)


def test_a_read_that_was_cut_short_goes_on_with_the_rows_it_left() -> None:
    known = read_on(CROWD.done().saved(at(0)), 20, CROWD.pages).saved(at(1200))
    cursor = replace(known, page_token="page 2")

    assert read_on(cursor, 600, []).cutoff == at(-60)


SECONDS = st.one_of(st.none(), st.integers(-700, 1200))
READS = st.builds(
    Read,
    st.lists(st.lists(SECONDS, max_size=5), max_size=4),
    more=st.sampled_from([None, "further"]),
    resumed=st.booleans(),
    increments=st.booleans(),
    started=st.sampled_from([-30, 0, STARTED]),
)


@given(READS)
def test_whatever_comes_the_watermark_stays_between_itself_and_the_start_of_the_read(
    read: Read,
) -> None:
    watermark = read.done().reached()

    assert at(0) <= watermark <= max(at(0), at(read.started))


FAR = 10**9
CHANGES = st.lists(st.tuples(st.integers(0, 3600), st.integers(0, 60)), max_size=12)
TICKS = st.lists(st.integers(1, 1800), min_size=1, max_size=12)


@given(
    changes=CHANGES,
    ticks=TICKS,
    ahead=st.integers(-900, 900),
    of_tomorrow=st.integers(0, 5),
    page=st.integers(1, 4),
)
def test_a_row_shown_within_the_overlap_is_read_wherever_the_clock_of_rippling_stands(
    changes: list[tuple[int, int]], ticks: list[int], ahead: int, of_tomorrow: int, page: int
) -> None:
    # When each row is shown by our clock, and its time by the clock of Rippling.
    rows = [(moment + late, moment + ahead) for moment, late in changes]
    rows += [(0, FAR + place) for place in range(of_tomorrow)]
    cursor, now, found = Cursor("workers", at(-1000)), 0, set[int]()
    for seconds in (*ticks, 1_000_000, 1000, 1000, 1000):
        now += seconds
        progress = Progress.begin(cursor, cursor.watermark or NOON, at(now), reads_increments=True)
        asked = [
            place
            for place, (shown, time) in sorted(enumerate(rows), key=lambda each: each[1][1])
            if shown <= now and at(time) >= progress.cutoff
        ]
        found.update(asked)
        for first in range(0, len(asked), page):
            progress = progress.after(
                times([rows[n][1] for n in asked[first : first + page]]), None
            )
        cursor = progress.saved(at(now))

    today = [time for _, time in rows if time < FAR]
    assert found == set(range(len(rows)))
    assert cursor.watermark == at(max([-1000, *today]))


@given(
    st.integers(1, 900), st.integers(0, 60), st.lists(st.integers(1, 3600), min_size=3, max_size=9)
)
def test_a_row_of_a_mass_change_shown_within_a_quarter_of_an_hour_is_read_whenever_ticks_come(
    late: int, behind: int, ticks: list[int]
) -> None:
    cursor, now, is_found = CROWD.done().saved(at(0)), 0, False
    for seconds in (*ticks, 1000):
        now += seconds
        progress = Progress.begin(cursor, NOON, at(now), reads_increments=True)
        is_asked = at(-behind) >= progress.cutoff
        is_found = is_found or (is_asked and now >= late)
        for rows in CROWD.pages if is_asked else [[]]:
            progress = progress.after(times(rows), None)
        cursor = progress.saved(at(now))

    assert is_found


# Sweeps


def test_a_sweep_begins_with_nothing_seen() -> None:
    old = Cursor("sweep", page_token="7", newest=NOON, seen=41, ended=YESTERDAY)

    assert old.begun(NOON, ["norway"]) == Cursor(
        "sweep", started=NOON, loading=("norway",), ended=YESTERDAY, shown={}
    )


def test_a_sweep_counts_its_rows_and_remembers_the_newest() -> None:
    sweep = Cursor("sweep", started=NOON).past(times([-10, UNREADABLE]), "page 2")
    sweep = sweep.past(times([-30]), "page 3")

    assert sweep == Cursor("sweep", page_token="page 3", started=NOON, newest=at(-10), seen=3)


def test_the_newest_row_of_a_sweep_is_none_of_tomorrow() -> None:
    sweep = Cursor("sweep", started=NOON).past(times([-30, 86_400]), "page 2")

    assert (sweep.newest, sweep.seen) == (at(-30), 2)


def test_a_sweep_that_shows_no_times_has_no_newest() -> None:
    assert Cursor("sweep", started=NOON).past(times([UNREADABLE]), None).newest is None


def test_of_a_finished_sweep_its_end_and_its_first_loads_are_kept() -> None:
    sweep = Cursor("sweep", started=NOON, newest=NOON, seen=9, loading=("norway",))

    assert sweep.finished(at(60)) == Cursor("sweep", loading=("norway",), ended=at(60))


def test_of_a_finished_sweep_it_is_kept_how_many_lacked_which_fact() -> None:
    sweep = Cursor("workers sweep").begun(NOON, []).past([NOON], "2", {"department": 2})
    sweep = sweep.past([NOON], None, {"department": 1, "location": 1})

    assert sweep.finished(NOON).facts_unknown == {"department": 3, "location": 1}
    assert sweep.aborted().facts_unknown == {}
    assert sweep.finished(NOON).begun(NOON, []).facts_unknown == {}


def test_of_an_aborted_sweep_nothing_is_kept() -> None:
    sweep = Cursor("sweep", page_token="7", started=NOON, seen=9, ended=YESTERDAY)

    assert sweep.aborted() == Cursor("sweep", ended=YESTERDAY)


@pytest.mark.parametrize(
    ("newest", "watermark"),
    [
        pytest.param(-3600, -3600, id="it is the newest row of the sweep"),
        pytest.param(30, 0, id="it is never past the beginning of the sweep"),
        pytest.param(None, 0, id="it is the beginning where no row shows a time"),
    ],
)
def test_the_watermark_after_a_first_sweep(newest: int | None, watermark: int) -> None:
    (greatest,) = times([newest])
    sweep = Cursor("sweep", started=NOON, newest=greatest)

    changes = Cursor("workers").after_first(sweep, at(60))

    assert changes == Cursor("workers", at(watermark), ended=at(60))
