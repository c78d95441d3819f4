"""What a row of the audit says: the kind, the booking, the run, the mapping, and by whose word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connector.services.operate.verbs.mappings.history import what_became
from tests.support.crash import dies_untold
from tests.support.loaded import a_loaded_world
from tests.support.world import World, a_world

EMPLOYEE = "/v1/employee.*"


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=40, companies=2) as world:
        world.clear_journals()
        yield world


def last(world: World, worker: dict[str, Any]) -> dict[str, Any]:
    return world.audit_of(worker["user_id"])[-1]


def booked(row: dict[str, Any], when: str) -> tuple[Any, ...]:
    return tuple(row.get(f"{name}_{when}") for name in ("department", "cost_centre", "account"))


def a_hire(world: World, **fields: Any) -> dict[str, Any]:
    worker = world.hire(legal_entity="Nordfab AS", **fields)
    world.settle()
    return worker


def test_a_life_is_told_in_kinds(world: World) -> None:
    worker = a_hire(world)
    assert last(world, worker)["kind"] == "hire"
    told = []
    changes: list[dict[str, Any]] = [
        {"department": "Finance"},
        {"location": "Bergen"},
        {"work_email": "ny@example.com"},
    ]
    for change in changes:
        world.rippling.change(worker["id"], **change)
        world.settle()
        told.append(last(world, worker)["kind"])
    assert told == ["department", "location", "contact"]
    world.rippling.terminate(worker["id"], "2026-11-23")
    world.settle()
    assert last(world, worker)["kind"] == "leave"


def test_a_hire_a_move_and_a_leave_name_the_cost_centre_before_and_after(world: World) -> None:
    worker = a_hire(world)
    hired = last(world, worker)
    world.rippling.change(worker["id"], department="Finance")
    world.settle()
    moved = last(world, worker)
    world.rippling.terminate(worker["id"], "2026-11-23")
    world.settle()
    left = last(world, worker)

    nowhere = (None, None, None)
    sales, finance = ("SALES", "400", "5010"), ("FIN", "500", "5010")
    assert (booked(hired, "before"), booked(hired, "after")) == (nowhere, sales)
    assert (booked(moved, "before"), booked(moved, "after")) == (sales, finance)
    assert (booked(left, "before"), booked(left, "after")) == (finance, nowhere)


def test_who_goes_to_another_company_is_transferred_in_both(world: World) -> None:
    worker = a_hire(world)
    world.rippling.change(worker["id"], legal_entity="Nordfab AB", location="Stockholm")
    world.settle()

    left, arrived = world.audit_of(worker["user_id"])[-2:]
    assert [(row["company"], row["outcome"], row["kind"]) for row in (left, arrived)] == [
        ("norway", "deactivated", "transfer"),
        ("sweden", "created", "transfer"),
    ]
    assert (booked(left, "after"), booked(arrived, "before")) == ((None,) * 3, (None,) * 3)


def test_another_cost_centre_of_the_same_department_is_a_dimension(world: World) -> None:
    worker = a_hire(world)
    world.visma.add_cost_centre("410", "Sales abroad", company="norway")
    world.visma.set_department_cost_centre("SALES", "410", company="norway")
    here, there = 'SALES, cost_centre: "400"', 'SALES, cost_centre: "410"'
    world.edit_mapping(world.mapping_text.replace(here, there, 1))
    world.drain()
    world.settle()

    row = last(world, worker)
    assert (row["outcome"], row["kind"]) == ("unchanged", "dimension")
    assert (booked(row, "before"), booked(row, "after")) == (
        ("SALES", "400", "5010"),
        ("SALES", "410", "5010"),
    )


def test_what_was_edited_in_visma_and_put_right_is_a_correction(world: World) -> None:
    worker = a_hire(world)
    world.visma.edit_employee(str(worker["number"]), company="norway", department="MGMT")
    world.tick(full_sweep=True)
    world.drain()

    assert (last(world, worker)["kind"], last(world, worker)["cause"]) == ("correction", "drift")


def test_everybody_of_a_run_has_its_name_and_every_run_another(world: World) -> None:
    runs = {row["run"] for rows in world.tables.audit.values() for row in rows}
    one = a_hire(world)
    both = [world.hire(legal_entity="Nordfab AS") for _ in range(2)]
    world.settle()

    assert len(runs) == 1
    assert last(world, one)["run"] not in runs
    assert len({last(world, each)["run"] for each in both} - runs) == 1


def test_a_row_says_under_which_number_of_the_mapping_it_was_decided(world: World) -> None:
    before = last(world, a_hire(world))["mapping"]
    answer = world.operator.dispatch(
        {
            "verb": "mappings import",
            "text": world.mapping_text.replace("lead_days: 0", "lead_days: 1"),
            "operator": "anna",
        }
    )
    world.drain()
    after = a_hire(world)

    assert answer["ok"], answer
    assert int(last(world, after)["mapping"]) == int(before) + 1
    assert str(answer["number"]) == last(world, after)["mapping"]
    (row,) = world.operator.dispatch({"verb": "mappings history"})["rows"]
    assert row["said"]["number"] == last(world, after)["mapping"]
    assert what_became(row).startswith(f"number {last(world, after)['mapping']}: ")


def test_an_edit_past_the_import_has_no_number_until_a_tick_has_seen_it(world: World) -> None:
    worker = a_hire(world)
    number = last(world, worker)["mapping"]
    world.edit_mapping_unheard(world.mapping_text.replace("lead_days: 0", "lead_days: 2"))
    world.build()
    world.rippling.change(worker["id"], work_email="ny@example.com")
    world.notice(worker["id"])
    unnumbered = last(world, worker)["mapping"]
    world.tick()
    world.rippling.change(worker["id"], work_email="nyere@example.com")
    world.notice(worker["id"])

    assert len(unnumbered) == 12
    assert int(last(world, worker)["mapping"]) == int(number) + 1


def held_leavers(world: World, count: int = 12) -> list[dict[str, Any]]:
    leavers = [each for each in world.rippling.workers() if each["status"] == "ACTIVE"][:count]
    for worker in leavers:
        world.rippling.terminate(worker["id"], "2026-11-23")
    world.settle()
    return leavers


def test_the_row_of_a_held_change_names_the_run_and_whoever_approved_it(world: World) -> None:
    leaver = held_leavers(world)[0]
    held = last(world, leaver)
    world.operator.dispatch({"verb": "approve", "run": held["run"], "operator": "anna"})
    world.drain()
    left = last(world, leaver)

    assert (held["outcome"], held["kind"], held.get("operator")) == ("held", "leave", None)
    assert (left["outcome"], left["kind"], left["operator"]) == ("deactivated", "leave", "anna")
    assert left["run"] == held["run"]


def test_the_row_of_a_rejected_change_names_whoever_rejected_it(world: World) -> None:
    leaver = held_leavers(world)[0]
    run = last(world, leaver)["run"]
    world.operator.dispatch({"verb": "reject", "run": run, "operator": "bo"})
    world.drain()

    row = last(world, leaver)
    assert (row["outcome"], row["kind"], row["operator"]) == ("rejected", "leave", "bo")


def test_what_nobody_had_to_approve_names_nobody(world: World) -> None:
    held_leavers(world)
    worker = a_hire(world)
    assert "operator" not in last(world, worker)


def test_an_applied_plan_names_its_run_and_whoever_applied_it(world: World) -> None:
    worker = world.hire(legal_entity="Nordfab AS")
    plan = world.operator.dispatch({"verb": "plan"})
    wanted = [
        [each["person"], each["company"], each["digest"], each["number"]]
        for each in plan["people"]
        if each["person"] == worker["user_id"]
    ]
    begun = world.operator.dispatch({"verb": "apply", "wanted": wanted, "operator": "anna"})
    world.drain()

    row = last(world, worker)
    assert (row["outcome"], row["run"], row["operator"]) == ("created", begun["run"], "anna")
    assert world.tables.audit["operators"][-1]["said"]["run"] == begun["run"]


def test_adopting_and_renaming_name_the_operator(world: World) -> None:
    worker = a_hire(world)
    done = world.operator.dispatch(
        {
            "verb": "rename",
            "person": worker["user_id"],
            "code": "8001",
            "company": "norway",
            "operator": "anna",
        }
    )

    assert done["ok"], done
    assert (last(world, worker)["kind"], last(world, worker)["operator"]) == ("rename", "anna")
    assert booked(last(world, worker), "after") == ("SALES", "400", "5010")


# A lost answer.


def test_the_row_of_a_create_whose_answer_was_lost_says_what_was_written(world: World) -> None:
    told = last(world, a_hire(world))
    world.visma.faults.lose_answer(method="POST", path=EMPLOYEE, times=1)
    lost = last(world, a_hire(world))

    assert "the answer to the write had been lost" in lost["reason"]
    assert (lost["kind"], lost["outcome"]) == ("hire", "created")
    fields = [each["field"] for each in lost["differences"]]
    assert sorted(fields) == sorted(each["field"] for each in told["differences"])
    assert {"field": "department", "before": "", "after": "SALES"} in lost["differences"]


def test_so_does_the_row_of_one_that_is_taken_in_before_something_else_is_done(
    world: World,
) -> None:
    worker = world.hire(legal_entity="Nordfab AS")
    world.tick()
    dies_untold(world)
    world.rippling.change(worker["id"], number=9001)
    world.settle()

    created = world.audit_of(worker["user_id"])[0]
    assert (created["outcome"], created["kind"]) == ("created", "hire")
    assert {"field": "department", "before": "", "after": "SALES"} in created["differences"]
    assert created["department_after"] == "SALES"


def test_what_a_lost_create_had_written_is_told_before_it_is_written_over(world: World) -> None:
    worker = world.hire(legal_entity="Nordfab AS")
    world.tick()
    dies_untold(world)
    world.rippling.change_user(worker["user_id"], work_phone="")
    world.rippling.change(worker["id"], department="Finance")
    world.settle()

    created, updated = world.audit_of(worker["user_id"])
    assert (created["outcome"], created["kind"]) == ("created", "hire")
    assert "had been lost" in created["reason"]
    fields = {each["field"]: each["after"] for each in created["differences"]}
    assert (fields["department"], bool(fields["contact.phone1"])) == ("SALES", True)
    assert created["department_after"] == "SALES"
    assert updated["outcome"] == "updated"
    assert {each["field"] for each in updated["differences"]} == {"department", "contact.phone1"}
    assert (updated["department_before"], updated["department_after"]) == ("SALES", "FIN")


def test_so_does_the_row_of_an_update_whose_answer_was_lost(world: World) -> None:
    worker = a_hire(world)
    world.rippling.change(worker["id"], department="Finance")
    world.visma.faults.lose_answer(method="PUT", path=EMPLOYEE, times=1)
    world.settle()

    row = last(world, worker)
    assert "the answer to the write had been lost" in row["reason"]
    assert row["differences"] == [{"field": "department", "before": "SALES", "after": "FIN"}]


def test_what_a_lost_update_had_changed_is_told_before_the_next_one(world: World) -> None:
    worker = a_hire(world)
    world.rippling.change(worker["id"], department="Finance")
    world.tick()
    dies_untold(world)
    world.rippling.change(worker["id"], location="Bergen")
    world.settle()

    lost, now = world.audit_of(worker["user_id"])[-2:]
    assert "had been lost" in lost["reason"]
    assert [each["field"] for each in lost["differences"]] == ["department"]
    assert (lost["cost_centre_before"], lost["department_after"]) == ("400", "FIN")
    assert [each["field"] for each in now["differences"]] == ["branch"]
    assert "reason" not in now


# Back-dating.


def test_a_first_load_that_is_held_and_approved_is_not_back_dated() -> None:
    def held(world: World) -> None:
        world.edit_mapping(world.mapping_text.replace("first_load: allowed", "first_load: held"))

    with a_world(people=20, prepare=held) as world:
        world.first_load()
        run = world.operator.dispatch({"verb": "held"})["rows"][0]["run"]
        world.operator.dispatch({"verb": "approve", "run": run, "operator": "anna"})
        assert world.drain()["created"] > 5

        rows = [rows[-1] for rows in world.tables.audit.values()]
        assert [row for row in rows if row.get("back_dated")] == []


def the_row_of_robotics(world: World) -> None:
    row = '{rippling: Robotics, department: ENG, cost_centre: "300"}'
    departments = "    departments:\n"
    world.edit_mapping(world.mapping_text.replace(departments, f"{departments}      - {row}\n"))
    world.drain()


def test_whoever_waited_since_the_first_load_is_not_back_dated() -> None:
    with a_world(people=12) as world:
        world.rippling.add_department("Robotics")
        worker = world.hire(start_date="2020-01-01", department="Robotics")
        world.first_load()
        assert last(world, worker)["outcome"] == "waiting"
        the_row_of_robotics(world)

        row = last(world, worker)
        assert (row["outcome"], row.get("back_dated")) == ("created", None)


def test_a_hire_that_waited_is_back_dated_all_the_same_where_hr_told_it_late(world: World) -> None:
    world.rippling.add_department("Robotics")
    worker = a_hire(world, start_date="2026-11-02", department="Robotics")
    assert last(world, worker)["outcome"] == "waiting"
    the_row_of_robotics(world)

    row = last(world, worker)
    assert (row["outcome"], row.get("back_dated")) == ("created", "2026-11-02")


def test_a_transfer_is_not_back_dated_to_the_first_day_of_the_employment(world: World) -> None:
    worker = a_hire(world, start_date="2020-01-01")
    world.rippling.change(worker["id"], legal_entity="Nordfab AB", location="Stockholm")
    world.settle()

    rows = world.audit_of(worker["user_id"])[-2:]
    assert [row.get("back_dated") for row in rows] == [None, None]


def test_a_leaver_whose_last_day_was_known_leaves_in_time(world: World) -> None:
    worker = a_hire(world)
    world.rippling.change(worker["id"], end_date="2026-11-26")
    world.settle()
    world.clock.turn(days=3)
    world.rippling.terminate(worker["id"], "2026-11-26")
    world.settle()
    world.settle()

    row = next(row for row in world.audit_of(worker["user_id"]) if row["kind"] == "leave")
    assert (row["outcome"], row.get("back_dated")) == ("deactivated", None)


def test_a_leaver_whom_finance_made_active_again_is_not_back_dated(world: World) -> None:
    worker = a_hire(world)
    world.rippling.terminate(worker["id"], "2026-11-24")
    world.settle()
    world.clock.turn(days=30)
    world.visma.edit_employee(str(worker["number"]), company="norway", status="Active")
    world.tick(full_sweep=True)
    world.drain()

    row = last(world, worker)
    assert (row["outcome"], row["kind"], row.get("back_dated")) == (
        "deactivated",
        "correction",
        None,
    )


# What holds for every row.


def test_the_chain_of_the_audit_holds_with_rows_of_an_earlier_version_in_it(world: World) -> None:
    worker = a_hire(world)
    held_leavers(world)
    assert world.operator.dispatch({"verb": "audit verify"})["broken"] == []
    world.audit_of(worker["user_id"])[-1]["kind"] = "leave"
    (broken,) = world.operator.dispatch({"verb": "audit verify"})["broken"]
    assert broken["person"] == worker["user_id"]
