"""Both APIs of Rippling and both sign-ins, on deployed stacks: one and the same end.

The REST API with an App Shop app has a stack of its own in `test_oauth.py`.
"""

from __future__ import annotations

import urllib.request
from typing import Any

from tests.demo.stage import Stage
from tests.embedded import Embedded
from tests.simulator import RipplingPlatform
from tests.simulator.rippling_oauth import TOKEN_PATH
from tests.support.states import MAPPING_BY_NAME, held_in_visma

PEOPLE = 8
DOORS = (("rest", "api_token"), ("platform", "oauth"))


class Door:
    """A stack that comes in by one API with one sign-in, and the same company behind each."""

    def __init__(self, stage: Stage, api: str, auth: str) -> None:
        self.stage = stage
        self.platform = RipplingPlatform(stage.rippling)
        self._api = api
        self._auth = auth

    def live(self) -> list[dict[str, Any]]:
        """A first load, a hire, a move and a leaver; what Visma then holds."""
        self._open()
        self.stage.mapping = MAPPING_BY_NAME
        self.stage.begin()
        self.stage.settle()
        rippling = self.stage.rippling
        working = [each for each in rippling.workers() if each["status"] == "ACTIVE"]
        rippling.hire(department="Sales", location="Bergen", employment_type="Salaried full-time")
        rippling.move(working[0]["id"], "Management")
        rippling.terminate(working[1]["id"], "2026-01-02")
        self.stage.settle()
        return held_in_visma(self.stage.visma)

    def used(self) -> tuple[str, ...]:
        """The ways into Rippling through which the stack really went."""
        rippling = self.stage.rippling
        calls = {
            "rest": rippling.calls(path="/workers/.*"),
            "platform": self.platform.journal,
            "oauth": rippling.calls("POST", TOKEN_PATH),
        }
        return tuple(way for way, found in calls.items() if found)

    def _open(self) -> None:
        address = {"RipplingBaseUrl": self.platform.url} if self._api == "platform" else {}
        self.stage.deploy(RipplingApi=self._api, RipplingAuth=self._auth, **address)
        if self._auth == "oauth":
            self._install()

    def _install(self) -> None:
        """An administrator follows the link that the command prints, and an operator confirms."""
        app = self.stage.rippling.app_shop.app
        app["redirect_uri"] = self.stage.aws.webhook_url().removesuffix("webhook") + "callback"
        self.stage.aws.put_secret("RipplingSecretArn", app)
        link = self.stage.connector("oauth", "start")["link"]
        with urllib.request.urlopen(link, timeout=30) as answer:  # noqa: S310 - our own address
            assert answer.read().startswith(b"Received. You can close this page.")
        shown = self.stage.connector("oauth", "confirm")
        self.stage.connector("oauth", "confirm", "--company", shown["company_id"])


def test_both_apis_and_both_sign_ins_end_in_the_same_visma_state(aws: Embedded) -> None:
    ends = {}
    for api, auth in DOORS:
        name = f"{api}-{auth}".replace("_", "-")
        with Stage(PEOPLE, aws=aws, stack_name=name) as stage:
            door = Door(stage, api, auth)
            with door.platform:
                ends[api, auth] = door.live()
                assert door.used() == ((api, auth) if auth == "oauth" else (api,))

    first, other = ends.values()
    statuses = [each["status"] for each in first]
    assert statuses.count("Active") > PEOPLE // 2
    assert statuses.count("Inactive") >= 1
    assert other == first
