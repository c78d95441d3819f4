"""The fake Platform API shows the same company as strictly, and as little, as the facts say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from tests.simulator import Contract, Rippling, RipplingPlatform, nordfab_rippling
from tests.simulator.rippling import DEMO_TOKEN
from tests.simulator.rippling_platform import CONTRACT, LISTS

NOW = datetime(2025, 6, 2, 9, 0, tzinfo=UTC)
EVERYONE = "/employees/include_terminated"
Get = Callable[..., requests.Response]


@pytest.fixture
def rippling() -> Rippling:
    return nordfab_rippling(clock=lambda: NOW, people=120)


@pytest.fixture
def platform(rippling: Rippling) -> Iterator[RipplingPlatform]:
    with RipplingPlatform(rippling) as running:
        yield running


@pytest.fixture
def get(platform: RipplingPlatform) -> Get:
    def get(path: str, **query: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {DEMO_TOKEN}"}
        return requests.get(platform.url + path, params=query, headers=headers, timeout=5)

    return get


@pytest.mark.parametrize("path", ["/employees", EVERYONE, *(f"/{name}" for name in LISTS)])
def test_every_list_is_a_bare_array_that_keeps_to_the_contract(
    get: Get, rippling: Rippling, path: str
) -> None:
    rippling.add_custom_field("Cost centre")
    rippling.set_custom_field(rippling.workers()[0]["id"], "Cost centre", "200")
    rippling.relocate(rippling.workers()[1]["id"], "REMOTE")

    answer = get(path)

    assert answer.json()
    assert Contract(CONTRACT).check_answer("GET", path, 200, answer.json()) == []


def test_one_employee_and_the_company_keep_to_the_contract(get: Get, rippling: Rippling) -> None:
    for path in (f"/employees/{rippling.workers()[0]['id']}", "/companies/current"):
        assert Contract(CONTRACT).check_answer("GET", path, 200, get(path).json()) == []


def test_a_wrong_token_is_refused_and_a_rotated_one_is_not(
    platform: RipplingPlatform, get: Get, rippling: Rippling
) -> None:
    rippling.revoke_token(DEMO_TOKEN)

    assert get("/departments").status_code == 401


def test_an_unknown_employee_is_not_found_in_json_and_an_unknown_path_in_html(get: Get) -> None:
    assert get("/employees/" + "0" * 24).json() == {"detail": "Not found."}
    assert "Not Found!" in get("/workers/").text


def test_pages_are_cut_by_limit_and_offset_and_end_with_an_empty_one(get: Get) -> None:
    whole = [row["id"] for row in get(EVERYONE, limit=100).json()]

    assert [row["id"] for row in get(EVERYONE, limit=10, offset=95).json()][:5] == whole[95:]
    assert len(get(EVERYONE, limit=100, offset=100).json()) == 20
    assert get(EVERYONE, offset=120).json() == []


@pytest.mark.parametrize("wrong", [{"limit": "101"}, {"limit": "0"}, {"offset": "-1"}])
def test_paging_of_the_wrong_form_is_refused(get: Get, wrong: dict[str, str]) -> None:
    assert get(EVERYONE, **wrong).status_code == 400


def test_access_rules_hide_people_unless_all_roles_are_asked_for(
    platform: RipplingPlatform, get: Get, rippling: Rippling
) -> None:
    hidden = rippling.numbered(1001)["id"]
    platform.hidden = {hidden}

    def shown(path: str, **query: str) -> set[str]:
        return {row["id"] for row in get(path, **query).json()}

    assert hidden not in shown(EVERYONE)
    assert hidden in shown(EVERYONE, send_all_roles="true")
    assert hidden not in shown("/employees", send_all_roles="true")


def test_the_terminated_are_in_one_list_only(get: Get, rippling: Rippling) -> None:
    rippling.terminate(rippling.numbered(1001)["id"], "2025-05-31")

    states = {row["roleState"] for row in get("/employees").json()}

    assert states == {"ACTIVE"}
    assert "TERMINATED" in {row["roleState"] for row in get(EVERYONE).json()}


def test_what_the_scopes_leave_out_is_absent_and_not_null(
    platform: RipplingPlatform, get: Get
) -> None:
    platform.withhold(["departmentId"])
    (row,) = get(EVERYONE, limit=1).json()
    platform.show_everything()
    (whole,) = get(EVERYONE, limit=1).json()

    assert "departmentId" not in row
    assert whole["departmentId"]


def test_money_is_text_with_two_decimals_and_stamps_have_no_colon(
    get: Get, rippling: Rippling
) -> None:
    worker = rippling.hire(
        employment_type="Hourly temp", hourly_wage=214.5, at="2025-06-02T08:00:00"
    )

    row = get(f"/employees/{worker['id']}").json()

    assert row["employmentType"] == "TEMP"
    assert (row["compensation"]["salaryPerUnit"], row["compensation"]["salaryUnit"]) == (
        "214.50",
        "HOUR",
    )
    assert row["updatedAt"] == "2025-06-02T08:00:00+0000"


def test_rows_can_be_made_to_shift_between_two_pages(
    platform: RipplingPlatform, get: Get, rippling: Rippling
) -> None:
    first = get(EVERYONE, limit=1).json()[0]["id"]
    platform.between_pages.append(lambda: rippling.remove(first))

    assert get(EVERYONE, limit=1).json()[0]["id"] == first
    assert get(EVERYONE, limit=1).json()[0]["id"] != first


def test_a_parameter_that_the_contract_does_not_know_is_noted(
    platform: RipplingPlatform, get: Get
) -> None:
    assert get(EVERYONE, updated_at="2025-01-01").status_code == 200
    assert platform.journal[-1].contract_errors == ["unknown query parameter updated_at"]
