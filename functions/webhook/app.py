"""On a webhook from Rippling: queues a reference to the worker it names."""

from __future__ import annotations

import base64
from functools import cache
from os import environ
from typing import Any

from connector import bootstrap
from connector.observability import Invocation
from connector.services.receiving import Receiver
from connector.settings import WebhookSettings


@cache
def _receiver() -> Receiver:
    return bootstrap.receiver(WebhookSettings.from_env(environ))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers as API Gateway expects; the body of a request is never logged."""
    with Invocation("webhook") as invocation:
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        answer = _receiver().receive(headers, _body(event))
        invocation.metrics.count(answer.counted)
        invocation.log.info("webhook answered", status=answer.status)
        return {"statusCode": answer.status, "body": ""}
    raise AssertionError("an invocation returns or raises")


def _body(event: dict[str, Any]) -> str:
    body: str = event.get("body") or ""
    if event.get("isBase64Encoded"):
        return base64.b64decode(body).decode("utf-8", errors="replace")
    return body
