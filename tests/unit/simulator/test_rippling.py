"""The fake Rippling is as strict, as forgetful and as treacherous as the facts say."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.simulator import Contract, Rippling, nordfab_rippling
from tests.simulator.rippling import CONTRACT, DEMO_TOKEN, LISTINGS

NOW = datetime(2025, 6, 2, 9, 0, tzinfo=UTC)
ALL_LISTS = [*LISTINGS, "entitlements"]
Get = Callable[..., requests.Response]


@pytest.fixture
def rippling() -> Iterator[Rippling]:
    with nordfab_rippling(clock=lambda: NOW, people=24) as running:
        yield running


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {DEMO_TOKEN}"
        yield session


@pytest.fixture
def get(rippling: Rippling, session: requests.Session) -> Get:
    def get(path: str, **query: Any) -> requests.Response:
        return session.get(rippling.url + path, params=query, timeout=5)

    return get


@pytest.fixture
def walk(get: Get, session: requests.Session) -> Callable[..., Iterator[list[dict[str, Any]]]]:
    def walk(path: str, **query: Any) -> Iterator[list[dict[str, Any]]]:
        page = get(path, **query).json()
        yield page["results"]
        while page["next_link"]:
            page = session.get(page["next_link"], timeout=5).json()
            yield page["results"]

    return walk


Walk = Callable[..., Iterator[list[dict[str, Any]]]]


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


def test_a_wrong_token_is_refused_in_json(rippling: Rippling) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic x"}):
        answer = requests.get(f"{rippling.url}/workers/", headers=headers, timeout=5)

        assert answer.status_code == 401
        assert answer.json() == {"detail": "Incorrect authentication credentials."}


def test_a_rotated_token_opens_and_the_old_one_does_not(rippling: Rippling, get: Get) -> None:
    rippling.accept_token("fresh")
    rippling.revoke_token(DEMO_TOKEN)

    assert get("/workers/").status_code == 401
    fresh = {"Authorization": "Bearer fresh"}
    assert requests.get(f"{rippling.url}/workers/", headers=fresh, timeout=5).ok


def test_an_unknown_path_answers_an_html_page(get: Get) -> None:
    answer = get("/employees/")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Not Found!" in answer.text


def test_an_unknown_record_is_not_found_in_json(get: Get) -> None:
    answer = get("/workers/000000000000000000000000/")

    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


@pytest.mark.parametrize("name", ALL_LISTS)
def test_every_list_keeps_to_the_contract(get: Get, rippling: Rippling, name: str) -> None:
    expand = ",".join(LISTINGS[name].links) if name in LISTINGS else ""

    answer = get(f"/{name}/", **({"expand": expand} if expand else {}))

    assert Contract(CONTRACT).check_answer("GET", f"/{name}/", 200, answer.json()) == []
    assert rippling.journal[-1].contract_errors == []


def test_a_single_record_comes_without_an_envelope(get: Get, rippling: Rippling) -> None:
    worker = rippling.workers()[0]

    record = get(f"/workers/{worker['id']}/").json()

    assert record == {"__meta": {"redacted_fields": []}, **worker}


def test_pages_hold_fifty_rows_unless_asked_and_never_more_than_a_hundred(
    get: Get, rippling: Rippling
) -> None:
    for _ in range(40):
        rippling.hire()

    assert len(get("/workers/").json()["results"]) == 50
    assert len(get("/workers/", limit=100).json()["results"]) == 64
    assert get("/workers/", limit=101).status_code == 400
    assert get("/workers/", limit=0).status_code == 400


def test_a_walk_in_full_gives_each_worker_once(walk: Walk, rippling: Rippling) -> None:
    pages = list(walk("/workers/", limit=10, order_by="id"))

    assert [len(page) for page in pages] == [10, 10, 4]
    assert sorted(ids(rippling.workers())) == [row["id"] for page in pages for row in page]


def test_the_next_link_keeps_filter_expansion_order_and_limit(walk: Walk) -> None:
    asked = {"filter": "status eq 'ACTIVE'", "expand": "user", "order_by": "id", "limit": 5}

    pages = list(walk("/workers/", **asked))

    assert len(pages) > 2
    assert all(len(page) == 5 for page in pages[:-1])
    assert all(row["status"] == "ACTIVE" and row["user"] for page in pages for row in page)


def test_a_walk_by_id_is_not_shifted_by_rows_that_come_and_go(
    walk: Walk, rippling: Rippling
) -> None:
    before = sorted(ids(rippling.workers()))
    pages = walk("/workers/", limit=10, order_by="id")
    seen = ids(next(pages))

    rippling.remove(seen[0])
    rippling.touch(seen[1])
    hired = rippling.hire()

    seen += [row["id"] for page in pages for row in page]
    assert seen == [*before, hired["id"]]


def test_a_row_updated_during_a_walk_by_stamp_moves_to_the_end(
    walk: Walk, rippling: Rippling
) -> None:
    pages = walk("/workers/", limit=10, order_by="updated_at")
    first = ids(next(pages))

    rippling.touch(first[0])

    later = [row["id"] for page in pages for row in page]
    assert len(later) == 15
    assert later[-1] == first[0]


def test_the_newest_come_first_when_asked_for_descending(get: Get, rippling: Rippling) -> None:
    touched = rippling.touch(rippling.workers()[3]["id"])

    rows = get("/workers/", order_by="updated_at desc").json()["results"]

    assert rows[0]["id"] == touched["id"]
    assert [row["updated_at"] for row in rows] == sorted(
        (row["updated_at"] for row in rows), reverse=True
    )


def test_a_forged_cursor_is_a_server_error(get: Get) -> None:
    link = get("/workers/", limit=5).json()["next_link"]
    cursor = link.partition("cursor=")[2]

    assert get("/workers/", cursor="abc").status_code == 500
    assert get("/workers/", cursor=f"x{cursor}").status_code == 500
    assert get("/departments/", cursor=cursor).status_code == 500
    assert get("/workers/", cursor=cursor).status_code == 200


def test_a_cutoff_brings_the_rows_at_it_and_after(get: Get, rippling: Rippling) -> None:
    first, second, third = ids(rippling.workers())[:3]
    rippling.touch(first, at="2025-06-02T08:59:59.999999")
    rippling.touch(second, at="2025-06-02T09:00:00")
    rippling.touch(third, at=NOW + timedelta(microseconds=5))

    cutoff = "updated_at ge 2025-06-02T09:00:00"
    rows = get("/workers/", filter=cutoff, order_by="updated_at").json()["results"]

    assert ids(rows) == [second, third]
    assert rows[1]["updated_at"] == "2025-06-02T09:00:00.000005+00:00"


def test_a_person_is_found_by_user_id(get: Get, rippling: Rippling) -> None:
    worker = rippling.workers()[5]

    rows = get("/workers/", filter=f"user_id eq '{worker['user_id']}'").json()["results"]

    assert ids(rows) == [worker["id"]]


@pytest.mark.parametrize(
    "wrong",
    [
        "updated_at ge '2025-06-02T09:00:00'",
        "updated_at ge 2025-06-02T09:00:00Z",
        "updated_at ge 2025-06-02T09:00:00+00:00",
        "updated_at gt 2025-06-02T09:00:00",
        "status eq ACTIVE",
        "status ge 'ACTIVE'",
        "status",
    ],
)
def test_a_filter_of_the_wrong_form_is_refused(get: Get, wrong: str) -> None:
    answer = get("/workers/", filter=wrong)

    assert answer.status_code == 400
    assert list(answer.json()) == ["detail"]


def test_an_unknown_filter_is_ignored_and_everything_comes_back(
    get: Get, rippling: Rippling
) -> None:
    by_name = get("/departments/", filter="name eq 'Sales'").json()["results"]
    by_number = get("/workers/", filter="number eq 1001").json()["results"]
    by_parameter = get("/workers/", updated_at_gte="2099-01-01").json()["results"]

    assert (len(by_name), len(by_number), len(by_parameter)) == (9, 24, 24)
    assert rippling.calls()[-1].contract_errors == ["unknown query parameter updated_at_gte"]


def test_a_filter_that_the_tenant_does_not_have_is_ignored(get: Get, rippling: Rippling) -> None:
    rippling.ignore_filter = {"updated_at"}

    rows = get("/workers/", filter="updated_at ge 2099-01-01T00:00:00").json()["results"]

    assert len(rows) == 24


def test_an_order_that_does_not_exist_is_refused(get: Get) -> None:
    assert get("/workers/", order_by="-created_at").status_code == 400


def test_nested_objects_are_null_until_expanded_and_ids_stay(get: Get) -> None:
    bare = get("/workers/", limit=1).json()["results"][0]
    full = get("/workers/", limit=1, expand="user,department,manager,pets").json()["results"][0]

    assert bare["user"] is None
    assert bare["department"] is None
    assert full["user"]["id"] == full["user_id"] == bare["user_id"]
    assert full["department"]["id"] == full["department_id"]
    assert full["compensation"] is None


def test_only_the_first_level_is_expanded(get: Get, rippling: Rippling) -> None:
    boss = next(worker for worker in rippling.workers() if worker["is_manager"])
    report = rippling.hire(manager=boss["id"])

    shown = get(f"/workers/{report['id']}/", expand="manager,manager.user").json()

    assert shown["manager"]["id"] == boss["id"]
    assert shown["manager"]["user"] is None


def test_a_redacted_field_is_null_and_says_so(get: Get, rippling: Rippling) -> None:
    rippling.redact = {"compensation", "work_email"}

    page = get("/workers/", expand="compensation,user").json()

    assert all(row["compensation"] is None for row in page["results"])
    assert all(row["work_email"] is None and row["user"] for row in page["results"])
    hidden = [entry["name"] for entry in page["__meta"]["redacted_fields"]]
    assert hidden == ["compensation", "work_email"]


def test_an_expansion_without_its_scope_is_forbidden(get: Get, rippling: Rippling) -> None:
    rippling.forbid_expand = {"custom_fields"}

    assert get("/workers/", expand="user").status_code == 200
    answer = get("/workers/", expand="user,custom_fields")
    assert answer.status_code == 403
    assert answer.json()["detail"].startswith("Insufficient oauth scopes to access")


def test_custom_field_values_come_only_when_expanded(get: Get, rippling: Rippling) -> None:
    worker = rippling.workers()[0]
    rippling.add_custom_field("Cost Center")
    rippling.set_custom_field(worker["id"], "Cost Center", "200")

    path = f"/workers/{worker['id']}/"
    assert get(path).json()["custom_fields"] is None
    assert get(path, expand="custom_fields").json()["custom_fields"][0]["value"] == "200"


def test_the_next_link_can_be_relative_or_lead_to_another_host(
    get: Get, rippling: Rippling
) -> None:
    rippling.relative_next_link = True
    assert get("/workers/", limit=5).json()["next_link"].startswith("/workers/?cursor=")

    rippling.relative_next_link, rippling.next_link_host = False, "evil.example.com"
    link = get("/workers/", limit=5).json()["next_link"]
    assert link.startswith("https://evil.example.com/workers/?cursor=")


def test_times_can_come_in_the_compact_form(get: Get, rippling: Rippling) -> None:
    rippling.time_format = "compact"
    rippling.touch(rippling.workers()[0]["id"], at="2020-08-11T21:59:23.5")

    row = get("/workers/", order_by="updated_at", limit=1).json()["results"][0]

    assert row["updated_at"] == "2020-08-11T21:59:23+0000"


def test_a_burst_is_throttled_with_a_wait(get: Get, rippling: Rippling) -> None:
    rippling.burst_limit = 3

    statuses = [get("/sso-me/").status_code for _ in range(4)]

    assert statuses == [200, 200, 200, 429]
    assert get("/sso-me/").headers["Retry-After"] == "1"


def test_the_entitlements_can_lack_a_tier(get: Get, rippling: Rippling) -> None:
    rippling.entitlements.discard("API_Tier_2")

    assert ids(get("/entitlements/").json()["results"]) == ["API_Tier_1"]


def test_a_removed_worker_is_gone_without_a_trace(get: Get, rippling: Rippling) -> None:
    worker = rippling.workers()[0]["id"]

    rippling.remove(worker)

    assert get(f"/workers/{worker}/").status_code == 404


def test_a_stale_page_ignores_the_filter_once(get: Get, rippling: Rippling) -> None:
    rippling.touch(rippling.workers()[7]["id"])
    asked = {"filter": "updated_at ge 2025-06-02T00:00:00"}
    rippling.faults.stale_page(path="/workers/", times=1)

    assert len(get("/workers/", **asked).json()["results"]) == 24
    assert len(get("/workers/", **asked).json()["results"]) == 1


def test_readers_and_writers_do_not_disturb_each_other(walk: Walk, rippling: Rippling) -> None:
    stop = threading.Event()

    def touch_everybody() -> None:
        while not stop.is_set():
            for worker in rippling.workers():
                rippling.touch(worker["id"])

    writer = threading.Thread(target=touch_everybody)
    writer.start()
    try:
        walks = [
            [row["id"] for page in walk("/workers/", limit=8, order_by="id") for row in page]
            for _ in range(5)
        ]
    finally:
        stop.set()
        writer.join()

    assert all(walked == sorted(ids(rippling.workers())) for walked in walks)
