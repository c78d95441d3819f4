"""What the token endpoints of both vendors have in common: how a refusal and an address are shown.

Nothing of an answer but a code from a known list ever gets into an error.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from requests import Response

REFUSALS = (
    "invalid_client",
    "invalid_scope",
    "invalid_request",
    "invalid_grant",
    "invalid_target",
    "unauthorized_client",
    "unsupported_grant_type",
    "access_denied",
)
"""The codes that may be repeated in an error; anything else in an answer stays there."""

PASSING = ("temporarily_unavailable", "server_error")
"""Codes for a fault of the sign-in itself."""


def refusal(response: Response) -> str | None:
    """The code of a refused sign-in, or None where the answer is anything else."""
    if response.status_code not in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED):
        return None
    try:
        content = json.loads(response.content)
    except (ValueError, RecursionError):
        # A page instead of JSON comes from a gateway, which knows nothing of credentials.
        return None
    code = content.get("error") if isinstance(content, dict) else None
    if code in PASSING:
        return None
    return code if code in REFUSALS else f"status {response.status_code}"


def url_without_query(url: str) -> str:
    """An address without its query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"
