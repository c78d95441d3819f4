"""The tables and queues of template.yaml in moto, and the real handlers with their environment."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import boto3
import pytest
from moto import mock_aws

import tests.support.quick_moto  # noqa: F401  (makes moto quicker)
from connector.adapters.aws.clients import client
from connector.domain.records.mode import ModeName
from connector.services.operate import mapping_import, mode_switch
from tests.embedded.template import load_template
from tests.simulator import Rippling, Visma, credentials, webhook_credentials
from tests.support.environments import addresses, environments_of

REGION = "eu-north-1"
KINDS = ("AWS::DynamoDB::Table", "AWS::SQS::Queue")


class FakeContext:
    """Lambda's context, as far as the handlers look at it."""

    invoked_function_arn = "arn:aws:lambda:eu-north-1:123456789012:function:connector-operations"

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds left."""
        return 200_000


@dataclass
class Account:
    """An AWS account in memory with the stack's tables, queues and secrets."""

    resources: dict[str, str]
    environments: dict[str, dict[str, str]]
    monkeypatch: pytest.MonkeyPatch
    session: Any
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """A client of this account."""
        if service not in self._clients:
            self._clients[service] = self.session.client(service)
        return self._clients[service]

    def handler(self, name: str, **changes: str) -> ModuleType:
        """The module of a function, cold, with the environment that the template gives it."""
        for variable, value in {**self.environments[name], **changes}.items():
            self.monkeypatch.setenv(variable, value)
        client.cache_clear()
        return importlib.reload(importlib.import_module(f"{name}.app"))

    def operate(self, verb: str, **arguments: Any) -> dict[str, Any]:
        """What the operations function answers to a verb."""
        event = {"verb": verb, **arguments}
        answer: dict[str, Any] = self.handler("operations").lambda_handler(event, FakeContext())
        return answer

    def put_secrets(self, rippling: Mapping[str, Any], visma: Mapping[str, Any]) -> None:
        """Fills the secrets of both vendors."""
        self._put_secret("RipplingSecret", rippling)
        self._put_secret("VismaSecret", visma)

    def keep_pay(self) -> None:
        """Has all functions keep what people cost, as with `CostAllocation=true`."""
        for name in ("poller", "writer", "operations"):
            self.environments[name]["COST_ALLOCATION"] = "true"
            self.environments[name]["PAY_KEY_ARN"] = self.resources["PayKey"]

    def put_webhook_secret(self, value: Mapping[str, Any]) -> None:
        """Fills the secret of the public doors."""
        self._put_secret("WebhookSecret", value)

    def _put_secret(self, name: str, value: Mapping[str, Any]) -> None:
        self.client("secretsmanager").put_secret_value(
            SecretId=self.resources[name], SecretString=json.dumps(value)
        )

    def receive(self, queue: str = "ChangesQueue") -> list[dict[str, Any]]:
        """Messages in the form in which Lambda hands them to the writer."""
        answer = self.client("sqs").receive_message(
            QueueUrl=self.resources[queue],
            MaxNumberOfMessages=10,
            WaitTimeSeconds=0,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message["Attributes"],
                "messageAttributes": message.get("MessageAttributes", {}),
            }
            for message in answer.get("Messages", [])
        ]

    def delete(self, record: Mapping[str, Any], queue: str = "ChangesQueue") -> None:
        """Takes a message off the queue, as Lambda does with what was not reported as failed."""
        self.client("sqs").delete_message(
            QueueUrl=self.resources[queue], ReceiptHandle=record["receiptHandle"]
        )

    def scan(self, table: str) -> list[dict[str, Any]]:
        """Everything in a table."""
        items: list[dict[str, Any]] = self.client("dynamodb").scan(TableName=self.resources[table])[
            "Items"
        ]
        return items


@contextmanager
def an_account(
    rippling: Rippling,
    visma: Visma,
    monkeypatch: pytest.MonkeyPatch,
    mode: ModeName = ModeName.LIVE,
    **changes: str,
) -> Iterator[Account]:
    """The template's tables, queues and filled secrets, pointed at both fakes.

    `changes` are parameters of the stack, besides those.
    """
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(variable, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    for waiting in (mode_switch, mapping_import):  # handlers are loaded cold each time
        monkeypatch.setattr(waiting, "SETTLES_SECONDS", 0.0)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        template = load_template()
        session: Any = boto3.Session(region_name=REGION)
        resources = _create(session, template)
        parameters = {**addresses(rippling, visma), **changes}
        environments = environments_of(template, parameters, resources)
        account = Account(resources, environments, monkeypatch, session)
        account.put_secrets(*credentials())
        account.put_webhook_secret(webhook_credentials())
        if mode is not ModeName.OFF:
            row = {"stream": {"S": "mode"}, "name": {"S": mode.value}}
            account.client("dynamodb").put_item(TableName=resources["WatermarksTable"], Item=row)
        yield account


def _create(session: Any, template: dict[str, Any]) -> dict[str, str]:
    written = template["Resources"].items()
    wanted = {name: each for name, each in written if each["Type"] in KINDS}
    body = json.dumps({"Resources": wanted}, default=str)
    cloudformation = session.client("cloudformation")
    cloudformation.create_stack(StackName="connector", TemplateBody=body)
    made = cloudformation.describe_stack_resources(StackName="connector")["StackResources"]
    resources = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in made}
    resources["PayKey"] = session.client("kms").create_key()["KeyMetadata"]["Arn"]
    secrets = session.client("secretsmanager")
    for name, each in written:
        if each["Type"] == "AWS::SecretsManager::Secret":
            asked = each.get("Properties", {}).get("GenerateSecretString")
            made_up = secrets.get_random_password(**asked)["RandomPassword"] if asked else None
            value = {"SecretString": made_up} if made_up else {}
            resources[name] = secrets.create_secret(Name=name, **value)["ARN"]
    return resources
