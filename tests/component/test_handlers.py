"""The real handlers, over tables and queues made from template.yaml, between both fakes."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from connector.domain.errors import ConfigurationError
from connector.domain.records.acts import OPERATORS
from connector.observability import CrashError
from tests.simulator import NORDFAB_MAPPING, Rippling, Visma
from tests.support.aws import Account, FakeContext

CONTEXT = FakeContext()
TOKEN = "Bearer demo-webhook-token"
SENT = "1795521600000"
EVENTS = Path(__file__).parents[2] / "events"


@pytest.fixture
def people() -> int:
    return 12


def _drain(account: Account) -> list[str]:
    """Hands everything to the writer; the ids of messages that it wants again."""
    writer, failed = account.handler("writer"), []
    while records := account.receive():
        for record in records:
            answer = writer.lambda_handler({"Records": [record]}, CONTEXT)
            if answer["batchItemFailures"]:
                failed.append(record["messageId"])
            else:
                account.delete(record)
    return failed


def test_a_tick_and_the_writer_bring_everybody_to_visma(
    account: Account, rippling: Rippling, visma: Visma
) -> None:
    summary = account.handler("poller").lambda_handler({}, CONTEXT)

    assert (summary["sweep"], summary["queued"]) == ("finished", 12)
    assert _drain(account) == []
    rows = [item for item in account.scan("AuditTable") if item["person"]["S"] != OPERATORS]
    assert len(rows) == 12
    outcomes = [item["outcome"]["S"] for item in rows]
    assert len(visma.employees()) == outcomes.count("created") > 0


def test_a_second_tick_queues_nobody(account: Account) -> None:
    poller = account.handler("poller")
    poller.lambda_handler({}, CONTEXT)
    _drain(account)

    assert account.handler("poller").lambda_handler({}, CONTEXT)["queued"] == 0
    summary = account.handler("poller").lambda_handler({"full_sweep": True}, CONTEXT)
    assert (summary["workers_read"] >= 12, summary["queued"]) == (True, 0)


def test_with_a_broken_configuration_nothing_is_queued_and_everything_is_named(
    account: Account, rippling: Rippling
) -> None:
    account.put_secrets({"api_token": ""}, {"companies": {"norway": {"client_id": "x"}}})
    calls = len(rippling.journal)

    with pytest.raises(ConfigurationError) as caught:
        account.handler("poller").lambda_handler({}, CONTEXT)

    told = str(caught.value)
    assert all(word in told for word in ("api_token", "client_secret", "tenant_id"))
    assert account.receive() == []
    assert len(rippling.journal) == calls


def test_a_company_without_credentials_is_named(account: Account) -> None:
    good = {"client_id": "x", "client_secret": "y", "tenant_id": "z"}
    account.put_secrets({"api_token": "t" * 20}, {"companies": {"sweden": good}})

    with pytest.raises(ConfigurationError, match="company norway: the Visma secret has no"):
        account.handler("poller").lambda_handler({}, CONTEXT)


def test_missing_settings_are_all_named_at_once(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    poller = account.handler(
        "poller", COST_ALLOCATION="perhaps", RIPPLING_BASE_URL="http://far.example"
    )
    monkeypatch.delenv("PEOPLE_TABLE")

    with pytest.raises(ConfigurationError) as caught:
        poller.lambda_handler({}, CONTEXT)

    told = "; ".join(caught.value.problems)
    assert all(name in told for name in ("PEOPLE_TABLE", "COST_ALLOCATION", "RIPPLING_BASE_URL"))


def test_a_failed_change_is_reported_postponed_and_done_later(
    account: Account, rippling: Rippling
) -> None:
    worker = rippling.workers()[0]
    writer = account.handler("writer")
    body = {"worker_id": worker["id"], "person_id": worker["user_id"], "cause": "poll"}
    account.client("sqs").send_message(
        QueueUrl=account.resources["ChangesQueue"],
        MessageBody=json.dumps({**body, "correlation_id": "c"}),
        MessageGroupId=worker["id"],
        MessageDeduplicationId="1",
    )
    rippling.faults.fail(503, body="html", path="/workers/", times=3)
    (record,) = account.receive()

    answer = writer.lambda_handler({"Records": [record]}, CONTEXT)

    assert answer == {"batchItemFailures": [{"itemIdentifier": record["messageId"]}]}
    assert account.receive() == []
    assert writer.lambda_handler({"Records": [record]}, CONTEXT) == {"batchItemFailures": []}


@pytest.mark.parametrize(("hours", "overdue"), [(23.9, 0), (24.1, 1)])
def test_a_change_that_fails_is_overdue_by_the_time_at_which_it_was_queued(
    account: Account,
    rippling: Rippling,
    capsys: pytest.CaptureFixture[str],
    hours: float,
    overdue: int,
) -> None:
    rippling.faults.fail(429, retry_after=3600, path="/workers/")
    record = _record("a", rippling.workers()[0], 1)
    record["receiptHandle"] = _a_receipt(account, "a")
    record["attributes"]["SentTimestamp"] = str(int((time.time() - 3600 * hours) * 1000))

    account.handler("writer").lambda_handler({"Records": [record]}, CONTEXT)

    printed = [line for line in capsys.readouterr().out.splitlines() if "ChangesDelayed" in line]
    assert sum(sum(json.loads(line).get("ChangesOverdue", ())) for line in printed) == overdue


def test_behind_a_failed_message_those_of_its_group_wait_and_the_others_do_not(
    account: Account, rippling: Rippling
) -> None:
    first, second = rippling.workers()[:2]
    rippling.faults.fail(503, body="html", path="/workers/", times=3)
    records = [
        _record("a", first, 1),
        _record("b", first, 1),
        _record("c", second, 1),
    ]
    for record in records:  # messages of their own, so that a postponement has a receipt
        record["receiptHandle"] = _a_receipt(account, record["messageId"])

    answer = account.handler("writer").lambda_handler({"Records": records}, CONTEXT)

    failed = [item["itemIdentifier"] for item in answer["batchItemFailures"]]
    assert failed == ["a", "b"]


def _record(message_id: str, worker: dict[str, Any], delivery: int) -> dict[str, Any]:
    body = {"worker_id": worker["id"], "person_id": worker["user_id"], "cause": "poll"}
    return {
        "messageId": message_id,
        "receiptHandle": "",
        "body": json.dumps({**body, "correlation_id": message_id}),
        "attributes": {
            "MessageGroupId": worker["id"],
            "ApproximateReceiveCount": str(delivery),
            "SentTimestamp": SENT,
        },
    }


def _a_receipt(account: Account, group: str) -> str:
    account.client("sqs").send_message(
        QueueUrl=account.resources["ChangesQueue"],
        MessageBody="x",
        MessageGroupId=group,
        MessageDeduplicationId=f"receipt-{group}",
    )
    return str(account.receive()[0]["receiptHandle"])


def test_a_message_that_is_not_a_change_is_buried_and_done_with(account: Account) -> None:
    record = {
        "messageId": "m",
        "receiptHandle": "r",
        "body": "{}",
        "attributes": {
            "MessageGroupId": "g",
            "ApproximateReceiveCount": "1",
            "SentTimestamp": SENT,
        },
    }

    answer = account.handler("writer").lambda_handler({"Records": [record]}, CONTEXT)

    assert answer == {"batchItemFailures": []}
    (letter,) = account.receive("ChangesDeadLetterQueue")
    assert letter["body"] == "{}"
    assert "no usable worker_id" in letter["messageAttributes"]["reason"]["StringValue"]


def _webhook(account: Account, **changes: Any) -> dict[str, Any]:
    event = {
        "headers": {"Authorization": TOKEN},
        "body": "event_name=employee.updated&id=5ed5aa&company_id=1",
        "isBase64Encoded": False,
        **changes,
    }
    answer: dict[str, Any] = account.handler("webhook").lambda_handler(event, CONTEXT)
    return answer


def test_a_webhook_queues_a_reference_and_nothing_else(account: Account) -> None:
    assert _webhook(account)["statusCode"] == 202

    (record,) = account.receive()
    body = json.loads(record["body"])
    assert set(body) == {"worker_id", "cause", "correlation_id"}
    assert (body["worker_id"], body["cause"]) == ("5ed5aa", "webhook")
    assert record["attributes"]["MessageGroupId"] == "5ed5aa"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"headers": {}}, 401),
        ({"headers": None}, 401),
        ({"headers": {"authorization": "Bearer wrong"}}, 401),
        ({"headers": {"authorization": "Basic demo-webhook-token"}}, 401),
        ({"headers": {"AUTHORIZATION": "bearer demo-webhook-token-before"}}, 202),
        ({"body": None}, 400),
        ({"body": "x" * 20_000}, 413),
        ({"body": "event_name=employee.updated&id=" + "a" * 200}, 400),
        ({"body": "event_name=group.updated&id=1"}, 202),
        (
            {
                "body": base64.b64encode(b"event_name=employee.hired&id=5ed5aa").decode(),
                "isBase64Encoded": True,
            },
            202,
        ),
    ],
)
def test_a_webhook_is_answered_by_what_it_is(
    account: Account, changes: dict[str, Any], status: int
) -> None:
    assert _webhook(account, **changes)["statusCode"] == status


def test_a_webhook_that_cannot_be_queued_may_be_sent_again(account: Account) -> None:
    account.client("sqs").delete_queue(QueueUrl=account.resources["ChangesQueue"])

    assert _webhook(account)["statusCode"] == 503


def test_without_webhook_tokens_nobody_gets_in(account: Account) -> None:
    account.put_webhook_secret({"webhook_tokens": []})

    assert _webhook(account)["statusCode"] == 401
    assert _webhook(account, headers={"authorization": "Bearer "})["statusCode"] == 401


def test_the_webhook_loads_neither_http_nor_retries_nor_the_mapping(
    account: Account,
) -> None:
    code = (
        "import sys; sys.path[:0] = ['layers/connector', 'functions'];"
        "import webhook.app as app;"
        "from connector import bootstrap; from connector.settings.inbound import WebhookSettings;"
        "from os import environ;"
        "import notification.app;"
        "from connector.settings.inbound import NotificationSettings;"
        "bootstrap.rippling_webhook(WebhookSettings.from_env(environ));"
        "given = {'POLLER_FUNCTION': 'poller', 'VISMA_SIGNATURE_HEADER': 'x'};"
        "bootstrap.visma_webhook(NotificationSettings.from_env({**environ, **given}));"
        "print(sorted({name.partition('.')[0] for name in sys.modules}"
        " & {'requests', 'tenacity', 'yaml'}"
        " | {n for n in sys.modules if n.startswith('connector.domain.mapping')}))"
    )
    account.handler("webhook")

    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"


def test_an_edit_of_the_mapping_queues_whom_it_moves(account: Account) -> None:
    account.handler("poller").lambda_handler({}, CONTEXT)
    _drain(account)
    text = NORDFAB_MAPPING.replace("employee_class: STAFF", "employee_class: HOURLY")
    assert text != NORDFAB_MAPPING
    account.operate("mappings import", text=text)
    keys = {"company": {"S": "norway"}, "rule": {"S": "defaults#all"}}
    event = {"Records": [{"eventName": "MODIFY", "dynamodb": {"Keys": keys}}]}

    answer = account.handler("releaser").lambda_handler(event, CONTEXT)

    assert answer["queued"] > 0
    assert _drain(account) == []


def test_a_mapping_that_makes_no_sense_is_refused_and_the_old_one_stays(account: Account) -> None:
    before = account.scan("MappingsTable")

    answer = account.operate("mappings import", text="companies: {norway: {time_zone: Mars}}")

    assert answer["ok"] is False
    assert len(answer["problems"]) == 2
    assert account.scan("MappingsTable") == before


def test_export_gives_back_what_was_imported(account: Account) -> None:
    text = account.operate("mappings export")["text"]

    answer = account.operate("mappings import", text=text)
    assert (answer["ok"], answer["written"], answer["removed"]) == (True, 0, 0)
    assert answer["digest_before"] == answer["digest_after"]


def test_a_check_names_rows_and_people_that_do_not_fit(
    account: Account, rippling: Rippling, visma: Visma
) -> None:
    rippling.add_department("Robotics")
    rippling.hire(
        department="Robotics", location="Oslo", employment_type="Salaried full-time", number=7
    )
    rippling.hire(
        department="Sales",
        location="Oslo",
        employment_type="Salaried full-time",
        number=12345678901,
    )
    visma.set_cost_centre_active("500", False)
    text = NORDFAB_MAPPING.replace("rippling: Sales,", "rippling: Vendors,").replace(
        'rippling: Bergen, branch: "2"', 'rippling: Bergen, branch: "8"'
    )

    findings = account.operate("mappings check", text=text)["findings"]

    told = "\n".join(finding["message"] for finding in findings)
    assert "departments: Vendors: Rippling has no such department" in told
    assert "departments: Finance: Visma (norway) has no active cost centre 500" in told
    assert "locations: Bergen: Visma has no active branch 8" in told
    assert "names the Rippling department Robotics; add one: 7" in told
    assert "longer than Visma's EMPLOYEE key (10 characters): 12345678901" in told


def test_dead_letters_are_replayed_in_order_and_odd_ones_stay(
    account: Account, rippling: Rippling
) -> None:
    worker = rippling.workers()[0]
    good = {"worker_id": worker["id"], "cause": "poll", "correlation_id": "c1"}
    for place, body in enumerate([json.dumps(good), "odd", json.dumps(good)]):
        account.client("sqs").send_message(
            QueueUrl=account.resources["ChangesDeadLetterQueue"],
            MessageBody=body,
            MessageGroupId=f"g{place}",
            MessageDeduplicationId=str(place),
        )

    shown = account.operate("dead-letters")
    listed = shown["rows"]
    answer = account.operate("replay")

    assert [row["is_change"] for row in listed] == [True, False, True]
    assert shown["total"] == 3
    assert (answer["ok"], answer["replayed"], answer["left"], answer["more"]) == (True, 2, 1, False)
    assert len(account.operate("dead-letters")["rows"]) == 1
    assert _drain(account) == []


def test_an_unknown_verb_is_answered_with_those_there_are(account: Account) -> None:
    answer = account.operate("dance")

    assert answer["ok"] is False
    assert "mappings import" in answer["problems"][0]


def test_what_is_no_verb_is_answered_and_is_not_in_the_log(
    account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    operations = account.handler("operations")
    for event in ({"verb": "Kanarifugl"}, {"verb": ["Kanarifugl"]}, ["Kanarifugl"], "Kanarifugl"):
        assert operations.lambda_handler(event, CONTEXT)["ok"] is False

    logged = [each.__dict__ for each in caplog.records if each.message == "verb carried out"]
    assert [each["verb"] for each in logged[-4:]] == ["unknown"] * 4
    assert "Kanarifugl" not in str(logged)


def test_the_audit_is_found_by_person_code_outcome_and_day(account: Account) -> None:
    account.handler("poller").lambda_handler({}, CONTEXT)
    _drain(account)

    created = account.operate("audit", outcome="created")["rows"]
    everything = account.operate("audit")["rows"]
    by_code = account.operate("audit", person=created[0]["employee_code"])["rows"]
    by_person = account.operate("audit", person=created[0]["person"])["rows"]

    assert len([row for row in everything if row["person"] != OPERATORS]) == 12
    assert [row["outcome"] for row in everything if row["person"] == OPERATORS] == [
        "mappings import"
    ]
    assert by_code == by_person == [created[0]]
    assert account.operate("audit", since="nonsense")["ok"] is False


def test_a_bug_is_raised_without_the_words_it_came_with(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    poller = account.handler("poller")

    def fail(*_: Any) -> Any:
        raise KeyError("Kari Nordmann")

    monkeypatch.setattr(poller, "services", fail)

    with pytest.raises(CrashError) as caught:
        poller.lambda_handler({}, CONTEXT)

    assert "Kari" not in str(caught.value) + capsys.readouterr().out
    assert caught.value.__suppress_context__
