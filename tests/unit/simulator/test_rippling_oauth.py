"""The fake App Shop is as strict about codes and tokens as the facts say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.simulator import Rippling, nordfab_rippling
from tests.simulator.rippling_oauth import DEMO_APP
from tests.support.clock import HandClock

CLIENT = DEMO_APP["client_id"], DEMO_APP["client_secret"]
Ask = Callable[..., requests.Response]


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime.fromisoformat("2026-11-24T12:00:00+00:00"))


@pytest.fixture
def rippling(clock: HandClock) -> Iterator[Rippling]:
    with nordfab_rippling(clock=clock, people=1) as running:
        yield running


@pytest.fixture
def ask(rippling: Rippling) -> Ask:
    def ask(client: tuple[str, str] = CLIENT, **form: str) -> requests.Response:
        return requests.post(rippling.token_url, data=form, auth=client, timeout=5)

    return ask


def code_form(code: str, **changes: str) -> dict[str, str]:
    usual = {"grant_type": "authorization_code", "redirect_uri": DEMO_APP["redirect_uri"]}
    return {**usual, "code": code, **changes}


def refresh_form(token: str) -> dict[str, str]:
    return {"grant_type": "refresh_token", "refresh_token": token}


def status_of(rippling: Rippling, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{rippling.url}/workers/", headers=headers, timeout=5).status_code


def test_a_code_gives_tokens_that_open_the_api_for_36_hours(
    rippling: Rippling, ask: Ask, clock: HandClock
) -> None:
    granted = ask(**code_form(rippling.app_shop.approve())).json()

    assert granted["expires_in"] == 129_600
    assert status_of(rippling, granted["access_token"]) == 200
    clock.turn(hours=36)
    assert status_of(rippling, granted["access_token"]) == 401


def test_a_code_is_good_once_and_for_five_minutes(
    rippling: Rippling, ask: Ask, clock: HandClock
) -> None:
    used, old = rippling.app_shop.approve(), rippling.app_shop.approve()
    ask(**code_form(used))
    clock.turn(seconds=300)

    for code in (used, old, "forged"):
        answer = ask(**code_form(code))
        assert (answer.status_code, answer.json()) == (400, {"error": "invalid_grant"})


def test_another_redirect_or_another_client_gets_nothing(rippling: Rippling, ask: Ask) -> None:
    elsewhere = code_form(rippling.app_shop.approve(), redirect_uri="https://elsewhere.test/")
    form = code_form(rippling.app_shop.approve())

    assert ask(**elsewhere).json() == {"error": "invalid_grant"}
    assert ask(("demo-app", "wrong"), **form).status_code == 401
    as_form = {**form, "client_id": CLIENT[0], "client_secret": CLIENT[1]}
    assert requests.post(rippling.token_url, data=as_form, timeout=5).status_code == 401
    assert ask(grant_type="password").json() == {"error": "unsupported_grant_type"}


@pytest.mark.parametrize("rotates", [True, False])
def test_a_refresh_token_dies_with_its_use_where_they_rotate(
    rippling: Rippling, ask: Ask, rotates: bool
) -> None:
    rippling.app_shop.rotates = rotates
    first = ask(**code_form(rippling.app_shop.approve())).json()["refresh_token"]

    second = ask(**refresh_form(first)).json()["refresh_token"]

    assert (second != first) is rotates
    assert rippling.app_shop.is_good(first) is not rotates
    assert rippling.app_shop.is_good(second)


def test_an_ended_installation_leaves_nothing_that_is_any_good(
    rippling: Rippling, ask: Ask
) -> None:
    granted = ask(**code_form(rippling.app_shop.approve())).json()

    rippling.app_shop.end_installation()

    assert status_of(rippling, granted["access_token"]) == 401
    assert ask(**refresh_form(granted["refresh_token"])).json() == {"error": "invalid_grant"}


def test_the_authorize_page_redirects_with_more_than_a_code(rippling: Rippling) -> None:
    query = {"response_type": "code", "client_id": CLIENT[0], "state": "s"}
    redirect = {"redirect_uri": DEMO_APP["redirect_uri"]}

    def go(asked: dict[str, str]) -> requests.Response:
        return requests.get(rippling.authorize_url, asked, allow_redirects=False, timeout=5)

    answer, refused = go({**query, **redirect}), go(query)

    assert (answer.status_code, refused.status_code) == (302, 400)
    brought = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert set(brought) == {"code", "buy", "redirect_uri", "state"}
