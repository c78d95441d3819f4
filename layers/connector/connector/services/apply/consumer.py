"""One message from the queue: is it a change, and when may a failed one come again?"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Protocol
from zlib import crc32

from connector.domain.changes import Cause, Change
from connector.domain.errors import (
    ConfigurationError,
    ConflictError,
    ConnectorError,
    NotAChangeError,
    RateLimitedError,
    RetryableError,
    UnknownOutcomeError,
)
from connector.domain.planning import Outcome
from connector.ports.queue import ChangeQueue, FailedAttempts
from connector.ports.telemetry import Metrics

POSTED = "(the id that was posted)"
"""Stands for what a webhook named, wherever an error would repeat it."""

FIRST_WAIT_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 900.0
CONFIGURATION_WAIT_SECONDS = 300.0

OVERDUE_DELIVERIES = 10
"""Whoever fails so often has been failing for about an hour.

CloudWatch may not tell of it: it may leave out of its age what was received repeatedly. A limit is
no failure: who waits for a window of calls may be delivered as often in a first load that is well.
"""

OVERDUE_AFTER = timedelta(days=1)
"""Whoever has been on the queue for so long waits for something that does not end by itself.

A limit is let go on for so many of its windows: a first load is through by then wherever so many
hours have the calls for it. Few changes are dead letters before, and those ring themselves.
"""

SPREAD_SECONDS = 60.0
"""Over how long the changes are spread that wait for the same window of a vendor's."""

LONGEST_SPREAD_SECONDS = 21_600.0
PATIENT_DELIVERIES = 5
"""Above this the spread doubles: who waits for many windows must not run out of deliveries."""


class Applies(Protocol):
    """Whatever deals with a change."""

    def apply(self, change: Change, *, delivery: int = 1) -> Outcome:
        """Deals with a change."""


class EventLog(Protocol):
    """Where events are logged."""

    def info(self, event: str, **keys: object) -> None:
        """Something happened as it should."""

    def warning(self, event: str, **keys: object) -> None:
        """Something went wrong and is taken care of."""

    def error(self, event: str, **keys: object) -> None:
        """Something needs a human."""


class Consumer:
    """The service behind each record of the writer function."""

    def __init__(
        self,
        applier: Applies,
        queue: ChangeQueue,
        attempts: FailedAttempts,
        log: EventLog,
        metrics: Metrics,
    ) -> None:
        self._applier = applier
        self._queue = queue
        self._attempts = attempts
        self._log = log
        self._metrics = metrics

    def consume(
        self, body: str, *, receipt: str, delivery: int, waited: timedelta = timedelta(0)
    ) -> bool:
        """Deals with a message that has `waited` since it was queued.

        False means that it must come again, once its wait is over.
        """
        try:
            change = Change.from_body(body)
        except NotAChangeError as error:
            self._queue.dead_letter(body, str(error))
            self._metrics.count("ChangesDeadLettered")
            self._log.error("message dead-lettered", reason=str(error))
            return True
        # What was posted to the webhook is a text of the sender's choice until it has been found.
        named = {} if change.cause is Cause.WEBHOOK else {"worker": change.worker_id}
        known: dict[str, object] = {
            **named,
            "cause": change.cause.value,
            "correlation_id": change.correlation_id,
            "delivery": delivery,
        }
        try:
            outcome = self._applier.apply(change, delivery=delivery)
        except RetryableError as error:
            wait = wait_after(error, change.worker_id, delivery)
            self._postpone(receipt, wait, told_of(error, change), error, known, waited)
            return False
        except ConfigurationError as error:
            wait = max(CONFIGURATION_WAIT_SECONDS, wait_before(delivery))
            self._postpone(receipt, wait, told_of(error, change), error, known, waited)
            return False
        except Exception as error:
            self._note(change.correlation_id, f"the writer failed with {type(error).__name__}")
            raise
        self._log_applied(change, outcome, delivery)
        return True

    def _log_applied(self, change: Change, outcome: Outcome, delivery: int) -> None:
        """One line for every change, so a short one: what caused it, `change queued` has said."""
        is_found = change.cause is not Cause.WEBHOOK or outcome is not Outcome.OUT_OF_SCOPE
        named = {"worker": change.worker_id} if is_found else {}
        again = {"delivery": delivery} if delivery > 1 else {}
        self._log.info(
            "change applied",
            outcome=outcome.value,
            **named,
            correlation_id=change.correlation_id,
            **again,
        )

    def _postpone(
        self,
        receipt: str,
        wait: float,
        reason: str,
        error: ConnectorError,
        known: dict[str, object],
        waited: timedelta,
    ) -> None:
        delivery = int(str(known["delivery"]))
        self._queue.delay(receipt, wait)
        self._metrics.count("ChangesDelayed")
        self._metrics.count("ChangesOverdue", is_overdue(error, delivery, waited))
        self._log.warning("change delayed", reason=reason, retry_after=round(wait), **known)
        self._note(str(known["correlation_id"]), reason)

    def _note(self, correlation_id: str, reason: str) -> None:
        """Leaves the reason to whoever looks at the dead letters; it is worth no other failure."""
        with suppress(RetryableError, ConfigurationError):
            self._attempts.note(correlation_id, reason)


def is_overdue(error: ConnectorError, delivery: int, waited: timedelta) -> bool:
    """Whether a change that comes to nothing once more needs a look, whatever the reason."""
    if waited >= OVERDUE_AFTER:
        return True
    return delivery >= OVERDUE_DELIVERIES and not isinstance(error, RateLimitedError)


def told_of(error: ConnectorError, change: Change) -> str:
    """What an error says, without an id that was posted and that nobody has found yet."""
    text = str(error)
    return text.replace(change.worker_id, POSTED) if change.cause is Cause.WEBHOOK else text


def wait_after(error: RetryableError, worker_id: str, delivery: int) -> float:
    """Seconds until a delivery that failed with this error is tried again.

    A limit names its window, and an intent of ours its end: both are believed. What a vendor asks
    for in an outage can only make the wait longer: a second each time, and all deliveries would be
    spent within minutes.
    """
    usual = wait_before(delivery)
    if isinstance(error, RateLimitedError):
        wait = error.retry_after or usual
        return wait + spread(worker_id, delivery, wait)
    if isinstance(error, (ConflictError, UnknownOutcomeError)):
        return error.retry_after or usual
    return max(error.retry_after or 0.0, usual)


def wait_before(delivery: int) -> float:
    """Seconds until a failed delivery is tried again: 5, 15, 45 and so on up to 15 minutes."""
    return float(min(FIRST_WAIT_SECONDS * 3 ** (delivery - 1), LONGEST_WAIT_SECONDS))


def spread(worker_id: str, delivery: int, wait: float) -> float:
    """Seconds to come later than the others who wait for the same window.

    The same for the same delivery, so that it can be foretold; from the sixth delivery on longer.
    """
    doublings = max(0, delivery - PATIENT_DELIVERIES)
    longest = min(min(SPREAD_SECONDS, wait) * float(2**doublings), LONGEST_SPREAD_SECONDS)
    return longest * (crc32(f"{worker_id} {delivery}".encode()) % 1000) / 1000
