"""The public endpoints: webhooks of both vendors, and the routes of an installation."""

from __future__ import annotations

import base64
from functools import cache
from os import environ
from typing import Any

from connector import bootstrap
from connector.observability import Invocation
from connector.services.inbound.install import CALLBACK, INSTALL, Installer
from connector.services.inbound.rippling_webhook import Answer, RipplingWebhook
from connector.services.inbound.visma_webhook import ROUTE as VISMA
from connector.services.inbound.visma_webhook import VismaWebhook
from connector.settings import WebhookSettings

BAD_REQUEST = 400


@cache
def _rippling_webhook() -> RipplingWebhook:
    return bootstrap.rippling_webhook(WebhookSettings.from_env(environ))


@cache
def _visma_webhook() -> VismaWebhook | None:
    return bootstrap.visma_webhook(WebhookSettings.from_env(environ))


@cache
def _installer() -> Installer:
    return bootstrap.installer(WebhookSettings.from_env(environ))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers as API Gateway expects; neither body nor query of a request is ever logged."""
    with Invocation("webhook") as invocation:
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        if event.get("resource") in (INSTALL, CALLBACK):
            answer = _install(invocation, event, headers.get("cookie", ""))
        else:
            answer = _announce(invocation, event, headers)
        invocation.metrics.count(answer.counted)
        return {
            "statusCode": answer.status,
            "headers": dict(answer.headers),
            "body": answer.text,
        }


def _announce(invocation: Invocation, event: dict[str, Any], headers: dict[str, str]) -> Answer:
    if event.get("resource") != VISMA:
        answer = _rippling_webhook().receive(headers, _body(event))
    elif visma_webhook := _visma_webhook():
        answer = visma_webhook.receive(event["pathParameters"]["company"], headers, _body(event))
    else:
        answer = Answer(404, "NotificationsOff")
    if answer.reason:
        invocation.log.error("polling paused", reason=answer.reason)
    invocation.log.info("webhook answered", status=answer.status)
    return answer


def _install(invocation: Invocation, event: dict[str, Any], cookies: str) -> Answer:
    query = event.get("queryStringParameters") or {}
    if event["resource"] == INSTALL:
        answer = _installer().begin(query)
    else:
        answer = _installer().finish(query, cookies)
    if answer.status == BAD_REQUEST:
        invocation.log.warning("install refused", status=answer.status)
    elif answer.reason:
        invocation.log.error("install failed", status=answer.status, reason=answer.reason)
    else:
        invocation.log.info("install answered", status=answer.status)
    return answer


def _body(event: dict[str, Any]) -> bytes | None:
    """The bytes of a body as they were sent, or None where nobody can tell."""
    body: str = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return body.encode(errors="surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except ValueError:
        return None
