"""The embedded AWS is what the other tests stand on, so it is tested first."""

import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.embedded import Embedded, EmbeddedError, end_remembered, remember, webhook_url
from tests.embedded import processes as remembered_processes
from tests.embedded.__main__ import parse_parameters
from tests.embedded.emulator import REGION, is_taken, start_emulator
from tests.embedded.template import ROOT


def test_the_webhook_address_of_the_cloud_becomes_one_that_works_here() -> None:
    outputs = {
        "WebhookUrl": "https://ab12.execute-api.eu-north-1.amazonaws.com/v1/rippling/webhook"
    }

    assert (
        webhook_url(outputs, "http://127.0.0.1:4566")
        == "http://127.0.0.1:4566/_aws/execute-api/ab12/v1/rippling/webhook"
    )


@pytest.mark.parametrize(
    ("words", "parameters"),
    [
        ([], {}),
        (["CostAllocation=false", "AlarmEmail="], {"CostAllocation": "false", "AlarmEmail": ""}),
        (["PollSchedule=rate(1", "minute)"], {"PollSchedule": "rate(1 minute)"}),
        (["RipplingBaseUrl=http://x/?a=b"], {"RipplingBaseUrl": "http://x/?a=b"}),
    ],
)
def test_parameters_are_read_as_people_type_them(
    words: list[str], parameters: dict[str, str]
) -> None:
    assert parse_parameters(words) == parameters


def test_a_word_that_is_no_parameter_is_refused() -> None:
    with pytest.raises(EmbeddedError, match="Key=Value, not AlarmEmail"):
        parse_parameters(["AlarmEmail"])


def test_a_process_that_only_inherited_an_id_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered_processes, "RUNNING", tmp_path)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        remember("aws", stranger.pid, "http://127.0.0.1:1")
        entry = json.loads((tmp_path / "aws.json").read_text(encoding="utf-8"))
        (tmp_path / "aws.json").write_text(json.dumps(entry | {"began": "long ago"}), "utf-8")

        assert end_remembered() == []
        assert stranger.poll() is None
        assert not list(tmp_path.iterdir())

        stranger.communicate(b"\n")


@pytest.fixture(scope="module")
def aws() -> Iterator[Embedded]:
    """An embedded AWS with nothing deployed."""
    with Embedded.start() as running:
        yield running


@pytest.mark.e2e
def test_several_run_side_by_side_and_know_nothing_of_each_other(aws: Embedded) -> None:
    aws.client("sqs").create_queue(QueueName="ours")

    with Embedded.start() as other:
        assert other.client("sqs").list_queues().get("QueueUrls", []) == []
        port = other.emulator.port

    assert not is_taken(port)
    assert not [left for left in other.emulator.home.iterdir() if left.is_dir()]


@pytest.mark.e2e
def test_a_port_that_is_taken_is_refused(aws: Embedded) -> None:
    with pytest.raises(EmbeddedError, match="is taken"):
        start_emulator(aws.emulator.port)


@pytest.mark.e2e
def test_iam_is_enforced_and_one_permission_covers_a_batch_as_on_aws(aws: Embedded) -> None:
    queue = aws.client("sqs").create_queue(QueueName="guarded")["QueueUrl"]
    iam = aws.client("iam")
    iam.create_user(UserName="sender")
    key = iam.create_access_key(UserName="sender")["AccessKey"]
    sqs: Any = boto3.client(
        "sqs",
        endpoint_url=aws.endpoint_url,
        region_name=REGION,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    batch = [{"Id": "1", "MessageBody": "x"}]

    with pytest.raises(ClientError, match="AccessDenied"):
        sqs.send_message_batch(QueueUrl=queue, Entries=batch)

    policy = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    iam.put_user_policy(
        UserName="sender",
        PolicyName="send",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [policy]}),
    )
    assert sqs.send_message_batch(QueueUrl=queue, Entries=batch)["Successful"]
    with pytest.raises(ClientError, match="AccessDenied"):
        sqs.receive_message(QueueUrl=queue)


@pytest.mark.e2e
def test_a_secret_that_nobody_has_filled_has_no_value_as_on_aws(aws: Embedded) -> None:
    formation = aws.client("cloudformation")
    secret = {"Resources": {"Empty": {"Type": "AWS::SecretsManager::Secret"}}}
    formation.create_stack(StackName="secret", TemplateBody=json.dumps(secret))
    formation.get_waiter("stack_create_complete").wait(
        StackName="secret", WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
    )
    (made,) = formation.describe_stack_resources(StackName="secret")["StackResources"]
    manager = aws.client("secretsmanager")

    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        manager.get_secret_value(SecretId=made["PhysicalResourceId"])

    manager.put_secret_value(SecretId=made["PhysicalResourceId"], SecretString="{}")
    assert manager.get_secret_value(SecretId=made["PhysicalResourceId"])["SecretString"] == "{}"


@pytest.mark.e2e
def test_an_alarm_over_several_metrics_and_a_saved_query_are_taken_as_on_aws(
    aws: Embedded,
) -> None:
    metric = {"Namespace": "AWS/Lambda", "MetricName": "Throttles"}
    alarm = {
        "AlarmName": "over-several",
        "Metrics": [
            {"Id": "all", "Expression": "SUM(METRICS())", "ReturnData": True},
            {"Id": "one", "MetricStat": {"Metric": metric, "Stat": "Sum", "Period": 300}},
        ],
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 0,
    }
    query = {"Name": "folder/query", "QueryString": "fields @timestamp"}
    resources = {
        "Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm},
        "Query": {"Type": "AWS::Logs::QueryDefinition", "Properties": query},
    }
    formation = aws.client("cloudformation")
    formation.create_stack(StackName="watch", TemplateBody=json.dumps({"Resources": resources}))
    formation.get_waiter("stack_create_complete").wait(
        StackName="watch", WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
    )

    (made,) = aws.client("cloudwatch").describe_alarms(AlarmNames=["over-several"])["MetricAlarms"]
    assert (made["MetricName"], made["Period"], made["Statistic"]) == ("Throttles", 300, "Sum")
    formation.delete_stack(StackName="watch")
    formation.get_waiter("stack_delete_complete").wait(
        StackName="watch", WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
    )


@pytest.mark.e2e
def test_a_function_is_told_by_which_alias_it_is_invoked_as_on_aws(aws: Embedded) -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr(
            "app.py", "def handler(event, context):\n return context.invoked_function_arn"
        )
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
    policy = {"Version": "2012-10-17", "Statement": [{**trust, "Action": "sts:AssumeRole"}]}
    iam, client = aws.client("iam"), aws.client("lambda")
    role = iam.create_role(RoleName="told", AssumeRolePolicyDocument=json.dumps(policy))["Role"]
    made = client.create_function(
        FunctionName="told",
        Runtime=f"python{sys.version_info.major}.{sys.version_info.minor}",
        Role=role["Arn"],
        Handler="app.handler",
        Code={"ZipFile": code.getvalue()},
    )["FunctionArn"]
    for name in ("reader", "controller"):
        client.create_alias(FunctionName="told", Name=name, FunctionVersion="$LATEST")

    def told(name: str, **named: str) -> str:
        answer: str = json.loads(client.invoke(FunctionName=name, **named)["Payload"].read())
        return answer

    for _ in range(2):  # cold, and warm
        assert told("told") == made
        assert told("told:reader") == f"{made}:reader"
        assert told("told", Qualifier="controller") == f"{made}:controller"


@pytest.mark.e2e
def test_it_ends_with_whoever_started_it_however_that_ends() -> None:
    code = "from tests.embedded import Embedded; print(Embedded.start().emulator.port, flush=True)"
    starter = subprocess.Popen(
        [sys.executable, "-c", f"{code}; input()"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert starter.stdin
    assert starter.stdout
    with starter:
        port = int(starter.stdout.readline())
        assert is_taken(port)

        os.kill(starter.pid, signal.SIGKILL)

    deadline = time.monotonic() + 30
    while is_taken(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_taken(port)
