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
