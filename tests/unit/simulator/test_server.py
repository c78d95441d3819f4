"""The server under both fakes: faults strike, calls are journalled, verbs can be sent by hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
import requests

from tests.simulator import Rippling, nordfab_rippling
from tests.simulator.rippling import DEMO_TOKEN

Get = Callable[..., requests.Response]


@pytest.fixture
def rippling() -> Iterator[Rippling]:
    with nordfab_rippling(people=24) as running:
        yield running


@pytest.fixture
def get(rippling: Rippling) -> Iterator[Get]:
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {DEMO_TOKEN}"

        def get(path: str, **query: str | int) -> requests.Response:
            return session.get(rippling.url + path, params=query, timeout=5)

        yield get


def test_faults_fail_break_slow_down_and_garble(get: Get, rippling: Rippling) -> None:
    rippling.faults.fail(503, body="html", retry_after=7, times=1)
    outage = get("/workers/")
    assert (outage.status_code, outage.headers["Retry-After"]) == (503, "7")
    assert outage.text.startswith("<!DOCTYPE html>")

    rippling.faults.reset(method="GET", times=1)
    with pytest.raises(requests.ConnectionError):
        get("/workers/")
    assert rippling.journal[-1].status == 0

    rippling.faults.garbage(times=1)
    with pytest.raises(requests.JSONDecodeError):
        get("/workers/").json()

    rippling.faults.slow(0.05, times=1)
    began = time.monotonic()
    assert get("/workers/").ok
    assert time.monotonic() - began >= 0.05


def test_a_fault_strikes_each_nth_matching_request_until_cleared(
    get: Get, rippling: Rippling
) -> None:
    rippling.faults.fail(500, path="/users/", every=3)

    assert [get("/users/").status_code for _ in range(6)] == [200, 200, 500, 200, 200, 500]
    assert get("/workers/").status_code == 200
    rippling.faults.clear()
    assert [get("/users/").status_code for _ in range(3)] == [200, 200, 200]


def test_the_journal_keeps_calls_and_no_token(get: Get, rippling: Rippling) -> None:
    get("/users/", limit=3)
    get("/workers/")

    (call,) = rippling.calls("get", "/users/")
    assert (call.query, call.status, call.applied) == ({"limit": "3"}, 200, False)
    assert call.bytes_out > 100
    assert call.headers["authorization"] == "Bearer ***"
    rippling.clear_journal()
    assert rippling.calls() == []


def test_a_person_can_inject_verbs_over_http(rippling: Rippling) -> None:
    control = f"{rippling.url}/_control"
    worker = rippling.workers()[0]["id"]

    moved = requests.post(
        f"{control}/move", json={"worker_id": worker, "department": "Sales"}, timeout=5
    )
    assert moved.json()["department_id"] == rippling.department("Sales")["id"]
    unlabelled = '{"status": 503, "times": 1}'
    fault = requests.post(f"{control}/fail", data=unlabelled, timeout=5)
    assert fault.json()["status"] == 503
    assert requests.get(f"{rippling.url}/workers/", timeout=5).status_code == 503
    assert len(requests.get(f"{control}/journal", timeout=5).json()) == 1
    assert "hire" in requests.get(f"{control}/", timeout=5).json()


def test_a_wrong_verb_or_argument_is_refused_over_http(rippling: Rippling) -> None:
    control = f"{rippling.url}/_control"

    assert requests.post(f"{control}/stop", timeout=5).status_code == 404
    assert requests.post(f"{control}/__init__", timeout=5).status_code == 404
    assert requests.post(f"{control}/touch", json={"worker_id": "x"}, timeout=5).status_code == 400
    assert requests.post(f"{control}/touch", json={"who": "x"}, timeout=5).status_code == 400
    assert requests.post(f"{control}/touch", data=b"{", timeout=5).status_code == 400


def test_a_restarted_server_keeps_its_address() -> None:
    rippling = nordfab_rippling(people=2)
    with rippling:
        before = rippling.url
    with pytest.raises(requests.ConnectionError):
        requests.get(before, timeout=5)
    with rippling:
        assert rippling.url == before
        assert requests.get(before, timeout=5).status_code == 401
