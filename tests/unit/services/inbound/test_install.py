"""Installing the app: what an operator gets to open, and what the two routes answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from connector import cli
from connector.adapters.memory import InMemoryInstallStates
from connector.domain.errors import ConfigurationError, RetryableError
from connector.ports.secrets import RipplingCredentials
from connector.services.inbound.install import COOKIE, Installer, InstallStarter
from tests.simulator.rippling_oauth import DEMO_APP
from tests.support.clock import HandClock

AUTHORIZE = "https://app.rippling.com/apps/PLATFORM/Nordfab/authorize"


class Bench:
    """A starter and an installer over the same states."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.app = RipplingCredentials(**DEMO_APP)
        self.states = InMemoryInstallStates(self.clock)
        self.codes: list[str] = []
        self.exchange: Callable[[str], None] = self.codes.append

    def starter(self, authorize_url: str = AUTHORIZE, *, is_oauth: bool = True) -> InstallStarter:
        return InstallStarter(
            self.states, lambda: self.app, authorize_url, self.clock, is_oauth=is_oauth
        )

    @property
    def installer(self) -> Installer:
        return Installer(self.states, lambda: self.app, AUTHORIZE, self.exchange)

    def state(self) -> str:
        return query_of(self.starter().start({})["link"])["state"]

    def finish(self, cookies: str = "", **query: str) -> tuple[int, str, list[str]]:
        answer = self.installer.finish(query, cookies)
        return answer.status, answer.counted, self.codes


def query_of(link: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(link).query).items()}


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_the_link_carries_a_fresh_state_and_the_registered_redirect(bench: Bench) -> None:
    started = bench.starter().start({})

    assert started["link"].startswith(f"{AUTHORIZE}?")
    asked = query_of(started["link"])
    assert (asked["response_type"], asked["client_id"]) == ("code", "demo-app")
    assert asked["redirect_uri"] == DEMO_APP["redirect_uri"]
    assert asked["state"] != bench.state()
    assert DEMO_APP["client_secret"] not in str(started)
    assert started["expires_at"] == "2026-11-24T12:10:00+00:00"


def test_what_the_configured_address_asks_for_already_stays_in_the_link(bench: Bench) -> None:
    link = bench.starter(f"{AUTHORIZE}?scope=workers.read+users.read#top").start({})["link"]

    assert query_of(link)["scope"] == "workers.read users.read"
    assert "#" not in link


def test_the_link_of_our_own_leads_to_the_install_route(bench: Bench) -> None:
    ours = urlsplit(bench.starter().start({})["install_link"])

    assert f"{ours.scheme}://{ours.netloc}{ours.path}" == (
        "https://connector.example.no/v1/rippling/install"
    )
    bench.app = replace(bench.app, redirect_uri="https://portal.example.no/done")
    assert bench.starter().start({})["install_link"] is None


def test_a_stack_with_an_api_token_or_without_a_client_starts_nothing(bench: Bench) -> None:
    with pytest.raises(ConfigurationError, match="RipplingAuth=oauth"):
        bench.starter(is_oauth=False).start({})
    bench.app = RipplingCredentials(api_token="t")
    with pytest.raises(ConfigurationError, match="lacks client_id"):
        bench.starter().start({})


def test_a_code_with_our_state_is_exchanged_once(bench: Bench) -> None:
    state = bench.state()

    assert bench.finish(code="abc", state=state) == (200, "Installed", ["abc"])
    assert bench.finish(code="abc", state=state) == (400, "InstallRefused", ["abc"])


@pytest.mark.parametrize("state", ["", "x", "A" * 43, "A" * 5000, "\n"])
def test_a_code_without_our_state_is_refused(bench: Bench, state: str) -> None:
    assert bench.finish(code="abc", state=state) == (400, "InstallRefused", [])


def test_a_state_is_good_for_ten_minutes(bench: Bench) -> None:
    late, early = bench.state(), bench.state()
    bench.clock.turn(seconds=599)
    assert bench.finish(code="early", state=early)[0] == 200
    bench.clock.turn(seconds=1)
    assert bench.finish(code="late", state=late) == (400, "InstallRefused", ["early"])


@pytest.mark.parametrize("code", ["", " ", "a b", "a\nb", "x" * 1025])
def test_a_state_without_a_usable_code_is_refused_and_not_used_up(bench: Bench, code: str) -> None:
    state = bench.state()

    assert bench.finish(code=code, state=state)[0] == 400
    assert bench.finish(code="abc", state=state)[0] == 200


def test_every_refusal_reads_the_same(bench: Bench) -> None:
    state = bench.state()
    bench.finish(code="abc", state=state)
    expired = bench.state()
    bench.clock.turn(minutes=11)
    queries: list[dict[str, str]] = [
        {}, {"code": "abc"}, {"state": state}, {"code": "abc", "state": state},
        {"code": "abc", "state": expired}, {"code": "abc", "state": "A" * 43},
        {"error": "access_denied"},
    ]  # fmt: skip

    answers = [bench.installer.finish(query, "") for query in queries]

    assert all(answer == answers[0] for answer in answers)
    assert bench.installer.begin({"state": expired}) == answers[0]


def test_nobody_is_sent_where_a_request_wants(bench: Bench) -> None:
    extra = {"buy": "true", "redirect_uri": "https://elsewhere.test/<script>"}

    answer = bench.installer.finish({"code": "abc", "state": bench.state(), **extra}, "")

    assert answer.status == 200
    assert "Location" not in answer.headers
    assert "elsewhere" not in f"{answer.text}{answer.headers}"
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_the_install_route_sends_a_browser_to_rippling_and_keeps_the_state_open(
    bench: Bench,
) -> None:
    state = bench.state()

    answer = bench.installer.begin({"state": state, "redirect_uri": "https://elsewhere.test"})

    assert (answer.status, answer.counted) == (302, "InstallStarted")
    assert answer.headers["Location"].startswith(f"{AUTHORIZE}?")
    assert query_of(answer.headers["Location"])["redirect_uri"] == DEMO_APP["redirect_uri"]
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}={state};")
    assert all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/"))
    assert bench.finish(code="abc", state=state)[0] == 200


@pytest.mark.parametrize("query", [{}, {"state": "A" * 43}])
def test_the_install_route_is_closed_without_a_state_of_ours(
    bench: Bench, query: dict[str, str]
) -> None:
    assert bench.installer.begin(query).status == 400


def test_where_rippling_forgets_the_state_the_browsers_own_stands_in(bench: Bench) -> None:
    state = bench.state()
    cookies = f"other=1; {COOKIE}={state}"

    assert bench.finish(cookies, code="abc", state="A" * 43)[0] == 400
    assert bench.finish(cookies, code="abc") == (200, "Installed", ["abc"])
    assert bench.finish(cookies, code="def") == (400, "InstallRefused", ["abc"])


@pytest.mark.parametrize("error", [ConfigurationError("why"), RetryableError("why")])
def test_an_exchange_that_fails_is_told_without_its_reason_and_uses_the_state_up(
    bench: Bench, error: Exception
) -> None:
    def fail(_: str) -> None:
        raise error

    bench.exchange, state = fail, bench.state()
    answer = bench.installer.finish({"code": "abc", "state": state}, "")

    assert (answer.status, answer.counted, answer.reason) == (502, "InstallFailed", "why")
    assert "why" not in answer.text.split()
    assert bench.installer.finish({"code": "abc", "state": state}, "").status == 400


def test_the_command_prints_both_links(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Any] = []

    def call(request: Any) -> Any:
        asked.append(request)
        return {"ok": True, **bench.starter().start(request)}

    assert cli.main(["--stack", "connector", "oauth", "start"], connect=lambda _: call) == 0

    assert asked == [{"verb": "oauth start"}]
    links = [line for line in capsys.readouterr().out.splitlines() if line.startswith("https://")]
    assert [urlsplit(link).path for link in links] == [
        "/apps/PLATFORM/Nordfab/authorize",
        "/v1/rippling/install",
    ]
