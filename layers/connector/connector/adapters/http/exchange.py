"""One request and its whole answer, bounded in bytes and in time however the other side behaves.

Nothing here knows a vendor, repeats a request, or judges a status.
"""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from http.client import HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from connector import __version__
from connector.adapters.http.failures import AnswerTooLargeError

USER_AGENT = f"rippling-visma-connector/{__version__}"

LARGEST_ANSWER = 16 * 1024 * 1024
"""Unpacked bytes; a page of a thousand full employees is 2 MB, and a function has 512 MB."""

EXCHANGE_SECONDS = 40.0
"""Longest time from the start of one request to the end of its answer: half a writer's life."""

_PIECE = 64 * 1024
_ENDS_AT: ContextVar[float] = ContextVar("_ENDS_AT", default=float("inf"))


@dataclass(frozen=True, slots=True)
class Call:
    """One request; only its method and its address without the query may be shown."""

    method: str
    url: str
    params: Mapping[str, str] | None = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    json: Any = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        return f"{self.method} {shown_url(self.url)}"


class Signature(AuthBase):
    """Sets the header itself; that it exists keeps requests from looking into a .netrc file."""

    def __init__(self, header: str | None) -> None:
        self._header = header

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """The request with the header."""
        if self._header is not None:
            request.headers["Authorization"] = self._header
        return request


class Exchanges:
    """Sends requests over connections that are kept, and reads their answers to the end."""

    def __init__(self, timeouts: tuple[float, float]) -> None:
        self._connect_seconds, self._silence_seconds = timeouts
        self._session = _Session()
        self._session.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json"})
        # A cookie would tie calls together, and none of the APIs needs one.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, _TimedAdapter())

    def exchange(self, call: Call, signature: Signature, seconds: float) -> requests.Response:
        """The answer, read whole, within so many seconds.

        Raises:
            requests.RequestException: there is none, or not a whole one in time.
            AnswerTooLargeError: it is larger than `LARGEST_ANSWER`; its rest was not read.
        """
        ends_at = time.monotonic() + seconds
        token = _ENDS_AT.set(ends_at)
        try:
            response = self._session.request(
                call.method,
                call.url,
                params=call.params,
                data=call.form,
                json=call.json,
                headers=dict(call.headers),
                auth=signature,
                timeout=(
                    min(self._connect_seconds, seconds),
                    min(self._silence_seconds, seconds),
                ),
                allow_redirects=False,
                stream=True,
            )
            response._content = _whole_body(response, ends_at)  # what `content` gives from now on
        finally:
            _ENDS_AT.reset(token)
        return response


def _whole_body(response: requests.Response, ends_at: float) -> bytes:
    body = bytearray()
    try:
        for piece in response.iter_content(_PIECE):
            body += piece
            if len(body) > LARGEST_ANSWER:
                raise AnswerTooLargeError
    except requests.RequestException:
        # What is left of this answer must not be taken for the start of the next one.
        response.close()
        if time.monotonic() >= ends_at:
            raise requests.exceptions.ReadTimeout from None
        raise
    return bytes(body)


def shown_url(url: str) -> str:
    """An address that may be shown: without its query."""
    parts = urlsplit(url)
    return parts.netloc + parts.path


class _Session(requests.Session):
    """A session that never follows a redirect, nor unpacks the body of one to find out."""

    def get_redirect_target(self, _: requests.Response) -> str | None:
        return None


class _TimedStream(io.RawIOBase):
    """What a socket receives, until the time of the exchange is over.

    The time-out of a socket starts again with each byte; this one does not.
    """

    def __init__(self, received: io.RawIOBase, sock: socket.socket, ends_at: float) -> None:
        self._received = received
        self._sock = sock
        self._ends_at = ends_at

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._received.fileno()

    def readinto(self, buffer: Any, /) -> int | None:
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        silence = self._sock.gettimeout()
        self._sock.settimeout(left if silence is None else min(silence, left))
        return self._received.readinto(buffer)

    def close(self) -> None:
        self._received.close()
        super().close()


class _TimedResponse(HTTPResponse):
    """An answer whose status, headers and body all come out of one allowance of time."""

    def __init__(self, sock: socket.socket, *args: Any, **settings: Any) -> None:
        super().__init__(sock, *args, **settings)
        received = self.fp.detach()
        self.fp = io.BufferedReader(_TimedStream(received, sock, _ENDS_AT.get()))


class _TimedHTTPConnection(HTTPConnection):
    response_class = _TimedResponse


class _TimedHTTPSConnection(HTTPSConnection):
    response_class = _TimedResponse


class _TimedHTTPPool(HTTPConnectionPool):
    ConnectionCls = _TimedHTTPConnection


class _TimedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _TimedHTTPSConnection


_POOLS = {"http": _TimedHTTPPool, "https": _TimedHTTPSPool}


class _TimedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **settings: Any) -> None:
        super().init_poolmanager(*args, **settings)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **settings: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **settings)
        manager.pool_classes_by_scheme = _POOLS
        return manager
