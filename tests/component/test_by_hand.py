"""The page for trying the connector by hand, in a real browser, over the services in memory."""

from __future__ import annotations

import pytest

from tests.support.browser import Browser, find_chromium
from tests.support.by_hand import a_page, hire, open_page, press, wait_for_text
from tests.support.contrast import too_faint

FIRST_PERSON, FIRST_EMPLOYEE = "#people tr:first-child", "#employees tr:first-child"
FIRST_ROW = "#log li:first-child"

# Lists that have to be scrolled sideways.
WIDER = """[...document.querySelectorAll(".scroll")]
  .filter(list => list.scrollWidth > list.clientWidth).map(list => list.ariaLabel)"""


def test_a_hire_is_on_the_left_at_once_and_on_the_right_after_a_tick(browser: Browser) -> None:
    with a_page() as (world, page):
        open_page(browser, page)
        hire(browser, "Kari", "Nordmann")

        assert "Kari Nordmann" in wait_for_text(browser, FIRST_PERSON, "Kari Nordmann")
        assert "Kari Nordmann" not in browser.text("#employees")
        assert "Kari Nordmann" not in browser.text("#log")

        assert "1 change queued" in press(browser, "#tick", "Tick:")

        assert "SALES · 400" in wait_for_text(browser, FIRST_EMPLOYEE, "Kari Nordmann")
        row = wait_for_text(browser, FIRST_ROW, "Kari Nordmann")
        assert "created" in row
        assert "Created employee 1021 in norway" in row
        assert world.visma.employee("1021")["employeeName"] == "Kari Nordmann"
        assert browser.problems == []


def test_a_person_moves_leaves_and_comes_back_by_clicking(browser: Browser) -> None:
    with a_page() as (_, page):
        open_page(browser, page)
        hire(browser, "Kari", "Nordmann")
        press(browser, "#tick", "Tick:")

        press(browser, "[data-do=move] button", "Moved")
        assert "Finance" in wait_for_text(browser, FIRST_PERSON, "Finance")
        press(browser, "#tick", "Tick:")
        wait_for_text(browser, FIRST_EMPLOYEE, "FIN · 500")
        press(browser, "[data-press=terminate]", "Terminated")
        wait_for_text(browser, FIRST_PERSON, "left ")
        press(browser, "#tick", "Tick:")
        wait_for_text(browser, FIRST_EMPLOYEE, "Inactive")
        press(browser, "[data-press=rehire]", "Rehired")
        press(browser, "#tick", "Tick:")

        wait_for_text(browser, FIRST_EMPLOYEE, "Active")
        outcomes = browser.evaluate(
            "[...document.querySelectorAll('#log li .chip')].slice(0, 4).map(one => one.innerText)"
        )
        assert outcomes == ["reactivated", "deactivated", "updated", "created"]


def test_who_waits_for_a_cost_centre_arrives_once_it_is_added(browser: Browser) -> None:
    with a_page() as (_, page):
        open_page(browser, page)
        assert "LAB has no cost centre" in browser.text("#troubles")
        browser.evaluate("document.querySelector('[data-do=hire] select').value = 'Laboratory'")
        hire(browser, "Kari", "Nordmann")
        press(browser, "#tick", "Tick:")
        assert "cost centre 710" in wait_for_text(browser, FIRST_ROW, "waiting")

        press(browser, "[data-do=add_cost_centre] button", "Added cost centre 710")
        press(browser, "#tick", "Tick:")

        wait_for_text(browser, FIRST_EMPLOYEE, "LAB · 710")
        assert browser.text("#troubles") == ""


def test_rights_and_troubles_are_taken_shown_and_given_back(browser: Browser) -> None:
    with a_page() as (world, page):
        open_page(browser, page)
        press(browser, "[data-do=hide] button", "The token no longer sees")
        assert "hidden from the token" in wait_for_text(browser, "#hidden", "the department")
        press(browser, "#show", "The token sees everything")
        press(browser, "[data-do=break_visma] button", "Visma is down")
        press(browser, "[data-press=lose_answers]", "Visma now writes")
        assert "down: 503" in wait_for_text(browser, "#troubles", "answers get lost")

        press(browser, "#heal", "Visma is well")

        browser.wait_for("document.querySelector('#heal').disabled")
        assert not world.rippling.redact
        assert not world.visma.faults.in_force()


def test_a_name_with_a_script_in_it_is_text_everywhere(browser: Browser) -> None:
    name = "<script>document.title = 'broken into'</script><img src=x onerror=alert(1)>"
    with a_page() as (_, page):
        open_page(browser, page)
        hire(browser, "Kari", name)
        press(browser, "#tick", "Tick:")

        for place in (FIRST_PERSON, FIRST_EMPLOYEE, FIRST_ROW, "#chosen"):
            assert name in wait_for_text(browser, place, name)
        assert browser.evaluate("document.title") == "Nordfab, by hand"
        assert browser.evaluate("document.querySelectorAll('main img, main script').length") == 0
        assert browser.problems == []


def test_everything_is_reached_and_pressed_from_the_keyboard(browser: Browser) -> None:
    with a_page() as (world, page):
        open_page(browser, page)
        before = len(world.rippling.workers())
        browser.press("Tab")
        assert browser.evaluate("document.activeElement.className") == "skip"
        for _ in range(4):
            browser.press("Tab")
        assert browser.evaluate("document.activeElement.textContent") == "Hire"

        browser.press("Enter")

        browser.wait_for("document.querySelector('#said').textContent.startsWith('Hired')")
        assert len(world.rippling.workers()) == before + 1
        browser.wait_for(f"document.querySelector('{FIRST_PERSON}').classList.contains('chosen')")
        browser.evaluate("document.querySelector('#people input').focus()")
        browser.press("ArrowDown")
        second = "document.querySelectorAll('#people tr')[1]"
        browser.wait_for(f"{second}.classList.contains('chosen')")
        assert browser.evaluate(f"{second}.contains(document.activeElement)")


def test_the_focus_stays_where_it_is_while_the_page_follows(browser: Browser) -> None:
    with a_page() as (world, page):
        open_page(browser, page)
        browser.evaluate("document.querySelector('#people tr:nth-child(3) input').focus()")
        focused = browser.evaluate("document.activeElement.value")

        world.hire({"given_name": "Ola", "family_name": "Nordmann"})

        wait_for_text(browser, FIRST_PERSON, "Ola Nordmann")
        assert browser.evaluate("document.activeElement.value") == focused


def test_new_rows_of_the_audit_are_announced_and_the_first_ones_are_not(browser: Browser) -> None:
    with a_page() as (_, page):
        open_page(browser, page)

        assert browser.evaluate("document.querySelector('#log').getAttribute('role')") == "log"
        assert browser.evaluate("document.querySelector('#log').ariaLive") == "polite"
        assert browser.evaluate("document.querySelector('#said').getAttribute('role')") == "status"
        assert browser.evaluate("document.querySelector('#log').ariaBusy") == "false"


def test_at_no_width_anything_hangs_over_the_edge(browser: Browser) -> None:
    with a_page() as (_, page):
        open_page(browser, page)
        hire(browser, "Kari", "N" * 60)
        press(browser, "[data-press=lose_answers]", "Visma now writes")
        press(browser, "[data-do=break_visma] button", "Visma is down")

        for width, height in [(320, 640), (390, 844), (768, 1024), (1024, 768), (1280, 800)]:
            browser.size(width, height)
            assert browser.evaluate("document.documentElement.scrollWidth") <= width, width
            assert browser.evaluate(WIDER) == [], width


def test_what_is_written_can_be_read_by_day_and_by_night(browser: Browser) -> None:
    with a_page() as (_, page):
        open_page(browser, page)
        press(browser, "[data-press=lose_answers]", "Visma now writes")
        press(browser, "[data-do=hide] button", "The token no longer sees")
        hire(browser, "Kari", "Nordmann")
        press(browser, "#tick", "Tick:")
        wait_for_text(browser, "#log", "Kari Nordmann")

        for is_dark in (False, True):
            browser.size(1280, 800, is_dark=is_dark)
            assert too_faint(browser) == [], f"dark: {is_dark}"


def test_a_page_whose_server_has_ended_says_so(browser: Browser) -> None:
    with a_page() as (_, page):
        open_page(browser, page)

    wait_for_text(browser, "#said", "server does not answer")


def test_the_browser_is_the_one_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/opt/chromium/chrome")
    assert find_chromium() == "/opt/chromium/chrome"
    monkeypatch.delenv("CHROMIUM")
    monkeypatch.setenv("PATH", "/nowhere")
    assert find_chromium() is None
