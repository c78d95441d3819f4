"""Month-end reports as pages: `python -m tests.support.report_page FOLDER` writes some to look at.

It also draws the picture in the README: of a report that the connector makes of a played month.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from connector.domain.report.sheet import Sheet
from connector.services.report.html import page_of
from tests.support.browser import MISSING, Browser, a_browser, find_chromium
from tests.support.report import crowd, hostile, not_ready, ready
from tests.support.world import World, a_world

PICTURE = Path("docs/images/month-end.png")
LAPTOP = (1366, 900)


def open_sheet(browser: Browser, folder: Path, sheet: Sheet) -> str:
    """Writes the page as the command does, and opens the file."""
    path = folder / "report.html"
    path.write_text(page_of(sheet), encoding="utf-8")
    browser.open(path.as_uri())
    return path.as_uri()


def played() -> Sheet:
    """The report of a November at Nordfab that something of each kind keeps open."""
    with a_world(people=240, companies=2) as world:
        world.first_load()
        world.clock.turn(days=3)
        _happens(world)
        world.settle()
        world.clock.turn(days=3, hours=14)
        world.tick(full_sweep=True)
        world.drain()
        world.clock.turn(hours=4, minutes=30)
        return replace(world.operator.desk.report.of("2026-11", ""), stack="connector")


def _happens(world: World) -> None:
    """Two wait, too many leave on one day, and one of two new ones has no last name."""
    rippling, warehouse = world.rippling, world.rippling.department("Warehouse")["id"]
    working = [
        row
        for row in rippling.rows("workers")
        if row["department_id"] == warehouse and row["status"] == "ACTIVE" and not row["end_date"]
    ]
    for leaver in working[:24]:
        rippling.change(leaver["id"], status="TERMINATED", end_date="2026-11-26")
    rippling.add_department("Quality laboratory")
    for _ in range(2):
        world.hire(department="Quality laboratory", start_date="2026-11-26")
    world.hire({"given_name": "Uten", "family_name": ""}, start_date="2026-11-26")
    world.hire(department="Finance", start_date="2026-11-26")


def write_pages(folder: Path) -> None:
    """Writes a page of each report, and the picture of the one that was played."""
    for make in (ready, hostile, crowd, not_ready, played):
        path = folder / f"{make.__name__.replace('_', '-')}.html"
        path.write_text(page_of(make()), encoding="utf-8")
    executable = find_chromium()
    if executable is None:
        raise SystemExit(MISSING)
    with a_browser(executable) as browser:
        browser.hide_scroll_bars()
        browser.size(*LAPTOP)
        browser.open(path.resolve().as_uri())
        browser.screenshot(PICTURE)


if __name__ == "__main__":
    write_pages(Path(sys.argv[1]))
