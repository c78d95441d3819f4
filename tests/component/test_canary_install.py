"""The pages of an App Shop installation: no code, state, secret, token or person gets out there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from connector.adapters.http.client import HttpClient
from connector.adapters.visma.targets import VismaTargets
from connector.services.inbound.install import COOKIE, Installer
from tests.component.test_oauth import query_of, redirect_of
from tests.simulator import NORDFAB_MAPPING, credentials, nordfab_rippling, nordfab_visma
from tests.simulator.messages import Request, Response
from tests.simulator.rippling_oauth import DEMO_APP, TOKEN_PATH
from tests.support.aws import Account, FakeContext, an_account
from tests.support.canaries import FORMS, PERSON, TOKENS, Watch, echo, watched

CONTEXT = FakeContext()
SECRET = "kanaritoken-app-client-secret"
CODE, FORGED = "kanari-code-of-a-redirect", "kanaristate".ljust(43, "x")
FROM_OUTSIDE = {
    "Cookie": f"{COOKIE}={FORGED}; other=kanaricookie", "User-Agent": "kanariagent",
    "Referer": "https://kanari.example/?code=kanaricode", "Authorization": "Bearer kanaribearer",
}  # fmt: skip
ANSWERS = (
    *((status, "json") for status in (200, 201, 204, 302, 400, 401, 403, 404, 429, 500, 503)),
    *((200, form) for form in FORMS), *((400, form) for form in FORMS),
)  # fmt: skip


@dataclass
class Shop:
    """The functions of a stack that signs in with an app, and the watch over them."""

    account: Account
    watch: Watch
    handlers: dict[str, Callable[[Any, Any], Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("install", "operations", "poller"):
            module = self.account.handler(name, RIPPLING_AUTH="oauth")
            if name == "install":
                module.installer()  # while the environment is this function's
            else:
                module.settings()
            self.handlers[name] = module.lambda_handler

    def invoke(self, name: str, event: Any) -> Any:
        """What a function answers, all of it under watch."""
        return self.watch.run(lambda: self.handlers[name](event, CONTEXT))

    def start(self) -> str:
        """The link that an operator is given; only they are shown it."""
        answer = self.handlers["operations"]({"verb": "oauth start"}, CONTEXT)
        assert answer["ok"], answer
        return str(answer["link"])

    def get(self, route: str, **query: str) -> Any:
        """What a page answers to somebody who sends whatever they like besides."""
        event = {
            "resource": f"/rippling/{route}", "headers": FROM_OUTSIDE,
            "queryStringParameters": query or None, "body": "kanaribody", **PERSON,
            "requestContext": {"identity": {"sourceIp": "kanari", "userAgent": "kanari"}},
        }  # fmt: skip
        return self.invoke("install", event)

    def leaked(self, *words: str) -> list[str]:
        """Where canaries were seen, or any of these words outside an answer to the browser."""
        seen = [each for each in self.watch.seen if each[0] != "answered"]
        also = [(where, word) for where, text in seen for word in words if word in text]
        return [*self.watch.found(), *map(str, also)]


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with nordfab_rippling(people=2) as rippling, nordfab_visma() as visma:
        rippling.app_shop.app["client_secret"] = SECRET
        with pytest.MonkeyPatch.context() as patch:
            for each in (HttpClient, VismaTargets):  # whose waiting is bound to their defaults
                start: Any = each.__init__
                unhurried = {**start.__kwdefaults__, "sleep": lambda _: None}
                patch.setattr(start, "__kwdefaults__", unhurried)
            with an_account(rippling, visma, patch) as account:
                account.put_secrets({**DEMO_APP, "client_secret": SECRET}, credentials()[1])
                with watched(account, rippling, visma) as watch:
                    shop = Shop(account, watch)
                    imported = {"verb": "mappings import", "text": NORDFAB_MAPPING}
                    assert shop.handlers["operations"](imported, CONTEXT)["ok"]
                    watch.seen.clear()
                    yield shop


def install(shop: Shop) -> str:
    """Opens a link of ours, and follows Rippling's redirect; the state of it."""
    link = shop.start()
    shop.watch.seen.clear()
    back = redirect_of(link)
    shop.watch.granted.add(back["code"])
    assert shop.get("callback", **back)["statusCode"] == 200
    return back["state"]


def test_whatever_somebody_sends_from_outside_is_not_repeated(shop: Shop) -> None:
    answers = [
        shop.get(route, **query)
        for route in ("install", "callback")
        for query in (
            {},
            {"state": FORGED},
            {"state": FORGED, "code": CODE},
            {"state": "kanari", "code": "kanari " * 400},
            {"error": "kanarierror", "error_description": "kanari", "state": FORGED, **PERSON},
        )
    ]

    assert {each["statusCode"] for each in answers} == {400}
    assert shop.leaked() == []


def test_an_installation_that_succeeds_shows_neither_code_nor_token_and_logs_no_state(
    shop: Shop,
) -> None:
    state = install(shop)

    assert len(shop.watch.granted) >= 3, "a code, and the tokens that came for it, are watched"
    assert shop.leaked(state) == []


def test_the_page_that_leads_to_rippling_has_the_state_and_nothing_secret(shop: Shop) -> None:
    state = query_of(shop.start())["state"]
    shop.watch.seen.clear()

    answer = shop.get("install", state=state, more="kanari")

    assert answer["statusCode"] == 302
    assert query_of(answer["headers"]["Location"])["state"] == state
    assert shop.leaked(state) == []


@pytest.mark.parametrize(("status", "form"), ANSWERS)
def test_a_token_endpoint_that_repeats_everything_it_knows_is_not_repeated(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, status: int, form: str
) -> None:
    state = query_of(shop.start())["state"]
    asked = repeating(shop, monkeypatch, status, form)
    shop.watch.seen.clear()

    answer = shop.get("callback", state=state, code=CODE)

    assert asked
    assert answer["statusCode"] == 502
    assert shop.leaked(state) == []


@pytest.mark.parametrize(("status", "form"), [(200, "json"), (400, "json"), (401, "text")])
def test_nor_is_it_when_the_tokens_are_renewed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, status: int, form: str
) -> None:
    install(shop)
    shown = shop.invoke("operations", {"verb": "oauth confirm"})
    company = shown["company_id"]
    confirmed = shop.invoke("operations", {"verb": "oauth confirm", "company": company})
    assert confirmed["confirmed"], confirmed
    shop.watch.rippling.app_shop.forget_access_tokens()
    asked = repeating(shop, monkeypatch, status, form)

    shop.invoke("poller", {})

    assert asked
    assert shop.leaked() == []


def repeating(shop: Shop, patch: pytest.MonkeyPatch, status: int, form: str) -> list[str]:
    """Has Rippling's token endpoint answer so; where it was asked."""
    answer, asked = shop.watch.rippling.answer, list[str]()

    def repeats(request: Request) -> Response:
        if request.path.rstrip("/") != TOKEN_PATH:
            return answer(request)
        asked.append(request.path)
        return echo(request, status, form)

    patch.setattr(shop.watch.rippling, "answer", repeats)
    return asked


@pytest.mark.parametrize("method", ["begin", "finish"])
def test_an_error_of_ours_is_raised_without_the_words_it_came_with(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    def crash(*_: Any, **__: Any) -> None:
        try:
            dict[str, str]()[f"{PERSON}"]
        except KeyError as error:
            raise ValueError(f"{TOKENS} {CODE} {SECRET}") from error

    monkeypatch.setattr(Installer, method, crash)
    route = {"begin": "install", "finish": "callback"}[method]

    shop.get(route, state=FORGED, code=CODE)

    assert any("CrashError" in text for where, text in shop.watch.seen if where == "raised")
    assert shop.leaked() == []


def test_nothing_of_it_is_stored_outside_the_secret_or_stands_in_an_address(shop: Shop) -> None:
    state = install(shop)
    rest = list(shop.watch.at_rest())

    assert [where for where, text in rest if state in text and where != "an address"] == []
    assert shop.watch.found(also=rest) == []
