"""API Gateway as far as it matters here: a WSGI application in front of the real handler.

A request that asks for it in `x-test-sign` is signed on its way, as only Visma could.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from tests.support.webhooks import SIGNATURE, SIGNING_KEY

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]
ROUTES = ("/rippling/webhook", "/visma/webhook/{company}")
SIGN = "x-test-sign"


class Gateway:
    """Hands requests to a handler as events, and its answers back."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """One request."""
        event = _event(environ)
        answer: dict[str, Any] = {"statusCode": 404, "headers": {}, "body": ""}
        if event["resource"] and event["httpMethod"] != "POST":
            answer = {**answer, "statusCode": 405, "headers": {"Allow": "POST"}}
        elif event["resource"]:
            answer = self._handler(event, None)
        status = HTTPStatus(answer["statusCode"])
        start(f"{status.value} {status.phrase}", list(answer["headers"].items()))
        return [answer["body"].encode()]


def _event(environ: dict[str, Any]) -> dict[str, Any]:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").title(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") or name == "CONTENT_TYPE"
    }
    if headers.pop(SIGN.title(), None):
        digest = hmac.new(SIGNING_KEY.encode(), body, hashlib.sha256).digest()
        headers[SIGNATURE.title()] = base64.b64encode(digest).decode()
    resource, parameters = _route(environ["PATH_INFO"])
    text, is_base64 = _text(body)
    return {
        "resource": resource,
        "httpMethod": environ["REQUEST_METHOD"],
        "headers": headers,
        "pathParameters": parameters,
        "body": text,
        "isBase64Encoded": is_base64,
    }


def _route(path: str) -> tuple[str, dict[str, str]]:
    for route in ROUTES:
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route)
        if match := re.fullmatch(pattern, path):
            return route, match.groupdict()
    return "", {}


def _text(body: bytes) -> tuple[str, bool]:
    try:
        return body.decode(), False
    except ValueError:
        return base64.b64encode(body).decode(), True
