"""A vendor that asks to wait is waited for: a moment at once, longer by the queue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime

import pytest

from connector.adapters.http.client import ATTEMPTS
from connector.domain.errors import (
    RateLimitedError,
    UpstreamUnavailableError,
)
from tests.simulator.messages import json_response
from tests.unit.scripted import (
    NOW,
    OK,
    ClientBench,
    Scripted,
    failing,
)


@pytest.fixture
def bench() -> Iterator[ClientBench]:
    with Scripted() as vendor:
        yield ClientBench(vendor)


class TestWaits:
    def test_a_short_retry_after_is_slept_as_asked(self, bench: ClientBench) -> None:
        bench.vendor.script = [failing(429, Retry_After="5"), failing(503, Retry_After="2"), OK]

        assert bench.client().get("/things").ok
        assert bench.naps == [5.0, 2.0]

    def test_a_retry_after_may_be_a_date(self, bench: ClientBench) -> None:
        date = format_datetime(NOW + timedelta(seconds=3), usegmt=True)
        bench.vendor.script = [failing(429, Retry_After=date), OK]

        assert bench.client().get("/things").ok
        assert bench.naps == [3.0]

    def test_a_retry_after_that_cannot_be_read_is_ignored(self, bench: ClientBench) -> None:
        bench.vendor.script = [failing(429, Retry_After="soon"), OK]

        assert bench.client().get("/things").ok
        assert len(bench.naps) == 1

    def test_a_long_retry_after_is_left_to_the_queue(self, bench: ClientBench) -> None:
        bench.vendor.script = [failing(429, Retry_After="6"), OK]

        with pytest.raises(RateLimitedError) as caught:
            bench.client().get("/things")

        assert caught.value.retry_after == 6.0
        assert (bench.naps, bench.statuses()) == ([], [429])

    def test_a_fault_that_asks_for_a_long_wait_is_left_to_the_queue(
        self, bench: ClientBench
    ) -> None:
        bench.vendor.script = [failing(503, Retry_After="120"), OK]

        with pytest.raises(UpstreamUnavailableError) as caught:
            bench.client().get("/things")

        assert caught.value.retry_after == 120.0
        assert bench.statuses() == [503]

    def test_a_limit_that_does_not_end_is_a_limit_not_an_outage(self, bench: ClientBench) -> None:
        bench.vendor.script = [failing(429, Retry_After="1")]

        with pytest.raises(RateLimitedError):
            bench.client().get("/things")

        assert bench.statuses() == [429] * ATTEMPTS

    def test_after_the_last_call_of_a_window_none_is_sent_until_the_next(
        self, bench: ClientBench
    ) -> None:
        spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "90"}
        bench.vendor.script = [json_response(200, {}, spent), OK]
        client = bench.client()
        client.get("/things")

        bench.now += timedelta(seconds=30)
        with pytest.raises(RateLimitedError) as read:
            client.get("/things")
        with pytest.raises(RateLimitedError) as write:
            client.write("PUT", "/things/7", {})
        bench.now += timedelta(seconds=60)

        assert client.get("/things").ok
        assert (read.value.retry_after, write.value.retry_after) == (60.0, 60.0)
        assert bench.statuses() == [200, 200]

    def test_a_window_that_ends_in_moments_is_slept_through(self, bench: ClientBench) -> None:
        spent = {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "3"}
        bench.vendor.script = [failing(429, Retry_After="3", **spent), OK]

        assert bench.client().get("/things").ok
        assert bench.naps == [3.0]

    def test_calls_that_are_left_hold_nothing_up(self, bench: ClientBench) -> None:
        left = {"X-RateLimit-Remaining": "1", "X-RateLimit-Reset": "90"}
        bench.vendor.script = [json_response(200, {}, left)]
        client = bench.client()

        assert client.get("/things").ok
        assert client.get("/things").ok

    def test_a_reset_may_be_a_moment_instead_of_a_wait(self, bench: ClientBench) -> None:
        moment = str(int(NOW.timestamp()) + 45)
        spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": moment}
        bench.vendor.script = [json_response(200, {}, spent)]
        client = bench.client()
        client.get("/things")

        with pytest.raises(RateLimitedError) as caught:
            client.get("/things")

        assert caught.value.retry_after == 45.0

    def test_no_wait_is_believed_to_be_longer_than_an_hour(self, bench: ClientBench) -> None:
        spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1764000000000"}
        bench.vendor.script = [json_response(200, {}, spent)]
        client = bench.client()
        client.get("/things")

        with pytest.raises(RateLimitedError) as caught:
            client.get("/things")

        assert caught.value.retry_after == 3600.0

    def test_a_long_wait_holds_for_every_call_after_it(self, bench: ClientBench) -> None:
        bench.vendor.script = [failing(429, Retry_After="600"), OK]
        client = bench.client()
        for _ in range(3):
            with pytest.raises(RateLimitedError):
                client.get("/things")

        bench.now += timedelta(seconds=600)

        assert client.get("/things").ok
        assert bench.statuses() == [429, 200]
