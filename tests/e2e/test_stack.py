"""The deployed stack, from each of its entry points to Visma and back to the operator."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.error
import urllib.request
from typing import Any

from tests.demo.stage import CONNECTOR, Stage

GREEN = ("good", "note")


def _hire(stage: Stage, **fields: Any) -> dict[str, Any]:
    usual = {"department": "Sales", "location": "Oslo", "employment_type": "Salaried full-time"}
    return stage.rippling.hire(**{**usual, **fields})


def _rows(stage: Stage, worker: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = stage.connector("audit", "--person", worker["user_id"])["rows"]
    return rows


def _quiet(stage: Stage) -> None:
    for _ in stage.quiet():
        pass


def _post(stage: Stage, body: str, token: str | None) -> int:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(  # noqa: S310 - the address is our own
        stage.aws.webhook_url(), data=body.encode(), headers=headers, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_tick_brings_a_hire_to_visma(stage: Stage) -> None:
    worker = _hire(stage)

    stage.settle()

    assert stage.visma.employee(str(worker["number"]))["department"] == "SALES"
    assert [row["outcome"] for row in _rows(stage, worker)] == ["created"]


def test_a_webhook_brings_a_change_to_visma_without_a_tick(stage: Stage) -> None:
    worker = _hire(stage)
    stage.settle()
    stage.rippling.move(worker["id"], department="Finance")

    assert stage.webhook(worker["id"]) == 202
    _quiet(stage)

    assert stage.visma.employee(str(worker["number"]))["department"] == "FIN"
    assert _rows(stage, worker)[-1]["cause"] == "webhook"


def test_a_webhook_is_turned_away_without_the_right_token_or_form(stage: Stage) -> None:
    good = "demo-webhook-token"
    worker = "event_name=employee.updated&id=5ed5aa"

    assert _post(stage, worker, None) == 401
    assert _post(stage, worker, "wrong-token-of-some-length") == 401
    assert _post(stage, "event_name=employee.updated&id=not an id", good) == 400
    assert _post(stage, "hello", good) == 400
    assert _post(stage, "event_name=leave_request.created&id=1", good) == 202
    _quiet(stage)


def test_the_previous_webhook_token_still_opens(stage: Stage) -> None:
    assert _post(stage, "event_name=company.updated&id=1", "demo-webhook-token-before") == 202


def test_a_row_added_by_hand_in_the_table_sets_people_free_without_a_tick(stage: Stage) -> None:
    stage.rippling.add_department("Quality")
    worker = _hire(stage, department="Quality")
    stage.settle()
    assert _rows(stage, worker)[-1]["outcome"] == "waiting"

    row = {
        "company": {"S": "norway"},
        "rule": {"S": "department#Quality"},
        "rippling": {"S": "Quality"},
        "department": {"S": "PROD"},
        "cost_centre": {"N": "200"},
    }
    table = stage.aws.outputs["MappingsTableName"]
    stage.aws.client("dynamodb").put_item(TableName=table, Item=row)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and _rows(stage, worker)[-1]["outcome"] == "waiting":
        time.sleep(0.5)

    assert _rows(stage, worker)[-1]["outcome"] == "created"
    assert stage.visma.employee(str(worker["number"]))["department"] == "PROD"


def test_a_message_that_is_not_a_change_goes_to_the_dead_letters_with_a_reason(
    stage: Stage,
) -> None:
    before = stage.dead_letters()
    stage.send_raw("not a change")
    _quiet(stage)

    assert stage.dead_letters() == before + 1
    letters = stage.connector("dead-letters")["rows"]
    assert any("not JSON" in letter["reason"] for letter in letters)
    assert "message dead-lettered" in _logs(stage, "writer")


def test_the_consoles_redrive_of_a_done_change_is_harmless(stage: Stage) -> None:
    worker = _hire(stage)
    stage.settle()
    writes = len(stage.visma.calls("PUT")) + len(stage.visma.calls("POST", "/v1/.*"))
    old = {"worker_id": worker["id"], "person_id": worker["user_id"], "cause": "poll"}

    stage.send_raw(json.dumps({**old, "correlation_id": "old"}))
    _quiet(stage)

    assert [row["outcome"] for row in _rows(stage, worker)] == ["created", "unchanged"]
    assert len(stage.visma.calls("PUT")) + len(stage.visma.calls("POST", "/v1/.*")) == writes


def test_an_outage_is_ridden_out_by_redelivery(stage: Stage) -> None:
    worker = _hire(stage)
    stage.visma.faults.fail(503, body="html", path="/v1/.*", times=5)

    stage.settle()

    assert stage.visma.employee(str(worker["number"]))["status"] == "Active"


def test_nothing_personal_reaches_logs_tables_or_dead_letters(stage: Stage) -> None:
    person = {"given_name": "Kanarifugl", "family_name": "Gulfjær"}
    worker = _hire(stage, person=person, work_email="kanarifugl@example.com")
    stage.settle()
    stage.visma.refuse(str(worker["number"]), "LastName")
    stage.rippling.change_user(worker["user_id"], family_name="Rødfjær")
    stage.webhook(worker["id"])
    _quiet(stage)
    assert _rows(stage, worker)[-1]["outcome"] == "rejected"

    everything = "".join(_logs(stage, name) for name in ("poller", "webhook", "writer"))
    everything += "".join(
        json.dumps(stage.aws.client("dynamodb").scan(TableName=stage.aws.outputs[name])["Items"])
        for name in ("WatermarksTableName", "PeopleTableName", "AuditTableName")
    )

    assert worker["user_id"] in everything
    words = ("kanarifugl", "gulfj", "rødfj", "r\\u00f8dfj", "@example", stage.rippling.url[7:])
    assert [word for word in words if word in everything.casefold()] == []


def test_the_command_draws_for_people_and_says_with_its_exit_code_how_it_went(
    stage: Stage,
) -> None:
    worker = _hire(stage)
    stage.settle()

    audit = _command(stage, "audit", "--person", str(worker["number"]))
    wrong = _command(stage, "mappings", "import", __file__)
    nowhere = _command(stage, "audit", stack="elsewhere")

    assert audit.returncode == 0
    assert f"Created employee {worker['number']} in norway" in audit.stdout
    assert (wrong.returncode, wrong.stdout) == (3, "")
    assert wrong.stderr.strip() != ""
    assert nowhere.returncode == 3
    assert "Traceback" not in audit.stderr + wrong.stderr + nowhere.stderr


def test_ping_reaches_all_that_it_looks_at_with_the_rights_of_the_function(stage: Stage) -> None:
    stage.settle()

    page = _command(stage, "ping")
    answer = stage.connector("ping")

    checks = {
        (group["company"] or group["system"], check["name"]): check
        for group in answer["systems"]
        for check in group["checks"]
    }
    wrong = {name: check for name, check in checks.items() if check["level"] not in GREEN}
    # Other tests of this tier leave dead letters and somebody rejected behind; all else is well.
    assert set(wrong) <= {("connector", "dead_letters"), ("connector", "people")}
    assert checks["rippling", "workers"]["level"] == "good"
    assert "ended" in checks["connector", "last_poll"]["message"]
    assert checks["connector", "dead_letters"]["message"].endswith(
        f"Given up: {stage.dead_letters() or 'no'} dead letter{'s'[: stage.dead_letters() != 1]}."
    )
    assert page.returncode == (1 if wrong else 0)
    assert "Visma: norway\n  ok  Visma signs the connector in." in page.stdout
    assert "\x1b" not in page.stdout


def test_status_reads_all_that_it_shows_with_the_rights_of_the_function(stage: Stage) -> None:
    stage.settle()

    page = _command(stage, "status")
    answer = stage.connector("status")

    lines = [check for group in answer["groups"] for check in group["checks"]]
    assert [line for line in lines if line["level"] == "unknown"] == []
    figures = answer["figures"]
    assert (figures["mode"], figures["dead_letters"]) == ("live", stage.dead_letters())
    assert figures["last_tick"]
    assert figures["last_sweep"]
    assert isinstance(figures["alarms"], list)
    red = [line for line in lines if line["level"] not in GREEN]
    assert all(line["remedy"].startswith("connector ") for line in red)
    assert page.returncode == (1 if red else 0)
    assert page.stdout.startswith(f"connector {answer['version']}\n\nThe connector\n  ok  Live")


def _command(
    stage: Stage, *words: str, stack: str = "connector"
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        [str(CONNECTOR), "--stack", stack, *words],
        env=stage.aws.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def _logs(stage: Stage, function: str) -> str:
    logs = stage.aws.client("logs")
    groups = logs.describe_log_groups()["logGroups"]
    name = next(g["logGroupName"] for g in groups if g["logGroupName"].endswith(f"-{function}"))
    events = logs.filter_log_events(logGroupName=name, limit=10_000)["events"]
    return "\n".join(event["message"] for event in events)
