"""The public doors for announcements of both vendors. No vendor credential is within reach."""

from __future__ import annotations

import base64
from functools import cache
from os import environ
from typing import Any

from connector import bootstrap
from connector.observability import Invocation, announce_start
from connector.services.inbound.rippling_webhook import Answer, RipplingWebhook
from connector.services.inbound.visma_webhook import ROUTE as VISMA
from connector.services.inbound.visma_webhook import VismaWebhook
from connector.settings import WebhookSettings

announce_start("webhook")


@cache
def rippling_webhook() -> RipplingWebhook:
    """Built with the first invocation of this environment."""
    return bootstrap.rippling_webhook(WebhookSettings.from_env(environ))


@cache
def visma_webhook() -> VismaWebhook | None:
    """Built with the first invocation of this environment."""
    return bootstrap.visma_webhook(WebhookSettings.from_env(environ))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers as API Gateway expects; the body of a request is never logged."""
    with Invocation("webhook") as invocation:
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        answer = _announce(invocation, event, headers)
        invocation.metrics.count(answer.counted)
        return {
            "statusCode": answer.status,
            "headers": dict(answer.headers),
            "body": answer.text,
        }


def _announce(invocation: Invocation, event: dict[str, Any], headers: dict[str, str]) -> Answer:
    if event.get("resource") != VISMA:
        answer = rippling_webhook().receive(headers, body_of(event))
    elif visma := visma_webhook():
        answer = visma.receive(event["pathParameters"]["company"], headers, body_of(event))
    else:
        answer = Answer(404, "NotificationsOff")
    if answer.reason:
        invocation.log.error("polling paused", reason=answer.reason)
    invocation.log.info("webhook answered", status=answer.status)
    return answer


def body_of(event: dict[str, Any]) -> bytes | None:
    """The bytes of a body as they were sent, or None where they cannot be told."""
    body: str = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return body.encode(errors="surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except ValueError:
        return None
