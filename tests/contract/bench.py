"""What the contract suites stand on: tables and queues from the template."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws

import tests.support.quick_moto  # noqa: F401  (makes moto quicker)
from connector.adapters.aws.keys.pay_cipher import PayCipher
from tests.embedded.template import load_template

REGION = "eu-north-1"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class Watched:
    """A client that counts its calls, makes pages small, and refuses what it is told to refuse."""

    def __init__(self, client: Any, *, page: int | None = None) -> None:
        self._client = client
        self.page = page
        self.after: dict[str, Callable[[], None]] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, list[Any]] = {}

    def count(self, name: str) -> int:
        return sum(called == name for called, _ in self.calls)

    def __getattr__(self, name: str) -> Any:
        def call(**request: Any) -> Any:
            self.calls.append((name, request))
            if self.page and name in ("query", "scan"):
                request["Limit"] = self.page
            if self.answers.get(name):
                answer = self.answers[name].pop(0)
                if isinstance(answer, Exception):
                    raise answer
                return answer
            answer = getattr(self._client, name)(**request)
            self.after.get(name, _nothing)()
            return answer

        return call


def a_cipher(watched: Watched | None = None) -> PayCipher:
    """A cipher with a KMS key of its own in the account that is there."""
    session: Any = boto3.Session(region_name=REGION)
    kms = session.client("kms")
    return PayCipher(watched or kms, kms.create_key()["KeyMetadata"]["Arn"])


def _nothing() -> None:
    """What happens after most calls."""


def refusal(code: str, operation: str = "Operation", **more: Any) -> ClientError:
    """An error as boto3 raises it."""
    response: Any = {"Error": {"Code": code, "Message": code}, **more}
    return ClientError(response, operation)


@contextmanager
def aws(service: str) -> Iterator[Any]:
    """A client of an AWS in which nothing is yet."""
    with mock_aws():
        yield _client(service)


def make_table(client: Any, name: str) -> str:
    """A table with the keys and indexes that the template gives it."""
    wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    properties = _template()[name]["Properties"]
    given = {key: properties[key] for key in wanted if key in properties}
    client.create_table(TableName=name, **given)
    return name


def make_queue(client: Any, name: str) -> str:
    """A queue with the order and the de-duplication that the template gives it."""
    properties = _template()[name]["Properties"]
    wanted = ("FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "VisibilityTimeout")
    attributes = {key: str(properties[key]).lower() for key in wanted if key in properties}
    if "DeduplicationScope" in properties:
        attributes["DeduplicationScope"] = properties["DeduplicationScope"]
        attributes["FifoThroughputLimit"] = properties["FifoThroughputLimit"]
    url = client.create_queue(QueueName=f"{name}.fifo", Attributes=attributes)["QueueUrl"]
    return str(url)


@cache
def _client(service: str) -> Any:
    """One client for all tests: making one takes longer than most of them."""
    return boto3.client(  # type: ignore[call-overload]
        service, region_name=REGION, aws_access_key_id="invented", aws_secret_access_key="invented"
    )


@cache
def _template() -> dict[str, Any]:
    resources: dict[str, Any] = load_template()["Resources"]
    return resources
