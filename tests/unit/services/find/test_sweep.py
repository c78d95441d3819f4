"""The full sweep: cut short, aborted, finished, and the first one of all."""

from __future__ import annotations

import pytest

from connector.domain.cursors import Cursor
from tests.unit.builders import NOW
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
