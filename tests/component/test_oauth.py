"""The App Shop's way in through the real handlers: installing, signing in, and the end of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from connector.domain.errors import ConfigurationError
from tests.simulator import (
    NORDFAB_MAPPING,
    Rippling,
    Visma,
    credentials,
)
from tests.simulator.rippling_oauth import DEMO_APP, TOKEN_PATH
from tests.support.aws import Account, FakeContext, an_account

CONTEXT = FakeContext()
FORGED = "A" * 43


class App:
    """A stack of an App Shop app, and an operator with a browser."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.auth = "oauth"
        account.put_secrets(DEMO_APP, credentials()[1])

    def call(self, function: str, event: dict[str, Any]) -> Any:
        handler = self.account.handler(function, RIPPLING_AUTH=self.auth).lambda_handler
        return handler(event, CONTEXT)

    def operate(self, verb: str, **arguments: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.call("operations", {"verb": verb, **arguments})
        return answer

    def state(self) -> str:
        return query_of(self.operate("oauth start")["link"])["state"]

    def get(self, route: str, cookie: str = "", **query: str) -> dict[str, Any]:
        event = {
            "resource": f"/rippling/{route}",
            "headers": {"Cookie": cookie} if cookie else None,
            "queryStringParameters": query or None,
            "body": None,
        }
        answer: dict[str, Any] = self.call("install", event)
        return answer

    def install(self) -> dict[str, Any]:
        """Opens the link that an operator was given, and confirms what comes of it."""
        answer = self.approve()
        shown = self.operate("oauth confirm")
        assert self.operate("oauth confirm", company=shown["company_id"])["confirmed"] is True
        return answer

    def approve(self) -> dict[str, Any]:
        """Opens the link that an operator was given, and follows Rippling's redirect."""
        link = self.operate("oauth start")["link"]
        return self.get("callback", **redirect_of(link))

    def use(self, auth: str) -> None:
        """Has the stack sign in this way from now on, with what that needs and no more."""
        self.auth = auth
        if auth == "oauth":
            self.account.put_secrets(DEMO_APP, credentials()[1])
            self.install()
        else:
            self.account.put_secrets(*credentials())

    def secret(self) -> dict[str, Any]:
        client = self.account.client("secretsmanager")
        answer = client.get_secret_value(SecretId=self.account.resources["RipplingSecret"])
        held: dict[str, Any] = json.loads(answer["SecretString"])
        return held

    def put_into_secret(self, **members: Any) -> None:
        self.account.put_secrets({**self.secret(), **members}, credentials()[1])

    def drain(self) -> None:
        handler = self.account.handler("writer", RIPPLING_AUTH=self.auth).lambda_handler
        while records := self.account.receive():
            for record in records:
                assert handler({"Records": [record]}, CONTEXT) == {"batchItemFailures": []}
                self.account.delete(record)


def query_of(link: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(link).query).items()}


def redirect_of(link: str) -> dict[str, str]:
    answer = requests.get(link, allow_redirects=False, timeout=5)
    assert answer.headers["Location"].startswith(DEMO_APP["redirect_uri"])
    return query_of(answer.headers["Location"])


@pytest.fixture
def people() -> int:
    return 4


@pytest.fixture
def app(rippling: Rippling, visma: Visma, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    with an_account(rippling, visma, monkeypatch) as account:
        app = App(account)
        app.operate("mappings import", text=NORDFAB_MAPPING)
        yield app


def told(caplog: pytest.LogCaptureFixture, event: str) -> list[dict[str, Any]]:
    """Everything that the log lines of one event carry."""
    return [vars(record) for record in caplog.records if record.message == event]


def counted(capsys: pytest.CaptureFixture[str], metric: str) -> list[dict[str, Any]]:
    """The lines that carry a metric."""
    printed = [line for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    return [line for line in map(json.loads, printed) if metric in line]


def test_an_installation_puts_its_tokens_beside_what_is_in_the_secret(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    answer = app.install()

    assert answer["statusCode"] == 200
    assert answer["body"].startswith("Received. You can close this page.")
    held = app.secret()
    assert {name: held[name] for name in DEMO_APP} == DEMO_APP
    left = datetime.fromisoformat(held["expires_at"]) - datetime.now(UTC)
    assert timedelta(hours=35, minutes=59) < left <= timedelta(hours=36)
    shown = f"{answer}{[vars(record) for record in caplog.records]}"
    for secret in ("client_secret", "access_token", "refresh_token"):
        assert held[secret] not in shown


def test_an_installation_is_not_used_until_somebody_says_whose_it_is(
    app: App, rippling: Rippling
) -> None:
    app.install()
    in_use = app.secret()
    app.approve()
    waiting = app.secret()

    assert {name: waiting[name] for name in in_use} == in_use
    assert app.call("poller", {})["queued"] == 4
    ping = app.operate("ping")
    lines = [check for group in ping["systems"] for check in group["checks"]]
    assert [each["level"] for each in lines if "waits and is not in use" in each["message"]] == [
        "warning"
    ]
    shown = app.operate("oauth confirm")
    assert (shown["company"], shown["is_another"], shown["confirmed"]) == ("Nordfab", False, False)
    assert app.secret() == waiting
    done = app.operate("oauth confirm", company="nordfab")
    assert done["confirmed"] is True
    held = app.secret()
    assert "pending" not in held
    assert held["access_token"] == waiting["pending"]["access_token"] != in_use["access_token"]
    assert "no installation waits" in app.operate("oauth confirm")["problems"][0]


def test_an_installation_of_another_company_is_shown_as_such_and_needs_its_name(
    app: App, rippling: Rippling
) -> None:
    app.install()
    in_use = app.secret()
    (ours,) = rippling.tables["companies"]
    rippling.tables["companies"].remove(ours["id"])
    rippling.tables["companies"].put({**ours, "id": "f" * 24, "name": "Elsewhere AS"})
    app.approve()

    shown = app.operate("oauth confirm")
    refused = app.operate("oauth confirm", company="Nordfab")

    assert (shown["company"], shown["is_another"]) == ("Elsewhere AS", True)
    assert "is of Elsewhere AS" in refused["problems"][0]
    assert {name: app.secret()[name] for name in in_use} == in_use


def test_an_installation_that_nobody_confirms_within_a_day_is_not_used(app: App) -> None:
    app.approve()
    held = app.secret()["pending"]
    yesterday = (datetime.now(UTC) - timedelta(days=1, minutes=1)).isoformat()
    app.put_into_secret(pending={**held, "since": yesterday})

    refused = app.operate("oauth confirm", company="Nordfab")

    assert "more than a day ago" in refused["problems"][0]
    with pytest.raises(ConfigurationError, match="connector oauth start"):
        app.call("poller", {})


def test_where_rippling_does_not_say_whose_it_is_that_is_what_has_to_be_said(
    app: App, rippling: Rippling
) -> None:
    rippling.faults.fail(403, path="/sso-me/")
    app.approve()

    shown = app.operate("oauth confirm")

    assert (shown["company"], shown["company_id"]) == ("unsaid", "unsaid")
    assert app.operate("oauth confirm", company="unsaid")["confirmed"] is True


def test_a_link_of_our_own_leads_to_rippling_and_survives_a_forgotten_state(
    app: App, rippling: Rippling
) -> None:
    rippling.app_shop.echoes_state = False
    ours = app.operate("oauth start")["install_link"]

    gone = app.get("install", **query_of(ours))
    cookie = gone["headers"]["Set-Cookie"].partition(";")[0]
    back = redirect_of(gone["headers"]["Location"])

    assert gone["statusCode"] == 302
    assert set(back) == {"code", "buy", "redirect_uri"}
    assert app.get("callback", **back)["statusCode"] == 400
    assert app.get("callback", cookie, **back)["statusCode"] == 200


def test_a_code_without_a_state_of_ours_is_refused_counted_and_told_to_nobody(
    app: App,
    rippling: Rippling,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    state, code = app.state(), rippling.app_shop.approve()
    assert app.get("callback", code=code, state=state)["statusCode"] == 200
    expired = app.state()
    table, key = app.account.resources["WatermarksTable"], {"#e": "expires_at"}
    for item in app.account.scan("WatermarksTable"):
        if item["stream"]["S"].startswith("oauth state"):
            app.account.client("dynamodb").update_item(
                TableName=table,
                Key={"stream": item["stream"]},
                UpdateExpression="SET #e = :past",
                ExpressionAttributeNames=key,
                ExpressionAttributeValues={":past": {"N": "1"}},
            )
    before, code = app.secret(), rippling.app_shop.approve()
    capsys.readouterr()
    queries: list[dict[str, str]] = [
        {"code": code, "state": state},
        {"code": code, "state": expired},
        {"code": code, "state": FORGED},
        {"code": code},
        {"state": FORGED},
        {},
    ]

    answers = [app.get("callback", **query) for query in queries]

    assert all(answer == answers[0] for answer in answers), "no hint which"
    assert answers[0]["statusCode"] == 400
    assert "connector oauth start" in answers[0]["body"]
    assert app.secret() == before
    assert len(told(caplog, "install refused")) == len(queries)
    assert len(counted(capsys, "InstallRefused")) == len(queries)
    shown = str([vars(record) for record in caplog.records])
    assert not any(secret in shown for secret in (code, state, expired))


@pytest.mark.parametrize("fault", ["html", "forged", "client"])
def test_an_exchange_that_fails_says_so_on_the_page_and_why_in_the_log(
    app: App, rippling: Rippling, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    state, code = app.state(), rippling.app_shop.approve()
    if fault == "html":
        rippling.faults.fail(503, "html", path=TOKEN_PATH, times=3)
    if fault == "client":
        app.put_into_secret(client_secret="another")

    answer = app.get("callback", code="forged" if fault == "forged" else code, state=state)

    assert answer["statusCode"] == 502
    (line,) = told(caplog, "install failed")
    words = {"html": "status 503", "forged": "invalid_grant", "client": "invalid_client"}
    assert rippling.token_url.removeprefix("http://") in line["reason"]
    assert words[fault] in line["reason"]
    assert "Service unavailable" not in line["reason"], "never the body"
    assert "access_token" not in app.secret()
    assert app.get("callback", code=code, state=state)["statusCode"] == 400


@pytest.mark.parametrize("auth", ["api_token", "oauth"])
def test_the_same_company_comes_to_the_same_end_with_either_kind_of_sign_in(
    app: App, rippling: Rippling, visma: Visma, auth: str
) -> None:
    app.use(auth)

    assert app.call("poller", {})["queued"] == 4
    app.drain()

    working = (one for one in rippling.workers() if one["status"] != "TERMINATED")
    assert {one["employeeNumber"] for one in visma.employees()} == {
        str(worker["number"]) for worker in working
    }
    app.use("oauth" if auth == "api_token" else "api_token")
    assert app.call("poller", {"full_sweep": True})["queued"] == 0


def test_a_stack_without_an_installation_says_what_to_run(app: App) -> None:
    with pytest.raises(ConfigurationError, match="connector oauth start"):
        app.call("poller", {})


def test_a_stack_with_an_api_token_installs_nothing(app: App) -> None:
    app.auth = "api_token"

    answer = app.operate("oauth start")

    assert not answer["ok"]
    assert "RipplingAuth=oauth" in answer["problems"][0]


def test_a_token_is_renewed_ahead_and_the_next_function_finds_it(
    app: App, rippling: Rippling
) -> None:
    app.install()
    soon = datetime.now(UTC) + timedelta(hours=1, minutes=59)
    app.put_into_secret(expires_at=soon.isoformat())
    before = app.secret()

    app.call("poller", {})
    app.call("poller", {})

    held = app.secret()
    assert held["access_token"] != before["access_token"]
    assert rippling.app_shop.is_good(held["refresh_token"])
    assert not rippling.app_shop.is_good(before["refresh_token"])
    assert [call.status for call in rippling.calls("POST", TOKEN_PATH)] == [200, 200]
    assert not [call for call in rippling.journal if call.status == 401]


def test_a_token_that_rippling_turns_down_is_renewed_within_the_call(
    app: App, rippling: Rippling
) -> None:
    app.install()
    rippling.app_shop.forget_access_tokens()

    assert app.call("poller", {})["queued"] == 4
    assert [call.status for call in rippling.journal if call.method == "GET"].count(401) == 1


def test_an_ended_installation_is_named_alarmed_and_over_after_the_next_one(
    app: App, rippling: Rippling, capsys: pytest.CaptureFixture[str]
) -> None:
    app.install()
    rippling.app_shop.end_installation()
    capsys.readouterr()

    with pytest.raises(ConfigurationError, match="the installation has ended"):
        app.call("poller", {})

    (line,) = counted(capsys, "InstallationEnded")
    assert (line["service"], line["InstallationEnded"]) == ("poller", [1.0])
    answer = app.operate("mappings check")
    assert "the installation has ended" in answer["problems"][0]

    assert app.install()["statusCode"] == 200
    assert app.call("poller", {})["queued"] == 4


def test_an_install_begins_without_loading_what_its_code_needs(app: App) -> None:
    code = (
        "import sys; sys.path[:0] = ['layers/connector', 'functions'];"
        "import install.app as app;"
        "app.installer();"
        "print(sorted({name.partition('.')[0] for name in sys.modules}"
        " & {'requests', 'tenacity', 'yaml'}"
        " | {n for n in sys.modules if n.startswith('connector.domain.m')}))"
    )
    app.account.handler("install")

    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"
