"""The page for trying the connector by hand, over the deployed stack."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.demo.stage import Stage
from tests.simulator.page import PageServer
from tests.support.browser import Browser
from tests.support.by_hand import hire, open_page, press, wait_for_text

PATIENCE_SECONDS = 60.0


@pytest.fixture(scope="module")
def page(stage: Stage) -> Iterator[PageServer]:
    """The page as the demo leaves it; the others that share the stage get their mapping back."""
    before = stage.mapping
    with stage.page() as running:
        yield running
    stage.mapping = before
    stage.import_mapping()


def _state(page: PageServer) -> dict[str, Any]:
    state: dict[str, Any] = requests.get(f"{page.url}/state", timeout=30).json()
    return state


def _do(page: PageServer, name: str, **values: str) -> str:
    answer = requests.post(f"{page.url}/do/{name}", json=values, timeout=120)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["message"])


def _employee(page: PageServer, name: str) -> dict[str, Any] | None:
    employees = _state(page)["visma"]["employees"]
    return next((each for each in employees if each["name"] == name), None)


def test_a_hire_reaches_visma_and_the_audit_with_a_tick_of_the_deployed_poller(
    page: PageServer,
) -> None:
    assert _state(page)["stack"]["state"] == "ready"
    _do(page, "hire", given_name="Eva", family_name="Nordmann", department="Finance")
    assert _state(page)["rippling"]["people"][0]["name"] == "Eva Nordmann"
    assert _employee(page, "Eva Nordmann") is None

    assert "1 change queued" in _do(page, "tick")

    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (employee := _employee(page, "Eva Nordmann")) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert employee
    assert (employee["department"], employee["costCentre"]) == ("FIN", "500")
    while _state(page)["stack"]["underWay"] and time.monotonic() < deadline:
        time.sleep(0.2)
    row = _state(page)["audit"][0]
    assert (row["outcome"], row["who"]) == ("created", f"Eva Nordmann · {employee['code']}")


def test_what_an_operator_does_is_done_with_the_command(page: PageServer) -> None:
    assert _do(page, "approve") == "Nothing is held."
    assert "is live" in _do(page, "set_up")

    first = _state(page)["audit"][0]
    assert (first["who"], first["outcome"]) == ("an operator", "go-live")


def test_it_is_followed_by_clicking_in_a_browser(page: PageServer, browser: Browser) -> None:
    open_page(browser, page)
    wait_for_text(browser, "#stack", "Stack connector")
    hire(browser, "Kari", "Nordmann")
    wait_for_text(browser, "#people tr:first-child", "Kari Nordmann")
    assert "Kari Nordmann" not in browser.text("#employees")

    press(browser, "#tick", "Tick:")

    wait_for_text(browser, "#employees tr:first-child", "Kari Nordmann")
    assert "created" in wait_for_text(browser, "#log li:first-child", "Kari Nordmann")
    assert browser.problems == []
