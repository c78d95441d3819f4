"""The incremental read: from where, whom it compares, and what it counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from connector.domain.cursors import OVERLAP
from connector.domain.errors import RateLimitedError
from connector.services.find.batch import Batch
from tests.unit.find_bench import HOUR_AGO, Asked, FindBench, a_cursor, worker

USED_UP = RateLimitedError("Rippling's calls are used up", retry_after=60)


def test_before_the_first_sweep_nothing_is_read() -> None:
    bench = FindBench([[worker(1)]])

    assert bench.changes.read(bench.cursors.cursor("workers"), bench.mapping) == Batch()
    assert bench.source.asked == []


@pytest.mark.parametrize("page_token", [None, "1"])
def test_it_asks_for_rows_of_the_overlap_and_goes_on_at_the_page_token(
    page_token: str | None,
) -> None:
    bench = FindBench([[worker(1)], [worker(2)]])

    bench.changes.read(a_cursor(page_token), bench.mapping)

    assert bench.source.asked == [Asked(HOUR_AGO - OVERLAP, page_token)]


def test_a_read_gives_the_changed_and_the_cursor_behind_them() -> None:
    bench = FindBench([[worker(1, 10)], [worker(2, 20)]])

    batch = bench.changes.read(a_cursor(), bench.mapping)

    assert [each.worker_id for each in batch.candidates] == ["w1", "w2"]
    assert batch.report.workers_read == 2
    (cursor,) = batch.cursors
    assert (cursor.watermark, cursor.page_token) == (HOUR_AGO + timedelta(seconds=20), None)


def test_a_read_changes_nothing_so_that_it_can_be_repeated() -> None:
    bench = FindBench([[worker(1, 10)], [worker(2, 20)]])

    first = bench.changes.read(a_cursor(), bench.mapping)

    assert bench.changes.read(a_cursor(), bench.mapping) == first
    assert bench.queued() == []


def test_rows_before_the_cutoff_are_counted_and_not_compared() -> None:
    bench = FindBench([[worker(1, -600), worker(2, 10), worker(3, None)]])

    batch = bench.changes.read(a_cursor(), bench.mapping)

    assert [each.worker_id for each in batch.candidates] == ["w2", "w3"]
    assert (batch.report.workers_read, batch.report.rows_before_cutoff) == (2, 1)
    assert bench.metrics.counts == {"FilterIgnored": 1}


def test_a_read_that_is_cut_short_counts_nothing_yet() -> None:
    bench = FindBench([[worker(1, -600)], [worker(2, 10)]])
    bench.clock.remaining = 0.0

    batch = bench.changes.read(a_cursor(), bench.mapping)

    assert [each.page_token for each in batch.cursors] == ["1"]
    assert (batch.report.rows_before_cutoff, bench.metrics.counts) == (1, {})


def test_a_read_that_meets_the_limit_keeps_what_it_has_and_says_so() -> None:
    bench = FindBench([[worker(1, 10)], USED_UP])

    batch = bench.changes.read(a_cursor(), bench.mapping)

    assert [each.worker_id for each in batch.candidates] == ["w1"]
    assert [each.page_token for each in batch.cursors] == ["1"]
    assert batch.report.problems == [str(USED_UP)]


def test_a_source_without_increments_is_read_in_full_and_that_is_counted() -> None:
    bench = FindBench([[worker(1, -600), worker(2, 10)]])
    bench.source.reads_increments = False

    batch = bench.changes.read(a_cursor(), bench.mapping)

    assert len(batch.candidates) == 2
    assert bench.metrics.counts == {"FullReads": 1}


def test_where_the_pages_go_round_in_a_circle_the_next_read_is_a_new_one() -> None:
    """What came is queued, and by time nothing that came before was left out."""
    bench = FindBench([[worker(1, 10)], [worker(2, 20)]] * 9)

    batch = bench.changes.read(a_cursor(), bench.mapping)

    assert [each.worker_id for each in batch.candidates] == ["w1", "w2"]
    (cursor,) = batch.cursors
    assert cursor == replace(a_cursor(), watermark=HOUR_AGO + timedelta(seconds=20), circled=1)
    assert batch.report.goes_nowhere


def test_a_circle_in_no_order_moves_no_watermark() -> None:
    bench = FindBench([[worker(1, 20), worker(2, 10)]] * 9)

    (cursor,) = bench.changes.read(a_cursor(), bench.mapping).cursors

    assert cursor == replace(a_cursor(), circled=1)
