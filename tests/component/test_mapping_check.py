"""A mapping compared with both systems: each of its words fits, is wrong, or cannot be checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.nordfab import NORDFAB_MAPPING, nordfab_mapping
from tests.support.world import World, a_world

HOURLY = "      - {when: {compensation_time_period: HOURLY}, employee_class: HOURLY}\n"
CONTRACTORS = "exclude_employment_types: [CONTRACTOR]"
assert HOURLY in NORDFAB_MAPPING
assert CONTRACTORS in NORDFAB_MAPPING


@pytest.fixture
def world() -> Iterator[World]:
    with a_world(people=40) as world:
        yield world


def found(world: World, text: str = NORDFAB_MAPPING) -> list[dict[str, Any]]:
    answer = world.operator.dispatch({"verb": "mappings check", "text": text})
    assert answer["ok"], answer
    findings: list[dict[str, Any]] = answer["findings"]
    return findings


def wrong(world: World, text: str) -> list[str]:
    return [each["message"] for each in found(world, text) if not each["is_unchecked"]]


def unchecked(world: World, text: str = NORDFAB_MAPPING) -> list[str]:
    return [each["message"] for each in found(world, text) if each["is_unchecked"]]


def with_rule(when: str) -> str:
    rule = f"      - {{when: {{{when}}}, employee_class: X}}\n"
    return NORDFAB_MAPPING.replace(HOURLY, rule + HOURLY)


def with_scope(exclusion: str) -> str:
    return NORDFAB_MAPPING.replace(CONTRACTORS, f"{CONTRACTORS}, {exclusion}")


def test_words_that_rippling_has_fit_and_cost_no_call_besides_those_for_the_rows(
    world: World,
) -> None:
    assert found(world) == []
    calls = len(world.rippling.journal)
    everything = with_rule(
        "employment_type: Hourly full-time, department: Sales, location: Oslo,"
        " legal_entity: Nordfab AS, country: DK, amount_worked: TEMPORARY, kind: EMPLOYEE"
    ).replace(
        CONTRACTORS,
        "exclude_employment_types: [Contractor], exclude_countries: [GB],"
        " exclude_departments: [IT]",
    )

    assert found(world, everything) == []
    assert len(world.rippling.journal) <= 2 * calls


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            NORDFAB_MAPPING.replace(CONTRACTORS, "exclude_employment_types: [Contractors]"),
            "scope.exclude_employment_types: Contractors: no worker in Rippling has this employment"
            " type; did you mean Contractor?",
        ),
        (
            with_scope("exclude_departments: [Slaes]"),
            "scope.exclude_departments: Slaes: Rippling has no such department;"
            " did you mean Sales?",
        ),
        (
            with_scope("exclude_legal_entities: [Nordfab A/S]"),
            "scope.exclude_legal_entities: Nordfab A/S: no worker in Rippling has this legal"
            " entity; did you mean Nordfab AS?",
        ),
        (
            with_rule("employment_type: Hourly"),
            "employee_classes[0].when.employment_type: Hourly: no worker in Rippling has this"
            " employment type",
        ),
        (
            with_rule("department: Robots"),
            "employee_classes[0].when.department: Robots: Rippling has no such department",
        ),
        (
            with_rule("location: Berga"),
            "employee_classes[0].when.location: Berga: Rippling has no such location;"
            " did you mean Bergen?",
        ),
        (
            with_rule("legal_entity: Nordfab"),
            "employee_classes[0].when.legal_entity: Nordfab: no worker in Rippling has this legal"
            " entity; did you mean Nordfab AS?",
        ),
        (
            NORDFAB_MAPPING.replace(
                "    lead_days: 0\n",
                "    examples: [{given: {location: Bergn}, branch: 1}]\n    lead_days: 0\n",
            ),
            "examples[0].given.location: Bergn: Rippling has no such location;"
            " did you mean Bergen?",
        ),
        (
            NORDFAB_MAPPING.replace(
                "    cost_centre_segment: 1\n",
                "    cost_centre_segment: 1\n    department_custom_field: Cost Center\n",
            ),
            "department_custom_field: Cost Center: no worker in Rippling has this custom field",
        ),
    ],
    ids=lambda value: value[:60] if not value.startswith("companies") else "",
)
def test_a_word_that_rippling_does_not_have_is_told_where_it_stands(
    world: World, text: str, message: str
) -> None:
    assert text != NORDFAB_MAPPING

    told = wrong(world, text)

    assert [each for each in told if each.startswith(message)], told


def test_a_company_that_claims_nobody_is_told(world: World) -> None:
    told = wrong(world, NORDFAB_MAPPING.replace('["*"]', '["Nordfab A/S"]'))

    assert "legal_entities: Nordfab A/S: no worker in Rippling has this legal entity" in told[0]
    assert [each for each in told if each.startswith("nobody belongs to norway: it claims 0 of")]


def test_a_company_that_leaves_out_everybody_is_told_why(world: World) -> None:
    text = NORDFAB_MAPPING.replace(CONTRACTORS, "exclude_employment_types: [EMPLOYEE, CONTRACTOR]")

    (told,) = wrong(world, text)

    assert told.startswith("nobody belongs to norway: it claims ")
    assert "and all are left out: employment type CONTRACTOR is out of scope in norway" in told


@pytest.mark.parametrize(
    ("hidden", "text", "word"),
    [
        ("employment_type", NORDFAB_MAPPING, "scope.exclude_employment_types: CONTRACTOR"),
        ("employment_type", with_rule("employment_type: Nonsense"), "employee_classes[0].when.e"),
        ("employment_type", NORDFAB_MAPPING, "employee_classes[0].when.compensation_time_period"),
        ("legal_entity", with_rule("legal_entity: Nonsense"), "employee_classes[0].when.legal_ent"),
        ("country", with_scope("exclude_countries: [SE]"), "scope.exclude_countries: SE"),
    ],
)
def test_what_rippling_does_not_show_cannot_be_checked_and_is_neither_wrong_nor_right(
    world: World, hidden: str, text: str, word: str
) -> None:
    world.rippling.redact.add(hidden)

    told = unchecked(world, text)

    (about,) = [each for each in told if each.startswith(word)]
    assert "cannot be checked: Rippling does not show enough" in about
    assert not [each for each in wrong(world, text) if each.startswith(word)]


def test_locations_that_the_token_may_not_read_refuse_nothing_else(world: World) -> None:
    world.rippling.forbid.add("work-locations")

    told = unchecked(world)

    assert told
    assert all("locations" in message for message in told)
    assert wrong(world, NORDFAB_MAPPING.replace("department: IT,", "department: NOWHERE,", 1))


def test_departments_that_the_token_may_not_read_leave_their_words_unchecked(
    world: World,
) -> None:
    world.rippling.forbid.add("departments")

    told = unchecked(world)

    assert len([each for each in told if each.startswith("departments: ")]) == 8, told
    assert not [each for each in wrong(world, NORDFAB_MAPPING) if "has no such" in each]


def test_without_any_worker_nothing_that_only_workers_show_is_checked() -> None:
    with a_world(people=0, companies=2) as world:
        told = found(world, nordfab_mapping(2))

    about = [each for each in told if each["message"].startswith("legal_entities: ")]
    assert [each["is_unchecked"] for each in about] == [True, True]


def test_a_class_and_a_calendar_that_nobody_has_cannot_be_checked(world: World) -> None:
    world.first_load()
    text = world.mapping_text.replace("calendar: NORWAY", "calendar: NORVAY")
    text = text.replace("employee_class: HOURLY", "employee_class: HOURLLY")

    messages = {each["message"]: each["is_unchecked"] for each in found(world, text)}

    (calendar,) = [each for each in messages if each.startswith("calendar NORVAY")]
    (klass,) = [each for each in messages if each.startswith("employee class HOURLLY")]
    assert messages[calendar]
    assert messages[klass]
    assert "did you mean NORWAY?" in calendar
    assert "did you mean HOURLY?" in klass


def test_where_nobody_is_in_visma_yet_nothing_is_said_of_classes(world: World) -> None:
    text = world.mapping_text.replace("employee_class: HOURLY", "employee_class: HOURLLY")

    assert not [each for each in found(world, text) if "HOURLLY" in each["message"]]


def test_a_legal_entity_that_another_company_claims_is_suggested_to_no_company() -> None:
    """Whoever followed it would take the people of the other one."""
    with a_world(people=40, companies=2) as world:
        world.rippling.rename_legal_entity("Nordfab AB", "Sverige")

        told = wrong(world, nordfab_mapping(2))

    (about,) = [each for each in told if each.startswith("legal_entities: Nordfab AB")]
    assert "did you mean" not in about
    assert about.endswith("has this legal entity; by name, no company claims Sverige")


def test_a_legal_entity_that_nobody_claims_is_suggested_where_it_is_near() -> None:
    with a_world(people=40, companies=2) as world:
        told = wrong(world, nordfab_mapping(2).replace("Nordfab AB", "Nordfab ABB"))

    (about,) = [each for each in told if each.startswith("legal_entities: Nordfab ABB")]
    assert about.endswith("no worker in Rippling has this legal entity; did you mean Nordfab AB?")
