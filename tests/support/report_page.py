"""Month-end reports as pages: `python -m tests.support.report_page FOLDER` writes some to look at.

It also draws the picture in the README.
"""

from __future__ import annotations

import sys
from pathlib import Path

from connector.domain.report.sheet import Sheet
from connector.services.report.html import page_of
from tests.support.browser import MISSING, Browser, a_browser, find_chromium
from tests.support.report import crowd, hostile, not_ready, ready

PICTURE = Path("docs/images/month-end.png")
LAPTOP = (1366, 860)


def open_sheet(browser: Browser, folder: Path, sheet: Sheet) -> str:
    """Writes the page as the command does, and opens the file."""
    path = folder / "report.html"
    path.write_text(page_of(sheet), encoding="utf-8")
    browser.open(path.as_uri())
    return path.as_uri()


def write_pages(folder: Path) -> None:
    """Writes a page of each report, and the picture of the one that keeps a month open."""
    for make in (ready, hostile, crowd, not_ready):
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
