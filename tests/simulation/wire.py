"""Requests to the simulated vendors without a socket: the bytes go straight from one to the other.

Everything above the connection is the real client; everything below is the fake's `exchange`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode, urlsplit

import requests
from requests.structures import CaseInsensitiveDict

from connector.adapters.http import client
from connector.adapters.http.exchange import Call, Signature
from connector.services.shared.shape_watch import ShapeWatch
from tests.simulation.fate import Fate, FaultError
from tests.simulator import Server
from tests.simulator.messages import FORM, JSON, Request, Response


@dataclass(frozen=True)
class Vendors:
    """The fakes by the origin of their addresses, and the fate of whoever calls them."""

    fakes: Mapping[str, Server]
    fate: Fate

    def exchange(self, call: Call, signature: Signature) -> requests.Response:
        """The answer of the fake to one request.

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
        what = f"{call.method} {parts.path.split('/')[-1 if len(parts.path) < 20 else 2]}"
        return _answer(prepared, self._crossed(what, f"{parts.scheme}://{parts.netloc}", request))

    def _crossed(self, what: str, origin: str, request: Request) -> Response:
        try:
            self.fate.cross(f"before {what}")
            response = self.fakes[origin].exchange(request)
            self.fate.cross(f"after {what}")
        except FaultError:
            return Response(0, is_abrupt=True)
        return response


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
def connected(vendors: Vendors, *, is_watched: bool = True) -> Iterator[None]:
    """Has every client that is made meanwhile reach these fakes, and nothing else.

    Unless it `is_watched`, the shapes of the answers are not compared with the contracts.
    """

    class Direct:
        def __init__(self, _: tuple[float, float]) -> None:
            """No time-out passes here."""

        def exchange(self, call: Call, signature: Signature, _: float) -> Any:
            return vendors.exchange(call, signature)

    with ExitStack() as patches:
        patches.enter_context(patch.object(client, "Exchanges", Direct))
        if not is_watched:
            for name in ("answered", "content"):
                patches.enter_context(patch.object(ShapeWatch, name, lambda *_: None))
        yield
