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

from connector.domain.changes import Cause, Change
from connector.domain.errors import ConnectorError
from connector.ports.state import PollingPauses
from connector.services.inbound.request_body import LARGEST_BODY, is_json, json_object
from connector.services.shared.new_change import new_change

WORKER_EVENTS = "employee."
UNINSTALLED = "company.deleted"
PAUSED_BY_UNINSTALL = "Rippling says that the app was uninstalled (company.deleted)"
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
    is_told: bool = False  # a line of the log has said so already: `change queued`


@dataclass(frozen=True, slots=True)
class Access:
    """Who is let in: which bearer tokens, and about which company, where that is to be checked."""

    tokens: Sequence[str] = field(repr=False)
    company_id: str | None = None


class RipplingWebhook:
    """The service behind Rippling's webhook."""

    def __init__(self, access: Callable[[], Access], queue: Queue, pauses: PollingPauses) -> None:
        self._access = access
        self._queue = queue
        self._pauses = pauses

    def receive(self, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Queues the worker that an authentic webhook names; a body of None was not readable."""
        access = self._access()
        if not _is_authentic(headers.get("authorization", ""), access.tokens):
            return Answer(401, "WebhookUnauthorized")
        if body is not None and len(body) > LARGEST_BODY:
            return Answer(413, "WebhookTooLarge")
        fields = None if body is None else announced_fields(headers.get("content-type", ""), body)
        if not fields or not fields.event:
            return Answer(400, "WebhookMalformed")
        if not _is_about(fields, access.company_id):
            return Answer(401, "WebhookOfAnotherCompany")  # a stranger learns nothing
        return self._accept(fields)

    def _accept(self, fields: _Fields) -> Answer:
        is_worker = fields.event.startswith(WORKER_EVENTS)
        if is_worker and not _REFERENCE.fullmatch(fields.id):
            return Answer(400, "WebhookMalformed")
        try:
            if is_worker:
                self._queue.send([new_change(fields.id, None, Cause.WEBHOOK)])
                return Answer(202, "WebhookReceived", is_told=True)
            if fields.event == UNINSTALLED:
                self._pauses.pause(PAUSED_BY_UNINSTALL)
                return Answer(202, "AppUninstalled", reason=PAUSED_BY_UNINSTALL)
        except ConnectorError:
            return Answer(503, "WebhookNotQueued")
        return Answer(202, "WebhookOfNoInterest")


@dataclass(frozen=True, slots=True)
class _Fields:
    """All that is looked at in a webhook."""

    event: str
    id: str
    company_id: str


def announced_fields(content_type: str, body: bytes) -> _Fields | None:
    """What a body says, whichever of the two forms it has; None where it has neither."""
    if is_json(content_type):
        said = json_object(body)
    else:
        form = parse_qs(body.decode(errors="replace"))
        said = {name: values[-1] for name, values in form.items()}
    if said is None:
        return None
    texts = [said.get(name, "") for name in ("event_name", "id", "company_id")]
    return _Fields(*texts) if all(isinstance(text, str) for text in texts) else None


def _is_about(fields: _Fields, company_id: str | None) -> bool:
    if company_id is None:
        return True
    return hmac.compare_digest(fields.company_id.encode(errors="replace"), company_id.encode())


def _is_authentic(authorization: str, tokens: Sequence[str]) -> bool:
    """Compares with every accepted token, always all of them, each in constant time."""
    scheme, _, given = authorization.partition(" ")
    offered = given.strip().encode(errors="replace")
    matches = [hmac.compare_digest(offered, token.encode()) for token in tokens]
    return scheme.lower() == "bearer" and any(matches)
