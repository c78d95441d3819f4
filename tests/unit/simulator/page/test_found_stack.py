"""Which stack the page follows: the one that runs, if it reads these fakes and can work."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from tests.embedded import processes, remember
from tests.simulator.page import FollowedCompany, FoundStack, StackError, stack
from tests.simulator.page.stack import running_stack

OURS = "http://127.0.0.1:9001"
COMMANDS = ("make up",)
OUTPUTS = {
    "PollerFunctionName": "connector-poller",
    "RipplingSecretArn": "arn:rippling",
    "ChangesQueueUrl": "queue",
    "AuditTableName": "audit",
}


class NotFoundError(Exception):
    """What the secret of a new stack answers."""


class Aws:
    """The calls that the page makes, answered from attributes."""

    def __init__(self) -> None:
        self.exceptions = SimpleNamespace(ResourceNotFoundException=NotFoundError)
        self.reads = OURS
        self.has_credentials = True
        self.is_away = False
        self.poller: tuple[dict[str, Any], dict[str, str]] = ({"queued": 1}, {})
        self.days: list[str] = []

    def get_function_configuration(self, **_: Any) -> Any:
        self._answer()
        return {"Environment": {"Variables": {"RIPPLING_BASE_URL": self.reads}}}

    def get_secret_value(self, **_: Any) -> Any:
        if not self.has_credentials:
            raise NotFoundError
        return {}

    def get_queue_attributes(self, **_: Any) -> Any:
        self._answer()
        return {
            "Attributes": {
                "ApproximateNumberOfMessages": "2",
                "ApproximateNumberOfMessagesNotVisible": "1",
            }
        }

    def invoke(self, **_: Any) -> Any:
        self._answer()
        result, more = self.poller
        return {"Payload": io.BytesIO(json.dumps(result).encode()), **more}

    def query(self, **asked: Any) -> Any:
        self._answer()
        day = asked["ExpressionAttributeValues"][":day"]["S"]
        self.days.append(day)
        return {"Items": [{"person": {"S": "p"}, "number": {"N": "1"}, "day": {"S": day}}]}

    def _answer(self) -> None:
        if self.is_away:
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:4566")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    found = Aws()
    monkeypatch.setattr(stack, "client", lambda *_: found)
    return found


Running = Callable[[], tuple[str, Mapping[str, str]] | None]


def _followed(find: Running = lambda: ("http://127.0.0.1:4566", OUTPUTS)) -> FoundStack:
    return FoundStack(FollowedCompany.of(OURS, 1, ""), COMMANDS, find)


def test_where_none_runs_it_is_said_how_to_start_one() -> None:
    found = _followed(lambda: None)

    standing = found.standing()

    assert (standing.state, standing.commands) == ("absent", COMMANDS)
    assert found.audit() == []
    for verb in (found.tick, found.approve, found.set_up):
        with pytest.raises(StackError, match="No stack is running"):
            verb()


def test_one_that_starts_later_is_followed(aws: Aws) -> None:
    running: list[tuple[str, Mapping[str, str]]] = []
    found = _followed(lambda: running[0] if running else None)
    assert found.standing().state == "absent"

    running.append(("http://127.0.0.1:4566", OUTPUTS))

    assert (found.standing().state, found.standing().under_way) == ("ready", 3)


def test_one_that_reads_another_rippling_is_not_taken_for_ours(aws: Aws) -> None:
    aws.reads = "http://127.0.0.1:1"

    standing = _followed().standing()

    assert (standing.state, standing.commands) == ("foreign", COMMANDS)
    assert "another Rippling, at http://127.0.0.1:1" in standing.message


def test_one_without_credentials_can_be_set_up_and_then_is_ready(aws: Aws) -> None:
    aws.has_credentials = False
    found = _followed()
    assert found.standing().state == "empty"

    aws.has_credentials = True

    assert found.standing().state == "ready"


def test_one_that_no_longer_answers_is_absent_and_says_so(aws: Aws) -> None:
    found = _followed()
    assert found.standing().state == "ready"
    aws.is_away = True

    standing = found.standing()

    assert (standing.state, standing.commands) == ("absent", COMMANDS)
    assert "no longer answers" in standing.message
    with pytest.raises(StackError, match="Could not connect"):
        found.tick()


def test_a_poller_that_fails_is_not_taken_for_one_that_read_nothing(aws: Aws) -> None:
    found = _followed()
    assert found.tick() == {"queued": 1}
    aws.poller = ({"errorMessage": "there is no mapping"}, {"FunctionError": "Unhandled"})

    with pytest.raises(StackError, match="The poller failed: there is no mapping"):
        found.tick()


def test_few_rows_of_today_are_made_up_with_those_of_yesterday(aws: Aws) -> None:
    rows = _followed().audit()

    assert [row["day"] for row in rows] == aws.days
    assert sorted(aws.days, reverse=True) == aws.days
    assert len(aws.days) == 2


def test_a_stack_counts_as_running_only_while_its_process_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "RUNNING", tmp_path / "running")
    monkeypatch.setattr(stack, "LOCAL", tmp_path)
    assert running_stack() is None

    remember("aws", os.getpid(), "http://127.0.0.1:4566")
    assert running_stack() is None  # its outputs are not written yet
    (tmp_path / "outputs.json").write_text('{"Half')
    assert running_stack() is None
    (tmp_path / "outputs.json").write_text(json.dumps(OUTPUTS))
    assert running_stack() == ("http://127.0.0.1:4566", OUTPUTS)

    entry = json.loads((tmp_path / "running" / "aws.json").read_text())
    (tmp_path / "running" / "aws.json").write_text(json.dumps(entry | {"began": "long ago"}))
    assert running_stack() is None
