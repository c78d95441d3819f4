"""The public door for Rippling's announcements. No vendor credential is within reach."""

from __future__ import annotations

from functools import cache
from os import environ
from typing import Any

from connector import bootstrap
from connector.observability import Invocation, announce_start
from connector.services.inbound.request_body import body_of
from connector.services.inbound.rippling_webhook import RipplingWebhook
from connector.settings.inbound import WebhookSettings

announce_start("webhook")


@cache
def rippling_webhook() -> RipplingWebhook:
    """Built as the function is loaded, or with the first invocation that can."""
    return bootstrap.rippling_webhook(WebhookSettings.from_env(environ))


bootstrap.build_ahead(rippling_webhook, "secretsmanager", "sqs")


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers as API Gateway expects; the body of a request is never logged."""
    with Invocation("webhook") as invocation:
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        answer = rippling_webhook().receive(headers, body_of(event))
        if answer.reason:
            invocation.log.error("polling paused", reason=answer.reason)
        if not answer.is_told:
            invocation.log.info("webhook answered", status=answer.status)
        invocation.metrics.count(answer.counted)
        return {"statusCode": answer.status, "headers": dict(answer.headers), "body": answer.text}
