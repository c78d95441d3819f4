"""The verbs of the simulated HR department do what Rippling would show, and Nordfab is whole."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from tests.simulator import Rippling, nordfab_rippling

NOW = datetime(2025, 6, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def rippling() -> Rippling:
    return nordfab_rippling(clock=lambda: NOW, people=24)


def test_a_hire_today_is_active_and_one_ahead_is_accepted(rippling: Rippling) -> None:
    today = rippling.hire({"given_name": "Ada", "mobile": "+47 000 11111"}, department="Sales")
    ahead = rippling.hire(start_date=date(2025, 6, 20), annual_salary=700_000)

    assert (today["status"], today["number"]) == ("ACTIVE", 1025)
    assert (ahead["status"], ahead["start_date"]) == ("ACCEPTED", "2025-06-20")
    assert rippling.user(today["user_id"])["name"]["given_name"] == "Ada"
    assert rippling.turn_day("2025-06-20") == [ahead["id"]]
    assert rippling.worker(ahead["id"])["status"] == "ACTIVE"


def test_a_termination_ahead_waits_for_its_day(rippling: Rippling) -> None:
    first, second = (rippling.hire()["id"], rippling.hire()["id"])

    assert rippling.terminate(first, "2025-06-01")["status"] == "TERMINATED"
    assert rippling.terminate(second, "2025-06-30", "RETIREMENT")["status"] == "ACTIVE"

    rippling.turn_day("2025-06-30")
    ended = rippling.worker(second)
    assert ended["status"] == "TERMINATED"
    assert ended["termination_details"]["type"] == "RETIREMENT"


def test_a_rehire_is_a_new_worker_of_the_same_user(rippling: Rippling) -> None:
    old = rippling.hire(department="Sales", start_date="2020-01-01")
    rippling.terminate(old["id"], "2022-01-01")

    new = rippling.rehire(old["user_id"], "2025-06-02", department="Finance")

    assert new["id"] != old["id"]
    assert new["number"] == old["number"] + 1
    assert (new["user_id"], new["status"]) == (old["user_id"], "ACTIVE")
    assert new["original_start_date"] == "2020-01-01"
    assert new["department_id"] == rippling.department("Finance")["id"]
    assert rippling.worker(old["id"])["status"] == "TERMINATED"


def test_a_reactivation_reopens_the_same_worker(rippling: Rippling) -> None:
    worker = rippling.hire()
    rippling.terminate(worker["id"], "2025-06-01")

    again = rippling.reactivate(worker["id"])

    assert (again["status"], again["end_date"]) == ("ACTIVE", None)
    assert again["termination_details"] is None


def test_verbs_move_the_stamp_and_no_two_stamps_tie(rippling: Rippling) -> None:
    worker = rippling.workers()[0]["id"]

    stamps = [
        rippling.move(worker, department="Sales")["updated_at"],
        rippling.relocate(worker, location="Bergen")["updated_at"],
        rippling.change_employment_type(worker, "Hourly temp")["updated_at"],
        rippling.change(worker, title="Lead", annual_salary=1)["updated_at"],
    ]

    assert sorted(set(stamps)) == stamps


def test_a_silent_change_and_changes_elsewhere_leave_the_stamp_alone(rippling: Rippling) -> None:
    worker = rippling.workers()[0]
    department = next(
        row for row in rippling.rows("departments") if row["id"] == worker["department_id"]
    )

    rippling.change(worker["id"], title="Quiet", silent=True)
    rippling.change_user(worker["user_id"], family_name="Ny", mobile="+47 000 22222")
    rippling.rename_department(department["name"], "Renamed")

    now = rippling.worker(worker["id"])
    assert now["updated_at"] == worker["updated_at"]
    assert now["title"] == "Quiet"
    assert rippling.department("Renamed")["id"] == department["id"]
    user = rippling.user(worker["user_id"])
    assert user["name"]["family_name"] == "Ny"
    assert {"value": "+47 000 22222", "type": "MOBILE", "display": "+47 000 22222"} in user[
        "phone_numbers"
    ]


def test_a_word_that_nobody_knows_is_an_error(rippling: Rippling) -> None:
    worker = rippling.workers()[0]["id"]

    with pytest.raises(ValueError, match="salery"):
        rippling.change(worker, salery=1)
    with pytest.raises(KeyError, match="Nowhere"):
        rippling.move(worker, "Nowhere")
    with pytest.raises(ValueError, match="shoe_size"):
        rippling.hire({"shoe_size": 44})


def test_a_seed_always_gives_the_same_company() -> None:
    first, again, other = (nordfab_rippling(people=60, seed=seed) for seed in (7, 7, 8))

    assert first.workers() == again.workers()
    assert first.rows("users") == again.rows("users")
    assert first.rows("users") != other.rows("users")


def test_nordfab_has_all_that_a_nordic_manufacturer_has() -> None:
    one, two = nordfab_rippling(), nordfab_rippling(companies=2)
    workers = one.workers()
    kinds = {row["id"]: row["type"] for row in one.rows("employment-types")}

    assert [worker["number"] for worker in workers] == list(range(1001, 1241))
    statuses = [worker["status"] for worker in workers]
    assert statuses.count("ACTIVE") > 200
    assert statuses.count("TERMINATED") > 5
    assert sum(kinds[worker["employment_type_id"]] == "CONTRACTOR" for worker in workers) > 2
    assert {worker["country"] for worker in two.workers()} == {"NO", "SE"}
    assert one.department("Management")["reference_code"] == "MGMT"
    assert "@example." in json.dumps(one.rows("users"))
