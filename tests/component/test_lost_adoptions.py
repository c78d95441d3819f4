"""An adoption that died before it was told: nobody has created the employee, and no row says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connector.services.operate.identity import Identity
from tests.support.crash import dying, starts_cold
from tests.support.loaded import a_loaded_world
from tests.support.world import World

EMPLOYEE = "/v1/employee.*"


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=12, companies=2) as world:
        yield world


def entered_again(world: World, **changes: Any) -> dict[str, Any]:
    """Someone who is another person in Rippling now, and whom the writer has asked about."""
    worker = world.hire(legal_entity="Nordfab AS", **changes)
    world.settle()
    again: dict[str, Any] = world.rippling.enter_again(worker["id"])
    assert world.settle() == {"rejected": 1}
    assert "same person?" in world.audit_of(again["user_id"])[-1]["reason"]
    return again


def adopts(world: World, worker: dict[str, Any]) -> dict[str, Any]:
    who = {"person": worker["user_id"], "code": str(worker["number"]), "company": "norway"}
    return world.operator.dispatch({"verb": "adopt", "operator": "kari", **who})


def dies_adopting(world: World, worker: dict[str, Any]) -> None:
    """The operator says `adopt`, and the function dies once the code is the person's."""
    with dying(Identity, "_row", at=_tells_of_the_adoption):
        adopts(world, worker)
    starts_cold(world)
    intent = world.tables.persons[worker["user_id"]].intent
    assert intent is not None
    assert (intent.proof, intent.differences) == ("", ())


def _tells_of_the_adoption(_: Identity, __: Any, ___: Any, message: str, *____: str) -> bool:
    return message.startswith("Adopted")


def swept(world: World) -> None:
    world.tick(full_sweep=True)
    world.drain()


def rows_since_the_question(world: World, worker: dict[str, Any]) -> list[tuple[str, str]]:
    return [(row["outcome"], row["kind"]) for row in world.audit_of(worker["user_id"])[1:]]


def test_an_adoption_that_died_is_told_as_one_and_not_as_a_create(world: World) -> None:
    again = entered_again(world)
    dies_adopting(world, again)

    swept(world)

    assert rows_since_the_question(world, again) == [("unchanged", "adoption")]
    (row,) = world.audit_of(again["user_id"])[1:]
    assert row["employee_code"] == str(again["number"])
    assert "Created" not in row["message"]


def test_what_is_written_after_an_adoption_that_died_is_told_as_an_update(world: World) -> None:
    again = entered_again(world)
    dies_adopting(world, again)
    world.rippling.move(again["id"], "Finance")

    swept(world)

    assert rows_since_the_question(world, again) == [("updated", "adoption")]
    assert world.employee_of(again)["department"] == "FIN"


def test_a_private_address_proves_nothing_after_an_adoption_that_died(world: World) -> None:
    """A family may share it."""
    text = world.mapping_text
    world.edit_mapping(text.replace("norway:\n", "norway:\n    email: work_or_personal\n", 1))
    again = entered_again(world)
    dies_adopting(world, again)
    private = again["personal_email"]
    world.rippling.change(again["id"], work_email=None)
    world.visma.edit_employee(str(again["number"]), **{"contact.email": private})
    before = world.employee_of(again)

    swept(world)

    assert [outcome for outcome, _ in rows_since_the_question(world, again)] == ["rejected"]
    assert world.employee_of(again) == before
    assert adopts(world, again)["queued"] == 1, "the operator's word is what counts"


def test_an_adoption_is_no_create_where_visma_shows_no_version(world: World) -> None:
    world.visma.shows_version = "nowhere"
    worker = world.hire(legal_entity="Nordfab AS")
    theirs = {"department": "FIN", "contact.email": worker["work_email"]}
    world.visma.add_employee(str(worker["number"]), company="norway", **theirs)
    world.visma.faults.lose_answer(method="PUT", path=EMPLOYEE, times=1)

    world.settle()

    kinds = [(row["outcome"], row["kind"]) for row in world.audit_of(worker["user_id"])]
    assert kinds[0] == ("updated", "adoption")
    assert not [kind for kind in kinds if kind[0] == "created"]
