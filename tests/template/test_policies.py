"""The policies of docs/policies: they name actions that exist, suffice, and give no more."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from importlib.resources import files
from typing import Any

import pytest

from tests.embedded.template import ROOT
from tests.template.conftest import of_type
from tests.template.test_iam import as_list
from tests.template.test_relations import Resources

POLICIES = sorted((ROOT / "docs" / "policies").glob("*.json"))
MOST_CHARACTERS = 10_240  # of a role's inline policies; a managed policy has 6,144

# What CloudFormation does with each kind of resource, with the rights of whoever deploys.
NEEDED = {
    "AWS::ApiGateway::Deployment": "apigateway: POST GET DELETE",
    "AWS::ApiGateway::RestApi": "apigateway: POST GET PUT PATCH DELETE",
    "AWS::ApiGateway::Stage": "apigateway: POST GET PATCH DELETE PUT",
    "AWS::CloudWatch::Alarm": "cloudwatch: PutMetricAlarm DescribeAlarms DeleteAlarms",
    "AWS::CloudWatch::Dashboard": "cloudwatch: PutDashboard GetDashboard DeleteDashboards",
    "AWS::DynamoDB::Table": (
        "dynamodb: CreateTable DescribeTable UpdateTable DeleteTable UpdateContinuousBackups"
        " DescribeContinuousBackups UpdateTimeToLive DescribeTimeToLive TagResource"
    ),
    "AWS::IAM::Role": (
        "iam: CreateRole GetRole UpdateRole DeleteRole PutRolePolicy GetRolePolicy DeleteRolePolicy"
        " UpdateAssumeRolePolicy PassRole PutRolePermissionsBoundary TagRole"
    ),
    "AWS::KMS::Key": (
        "kms: CreateKey DescribeKey PutKeyPolicy GetKeyPolicy EnableKeyRotation"
        " GetKeyRotationStatus ScheduleKeyDeletion TagResource UpdateKeyDescription"
    ),
    "AWS::Lambda::Alias": "lambda: CreateAlias GetAlias UpdateAlias DeleteAlias",
    "AWS::Lambda::EventInvokeConfig": (
        "lambda: PutFunctionEventInvokeConfig GetFunctionEventInvokeConfig"
        " UpdateFunctionEventInvokeConfig DeleteFunctionEventInvokeConfig"
    ),
    "AWS::Lambda::EventSourceMapping": (
        "lambda: CreateEventSourceMapping GetEventSourceMapping UpdateEventSourceMapping"
        " DeleteEventSourceMapping"
    ),
    "AWS::Lambda::Function": (
        "lambda: CreateFunction GetFunction GetFunctionConfiguration UpdateFunctionCode"
        " UpdateFunctionConfiguration DeleteFunction TagResource GetLayerVersion"
    ),
    "AWS::Lambda::LayerVersion": "lambda: PublishLayerVersion GetLayerVersion DeleteLayerVersion",
    "AWS::Lambda::Permission": "lambda: AddPermission RemovePermission GetPolicy",
    "AWS::Logs::LogGroup": (
        "logs: CreateLogGroup DescribeLogGroups PutRetentionPolicy DeleteLogGroup TagResource"
    ),
    "AWS::Logs::QueryDefinition": (
        "logs: PutQueryDefinition DescribeQueryDefinitions DeleteQueryDefinition"
    ),
    "AWS::S3::Bucket": (
        "s3: CreateBucket DeleteBucket GetEncryptionConfiguration PutEncryptionConfiguration"
        " GetBucketVersioning PutBucketVersioning GetBucketPublicAccessBlock"
        " PutBucketPublicAccessBlock GetBucketOwnershipControls PutBucketOwnershipControls"
        " GetLifecycleConfiguration PutLifecycleConfiguration PutBucketTagging"
    ),
    "AWS::S3::BucketPolicy": "s3: GetBucketPolicy PutBucketPolicy DeleteBucketPolicy",
    "AWS::SNS::Subscription": "sns: Subscribe Unsubscribe GetSubscriptionAttributes",
    "AWS::SNS::Topic": "sns: CreateTopic GetTopicAttributes SetTopicAttributes DeleteTopic",
    "AWS::SQS::Queue": (
        "sqs: CreateQueue GetQueueAttributes SetQueueAttributes DeleteQueue TagQueue"
    ),
    "AWS::SQS::QueuePolicy": "sqs: SetQueueAttributes",
    "AWS::Scheduler::Schedule": (
        "scheduler: CreateSchedule GetSchedule UpdateSchedule DeleteSchedule"
    ),
    "AWS::SecretsManager::Secret": (
        "secretsmanager: CreateSecret DescribeSecret UpdateSecret DeleteSecret GetRandomPassword"
        " TagResource"
    ),
    "Custom::BuildFits": "lambda: InvokeFunction",
}


def policy(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        (ROOT / "docs" / "policies" / f"{name}.json").read_text(encoding="utf-8")
    )["Statement"]
    return found


def granted(name: str) -> dict[str, list[str]]:
    """The actions of a policy, and on what."""
    found: dict[str, list[str]] = {}
    for statement in policy(name):
        assert statement["Effect"] == "Allow"
        for action in as_list(statement["Action"]):
            found.setdefault(action, []).extend(as_list(statement["Resource"]))
    return found


def invoked(name: str) -> set[str]:
    targets = granted(name).get("lambda:InvokeFunction", [])
    return {each.rpartition(":function:STACK-")[2] for each in targets}


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_every_action_of_a_policy_exists(path: Any) -> None:
    text = files("cfnlint.data.AdditionalSpecs").joinpath("Policies.json").read_text("utf-8")
    known = {
        f"{service}:{action}".lower()
        for service, each in json.loads(text).items()
        for action in each["Actions"]
    }

    assert [action for action in granted(path.stem) if action.lower() not in known] == []


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_no_policy_has_a_wildcard_among_its_actions_or_is_too_long(path: Any) -> None:
    assert not any("*" in action for action in granted(path.stem))
    assert len(json.dumps({"Version": "2012-10-17", "Statement": policy(path.stem)})) < (
        MOST_CHARACTERS
    )


def test_the_deployer_may_do_whatever_the_resources_of_the_template_need(
    expanded: Resources,
) -> None:
    may = granted("deployer")
    kinds = {each["Type"] for each in expanded.values()} | {"AWS::SNS::Subscription"}

    assert kinds == NEEDED.keys()
    needed = {
        f"{service}:{action}"
        for service, _, actions in (each.partition(": ") for each in NEEDED.values())
        for action in actions.split()
    }
    assert needed - may.keys() == set()


def test_the_deployer_reaches_the_resources_by_the_names_that_they_will_have(
    expanded: Resources,
) -> None:
    may = granted("deployer")
    named = [
        ("AWS::Lambda::Function", "FunctionName", "lambda:UpdateFunctionCode", "function:{}"),
        ("AWS::Lambda::LayerVersion", "LayerName", "lambda:PublishLayerVersion", "layer:{}"),
        ("AWS::SQS::Queue", "QueueName", "sqs:CreateQueue", "{}"),
        ("AWS::Logs::LogGroup", "LogGroupName", "logs:CreateLogGroup", "log-group:{}"),
        ("AWS::CloudWatch::Alarm", "AlarmName", "cloudwatch:PutMetricAlarm", "alarm:{}"),
    ]
    for kind, key, action, form in named:
        for properties in of_type(expanded, kind).values():
            name = properties[key]["Fn::Sub"].replace("${AWS::StackName}", "STACK")
            arn = f"arn:aws:{action.partition(':')[0]}:REGION:ACCOUNT:{form.format(name)}"
            assert any(fnmatchcase(arn, pattern) for pattern in may[action]), arn


def test_the_deployer_reads_no_secret_no_row_and_no_message_and_runs_no_verb() -> None:
    may = granted("deployer")

    for action in (
        "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "dynamodb:GetItem",
        "dynamodb:Query", "dynamodb:Scan", "dynamodb:PutItem", "sqs:ReceiveMessage",
        "sqs:SendMessage", "logs:GetLogEvents", "logs:FilterLogEvents",
        "kms:Decrypt", "kms:Encrypt",
    ):  # fmt: skip
        assert action not in may
    assert invoked("deployer") == {"preflight"}


def test_each_kind_of_operator_comes_in_by_his_own_ways() -> None:
    assert invoked("reader") == {"operations:reader"}
    assert invoked("controller") == {"operations:reader", "operations:controller"}
    assert invoked("engineer") == {"operations", "operations:*"}


def test_reader_and_controller_need_nothing_but_to_find_and_to_invoke_the_function() -> None:
    least = {"cloudformation:DescribeStacks", "lambda:InvokeFunction"}

    assert granted("reader").keys() == least
    assert granted("controller").keys() == {*least, "s3:GetObject"}


@pytest.mark.parametrize("kind", ["controller", "engineer"])
def test_whoever_makes_reports_may_read_those_that_were_made_and_take_none_away(kind: str) -> None:
    may = granted(kind)

    assert may["s3:GetObject"] == ["arn:aws:s3:::STACK-reportsbucket-*/reports/*"]
    assert {action for action in may if action.startswith("s3:")} <= {
        "s3:GetObject", "s3:ListBucket",
    }  # fmt: skip


def test_the_ways_in_are_aliases_of_the_code_that_is_deployed(resources: Resources) -> None:
    aliases = of_type(resources, "AWS::Lambda::Alias").values()

    assert {each["Name"] for each in aliases} == {"reader", "controller"}
    for each in aliases:
        assert each["FunctionName"] == {"Ref": "OperationsFunction"}
        assert each["FunctionVersion"] == "$LATEST"
