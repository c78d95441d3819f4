"""On a change from the queue: brings one person's employee in Visma up to date."""

from __future__ import annotations

from functools import cache
from os import environ
from typing import Any

from connector import bootstrap
from connector.observability import Invocation
from connector.services.apply.consumer import Consumer
from connector.settings import WriterSettings


@cache
def consumer() -> Consumer:
    """Built with the first invocation of this environment."""
    return bootstrap.writer(WriterSettings.from_env(environ))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Reports the messages that must come again; the others are done with."""
    with Invocation("writer"):
        bootstrap.clock().begin(context)
        return {"batchItemFailures": failures(consumer(), event["Records"])}


def failures(service: Consumer, records: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Once a message of a group has failed, those behind it wait for it."""
    failed: list[dict[str, str]] = []
    stuck: set[str] = set()
    for record in records:
        attributes = record["attributes"]
        group = attributes["MessageGroupId"]
        done = group not in stuck and service.consume(
            record["body"],
            receipt=record["receiptHandle"],
            delivery=int(attributes["ApproximateReceiveCount"]),
        )
        if not done:
            stuck.add(group)
            failed.append({"itemIdentifier": record["messageId"]})
    return failed
