"""The public door for Rippling's announcements. No vendor credential is within reach."""

from __future__ import annotations

from functools import cache
from os import environ
from typing import Any

from connector import bootstrap
from connector.observability import Invocation, announce_start
from connector.services.inbound.request_body import body_of
from connector.services.inbound.rippling_webhook import RipplingWebhook
from connector.settings import WebhookSettings

announce_start("webhook")


@cache
def rippling_webhook() -> RipplingWebhook:
    """Built with the first invocation of this environment."""
    return bootstrap.rippling_webhook(WebhookSettings.from_env(environ))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers as API Gateway expects; the body of a request is never logged."""
    with Invocation("webhook") as invocation:
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        answer = rippling_webhook().receive(headers, body_of(event))
        if answer.reason:
            invocation.log.error("polling paused", reason=answer.reason)
        invocation.log.info("webhook answered", status=answer.status)
        invocation.metrics.count(answer.counted)
        return {"statusCode": answer.status, "headers": dict(answer.headers), "body": answer.text}
