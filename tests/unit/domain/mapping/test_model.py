"""The mapping file: what is refused, where it stands, and what it says of people."""

from __future__ import annotations

from textwrap import dedent

import pytest

from connector.domain.errors import ConfigurationError
from connector.domain.facts import EMPTY, UNKNOWN, Known, Named
from connector.domain.mapping.file import dump, parse
from tests.unit.builders import a_mapping, some_facts, some_rules

GOOD = dedent(
    """\
    companies:
      norway:
        legal_entities: ["Nordfab AS"]
        time_zone: Europe/Oslo
        employee_code: "{worker.number}"
        cost_centre_segment: 1
        defaults: {branch: 1, employee_class: STAFF, calendar: NORWAY}
        departments:
          - {rippling: Production, department: PROD, cost_centre: 0200}
        locations:
          - {rippling: Bergen, branch: 2}
        employee_classes:
          - {when: {compensation_time_period: HOURLY, country: NO}, employee_class: HOURLY}
        fields: {contact.phone1: once}
        lead_days: 0
        scope: {exclude_employment_types: [CONTRACTOR], deactivate_when_out_of_scope: no}
        guards: {deactivate_percent: 10, move_percent: 25, create_percent: 25, floor: 5,
                 first_load: held}
    """
)


def _problems(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        parse(text)
    return list(caught.value.problems)


def _with(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


def test_the_documented_format_is_understood() -> None:
    rules = parse(GOOD).companies["norway"]

    assert rules.defaults.branch == "1"
    assert rules.departments[0].cost_centre == "0200"
    assert rules.employee_classes[0].when.country == "NO"
    assert rules.guards.first_load == "held"
    assert rules.scope.deactivate_when_out_of_scope is False


def test_a_file_survives_being_written_and_read_back() -> None:
    assert parse(dump(parse(GOOD))) == parse(GOOD)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("Europe/Oslo", "Europe/Olso", 4, "there is no time zone 'Europe/Olso'"),
        ("cost_centre: 0200", "cost_center: 0200", 9, "no such key"),
        ("{worker.number}", "{worker.salary}", 5, "use {worker.number}"),
        ("{worker.number}", "fixed", 5, "use {worker.number}"),
        ("{worker.number}", "{worker.number:05d}", 5, "cannot be formatted"),
        ("contact.phone1: once", "contact.phone9: once", 14, "Visma has no field contact.phone9"),
        ("contact.phone1: once", "contact.phone1: twice", 14, "'rippling', 'once' or 'visma'"),
        ("deactivate_percent: 10", "deactivate_percent: 0", 17, "greater than or equal to 1"),
        ("deactivate_percent: 10", "deactivate_percent: 101", 17, "less than or equal to 100"),
        ("floor: 5", "floor: -1", 17, "greater than or equal to 0"),
        ("first_load: held", "first_load: maybe", 18, "'held' or 'allowed'"),
        ("lead_days: 0", "lead_days: 100", 15, "less than or equal to 60"),
        ("{rippling: Bergen, branch: 2}", "{rippling: Bergen}", 11, "missing"),
        ("country: NO", "shoe_size: 42", 13, "no such key"),
        ('["Nordfab AS"]', "[]", 3, "at least 1 item"),
        ("norway:", "Norway!:", 2, "match"),
    ],
)
def test_nonsense_is_refused_with_its_line_and_reason(
    old: str, new: str, line: int, words: str
) -> None:
    (problem,) = _problems(_with(old, new))

    assert problem.startswith(f"line {line}, column ")
    assert words in problem


def test_everything_wrong_is_said_at_once() -> None:
    text = _with("Europe/Oslo", "Mars/Base").replace("floor: 5", "floor: x")

    assert len(_problems(text)) == 2


def test_a_key_that_stands_twice_is_refused() -> None:
    text = _with("    lead_days: 0\n", "    lead_days: 0\n    lead_days: 3\n")

    assert _problems(text) == ["line 16, column 5: lead_days stands here a second time"]


def test_two_rows_for_one_department_are_refused() -> None:
    row = "      - {rippling: Production, department: PROD, cost_centre: 0200}\n"

    (problem,) = _problems(_with(row, row * 2))

    assert "departments has more than one row for Production" in problem


def test_two_companies_cannot_claim_one_legal_entity() -> None:
    sweden = GOOD.split("\n", 1)[1].replace("norway:", "sweden:")

    (problem,) = _problems(GOOD + sweden)

    assert "more than one company claims the legal entity Nordfab AS" in problem


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("a: [", "not YAML"),
        ("- 1", "mapping"),
        ("companies:", "companies: nothing stands here"),
    ],
)
def test_something_that_is_no_mapping_file_is_refused(text: str, words: str) -> None:
    assert words in _problems(text)[0]


def test_a_code_is_made_of_what_rippling_gives() -> None:
    rules = some_rules(employee_code="N{worker.number}-{person.number}")

    assert rules.code_for("w1", some_facts()) == Known("N1042-77")
    assert rules.code_for("w1", some_facts(number=None)) is EMPTY
    assert rules.code_for("w1", some_facts(number=UNKNOWN)) is UNKNOWN
    assert some_rules(employee_code="{worker.id}").code_for("w1", some_facts(number=None)) == Known(
        "w1"
    )


@pytest.mark.parametrize("first", ["norway", "sweden"])
def test_a_legal_entity_is_of_the_company_that_claims_its_id_whatever_claims_its_name(
    first: str,
) -> None:
    rules = {
        "norway": some_rules(legal_entities=["Nordfab AS"]),
        "sweden": some_rules(legal_entities=["Nordfab AB", "e9"]),
    }
    other = {"norway": "sweden", "sweden": "norway"}[first]
    mapping = a_mapping(**{first: rules[first], other: rules[other]})

    assert mapping.company_of(Named("e9", "Nordfab AS")) == Known("sweden")
    assert mapping.company_of(Named("e1", "Nordfab AS")) == Known("norway")
