"""What a failed request means: may it be sent again, was anything sent, and what to call it."""

from __future__ import annotations

import ssl
from http import HTTPStatus

import requests
from urllib3.exceptions import NewConnectionError


class AnswerTooLargeError(requests.RequestException):
    """An answer is larger than any that makes sense; the rest of it was left unread."""


def is_transient(status: int) -> bool:
    """Whether a status says that the same request may succeed later."""
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in (
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
    )


def cause_of(error: requests.RequestException) -> str:
    """What broke, in our words: the libraries' own would repeat the address with its query."""
    words: dict[type, str] = {
        AnswerTooLargeError: "the answer is larger than 16 MB",
        requests.exceptions.ProxyError: "the proxy failed",
        requests.exceptions.SSLError: "no trusted TLS connection",
        requests.exceptions.ConnectTimeout: "could not connect in time",
        requests.exceptions.Timeout: "no answer in time",
        requests.exceptions.ChunkedEncodingError: "the answer broke off",
        requests.exceptions.ContentDecodingError: "the answer is corrupt",
        requests.exceptions.ConnectionError: "the connection failed",
    }
    return next((words[kind] for kind in type(error).__mro__ if kind in words), "it broke")


def nothing_was_sent(error: requests.RequestException) -> bool:
    """True only where the connection itself never came about."""
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    inner = reason.args[0] if isinstance(reason, Exception) and reason.args else None
    return isinstance(reason, NewConnectionError) or isinstance(inner, ssl.SSLCertVerificationError)
