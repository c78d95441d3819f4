"""The simulated vendors without a socket, and the fate of whoever asks them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from unittest.mock import patch

from connector.services.shared.shape_watch import ShapeWatch
from tests.simulation.fate import Fate, FaultError
from tests.simulator import Server
from tests.simulator.messages import Request, Response
from tests.support import direct


@dataclass(frozen=True)
class Vendors:
    """The fakes by the origin of their addresses, and the fate of whoever calls them."""

    fakes: Mapping[str, Server]
    fate: Fate

    def answer(self, origin: str, request: Request) -> Response:
        """What a fake answers, unless the connection breaks off before or after."""
        path = request.path
        what = f"{request.method} {path.split('/')[-1 if len(path) < 20 else 2]}"
        try:
            self.fate.cross(f"before {what}")
            response = self.fakes[origin].exchange(request)
            self.fate.cross(f"after {what}")
        except FaultError:
            return Response(0, is_abrupt=True)
        return response


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
