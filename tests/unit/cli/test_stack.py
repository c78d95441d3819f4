"""How the command finds the operations function of a stack, and what it says where it cannot."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ProfileNotFound
from botocore.parsers import ResponseParserError

from connector.cli.exits import NotReachedError
from connector.cli.stack import READ_TIMEOUT_SECONDS, Connection, connect

Aws = Callable[..., Mock]


class NotFoundError(Exception):
    """As boto3 makes it for a client."""


KARI = "arn:aws:iam::123456789012:user/controller"
OUTPUTS = [
    {"OutputKey": "PollerFunctionName", "OutputValue": "poller-1"},
    {"OutputKey": "OperationsFunctionName", "OutputValue": "operations-1"},
]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    """Puts an AWS in place that has these outputs, or fails, and answers with this."""

    def aws(
        payload: object = None,
        *,
        outputs: list[dict[str, str]] | None = OUTPUTS,
        error: Exception | None = None,
        **answer: Any,
    ) -> Mock:
        stack = {} if outputs is None else {"Outputs": outputs}
        formation, function, tokens = Mock(), Mock(), Mock()
        tokens.get_caller_identity.return_value = {"Arn": KARI}
        formation.describe_stacks.return_value = {"Stacks": [stack]}
        formation.describe_stacks.side_effect = error
        content = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        function.invoke.return_value = {"Payload": io.BytesIO(content), **answer}
        function.exceptions.ResourceNotFoundException = NotFoundError
        session = Mock(return_value=Mock(**{"client.side_effect": [formation, function, tokens]}))
        session.formation, session.function, session.tokens = formation, function, tokens
        monkeypatch.setattr(boto3, "Session", session)
        return session

    return aws


def test_the_function_that_the_stack_names_is_invoked_with_the_request(aws: Aws) -> None:
    session = aws({"ok": True})
    connection = Connection("payroll", "http://localhost:4566", "eu-north-1", "finance")

    assert connect(connection)({"verb": "waiting"}) == {"ok": True}

    session.assert_called_once_with(region_name="eu-north-1", profile_name="finance")
    session.formation.describe_stacks.assert_called_once_with(StackName="payroll")
    sent = session.function.invoke.call_args.kwargs
    assert sent["FunctionName"] == "operations-1:reader"
    assert json.loads(sent["Payload"]) == {"verb": "waiting", "operator": KARI}


def test_aws_is_asked_once_and_waited_for_longer_than_the_function_may_run(aws: Aws) -> None:
    session = aws({"ok": True})

    connect(Connection("s", "http://localhost:4566"))({"verb": "ping"})

    for call in session.return_value.client.call_args_list:
        assert call.kwargs["endpoint_url"] == "http://localhost:4566"
    for call in session.return_value.client.call_args_list[:2]:
        assert call.kwargs["config"].retries == {"total_max_attempts": 1}
        assert call.kwargs["config"].read_timeout == READ_TIMEOUT_SECONDS > 300


def test_where_aws_does_not_say_who_asks_the_verb_is_carried_out_without_a_name(aws: Aws) -> None:
    session = aws({"ok": True})
    refused = ClientError({"Error": {"Code": "AccessDenied"}}, "GetCallerIdentity")
    session.tokens.get_caller_identity.side_effect = refused

    assert connect(Connection("s"))({"verb": "ping"}) == {"ok": True}
    assert json.loads(session.function.invoke.call_args.kwargs["Payload"])["operator"] == ""


@pytest.mark.parametrize("may_look", [True, False])
def test_a_stack_that_there_is_not_is_said_with_the_nearest_where_one_may_look(
    aws: Aws, may_look: bool
) -> None:
    session = aws()

    def refusal(code: str, message: str) -> ClientError:
        answer: Any = {"Error": {"Code": code, "Message": message}}
        return ClientError(answer, "DescribeStacks")

    def describe(StackName: str = "") -> Any:  # noqa: N803 - the name is AWS's
        if StackName:
            raise refusal("ValidationError", f"Stack with id {StackName} does not exist")
        if not may_look:
            raise refusal("AccessDenied", "no")
        return {"Stacks": [{"StackName": "connector"}, {"StackName": "website"}]}

    session.formation.describe_stacks.side_effect = describe

    with pytest.raises(NotReachedError) as told:
        connect(Connection("conector"))({"verb": "waiting"})

    assert str(told.value).startswith("there is no stack conector in this account and region")
    assert ("; did you mean connector?" in str(told.value)) is may_look


@pytest.mark.parametrize("outputs", [None, [], OUTPUTS[:1]])
def test_a_stack_of_something_else_is_said_to_be_one(
    aws: Aws, outputs: list[dict[str, str]] | None
) -> None:
    aws(outputs=outputs)

    with pytest.raises(NotReachedError, match="the stack s has no output OperationsFunctionName"):
        connect(Connection("s"))({"verb": "ping"})


def test_a_function_that_failed_is_said_with_its_error_and_where_to_look(aws: Aws) -> None:
    aws({"errorType": "MemoryError", "errorMessage": "secret"}, FunctionError="Unhandled")

    with pytest.raises(NotReachedError) as caught:
        connect(Connection("s"))({"verb": "ping"})

    assert str(caught.value) == "the function operations-1 failed with MemoryError; see its log"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            ClientError({"Error": {"Code": "X", "Message": "no such stack"}}, "DescribeStacks"),
            "AWS does not answer as expected: .*no such stack",
        ),
        (EndpointConnectionError(endpoint_url="http://x"), "AWS does not answer as expected"),
        (ProfileNotFound(profile="nope"), r"AWS does not answer as expected: .*\(nope\)"),
        (PermissionError(13, "Permission denied", "config"), "Permission denied: 'config'"),
        (ValueError("Invalid endpoint: nonsense"), "not AWS; .*--endpoint-url.*nonsense"),
        (KeyError("DescribeStacksResult"), "whatever answers is not AWS"),
        (ResponseParserError("no XML"), "whatever answers is not AWS"),
    ],
)
def test_whatever_keeps_the_command_from_the_account_is_a_sentence(
    aws: Aws, error: Exception, words: str
) -> None:
    aws(error=error)

    with pytest.raises(NotReachedError, match=words):
        connect(Connection("s"))({"verb": "ping"})


def test_an_answer_that_is_no_json_is_a_sentence(aws: Aws) -> None:
    aws(b"<html>")

    with pytest.raises(NotReachedError, match="whatever answers is not AWS"):
        connect(Connection("s"))({"verb": "ping"})


@pytest.mark.parametrize(
    ("verb", "way_in"),
    [
        ("ping", "operations-1:reader"),
        ("approve", "operations-1:controller"),
        ("mappings import", "operations-1:controller"),
        ("go-live", "operations-1"),
        ("no such verb", "operations-1:reader"),
    ],
)
def test_a_verb_comes_in_by_the_way_that_grants_least(aws: Aws, verb: str, way_in: str) -> None:
    session = aws({"ok": True})

    connect(Connection("payroll"))({"verb": verb})

    assert session.function.invoke.call_args.kwargs["FunctionName"] == way_in


def test_a_stack_that_is_older_than_the_command_is_told_so(aws: Aws) -> None:
    session = aws({"ok": True})
    session.function.invoke.side_effect = NotFoundError

    with pytest.raises(NotReachedError, match="older than this command"):
        connect(Connection("payroll"))({"verb": "ping"})
