"""How far a read gets: page tokens that have become unusable, limits, and the time that is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from connector.domain.changes import Cause
from connector.domain.cursors import Cursor
from connector.domain.errors import RateLimitedError, UpstreamUnavailableError
from connector.domain.people import Worker
from connector.ports.rippling import Page
from connector.services.find.batch import Batch
from connector.services.find.pages import MOST_FOUND, MOST_MARKS, RESERVE_SECONDS, Pages
from connector.services.shared.outlook import Candidate
from tests.support.clock import HandClock
from tests.unit.find_bench import ScriptedSource, worker

USED_UP = RateLimitedError("Rippling's calls are used up", retry_after=60)
FOUND = Candidate("w1", "p1", Cause.POLL)


def sizes(pages: Iterator[Page] | Pages) -> list[int]:
    return [len(page.workers) for page in pages]


def test_a_read_goes_on_at_its_page_token() -> None:
    source = ScriptedSource([[worker(1)], [worker(2), worker(3)]])

    pages = Pages(source.everyone, "1")

    assert (sizes(pages), pages.next_page_token, pages.problems) == ([2], None, [])


def test_where_the_page_token_is_unusable_everything_is_read() -> None:
    source = ScriptedSource([[worker(1)], [worker(2), worker(3)]])
    source.unusable = {"1"}

    assert sizes(Pages(source.everyone, "1")) == [1, 2]
    assert [asked.page_token for asked in source.asked] == ["1", None]


def test_without_a_page_token_a_failure_is_one() -> None:
    source = ScriptedSource([UpstreamUnavailableError("down")])

    with pytest.raises(UpstreamUnavailableError):
        sizes(Pages(source.everyone, None))

    assert len(source.asked) == 1


def test_a_limit_makes_no_page_token_unusable() -> None:
    source = ScriptedSource([[worker(1)], USED_UP])

    with pytest.raises(RateLimitedError):
        sizes(Pages(source.everyone, "1"))

    assert len(source.asked) == 1


def test_a_limit_met_later_ends_the_pages_and_says_so() -> None:
    source = ScriptedSource([[worker(1)], USED_UP, [worker(2)]])

    pages = Pages(source.everyone, None)

    assert (sizes(pages), pages.next_page_token) == ([1], "1")
    assert pages.problems == [str(USED_UP)]


def test_another_failure_later_is_one() -> None:
    source = ScriptedSource([[worker(1)], UpstreamUnavailableError("down")])

    with pytest.raises(UpstreamUnavailableError):
        sizes(Pages(source.everyone, None))


@pytest.mark.parametrize(
    ("remaining", "found", "more", "must_stop"),
    [
        pytest.param(RESERVE_SECONDS, 0, True, False, id="there is time"),
        pytest.param(RESERVE_SECONDS - 1, 0, True, True, id="queueing needs the time"),
        pytest.param(RESERVE_SECONDS - 1, 0, False, False, id="late, but at the last page"),
        pytest.param(1000, MOST_FOUND - 1, True, False, id="there is room"),
        pytest.param(1000, MOST_FOUND, True, True, id="so many wait to be queued"),
        pytest.param(1000, MOST_FOUND, False, False, id="many wait, but at the last page"),
    ],
)
def test_when_a_read_is_cut_short(
    remaining: float, found: int, more: bool, must_stop: bool
) -> None:
    clock = HandClock()
    clock.remaining = remaining
    source = ScriptedSource([[worker(1)], [worker(2)]] if more else [[worker(1)]])
    pages = Pages(source.everyone, None)
    next(iter(pages))

    assert pages.must_stop(Batch((FOUND,) * found), clock) is must_stop


def test_pages_that_go_round_in_a_circle_end_where_one_comes_again() -> None:
    source = ScriptedSource([[worker(1)], [worker(2)]] * 9)

    pages = Pages(source.everyone, None)

    assert sizes(pages) == [1, 1]
    assert (pages.is_circle, pages.goes_nowhere, pages.next_page_token) == (True, True, None)
    assert "round in a circle" in pages.problems[0]


def test_a_circle_is_seen_by_a_run_that_reads_no_more_than_one_page() -> None:
    source = ScriptedSource([[worker(1)], [worker(2)], [worker(3)]] * 9)
    cursor, read = Cursor("workers"), []

    for _ in range(4):
        pages = Pages.of(source.everyone, cursor)
        read.append(len(list(zip(range(1), pages, strict=False))))
        cursor = replace(cursor, page_token=pages.next_page_token, marks=pages.marks)

    assert (read, pages.is_circle) == ([1, 1, 1, 0], True)


@pytest.mark.parametrize(
    "pages",
    [
        pytest.param([[worker(1)], [worker(1, 5)], []], id="a row that changed on the way"),
        pytest.param([[worker(1), worker(2)], [worker(2), worker(3)], []], id="pages that overlap"),
        pytest.param([[], [], [worker(1)]], id="pages without a row to read"),
        pytest.param([[worker(1)], [worker(1)]], id="a last page that shows nothing new"),
    ],
)
def test_a_list_that_comes_to_an_end_is_no_circle(pages: list[list[Worker]]) -> None:
    read = Pages(ScriptedSource(pages).everyone, None)

    assert sizes(read) == [len(page) for page in pages]
    assert not read.is_circle


def test_rows_that_were_not_asked_for_are_told_apart_all_the_same() -> None:
    pages = [Page([worker(number)]).without_old([]) for number in (1, 2, 1)]
    marks = [page.mark for page in pages]

    assert marks[0] == marks[2] != marks[1]


def test_a_read_that_begins_again_and_is_cut_short_again_goes_nowhere() -> None:
    source = ScriptedSource([[worker(1)], [worker(2)]])
    source.unusable = {"1"}
    pages = Pages(source.everyone, "1", [Page([worker(1)]).mark])

    cut = []
    for page in pages:
        cut.append(page)
        break

    assert (len(cut), pages.is_circle, pages.goes_nowhere) == (1, False, True)
    assert (sizes(pages), pages.goes_nowhere) == ([1, 1], False)


def test_the_marks_of_a_long_read_are_few() -> None:
    source = ScriptedSource([[worker(number)] for number in range(99)])
    marks: tuple[str, ...] = ()
    for place in range(1, 99):
        pages = Pages(source.everyone, str(place), marks)
        assert list(zip(range(1), pages, strict=False))
        marks = pages.marks

    assert len(marks) == 1 + MOST_MARKS
