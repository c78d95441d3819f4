"""Rows and rules that hold for a time: which hold when, and what makes no sense."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from connector.domain.errors import ConfigurationError
from connector.domain.mapping import lint
from connector.domain.mapping.advice import warnings
from connector.domain.mapping.file import dump, parse
from connector.domain.mapping.model import CompanyRules, MappingFile
from connector.domain.mapping.naming.bindings import NamedKind
from connector.domain.mapping.naming.words import words_of
from connector.domain.mapping.rows import from_rows, to_rows
from connector.domain.mapping.rules.class_rules import unreachable
from connector.domain.mapping.versions import HandledMapping
from connector.domain.placement import resolve_placement
from tests.unit.builders import a_catalogue, a_mapping, some_facts, some_rules

NEW_YEAR = date(2027, 1, 1)
EVE = NEW_YEAR - timedelta(days=1)
OLD = {"rippling": "Production", "department": "PROD", "until": "2026-12-31"}
NEW = {"rippling": "Production", "department": "MGMT", "from": "2027-01-01"}
FILE = """\
companies:
  norway:
    legal_entities: ["*"]
    time_zone: Europe/Oslo
    departments:
      - {rippling: Production, until: 2026-12-31, department: PROD}
      - {rippling: Production, from: 2027-01-01, department: MGMT}
"""


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def problems(text: str, now: datetime = lint.LONG_AGO) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        parse(text, now=now)
    return list(caught.value.problems)


def department_on(day: date, *rows: dict[str, Any]) -> str | None:
    rules = some_rules(departments=rows).on(day)
    return resolve_placement("norway", rules, some_facts(), a_catalogue()).department


def test_both_days_belong_to_the_time_that_a_row_holds() -> None:
    assert department_on(EVE, OLD, NEW) == "PROD"
    assert department_on(NEW_YEAR, OLD, NEW) == "MGMT"


def test_a_day_begins_with_the_day_of_the_company() -> None:
    mapping = MappingFile(
        companies={
            "norway": some_rules(departments=[OLD, NEW]),
            "england": some_rules(
                departments=[OLD, NEW], legal_entities=["E"], time_zone="Europe/London"
            ),
        }
    )

    def departments(moment: datetime) -> list[str]:
        now = mapping.in_force(moment)
        return [rules.departments[0].department for rules in now.companies.values()]

    assert departments(datetime(2026, 12, 31, 22, 59, tzinfo=UTC)) == ["PROD", "PROD"]
    assert departments(datetime(2026, 12, 31, 23, 0, tzinfo=UTC)) == ["MGMT", "PROD"]
    assert departments(datetime(2027, 1, 1, 0, 0, tzinfo=UTC)) == ["MGMT", "MGMT"]


def test_the_mapping_in_force_is_the_same_one_until_another_day_says_otherwise() -> None:
    mapping = parse(FILE)
    today = mapping.in_force(at(EVE))

    assert today.written is mapping
    assert today.in_force(at(EVE, 20)) is today
    assert today.in_force(at(NEW_YEAR)) is not today
    assert today.in_force(at(NEW_YEAR)).written is mapping


def test_a_mapping_without_days_is_always_in_force() -> None:
    mapping = a_mapping()

    assert mapping.in_force(at(EVE)) is mapping
    assert mapping.days_ahead(at(EVE)) == []


def test_everything_that_may_hold_for_a_time_does_so() -> None:
    rules = some_rules(
        branches=[{"legal_entity": "e1", "branch": "2", "from": "2027-01-01"}],
        locations=[{"rippling": "Bergen", "branch": "2", "until": "2026-12-31"}],
        employee_classes=[{"when": {}, "employee_class": "NEW", "from": "2027-01-01"}],
    )

    before, after = rules.on(EVE), rules.on(NEW_YEAR)

    counts = [
        [len(each.branches), len(each.locations), len(each.employee_classes)]
        for each in (before, after)
    ]
    assert counts == [[0, 1, 0], [1, 0, 1]]
    assert a_mapping(norway=rules).days_ahead(at(EVE)) == [NEW_YEAR]


def test_a_band_is_named_by_its_place_in_the_file_whatever_holds_today() -> None:
    rules = some_rules(
        employee_classes=[
            {"when": {"country": "SE"}, "employee_class": "A", "until": "2026-01-01"},
            {"when": {"annual_pay": {"at_least": 1, "currency": "NOK"}}, "employee_class": "B"},
        ]
    ).on(NEW_YEAR)
    money = {"amount": "5", "currency": "NOK"}
    example = {"given": {"annual_pay": money}, "employee_class": "B"}
    pay = some_rules(examples=[example]).examples[0].given.pay

    placement = resolve_placement("norway", rules, some_facts(), a_catalogue(), pay)

    assert placement.rules[-1] == "employee_classes: annual_pay as in employee_classes[1]"


def test_the_mapping_of_the_day_is_another_one_for_whoever_was_decided_before() -> None:
    mapping = parse(FILE)
    before, after = (
        HandledMapping.of(mapping.in_force(at(day)), at(day)) for day in (EVE, NEW_YEAR)
    )

    assert before.digest != after.digest
    assert before.whole == after.whole  # the new department shows in where they would be placed


def test_the_words_of_a_row_that_does_not_hold_yet_are_known_already() -> None:
    rules = some_rules(departments=[{**NEW, "rippling": "Foundry"}]).on(EVE)
    mapping = a_mapping(norway=some_rules(departments=[{**NEW, "rippling": "Foundry"}]))

    assert rules.departments == ()
    assert "Foundry" in words_of(mapping.in_force(at(EVE)))[NamedKind.DEPARTMENT]


# What makes no sense


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("2027-01-01", "Production: from 2027-01-01 holds on the same days as Production: until"),
        ("2028-12-31", "let one end before the other begins"),
    ],
)
def test_two_rows_for_one_thing_on_the_same_days_are_refused_with_line_and_column(
    until: str, words: str
) -> None:
    (problem,) = problems(FILE.replace("2026-12-31", until))

    assert problem.startswith("line 7, column 9: companies.norway.departments[1]: ")
    assert words in problem


def test_a_row_that_always_holds_overlaps_every_other_for_the_same() -> None:
    (problem,) = problems(FILE.replace(" until: 2026-12-31,", ""))

    assert "holds on the same days as Production;" in problem


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("soon", "the text 'soon' stands where a day such as 2027-01-31 belongs"),
        ("2027-02-30", "a day such as"),
        ("20270101", "a day such as"),
        ("2027-W01-1", "a day such as"),
        ("[2027-01-01]", "a list stands where one text belongs"),
        ("", "nothing stands here"),
    ],
)
def test_what_is_no_day_is_refused_with_its_line(day: str, words: str) -> None:
    (problem,) = problems(FILE.replace("from: 2027-01-01", f"from: {day}"))

    assert problem.startswith("line 7, column 32: companies.norway.departments[1].from: ")
    assert words in problem


def test_a_row_that_ends_before_it_begins_is_refused() -> None:
    text = FILE.replace("from: 2027-01-01", "from: 2027-01-02, until: 2027-01-01")

    assert any("until must not be before from" in each for each in problems(text))


def test_a_misspelt_day_is_offered_the_right_key() -> None:
    (problem,) = problems(FILE.replace("from: 2027-01-01", "form: 2027-01-01"))

    assert "did you mean from?" in problem


def test_a_rule_is_dead_only_if_another_holds_on_all_its_days() -> None:
    def dead(first: dict[str, str], second: dict[str, str]) -> bool:
        rules = some_rules(
            employee_classes=[
                {"when": {}, "employee_class": "A", **first},
                {"when": {"country": "NO"}, "employee_class": "B", **second},
            ]
        )
        return bool(list(unreachable(rules.employee_classes)))

    assert dead({}, {"from": "2027-01-01"})
    assert dead({"until": "2027-12-31"}, {"until": "2026-12-31"})
    assert not dead({"until": "2026-12-31"}, {})
    assert not dead({"from": "2027-01-01"}, {"until": "2027-01-01"})


def test_rows_that_never_hold_on_the_same_day_are_no_rivals() -> None:
    def rows(until: str) -> CompanyRules:
        one = {**OLD, "when": {"location": "Oslo"}, "until": until}
        return some_rules(departments=[one, {**NEW, "when": {"country": "NO"}}])

    assert list(warnings(rows("2026-12-31"))) == []
    assert len(list(warnings(rows("2027-01-01")))) == 1


def test_an_example_is_held_against_the_rules_of_its_day_or_of_today() -> None:
    example = (
        "    examples:\n"
        "      - {given: {department: Production}, department: PROD}\n"
        "      - {given: {department: Production}, day: 2027-06-01, department: MGMT}\n"
    )

    assert parse(FILE + example, now=at(EVE)).companies
    assert problems(FILE + example, at(NEW_YEAR)) == [
        "line 9, column 9: companies.norway.examples[0]: gives department MGMT, not PROD"
    ]


def test_days_survive_being_exported_and_stored() -> None:
    mapping = parse(FILE)

    assert parse(dump(mapping)) == mapping
    stored = to_rows(mapping)
    assert from_rows(stored) == mapping
    assert [each["rule"] for each in stored if "department#" in each["rule"]] == [
        "department#Production: until 2026-12-31",
        "department#Production: from 2027-01-01",
    ]
    assert stored[-1]["from"] == "2027-01-01"
