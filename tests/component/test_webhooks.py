"""What comes in through the webhooks: what it costs, what it sets off, what it never does."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from connector.domain.changes import Cause
from tests.simulator import (
    NORDFAB_MAPPING,
    Rippling,
    Visma,
)
from tests.simulator.nordfab import webhook_credentials
from tests.support.aws import Account, FakeContext, an_account
from tests.support.loaded import a_loaded_world
from tests.support.webhooks import (
    SIGNING_KEY,
    announcement,
    invocations,
    notification,
    to_visma_endpoint,
)
from tests.support.world import World

CONTEXT = FakeContext()
NEW_DEPARTMENT = '{rippling: Robotics, department: ROBO, cost_centre: "700"}'


# A repeat


@pytest.fixture(params=["rest", "platform"])
def either(request: pytest.FixtureRequest) -> Iterator[World]:
    with a_loaded_world(people=12, by_platform=request.param == "platform") as world:
        yield world


def test_a_repeated_webhook_costs_one_fresh_read_and_no_visma_call(either: World) -> None:
    worker = either.rippling.workers()[0]
    api = either.platform or either.rippling
    api.clear_journal()
    either.visma.clear_journal()

    for times in (1, 2, 3):
        either.notice(worker["id"])
        assert len(api.journal) == times
    assert either.visma.journal == []


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=12) as world:
        yield world


def test_the_first_webhook_of_a_stranger_costs_two_reads_and_the_next_one(world: World) -> None:
    worker = world.hire()
    world.clear_journals()

    assert world.notice(worker["id"]) == {"created": 1}
    assert world.vendor_calls()[0] == 2
    assert world.notice(worker["id"]) == {"unchanged": 1}
    assert world.vendor_calls()[0] == 3


def test_a_change_seconds_after_another_is_never_swallowed(world: World) -> None:
    worker = world.hire()
    world.settle()

    for department, code in (("Finance", "FIN"), ("Sales", "SALES"), ("Finance", "FIN")):
        world.rippling.move(worker["id"], department=department)
        assert world.notice(worker["id"]) == {"updated": 1}
        assert world.employee_of(worker)["department"] == code


def test_what_is_remembered_of_a_worker_never_leads_to_somebody_else(world: World) -> None:
    worker, other = world.hire(), world.rippling.workers()[0]
    world.settle()
    before = world.audit_of(other["user_id"])
    world.tables.aliases[worker["id"]] = other["user_id"]
    world.rippling.move(worker["id"], department="Finance")

    assert world.notice(worker["id"]) == {"updated": 1}

    assert world.employee_of(worker)["department"] == "FIN"
    assert world.audit_of(worker["user_id"])[-1]["cause"] == "webhook"
    assert world.audit_of(other["user_id"]) == before


def test_the_older_worker_of_a_rehired_person_still_leads_to_them(world: World) -> None:
    worker = world.hire()
    world.settle()
    world.rippling.terminate(worker["id"], end_date=world.clock.now().date())
    world.clock.turn(seconds=86_400 * 2)
    world.settle()
    again = world.rippling.rehire(
        worker["user_id"],
        start_date=world.clock.now().date(),
    )
    world.settle()
    world.clear_journals()

    assert world.notice(worker["id"]) == {"unchanged": 1}
    assert world.vendor_calls() == (1, 0)
    assert world.audit_of(worker["user_id"])[-1]["worker"] == again["id"]


def test_a_worker_that_vanished_is_nobody_and_ends_nothing(world: World) -> None:
    worker = world.hire()
    world.settle()
    world.rippling.remove(worker["id"])

    world.notice(worker["id"])

    assert world.employee_of(worker)["status"] == "Active"


# A pause


def test_while_polling_is_stopped_rippling_is_left_alone_and_it_is_counted(world: World) -> None:
    world.pauses.pause("the app was uninstalled")
    world.clear_journals()

    for full_sweep in (False, True):
        summary = world.tick(full_sweep=full_sweep)
        assert (summary.paused, summary.skipped, summary.queued) == (True, True, 0)
        assert "connector resume" in summary.problems[0]
    assert world.recheck.run("norway").paused

    assert world.vendor_calls() == (0, 0)
    assert world.metrics.counts["PollingPaused"] == 2


def test_after_resume_the_tick_finds_what_happened_meanwhile(world: World) -> None:
    world.pauses.pause("the app was uninstalled")
    worker = world.hire()
    world.tick()

    answer = world.operator.dispatch({"verb": "resume"})

    assert answer["was_paused"]
    assert answer["reason"] == "the app was uninstalled"
    assert world.settle() == {"created": 1}
    assert world.employee_of(worker)["status"] == "Active"
    assert world.operator.dispatch({"verb": "resume"}) == {"ok": True, "was_paused": False}


# A look


def test_a_look_sets_the_waiting_free_and_asks_rippling_nothing(world: World) -> None:
    world.rippling.add_department("Robotics")
    text = world.mapping_text.replace(
        "    departments:\n", f"    departments:\n      - {NEW_DEPARTMENT}\n"
    )
    world.edit_mapping(text)
    worker = world.hire(department="Robotics")
    world.settle()
    world.visma.add_department("ROBO", "Robotics")
    world.visma.add_cost_centre("700", "Robotics")
    world.visma.set_department_cost_centre("ROBO", "700")
    world.clear_journals()

    summary = world.recheck.run("norway")

    assert (summary.released, summary.queued) == (1, 1)
    assert world.vendor_calls()[0] == 0
    assert [change.cause for change in world.queue.changes] == [Cause.RELEASE]
    assert world.drain() == {"created": 1}
    assert world.employee_of(worker)["department"] == "ROBO"


def test_a_look_that_finds_nothing_new_queues_nobody(world: World) -> None:
    world.rippling.add_department("Robotics")
    world.hire(department="Robotics")
    world.settle()

    assert world.recheck.run("norway").queued == 0
    assert world.recheck.run("sweden").problems == ["the mapping has no company sweden"]


def test_the_guards_judge_what_a_look_sets_free(world: World) -> None:
    world.edit_mapping(world.mapping_text.replace("floor: 5", "floor: 1"))
    world.rippling.add_department("Robotics")
    text = world.mapping_text.replace(
        "    departments:\n", f"    departments:\n      - {NEW_DEPARTMENT}\n"
    )
    world.edit_mapping(text.replace("create_percent: 25", "create_percent: 1"))
    for _ in range(6):
        world.hire(department="Robotics")
    world.settle()
    world.visma.add_department("ROBO", "Robotics")
    world.visma.add_cost_centre("700", "Robotics")
    world.visma.set_department_cost_centre("ROBO", "700")

    assert world.recheck.run("norway").queued == 6
    assert world.drain() == {"held": 6}


def test_an_employee_that_was_edited_in_visma_is_put_right(world: World) -> None:
    worker = world.hire()
    world.settle()
    code = str(worker["number"])
    world.visma.edit_employee(code, department="FIN")
    world.clear_journals()

    summary = world.recheck.run("norway", code)

    assert (summary.drifted, summary.queued) == (1, 1)
    assert world.vendor_calls() == (0, 1)
    assert world.drain() == {"updated": 1}
    assert world.employee_of(worker)["department"] == "SALES"
    assert world.audit_of(worker["user_id"])[-1]["cause"] == "drift"


def test_the_echo_of_a_write_of_our_own_queues_nobody(world: World) -> None:
    worker = world.hire()
    world.settle()
    world.clear_journals()

    summary = world.recheck.run("norway", str(worker["number"]))

    assert (summary.drifted, summary.queued) == (0, 0)
    assert world.vendor_calls() == (0, 1)


def test_an_employee_of_somebody_else_is_counted_and_nobody_is_asked(world: World) -> None:
    world.visma.add_employee("9001")
    world.clear_journals()

    assert world.recheck.run("norway", "9001").queued == 0
    assert world.metrics.counts["EmployeesUnknown"] == 1
    assert world.vendor_calls() == (0, 0)


def test_the_code_that_somebody_had_before_a_rename_is_nobodys(world: World) -> None:
    worker = world.hire()
    world.settle()
    world.operator.dispatch({"verb": "rename", "person": worker["user_id"], "code": "9001"})
    world.drain()
    world.clear_journals()

    assert world.recheck.run("norway", str(worker["number"])).queued == 0
    assert world.metrics.counts["EmployeesUnknown"] == 1
    assert world.vendor_calls() == (0, 0)


def test_while_visma_cannot_say_the_writer_looks_later(world: World) -> None:
    worker = world.hire()
    world.settle()
    world.visma.edit_employee(str(worker["number"]), department="FIN")
    world.visma.faults.fail(503, body="html", path="/v1/.*", times=3)

    assert world.recheck.run("norway", str(worker["number"])).queued == 1
    assert world.drain() == {"updated": 1}


def test_a_look_for_the_waiting_that_fails_is_left_to_the_tick(world: World) -> None:
    world.rippling.add_department("Robotics")
    world.edit_mapping(
        world.mapping_text.replace(
            "    departments:\n", f"    departments:\n      - {NEW_DEPARTMENT}\n"
        )
    )
    world.hire(department="Robotics")
    world.settle()
    world.visma.faults.fail(503, body="html", path="/v1/.*", times=50)

    summary = world.recheck.run("norway")

    assert summary.queued == 0
    assert "Visma" in summary.problems[0]


# The handlers


@pytest.fixture
def account(rippling: Rippling, visma: Visma, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    with an_account(rippling, visma, monkeypatch, VismaWebhook="true") as account:
        doors = {"company_id": "5951", "visma": {"norway": SIGNING_KEY}}
        account.put_webhook_secret({**webhook_credentials(), **doors})
        account.operate("mappings import", text=NORDFAB_MAPPING)
        yield account


def _post(account: Account, event: dict[str, Any], **changes: str) -> int:
    name = "notification" if "/visma/" in event.get("resource", "") else "webhook"
    answer = account.handler(name, **changes).lambda_handler(event, CONTEXT)
    assert answer["body"] == ""
    status: int = answer["statusCode"]
    return status


def test_an_uninstalled_app_stops_the_poller_until_the_operator_resumes(
    account: Account, rippling: Rippling, caplog: pytest.LogCaptureFixture
) -> None:
    gone = announcement("company.deleted", "5951", company_id="5951")
    assert _post(account, {**gone, "headers": {}}) == 401
    assert _post(account, announcement("company.deleted", "1", company_id="1")) == 401
    assert account.handler("poller").lambda_handler({}, CONTEXT)["paused"] is False
    rippling.clear_journal()

    assert _post(account, gone) == 202
    (told,) = [vars(record) for record in caplog.records if record.message == "polling paused"]
    assert (told["levelname"], "company.deleted" in told["reason"]) == ("ERROR", True)
    for event in ({}, {"full_sweep": True}, {"recheck": {"company": "norway"}}):
        assert account.handler("poller").lambda_handler(event, CONTEXT)["paused"] is True
    assert rippling.journal == []

    assert account.operate("resume")["was_paused"]
    assert account.handler("poller").lambda_handler({}, CONTEXT)["paused"] is False
    assert rippling.journal != []


def test_a_json_webhook_queues_a_reference_and_nothing_else(account: Account) -> None:
    posted = announcement(
        "employee.updated", "5ed5aa", as_json=True, company_id="5951", name="Kari Nordmann"
    )

    assert _post(account, posted) == 202

    (record,) = account.receive()
    assert set(json.loads(record["body"])) == {"worker_id", "cause", "correlation_id"}
    assert "Kari" not in str(record)


def test_what_was_posted_and_how_it_was_signed_is_never_logged(
    account: Account, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = {"company_id": "5951", "company_primary_email": "kanarifugl@example.com"}
    for body in ("x", '{"id": "kanarifugl"}', "kanarifugl=1" * 2_000):
        posted = announcement("employee.updated", "kanarifugl", as_json=True, **secret)
        _post(account, posted)
        _post(account, {**posted, "body": body})
        _post(account, to_visma_endpoint({**notification({}), "body": body}, "kanarifugl"))

    out = f"{[vars(record) for record in caplog.records]}{capsys.readouterr().out}"
    assert out.count("'message': 'webhook answered'") == 6  # and three were queued
    words = ("kanarifugl", "demo-webhook-token", SIGNING_KEY)
    assert [word for word in words if word in out] == []


def test_a_notification_has_the_poller_look_at_once(
    account: Account, visma: Visma, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []
    with invocations(asked.append) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", address)
        changed = {"event": "Employee Changed", "employeeCd": "1001"}
        for said in ({"event": "Segment Value Changed"}, changed, changed):
            assert _post(account, to_visma_endpoint(notification(said, str(len(said))))) == 202

    assert asked == [
        {"recheck": {"company": "norway"}},
        {"recheck": {"company": "norway", "employee_code": "1001"}},
    ]
    for event in asked:
        summary = account.handler("poller").lambda_handler(event, CONTEXT)
        assert summary["problems"] == []


def test_a_poller_out_of_reach_is_no_reason_to_forget_a_notification(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = to_visma_endpoint(notification({"event": "Dimension Changed"}, "n1"))
    monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", "http://127.0.0.1:9")
    assert _post(account, event) == 503

    summary: list[dict[str, Any]] = []
    with invocations(summary.append) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", address)
        assert _post(account, event) == 202
        assert _post(account, event) == 202
    assert len(summary) == 1


def test_a_company_without_a_signing_key_has_no_door_that_opens(account: Account) -> None:
    account.put_webhook_secret(webhook_credentials())
    for key in (SIGNING_KEY, ""):
        event = to_visma_endpoint(notification({"event": "Dimension Changed"}, key=key))
        assert _post(account, event) == 401


def test_a_body_in_base64_is_signed_as_the_bytes_it_stands_for(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = to_visma_endpoint(notification({"event": "Account Changed"}))
    encoded = base64.b64encode(event["body"].encode()).decode()

    assert _post(account, {**event, "body": encoded, "isBase64Encoded": True}) == 202
    assert _post(account, {**event, "body": "no base64", "isBase64Encoded": True}) == 401


def test_a_stranger_that_a_webhook_announces_leaves_no_row(either: World) -> None:
    """Whoever has the bearer token may announce whatever they like; nothing is stored of it."""
    before = either.everything_stored()

    for number in range(20):
        outcomes = either.notice(f"{number:024x}")
        assert outcomes == {"out_of_scope": 1}

    assert either.everything_stored() == before
    assert either.metrics.counts["ChangesOfStrangers"] == 20


def test_somebody_whom_the_ledger_knows_is_no_stranger(either: World) -> None:
    worker = either.rippling.workers()[0]
    either.rippling.remove(worker["id"])
    rows = len(either.audit_of(worker["user_id"]))

    either.notice(worker["id"])

    assert len(either.audit_of(worker["user_id"])) == rows + 1
    assert either.audit_of(worker["user_id"])[-1]["outcome"] in ("unchanged", "out_of_scope")
