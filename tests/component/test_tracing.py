"""One id leads from the poll to the write, and the saved queries find the lines they are for."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.embedded.template import load_template
from tests.simulator import Rippling, Visma
from tests.support.aws import Account, FakeContext
from tests.support.insights import OF_INSIGHTS, Line, Query, flat
from tests.support.rendered import Lines, Rendered
from tests.template.conftest import of_type
from tests.template.test_dashboard import of_line, own_shown

CONTEXT = FakeContext()
TRACE = "1-6927a1b2-0123456789abcdef"
TOKEN = "Bearer demo-webhook-token"
MOST_RUNS = 200
PEOPLE = 3


@pytest.fixture
def people() -> int:
    return PEOPLE


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """The log of all functions, as on AWS, where each run has a trace id."""
    monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={TRACE};Sampled=0")
    handler = Rendered()
    logging.getLogger().addHandler(handler)
    yield handler.lines
    logging.getLogger().removeHandler(handler)


def saved(name: str) -> tuple[Query, set[str]]:
    """A saved query, and the functions whose logs it reads."""
    definitions = of_type(load_template()["Resources"], "AWS::Logs::QueryDefinition")
    groups = [
        each["Fn::If"][1] if "Fn::If" in each else each
        for each in definitions[name]["LogGroupNames"]
    ]
    functions = {each["Ref"].removesuffix("LogGroup").lower() for each in groups}
    return Query.of(definitions[name]["QueryString"]), functions


def found(name: str, lines: Lines, **put: str) -> list[Line]:
    """What a saved query finds, with values put in place of its `ID`."""
    query, functions = saved(name)
    if put:
        text = of_type(load_template()["Resources"], "AWS::Logs::QueryDefinition")[name]
        query = Query.of(text["QueryString"].replace('"ID"', f'"{put["id"]}"'))
    return query.find(each for each in lines if each["service"] in functions)


def drain(account: Account) -> None:
    writer = account.handler("writer")
    for _ in range(MOST_RUNS):
        records = account.receive()
        if not records:
            return
        for record in records:
            if not writer.lambda_handler({"Records": [record]}, CONTEXT)["batchItemFailures"]:
                account.delete(record)


def poll(account: Account) -> None:
    account.handler("poller").lambda_handler({}, CONTEXT)


def audited(account: Account) -> set[str]:
    rows = account.scan("AuditTable")
    return {row["correlation_id"]["S"] for row in rows if "correlation_id" in row}


def announce(account: Account, worker_id: str, token: str = TOKEN) -> int:
    event = {
        "headers": {"Authorization": token},
        "body": f"event_name=employee.updated&id={worker_id}&company_id=1",
        "isBase64Encoded": False,
    }
    status: int = account.handler("webhook").lambda_handler(event, CONTEXT)["statusCode"]
    return status


def release(account: Account) -> None:
    keys = {"company": {"S": "norway"}, "rule": {"S": "guards"}}
    event = {"Records": [{"dynamodb": {"Keys": keys}}]}
    assert account.handler("releaser").lambda_handler(event, CONTEXT)["queued"]


# From the poll to the write


def test_every_change_is_followed_from_the_poll_to_the_write_and_the_audit_by_one_id(
    account: Account, logged: Lines
) -> None:
    poll(account)
    drain(account)

    queued = [each for each in logged if each["message"] == "change queued"]
    ids = [each["correlation_id"] for each in queued]
    assert len(set(ids)) == len(ids) == PEOPLE
    for line in queued:
        first, last = found("OneChangeQuery", logged, id=line["correlation_id"])
        assert (first["service"], last["service"]) == ("poller", "writer")
        assert (first["message"], last["message"]) == ("change queued", "change applied")
        assert first["worker"] == last["worker"]
        assert first["cause"] == "sweep"  # the first load is one
    assert audited(account) == set(ids)
    run = found("OneChangeQuery", logged, id=TRACE)
    assert {"change queued", "poll ended"} <= {each["message"] for each in run}


@pytest.mark.parametrize(
    ("start", "service", "cause"),
    [
        (announce, "webhook", "webhook"),
        (lambda account, _: release(account), "releaser", "mapping"),
    ],
    ids=["webhook", "mapping"],
)
def test_whatever_a_change_comes_from_its_id_leads_to_the_write(
    account: Account,
    rippling: Rippling,
    logged: Lines,
    start: Callable[[Account, str], Any],
    service: str,
    cause: str,
) -> None:
    poll(account)
    drain(account)
    logged.clear()
    start(account, rippling.workers()[0]["id"])
    drain(account)

    queued = [each for each in logged if each["message"] == "change queued"]
    assert queued
    for line in queued:
        assert (line["service"], line["cause"]) == (service, cause)
        lines = found("OneChangeQuery", logged, id=line["correlation_id"])
        assert [each["message"] for each in lines] == ["change queued", "change applied"]


def test_the_id_stays_over_every_delivery(
    account: Account, rippling: Rippling, logged: Lines
) -> None:
    poll(account)
    (record, *_) = account.receive()
    rippling.faults.fail(503, body="html", path="/workers/", times=3)
    writer = account.handler("writer")
    for _ in range(2):
        writer.lambda_handler({"Records": [record]}, CONTEXT)

    lines = found("OneChangeQuery", logged, id=json.loads(record["body"])["correlation_id"])
    messages = [each["message"] for each in lines]
    assert messages == ["change queued", "change delayed", "change applied"]


def test_a_replay_is_found_under_the_id_of_before(account: Account, logged: Lines) -> None:
    poll(account)
    (record, *_) = account.receive()
    account.delete(record)
    sqs = account.client("sqs")
    sqs.send_message(
        QueueUrl=account.resources["ChangesDeadLetterQueue"],
        MessageBody=record["body"],
        MessageGroupId=record["attributes"]["MessageGroupId"],
        MessageDeduplicationId="dead",
    )
    assert account.operate("replay")["replayed"] == 1

    lines = found("OneChangeQuery", logged, id=json.loads(record["body"])["correlation_id"])
    assert [each["service"] for each in lines] == ["poller", "operations"]


def test_a_change_that_sqs_did_not_take_is_not_said_to_be_queued(
    account: Account, rippling: Rippling, logged: Lines
) -> None:
    account.client("sqs").delete_queue(QueueUrl=account.resources["ChangesQueue"])

    assert announce(account, rippling.workers()[0]["id"]) == 503
    assert [each for each in logged if each["message"] == "change queued"] == []


# The other queries


def test_what_one_worker_went_through_is_found_and_has_nothing_personal(
    account: Account, rippling: Rippling, logged: Lines
) -> None:
    poll(account)
    drain(account)
    for worker in rippling.workers():
        lines = found("OneWorkerQuery", logged, id=worker["id"])

        assert [each["message"] for each in lines] == ["change queued", "change applied"]
        told = json.dumps(lines)
        for personal in re.findall(r"[\w.]+@[\w.]+|\+47[\d ]+", json.dumps(worker)):
            assert personal not in told


def test_what_a_webhook_queued_is_found_from_the_worker_by_way_of_the_correlation_id(
    account: Account, rippling: Rippling, logged: Lines
) -> None:
    poll(account)
    drain(account)
    logged.clear()
    worker = rippling.workers()[0]["id"]
    announce(account, worker)
    drain(account)

    (applied,) = found("OneWorkerQuery", logged, id=worker)
    queued, last = found("OneChangeQuery", logged, id=applied["correlation_id"])
    assert (applied["message"], queued["message"], last) == (
        "change applied",
        "change queued",
        applied,
    )
    assert queued["cause"] == "webhook"


def test_refusals_of_visma_are_found_and_nothing_else(
    account: Account, rippling: Rippling, visma: Visma, logged: Lines
) -> None:
    refused, unanswered, *_ = rippling.workers()
    visma.refuse(str(refused["number"]), "employeeClass")
    poll(account)
    drain(account)
    logged.append({"service": "writer", **line_of(logged, "change applied"), "outcome": "updated"})

    (line,) = found("RefusalsQuery", logged)
    assert (line["worker"], line["outcome"]) == (refused["id"], "rejected")
    queued, *_ = found("OneChangeQuery", logged, id=line["correlation_id"])
    assert (queued["message"], queued["cause"]) == ("change queued", "sweep")

    logged.clear()
    rippling.move(unanswered["id"], "Finance")
    visma.faults.fail(503, body="html", path="/v1/.*", times=50)
    announce(account, unanswered["id"])
    drain_once(account)

    delayed = [each for each in logged if each["message"] == "change delayed"]
    assert delayed
    assert found("RefusalsQuery", logged) == delayed
    assert found("RateLimitsQuery", logged) == []


def drain_once(account: Account) -> None:
    writer = account.handler("writer")
    for record in account.receive():
        writer.lambda_handler({"Records": [record]}, CONTEXT)


def line_of(logged: Lines, message: str) -> dict[str, Any]:
    return next(each for each in logged if each["message"] == message)


def test_rate_limits_of_both_vendors_are_found_for_polls_and_for_changes(
    account: Account, rippling: Rippling, visma: Visma, logged: Lines
) -> None:
    poll(account)
    visma.faults.fail(429, retry_after=3600, path="/v1/.*")
    drain_once(account)

    lines = found("RateLimitsQuery", logged)
    assert {each["message"] for each in lines} == {"change delayed"}
    assert found("RefusalsQuery", logged) == []

    logged.clear()
    rippling.faults.fail(429, retry_after=3600, path="/workers/")
    poll(account)

    (line,) = found("RateLimitsQuery", logged)
    assert (line["message"], line["summary"]["postponed"]) == ("poll ended", True)


def test_refused_webhooks_are_found_and_those_that_were_taken_are_not(
    account: Account, rippling: Rippling, logged: Lines
) -> None:
    worker = rippling.workers()[0]["id"]
    assert [announce(account, worker), announce(account, worker, "Bearer wrong")] == [202, 401]

    (line,) = found("RefusedWebhooksQuery", logged)
    assert (line["service"], line["status"]) == ("webhook", 401)


def test_every_field_of_every_saved_query_is_in_a_line_that_the_code_logs(
    account: Account, rippling: Rippling, logged: Lines
) -> None:
    announce(account, rippling.workers()[0]["id"], "Bearer wrong")
    poll(account)
    drain(account)
    rippling.faults.fail(429, retry_after=3600, path="/workers/")
    announce(account, rippling.workers()[1]["id"])
    drain_once(account)
    poll(account)
    known = {field for line in logged for field in flat(line)}

    for name in of_type(load_template()["Resources"], "AWS::Logs::QueryDefinition"):
        query, _ = saved(name)
        assert (query.shown | query.asked) - OF_INSIGHTS - known == set(), name


# Metrics


def test_every_metric_that_the_functions_really_write_is_on_the_dashboard(
    account: Account, rippling: Rippling, capsys: pytest.CaptureFixture[str]
) -> None:
    poll(account)
    drain(account)
    account.handler("poller").lambda_handler({"full_sweep": True}, CONTEXT)
    announce(account, rippling.workers()[0]["id"])
    release(account)

    written = {
        curve
        for line in capsys.readouterr().out.splitlines()
        if line.startswith('{"_aws"') or '"_aws":' in line
        for _, curve in of_line(json.loads(line))
    }

    on_it = own_shown()
    assert len(written) > 10
    for name, dimensions in written:
        any_value = frozenset((key, "*") for key, _ in dimensions)
        assert {(name, dimensions), (name, any_value)} & on_it, (name, dimensions)
