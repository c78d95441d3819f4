"""The public door for Visma's notifications: deployed only where the stack listens to them."""

from __future__ import annotations

from functools import cache
from os import environ
from typing import Any

from connector import bootstrap
from connector.observability import Invocation, announce_start
from connector.services.inbound.request_body import body_of
from connector.services.inbound.visma_webhook import VismaWebhook
from connector.settings.inbound import NotificationSettings

announce_start("notification")


@cache
def visma_webhook() -> VismaWebhook:
    """Built as the function is loaded, or with the first invocation that can."""
    return bootstrap.visma_webhook(NotificationSettings.from_env(environ))


bootstrap.build_ahead(visma_webhook, "secretsmanager")


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers as API Gateway expects; the body of a request is never logged."""
    with Invocation("notification") as invocation:
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        company = event["pathParameters"]["company"]
        answer = visma_webhook().receive(company, headers, body_of(event))
        invocation.log.info("webhook answered", status=answer.status)
        invocation.metrics.count(answer.counted)
        return {"statusCode": answer.status, "headers": dict(answer.headers), "body": answer.text}
