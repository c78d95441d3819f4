"""The token endpoint is at one of three published addresses: which one is found out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from connector.adapters.memory import InMemorySecrets
from connector.adapters.rippling.oauth import RipplingTokenEndpoint
from connector.adapters.rippling.token_doors import KNOWN, advice
from connector.ports.secrets import RipplingCredentials
from tests.simulator.messages import Response, html_response, json_response
from tests.simulator.rippling_oauth import DEMO_APP
from tests.unit.scripted import Scripted

REFUSED = json_response(400, {"error": "invalid_grant"})
WRONG_CLIENT = json_response(401, {"error": "invalid_client"})
PAGE = html_response(404, "nothing here")


@pytest.fixture
def doors() -> Iterator[list[Scripted]]:
    """Three addresses, none of which is a token endpoint."""
    with ExitStack() as stack:
        doors = [stack.enter_context(Scripted()) for _ in KNOWN]
        for door in doors:
            door.script = [PAGE]
        yield doors


def told(doors: list[Scripted], configured: int = 0) -> str:
    def endpoint_at(url: str) -> RipplingTokenEndpoint:
        secrets = InMemorySecrets(RipplingCredentials(**DEMO_APP))
        return RipplingTokenEndpoint(url, secrets, sleep=lambda _: None)

    urls = [door.url for door in doors]
    return advice(urls[configured], endpoint_at, urls)


@pytest.mark.parametrize("answer", [REFUSED, WRONG_CLIENT])
def test_an_address_that_refuses_in_the_words_of_oauth_is_right(
    doors: list[Scripted], answer: Response
) -> None:
    doors[0].script = [answer]

    assert told(doors) == ""
    assert not doors[1].journal


@pytest.mark.parametrize("right", [1, 2])
def test_where_another_address_answers_that_one_is_named(doors: list[Scripted], right: int) -> None:
    doors[right].script = [REFUSED]

    assert told(doors).endswith(f"deploy with RipplingTokenUrl={doors[right].url}")


def test_where_none_answers_nothing_is_advised_but_to_wait(doors: list[Scripted]) -> None:
    assert "at the moment" in told(doors)


def test_an_address_that_is_not_ripplings_is_not_compared_with_ripplings() -> None:
    def nobody(url: str) -> RipplingTokenEndpoint:
        raise AssertionError(f"the client's secret went to {url}")

    assert advice("https://sign-in.example.com/token", nobody) == ""
