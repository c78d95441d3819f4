"""A fresh stack as the README leaves it: off, then a rehearsal, and then live on the schedule."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from connector.domain.records.acts import OPERATORS
from tests.demo.stage import UNHURRIED, DemoError, Stage
from tests.embedded import Embedded
from tests.simulator import credentials


@pytest.fixture(scope="module")
def rehearsal(aws: Embedded) -> Iterator[Stage]:
    """A stack with every default but the addresses and the schedule."""
    with Stage(people=20, aws=aws, stack_name="rehearsal") as stage:
        stage.aws.deploy(
            {
                "RipplingBaseUrl": stage.rippling.url,
                "VismaBaseUrl": stage.visma.url,
                "VismaTokenUrl": stage.visma.token_url,
                **UNHURRIED,
            },
            stage.stack_name,
        )
        yield stage


def _invoke(stage: Stage, output: str, payload: dict[str, Any]) -> tuple[bool, dict[str, Any]]:
    answer = stage.aws.client("lambda").invoke(
        FunctionName=stage.aws.outputs[output], Payload=json.dumps(payload).encode()
    )
    return "FunctionError" not in answer, json.loads(answer["Payload"].read())


def test_a_new_stack_is_off_and_says_what_to_do(rehearsal: Stage) -> None:
    worked, answer = _invoke(rehearsal, "PollerFunctionName", {})

    assert worked
    assert (answer["mode"], answer["skipped"]) == ("off", True)
    assert "connector rehearse" in answer["problems"][0]
    with pytest.raises(DemoError, match="there is no mapping yet"):
        rehearsal.connector("rehearse")
    assert rehearsal.rippling.journal == []


def test_a_rehearsal_audits_everything_as_planned_and_changes_nothing_in_visma(
    rehearsal: Stage,
) -> None:
    rippling, visma = credentials()
    rehearsal.import_mapping()
    rehearsal.connector("rehearse")
    worked, answer = _invoke(rehearsal, "PollerFunctionName", {"full_sweep": True})
    assert not worked
    told = answer["errorMessage"]
    assert "the Rippling secret is empty" in told
    assert "the Visma secret is empty" in told
    rehearsal.aws.put_secret("RipplingSecretArn", rippling)
    rehearsal.aws.put_secret("VismaSecretArn", visma)
    deadline = time.monotonic() + 320  # a secret is read again after five minutes at the latest
    while time.monotonic() < deadline:
        worked, answer = _invoke(rehearsal, "PollerFunctionName", {"full_sweep": True})
        if worked:
            break
        assert "secret is empty" in answer["errorMessage"]
        time.sleep(2)
    for _ in rehearsal.quiet():
        pass

    found = rehearsal.connector("audit")["rows"]
    rows = [row for row in found if row["person"] != OPERATORS]
    assert len(rows) == 20
    assert all(row["planned"] for row in rows)
    assert {row["outcome"] for row in rows} <= {"created", "out_of_scope"}
    assert [c for c in rehearsal.visma.calls(path="/v1/.*") if c.method != "GET"] == []
    assert rehearsal.visma.employees() == []


def test_a_second_rehearsal_finds_everybody_planned_already(rehearsal: Stage) -> None:
    _, answer = _invoke(rehearsal, "PollerFunctionName", {"full_sweep": True})

    assert (answer["mode"], answer["queued"]) == ("rehearsal", 0)


def test_another_deploy_changes_nothing_of_the_mode(rehearsal: Stage) -> None:
    rehearsal.aws.deploy({"PollSchedule": "rate(1 minute)"}, rehearsal.stack_name)

    assert _invoke(rehearsal, "PollerFunctionName", {})[1]["mode"] == "rehearsal"


def test_after_the_rehearsal_the_first_live_tick_creates_everybody_on_the_schedule(
    rehearsal: Stage,
) -> None:
    rehearsal.connector("go-live")
    deadline = time.monotonic() + 150
    while time.monotonic() < deadline and not rehearsal.visma.employees():
        time.sleep(1)
    for _ in rehearsal.quiet():
        pass

    rows = rehearsal.connector("audit", "--outcome", "created")["rows"]
    created = [row for row in rows if not row.get("planned")]
    assert len(rehearsal.visma.employees()) == len(created) > 10
