"""A deployed stack that hears both vendors, driven through its stack."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.demo.stage import Stage
from tests.embedded import Embedded
from tests.simulator.nordfab import webhook_credentials
from tests.support.webhooks import SIGNING_KEY, announcement, notification

COMPANY = "4f016400000000000000000a"
SOON = 60.0


@pytest.fixture(scope="module")
def stack(aws: Embedded) -> Iterator[Stage]:
    """Nordfab, its Rippling company known to the secret, and a signing key for Visma."""
    with Stage(people=6, aws=aws, stack_name="webhooks") as stage:
        stage.deploy(VismaWebhook="true")
        doors = {"company_id": COMPANY, "visma": {"norway": SIGNING_KEY}}
        stage.aws.put_secret("WebhookSecretArn", {**webhook_credentials(), **doors})
        row = '{rippling: Robotics, department: ROBO, cost_centre: "700"}'
        stage.mapping = stage.mapping.replace(
            "    departments:\n", f"    departments:\n      - {row}\n"
        )
        stage.rippling.add_department("Robotics")
        stage.begin()
        stage.settle()
        yield stage


def _post(address: str, posted: dict[str, Any]) -> int:
    request = urllib.request.Request(  # noqa: S310 - our own address
        address, data=posted["body"].encode(), headers=posted["headers"], method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def _announce(stack: Stage, event: str, id_: str, **how: Any) -> int:
    posted = announcement(event, id_, **{"company_id": COMPANY, **how})
    return _post(stack.aws.webhook_url(), posted)


def _notify(stack: Stage, company: str = "norway", **said: str) -> int:
    address = stack.aws.webhook_url().replace("rippling/webhook", f"visma/webhook/{company}")
    id_, key = said.pop("id_", ""), said.pop("key", SIGNING_KEY)
    return _post(address, notification(said, id_, key))


def _hire(stack: Stage, department: str = "Sales") -> dict[str, Any]:
    return stack.rippling.hire(
        department=department, location="Oslo", employment_type="Salaried full-time"
    )


def _soon(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline and not holds():
        time.sleep(0.5)
    return holds()


def _last(stack: Stage, worker: dict[str, Any]) -> dict[str, Any]:
    rows = stack.connector("audit", "--person", worker["user_id"])["rows"]
    last: dict[str, Any] = rows[-1]
    return last


@pytest.mark.parametrize("as_json", [False, True], ids=["form", "json"])
def test_an_announcement_brings_a_hire_and_a_move_to_visma_without_a_tick(
    stack: Stage, as_json: bool
) -> None:
    worker = _hire(stack)
    code = str(worker["number"])

    assert _announce(stack, "employee.created", worker["id"], as_json=as_json) == 202
    for _ in stack.quiet():
        pass
    assert _last(stack, worker)["outcome"] == "created"
    stack.rippling.move(worker["id"], department="Finance")
    assert _announce(stack, "employee.updated", worker["id"], as_json=as_json) == 202

    assert _soon(lambda: stack.visma.employee(code)["department"] == "FIN")
    assert _last(stack, worker)["cause"] == "webhook"


def test_the_loss_of_access_to_the_app_is_no_end_of_an_employment(stack: Stage) -> None:
    worker = _hire(stack)
    stack.settle()

    assert _announce(stack, "employee.deleted", worker["id"]) == 202
    for _ in stack.quiet():
        pass

    assert _last(stack, worker)["outcome"] == "unchanged"
    assert stack.visma.employee(str(worker["number"]))["status"] == "Active"


def test_a_burst_of_the_same_announcement_reads_rippling_once_each_and_visma_never(
    stack: Stage,
) -> None:
    worker = _hire(stack)
    stack.settle()
    stack.rippling.clear_journal()
    stack.visma.clear_journal()

    for _ in range(5):
        assert _announce(stack, "employee.updated", worker["id"]) == 202
    for _ in stack.quiet():
        pass

    assert len(stack.rippling.calls(path="/workers/.*")) == 5
    assert stack.visma.calls(path="/v1/.*") == []


@pytest.mark.parametrize("as_json", [False, True], ids=["form", "json"])
def test_an_announcement_is_answered_by_what_it_is(stack: Stage, as_json: bool) -> None:
    answers = [
        _announce(stack, event, id_, as_json=as_json, **more)
        for event, id_, more in (
            ("leave_request.created", "1", {}),
            ("employee.updated", "not an id", {}),
            ("employee.updated", "5ed5aa", {"company_id": "another"}),
            ("employee.updated", "5ed5aa", {"padding": "x" * 20_000}),
        )
    ]

    assert answers == [202, 400, 401, 413]


def test_a_new_cost_centre_in_visma_sets_people_free_without_a_tick(stack: Stage) -> None:
    worker = _hire(stack, "Robotics")
    stack.settle()
    assert _last(stack, worker)["outcome"] == "waiting"
    stack.visma.add_department("ROBO", "Robotics")
    stack.visma.add_cost_centre("700", "Robotics")
    stack.visma.set_department_cost_centre("ROBO", "700")

    assert _notify(stack, event="Segment Value Changed", id_="n1") == 202

    assert _soon(lambda: _last(stack, worker)["outcome"] == "created")
    assert _last(stack, worker)["cause"] == "release"
    assert stack.visma.employee(str(worker["number"]))["department"] == "ROBO"


def test_an_edit_in_visma_is_put_right_without_a_sweep(stack: Stage) -> None:
    worker = _hire(stack)
    stack.settle()
    code = str(worker["number"])
    stack.visma.edit_employee(code, department="FIN")

    assert _notify(stack, event="Employee Changed", employeeCd=code) == 202

    assert _soon(lambda: stack.visma.employee(code)["department"] == "SALES")
    assert _soon(lambda: _last(stack, worker)["cause"] == "drift")


def test_a_notification_is_answered_by_what_it_is(stack: Stage) -> None:
    assert _notify(stack, event="Dimension Changed", key="another key") == 401
    assert _notify(stack, company="sweden", event="Dimension Changed") == 401
    assert _notify(stack, event="Account Changed") == 202
    assert _notify(stack, event="x" * 20_000) == 413


def test_an_uninstalled_app_stops_the_poller_until_the_operator_resumes(stack: Stage) -> None:
    assert _announce(stack, "company.deleted", COMPANY) == 202

    stack.rippling.clear_journal()
    assert stack.tick()["paused"] is True
    assert stack.rippling.journal == []

    assert stack.connector("resume")["was_paused"] is True
    assert stack.tick()["paused"] is False
    assert stack.rippling.journal != []
    assert stack.connector("resume")["was_paused"] is False


def test_where_notifications_are_turned_off_there_is_no_door(stack: Stage) -> None:
    stack.deploy(VismaWebhook="false")

    assert _notify(stack, event="Dimension Changed") in (403, 404)  # no such route
    functions = stack.aws.client("lambda").list_functions()["Functions"]
    assert f"{stack.stack_name}-notification" not in {each["FunctionName"] for each in functions}
