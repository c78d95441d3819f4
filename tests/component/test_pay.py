"""Money's way into the ledger: pay chooses the class, is kept as cost, and is told to no one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from connector.adapters.aws.ledger_rows import link_item
from connector.domain.records.allocation import Allocation
from tests.simulator.nordfab import NORDFAB_MAPPING
from tests.support.world import World, a_world

CANARY, RAISED_CANARY = 731_529, 842_637
BANDS = """\
    employee_classes:
      - {when: {compensation_time_period: HOURLY}, employee_class: HOURLY}
      - {when: {annual_pay: {at_least: 800000, currency: NOK}}, employee_class: SENIOR}
"""
ONE_CLASS = """\
    employee_classes:
      - {when: {compensation_time_period: HOURLY}, employee_class: HOURLY}
"""
BAND_MAPPING = NORDFAB_MAPPING.replace(ONE_CLASS, BANDS)
assert BAND_MAPPING != NORDFAB_MAPPING


def _prepare(world: World) -> None:
    world.visma.add_class("SENIOR", "Seniors")


@pytest.fixture
def world() -> Iterator[World]:
    with a_world(people=12, prepare=_prepare) as world:
        yield world


def _hire(world: World, **fields: Any) -> dict[str, Any]:
    given = {
        "start_date": "2026-11-02",
        "annual_salary": CANARY,
        "currency": "NOK",
        "salary_effective_date": "2026-11-02",
    }
    return world.hire(**{**given, **fields})


def _allocation(world: World, worker: dict[str, Any], company: str = "norway") -> Allocation:
    allocation = world.tables.links[worker["user_id"]][company].allocation
    assert allocation is not None
    return allocation


def _class(world: World, worker: dict[str, Any]) -> str:
    return str(world.employee_of(worker)["employeeClass"]["id"])


def _with_bands(world: World) -> None:
    world.edit_mapping(BAND_MAPPING)
    world.drain()


# The class


def test_a_raise_moves_somebody_into_the_class_of_the_next_band(world: World) -> None:
    worker = _hire(world)
    _with_bands(world)
    world.first_load()
    assert _class(world, worker) == "STAFF"

    world.rippling.change(
        worker["id"], annual_salary=RAISED_CANARY, salary_effective_date="2026-11-20"
    )
    world.settle()

    assert _class(world, worker) == "SENIOR"
    row = world.audit_of(worker["user_id"])[-1]
    assert row["message"].endswith("employee class STAFF -> SENIOR.")
    assert row["rules"][-1] == "employee_classes: annual_pay as in employee_classes[1]"
    assert row["not_representable"]["pay"] == "changed from 2026-11-20"


@pytest.mark.parametrize(("amount", "class_"), [(799_999.99, "STAFF"), (800_000, "SENIOR")])
def test_the_edge_of_a_band_is_where_the_mapping_says(
    world: World, amount: float, class_: str
) -> None:
    worker = _hire(world, annual_salary=amount)
    _with_bands(world)

    world.first_load()

    assert _class(world, worker) == class_


def test_pay_in_another_currency_matches_no_band(world: World) -> None:
    worker = _hire(world, annual_salary=900_000, currency="SEK")
    _with_bands(world)

    world.first_load()

    assert _class(world, worker) == "STAFF"


def test_an_edit_of_the_class_rules_reaches_everybody_whose_pay_may_decide(world: World) -> None:
    rich = _hire(world, annual_salary=900_000)
    world.first_load()
    assert _class(world, rich) == "STAFF"

    queued = world.edit_mapping(BAND_MAPPING)
    world.drain()

    assert queued >= len(world.visma.employees())
    assert _class(world, rich) == "SENIOR"


def test_an_edit_of_the_default_class_reaches_those_whom_no_band_takes(world: World) -> None:
    worker = _hire(world)
    _with_bands(world)
    world.first_load()

    world.edit_mapping(BAND_MAPPING.replace("employee_class: STAFF", "employee_class: SENIOR"))
    world.drain()

    assert _class(world, worker) == "SENIOR"


def test_an_edit_of_something_else_leaves_classes_that_hinge_on_pay_alone(world: World) -> None:
    rich = _hire(world, annual_salary=900_000)
    _with_bands(world)
    world.first_load()

    row = '- {rippling: Sales, department: SALES, cost_centre: "400"}'
    assert row in BAND_MAPPING
    by_another = '- {rippling: Sales, department: FIN, cost_centre: "500"}'
    world.edit_mapping(BAND_MAPPING.replace(row, by_another))
    world.drain()

    assert world.employee_of(rich)["department"] == "FIN"
    assert _class(world, rich) == "SENIOR"


def test_bands_that_are_taken_out_of_the_mapping_let_everybody_go(world: World) -> None:
    rich = _hire(world, annual_salary=900_000)
    _with_bands(world)
    world.first_load()

    world.edit_mapping(NORDFAB_MAPPING)
    world.drain()

    assert _class(world, rich) == "STAFF"


@pytest.mark.parametrize("how", ["redact", "forbid_expand"])
def test_pay_that_rippling_stops_showing_moves_nobody_to_another_class(
    world: World, how: str
) -> None:
    rich = _hire(world, annual_salary=900_000)
    _with_bands(world)
    world.first_load()

    setattr(world.rippling, how, {"compensation"})
    world.build()
    world.tick(full_sweep=True)
    outcomes = world.drain()

    assert set(outcomes) <= {"unchanged", "out_of_scope"}
    assert _class(world, rich) == "SENIOR"
    assert _allocation(world, rich).yearly_cost == "900000"


def test_somebody_whose_pay_was_never_shown_waits_for_it(world: World) -> None:
    rich = _hire(world, annual_salary=900_000)
    _with_bands(world)
    world.rippling.redact = {"compensation"}

    world.first_load()

    rows = world.operator.dispatch({"verb": "waiting"})["rows"]
    (row,) = (row for row in rows if row["person"] == rich["user_id"])
    assert row["waiting_for"] == ["fact#pay"]


def test_a_waiting_person_is_released_although_the_class_hinges_on_pay(world: World) -> None:
    rich = _hire(world, annual_salary=900_000)
    _with_bands(world)
    world.visma.set_cost_centre_active("400", False)
    world.first_load()
    assert world.tables.persons[rich["user_id"]].outcome == "waiting"

    world.visma.set_cost_centre_active("400", True)
    world.clock.turn(hours=1)
    world.settle()

    assert _class(world, rich) == "SENIOR"


# The cost allocation


def test_the_ledger_keeps_what_each_person_costs_and_where(world: World) -> None:
    worker = _hire(world)

    world.first_load()

    account = next(
        each for each in world.cache.catalogue("norway").departments.values()
        if each.id == "SALES"
    ).expense_account  # fmt: skip
    assert account
    assert _allocation(world, worker) == Allocation(
        "400", account, str(CANARY), "NOK", date(2026, 11, 2), branch="1"
    )


def test_a_move_and_a_raise_are_valid_from_their_own_days(world: World) -> None:
    worker = _hire(world)
    world.first_load()

    world.rippling.move(worker["id"], "Finance")
    world.settle()
    moved = _allocation(world, worker)
    world.rippling.change(
        worker["id"], annual_salary=RAISED_CANARY, salary_effective_date="2026-12-01"
    )
    world.settle()
    raised = _allocation(world, worker)

    assert (moved.cost_centre, moved.valid_from) == ("500", date(2026, 11, 24))
    assert moved.yearly_cost == str(CANARY)
    assert (raised.yearly_cost, raised.valid_from) == (str(RAISED_CANARY), date(2026, 12, 1))


def test_a_raise_alone_changes_nothing_in_visma_and_is_told_without_the_amount(
    world: World,
) -> None:
    worker = _hire(world)
    world.first_load()
    world.clear_journals()

    world.rippling.change(
        worker["id"], annual_salary=RAISED_CANARY, salary_effective_date="2026-11-20"
    )

    assert world.settle() == {"unchanged": 1}
    assert world.visma.calls("PUT") == []
    row = world.audit_of(worker["user_id"])[-1]
    assert row["not_representable"]["pay"] == "changed from 2026-11-20"
    assert world.settle() == {}, "what was seen once is no news"


def test_a_leaver_costs_nothing_from_the_last_day_on(world: World) -> None:
    worker = _hire(world)
    world.first_load()

    world.rippling.terminate(worker["id"], "2026-11-20")
    world.settle()

    assert _allocation(world, worker).ended_on == date(2026, 11, 20)
    assert _allocation(world, worker).yearly_cost == str(CANARY)


def test_somebody_who_comes_back_costs_again(world: World) -> None:
    worker = _hire(world)
    world.first_load()
    world.rippling.terminate(worker["id"], "2026-11-10")
    world.settle()

    world.rippling.rehire(worker["user_id"], "2026-11-23", annual_salary=RAISED_CANARY)
    world.settle()

    again = _allocation(world, worker)
    assert (again.ended_on, again.valid_from) == (None, date(2026, 11, 23))
    assert again.yearly_cost == str(RAISED_CANARY)


def test_a_move_between_companies_ends_the_cost_here_and_begins_it_there() -> None:
    with a_world(people=6, companies=2) as world:
        worker = _hire(world)
        world.first_load()

        world.rippling.change(
            worker["id"], legal_entity="Nordfab AB", location="Stockholm", country="SE"
        )
        world.settle()

        assert _allocation(world, worker).ended_on == date(2026, 11, 24)
        there = _allocation(world, worker, "sweden")
        assert (there.ended_on, there.yearly_cost) == (None, str(CANARY))


def test_somebody_who_waits_or_is_out_of_scope_costs_nothing_yet(world: World) -> None:
    world.rippling.add_department("Robotics")
    waiting = _hire(world, department="Robotics")
    contractor = _hire(world, employment_type="Contractor")

    world.first_load()

    assert world.tables.links[waiting["user_id"]]["norway"].allocation is None
    assert not world.tables.links.get(contractor["user_id"])


# Off, and hidden


def _sweep(world: World) -> None:
    world.tick(full_sweep=True)
    world.drain()


def test_turned_off_no_pay_is_read_and_none_rests() -> None:
    with a_world(people=6) as world:
        world.cost_allocation = False
        world.build()
        worker = _hire(world)

        world.first_load()

        assert world.tables.links[worker["user_id"]]["norway"].allocation is None
        calls = world.rippling.calls("GET", "/workers/")
        assert not any("compensation" in call.query.get("expand", "") for call in calls)


def test_turned_off_later_the_next_sweep_takes_it_off_everybody(world: World) -> None:
    worker = _hire(world)
    leaver = _hire(world)
    world.first_load()
    world.rippling.terminate(leaver["id"], "2026-11-20")
    world.settle()

    world.cost_allocation = False
    world.build()
    _sweep(world)

    for each in (worker, leaver):
        assert world.tables.links[each["user_id"]]["norway"].allocation is None


def test_turned_off_later_it_is_forgotten_in_the_company_that_somebody_left_as_well() -> None:
    with a_world(people=6, companies=2) as world:
        worker = _hire(world)
        world.first_load()
        abroad: dict[str, Any] = {"legal_entity": "Nordfab AB", "location": "Stockholm"}
        world.rippling.change(worker["id"], **abroad)
        world.settle()

        world.cost_allocation = False
        world.build()
        _sweep(world)

        held = world.tables.links[worker["user_id"]]
        assert {company: each.allocation for company, each in held.items()} == {
            "norway": None,
            "sweden": None,
        }


def test_turned_on_later_the_next_sweep_gives_it_to_everybody() -> None:
    with a_world(people=6) as world:
        world.cost_allocation = False
        world.build()
        worker = _hire(world)
        world.first_load()

        world.cost_allocation = True
        world.build()
        _sweep(world)

        assert _allocation(world, worker).yearly_cost == str(CANARY)


def _at_rest(world: World) -> str:
    """Everything that is stored, but for the cost allocations themselves."""
    links = [
        {name: value for name, value in link_item(link).items() if name != "allocation"}
        for held in world.tables.links.values()
        for link in held.values()
    ]
    shown = [repr(each) for held in world.tables.links.values() for each in held.values()]
    runs = [repr(vars(each)) for each in (world.cursors, world.cache, world.guard_log)]
    return json.dumps([world.everything_stored(), links, shown, runs], default=str)


def test_no_amount_shows_itself_anywhere_but_in_the_allocation(
    world: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    worker = _hire(world)
    _with_bands(world)
    world.first_load()
    world.rippling.change(
        worker["id"], annual_salary=RAISED_CANARY, salary_effective_date="2026-11-20"
    )
    world.tick()
    queued = json.dumps([change.to_body() for change in world.queue.changes])
    world.drain()
    world.rippling.terminate(worker["id"], "2026-11-22")
    world.settle()
    answers = [
        world.operator.dispatch(event)
        for event in (
            {"verb": "audit", "person": worker["user_id"]},
            {"verb": "waiting"},
            {"verb": "held"},
            {"verb": "mappings check"},
            {"verb": "mappings diff", "text": NORDFAB_MAPPING},
            {"verb": "mappings export"},
        )
    ]

    told = _at_rest(world) + queued + json.dumps(answers) + capsys.readouterr().out + caplog.text

    assert _allocation(world, worker).yearly_cost == str(RAISED_CANARY)
    for amount in (CANARY, RAISED_CANARY):
        assert str(amount) not in told
        assert f"{amount:,}" not in told
        assert str(amount // 12) not in told
