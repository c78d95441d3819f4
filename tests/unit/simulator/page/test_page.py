"""The page and its server: what it shows, as JSON, and whom it answers."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from tests.simulator import nordfab_rippling, nordfab_visma
from tests.simulator.page import PageServer, StackError
from tests.simulator.page.connection import Standing, told
from tests.simulator.page.server import PAGE

HOSTILE = "<script>alert(1)</script>"
SUMMARY = {"workers_read": 1, "queued": 2, "released": 0, "problems": [], "mode": "live"}

READY = Standing("ready", "Stack connector", under_way=3)


@dataclass
class Scripted:
    """A connector that says what it is told to say."""

    stands: Standing = READY
    rows: list[dict[str, Any]] = field(default_factory=list)
    trouble: str = ""
    held: int = 0
    is_set_up: bool = False
    begun: threading.Event = field(default_factory=threading.Event)
    may_end: threading.Event | None = None

    def standing(self) -> Standing:
        return self.stands

    def audit(self) -> list[dict[str, Any]]:
        self._stumble()
        return self.rows

    def tick(self) -> Mapping[str, Any]:
        self._stumble()
        self.begun.set()
        if self.may_end:
            self.may_end.wait(5)
        return SUMMARY

    def approve(self) -> int:
        return self.held

    def set_up(self) -> None:
        self.is_set_up = True

    def _stumble(self) -> None:
        if self.trouble:
            raise StackError(self.trouble)


@pytest.fixture
def connector() -> Scripted:
    return Scripted()


@pytest.fixture
def page(connector: Scripted) -> Iterator[PageServer]:
    rippling, visma = nordfab_rippling(people=12), nordfab_visma()
    with rippling, visma, PageServer(rippling, visma, connector) as running:
        yield running


def _state(page: PageServer) -> dict[str, Any]:
    answer = requests.get(f"{page.url}/state", timeout=5)
    assert answer.status_code == 200
    state: dict[str, Any] = answer.json()
    return state


def _do(page: PageServer, name: str, **values: Any) -> requests.Response:
    return requests.post(f"{page.url}/do/{name}", json=values, timeout=5)


def test_who_changed_last_comes_first_and_is_shown_as_rippling_has_them(page: PageServer) -> None:
    _do(page, "hire", given_name="Kari", family_name="Nordmann", department="IT")

    rippling = _state(page)["rippling"]

    first = rippling["people"][0]
    shown = {name: first[name] for name in ("name", "department", "place", "when", "status")}
    assert shown == {
        "name": "Kari Nordmann",
        "department": "IT",
        "place": "Oslo",
        "when": "active",
        "status": "ACTIVE",
    }
    assert len(rippling["people"]) == 13
    assert rippling["active"] == sum(each["status"] == "ACTIVE" for each in rippling["people"])


def test_a_leaver_a_starter_and_a_contractor_are_shown_as_such(page: PageServer) -> None:
    rippling = page.rippling
    leaver, starter, contractor = (rippling.hire() for _ in range(3))
    rippling.terminate(leaver["id"], rippling.clock.today())
    rippling.change(starter["id"], status="ACCEPTED", start_date="2999-01-01")
    rippling.change_employment_type(contractor["id"], "Contractor")

    shown = {each["id"]: each["when"] for each in _state(page)["rippling"]["people"]}

    assert shown[leaver["id"]] == f"left {rippling.clock.today()}"
    assert shown[starter["id"]] == "starts 2999-01-01"
    assert shown[contractor["id"]] == "contractor"


def test_an_employee_is_shown_with_cost_centre_and_the_person_behind_them(page: PageServer) -> None:
    worker = page.rippling.hire()
    page.visma.add_employee("7", department="SALES", **{"contact.email": worker["work_email"]})
    page.visma.add_department("LAB", "Laboratory")

    visma = _state(page)["visma"]

    (employee,) = visma["employees"]
    assert (employee["code"], employee["costCentre"]) == ("7", "400")
    assert employee["person"] == worker["user_id"]
    assert visma["withoutCostCentre"] == ["LAB"]


def test_what_is_hidden_and_what_is_broken_is_shown(page: PageServer) -> None:
    _do(page, "hide", fact="department")
    _do(page, "break_visma")

    state = _state(page)

    assert state["rippling"]["hidden"] == ["department"]
    assert state["visma"]["troubles"] == ["down: 503 to everything"]


def test_a_row_of_the_audit_is_shown_with_the_name_that_rippling_has(
    page: PageServer, connector: Scripted
) -> None:
    worker = page.rippling.hire({"given_name": "Kari", "family_name": "Nordmann"})
    connector.rows = [
        {
            "person": worker["user_id"],
            "time": "2026-11-27T12:00:00Z",
            "outcome": "created",
            "message": "Created.",
            "company": "norway",
            "hash": "not shown",
        },
        {"person": "operators", "time": "2026-11-27T11:00:00Z", "operator": "arn:aws:iam::root"},
    ]

    first, act = _state(page)["audit"]

    assert first == {
        "time": "2026-11-27T12:00:00Z",
        "outcome": "created",
        "message": "Created.",
        "company": "norway",
        "key": f"{worker['user_id']}/2026-11-27T12:00:00Z",
        "person": worker["user_id"],
        "who": f"Kari Nordmann · {worker['number']}",
        "isPlanned": False,
    }
    assert act["who"] == "an operator"


def test_an_audit_that_cannot_be_read_is_not_taken_for_an_empty_one(
    page: PageServer, connector: Scripted
) -> None:
    connector.trouble = "no route"

    state = _state(page)

    assert state["audit"] == []
    assert state["problem"] == "The audit cannot be read: no route"


def test_without_a_stack_it_says_how_to_start_one(page: PageServer, connector: Scripted) -> None:
    connector.stands = Standing("absent", "No stack is running.", ("make up",))
    connector.trouble = "must not be asked"

    state = _state(page)

    assert state["stack"]["commands"] == ["make up"]
    assert (state["stack"]["state"], state["problem"]) == ("absent", "")


def test_a_name_with_markup_is_text_in_the_json(page: PageServer) -> None:
    _do(page, "hire", given_name=HOSTILE, family_name='"quoted" & <b>')

    answer = requests.get(f"{page.url}/state", timeout=5)

    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.json()["rippling"]["people"][0]["name"] == f'{HOSTILE} "quoted" & <b>'


def test_what_comes_of_a_button_is_said(page: PageServer, connector: Scripted) -> None:
    connector.held = 2

    assert _do(page, "tick").json() == {"message": "Tick: 1 worker read, 2 changes queued."}
    assert _do(page, "approve").json() == {"message": "Approved the changes of 2 people."}
    assert "live" in _do(page, "set_up").json()["message"]
    assert connector.is_set_up


def test_what_a_button_cannot_do_is_said(page: PageServer, connector: Scripted) -> None:
    connector.trouble = "The poller failed: no mapping"

    refused, failed = _do(page, "move"), _do(page, "tick")

    assert (refused.status_code, refused.json()) == (
        400, {"error": "Select someone in Rippling first."},
    )  # fmt: skip
    assert (failed.status_code, failed.json()) == (502, {"error": connector.trouble})


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("hire", b"[1]", 400),
        ("hire", b'{"department": 7}', 400),
        ("hire", b'{"salary": "7"}', 400),
        ("hire", b"not json", 400),
        ("__init__", b"{}", 404),
        ("troubles", b"{}", 404),
    ],
)
def test_only_buttons_are_pressed_and_only_with_texts(
    page: PageServer, name: str, body: bytes, status: int
) -> None:
    before = page.rippling.workers()
    headers = {"Content-Type": "application/json"}

    answer = requests.post(f"{page.url}/do/{name}", data=body, headers=headers, timeout=5)

    assert answer.status_code == status
    assert answer.json()["error"]
    assert page.rippling.workers() == before


def test_two_ticks_do_not_overlap(page: PageServer, connector: Scripted) -> None:
    connector.may_end = threading.Event()
    first = threading.Thread(target=_do, args=(page, "tick"))
    first.start()
    assert connector.begun.wait(5)

    second = _do(page, "tick")
    connector.may_end.set()
    first.join()

    assert (second.status_code, second.json()) == (400, {"error": "A tick is under way."})
    assert _do(page, "tick").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ],
)
def test_another_site_cannot_press_a_button(page: PageServer, headers: dict[str, str]) -> None:
    before = page.rippling.workers()
    headers = {"Content-Type": "application/json", **headers}

    answer = requests.post(f"{page.url}/do/hire", data="{}", headers=headers, timeout=5)

    assert answer.status_code == 403
    assert page.rippling.workers() == before


def test_another_site_cannot_read_who_there_is(page: PageServer) -> None:
    answer = requests.get(f"{page.url}/state", headers={"Host": "evil.example"}, timeout=5)

    assert answer.status_code == 403
    assert "people" not in answer.text


def test_the_page_itself_is_answered_under_both_of_its_names(page: PageServer) -> None:
    for name in ("127.0.0.1", "localhost"):
        host = f"{name}:{page.url.rpartition(':')[2]}"
        headers = {"Host": host, "Origin": f"http://{host}"}
        assert requests.get(f"{page.url}/state", headers=headers, timeout=5).status_code == 200


def test_nothing_but_the_pages_own_script_and_style_may_run(page: PageServer) -> None:
    answer = requests.get(f"{page.url}/", timeout=5)

    policy = dict(
        part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
    )
    for directive, tag in (("script-src", "script"), ("style-src", "style")):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", answer.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert policy[directive] == f"'sha256-{digest}'"
    assert (policy["default-src"], policy["connect-src"]) == ("'none'", "'self'")


def test_the_page_is_one_file_that_fetches_nothing_from_elsewhere() -> None:
    text = PAGE.read_text("utf-8")

    assert not re.findall(r"https?://|//cdn|@import|url\(|\bsrc=", text)
    assert re.findall(r'href="([^"#][^"]*)"', text) == ["data:,"]
    assert "innerHTML" not in text


def test_every_button_has_its_place_on_the_page_and_every_place_its_button(
    page: PageServer,
) -> None:
    text = PAGE.read_text("utf-8")
    asked = set(re.findall(r'data-(?:do|press)="(\w+)"', text))

    assert asked == set(page.buttons())


def test_there_is_nothing_else(page: PageServer) -> None:
    assert requests.get(f"{page.url}/_control/", timeout=5).status_code == 404
    assert requests.get(f"{page.url}/page.html", timeout=5).status_code == 404
    assert page.journal == []


@pytest.mark.parametrize(
    ("summary", "sentence"),
    [
        ({**SUMMARY, "mode": "off"}, "Tick: the connector is off, so nothing was read."),
        (
            {**SUMMARY, "skipped": True},
            "Tick: left out, since another run is under way or Rippling asked for a pause.",
        ),
        ({**SUMMARY, "released": 3}, "Tick: 1 worker read, 2 changes queued, 3 released."),
        (
            {**SUMMARY, "problems": ["Rippling does not show the department."]},
            "Tick: 1 worker read, 2 changes queued. Rippling does not show the department.",
        ),
    ],
)
def test_a_tick_is_told_in_a_sentence(summary: dict[str, Any], sentence: str) -> None:
    assert told(summary) == sentence
