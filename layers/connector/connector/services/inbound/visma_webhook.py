"""A notification of Visma.net: is it signed, is it new, and what is to be looked at because of it?

Nothing depends on it: whatever it sets off happens later by itself. What a notification looks like
is not published for the ERP, so it is taken as a hint, and its words are looked for in more than
one place. Loaded by the webhook function, so it must not pull in HTTP, retries or the mapping.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from connector.domain.errors import ConnectorError
from connector.ports.clock import Clock
from connector.ports.recheck import RecheckTrigger
from connector.ports.state import Notifications
from connector.services.inbound.request_body import LARGEST_BODY, json_object
from connector.services.inbound.rippling_webhook import Answer

ROUTE = "/visma/webhook/{company}"

WINDOW = timedelta(minutes=5)
"""How far the time of a notification may be from ours, before or after."""

REMEMBERED = timedelta(days=2)
"""How long a notification that is like no other is kept, to know it again."""

PATIENCE = timedelta(minutes=1)
"""For so long one look at an employee, or at what people wait for, is enough."""

OWN = ("notificationid", "timestamp", "webhooktimestamp", "notificationtimestamp")
"""Members by which the body of a notification, which alone is signed, is like no other."""

EVENT_HEADER = "x-vwd-event-id"
TIMES = ("x-vwd-webhook-timestamp", "x-vwd-notification-timestamp")
EVENT_NAMES = ("event", "eventname", "eventtype", "eventid", "name")
CODES = ("employeecd", "employeenumber", "employeenr", "employeecode")

RELEASING = frozenset({"segmentvaluechanged", "segmentchanged", "dimensionchanged"})
CHECKING = frozenset({"employeechanged", "epemployeeupdated"})

DEEPEST = 4
LONGEST_NUMBER, MILLISECONDS_FROM = 15, 100_000_000_000
LONGEST_CODE = 30


@dataclass(frozen=True, slots=True)
class VismaWebhook:
    """The service behind Visma's webhook; `keys` are the signing keys by company."""

    keys: Callable[[], Mapping[str, str]]
    signature_header: str
    notifications: Notifications
    trigger: RecheckTrigger
    clock: Clock

    def receive(self, company: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Has looked at what a signed, new notification of a company is about."""
        if body is not None and len(body) > LARGEST_BODY:
            return Answer(413, "NotificationTooLarge")
        key = self.keys().get(company, "")
        if not _is_signed(key, headers.get(self.signature_header.lower(), ""), body or b""):
            return Answer(401, "NotificationUnauthorized")
        said = None if body is None else json_object(body)
        try:
            age = self._age(headers)
        except ValueError:
            said = None
        if said is None:
            return Answer(400, "NotificationMalformed")
        if abs(age) > WINDOW:
            return Answer(401, "NotificationTooOld")
        return self._accept(company, headers, said, body or b"")

    def _age(self, headers: Mapping[str, str]) -> timedelta:
        """How long ago it was sent; nothing where no header says when.

        Raises:
            ValueError: a header says it in a way that no one understands.
        """
        given = next((headers[name].strip() for name in TIMES if headers.get(name)), None)
        return self.clock.now() - moment_said(given) if given else timedelta()

    def _accept(
        self, company: str, headers: Mapping[str, str], said: dict[str, Any], body: bytes
    ) -> Answer:
        events = _events(headers, said)
        code = next(_codes(said), None) if events & CHECKING else None
        if not events & RELEASING and code is None:
            return Answer(202, "NotificationOfNoInterest")
        try:
            return self._look(company, code, self._marks(company, code, said, body))
        except ConnectorError:
            return Answer(503, "NotificationNotPassedOn")

    def _marks(
        self, company: str, code: str | None, said: dict[str, Any], body: bytes
    ) -> dict[str, datetime]:
        """What a notification is known by, and until when: nothing in a header is signed.

        A body that is like no other is known by itself. Any is known by what it has looked at.
        """
        now = self.clock.now()
        own = any(name in OWN for name, _ in _members(said))
        digest = hmac.new(self.keys()[company].encode(), body, sha256).hexdigest()
        itself = {f"{company} {digest}": now + REMEMBERED} if own else {}
        return {**itself, f"{company} look {code or ''}": now + PATIENCE}

    def _look(self, company: str, code: str | None, marks: Mapping[str, datetime]) -> Answer:
        taken: list[str] = []
        for mark, until in marks.items():
            if not self.notifications.take(mark, until):
                return Answer(202, "NotificationRepeated")
            taken.append(mark)
        try:
            self.trigger.request(company, code)
        except BaseException:
            for mark in taken:  # the sender's next attempt is not a repetition
                self.notifications.give_back(mark)
            raise
        return Answer(202, "NotificationReceived")


def _is_signed(key: str, given: str, body: bytes) -> bool:
    """Compares with the digest in each of its written forms; without a key nothing is signed."""
    digest = hmac.new(key.encode(), body, sha256)
    forms = base64.b64encode(digest.digest()).decode(), digest.hexdigest()
    offered = given.strip().encode(errors="replace")
    matches = [hmac.compare_digest(offered, form.encode()) for form in forms]
    return bool(key) and any(matches)


def moment_said(text: str) -> datetime:
    """A moment as a date and time, or as seconds or milliseconds since 1970; UTC if it is not said.

    Raises:
        ValueError: it is none of these.
    """
    if text.isascii() and text.isdigit():
        number = int(text[:LONGEST_NUMBER])
        seconds = number / 1000 if number >= MILLISECONDS_FROM else number
        return datetime.fromtimestamp(seconds, UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _events(headers: Mapping[str, str], said: dict[str, Any]) -> set[str]:
    named = [value for name, value in _members(said) if name in EVENT_NAMES]
    texts = [headers.get(EVENT_HEADER, ""), *named]
    return {_bare(text) for text in texts if isinstance(text, str)}


def _codes(said: dict[str, Any]) -> Iterator[str]:
    """What may be the employee's code; Visma wraps values into objects of their own."""
    for name, value in _members(said):
        inner = value.get("value") if isinstance(value, dict) else value
        is_number = isinstance(inner, int) and not isinstance(inner, bool)
        if name in CODES and (is_number or isinstance(inner, str)):
            code = str(inner).strip()
            if 0 < len(code) <= LONGEST_CODE and code.isprintable():
                yield code


def _members(said: object, depth: int = DEEPEST) -> Iterator[tuple[str, object]]:
    """The members of an object and of those within it, by their names without case and signs."""
    if not depth:
        return
    if isinstance(said, list):
        for inner in said:
            yield from _members(inner, depth - 1)
    elif isinstance(said, dict):
        for name, value in said.items():
            yield _bare(name), value
            yield from _members(value, depth - 1)


def _bare(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())
