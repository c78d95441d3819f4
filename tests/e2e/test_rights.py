"""The three kinds of operator, each with the policy of docs/policies and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from connector.cli.exits import NotReachedError
from connector.cli.stack import Connection, connect
from tests.demo.stage import Stage
from tests.embedded.emulator import ACCOUNT, REGION
from tests.embedded.template import ROOT

LOOK, DECIDE, ACT = "waiting", "reject", "resume"
MAY = {"reader": {LOOK}, "controller": {LOOK, DECIDE}, "engineer": {LOOK, DECIDE, ACT}}


@pytest.fixture(scope="module")
def keys(stage: Stage) -> dict[str, dict[str, str]]:
    """A user of each kind."""
    iam, found = stage.aws.client("iam"), {}
    for kind in MAY:
        policy = (ROOT / "docs" / "policies" / f"{kind}.json").read_text(encoding="utf-8")
        for placeholder, value in (
            ("REGION", REGION),
            ("ACCOUNT", ACCOUNT),
            ("STACK", stage.stack_name),
        ):
            policy = policy.replace(placeholder, value)
        iam.create_user(UserName=kind)
        iam.put_user_policy(UserName=kind, PolicyName=kind, PolicyDocument=policy)
        key = iam.create_access_key(UserName=kind)["AccessKey"]
        found[kind] = {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }
    return found


@pytest.fixture
def command(
    stage: Stage, keys: dict[str, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str], dict[str, Any]]:
    """The `connector` command as one kind of operator."""

    def command(kind: str, verb: str) -> dict[str, Any]:
        for name, value in keys[kind].items():
            monkeypatch.setenv(name, value)
        there = Connection(stage.stack_name, stage.aws.endpoint_url, REGION)
        return connect(there)({"verb": verb, "people": ["nobody"]})

    return command


@pytest.mark.parametrize("kind", MAY)
@pytest.mark.parametrize("verb", [LOOK, DECIDE, ACT])
def test_an_operator_has_exactly_the_verbs_of_his_kind_carried_out(
    kind: str, verb: str, command: Callable[[str, str], dict[str, Any]]
) -> None:
    if verb in MAY[kind]:
        answer = command(kind, verb)
        assert "is for the" not in json.dumps(answer)
    else:
        with pytest.raises(NotReachedError, match="AccessDenied"):
            command(kind, verb)


@pytest.mark.parametrize(("kind", "verb"), [("reader", DECIDE), ("controller", ACT)])
def test_whoever_goes_round_the_command_is_refused_by_the_function(
    kind: str, verb: str, stage: Stage, keys: dict[str, dict[str, str]]
) -> None:
    session = boto3.Session(
        aws_access_key_id=keys[kind]["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=keys[kind]["AWS_SECRET_ACCESS_KEY"],
        region_name=REGION,
    )
    client: Any = session.client("lambda", endpoint_url=stage.aws.endpoint_url)
    function = stage.aws.outputs["OperationsFunctionName"]
    request = json.dumps({"verb": verb, "people": ["nobody"]}).encode()

    with pytest.raises(ClientError, match="AccessDenied"):
        client.invoke(FunctionName=function, Payload=request)
    answer = client.invoke(FunctionName=f"{function}:{kind}", Payload=request)

    told = json.loads(answer["Payload"].read())
    assert told["ok"] is False
    assert f"asked for as the {kind}" in told["problems"][0]
