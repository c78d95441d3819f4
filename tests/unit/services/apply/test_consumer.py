"""When a change that could not be dealt with comes again."""

from __future__ import annotations

import math
from contextlib import nullcontext
from datetime import timedelta

import pytest

from connector.adapters.memory import InMemoryChangeQueue, InMemoryFailedAttempts
from connector.domain.changes import Cause, Change
from connector.domain.errors import (
    ConfigurationError,
    ConflictError,
    ConnectorError,
    RateLimitedError,
    RetryableError,
    UnknownOutcomeError,
    UpstreamUnavailableError,
)
from connector.domain.planning import Outcome
from connector.services.apply.consumer import SPREAD_SECONDS, Consumer, spread, wait_before
from tests.embedded.template import load_template
from tests.support.clock import HandClock
from tests.support.silence import Silent
from tests.support.world import CountedMetrics

HOUR = 3600.0
WORKERS = [f"6b056ce6bb31e578b5{number:06d}" for number in range(200)]


class Failing:
    """An applier that meets an error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def apply(self, change: Change, *, delivery: int = 1) -> Outcome:
        raise self._error


def waits(error: ConnectorError, workers: list[str], delivery: int = 1) -> list[float]:
    queue = InMemoryChangeQueue()
    attempts = InMemoryFailedAttempts(HandClock())
    consumer = Consumer(Failing(error), queue, attempts, Silent(), CountedMetrics())
    for worker in workers:
        body = Change(worker, Cause.POLL, "c").to_body()
        assert not consumer.consume(body, receipt=worker, delivery=delivery)
    return [seconds for _, seconds in queue.postponed]


def test_changes_that_wait_for_one_window_come_again_spread_over_a_minute() -> None:
    found = waits(RateLimitedError("used up", retry_after=1800), WORKERS)

    assert min(found) >= 1800
    assert max(found) < 1800 + SPREAD_SECONDS
    busiest = max(sum(1 for each in found if second <= each < second + 1) for second in found)
    assert busiest <= len(found) / 10
    assert found == waits(RateLimitedError("used up", retry_after=1800), WORKERS)


def test_a_short_wait_is_not_made_much_longer() -> None:
    assert max(waits(RateLimitedError("burst", retry_after=7), WORKERS)) < 14


@pytest.mark.parametrize("error", [RetryableError("away"), ConfigurationError("turned down")])
def test_a_change_that_fails_for_the_tenth_time_is_overdue_after_about_an_hour(
    error: ConnectorError,
) -> None:
    metrics, body = CountedMetrics(), Change("w", Cause.POLL, "c").to_body()
    attempts, queue = InMemoryFailedAttempts(HandClock()), InMemoryChangeQueue()
    consumer = Consumer(Failing(error), queue, attempts, Silent(), metrics)
    for delivery in range(1, 10):
        consumer.consume(body, receipt="r", delivery=delivery)
    assert metrics.counts["ChangesOverdue"] == 0
    assert sum(seconds for _, seconds in queue.postponed) >= 0.75 * HOUR

    consumer.consume(body, receipt="r", delivery=10)

    assert metrics.counts["ChangesOverdue"] == 1


def test_who_waits_for_a_window_of_calls_is_not_overdue_however_often() -> None:
    metrics, body = CountedMetrics(), Change("w", Cause.POLL, "c").to_body()
    attempts, queue = InMemoryFailedAttempts(HandClock()), InMemoryChangeQueue()
    limit = RateLimitedError("used up", retry_after=1800)
    consumer = Consumer(Failing(limit), queue, attempts, Silent(), metrics)
    for delivery in range(1, 31):
        consumer.consume(body, receipt="r", delivery=delivery)

    assert metrics.counts["ChangesDelayed"] == 30
    assert metrics.counts["ChangesOverdue"] == 0


@pytest.mark.parametrize(
    "error",
    [
        RateLimitedError("used up", retry_after=HOUR),
        RateLimitedError("used up"),
        RetryableError("away", retry_after=2 * HOUR),
        ConflictError("another is at it", retry_after=HOUR),
        UnknownOutcomeError("no answer", retry_after=HOUR),
        ConfigurationError("turned down"),
    ],
)
def test_whatever_a_change_waits_for_it_is_overdue_after_a_day(error: ConnectorError) -> None:
    metrics, body = CountedMetrics(), Change("w", Cause.POLL, "c").to_body()
    attempts, queue = InMemoryFailedAttempts(HandClock()), InMemoryChangeQueue()
    consumer = Consumer(Failing(error), queue, attempts, Silent(), metrics)
    almost = timedelta(hours=23, minutes=59)
    consumer.consume(body, receipt="r", delivery=3, waited=almost)
    assert metrics.counts["ChangesOverdue"] == 0

    consumer.consume(body, receipt="r", delivery=4, waited=timedelta(days=1))

    assert metrics.counts["ChangesOverdue"] == 1


def test_each_attempt_that_fails_leaves_its_reason_and_is_counted() -> None:
    clock, change = HandClock(), Change("w1", Cause.POLL, "c")
    attempts, queue = InMemoryFailedAttempts(clock), InMemoryChangeQueue()
    reasons: list[Exception] = [
        UpstreamUnavailableError("Rippling does not answer"),
        ConfigurationError("the secret is not JSON"),
        ZeroDivisionError(),
    ]
    for delivery, error in enumerate(reasons, 1):
        consumer = Consumer(Failing(error), queue, attempts, Silent(), CountedMetrics())
        with nullcontext() if delivery < 3 else pytest.raises(ZeroDivisionError):
            consumer.consume(change.to_body(), receipt="r", delivery=delivery)
        noted = attempts.of(["c", "other"])["c"]
        assert noted.tries == delivery
        assert noted.reason == str(error) or noted.reason.endswith("ZeroDivisionError")
        assert (noted.at, noted.since) == (clock.now(), HandClock().now())
        clock.turn(minutes=1)


def test_that_a_reason_cannot_be_left_is_no_other_failure() -> None:
    class Full(InMemoryFailedAttempts):
        def note(self, correlation_id: str, reason: str) -> None:
            raise RetryableError("DynamoDB is busy")

    queue = InMemoryChangeQueue()
    failing = Failing(UpstreamUnavailableError("down", retry_after=120))
    consumer = Consumer(failing, queue, Full(HandClock()), Silent(), CountedMetrics())

    body = Change("w1", Cause.POLL, "c").to_body()
    assert not consumer.consume(body, receipt="r", delivery=1)
    assert queue.postponed == [("r", 120)]


def test_what_failed_for_another_reason_is_not_spread() -> None:
    assert set(waits(UpstreamUnavailableError("down", retry_after=120), WORKERS)) == {120}


@pytest.mark.parametrize("delivery", [1, 4, 10, 29])
@pytest.mark.parametrize("asked", [0, 1, 20, 60, 3600])
def test_in_an_outage_a_vendor_can_make_the_wait_longer_and_not_shorter(
    asked: float, delivery: int
) -> None:
    for kind in (UpstreamUnavailableError, RetryableError):
        found = waits(kind("down", retry_after=asked), WORKERS[:1], delivery)
        assert found == [max(asked, wait_before(delivery))]


@pytest.mark.parametrize("intent", [UnknownOutcomeError, ConflictError])
def test_an_intent_of_ours_is_looked_at_as_soon_as_it_ends_whatever_was_before(
    intent: type[RetryableError],
) -> None:
    assert waits(intent("at it", retry_after=42), WORKERS[:1], delivery=20) == [42]
    assert waits(intent("moved on"), WORKERS[:1], delivery=20) == [wait_before(20)]


@pytest.mark.parametrize("worker", WORKERS[:20])
def test_a_change_can_wait_for_windows_for_days_before_its_deliveries_run_out(worker: str) -> None:
    queue = load_template()["Resources"]["ChangesQueue"]["Properties"]
    deliveries = queue["RedrivePolicy"]["maxReceiveCount"]

    now = 0.0
    for delivery in range(1, deliveries):
        until_reset = math.floor(now / HOUR + 1) * HOUR - now
        now += until_reset + spread(worker, delivery, until_reset)

    assert 2 * 24 * HOUR < now < queue["MessageRetentionPeriod"] + 24 * HOUR


def test_a_change_that_a_human_holds_up_comes_again_and_is_no_dead_letter() -> None:
    assert waits(ConfigurationError("the secret is empty"), WORKERS[:2]) == [300.0, 300.0]


def test_a_change_that_a_human_holds_up_has_as_long_as_in_an_outage() -> None:
    needs_a_human, out = ConfigurationError("refused"), UpstreamUnavailableError("down")

    for delivery in range(5, 30):
        assert waits(needs_a_human, WORKERS[:1], delivery) == waits(out, WORKERS[:1], delivery)


POSTED = "Kari_Nordmann_01017012345"


class Logged:
    """Everything that was logged, as one text."""

    def __init__(self) -> None:
        self.text = ""

    def info(self, event: str, **keys: object) -> None:
        self.text += f"{event} {keys}\n"

    warning = error = info


class Ending:
    """An applier with which everything ends so."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome

    def apply(self, change: Change, *, delivery: int = 1) -> Outcome:
        return self._outcome


def consumed(applier: Failing | Ending, cause: Cause) -> tuple[str, str]:
    """What is logged of a change, and what is left of it for whoever looks at dead letters."""
    attempts, log = InMemoryFailedAttempts(HandClock()), Logged()
    consumer = Consumer(applier, InMemoryChangeQueue(), attempts, log, CountedMetrics())
    consumer.consume(Change(POSTED, cause, "c1").to_body(), receipt="r", delivery=1)
    noted = attempts.of(["c1"]).get("c1")
    return log.text, noted.reason if noted else ""


@pytest.mark.parametrize(
    "error",
    [
        UpstreamUnavailableError(f"no usable answer to GET /workers/{POSTED}/ (status 503)"),
        ConfigurationError([f"Rippling refuses GET /workers/{POSTED}/"]),
        ConflictError(f"worker {POSTED} changed meanwhile"),
    ],
)
def test_an_id_that_was_posted_is_neither_logged_nor_noted_when_it_fails(
    error: ConnectorError,
) -> None:
    logged, noted = consumed(Failing(error), Cause.WEBHOOK)

    assert POSTED not in logged + noted
    assert "the id that was posted" in logged
    assert "the id that was posted" in noted


def test_an_id_that_was_posted_is_logged_once_it_is_found_and_no_sooner() -> None:
    assert POSTED not in consumed(Ending(Outcome.OUT_OF_SCOPE), Cause.WEBHOOK)[0]
    assert POSTED in consumed(Ending(Outcome.UPDATED), Cause.WEBHOOK)[0]
    assert POSTED in consumed(Ending(Outcome.OUT_OF_SCOPE), Cause.POLL)[0]
