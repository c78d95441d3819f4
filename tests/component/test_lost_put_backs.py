"""What finance has edited is put back, and the writer dies before it can say so: the audit tells.

The ledger has the employee then as it is in Visma, so only the intent knows what was otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from connector.adapters.memory import InMemoryLedger
from connector.adapters.rehearsal import RehearsalLedger, RehearsalTargets
from connector.bootstrap import services
from connector.domain.records.ledger import Intent
from connector.services.apply.applier import Applier
from tests.support.crash import dies_untold
from tests.support.loaded import a_loaded_world
from tests.support.world import World, a_world

EMPLOYEE = "/v1/employee.*"


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=12, companies=2) as world:
        yield world


def crashes(world: World, *, after: int = 0) -> None:
    """The writer dies untold, at the end of one company `after` so many others.

    The message is delivered once more only when its visibility has run out: later, by `drain`.
    """
    taken = list(world.queue.changes)
    dies_untold(world, after=after)
    world.queue.changes[:] = taken


@pytest.fixture
def worker(world: World) -> dict[str, Any]:
    """Someone whose department and phone finance had changed, and who was put right untold."""
    worker: dict[str, Any] = world.hire(legal_entity="Nordfab AS")
    world.settle()
    edited(world, worker)
    world.tick(full_sweep=True)
    crashes(world)
    assert world.employee_of(worker)["department"] == "SALES"
    assert len(rows_of(world, worker)) == 1
    return worker


def edited(world: World, worker: dict[str, Any], department: str = "FIN") -> None:
    """What finance does by hand."""
    address = {"contact.lastName": "Finans"}
    world.visma.edit_employee(str(worker["number"]), department=department, **address)


def rows_of(world: World, worker: dict[str, Any]) -> list[dict[str, Any]]:
    return world.audit_of(worker["user_id"])


def outcomes(world: World, worker: dict[str, Any]) -> list[tuple[str, str]]:
    return [(row["outcome"], row["company"]) for row in rows_of(world, worker)]


def intent_of(world: World, worker: dict[str, Any]) -> Intent:
    intent = world.tables.persons[worker["user_id"]].intent
    assert intent is not None
    return intent


def told(row: dict[str, Any]) -> list[str]:
    return [each["field"] for each in row["differences"]]


def the_department(row: dict[str, Any]) -> tuple[str, str]:
    (found,) = (each for each in row["differences"] if each["field"] == "department")
    return found["before"], found["after"]


def test_an_edit_that_was_put_back_untold_is_told_with_what_it_was(
    world: World, worker: dict[str, Any]
) -> None:
    assert world.drain() == {"updated": 1}

    row = rows_of(world, worker)[1]
    assert "the answer to the write had been lost; Visma was found as desired" in row["reason"]
    assert (row["outcome"], row["kind"], row["cause"]) == ("updated", "correction", "drift")
    assert told(row) == ["department", "contact.last_name"]
    assert the_department(row) == ("FIN", "SALES")
    assert "Finans" not in str(row)
    assert len(rows_of(world, worker)) == 2
    assert world.tables.persons[worker["user_id"]].intent is None


def leaves(world: World, worker: dict[str, Any]) -> None:
    world.rippling.terminate(worker["id"], "2026-11-20")


def becomes_a_contractor(world: World, worker: dict[str, Any]) -> None:
    world.rippling.change_employment_type(worker["id"], "Contractor")


def goes_to_sweden(world: World, worker: dict[str, Any]) -> None:
    world.rippling.change(worker["id"], legal_entity="Nordfab AB")


def waits_for_a_department(world: World, worker: dict[str, Any]) -> None:
    world.rippling.add_department("Robotics")
    world.rippling.move(worker["id"], "Robotics")


def moves(world: World, worker: dict[str, Any]) -> None:
    world.rippling.move(worker["id"], "Finance")


@pytest.mark.parametrize(
    ("happen", "then"),
    [
        (leaves, [("deactivated", "norway")]),
        (becomes_a_contractor, [("out_of_scope", "norway")]),
        (moves, [("updated", "norway")]),
        (goes_to_sweden, [("deactivated", "norway"), ("created", "sweden")]),
        (waits_for_a_department, [("waiting", "norway")]),
    ],
)
def test_what_was_put_back_is_told_before_whatever_is_done_instead(
    world: World,
    worker: dict[str, Any],
    happen: Callable[[World, dict[str, Any]], None],
    then: list[tuple[str, str]],
) -> None:
    happen(world, worker)
    world.drain()

    assert outcomes(world, worker)[1:] == [("updated", "norway"), *then]
    row = rows_of(world, worker)[1]
    assert "the answer to an earlier write had been lost" in row["reason"]
    assert the_department(row) == ("FIN", "SALES")


def test_what_finance_has_edited_again_since_is_told_as_not_certain(
    world: World, worker: dict[str, Any]
) -> None:
    edited(world, worker)
    world.drain()

    _, lost, put_back = rows_of(world, worker)
    assert "whether it was written is not certain" in lost["reason"]
    assert (the_department(lost), the_department(put_back)) == (("FIN", "SALES"),) * 2
    assert "not certain" not in put_back["message"]


def test_of_what_finance_has_edited_again_in_part_that_part_is_named(
    world: World, worker: dict[str, Any]
) -> None:
    world.visma.edit_employee(str(worker["number"]), department="FIN")
    world.drain()

    _, lost, put_back = rows_of(world, worker)
    assert "not certain, as Visma has something else by now: department" in lost["reason"]
    assert told(lost) == ["department", "contact.last_name"]
    assert told(put_back) == ["department"]


def test_an_employee_that_is_gone_by_then_had_been_written_all_the_same(
    world: World, worker: dict[str, Any]
) -> None:
    world.visma.remove_employee(str(worker["number"]))
    world.drain()

    assert outcomes(world, worker)[1:] == [("updated", "norway"), ("rejected", "norway")]
    reason = rows_of(world, worker)[1]["reason"]
    assert "Visma has no such employee of this person any more" in reason


def test_a_put_back_that_never_arrived_is_told_once(world: World) -> None:
    worker = world.hire(legal_entity="Nordfab AS")
    world.settle()
    edited(world, worker)
    world.visma.faults.reset(times=1, method="PUT", path=EMPLOYEE)
    world.tick(full_sweep=True)
    world.drain()

    assert outcomes(world, worker) == [("created", "norway"), ("updated", "norway")]
    assert "lost" not in rows_of(world, worker)[1].get("reason", "")


def test_a_write_that_visma_refuses_for_its_version_leaves_nothing_to_tell(world: World) -> None:
    worker = world.hire(legal_entity="Nordfab AS")
    world.settle()
    world.rippling.move(worker["id"], "Finance")
    edited(world, worker, "MGMT")  # the ledger does not know: the write is refused, and made again
    world.settle()

    assert outcomes(world, worker) == [("created", "norway"), ("updated", "norway")]
    assert the_department(rows_of(world, worker)[1]) == ("MGMT", "FIN")


def test_an_intent_of_the_version_before_is_told_by_comparison(
    world: World, worker: dict[str, Any]
) -> None:
    person = world.tables.persons[worker["user_id"]]
    before = replace(intent_of(world, worker), differences=None, etag=None)
    world.tables.persons[worker["user_id"]] = replace(person, intent=before)
    world.visma.edit_employee(str(worker["number"]), department="FIN")
    becomes_a_contractor(world, worker)
    world.drain()

    assert outcomes(world, worker)[1:] == [("updated", "norway"), ("out_of_scope", "norway")]
    assert the_department(rows_of(world, worker)[1]) == ("SALES", "FIN")


def test_a_company_that_shows_no_version_is_told_of_as_far_as_it_shows_the_values(
    world: World, worker: dict[str, Any]
) -> None:
    person = world.tables.persons[worker["user_id"]]
    unversioned = replace(intent_of(world, worker), etag=None)
    world.tables.persons[worker["user_id"]] = replace(person, intent=unversioned)
    becomes_a_contractor(world, worker)
    world.drain()

    assert outcomes(world, worker)[1:] == [("updated", "norway"), ("out_of_scope", "norway")]


def test_whoever_has_to_leave_another_company_first_loses_no_intent(
    world: World, worker: dict[str, Any]
) -> None:
    """Even where nobody is active there, to look is an outcome, and ends what was begun."""
    goes_to_sweden(world, worker)
    world.drain()
    world.settle()
    before = len(rows_of(world, worker))
    world.visma.edit_employee(str(worker["number"]), company="sweden", department="FIN")
    world.tick(full_sweep=True)
    crashes(world, after=1)
    assert intent_of(world, worker).company == "sweden"
    world.drain()

    lost, *others = [row for row in rows_of(world, worker)[before:] if "differences" in row]
    assert (lost["company"], the_department(lost), others) == ("sweden", ("FIN", "SALES"), [])
    assert "had been lost" in lost["reason"]


def test_a_rename_does_not_take_the_place_of_a_write_that_is_told_nowhere(
    world: World, worker: dict[str, Any]
) -> None:
    before, person = intent_of(world, worker), worker["user_id"]
    wanted = {"person": person, "code": "7001", "company": "norway"}
    (problem,) = asks(world, "rename", **wanted)["problems"]
    assert "employee 1013 in norway has no known end yet" in problem
    assert intent_of(world, worker) == before

    world.drain()
    assert asks(world, "rename", **wanted)["code"] == "7001"


@pytest.mark.parametrize("verb", ["adopt", "rename", "erase"])
def test_nothing_takes_the_place_of_a_write_that_the_version_before_has_begun(
    world: World, worker: dict[str, Any], verb: str
) -> None:
    """It did not say what it writes, and may have written anything."""
    person = world.tables.persons[worker["user_id"]]
    before = replace(intent_of(world, worker), differences=None, etag=None)
    world.tables.persons[worker["user_id"]] = replace(person, intent=before)
    world.visma.add_employee("7001", company="norway")
    world.visma.remove_employee(str(worker["number"]), company="norway")

    asked = {"person": worker["user_id"]}
    company = {} if verb == "erase" else {"code": "7001", "company": "norway"}
    problems = asks(world, verb, **asked, **company)["problems"]

    told = "employee 1013 in norway has no known end yet"
    assert len([each for each in problems if told in each and "connector sync" in each]) == 1
    assert intent_of(world, worker) == before


def test_an_adoption_does_not_take_the_place_of_a_create_that_is_told_nowhere(world: World) -> None:
    worker = world.hire(legal_entity="Nordfab AS")
    world.tick()
    crashes(world)
    before = intent_of(world, worker)
    world.visma.add_employee("7001", company="norway")

    wanted = {"person": worker["user_id"], "code": "7001", "company": "norway"}
    answer = asks(world, "adopt", **wanted)

    assert "has no known end yet" in str(answer.get("problems"))
    assert intent_of(world, worker) == before


def rehearses(world: World) -> Applier:
    """The writer while the connector rehearses, over the same tables."""
    live = InMemoryLedger(world.clock, world.tables, key=world.key, planned=True)
    adapters = replace(
        world.adapters, ledger=RehearsalLedger(live), targets=RehearsalTargets(world.targets)
    )
    return services.applier(adapters, world.options, believed_seconds=0)


@pytest.mark.parametrize("happen", [becomes_a_contractor, moves])
def test_a_rehearsal_leaves_it_to_the_live_connector_to_tell(
    world: World, worker: dict[str, Any], happen: Callable[[World, dict[str, Any]], None]
) -> None:
    happen(world, worker)
    before = intent_of(world, worker)
    rehearses(world).apply(world.queue.changes[0])
    assert all(row["planned"] for row in rows_of(world, worker)[1:])
    assert intent_of(world, worker) == before
    world.drain()

    (lost,) = (
        row
        for row in rows_of(world, worker)[1:]
        if "planned" not in row and "lost" in row["message"]
    )
    assert the_department(lost) == ("FIN", "SALES")


def test_a_plan_foretells_somebody_of_whom_a_write_is_told_nowhere(
    world: World, worker: dict[str, Any]
) -> None:
    moves(world, worker)

    answer = asks(world, "explain", person=str(worker["number"]))

    assert "RecursionError" not in str(answer)
    assert "SALES -> FIN" in str(answer)


# A rejection.


def asks(world: World, verb: str, **whom: Any) -> Any:
    return world.operator.dispatch({"verb": verb, **whom})


def held(world: World) -> dict[str, Any]:
    """Someone whose move is held among many."""
    for each in world.rippling.workers():
        world.rippling.move(each["id"], "Management")
    world.settle()
    numbers = {row["employee_code"] for row in asks(world, "held")["rows"]}
    return next(each for each in world.rippling.workers() if str(each["number"]) in numbers)


def test_what_was_written_on_an_approval_is_told_before_the_rejection_that_came_after_it(
    world: World,
) -> None:
    worker = held(world)
    asks(world, "approve", people=[str(worker["number"])])
    crashes(world)
    asks(world, "reject", people=[str(worker["number"])])
    world.drain()

    rows = rows_of(world, worker)[1:]
    assert [row["outcome"] for row in rows[:3]] == ["held", "updated", "unchanged"]
    assert told(rows[1]) == ["department"]
    assert "had been lost" in rows[1]["reason"]
    assert "the operator rejected what was held (move)" in rows[2]["reason"]
    assert asks(world, "rejected")["rows"] == [], "there is nothing left to reject"


def test_an_employee_that_was_created_on_an_approval_is_ours_although_it_is_rejected_then() -> None:
    with a_world(people=12) as world:
        world.edit_mapping(world.mapping_text.replace("first_load: allowed", "first_load: held"))
        world.first_load()
        code = asks(world, "held")["rows"][0]["number"]
        asks(world, "approve", people=[code])
        crashes(world)
        asks(world, "reject", people=[code])
        world.drain()

        worker = next(each for each in world.rippling.workers() if str(each["number"]) == code)
        rows = rows_of(world, worker)
        assert [row["outcome"] for row in rows[:3]] == ["held", "created", "unchanged"]
        assert "had been lost" in rows[1]["reason"]
        assert "the operator rejected what was held (create)" in rows[2]["reason"]
        assert world.ledger.owner_of(code, "norway") == worker["user_id"]
        link = world.ledger.record(worker["user_id"]).links["norway"]
        assert (link.employee_code, link.is_dropped) == (code, False)


def test_a_code_is_free_again_whose_create_never_arrived_before_the_rejection() -> None:
    with a_world(people=12) as world:
        world.edit_mapping(world.mapping_text.replace("first_load: allowed", "first_load: held"))
        world.first_load()
        code = asks(world, "held")["rows"][0]["number"]
        asks(world, "approve", people=[code])
        crashes(world)
        world.visma.remove_employee(code)
        asks(world, "reject", people=[code])
        world.drain()

        assert world.ledger.owner_of(code, "norway") is None
