"""Bodies of requests from outside, read without trusting them. Knows no vendor.

Loaded by the webhook function, so it must not pull in HTTP, retries or the mapping.
"""

from __future__ import annotations

import base64
import json
from typing import Any

LARGEST_BODY = 16_384
"""Bytes; what is longer is not even read."""


def body_of(event: dict[str, Any]) -> bytes | None:
    """The bytes of a body as API Gateway passes them on, or None where they cannot be told."""
    body: str = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return body.encode(errors="surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except ValueError:
        return None


def is_json(content_type: str) -> bool:
    """Whether a Content-Type says JSON."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def json_object(body: bytes) -> dict[str, Any] | None:
    """The JSON object in a body, or None where there is none."""
    try:
        said = json.loads(body.decode())
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None
