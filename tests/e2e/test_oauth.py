"""A deployed stack of an App Shop app: installed through its own doors, then signed in with it."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.demo.stage import UNHURRIED, DemoError, Stage
from tests.embedded import Embedded
from tests.simulator import credentials
from tests.simulator.rippling_oauth import TOKEN_PATH


class _Stay(urllib.request.HTTPRedirectHandler):
    """A browser that shows where it is sent instead of going there."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _get(address: str, cookie: str = "") -> tuple[int, str, Any]:
    request = urllib.request.Request(address, headers={"Cookie": cookie} if cookie else {})  # noqa: S310 - our own address
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=30) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers


@pytest.fixture(scope="module")
def app(aws: Embedded) -> Iterator[Stage]:
    """A stack whose secret has the client of an App Shop app and no API token."""
    with Stage(people=6, aws=aws, stack_name="oauth") as stage:
        stage.aws.deploy(
            {
                "RipplingAuth": "oauth",
                "RipplingBaseUrl": stage.rippling.url,
                "RipplingTokenUrl": stage.rippling.token_url,
                "RipplingAuthorizeUrl": stage.rippling.authorize_url,
                "VismaBaseUrl": stage.visma.url,
                "VismaTokenUrl": stage.visma.token_url,
                **UNHURRIED,
            },
            stage.stack_name,
        )
        callback = stage.aws.webhook_url().removesuffix("webhook") + "callback"
        stage.rippling.app_shop.app["redirect_uri"] = callback
        stage.aws.put_secret("RipplingSecretArn", stage.rippling.app_shop.app)
        stage.aws.put_secret("VismaSecretArn", credentials()[1])
        stage.begin()
        yield stage


def _secret(app: Stage) -> dict[str, Any]:
    client = app.aws.client("secretsmanager")
    answer = client.get_secret_value(SecretId=app.aws.outputs["RipplingSecretArn"])
    held: dict[str, Any] = json.loads(answer["SecretString"])
    return held


def _confirm(app: Stage) -> None:
    """Has the operator look whose the installation is, and put it into use."""
    shown = app.connector("oauth", "confirm")
    assert app.connector("oauth", "confirm", "--company", shown["company_id"])["confirmed"]


def test_before_the_install_the_poller_says_what_to_run(app: Stage) -> None:
    with pytest.raises(DemoError, match="connector oauth start"):
        app.tick()


def test_a_code_of_somebody_else_gets_nowhere(app: Stage) -> None:
    callback = app.rippling.app_shop.app["redirect_uri"]
    code = app.rippling.app_shop.approve()

    for query in (f"code={code}", f"code={code}&state={'A' * 43}", ""):
        status, page, _ = _get(f"{callback}?{query}")
        assert (status, "connector oauth start" in page) == (400, True)
    assert _get(callback.removesuffix("callback") + "install?state=forged")[0] == 400
    assert "access_token" not in _secret(app)


def test_the_link_of_the_command_installs_the_app_once(app: Stage) -> None:
    link = app.connector("oauth", "start")["link"]
    _, _, headers = _get(link)

    status, page, answered = _get(headers["Location"])

    assert (status, page.partition(".")[0]) == (200, "Received")
    assert answered["Content-Type"].startswith("text/plain")
    assert answered["Cache-Control"] == "no-store"
    assert _get(headers["Location"])[0] == 400
    assert "access_token" not in _secret(app)
    _confirm(app)
    assert app.rippling.app_shop.is_good(_secret(app)["refresh_token"])


def test_the_second_link_installs_where_rippling_forgets_the_state(app: Stage) -> None:
    app.rippling.app_shop.echoes_state = False

    status, _, to_rippling = _get(app.connector("oauth", "start")["install_link"])
    cookie = to_rippling["Set-Cookie"].partition(";")[0]
    back = _get(to_rippling["Location"])[2]["Location"]

    assert status == 302
    assert "state=" not in back
    assert _get(back)[0] == 400
    assert _get(back, cookie)[0] == 200
    _confirm(app)


def test_everybody_reaches_visma_with_tokens_that_the_functions_renew(app: Stage) -> None:
    app.rippling.app_shop.forget_access_tokens()

    app.settle()

    working = [one for one in app.rippling.workers() if one["status"] != "TERMINATED"]
    assert len(app.visma.employees()) == len(working) > 0
    grants = [call.body["grant_type"] for call in app.rippling.calls("POST", TOKEN_PATH)]
    assert grants.count("refresh_token") == 1


def test_an_ended_installation_is_named_and_the_next_one_mends_it(app: Stage) -> None:
    app.rippling.app_shop.end_installation()
    with pytest.raises(DemoError, match="the installation has ended"):
        app.tick()

    app.rippling.app_shop.echoes_state = True
    _, _, headers = _get(app.connector("oauth", "start")["link"])

    assert _get(headers["Location"])[0] == 200
    _confirm(app)
    assert app.tick()["skipped"] is False
