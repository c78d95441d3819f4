"""What the simulators can do to a connector: late writes, renamed and removed things, merges."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from tests.simulator import Rippling, Visma, nordfab_rippling, nordfab_visma
from tests.simulator.clients import VismaClient, new_employee


@pytest.fixture
def rippling() -> Iterator[Rippling]:
    with nordfab_rippling(people=6) as running:
        yield running


@pytest.fixture
def visma() -> Iterator[Visma]:
    with nordfab_visma() as running:
        yield running


def test_a_late_write_gets_no_answer_and_is_applied_when_it_lands(visma: Visma) -> None:
    client = VismaClient(visma)
    visma.faults.late(method="POST", path="/v1/employee", times=1)

    with pytest.raises(requests.ConnectionError):
        client.post("/v1/employee", new_employee("4711"))

    assert visma.employees() == []
    assert visma.land() == 1
    assert visma.employee("4711")["employeeNumber"] == "4711"
    assert visma.land() == 0


def test_a_removed_employee_is_gone_and_its_internal_id_is_never_given_again(visma: Visma) -> None:
    visma.add_employee("1")
    removed = visma.add_employee("2")["employeeId"]

    visma.remove_employee("2")

    with pytest.raises(KeyError):
        visma.employee("2")
    assert visma.add_employee("2")["employeeId"] > removed


def test_a_renumbered_employee_keeps_its_id_and_frees_its_code(visma: Visma) -> None:
    before = visma.add_employee("1")["employeeId"]

    assert visma.renumber_employee("1", "9")["employeeId"] == before

    assert visma.add_employee("1")["employeeId"] != before


@pytest.mark.parametrize(
    ("table", "member", "verb"),
    [
        ("work-locations", "name", "rename_location"),
        ("legal-entities", "legal_name", "rename_legal_entity"),
        ("employment-types", "label", "rename_employment_type"),
        ("departments", "name", "rename_department"),
    ],
)
def test_a_rename_keeps_the_id_and_moves_no_workers_stamp(
    rippling: Rippling, table: str, member: str, verb: str
) -> None:
    before = rippling.rows(table)[0]
    stamps = {worker["id"]: worker["updated_at"] for worker in rippling.workers()}

    getattr(rippling, verb)(before[member], "Another name")

    (after,) = (row for row in rippling.rows(table) if row["id"] == before["id"])
    assert after == {**before, member: "Another name", "updated_at": after["updated_at"]}
    assert {worker["id"]: worker["updated_at"] for worker in rippling.workers()} == stamps


def test_a_person_entered_again_has_new_ids_and_the_same_number_and_address(
    rippling: Rippling,
) -> None:
    before = rippling.workers()[0]

    after = rippling.enter_again(before["id"])

    assert after["id"] != before["id"]
    assert after["user_id"] != before["user_id"]
    assert (after["number"], after["work_email"]) == (before["number"], before["work_email"])
    assert before["id"] not in {worker["id"] for worker in rippling.workers()}
    assert rippling.user(after["user_id"])["name"] is not None
