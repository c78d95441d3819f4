"""The full sweep: cut short, aborted, finished, and the first one of all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connector.domain.cursors import Cursor
from connector.domain.facts import NOT_SHOWN, REMOTE, Named
from connector.domain.mapping.naming.bindings import NamedKind
from connector.domain.people import EmploymentStatus, Worker
from connector.ports.rippling import Page
from connector.services.shared.names import shown_in
from tests.unit.builders import NOW, a_worker
from tests.unit.find_bench import HOUR_AGO, FindBench, a_cursor, worker

NEVER = Cursor("workers sweep")


def test_a_sweep_reads_everybody_and_ends() -> None:
    bench = FindBench([[worker(1)], [worker(2)]])

    batch = bench.sweep.read(NEVER, a_cursor(), bench.mapping)

    assert [each.worker_id for each in batch.candidates] == ["w1", "w2"]
    assert batch.cursors == (Cursor("workers sweep", loading=("norway",), ended=NOW),)
    assert batch.report.sweep == "finished"


def test_a_sweep_that_is_cut_short_keeps_whom_it_found_and_goes_on() -> None:
    bench = FindBench([[worker(1)], [worker(2)]])
    bench.clock.remaining = 0.0

    batch = bench.sweep.read(NEVER, a_cursor(), bench.mapping)

    assert [each.worker_id for each in batch.candidates] == ["w1"]
    (cursor,) = batch.cursors
    assert (cursor.started, cursor.page_token, cursor.seen) == (NOW, "1", 1)
    assert batch.report.sweep == "cut short"

    rest = bench.sweep.read(cursor, a_cursor(), bench.mapping)

    assert [each.worker_id for each in rest.candidates] == ["w2"]
    (cursor,) = rest.cursors
    assert (cursor.to_review, rest.report.sweep) == (("norway",), "cut short")
    assert bench.sweep.read(cursor, a_cursor(), bench.mapping).report.sweep == "finished"


def test_a_resumed_sweep_to_which_nobody_is_left_ends() -> None:
    bench = FindBench([])
    cursor = Cursor("workers sweep", page_token="4", started=HOUR_AGO, seen=4)

    assert bench.sweep.read(cursor, a_cursor(), bench.mapping).report.sweep == "finished"


def test_of_a_sweep_that_sees_too_few_nothing_is_queued_and_it_begins_again() -> None:
    bench = FindBench([[worker(1)]])
    bench.employ(*(f"p{number}" for number in range(20)))
    cursor = Cursor("workers sweep", ended=HOUR_AGO)

    batch = bench.sweep.read(cursor, a_cursor(), bench.mapping)

    assert (batch.candidates, batch.cursors) == ((), (cursor,))
    assert (batch.report.sweep, batch.report.workers_read) == ("aborted", 1)
    assert bench.metrics.counts == {"SweepAborted": 1}


@pytest.mark.parametrize("seconds", [0, 7200])
def test_a_first_sweep_sets_the_watermark_never_past_its_beginning(seconds: int) -> None:
    bench = FindBench([[worker(1, seconds)]])

    batch = bench.sweep.read(NEVER, Cursor("workers"), bench.mapping)

    _, changes = batch.cursors
    assert changes == Cursor("workers", NOW if seconds else HOUR_AGO, ended=NOW)


def test_where_visma_cannot_be_asked_for_its_edits_the_sweep_ends_and_says_so() -> None:
    bench = FindBench([[worker(1)]])
    bench.employ("p1")

    batch = bench.sweep.read(NEVER, a_cursor(), bench.mapping)

    assert batch.report.problems == ["norway: Visma does not answer"]


def test_a_sweep_whose_pages_go_round_in_a_circle_misses_nobody_and_begins_again() -> None:
    bench = FindBench([[worker(1)], [worker(2)]] * 9)
    bench.employ("p3")

    batch = bench.sweep.read(NEVER, a_cursor(), bench.mapping)

    assert [each.worker_id for each in batch.candidates] == ["w1", "w2"]
    assert batch.cursors == (Cursor("workers sweep", loading=(), started=NOW, circled=1, shown={}),)
    assert (batch.report.sweep, batch.report.goes_nowhere) == ("cut short", True)
    assert "PeopleGone" not in bench.metrics.counts


# What a sweep says of things with a name: one that has shown all of them proves that one is gone.

HIDDEN = {
    "only the id": Named("d1", is_partial=True),
    "only the name": Named(None, "Production", is_partial=True),
    "nothing": NOT_SHOWN,
}
OTHERS = {"location", "legal_entity"}
"""What a worker of the bench shows with its id, besides the department."""


def swept(bench: FindBench) -> dict[str, str]:
    """Of each kind the day of the last sweep that showed it whole."""
    return dict(bench.sweep.cache.names().swept)


def run(bench: FindBench, cursor: Cursor = NEVER) -> Cursor:
    """A sweep to its end, with time for one page in each run; its cursor before the last."""
    while True:
        batch = bench.sweep.read(cursor, a_cursor(), bench.mapping)
        if batch.report.sweep != "cut short":
            return cursor
        (cursor,) = batch.cursors


def one(number: int, **facts: Any) -> Worker:
    return a_worker(f"w{number}", f"p{number}", **facts)


def test_a_sweep_that_shows_everything_says_so_of_each_kind() -> None:
    bench = FindBench([[one(1)], [one(2)]])

    run(bench)

    today = NOW.date().isoformat()
    assert swept(bench) == dict.fromkeys({"department", *OTHERS}, today), "no type has its id"


@pytest.mark.parametrize("seconds", [0.0, 1000.0])
@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
def test_a_sweep_that_hides_it_of_one_person_has_not_shown_a_kind(
    hidden: Named, place: int, seconds: float
) -> None:
    pages = [[one(1)], [one(2)], [one(3)]]
    pages[place] = [one(9, department=hidden)]
    bench = FindBench(pages)
    bench.clock.remaining = seconds

    run(bench)

    assert swept(bench).keys() == OTHERS


def test_of_leavers_a_kind_may_be_hidden_and_remote_work_hides_no_location() -> None:
    left = one(2, status=EmploymentStatus.TERMINATED, department=NOT_SHOWN)
    bench = FindBench([[one(1, location=REMOTE), left]])

    run(bench)

    assert swept(bench).keys() == {"department", *OTHERS}


def test_a_sweep_in_which_nobody_is_shown_shows_no_kind() -> None:
    left = one(1, status=EmploymentStatus.TERMINATED, department=NOT_SHOWN)

    for pages in ([], [[left]]):
        bench = FindBench(pages)
        run(bench)
        assert "department" not in swept(bench)


def test_an_aborted_sweep_shows_no_kind() -> None:
    bench = FindBench([[one(1)]])
    bench.employ(*(f"p{number}" for number in range(20)))

    run(bench)

    assert swept(bench) == {}


def test_a_row_that_cannot_be_read_may_be_of_anything() -> None:
    assert shown_in(Page([one(1)], None, unreadable=1)) == dict.fromkeys(NamedKind, False)


def test_a_sweep_that_takes_days_counts_by_the_day_on_which_it_began() -> None:
    """What it has seen on that day is not gone by it."""
    bench = FindBench([[one(1)], [one(2)]])
    bench.clock.remaining = 0.0
    (cursor,) = bench.sweep.read(NEVER, a_cursor(), bench.mapping).cursors
    bench.clock.turn(days=5)

    run(bench, cursor)

    assert swept(bench)["department"] == NOW.date().isoformat()


@pytest.mark.parametrize("lost", [{"shown": None}, {"sightings": None}])
def test_a_sweep_of_which_it_is_not_known_what_it_showed_shows_no_kind(lost: Any) -> None:
    """As one that the version before has begun."""
    bench = FindBench([[one(1)], [one(2)]])
    bench.clock.remaining = 0.0
    (cursor,) = bench.sweep.read(NEVER, a_cursor(), bench.mapping).cursors

    run(bench, replace(cursor, **lost))

    assert swept(bench) == {}
