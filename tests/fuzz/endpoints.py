"""Atheris, guided by coverage, posts bytes at the two receivers: `python -m tests.fuzz.endpoints`.

The arguments are libFuzzer's, such as `-runs=20000 -seed=1` or `-max_total_time=120`. It ends with
1 where an endpoint raises, answers what it may not, or lets in what it must not.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["connector.services", "json"]):
    from connector.services.inbound import request_body as bodies
    from connector.services.inbound import rippling_webhook as receiving
    from connector.services.inbound import visma_webhook as notifying

from connector.adapters.memory import (
    InMemoryChangeQueue,
    InMemoryNotifications,
    InMemoryPollingPauses,
)
from tests.support.clock import HandClock
from tests.support.webhooks import SIGNATURE, SIGNING_KEY

TOKEN, COMPANY = "demo-webhook-token", "5951"
KINDS = ("application/json", "application/x-www-form-urlencoded", "", "text/x+JSON;")
SAFE = re.compile(r"[A-Za-z0-9_-]{1,128}")
STRANGER, CHECKED = 4, 8
"""Bits of the first byte; its two lowest choose the kind. What follows is the body."""

SEEDS = (
    b'\x00{"event_name": "employee.updated", "id": "63b28f", "company_id": "5951"}',
    b"\x01event_name=employee.updated&id=63b28f&company_id=5951",
    b"\x09event_name=company.deleted&id=5951&company_id=5951",
    b'\x00{"event": "Employee Changed", "employeeCd": {"value": "1013"}}',
    b'\x08{"data": [{"eventName": "Segment Value Changed", "notificationId": "n1"}]}',
    b"\x02Dimension Changed\n2026-11-24T12:00:00.1234567Z\nn1\n{}",
    b"\x04\n1795521600000\n\n{}",
)
WORDS = (
    *("event_name", "company_id", "employee.", "company.deleted", COMPANY, "id", TOKEN),
    *("event", "eventName", "employeeCd", "value", "notificationId", "primaryKeys", "5951"),
    *("Employee Changed", "Segment Value Changed", "Dimension Changed", "1795521600"),
)


class Looks:
    """Whoever is asked to look: writes it down."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []

    def request(self, company: str, employee_code: str | None = None) -> None:
        """Writes it down."""
        self.asked.append((company, employee_code))


def announce(how: int, body: bytes) -> None:
    """One announcement of Rippling, or of someone who would like to be taken for it."""
    is_stranger = how & STRANGER
    token = body[:40].decode("latin-1") if is_stranger else f"Bearer {TOKEN}"
    kind, company = KINDS[how & 3], COMPANY if how & CHECKED else None
    clock, queue = HandClock(), InMemoryChangeQueue()
    pauses = InMemoryPollingPauses(clock)
    access = receiving.Access((TOKEN,), company)

    answer = receiving.RipplingWebhook(lambda: access, queue, pauses).receive(
        {"authorization": token, "content-type": kind}, body
    )

    is_let_in = token.partition(" ")[0].lower() == "bearer" and token[7:].strip() == TOKEN
    check(answer.status in (202, 400, 401, 413), answer.counted)
    check(is_let_in or answer.status == 401, "a stranger was let in")
    check(not answer.text and not answer.headers, "the answer says something")
    check(len(queue.changes) == (answer.counted == "WebhookReceived"), "what was queued?")
    check(all(SAFE.fullmatch(each.worker_id) for each in queue.changes), "no reference")
    is_stopped = pauses.current() is not None
    check(is_stopped == (answer.counted == "AppUninstalled"), "what was stopped?")
    acted = is_stopped or queue.changes
    check(not acted or company is None or COMPANY.encode() in body, "of another company")


def notify(how: int, rest: bytes) -> None:
    """One notification of Visma, or of someone who has no key; some have headers before it."""
    is_signed = not how & STRANGER
    *lines, body = rest.split(b"\n", 3) if how & 3 else [rest]
    names = (notifying.EVENT_HEADER, notifying.TIMES[how >> 4 & 1], "x-vwd-notification-id")
    headers = {
        name: line.decode("utf-8", "surrogateescape")
        for name, line in zip(names, lines, strict=False)
    }
    forged = body[:64].decode("latin-1")
    digest = hmac.new(SIGNING_KEY.encode(), body, hashlib.sha256).digest()
    headers[SIGNATURE] = base64.b64encode(digest).decode() if is_signed else forged
    clock, looks = HandClock(), Looks()
    endpoint = notifying.VismaWebhook(
        lambda: {"norway": SIGNING_KEY}, SIGNATURE, InMemoryNotifications(clock), looks, clock
    )

    answer = endpoint.receive("norway", headers, body)

    check(answer.status in (202, 400, 401, 413), answer.counted)
    check(is_signed or answer.status in (401, 413), "a stranger was let in")
    check(not answer.text and not answer.headers, "the answer says something")
    check(len(looks.asked) == (answer.counted == "NotificationReceived"), "who looks?")
    codes = [code for _, code in looks.asked if code is not None]
    check(all(0 < len(code) <= 30 and code.isprintable() for code in codes), "no code")


def check(holds: bool, otherwise: str) -> None:
    """Ends the run where something does not hold."""
    if not holds:
        raise AssertionError(otherwise)


def both(data: bytes) -> None:
    """One input, posted at both endpoints."""
    how, rest = (data[0], data[1:]) if data else (0, b"")
    announce(how, rest)
    notify(how, rest)
    bodies.json_object(rest)


def main() -> None:
    """Posts the seeds as they are, and then what coverage makes of them."""
    with tempfile.TemporaryDirectory() as folder:
        words, corpus = Path(folder) / "words", Path(folder) / "corpus"
        words.write_text("".join(f'"{word}"\n' for word in WORDS), encoding="utf-8")
        corpus.mkdir()
        for place, seed in enumerate(SEEDS):
            (corpus / str(place)).write_bytes(seed)
        atheris.Setup([*sys.argv, f"-dict={words}", str(corpus)], both)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
