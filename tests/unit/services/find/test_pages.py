"""How far a read gets: page tokens that have become unusable, limits, and the time that is left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.domain.changes import Cause
from connector.domain.errors import RateLimitedError, UpstreamUnavailableError
from connector.ports.rippling import Page
from connector.services.find.batch import Batch
from connector.services.find.pages import MOST_FOUND, RESERVE_SECONDS, Pages
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
