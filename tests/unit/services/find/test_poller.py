"""A run of the poller: what it saves, and when."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from connector.domain.changes import Change
from connector.domain.errors import RetryableError
from connector.domain.guards import ChangeKind
from tests.unit.find_bench import FindBench, a_cursor, worker


@pytest.mark.parametrize("full_sweep", [False, True])
def test_a_run_that_could_not_queue_has_saved_no_cursor(full_sweep: bool) -> None:
    bench = FindBench([[worker(1, 10)]])
    bench.cursors.save(a_cursor())
    bench.queue.is_down = True

    with pytest.raises(RetryableError):
        bench.poller.run(full_sweep=full_sweep)

    assert bench.cursors.cursor("workers") == a_cursor()
    assert bench.cursors.cursor("workers sweep").ended is None


def test_the_run_after_one_that_could_not_queue_finds_the_same_people() -> None:
    bench = FindBench([[worker(1, 10)], [worker(2, 20)]])
    bench.cursors.save(a_cursor())
    bench.queue.is_down = True
    with pytest.raises(RetryableError):
        bench.poller.run()
    bench.queue.is_down = False

    summary = bench.poller.run()

    assert bench.queued() == ["w1", "w2"]
    assert (summary.queued, summary.workers_read) == (2, 2)


def test_a_run_saves_the_cursors_of_all_its_readers() -> None:
    bench = FindBench([[worker(1, 10)]])
    bench.cursors.save(a_cursor())

    summary = bench.poller.run(full_sweep=True)

    assert (summary.sweep, summary.workers_read) == ("finished", 2)
    assert bench.cursors.cursor("workers").watermark != a_cursor().watermark
    assert bench.cursors.cursor("workers sweep").ended == bench.clock.now()


def test_where_changes_cannot_be_read_a_sweep_reads_everybody_once() -> None:
    bench = FindBench([[worker(1, 10)]])
    bench.source.reads_increments = False
    bench.cursors.save(a_cursor())

    assert bench.poller.run(full_sweep=True).workers_read == 1
    assert bench.poller.run().workers_read == 1


def test_what_a_guard_holds_is_known_before_the_writer_can_see_any_of_it() -> None:
    bench = FindBench([[worker(number, number) for number in range(1, 31)]])
    bench.cursors.save(a_cursor())
    seen: list[bool] = []
    send = bench.queue.send

    def looking(changes: Iterable[Change]) -> int:
        sent = list(changes)
        runs = (bench.guard_log.run(change.run or "") for change in sent)
        seen.extend(run.holds("norway", ChangeKind.CREATE) is not None for run in runs)
        return send(sent)

    bench.queue.send = looking  # type: ignore[method-assign]

    bench.poller.run()

    assert seen == [True] * 30


@pytest.mark.parametrize(("pages", "succeeded"), [(2, 6), (18, 0)])
def test_a_run_whose_pages_go_round_in_a_circle_is_no_success(pages: int, succeeded: int) -> None:
    """So that the alarm about a silent poller rings, whatever the time for a run suffices for."""
    bench = FindBench([[worker(1, 10)], [worker(2, 20)]] * (pages // 2))
    bench.cursors.save(a_cursor())

    summaries = [bench.poller.run() for _ in range(6)]

    assert bench.metrics.counts["PollSucceeded"] == succeeded
    assert bench.queued() == ["w1", "w2"]
    assert all(summary.goes_nowhere == (not succeeded) for summary in summaries)


def test_a_long_read_that_comes_further_with_each_run_is_a_success() -> None:
    bench = FindBench([[worker(number, number)] for number in range(1, 9)])
    bench.cursors.save(a_cursor())
    bench.clock.remaining = 0.0

    for _ in range(8):
        assert not bench.poller.run().goes_nowhere

    assert bench.metrics.counts["PollSucceeded"] == 8
    assert bench.cursors.cursor("workers").page_token is None


def test_no_run_is_a_success_until_one_comes_further_than_to_where_a_page_came_again() -> None:
    circle = [worker(1, 10)], [worker(2, 20)], [worker(3, 30)]
    bench = FindBench(circle * 9)
    bench.cursors.save(a_cursor())
    bench.clock.remaining = 0.0

    went = [bench.poller.run().goes_nowhere for _ in range(12)]
    bench.source.pages = [[worker(number, number)] for number in range(1, 9)]
    then = [bench.poller.run().goes_nowhere for _ in range(8)]

    assert went == [False] * 3 + [True] * 9
    assert then == [True] * 3 + [False] * 5
    assert bench.cursors.cursor("workers").circled == 0
