"""The fake Visma.net takes, refuses and shows employees as the facts say the real one does."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from tests.simulator import Visma, nordfab_visma
from tests.simulator.clients import VismaClient, new_employee
from tests.support.clock import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime(2025, 6, 2, 9, 0, tzinfo=UTC))


@pytest.fixture
def visma(clock: HandClock) -> Iterator[Visma]:
    with nordfab_visma(2, clock) as running:
        yield running


@pytest.fixture
def client(visma: Visma) -> Iterator[VismaClient]:
    with VismaClient(visma) as client:
        yield client


def test_a_created_employee_reads_back_under_the_read_names(
    client: VismaClient, visma: Visma
) -> None:
    created = client.create(status={"value": "Hold"})
    read = client.get("/v1/employee/1001")

    assert (created.status_code, created.json()) == (201, {})
    assert created.headers["Location"] == f"{visma.url}/v1/employee/1001"
    row = read.json()
    assert created.headers["ETag"] == read.headers["ETag"] == f'"{row["timeStamp"]}"'
    assert (row["employeeNumber"], row["status"]) == ("1001", "OnHold")
    assert row["contact"]["midName"] == "Moe"
    assert row["employeeClass"] == {"id": "STAFF", "description": "Salaried staff"}
    assert row["branch"] == {"number": "1", "name": "Oslo"}
    assert row["calendarID"] == "NORWAY"
    assert row["address"]["country"] == {"id": "NO", "name": "Norway"}
    assert visma.employee("1001") == row


def test_the_location_can_name_another_host(client: VismaClient, visma: Visma) -> None:
    visma.location_host = "integration.example.com"

    location = client.create().headers["Location"]

    assert location == "https://integration.example.com/v1/employee/1001"


def test_an_update_changes_what_is_sent_and_clears_what_is_empty(client: VismaClient) -> None:
    client.create()

    changed = {
        "contact": {"middleName": {"value": ""}, "phone1": {"value": "+47 000 1"}},
        "branch": {"value": "2"},
    }
    answer = client.put("/v1/employee/1001", changed)

    row = client.get("/v1/employee/1001").json()
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["ETag"] == f'"{row["timeStamp"]}"'
    assert "midName" not in row["contact"]
    assert row["contact"]["phone1"] == "+47 000 1"
    assert row["contact"]["lastName"] == "Lie"
    assert (row["branch"]["number"], row["department"]) == ("2", "PROD")


def test_a_stale_version_is_refused_and_nothing_changes(client: VismaClient, visma: Visma) -> None:
    etag = client.create().headers["ETag"]
    visma.edit_employee("1001", department="SALES", **{"contact.phone1": "+47 000 2"})
    change = {"contact": {}, "department": {"value": "IT"}}

    assert client.put("/v1/employee/1001", change, etag).status_code == 412
    assert client.put("/v1/employee/1001", change, etag.strip('"')).status_code == 412
    assert visma.employee("1001")["department"] == "SALES"
    fresh = client.get("/v1/employee/1001").headers["ETag"]
    assert client.put("/v1/employee/1001", change, fresh).status_code == 204
    assert client.put("/v1/employee/1001", change, fresh).status_code == 412


@pytest.mark.parametrize(
    ("member", "words"),
    [
        ({"department": {"value": "NOPE"}}, "the field Department"),
        ({"branch": {"value": "9"}}, "the field Branch"),
        ({"employeeClass": {"value": "NOPE"}}, "the field EmployeeClass"),
        ({"calendar": {"value": "NOPE"}}, "the field Calendar"),
        ({"department": {"value": ""}}, "cannot be empty"),
        ({"employeeCd": {"value": "12345678901"}}, "does not fit"),
        ({"employeeCd": {"value": ""}}, "does not fit"),
        ({"address": {"countryId": {"value": "Norway"}}}, "the field Country"),
        ({"address": {"countryId": {"value": "no"}}}, "the field Country"),
        ({"status": {"value": "OnHold"}}, "is not one of"),
        ({"department": "PROD"}, "is not of type"),
        ({"department": {"value": None}}, "is not of type"),
        ({"address": None}, "is not of type"),
        ({"hireDate": {"value": "2025-06-02"}}, "were unexpected|was unexpected"),
        ({"contact": {"lastName": {"value": "Lie"}}}, "'email' is a required property"),
        ({"contact": {"lastName": {"value": ""}, "email": {"value": "x"}}}, "LastName"),
    ],
)
def test_a_create_is_refused_in_visma_words(
    client: VismaClient, visma: Visma, member: dict[str, Any], words: str
) -> None:
    answer = client.create(**member)

    message = answer.json()["message"]
    assert answer.status_code == 400
    assert message.startswith("VismaId: ")
    assert any(word in message for word in words.split("|"))
    assert visma.employees() == []
    assert not visma.journal[-1].applied


def test_a_missing_member_or_body_is_refused_and_journalled(
    client: VismaClient, visma: Visma
) -> None:
    body = new_employee("1001")
    del body["calendar"]

    assert client.post("/v1/employee", body).status_code == 400
    assert visma.journal[-1].contract_errors == ["body: 'calendar' is a required property"]
    answer = client.session.post(f"{visma.url}/v1/employee", data=b"{", timeout=5)
    assert answer.status_code == 400


def test_a_closed_branch_takes_nobody(client: VismaClient, visma: Visma) -> None:
    visma.set_branch_active("2", False)

    assert "inactive" in client.create(branch={"value": "2"}).json()["message"]
    visma.set_branch_active("2", True)
    assert client.create(branch={"value": "2"}).status_code == 201


@pytest.mark.parametrize("status", [400, 500])
def test_a_code_that_exists_is_refused(client: VismaClient, visma: Visma, status: int) -> None:
    client.create("ab1")
    visma.on_duplicate = status

    again = client.create("AB1 ")

    assert (again.status_code, list(again.json())) == (status, ["message"])
    assert len(visma.employees()) == 1


@pytest.mark.parametrize("status", [404, 400])
def test_an_unknown_code_is_missing(client: VismaClient, visma: Visma, status: int) -> None:
    visma.missing_status = status

    assert client.get("/v1/employee/77").status_code == status
    assert client.put("/v1/employee/77", {"contact": {}}).status_code == status


def test_an_update_needs_a_contact_and_where_asked_its_members(
    client: VismaClient, visma: Visma
) -> None:
    client.create()
    full = {"lastName": {"value": "Lie"}, "email": {"value": "k@example.no"}}

    assert client.put("/v1/employee/1001", {"status": {"value": "Inactive"}}).status_code == 400
    assert client.put("/v1/employee/1001", {"contact": {}}).status_code == 204
    visma.require_contact_members = True
    assert client.put("/v1/employee/1001", {"contact": {}}).status_code == 400
    assert client.put("/v1/employee/1001", {"contact": full}).status_code == 204


def test_one_employee_can_be_refused_until_accepted(client: VismaClient, visma: Visma) -> None:
    visma.refuse("1001", "Email", 500)

    refused = client.create()

    assert refused.status_code == 500
    assert "the field Email" in refused.json()["message"]
    assert client.create("1002").status_code == 201
    visma.accept("1001")
    assert client.create().status_code == 201


def test_a_lost_answer_was_applied_and_a_reset_was_not(client: VismaClient, visma: Visma) -> None:
    visma.faults.lose_answer(method="POST", path="/v1/employee", times=1)
    with pytest.raises(requests.ConnectionError):
        client.create("1001")

    lost = visma.journal[-1]
    assert (lost.status, lost.applied, lost.bytes_out) == (0, True, 0)
    visma.faults.reset(method="POST", times=1)
    with pytest.raises(requests.ConnectionError):
        client.create("1002")

    assert not visma.journal[-1].applied
    assert [row["employeeNumber"] for row in visma.employees()] == ["1001"]


def test_a_server_error_may_come_after_the_deed(client: VismaClient, visma: Visma) -> None:
    visma.faults.fail_after_apply(500, times=1)

    assert client.create().status_code == 500
    assert visma.journal[-1].applied
    assert visma.employee("1001")["status"] == "Active"


def test_the_employee_list_is_paged_with_metadata_in_every_item(
    client: VismaClient, visma: Visma
) -> None:
    for number in range(7):
        visma.add_employee(str(1001 + number))
    visma.max_page_size = 3

    pages = [
        client.get("/v1/employee", pageNumber=page, pageSize=100).json() for page in (1, 2, 3, 4)
    ]

    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert len(client.get("/v1/employee").json()) == 3
    metadata = {"totalCount": 7, "maxPageSize": 3}
    assert all(row["metadata"] == metadata for page in pages for row in page)
    assert {row["employeeNumber"] for page in pages for row in page} == {
        str(1001 + number) for number in range(7)
    }


def test_an_invented_search_is_ignored_and_everybody_comes(
    client: VismaClient, visma: Visma
) -> None:
    visma.add_employee("1001")
    visma.add_employee("1002")

    assert len(client.get("/v1/employee", email="no one@example.no").json()) == 2
    assert visma.journal[-1].contract_errors == ["unknown query parameter email"]


def test_a_delta_needs_bound_and_condition_without_a_zone(
    client: VismaClient, visma: Visma, clock: HandClock
) -> None:
    visma.add_employee("1001")
    clock.turn(minutes=30)
    visma.add_employee("1002")
    bound = {"lastModifiedDateTime": "2025-06-02 09:20:00"}
    both = {**bound, "lastModifiedDateTimeCondition": ">"}

    changed = client.get("/v1/employee", **both).json()

    assert [row["employeeNumber"] for row in changed] == ["1002"]
    assert client.get("/v1/employee", **bound).status_code == 400
    zoned = {**both, "lastModifiedDateTime": "2025-06-02T09:20:00Z"}
    assert client.get("/v1/employee", **zoned).status_code == 400


def test_a_key_with_a_slash_travels_in_base64(client: VismaClient, visma: Visma) -> None:
    visma.add_employee("A/1")
    coded = base64.urlsafe_b64encode(b"A/1").decode().rstrip("=")

    assert client.get(f"/v1/employee/b64({coded})").json()["employeeNumber"] == "A/1"
    assert client.get("/v1/employee/A%2F1").status_code == 200


def test_a_finance_user_can_act_over_http(client: VismaClient, visma: Visma) -> None:
    client.create()
    control = f"{visma.url}/_control"
    edit = {"code": "1001", "department": "SALES", "contact.phone1": "+47 000 3"}

    assert requests.post(f"{control}/edit_employee", json=edit, timeout=5).ok
    assert visma.employee("1001")["contact"]["phone1"] == "+47 000 3"
    wrong = {"code": "1001", "department": "NOPE"}
    assert requests.post(f"{control}/edit_employee", json=wrong, timeout=5).status_code == 400
    assert "add_cost_centre" in requests.get(f"{control}/", timeout=5).json()
