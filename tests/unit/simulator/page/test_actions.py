"""The buttons of the page: each does one thing to the fakes, or says why it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.simulator import Rippling, Visma, nordfab_rippling, nordfab_visma
from tests.simulator.clients import VismaClient, new_employee
from tests.simulator.nordfab import NORDFAB_MAPPING
from tests.simulator.page import Actions, open_laboratory
from tests.simulator.page.actions import FACTS


@pytest.fixture
def rippling() -> Iterator[Rippling]:
    with nordfab_rippling(people=24) as running:
        yield running


@pytest.fixture
def visma() -> Iterator[Visma]:
    with nordfab_visma(companies=2) as running:
        yield running


@pytest.fixture
def actions(rippling: Rippling, visma: Visma) -> Actions:
    return Actions(rippling, visma)


def _newest(rippling: Rippling) -> dict[str, Any]:
    return rippling.workers()[-1]


def _hired(actions: Actions) -> dict[str, Any]:
    actions.hire()
    return _newest(actions.rippling)


def _department(rippling: Rippling, worker: dict[str, Any]) -> str:
    worker = rippling.worker(worker["id"])
    return str(rippling.department(worker["department_id"])["name"])


def test_someone_is_hired_under_the_name_given(actions: Actions, rippling: Rippling) -> None:
    told = actions.hire(given_name=" Kari ", family_name="Nordmann", department="Finance")

    worker = _newest(rippling)
    name = rippling.user(worker["user_id"])["name"]
    assert (name["given_name"], name["family_name"]) == ("Kari", "Nordmann")
    assert (worker["status"], _department(rippling, worker)) == ("ACTIVE", "Finance")
    assert "Nordmann" in told
    assert str(worker["number"]) in told


def test_no_middle_name_is_invented_for_someone_who_was_given_a_name(
    actions: Actions, rippling: Rippling
) -> None:
    for _ in range(20):  # every seventh invented person has one
        actions.hire("Kari", "Nordmann")

        assert rippling.user(_newest(rippling)["user_id"])["display_name"] == "Kari Nordmann"


def test_someone_hired_without_a_name_gets_an_invented_one(
    actions: Actions, rippling: Rippling
) -> None:
    before = len(rippling.workers())

    actions.hire()

    assert len(rippling.workers()) == before + 1
    assert rippling.user(_newest(rippling)["user_id"])["name"]["family_name"]


def test_no_one_is_hired_into_a_department_that_does_not_exist(
    actions: Actions, rippling: Rippling
) -> None:
    before = rippling.workers()

    with pytest.raises(ValueError, match="no department 'Shipping'"):
        actions.hire(department="Shipping")

    assert rippling.workers() == before


def test_a_person_is_moved_once(actions: Actions, rippling: Rippling) -> None:
    worker = _hired(actions)

    actions.move(worker["id"], "Finance")

    assert _department(rippling, worker) == "Finance"
    with pytest.raises(ValueError, match="is in Finance already"):
        actions.move(worker["id"], "Finance")


def test_a_person_leaves_today_and_comes_back_as_the_same_person(
    actions: Actions, rippling: Rippling
) -> None:
    worker = _hired(actions)

    actions.terminate(worker["id"])
    assert rippling.worker(worker["id"])["status"] == "TERMINATED"
    actions.rehire(worker["id"])

    again = _newest(rippling)
    assert again["id"] != worker["id"]
    assert (again["user_id"], again["status"]) == (worker["user_id"], "ACTIVE")


def test_who_has_left_is_neither_moved_nor_terminated(actions: Actions) -> None:
    worker = _hired(actions)
    actions.terminate(worker["id"])

    with pytest.raises(ValueError, match="has left; rehire them first"):
        actions.terminate(worker["id"])
    with pytest.raises(ValueError, match="has left; rehire them first"):
        actions.move(worker["id"], "Finance")


def test_who_works_here_is_not_rehired_under_either_worker(
    actions: Actions, rippling: Rippling
) -> None:
    worker = _hired(actions)
    with pytest.raises(ValueError, match="terminate them first"):
        actions.rehire(worker["id"])
    actions.terminate(worker["id"])
    actions.rehire(worker["id"])
    before = len(rippling.workers())

    with pytest.raises(ValueError, match="terminate them first"):
        actions.rehire(worker["id"])

    assert len(rippling.workers()) == before


@pytest.mark.parametrize("name", ["move", "terminate", "rehire", "refuse"])
def test_a_button_about_a_person_wants_one(actions: Actions, name: str) -> None:
    with pytest.raises(ValueError, match="Select someone"):
        actions.all()[name]()
    with pytest.raises(ValueError, match="no longer in Rippling"):
        actions.all()[name](worker="not-an-id")


def test_a_department_gets_a_name_that_is_free(actions: Actions, rippling: Rippling) -> None:
    actions.rename_department("Sales", " Revenue ")

    assert rippling.department("Revenue")
    with pytest.raises(ValueError, match="a department Finance already"):
        actions.rename_department("Revenue", "Finance")
    with pytest.raises(ValueError, match="what the department is to be called"):
        actions.rename_department("Revenue", "  ")
    with pytest.raises(ValueError, match="no department 'Sales'"):
        actions.rename_department("Sales", "Anything")


def test_the_token_loses_a_right_and_gets_it_back(actions: Actions, rippling: Rippling) -> None:
    for fact in FACTS:
        actions.hide(fact)
    assert rippling.redact == set(FACTS)

    actions.show()

    assert not rippling.redact
    with pytest.raises(ValueError, match="not of 'shoe_size'"):
        actions.hide("shoe_size")


def test_a_cost_centre_is_added_and_a_department_booked_to_it(
    actions: Actions, rippling: Rippling, visma: Visma
) -> None:
    open_laboratory(rippling, visma, "")
    company = visma.company("norway")

    actions.add_cost_centre("710", "Laboratory", "lab")

    assert company.cost_centres.values["710"].description == "Laboratory"
    assert company.departments["LAB"].subaccount.startswith("710")
    assert "710" not in visma.company("sweden").cost_centres.values


def test_a_cost_centre_that_cannot_be_is_refused_in_words(actions: Actions, visma: Visma) -> None:
    actions.add_cost_centre("710")

    for value, department, why in [
        ("710", "", "a cost centre 710 already"),
        ("", "", "which cost centre"),
        ("720", "NOWHERE", "no department NOWHERE"),
        ("7200", "", "longer than 3"),
    ]:
        with pytest.raises(ValueError, match=why):
            actions.add_cost_centre(value, "", department)
    assert not {"720", "7200"} & set(visma.company().cost_centres.values)


def test_visma_refuses_one_person_until_it_is_healed(actions: Actions, visma: Visma) -> None:
    worker = _hired(actions)
    client = VismaClient(visma)
    other = new_employee("9000")

    actions.refuse(worker["id"])

    assert client.post("/v1/employee", new_employee(str(worker["number"]))).status_code == 400
    assert client.post("/v1/employee", other).status_code == 201
    assert actions.troubles() == [f"refuses {worker['number']}"]
    actions.heal()
    assert client.post("/v1/employee", new_employee(str(worker["number"]))).status_code == 201
    assert not actions.troubles()


def test_who_has_an_employee_is_refused_by_the_code_of_that_employee(
    actions: Actions, visma: Visma
) -> None:
    worker = _hired(actions)
    visma.add_employee("OLD7", **{"contact.email": worker["work_email"].upper()})

    actions.refuse(worker["id"])

    assert ("norway", "OLD7") in actions.refused


def test_a_broken_visma_answers_503_until_it_is_healed(actions: Actions, visma: Visma) -> None:
    client = VismaClient(visma)
    actions.break_visma()
    actions.break_visma()

    assert client.get("/v1/department").status_code == 503
    assert actions.troubles() == ["down: 503 to everything"]
    actions.heal()
    assert client.get("/v1/department").status_code == 200
    assert not actions.troubles()


def test_a_lost_answer_is_of_a_write_that_was_done(actions: Actions, visma: Visma) -> None:
    client = VismaClient(visma)
    actions.lose_answers()
    actions.lose_answers()

    with pytest.raises(requests.ConnectionError):
        client.post("/v1/employee", new_employee("9000"))

    assert visma.employee("9000")
    assert client.get("/v1/department").status_code == 200
    assert actions.troubles() == ["answers get lost"]
    actions.heal()
    assert client.post("/v1/employee", new_employee("9001")).status_code == 201


def test_a_fault_ordered_elsewhere_is_shown_until_it_is_spent(
    actions: Actions, visma: Visma
) -> None:
    visma.faults.fail(503, path="/v1/.*", times=1)
    assert actions.troubles() == ["down: 503 to everything"]

    VismaClient(visma).get("/v1/department")

    assert not actions.troubles()


def test_the_laboratory_is_on_both_sides_and_in_the_mapping_without_its_cost_centre(
    rippling: Rippling, visma: Visma
) -> None:
    mapping = open_laboratory(rippling, visma, NORDFAB_MAPPING)

    assert rippling.department("Laboratory")
    assert visma.company().departments["LAB"].subaccount == ""
    assert '{rippling: Laboratory, department: LAB, cost_centre: "710"}' in mapping
    assert mapping.count("Laboratory") == 1
