"""The month-end report in a real browser: on a phone, a laptop and paper, by day and by night."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from connector.services.report.html import page_of
from tests.embedded.template import ROOT
from tests.support.browser import Browser
from tests.support.contrast import too_faint
from tests.support.report import crowd, hostile, not_ready, ready
from tests.support.report_page import open_sheet, played

PHONE, LAPTOP = (360, 740), (1366, 768)
WIDTHS = (320, 360, 412, 768, 1024, 1279, 1280, 1366, 1920)
PAPER = (688, 971)
"""A4 within the margins of the page, in CSS pixels."""

SHEETS = {"not ready": not_ready, "ready": ready, "hostile": hostile}
ANY_TABLES = {**SHEETS, "crowd": crowd}
# Whatever is wider than the window, other than in a frame that scrolls.
OVERHANGING = """[...document.querySelectorAll("body *")]
  .filter(one => !one.closest(".unseen, .skip, .sheet table"))
  .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
  .map(one => one.outerHTML.slice(0, 80))"""
# Cells of which a part lies outside, or below the next one: what a reader would not see.
CUT = """[...document.querySelectorAll("th, td")]
  .filter(one => one.scrollWidth > one.clientWidth + 1)
  .map(one => one.outerHTML.slice(0, 80))"""
# Frames that scroll sideways, by name.
SCROLLING = """[...document.querySelectorAll(".sheet")]
  .filter(one => one.scrollWidth > one.clientWidth + 1)
  .map(one => [one.ariaLabel, one.tabIndex, one.getAttribute("role"),
    getComputedStyle(one).overflowX])"""
FOCUSABLE = """[...document.querySelectorAll("a[href], [tabindex='0']")]
  .filter(one => one.checkVisibility())
  .map(one => one.ariaLabel ?? one.textContent.trim())"""
FOCUSED = """(one => {
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  return {
    name: one.ariaLabel ?? one.textContent.trim(),
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
})(document.activeElement)"""


def test_the_picture_in_the_pages_is_of_a_report_that_the_connector_makes() -> None:
    reasons = played().reasons

    assert len(reasons) == 7
    assert all("ype `connector " in each for each in reasons)
    for page in ("README.md", "docs/month-end.md"):
        assert "is not ready to close, seven reasons" in (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ANY_TABLES)
def test_at_no_width_the_page_has_to_be_scrolled_sideways(
    browser: Browser, tmp_path: Path, name: str
) -> None:
    open_sheet(browser, tmp_path, ANY_TABLES[name]())

    for width in WIDTHS:
        browser.size(width, 740)
        assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        assert browser.evaluate(OVERHANGING) == [], width
        for _, tab_index, role, overflow in browser.evaluate(SCROLLING):
            assert (tab_index, role, overflow) == (0, "region", "auto"), width


def test_on_a_laptop_no_table_of_nordfab_scrolls_and_its_head_stays_in_sight(
    browser: Browser, tmp_path: Path
) -> None:
    browser.size(*LAPTOP)
    open_sheet(browser, tmp_path, not_ready())

    assert browser.evaluate(SCROLLING) == []
    browser.evaluate(
        "document.querySelector('#head-count tbody tr:nth-child(30)')"
        ".scrollIntoView({block: 'center', behavior: 'instant'})"
    )
    top = "document.querySelector('#head-count thead th').getBoundingClientRect().top"
    assert abs(browser.evaluate(top)) < 1
    assert browser.evaluate(
        "document.elementFromPoint(400, 10).closest('thead') !== null"
    )  # and nothing lies over it


def test_on_a_phone_figures_scroll_under_their_first_column_and_sentences_are_stacked(
    browser: Browser, tmp_path: Path
) -> None:
    browser.size(*PHONE)
    open_sheet(browser, tmp_path, not_ready())

    scrolling = {name for name, *_ in browser.evaluate(SCROLLING)}
    assert "Head count: Head count by cost centre" in scrolling
    assert not scrolling & {"People waiting", "Changes held", "Changes rejected"}
    assert browser.evaluate("""(frame => {
      frame.scrollLeft = 150;
      const first = frame.querySelector("tbody th").getBoundingClientRect();
      return frame.scrollLeft === 150 && first.left - frame.getBoundingClientRect().left < 2;
    })(document.querySelector("#head-count .sheet"))""")
    why = browser.evaluate("""[...document.querySelectorAll("#waiting tbody td:last-child")]
      .map(one => [getComputedStyle(one, "::before").content.includes('"Why"'),
        one.getBoundingClientRect().width > 200])""")
    assert why == [[True, True]] * 3


@pytest.mark.parametrize("name", SHEETS)
def test_what_is_written_can_be_read_by_day_and_by_night(
    browser: Browser, tmp_path: Path, name: str
) -> None:
    open_sheet(browser, tmp_path, SHEETS[name]())

    for size in (PHONE, LAPTOP):
        grounds = set()
        for is_dark in (False, True):
            browser.size(*size, is_dark=is_dark)
            grounds.add(browser.evaluate("getComputedStyle(document.body).backgroundColor"))
            assert too_faint(browser) == [], f"dark: {is_dark}"
        assert len(grounds) == 2


def test_tab_goes_through_skip_link_reasons_contents_and_tables_in_order_and_is_seen(
    browser: Browser, tmp_path: Path
) -> None:
    for size in (LAPTOP, PHONE):
        browser.size(*size, is_still=True)
        open_sheet(browser, tmp_path, not_ready())
        order = browser.evaluate(FOCUSABLE)

        walked: list[dict[str, Any]] = []
        for _ in order:
            browser.press("Tab")
            walked.append(browser.evaluate(FOCUSED))

        assert [one["name"] for one in walked] == order
        assert [one["name"] for one in walked if not (one["ring"] and one["seen"])] == []
        assert order[0] == "Skip to the sections"
        assert order[1:6] == list(not_ready().reasons)
        assert order[6] == "Head count"
        assert "Head count: Head count by cost centre" in order


def test_the_skip_link_leads_past_reasons_and_contents_to_the_first_table(
    browser: Browser, tmp_path: Path
) -> None:
    browser.size(*LAPTOP, is_still=True)
    open_sheet(browser, tmp_path, not_ready())

    for key in ("Tab", "Enter", "Tab"):
        browser.press(key)

    assert browser.evaluate(FOCUSED)["name"] == "Head count: Head count by cost centre"


def test_a_reason_leads_to_its_section_and_the_keyboard_goes_on_from_there(
    browser: Browser, tmp_path: Path
) -> None:
    browser.size(*LAPTOP, is_still=True)
    open_sheet(browser, tmp_path, not_ready())

    for key in ("Tab", "Tab", "Tab", "Tab", "Enter"):
        browser.press(key)

    browser.wait_for("location.hash === '#held'")
    top = browser.evaluate("document.querySelector('#held h2').getBoundingClientRect().top")
    assert 0 <= top < LAPTOP[1] / 2
    browser.press("Tab")
    assert browser.evaluate(FOCUSED)["name"] == "Changes held"


def test_a_table_that_is_too_wide_is_scrolled_from_the_keyboard(
    browser: Browser, tmp_path: Path
) -> None:
    browser.size(*PHONE, is_still=True)
    open_sheet(browser, tmp_path, not_ready())

    browser.evaluate("document.querySelector('#head-count .sheet').focus()")
    browser.press("ArrowRight")

    browser.wait_for("document.activeElement.scrollLeft > 0")


@pytest.mark.parametrize("name", ANY_TABLES)
def test_on_paper_nothing_is_cut_and_it_is_light_also_for_who_likes_it_dark(
    browser: Browser, tmp_path: Path, name: str
) -> None:
    open_sheet(browser, tmp_path, ANY_TABLES[name]())

    browser.on_paper(*PAPER, is_dark=True)

    assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert browser.evaluate(OVERHANGING) == []
    assert browser.evaluate(CUT) == []
    assert browser.evaluate("""[...document.querySelectorAll(".sheet")]
      .filter(one => getComputedStyle(one).overflowX !== "visible"
        || one.scrollWidth > one.clientWidth + 1).length""") == 0  # fmt: skip
    assert browser.evaluate("getComputedStyle(document.body).color") == "rgb(28, 33, 39)"
    assert too_faint(browser) == []


def test_printed_rows_stay_whole_and_every_page_of_a_table_has_its_head(
    browser: Browser, tmp_path: Path
) -> None:
    open_sheet(browser, tmp_path, not_ready())

    browser.on_paper(*PAPER)

    of = "[...new Set([...document.querySelectorAll('{}')].map(one => getComputedStyle(one).{}))]"
    assert browser.evaluate(of.format("tr", "breakInside")) == ["avoid"]
    assert browser.evaluate(of.format("thead", "display")) == ["table-header-group"]
    assert browser.evaluate(of.format("h2, .part:not(.nothing) h3", "breakAfter")) == ["avoid"]
    assert browser.evaluate(of.format(".bar", "printColorAdjust")) == ["exact"]


@pytest.mark.parametrize(("name", "least", "most"), [("not ready", 6, 9), ("ready", 5, 9)])
def test_it_is_printed_on_a_few_sheets_of_a4(
    browser: Browser, tmp_path: Path, name: str, least: int, most: int
) -> None:
    browser.size(*LAPTOP, is_dark=True)
    open_sheet(browser, tmp_path, SHEETS[name]())

    pdf = browser.print()

    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert least <= len(boxes) <= most
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(595, 842)}


@pytest.mark.parametrize("name", SHEETS)
def test_no_request_leaves_the_page_and_no_value_is_run(
    browser: Browser, tmp_path: Path, name: str
) -> None:
    browser.watch_requests()
    address = open_sheet(browser, tmp_path, SHEETS[name]())

    browser.evaluate("new Promise(done => setTimeout(done, 200))")

    assert browser.requests == [address]
    assert browser.problems == []
    assert browser.evaluate("document.title").startswith("November 2026: ")
    assert browser.evaluate("document.scripts.length + document.images.length") == 0


def test_the_policy_of_the_page_refuses_what_is_slipped_into_it(
    browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    slipped = (
        "<script>document.title = 'broken into'</script><style>body { display: none }</style>"
        '<img src="https://attacker.invalid/x"><p id="p" style="display: none">Here</p></body>'
    )
    path.write_text(page_of(not_ready()).replace("</body>", slipped), encoding="utf-8")

    browser.open(path.as_uri())

    assert browser.evaluate("document.title").startswith("November 2026: ")
    assert browser.evaluate("getComputedStyle(document.body).display") != "none"
    assert browser.evaluate("getComputedStyle(document.querySelector('#p')).display") == "block"
    browser.wait_for("true")
    assert len([one for one in browser.problems if "Content Security Policy" in one]) == 4


def test_a_screen_reader_is_given_landmarks_headings_tables_and_the_verdict_in_words(
    browser: Browser, tmp_path: Path
) -> None:
    for size in (LAPTOP, PHONE):
        browser.size(*size)
        open_sheet(browser, tmp_path, not_ready())
        given = browser.accessible()

        for role in ("banner", "main", "navigation"):
            assert [each for each, _ in given].count(role) == 1
        assert ("navigation", "Contents") in given
        assert ("heading", "Month-end report November 2026") in given
        assert ("region", "Ready to close: no") in given
        assert ("link", "People waiting 2 reasons not to close") in given
        assert ("table", "Head count: Head count by cost centre, 40 rows") in given
        assert ("table", "People waiting, 3 rows") in given
        assert ("columnheader", "Why") in given
        assert ("rowheader", "1042") in given
        assert ("cell", "58") in given
        assert ("cell", "no value") in given
        assert not [name for role, name in given if role in ("image", "graphics-document")]


def test_who_wants_no_motion_gets_none(browser: Browser, tmp_path: Path) -> None:
    open_sheet(browser, tmp_path, not_ready())
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"

    browser.size(*LAPTOP, is_still=True)
    assert browser.evaluate(behaviour) == "auto"
    browser.size(*LAPTOP)
    assert browser.evaluate(behaviour) == "smooth"
