"""On a change from the queue: brings one person's employee in Visma up to date."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from os import environ
from typing import Any

from connector import bootstrap
from connector.domain.records.mode import ModeName
from connector.observability import Invocation, announce_start
from connector.services.apply.consumer import Consumer
from connector.services.shared.current_mode import BELIEVED_SECONDS, CurrentMode
from connector.settings.vendors import WriterSettings

announce_start("writer")


@cache
def settings() -> WriterSettings:
    """Read as the function is loaded, or with the first invocation that can."""
    return WriterSettings.from_env(environ)


@cache
def mode() -> CurrentMode:
    """Asked every few seconds: a deploy never changes the mode."""
    return bootstrap.mode(settings(), BELIEVED_SECONDS)


@cache
def consumer(in_mode: ModeName) -> Consumer:
    """Built for a mode, the usual one as the function is loaded."""
    return bootstrap.writer(settings(), in_mode)


bootstrap.build_ahead(lambda: (mode(), consumer(ModeName.LIVE)), "dynamodb", "secretsmanager")


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Reports the messages that must come again; the others are done with.

    While the connector is off, messages come to nothing: whoever they are about is found by the
    full sweep with which it starts again.
    """
    with Invocation("writer") as invocation:
        bootstrap.clock().begin(context)
        now = mode().current()
        if now.is_off:
            invocation.metrics.count("ChangesDropped", len(event["Records"]))
            invocation.log.info("changes dropped", count=len(event["Records"]))
            return {"batchItemFailures": []}
        return {"batchItemFailures": failures(consumer(now.name), event["Records"])}


def failures(service: Consumer, records: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Once a message of a group has failed, those behind it wait for it."""
    failed: list[dict[str, str]] = []
    stuck: set[str] = set()
    for record in records:
        attributes = record["attributes"]
        sent_at = datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC)
        group = attributes["MessageGroupId"]
        done = group not in stuck and service.consume(
            record["body"],
            receipt=record["receiptHandle"],
            delivery=int(attributes["ApproximateReceiveCount"]),
            waited=bootstrap.clock().now() - sent_at,
        )
        if not done:
            stuck.add(group)
            failed.append({"itemIdentifier": record["messageId"]})
    return failed
