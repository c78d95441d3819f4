"""Requests to the fakes without a socket: the bytes go straight from one to the other.

Everything above the connection is the real client; everything below is the fake's `exchange`.
Sockets, threads and HTTP's framing are for the contract and e2e tests.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode, urlsplit

import requests
from requests.structures import CaseInsensitiveDict

from connector.adapters.http import client
from connector.adapters.http.exchange import Call, Signature
from tests.simulator import Server
from tests.simulator.messages import FORM, JSON, Request, Response

Answerer = Callable[[str, Request], Response]
"""What answers a request to an origin, such as `http://127.0.0.1:9001`."""


def exchanged(call: Call, signature: Signature, answerer: Answerer) -> requests.Response:
    """The answer to one request.

    Raises:
        requests.ConnectionError: none came.
    """
    parts = urlsplit(call.url)
    query = "&".join(filter(None, (parts.query, urlencode(call.params or {}))))
    prepared = requests.PreparedRequest()
    prepared.method = call.method
    prepared.url = parts._replace(query=query, fragment="").geturl()
    prepared.headers = CaseInsensitiveDict({"Accept": JSON, **call.headers})
    body = b""
    if call.form is not None:
        body, prepared.headers["Content-Type"] = urlencode(call.form).encode(), FORM
    elif call.json is not None:
        body, prepared.headers["Content-Type"] = json.dumps(call.json).encode(), JSON
    signature(prepared)
    target = f"{parts.path}?{query}" if query else parts.path
    request = Request.read(call.method, target, dict(prepared.headers), body)
    return _answer(prepared, answerer(f"{parts.scheme}://{parts.netloc}", request))


def _answer(request: requests.PreparedRequest, response: Response) -> requests.Response:
    if not response.status:
        raise requests.exceptions.ConnectionError("the connection broke off")
    answer = requests.Response()
    answer.status_code, answer.request = response.status, request
    answer.url = request.url or ""
    answer.headers = CaseInsensitiveDict(response.headers)
    if response.content_type and response.payload:
        answer.headers["Content-Type"] = response.content_type
    answer._content = response.payload
    return answer


@contextmanager
def connected(answerer: Answerer) -> Iterator[None]:
    """Has every client that is made meanwhile ask this, and nothing else."""

    class Direct:
        def __init__(self, _: tuple[float, float]) -> None:
            """No time-out passes here."""

        def exchange(self, call: Call, signature: Signature, _: float) -> Any:
            return exchanged(call, signature, answerer)

    with patch.object(client, "Exchanges", Direct):
        yield


def answering(fakes: Mapping[str, Server]) -> Answerer:
    """Each fake answers at its own origin."""

    def answer(origin: str, request: Request) -> Response:
        return fakes[origin].exchange(request)

    return answer
