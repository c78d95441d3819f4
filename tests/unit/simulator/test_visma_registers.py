"""The registers of the fake Visma.net: departments, branches, segments, sub-accounts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulator import Contract, Visma, nordfab_visma
from tests.simulator.clients import VismaClient
from tests.simulator.visma import CONTRACT


@pytest.fixture
def visma() -> Iterator[Visma]:
    with nordfab_visma() as running:
        yield running


@pytest.fixture
def client(visma: Visma) -> Iterator[VismaClient]:
    with VismaClient(visma) as client:
        yield client


@pytest.mark.parametrize(
    "path",
    [
        "/v1/employee", "/v1/employee/1001", "/v1/department", "/v1/department/PROD",
        "/v1/branch", "/v1/branch/2", "/v1/dimension", "/v1/dimension/SUBACCOUNT",
        "/v1/dimension/EMPLOYEE", "/v1/dimension/SUBACCOUNT/1", "/v1/subaccount",
    ],
)  # fmt: skip
def test_every_answer_keeps_to_the_contract(client: VismaClient, visma: Visma, path: str) -> None:
    visma.add_employee("1001")

    answer = client.get(path)

    assert Contract(CONTRACT).check_answer("GET", path, 200, answer.json()) == []
    assert visma.journal[-1].contract_errors == []


def test_a_department_shows_the_composed_subaccount(client: VismaClient, visma: Visma) -> None:
    assert client.get("/v1/department/PROD").json()["expenseSubaccount"] == {
        "active": True,
        "id": "20000",
        "description": "Production",
    }
    visma.add_cost_centre("290", "Night shift")
    visma.set_department_cost_centre("PROD", "290")
    assert client.get("/v1/department/PROD").json()["expenseSubaccount"]["id"] == "29000"
    visma.set_subaccount_active("29000", False)
    assert not client.get("/v1/department/PROD").json()["expenseSubaccount"]["active"]
    visma.set_department_cost_centre("PROD", None)
    assert "expenseSubaccount" not in client.get("/v1/department/PROD").json()


def test_a_department_is_written_with_plain_and_wrapped_members(
    client: VismaClient, visma: Visma
) -> None:
    segments = [{"segmentId": 1, "segmentValue": "200"}]
    body = {"departmentId": "LAB", "description": {"value": "Lab"}, "expenseSubaccount": segments}

    assert (
        client.post("/v1/department", {**body, "departmentId": {"value": "LAB"}}).status_code == 400
    )
    created = client.post("/v1/department", body)
    assert created.status_code == 201
    assert client.post("/v1/department", body).status_code == 400
    renamed = {"description": {"value": "Laboratory"}}
    assert client.put("/v1/department/LAB", renamed, created.headers["ETag"]).status_code == 204
    assert client.put("/v1/department/LAB", renamed, created.headers["ETag"]).status_code == 412
    read = client.get("/v1/department/LAB").json()
    assert (read["description"], read["expenseSubaccount"]["id"]) == ("Laboratory", "20000")


def test_a_department_cannot_take_a_cost_centre_that_is_missing_or_closed(
    client: VismaClient, visma: Visma
) -> None:
    visma.set_cost_centre_active("210", False)

    for value in ("999", "210"):
        body = {"expenseSubaccount": [{"segmentId": 1, "segmentValue": value}]}
        answer = client.put("/v1/department/PROD", body)
        assert answer.status_code == 400
        assert "of Subaccount do not exist" in answer.json()["message"]


def test_segment_values_come_only_when_they_are_asked_for(
    client: VismaClient, visma: Visma
) -> None:
    visma.set_cost_centre_active("200", False)

    bare = client.get("/v1/dimension/SUBACCOUNT").json()
    full = client.get("/v1/dimension/SUBACCOUNT", expandSegmentsValues="true").json()

    assert "segmentValues" not in bare["segments"][0]
    assert (full["length"], full["segments"][0]["length"]) == (5, 3)
    values = {value["valueId"]: value["active"] for value in full["segments"][0]["segmentValues"]}
    assert (values["200"], values["210"]) == (False, True)
    assert client.get("/v1/dimension/EMPLOYEE").json()["length"] == 10


def test_segment_values_are_patched_all_or_none(client: VismaClient) -> None:
    path = "/v1/dimension/SUBACCOUNT/1"
    good = {"operation": "Insert", "value": "700", "description": {"value": "Lab"}}
    bad = {"operation": "Update", "value": "999", "active": {"value": False}}

    assert client.put(path, {"segmentValues": [good, bad]}).status_code == 500
    assert "700" not in client.get(path).text
    assert client.put(path, {"segmentValues": [good]}).status_code == 204
    assert client.put(path, {"segmentValues": [good]}).status_code == 500
    close = {"operation": "Update", "value": "700", "active": {"value": False}}
    assert client.put(path, {"segmentValues": [close]}).status_code == 204
    values = {row["valueId"]: row for row in client.get(path).json()["segmentValues"]}
    assert (values["700"]["description"], values["700"]["active"]) == ("Lab", False)
