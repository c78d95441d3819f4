"""The simulated vendors without a socket, and the fate of whoever asks them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from unittest.mock import patch

from connector.services.shared.shape_watch import ShapeWatch
from tests.simulation.fate import Fate, FaultError
from tests.simulation.sights import Sights
from tests.simulator import Server
from tests.simulator.messages import Request, Response
from tests.support import direct


@dataclass
class Vendors:
    """The fakes by the origin of their addresses, and the fate of whoever calls them."""

    fakes: Mapping[str, Server]
    fate: Fate
    odd_rows: tuple[object, ...] = ()
    """What stands among the workers in every list of everyone, and is none."""
    sights: Sights = field(default_factory=Sights)

    def answer(self, origin: str, request: Request) -> Response:
        """What a fake answers, unless the connection breaks off before or after."""
        path = request.path
        what = f"{request.method} {path.split('/')[-1 if len(path) < 20 else 2]}"
        try:
            self.fate.cross(f"before {what}")
            response = self._with_odd_rows(request, self.fakes[origin].exchange(request))
            self.fate.cross(f"after {what}")
        except FaultError:
            return Response(0, is_abrupt=True)
        self.sights.note(self.fate.innermost, request, response)
        return response

    def _with_odd_rows(self, request: Request, response: Response) -> Response:
        is_list = request.path == "/workers/" and "user_id" not in request.query.get("filter", "")
        if not self.odd_rows or not is_list or response.status != HTTPStatus.OK:
            return response
        try:
            content = json.loads(response.payload)
        except ValueError:
            return response  # nonsense already
        content["results"] = [*self.odd_rows, *content["results"]]
        return replace(response, payload=json.dumps(content).encode())


@contextmanager
def connected(vendors: Vendors, *, is_watched: bool = True) -> Iterator[None]:
    """Has every client that is made meanwhile reach these fakes, and nothing else.

    Unless it `is_watched`, the shapes of the answers are not compared with the contracts.
    """
    with ExitStack() as patches:
        patches.enter_context(direct.connected(vendors.answer))
        if not is_watched:
            for name in ("answered", "content"):
                patches.enter_context(patch.object(ShapeWatch, name, lambda *_: None))
        yield
