"""Lists that do not end, at every place where a list is walked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from connector.adapters.http import pages
from connector.adapters.http.client import HttpClient
from connector.adapters.rippling.platform import RipplingPlatformSource
from connector.adapters.rippling.rest import RipplingRestSource
from connector.domain.catalogue import Part
from connector.domain.errors import NonsenseError
from tests.simulator.messages import Request, Response, json_response
from tests.unit.visma_bench import TOKEN_PATH, ScriptedVisma, VismaBench

CAP = 7


class Endless(ScriptedVisma):
    """Has a further page, with something new on it, for whoever asks."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = count()

    def answer(self, request: Request) -> Response:
        if request.path == TOKEN_PATH:
            return super().answer(request)
        number = next(self.numbers)
        if request.path.startswith("/v1/"):
            return json_response(200, [self._visma_row(number)])
        if "offset" in request.query:
            size, first = int(request.query["limit"]), int(request.query["offset"])
            kinds = {"roleState": "ACTIVE", "employmentType": "SALARIED_FT"}
            rows = [{"id": f"r{first + each}", **kinds} for each in range(size)]
            return json_response(200, rows)
        link = f"{self.url}{request.path}?cursor={number}"
        return json_response(200, {"results": [{"id": f"w{number}"}], "next_link": link})

    def _visma_row(self, number: int) -> dict[str, Any]:
        metadata = {"totalCount": 10_000_000, "maxPageSize": 1000}
        code = f"E{number}"
        return {"employeeNumber": code, "number": code, "departmentId": code, "metadata": metadata}


def rest(server: Endless) -> RipplingRestSource:
    http = HttpClient("Rippling", server.url, sleep=lambda _: None)
    return RipplingRestSource(http, location_names=lambda *_: {})


def platform(server: Endless) -> RipplingPlatformSource:
    http = HttpClient("Rippling", server.url, sleep=lambda _: None)
    return RipplingPlatformSource(http, location_names=lambda *_: {}, page_size=2)


def visma(server: Endless) -> Any:
    return VismaBench(server).targets().company("norway")


@pytest.fixture
def server() -> Iterator[Endless]:
    with Endless() as server:
        yield server


@pytest.mark.parametrize(
    "walk",
    [
        pytest.param(lambda server: list(rest(server).everyone()), id="rest workers"),
        pytest.param(lambda server: rest(server).departments(), id="rest departments"),
        pytest.param(lambda server: rest(server).locations(), id="rest locations"),
        pytest.param(lambda server: list(platform(server).everyone()), id="platform employees"),
        pytest.param(lambda server: platform(server).departments(), id="platform departments"),
        pytest.param(lambda server: list(visma(server).employees()), id="visma employees"),
        pytest.param(
            lambda server: visma(server).catalogue([Part.DEPARTMENTS], None), id="visma departments"
        ),
    ],
)
def test_a_list_that_does_not_end_is_left_and_told(
    server: Endless, monkeypatch: pytest.MonkeyPatch, walk: Callable[[Endless], object]
) -> None:
    monkeypatch.setattr(pages, "MOST_PAGES", CAP)

    with pytest.raises(NonsenseError, match=rf"pages of /\S+ do not end \({CAP} were read\)"):
        walk(server)

    asked = [call for call in server.journal if call.path != TOKEN_PATH]
    assert CAP <= len(asked) <= CAP + 1


def test_the_cap_is_far_above_any_customer() -> None:
    assert pages.MOST_PAGES * 100 >= 10 * 200_000
