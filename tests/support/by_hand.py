"""The page for trying the connector by hand, over the services in memory instead of a stack."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from tests.simulator.page import PageServer, open_laboratory
from tests.simulator.page.connection import Standing
from tests.support.browser import Browser
from tests.support.world import World, a_world


class WorldConnection:
    """A world of the component tests as the connector of the page: a tick does all that follows."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._lock = threading.Lock()

    def standing(self) -> Standing:
        return Standing("ready", "In memory", under_way=len(self.world.queue.changes))

    def audit(self) -> list[dict[str, Any]]:
        rows = [row for rows in list(self.world.tables.audit.values()) for row in rows]
        return sorted(rows, key=lambda row: str(row["time"]), reverse=True)

    def tick(self) -> Mapping[str, Any]:
        with self._lock:
            summary = self.world.tick()
            self.world.drain()
        return asdict(summary)

    def approve(self) -> int:
        return 0

    def set_up(self) -> None:
        """It has all it needs."""


@contextmanager
def a_page(people: int = 20, *, is_loaded: bool = True) -> Iterator[tuple[World, PageServer]]:
    """Nordfab in memory with its page, after the first load; the laboratory is open."""
    with a_world(people=people) as world:
        world.edit_mapping_unheard(open_laboratory(world.rippling, world.visma, world.mapping_text))
        if is_loaded:
            world.first_load()
        with PageServer(world.rippling, world.visma, WorldConnection(world)) as page:
            yield world, page


def open_page(browser: Browser, page: PageServer) -> None:
    """Opens the page, as wide as on a laptop, and waits until it shows people."""
    browser.size(1280, 800)
    browser.open(f"{page.url}/")
    browser.wait_for("document.querySelectorAll('#people tr').length > 0")


def press(browser: Browser, selector: str, told: str) -> str:
    """Clicks, and waits until the page says something that begins like this; what it says."""
    browser.evaluate("document.querySelector('#said').textContent = ''")
    browser.click(selector)
    browser.wait_for(f"document.querySelector('#said').textContent.startsWith({json.dumps(told)})")
    return browser.text("#said")


def hire(browser: Browser, given_name: str, family_name: str) -> None:
    """Fills the form and clicks Hire."""
    browser.fill("[data-do=hire] [name=given_name]", given_name)
    browser.fill("[data-do=hire] [name=family_name]", family_name)
    press(browser, "[data-do=hire] button", "Hired")


def wait_for_text(browser: Browser, selector: str, text: str) -> str:
    """Waits until an element shows this text among others; all that it shows."""
    found = f"document.querySelector({json.dumps(selector)})?.innerText ?? ''"
    browser.wait_for(f"({found}).includes({json.dumps(text)})")
    return browser.text(selector)
