"""Names that change hands in Rippling: a row means the thing that was called so at its import."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connector.services.shared.names import SHARED_SECONDS
from tests.support.loaded import a_loaded_world
from tests.support.world import World, a_world

A, B = "Finance", "People"
SWAPS = {
    "department": ("rename_department", "departments", "name", A, B),
    "location": ("rename_location", "work-locations", "name", "Bergen", "Oslo"),
}
"""What is renamed, how, where it is listed, and the two names."""


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=60) as world:
        a_day_later(world)
        yield world


def a_day_later(world: World, days: int = 1) -> None:
    for _ in range(days):
        world.clock.turn(days=1)
        world.tick(full_sweep=True)
        world.drain()


def swap(world: World, what: str = "department") -> None:
    verb, _, _, one, other = SWAPS[what]
    rename = getattr(world.rippling, verb)
    rename(one, "between")
    rename(other, one)
    rename("between", other)


def swapped(text: str, what: str = "department") -> str:
    """The rows by the names of today: each word stands where the other one was."""
    *_, one, other = SWAPS[what]
    kept = text.replace(f"rippling: {one},", "rippling: between,")
    kept = kept.replace(f"rippling: {other},", f"rippling: {one},")
    return kept.replace("rippling: between,", f"rippling: {other},")


def imported(world: World, text: str) -> dict[str, Any]:
    """An import by the operator, and what the stream then tells the releaser."""
    before = {(row["company"], row["rule"]): row for row in world.mappings.rows()}
    request = {"verb": "mappings import", "text": text, "operator": "kari", "yes": True}
    answer = world.operator.dispatch(request)
    after = {(row["company"], row["rule"]): row for row in world.mappings.rows()}
    edited = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    world.releaser.release(world.mappings.load(), edited)
    world.drain()
    return answer


def placed(world: World) -> dict[str, tuple[str, ...]]:
    names = ("department", "branch", "employeeClass", "expenseSubaccount")
    return {
        str(row["employeeNumber"]): tuple(str(row.get(name)) for name in names)
        for row in world.visma.employees()
    }


def writes(world: World) -> int:
    return len(world.visma.calls(method="PUT", path="/v1/employee.*"))


def waiting(world: World) -> set[str]:
    rows = world.operator.dispatch({"verb": "waiting"})["rows"]
    return {key for row in rows for key in row["waiting_for"]}


def told(world: World) -> list[str]:
    """What `mappings check` says of words and names."""
    found = world.operator.dispatch({"verb": "mappings check"})["findings"]
    return [each["message"] for each in found if "in Rippling" in each["message"]]


def levels(world: World) -> list[str]:
    groups = world.operator.dispatch({"verb": "status"})["groups"]
    lines = [check for group in groups for check in group["checks"]]
    return [str(each["level"]) for each in lines if each["name"] == "rows_apart"]


@pytest.mark.parametrize("what", SWAPS)
@pytest.mark.parametrize("days", [0, 1, 6])
def test_a_swap_that_the_file_follows_moves_no_one_on_any_day(
    world: World, what: str, days: int
) -> None:
    before = placed(world)
    world.visma.clear_journal()

    swap(world, what)
    a_day_later(world, days)
    preview = world.operator.dispatch(
        {"verb": "mappings diff", "text": swapped(world.mapping_text, what)}
    )
    answer = imported(world, swapped(world.mapping_text, what))
    a_day_later(world, 5)

    assert [company["moves"]["count"] for company in preview["companies"]] == [0]
    assert len(preview["rebound"]) == len(answer["rebound"]) == 2
    assert placed(world) == before
    assert writes(world) == 0
    assert waiting(world) == set()
    assert (told(world), levels(world)) == ([], [])


@pytest.mark.parametrize("what", SWAPS)
def test_a_swap_that_no_file_follows_moves_no_one_and_is_told(world: World, what: str) -> None:
    before = placed(world)

    swap(world, what)
    a_day_later(world, 6)

    assert placed(world) == before
    *_, one, other = SWAPS[what]
    assert len(told(world)) == 2
    assert all("import the file" in each for each in told(world))
    assert any(f"the rows with {one} mean" in each for each in told(world))
    assert levels(world) == ["warning", "warning"]
    hired = world.hire(department=other if what == "department" else "Sales")
    world.settle()
    assert world.employee_of(hired)["status"] == "Active"


def test_an_import_that_leaves_the_rows_as_they_are_leaves_what_they_mean(world: World) -> None:
    before = placed(world)
    swap(world)
    a_day_later(world)

    text = world.mapping_text.replace("{rippling: Sales,", "{rippling: Salg, department: SALES}\n"
                                      "      - {rippling: Sales,", 1)  # fmt: skip
    answer = imported(world, text)
    a_day_later(world, 5)

    assert answer["rebound"] == []
    assert placed(world) == before
    assert levels(world) == ["warning", "warning"]


@pytest.mark.parametrize("what", SWAPS)
@pytest.mark.parametrize("days", [0, 1])
def test_rows_swapped_by_hand_in_the_table_move_no_one_until_an_import_says_what_they_mean(
    world: World, what: str, days: int
) -> None:
    before = placed(world)
    swap(world, what)
    a_day_later(world, days)

    world.edit_mapping(swapped(world.mapping_text, what))
    world.drain()
    a_day_later(world, 5)

    *_, one, other = SWAPS[what]
    assert placed(world) == before
    assert waiting(world) >= {f"ambiguous#{one}"} or waiting(world) >= {f"ambiguous#{other}"}
    assert levels(world) == ["bad", "bad"]

    imported(world, world.mapping_text)
    world.clock.turn(seconds=SHARED_SECONDS + 1)
    world.settle()

    assert placed(world) == before
    assert waiting(world) == set()
    assert levels(world) == []


@pytest.mark.parametrize("department", ["SALES", "PEOPLE"])
def test_an_import_that_knows_nothing_of_the_swap_asks_before_it_moves_or_strands_anyone(
    world: World, department: str
) -> None:
    swap(world)
    a_day_later(world)
    edited = world.mapping_text.replace(
        f"{{rippling: {A}, department: FIN", f"{{rippling: {A}, department: {department}"
    )
    assert edited != world.mapping_text

    preview = world.operator.dispatch(
        {"verb": "mappings import", "text": edited, "operator": "kari", "preview": True}
    )

    assert any(f"{A} means department" in reason for reason in preview["exceeds"])


def with_a_newcomer(text: str) -> str:
    """The rows once a department is called Economy, and a new one by its former name."""
    followed = text.replace(
        f"{{rippling: {A}, department: FIN", "{rippling: Economy, department: FIN"
    )
    row = f"{{rippling: {A}, department: PEOPLE}}\n      - {{rippling: Sales,"
    return followed.replace("{rippling: Sales,", row, 1)


def test_a_rollback_asks_where_people_wait_because_names_mean_something_else(world: World) -> None:
    world.rippling.rename_department(A, "Economy")
    a_day_later(world)
    world.hire(department=world.rippling.add_department(A)["id"])
    imported(world, with_a_newcomer(world.mapping_text))
    a_day_later(world)
    assert waiting(world) == set()

    request = {"verb": "mappings rollback", "operator": "kari"}
    preview = world.operator.dispatch({**request, "preview": True})
    answer = world.operator.dispatch({**request, "yes": True})

    assert preview["rebound"] == answer["rebound"]
    assert len(answer["rebound"]) == 1
    assert any(f"{A} means department" in reason for reason in preview["exceeds"])


@pytest.mark.parametrize("days", [0, 6])
def test_a_rollback_brings_back_what_the_rows_meant(world: World, days: int) -> None:
    before = placed(world)
    swap(world)
    a_day_later(world)
    imported(world, swapped(world.mapping_text))
    a_day_later(world, days)

    request = {"verb": "mappings rollback", "operator": "kari", "yes": True}
    assert world.operator.dispatch(request)["ok"]
    a_day_later(world, 5)

    assert placed(world) == before


def test_a_rollback_gives_no_row_to_a_newcomer_of_that_name(world: World) -> None:
    before = placed(world)
    row = f"{{rippling: {A}, department: FIN"
    assert row in world.mapping_text
    edited = world.mapping_text.replace(row, f"{row}X", 1)
    assert imported(world, edited)["written"] == 1
    world.settle()
    world.rippling.rename_department(A, "Economy")
    again = world.rippling.add_department(A)
    newcomer = world.hire(department=again["id"])
    world.settle()
    a_day_later(world, 6)

    request = {"verb": "mappings rollback", "operator": "kari", "yes": True}
    assert world.operator.dispatch(request)["ok"]
    a_day_later(world, 5)

    assert str(newcomer.get("number")) not in placed(world)
    assert {key: each[0] for key, each in placed(world).items()} == {
        key: each[0] for key, each in before.items()
    }


def test_a_connector_that_did_not_look_for_weeks_moves_no_one_when_it_looks_again(
    world: World,
) -> None:
    before = placed(world)

    swap(world)
    world.clock.turn(days=30)
    a_day_later(world, 5)

    assert placed(world) == before


@pytest.mark.parametrize("days", [0, 6])
def test_a_department_that_gets_the_name_of_another_row_keeps_its_own(
    world: World, days: int
) -> None:
    """A row for a department that is to come is no row for one that is there."""
    text = world.mapping_text.replace(
        "{rippling: Sales,",
        "{rippling: Robotics, department: PEOPLE}\n      - {rippling: Sales,",
        1,
    )
    imported(world, text)
    a_day_later(world, days)
    before = placed(world)

    world.rippling.rename_department(A, "Robotics")
    a_day_later(world, 5)

    assert placed(world) == before


def test_a_new_department_by_the_name_of_a_renamed_one_waits_and_moves_no_one(
    world: World,
) -> None:
    before = placed(world)
    world.rippling.rename_department(A, "Economy")
    a_day_later(world)
    again = world.rippling.add_department(A)
    newcomer = world.hire(department=again["id"])
    world.settle()
    a_day_later(world, 6)

    assert placed(world) == before
    assert waiting(world) == {f"ambiguous#{A}"}
    assert levels(world) == ["warning"]

    imported(world, with_a_newcomer(world.mapping_text))
    a_day_later(world)

    number = str(newcomer["number"])
    assert {key: value for key, value in placed(world).items() if key != number} == before
    assert placed(world)[number][0] == "PEOPLE"
    assert levels(world) == []


def test_an_import_that_cannot_tell_which_of_two_departments_a_row_means_says_what_to_do(
    world: World,
) -> None:
    row = f"{{rippling: {A},"
    world.rippling.rename_department(A, "Economy")
    a_day_later(world)
    by_name = world.rippling.add_department(A)
    by_code = world.rippling.add_department("Treasury", reference_code=A)
    two = [by_name["id"], by_code["id"]]
    world.hire(department=two[0])
    world.settle()
    edited = world.mapping_text.replace(f"{row} department: FIN", f"{row} department: PEOPLE")
    world.edit_mapping(edited)
    world.drain()
    a_day_later(world)
    assert levels(world) == ["bad"]

    given = {"text": edited, "operator": "kari"}
    problem = f"{A}: the departments "
    for verb in ({"verb": "mappings import", "yes": True}, {"verb": "mappings diff"}):
        answer = world.operator.dispatch({**verb, **given})
        assert not answer["ok"]
        assert [each[: len(problem)] for each in answer["problems"]] == [problem]
        assert "name each by its id" in answer["problems"][0]
        assert all(each in answer["problems"][0] for each in two)
    findings = world.operator.dispatch({"verb": "mappings check", "text": edited})["findings"]
    assert any(each["message"].startswith(problem) for each in findings)

    by_ids = "\n      - ".join(
        f"{{rippling: {each}, department: PEOPLE}}" for each in two
    ) + "\n      - {rippling: Economy,"  # fmt: skip
    assert imported(world, world.mapping_text.replace(row, by_ids))["ok"]
    a_day_later(world)
    assert levels(world) == []


def test_what_only_changes_were_read_after_is_not_gone(world: World) -> None:
    """Sweeps fail for a week, and somebody new in a department of the same name changes daily."""
    before = placed(world)
    world.rippling.rename_department(A, "Economy")
    newcomer = world.hire(department=world.rippling.add_department(A)["id"])
    for day in range(6):
        world.clock.turn(days=1)
        world.rippling.change(newcomer["id"], work_email=f"new{day}@nordfab.example")
        world.poller.run(full_sweep=False)
        world.drain()

    assert placed(world) == before

    a_day_later(world, 2)

    assert placed(world) == before


@pytest.mark.parametrize(("days", "is_placed"), [(2, False), (6, True)])
def test_a_row_passes_on_once_whole_sweeps_have_not_seen_its_department_for_days(
    world: World, days: int, is_placed: bool
) -> None:
    former = world.rippling.department(A)["id"]
    world.rippling.rename_department(A, "Old")
    for row in world.rippling.rows("workers"):
        if row["department_id"] == former:
            world.rippling.change(row["id"], department="Sales")
    newcomer = world.hire(department=world.rippling.add_department(A)["id"])

    a_day_later(world, days)

    assert (str(newcomer["number"]) in placed(world)) == is_placed


def test_a_row_for_a_department_to_come_strands_no_one_in_the_one_that_was_called_so(
    world: World,
) -> None:
    """That one has its department in Visma by its reference code, and no row any more."""
    world.rippling.change_department(A, reference_code="FIN")
    a_day_later(world)
    world.rippling.rename_department(A, "Economy")
    a_day_later(world)
    rows = world.mapping_text.splitlines()
    text = "\n".join(each for each in rows if f"rippling: {A}," not in each) + "\n"
    imported(world, text)
    a_day_later(world, 3)
    before = placed(world)

    again = text.replace("{rippling: Sales,", f"{OF_NEW}\n      - {{rippling: Sales,", 1)
    imported(world, again)
    a_day_later(world, 3)

    assert placed(world) == before
    assert waiting(world) == set()


OF_NEW = f'{{rippling: {A}, department: PEOPLE, cost_centre: "510"}}'


@pytest.mark.parametrize("is_imported", [True, False])
@pytest.mark.parametrize("what", ["row", "exclusion", "class rule"])
def test_a_word_that_comes_back_means_nothing_that_it_meant_in_an_earlier_life(
    world: World, what: str, is_imported: bool
) -> None:
    world.rippling.rename_department(A, "Economy")
    a_day_later(world)
    text = world.mapping_text.replace(f"rippling: {A},", "rippling: Economy,")
    imported(world, text)
    a_day_later(world, 1 if is_imported else 6)
    before = placed(world)
    again = {
        "row": text.replace("{rippling: Sales,", f"{OF_NEW}\n      - {{rippling: Sales,", 1),
        "exclusion": text.replace(
            "scope: {exclude_employment_types: [CONTRACTOR], deactivate_when_out_of_scope: false}",
            "scope: {exclude_employment_types: [CONTRACTOR], deactivate_when_out_of_scope: true,"
            f" exclude_departments: [{A}]}}",
        ),
        "class rule": text.replace(
            "    employee_classes:\n",
            "    employee_classes:\n"
            f"      - {{when: {{department: {A}}}, employee_class: HOURLY}}\n",
            1,
        ),
    }[what]
    assert again != text

    if is_imported:
        imported(world, again)
    else:
        world.edit_mapping(again)
        world.drain()
    a_day_later(world, 3)

    assert placed(world) == before
    assert (waiting(world), levels(world)) == (set(), [])
    if what == "row":
        newcomer = world.hire(department=world.rippling.add_department(A)["id"])
        a_day_later(world, 2)
        assert world.employee_of(newcomer)["department"] == "PEOPLE"
        assert (waiting(world), levels(world)) == (set(), [])


# Kinds of things of which Rippling gives no list.

HOURLY, SALARIED = "Hourly full-time", "Salaried full-time"
BY_LABEL = {
    "{compensation_time_period: HOURLY}": f'{{employment_type: "{HOURLY}"}}',
    "{compensation_time_period: SALARIED}": f'{{employment_type: "{SALARIED}"}}',
}
NORWEGIAN, SWEDISH = "Nordfab AS", "Nordfab AB"


def exchanged(text: str, one: str, other: str) -> str:
    return text.replace(one, "between").replace(other, one).replace("between", other)


@pytest.fixture
def group() -> Iterator[World]:
    """Two companies, and class rules by the label of the employment type."""
    with a_world(people=40, companies=2) as world:
        text = world.mapping_text
        for condition, label in BY_LABEL.items():
            text = text.replace(condition, label)
        assert HOURLY in text
        imported(world, text)
        world.mapping_text = text
        world.first_load()
        for link in world.operator.dispatch({"verb": "held"})["rows"]:
            request = {"verb": "approve", "people": [link["person"]], "operator": "kari"}
            world.operator.dispatch(request)
        world.drain()
        a_day_later(world)
        yield world


def everyone(world: World) -> list[tuple[str, ...]]:
    names = ("employeeNumber", "status", "department", "branch", "employeeClass")
    return [
        (company, *(str(row.get(name)) for name in names))
        for company in ("norway", "sweden")
        for row in world.visma.employees(company)
    ]


def swap_in(world: World, what: str, one: str, other: str) -> None:
    rename = getattr(world.rippling, f"rename_{what}")
    rename(one, "between")
    rename(other, one)
    rename("between", other)


UNLISTED = {
    "legal_entity": (NORWEGIAN, SWEDISH),
    "employment_type": (HOURLY, SALARIED),
}


@pytest.mark.parametrize("what", UNLISTED)
@pytest.mark.parametrize("days", [0, 1])
@pytest.mark.parametrize("is_imported", [True, False])
def test_names_of_other_kinds_that_change_hands_move_no_one(
    group: World, what: str, days: int, is_imported: bool
) -> None:
    before = everyone(group)

    swap_in(group, what, *UNLISTED[what])
    a_day_later(group, days)
    if is_imported:
        text = exchanged(group.mapping_text, *UNLISTED[what])
        assert imported(group, text)["ok"]
    a_day_later(group, 5)

    assert everyone(group) == before
    # A word that stands in one rule alone is free for whoever has the name now.
    is_settled = is_imported and (days > 0 or what == "employment_type")
    assert bool(levels(group)) != is_settled


@pytest.mark.parametrize("is_by_id", [True, False])
def test_a_company_that_claims_a_former_name_takes_no_one_from_the_other(
    group: World, is_by_id: bool
) -> None:
    group.rippling.rename_legal_entity(SWEDISH, "Nordfab Sverige AB")
    a_day_later(group)
    entity = next(
        each["id"]
        for each in group.rippling.rows("legal-entities")
        if each["legal_name"] == "Nordfab Sverige AB"
    )
    own = entity if is_by_id else "Nordfab Sverige AB"
    text = group.mapping_text.replace(f'["{SWEDISH}"]', f'["{own}"]')
    imported(group, text)
    a_day_later(group, 8)
    before = everyone(group)

    claimed = text.replace(f'["{NORWEGIAN}"]', f'["{NORWEGIAN}", "{SWEDISH}"]')
    assert claimed != text
    assert imported(group, claimed)["ok"]
    a_day_later(group, 3)

    assert everyone(group) == before
    assert waiting(group) == set()


def test_two_locations_of_different_companies_swap_names_and_no_one_waits_in_either() -> None:
    """A word that never meant a location in a company is no reason to wait there."""
    with a_world(people=40, companies=2) as world:
        world.first_load()
        a_day_later(world)
        for before, after in (("Bergen", "a"), ("Stockholm", "Bergen"), ("a", "Stockholm")):
            world.rippling.rename_location(before, after)
        text = world.mapping_text.replace("{rippling: Bergen,", "{rippling: between,")
        text = text.replace("{rippling: Stockholm,", "{rippling: Bergen,")
        imported(world, text.replace("{rippling: between,", "{rippling: Stockholm,"))
        a_day_later(world)

        hired = [
            world.hire(location=place, legal_entity=entity)
            for place, entity in (("Stockholm", "Nordfab AB"), ("Bergen", "Nordfab AS"))
        ]
        world.settle()
        a_day_later(world)

        assert waiting(world) == set()
        codes = {row["employeeNumber"] for row in world.visma.employees("sweden")}
        assert str(hired[0]["number"]) in codes
        assert world.employee_of(hired[1])["status"] == "Active"
