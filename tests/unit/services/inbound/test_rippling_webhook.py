"""Rippling's webhook: who is let in, what is looked at, and what each thing is answered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from connector.adapters.memory import InMemoryChangeQueue, InMemoryPollingPauses
from connector.domain.changes import Change
from connector.domain.errors import RetryableError
from connector.services.inbound.rippling_webhook import Access, Answer, RipplingWebhook
from tests.support.clock import HandClock

CURRENT, PREVIOUS = "current-webhook-token", "previous-webhook-token"
FORM, JSON = "application/x-www-form-urlencoded", "application/json; charset=utf-8"
UPDATED = {"event_name": "employee.updated", "id": "63b28f", "company_id": "5951"}


class Bench:
    """The webhook of Rippling, with its queue and its pauses in memory."""

    def __init__(self, company_id: str | None = None) -> None:
        self.queue = InMemoryChangeQueue()
        self.pauses = InMemoryPollingPauses(HandClock())
        access = Access((CURRENT, PREVIOUS), company_id)
        self.rippling_webhook = RipplingWebhook(lambda: access, self.queue, self.pauses)

    def post(self, body: Any, kind: str = JSON, token: str = f"Bearer {CURRENT}") -> Answer:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"authorization": token, "content-type": kind}
        return self.rippling_webhook.receive(headers, text)


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.mark.parametrize("event", ["created", "updated", "deleted", "hired", "terminated"])
@pytest.mark.parametrize("kind", [FORM, JSON, "application/vnd.rippling+json", ""])
def test_every_event_of_an_employee_queues_the_worker_whichever_form_it_has(
    bench: Bench, event: str, kind: str
) -> None:
    said = {**UPDATED, "event_name": f"employee.{event}"}
    form = "&".join(f"{name}={value}" for name, value in said.items()).encode()

    answer = bench.post(said if "json" in kind else form, kind)

    assert (answer.status, answer.counted) == (202, "WebhookReceived")
    (change,) = bench.queue.changes
    assert (change.worker_id, change.cause, change.person_id) == ("63b28f", "webhook", None)


def test_the_same_again_is_queued_again_because_it_may_be_another_change(bench: Bench) -> None:
    for _ in range(3):
        bench.post(UPDATED)

    ids = {change.correlation_id for change in bench.queue.changes}
    assert len(ids) == len(bench.queue.changes) == 3


@pytest.mark.parametrize(
    "said",
    [
        {"event_name": "employee.updated"},
        {"event_name": "employee.updated", "id": 5},
        {"event_name": "employee.updated", "id": {"$oid": "5"}},
        {"event_name": "employee.updated", "id": ["5"]},
        {"event_name": "employee.updated", "id": "5", "company_id": 7},
        {"event_name": "employee.updated", "id": "../workers"},
        {"event_name": ["employee.updated"], "id": "5"},
        {"event_name": None, "id": "5"},
        {"event": {"event_name": "employee.updated"}, "id": "5"},
        {"id": "5"},
        {},
        [],
        [UPDATED],
        "employee.updated",
        None,
        5,
        b"",
        b"{",
        b"[" * 16_000,
        b'{"a":' * 3_000,
        b'\xff\xfe{"id": 1}',
        b'\xef\xbb\xbf{"event_name": "employee.updated", "id": "5"}',
        b'{"event_name": "employee.updated", "id": "5"} and more',
        b"event_name=employee.updated&id=5",
    ],
)
def test_json_of_another_shape_is_malformed_and_queues_nobody(bench: Bench, said: Any) -> None:
    answer = bench.post(said)

    assert (answer.status, answer.counted) == (400, "WebhookMalformed")
    assert bench.queue.changes == []


def test_of_json_nothing_but_event_id_and_company_is_looked_at(bench: Bench) -> None:
    answer = bench.post({**UPDATED, "person": {"name": ["x"]}, "salary": 1e400, "event": None})

    assert answer.status == 202
    assert bench.queue.changes[0].worker_id == "63b28f"


@pytest.mark.parametrize(
    "body", [b"hello", b"{}", b"event_name=&id=5", b"event_name=employee.x&id=%00", b"\xff=\xfe"]
)
def test_a_form_without_event_or_id_is_malformed(bench: Bench, body: bytes) -> None:
    assert bench.post(body, FORM).status == 400


@pytest.mark.parametrize(
    "event", ["group.updated", "company.updated", "leave_request.created", "a thing yet unheard of"]
)
def test_an_event_about_no_worker_is_acknowledged_and_counted(bench: Bench, event: str) -> None:
    answer = bench.post({"event_name": event, "id": "1"})

    assert (answer.status, answer.counted) == (202, "WebhookOfNoInterest")
    assert bench.queue.changes == []
    assert bench.pauses.current() is None


@pytest.mark.parametrize(
    "token",
    [
        "",
        "Bearer",
        "Bearer ",
        f"Basic {CURRENT}",
        f"Bearer {CURRENT}x",
        f"Bearer {CURRENT[:-1]}",
        f"Bearer {CURRENT} {CURRENT}",
        "Bearer \udcff",
        CURRENT,
    ],
)
@pytest.mark.parametrize("body", [UPDATED, b"{", b"x" * 20_000], ids=["good", "odd", "large"])
def test_without_the_token_everything_is_answered_alike(
    bench: Bench, token: str, body: Any
) -> None:
    assert bench.post(body, token=token) == Answer(401, "WebhookUnauthorized")
    assert bench.queue.changes == []


def test_both_tokens_open_whatever_their_scheme_is_written_like(bench: Bench) -> None:
    for token in (f"bearer {CURRENT}", f"BEARER  {PREVIOUS} "):
        assert bench.post(UPDATED, token=token).status == 202


def test_a_body_may_have_so_many_bytes_and_no_more(bench: Bench) -> None:
    said = json.dumps(UPDATED).encode()

    assert bench.post(said.ljust(16_384)).status == 202
    assert bench.post(said.ljust(16_385)).status == 413
    assert bench.post("å".encode() * 8_193).status == 413


def test_a_body_that_nobody_can_read_is_malformed(bench: Bench) -> None:
    headers = {"authorization": f"Bearer {CURRENT}"}

    assert bench.rippling_webhook.receive(headers, None).status == 400
    assert bench.rippling_webhook.receive({}, None).status == 401


@pytest.mark.parametrize("company_id", ["5952", "595", "59511", "", "5951 ", "\u00e5"])
def test_a_webhook_about_another_company_is_refused_and_told_as_little_as_a_stranger(
    company_id: str,
) -> None:
    bench = Bench(company_id="5951")

    for event in ("employee.updated", "group.updated", "company.deleted"):
        said = {"event_name": event, "id": "1", "company_id": company_id}
        answer = bench.post(said)
        assert (answer.status, answer.text) == (401, "")
        assert answer.counted == "WebhookOfAnotherCompany"
    assert bench.post({"event_name": "employee.updated", "id": "1"}).status == 401
    assert bench.queue.changes == []
    assert bench.pauses.current() is None


def test_a_webhook_about_the_right_company_is_taken_in() -> None:
    assert Bench(company_id="5951").post(UPDATED).status == 202


def test_where_no_company_is_expected_none_is_checked(bench: Bench) -> None:
    assert bench.post({"event_name": "employee.updated", "id": "1"}).status == 202


def test_an_uninstalled_app_stops_polling_and_says_why(bench: Bench) -> None:
    answer = bench.post({"event_name": "company.deleted", "id": "5951", "company_id": "5951"})

    assert (answer.status, answer.counted, answer.text) == (202, "AppUninstalled", "")
    pause = bench.pauses.current()
    assert pause is not None
    assert pause.reason == answer.reason
    assert "company.deleted" in pause.reason


def test_what_cannot_be_taken_in_now_may_be_sent_again(bench: Bench) -> None:
    class Busy:
        def send(self, changes: Sequence[Change]) -> int:
            raise RetryableError("SQS is busy")

        def pause(self, reason: str) -> None:
            raise RetryableError("DynamoDB is busy")

        current = end = None

    bench.rippling_webhook = RipplingWebhook(lambda: Access([CURRENT]), Busy(), Busy())  # type: ignore[arg-type]

    assert bench.post(UPDATED) == Answer(503, "WebhookNotQueued")
    assert bench.post({"event_name": "company.deleted"}) == Answer(503, "WebhookNotQueued")
