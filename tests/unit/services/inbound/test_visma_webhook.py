"""Visma's webhook: what is signed, new and worth a look."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.adapters.memory import InMemoryNotifications
from connector.domain.errors import RetryableError
from connector.services.inbound.rippling_webhook import Answer
from connector.services.inbound.visma_webhook import VismaWebhook
from tests.support.clock import HandClock

KEY = "signing-key-of-norway"
HEADER = "x-vwd-signature-v1"
SEGMENT = {"event": "Segment Value Changed"}
EMPLOYEE = {"event": "Employee Changed", "employeeCd": "1013"}


def signature(body: bytes, key: str = KEY) -> str:
    return base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()


class Bench:
    """Visma's door; the trigger writes down what it was asked for, or is out of reach."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.looks: list[tuple[str, str | None]] = []
        self.is_busy = False
        self.visma_webhook = VismaWebhook(
            lambda: {"norway": KEY}, HEADER, InMemoryNotifications(self.clock), self, self.clock
        )

    def request(self, company: str, employee_code: str | None = None) -> None:
        if self.is_busy:
            raise RetryableError("Lambda is busy")
        self.looks.append((company, employee_code))

    def post(self, said: Any, company: str = "norway", **headers: str) -> Answer:
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.visma_webhook.receive(company, {HEADER: signature(body), **given}, body)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_the_signature_is_that_of_a_known_example() -> None:
    """RFC 4231, test case 2, so that the code under test does not prove itself."""
    body = b"what do ya want for nothing?"
    hex_digest = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    bench = Bench()
    door = VismaWebhook(
        lambda: {"norway": "Jefe"}, HEADER, InMemoryNotifications(bench.clock), bench, bench.clock
    )
    in_base64 = base64.b64encode(bytes.fromhex(hex_digest)).decode()

    for form in (hex_digest, in_base64):  # signed, and then found not to be JSON
        assert door.receive("norway", {HEADER: form}, body).status == 400
    assert door.receive("norway", {HEADER: hex_digest[:-1] + "4"}, body).status == 401


@pytest.mark.parametrize(
    "event",
    ["Segment Value Changed", "SegmentValueChanged", "segment_value_changed", "Dimension Changed"],
)
@pytest.mark.parametrize("name", ["event", "eventName", "EventType"])
def test_a_new_cost_centre_has_somebody_look_at_what_the_waiting_wait_for(
    bench: Bench, event: str, name: str
) -> None:
    assert bench.post({name: event}).counted == "NotificationReceived"
    bench.clock.turn(minutes=2)
    assert bench.post({"data": [{name: event}]}).status == 202
    assert bench.looks == [("norway", None)] * 2


def test_the_event_may_stand_in_a_header(bench: Bench) -> None:
    assert bench.post({}, x_vwd_event_id="Dimension Changed").counted == "NotificationReceived"


@pytest.mark.parametrize(
    "more",
    [
        {"employeeCd": "1013"},
        {"employeeCd": {"value": "1013"}},
        {"employeeNumber": 1013},
        {"primaryKeys": [{"EmployeeCd": " 1013 "}]},
        {"data": {"employee_cd": "1013"}},
    ],
)
def test_an_edited_employee_has_somebody_look_at_that_one(
    bench: Bench, more: dict[str, Any]
) -> None:
    assert bench.post({"event": "Employee Changed", **more}).counted == "NotificationReceived"
    assert bench.looks == [("norway", "1013")]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"event": "Account Changed"},
        {"event": "Employee Changed"},
        {"event": "Employee Changed", "employeeCd": ""},
        {"event": "Employee Changed", "employeeCd": True},
        {"event": "Employee Changed", "employeeCd": "x" * 31},
        {"event": "Employee Changed", "employeeCd": "a\u0000b"},
        {"event": "Employee Changed", "employeeCd": "a\u009db"},
        {"event": "Employee Changed", "employeeCd": "a\u202eb"},
        {"event": 5, "employeeCd": "1013"},
        {"a": {"b": {"c": {"d": {"event": "Dimension Changed"}}}}},
    ],
)
def test_what_nobody_has_to_look_at_is_acknowledged_and_counted(bench: Bench, said: Any) -> None:
    answer = bench.post(said, x_vwd_notification_id="n1")

    assert (answer.status, answer.counted) == (202, "NotificationOfNoInterest")
    assert bench.looks == []


@pytest.mark.parametrize("body", [b"", b"[]", b"5", b"{", b"[" * 16_000, b"\xff", b'"x"'])
def test_what_is_signed_but_no_object_is_malformed(bench: Bench, body: bytes) -> None:
    assert bench.post(body).status == 400


def test_without_the_right_signature_everything_is_answered_alike(bench: Bench) -> None:
    body = json.dumps(SEGMENT).encode()
    wrong = ["", "x", signature(b"another body"), signature(body, "another key"), "\udcff", "å"]

    for given in wrong:
        answer = bench.visma_webhook.receive("norway", {HEADER: given}, body)
        assert answer == Answer(401, "NotificationUnauthorized")
    assert bench.visma_webhook.receive("norway", {}, body).status == 401
    assert bench.visma_webhook.receive("sweden", {HEADER: signature(body)}, body).status == 401
    assert bench.visma_webhook.receive("sweden", {HEADER: signature(body, "")}, body).status == 401
    assert bench.visma_webhook.receive("norway", {HEADER: signature(body)}, None).status == 401
    assert bench.looks == []


def test_the_signature_is_looked_for_in_the_header_that_was_configured(bench: Bench) -> None:
    body = json.dumps(SEGMENT).encode()
    door = VismaWebhook(
        lambda: {"norway": KEY},
        "X-Other-Signature",
        InMemoryNotifications(bench.clock),
        bench,
        bench.clock,
    )

    assert door.receive("norway", {HEADER: signature(body)}, body).status == 401
    assert door.receive("norway", {"x-other-signature": signature(body)}, body).status == 202


def test_a_body_that_is_too_long_is_not_even_hashed(bench: Bench) -> None:
    assert bench.visma_webhook.receive("norway", {}, b" " * 16_385).status == 413


@pytest.mark.parametrize("own", ["notificationId", "timestamp"])
def test_a_captured_notification_is_one_look_however_often_and_with_whatever_headers(
    bench: Bench, own: str
) -> None:
    said = {**SEGMENT, own: "2026-11-24T12:00:00Z"}
    assert bench.post(said).counted == "NotificationReceived"
    for number in range(100):
        bench.clock.turn(minutes=5)
        sent = bench.clock.now().isoformat()
        answer = bench.post(said, x_vwd_notification_id=f"n{number}", x_vwd_webhook_timestamp=sent)
        assert (answer.status, answer.counted) == (202, "NotificationRepeated")

    assert len(bench.looks) == 1
    assert bench.post({**said, own: "another"}).counted == "NotificationReceived"


@pytest.mark.parametrize(
    ("first", "second", "looks"),
    [
        (SEGMENT, SEGMENT, 1),
        (EMPLOYEE, EMPLOYEE, 1),
        (SEGMENT, EMPLOYEE, 2),
        (EMPLOYEE, {**EMPLOYEE, "employeeCd": "1014"}, 2),
        ({**SEGMENT, "notificationId": "n1"}, {**SEGMENT, "notificationId": "n2"}, 1),
    ],
)
def test_within_a_minute_one_look_at_a_thing_is_enough(
    bench: Bench, first: dict[str, Any], second: dict[str, Any], looks: int
) -> None:
    bench.post(first)
    bench.clock.turn(seconds=59)
    bench.post(second)
    assert len(bench.looks) == looks

    bench.clock.turn(seconds=61)
    bench.post({**second, "notificationId": "n3"})
    assert len(bench.looks) == looks + 1


def test_one_that_says_nothing_of_itself_may_come_again_after_a_minute(bench: Bench) -> None:
    for _ in range(3):
        assert bench.post(SEGMENT).counted == "NotificationReceived"
        bench.clock.turn(seconds=61)

    assert len(bench.looks) == 3


def test_what_cannot_be_passed_on_may_be_sent_again_and_then_counts(bench: Bench) -> None:
    said = {**SEGMENT, "notificationId": "n1"}
    bench.is_busy = True
    assert bench.post(said).status == 503

    bench.is_busy = False
    assert bench.post(said).counted == "NotificationReceived"


def _forms(moment: datetime) -> list[str]:
    seconds = moment.timestamp()
    return [
        moment.isoformat(),
        moment.strftime("%Y-%m-%dT%H:%M:%S.1234567Z"),
        moment.replace(tzinfo=None).isoformat(),
        str(int(seconds)),
        str(int(seconds * 1000)),
    ]


@pytest.mark.parametrize("minutes", [-4, 0, 4])
@pytest.mark.parametrize("form", range(5))
def test_a_notification_of_now_is_let_in_however_its_time_is_written(
    bench: Bench, minutes: int, form: int
) -> None:
    moment = bench.clock.now() + timedelta(minutes=minutes)

    assert bench.post(SEGMENT, x_vwd_webhook_timestamp=_forms(moment)[form]).status == 202


@pytest.mark.parametrize("minutes", [-6, 6, -60 * 24 * 365])
@pytest.mark.parametrize("form", range(5))
def test_a_notification_of_another_time_is_not_before_nor_after(
    bench: Bench, minutes: int, form: int
) -> None:
    text = _forms(bench.clock.now() + timedelta(minutes=minutes))[form]

    answer = bench.post(SEGMENT, x_vwd_notification_timestamp=text)

    assert answer == Answer(401, "NotificationTooOld")
    assert bench.looks == []


def test_the_time_of_sending_counts_before_that_of_the_event(bench: Bench) -> None:
    now, then = bench.clock.now(), datetime(2026, 1, 1, tzinfo=UTC)

    answer = bench.post(
        SEGMENT,
        x_vwd_webhook_timestamp=now.isoformat(),
        x_vwd_notification_timestamp=then.isoformat(),
    )

    assert answer.status == 202


@pytest.mark.parametrize("text", ["soon", "9" * 400, "٣", "-5", "0001-01-01T00:00:00+23:59", "½"])
def test_a_time_that_nobody_understands_is_refused(bench: Bench, text: str) -> None:
    assert bench.post(SEGMENT, x_vwd_webhook_timestamp=text).status in (400, 401)
    assert bench.looks == []
