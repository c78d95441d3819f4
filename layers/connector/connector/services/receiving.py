"""A Rippling webhook: who may call, and which worker it is about. It believes nothing else.

Loaded by the webhook function, so it must not pull in HTTP, retries or the mapping.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qs
from uuid import uuid4

from connector.domain.changes import Cause, Change
from connector.domain.errors import ConnectorError

LARGEST_BODY = 16_384
WORKER_EVENTS = "employee."
_REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,128}")


class Queue(Protocol):
    """The one thing a webhook does."""

    def send(self, changes: Sequence[Change]) -> int:
        """Queues changes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer and what to count; it says no more than the sender needs."""

    status: int
    counted: str
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""  # for the log alone


class Receiver:
    """The service behind the webhook function."""

    def __init__(self, tokens: Callable[[], Sequence[str]], queue: Queue) -> None:
        self._tokens = tokens
        self._queue = queue

    def receive(self, headers: Mapping[str, str], body: str) -> Answer:
        """Queues the worker that an authentic webhook names."""
        if not self._is_authentic(headers.get("authorization", "")):
            return Answer(401, "WebhookUnauthorized")
        if len(body) > LARGEST_BODY:
            return Answer(413, "WebhookTooLarge")
        form = {name: values[-1] for name, values in parse_qs(body).items()}
        event = form.get("event_name", "")
        if event and not event.startswith(WORKER_EVENTS):
            return Answer(202, "WebhookOfNoInterest")
        if not event or not _REFERENCE.fullmatch(form.get("id", "")):
            return Answer(400, "WebhookMalformed")
        return self._queue_worker(form["id"])

    def _queue_worker(self, worker_id: str) -> Answer:
        try:
            self._queue.send([Change(worker_id, Cause.WEBHOOK, uuid4().hex)])
        except ConnectorError:
            return Answer(503, "WebhookNotQueued")
        return Answer(202, "WebhookReceived")

    def _is_authentic(self, authorization: str) -> bool:
        """Compares with every accepted token, always all of them, each in constant time."""
        scheme, _, given = authorization.partition(" ")
        offered = given.strip().encode()
        matches = [hmac.compare_digest(offered, token.encode()) for token in self._tokens()]
        return scheme.lower() == "bearer" and any(matches)
