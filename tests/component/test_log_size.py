"""How much one change writes to the log, from what announced it to the write, at INFO as on AWS."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any, TypeAlias

import pytest

from tests.simulator import Rippling
from tests.support.aws import Account, FakeContext
from tests.support.rendered import Rendered

CONTEXT = FakeContext()
TRACE = "1-6927a1b2-0123456789abcdef01234567"
TOKEN = "Bearer demo-webhook-token"
OF_A_RUN = ("started", "poll ended", "verb carried out")
MOST_OF_LINES = 500
MOST_OF_METRICS = 780
"""What CloudWatch makes metrics of comes besides: of a run, however many changes it is about."""

Metrics: TypeAlias = list[dict[str, Any]]


@pytest.fixture
def people() -> int:
    return 1


@pytest.fixture
def logged(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rendered]:
    """The log of all functions, as on AWS, where each run has a trace id."""
    monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={TRACE};Parent=0123456789abcdef;Sampled=0")
    handler = Rendered()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


def _of_changes(logged: Rendered) -> tuple[list[str], int]:
    """The events of the lines that are about changes, and the bytes of these lines."""
    told = [
        (line["message"], size)
        for line, size in zip(logged.lines, logged.sizes, strict=True)
        if line["message"] not in OF_A_RUN
    ]
    return [message for message, _ in told], sum(size for _, size in told)


def _write(account: Account) -> None:
    writer = account.handler("writer")
    (record,) = account.receive()
    assert writer.lambda_handler({"Records": [record]}, CONTEXT) == {"batchItemFailures": []}
    account.delete(record)


def _announce(account: Account, rippling: Rippling) -> int:
    body = f"event_name=employee.updated&id={rippling.workers()[0]['id']}&company_id=1"
    event = {"headers": {"Authorization": TOKEN}, "body": body}
    status: int = account.handler("webhook").lambda_handler(event, CONTEXT)["statusCode"]
    return status


def _metrics(capsys: pytest.CaptureFixture[str]) -> tuple[Metrics, int]:
    shown = [line for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    return [json.loads(line) for line in shown], sum(len(line.encode()) + 1 for line in shown)


def test_a_change_that_a_poll_found_takes_less_than_500_bytes_of_log(
    account: Account, logged: Rendered
) -> None:
    account.handler("poller").lambda_handler({}, CONTEXT)
    _write(account)

    messages, size = _of_changes(logged)
    assert messages == ["change queued", "change applied"]
    assert {line["xray_trace_id"] for line in logged.lines} == {TRACE}
    assert size < MOST_OF_LINES


def test_a_change_that_a_webhook_announced_takes_less_than_500_bytes_of_log(
    account: Account, rippling: Rippling, logged: Rendered
) -> None:
    assert _announce(account, rippling) == 202
    _write(account)

    messages, size = _of_changes(logged)
    assert messages == ["change queued", "change applied"]
    assert size < MOST_OF_LINES


def test_a_webhook_that_queued_nobody_is_told_of(account: Account, logged: Rendered) -> None:
    event = {"headers": {"Authorization": TOKEN}, "body": "event_name=group.updated&id=1"}

    assert account.handler("webhook").lambda_handler(event, CONTEXT)["statusCode"] == 202
    assert logged.lines[-1]["message"] == "webhook answered"


def test_the_writer_writes_one_line_of_counters_and_one_for_each_budget(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.handler("poller").lambda_handler({}, CONTEXT)
    capsys.readouterr()
    _write(account)

    shown, size = _metrics(capsys)
    dimensions = [each["_aws"]["CloudWatchMetrics"][0]["Dimensions"] for each in shown]
    assert dimensions == [[["service"]], [["Vendor", "Company"]]]
    assert size < MOST_OF_METRICS


def test_a_counter_is_written_once_however_often_it_counted(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    poller = account.handler("poller")
    capsys.readouterr()
    poller.lambda_handler({}, CONTEXT)

    shown, _ = _metrics(capsys)
    (counters,) = [line for line in shown if "service" in line]
    names = [each["Name"] for each in counters["_aws"]["CloudWatchMetrics"][0]["Metrics"]]
    assert {"RipplingCalls", "VismaCalls", "PollSucceeded", "ChangesQueued"} <= set(names)
    assert all(len(counters[name]) == 1 for name in names)
    assert counters["VismaCalls"] > [1.0]
