"""Rows for departments that hold of some of their people only: which one decides, and when none."""

from __future__ import annotations

from itertools import permutations, product
from typing import Any

import pytest

from connector.domain.errors import ConfigurationError
from connector.domain.facts import EMPTY, NOT_SHOWN, UNKNOWN, Known, Named
from connector.domain.mapping.advice import warnings
from connector.domain.mapping.asked import asked_facts, is_decided
from connector.domain.mapping.file import dump, parse
from connector.domain.mapping.model import CompanyRules
from connector.domain.mapping.naming.bindings import NamedKind
from connector.domain.mapping.naming.words import words_of
from connector.domain.mapping.rows import from_rows, to_rows
from connector.domain.people import HIDDEN_TYPE
from connector.domain.placement import Placement, Remembered, resolve_placement
from tests.unit.builders import a_catalogue, a_mapping, some_facts, some_rules

OSLO, BERGEN = Named("l2", "Oslo"), Named("l1", "Bergen")
INTERN = some_facts().employment_type.of("Intern", "EMPLOYEE", "HOURLY", "TEMPORARY")


def row(department: str, name: str = "Production", **when: str) -> dict[str, Any]:
    plain = {"rippling": name, "department": department}
    return {**plain, "when": when} if when else plain


def rules(*rows: dict[str, Any]) -> CompanyRules:
    return some_rules(departments=rows)


def place(company: CompanyRules, before: Remembered | None = None, **facts: Any) -> Placement:
    remembered = before or Remembered()
    return resolve_placement(
        "norway", company, some_facts(**facts), a_catalogue(), remembered=remembered
    )


def missing(placement: Placement) -> list[str]:
    return [str(each) for each in placement.missing if each.name != placement.department]


BY_PLACE = rules(row("PROD"), row("P-OSL", location="Oslo"), row("P-X", location="Tromsø"))


@pytest.mark.parametrize(("location", "department"), [(BERGEN, "PROD"), (OSLO, "P-OSL")])
def test_the_people_of_one_department_land_by_their_location(
    location: Named, department: str
) -> None:
    placement = place(BY_PLACE, location=location)

    assert placement.department == department
    assert missing(placement) == []


def test_the_stored_reason_names_the_conditions_of_the_row() -> None:
    company = rules(row("A", location="Oslo", legal_entity="Nordfab AS"))

    assert place(company, location=OSLO).rules[0] == (
        "departments: Production: location Oslo, legal entity Nordfab AS"
    )


def test_the_row_with_the_most_conditions_that_hold_decides_wherever_it_stands() -> None:
    rows = [
        row("A"),
        row("B", location="Oslo"),
        row("C", location="Oslo", employment_type="Intern"),
    ]

    for order in (rows, rows[::-1]):
        company = rules(*order)
        assert place(company, location=OSLO, employment_type=INTERN).department == "C"
        assert place(company, location=OSLO).department == "B"
        assert place(company, employment_type=INTERN).department == "A"


def test_a_row_by_id_goes_before_one_by_name_however_many_conditions_that_has() -> None:
    company = rules(row("A", "d1"), row("B", location="Bergen", country="NO"))

    assert place(company).department == "A"


def test_where_no_row_by_id_holds_one_by_name_may() -> None:
    company = rules(row("A", "d1", location="Oslo"), row("B"))

    assert place(company).department == "B"


def test_two_rows_that_hold_equally_and_say_different_things_make_people_wait() -> None:
    company = rules(row("A"), row("B", location="Oslo"), row("C", employment_type="Intern"))

    placement = place(company, location=OSLO, employment_type=INTERN)

    assert placement.department is None
    assert missing(placement) == [
        "two_rows#Production: employment type Intern / Production: location Oslo"
    ]
    assert "hold equally" in placement.missing[0].message("norway")
    assert place(company, location=OSLO).department == "B"


def test_two_rows_that_hold_equally_and_say_the_same_are_no_rivals() -> None:
    company = rules(row("B", location="Oslo"), row("B", employment_type="Intern"))

    assert place(company, location=OSLO, employment_type=INTERN).department == "B"


def test_where_no_conditions_hold_the_reference_code_is_tried_as_ever() -> None:
    department = Named("d9", "Management", "MGMT")
    company = rules(row("A", "Management", location="Oslo"))

    assert place(company, department=department).department == "MGMT"
    assert place(company, department=department, location=OSLO).department == "A"


# What Rippling does not show


def test_who_has_an_employee_keeps_the_department_while_the_location_is_not_shown() -> None:
    before = Remembered(department="P-OSL", cost_centre="300", branch="2", calendar="NORWAY")

    placement = place(BY_PLACE, before, location=NOT_SHOWN)

    assert (placement.department, placement.cost_centre) == ("P-OSL", "300")
    assert "location" in placement.unknown
    assert "department" not in placement.fields()
    assert not any("fact" in each for each in missing(placement))


def test_someone_new_waits_for_the_fact_that_the_department_hinges_on() -> None:
    company = rules(row("A"), row("B", employment_type="Intern"))

    assert missing(place(company, employment_type=HIDDEN_TYPE))[0] == "fact#employment type"
    assert missing(place(BY_PLACE, location=NOT_SHOWN))[0] == "fact#location"


def test_nobody_waits_where_the_rows_say_the_same_whatever_the_fact_is() -> None:
    company = rules(row("PROD"), row("PROD", location="Oslo"), row("X", location="Y", country="SE"))

    placement = place(company, location=NOT_SHOWN)

    assert placement.department == "PROD"
    assert placement.unknown == ("location",)  # of the branch


def test_a_row_that_holds_in_any_case_goes_before_one_that_may_hold_and_asks_for_less() -> None:
    company = rules(row("A", location="Oslo"), row("B", country="NO", kind="EMPLOYEE"))

    assert place(company, location=NOT_SHOWN).department == "B"


PLACES, COUNTRIES = ("Oslo", "Bergen"), ("NO", "SE")


def test_an_unknown_fact_never_gives_what_some_value_of_it_would_not() -> None:
    conditions = [
        {},
        *({"location": each} for each in PLACES),
        *({"country": c} for c in COUNTRIES),
    ]
    conditions += [{"location": p, "country": c} for p, c in product(PLACES, COUNTRIES)]
    for first, second, third in permutations(conditions, 3):
        company = rules(row("A", **first), row("B", **second), row("C", **third))
        would_be = {
            place(company, location=each).department
            for each in (OSLO, BERGEN, Named("l9", "Hamar"))
        }

        found = company.department(some_facts(location=NOT_SHOWN)).row

        if isinstance(found, Known):
            assert would_be == {found.value.department}


def test_a_location_whose_name_belongs_to_another_one_decides_nothing() -> None:
    second_oslo = Named("l7", "Oslo", taken=("Oslo",))

    assert missing(place(BY_PLACE, location=second_oslo))[-1] == "ambiguous#Oslo"


def test_a_condition_follows_a_location_that_was_renamed() -> None:
    renamed = Named("l2", "Oslo City", former=("Oslo",), former_in=("norway",))

    assert place(BY_PLACE, location=renamed).department == "P-OSL"
    assert words_of(a_mapping(norway=BY_PLACE))[NamedKind.LOCATION].keys() >= {"Oslo", "Tromsø"}


def test_the_mapping_asks_for_the_facts_in_the_conditions() -> None:
    plain = {"employee_classes": [], "locations": [], "scope": {"exclude_employment_types": []}}
    asking = some_rules(**plain, departments=[row("A", country="NO", amount_worked="FULL-TIME")])

    mapping = a_mapping(norway=asking)

    assert asked_facts(mapping) >= {"country", "employment_type"}
    assert "location" not in asked_facts(mapping)
    by_place = a_mapping(norway=some_rules(**plain, departments=[row("A", location="Oslo")]))
    assert not is_decided("location", some_facts(location=Named("l9", is_partial=True)), by_place)
    assert is_decided("location", some_facts(location=OSLO), by_place)


# The file and the rows


FILE = """\
companies:
  norway:
    legal_entities: ["*"]
    time_zone: Europe/Oslo
    departments:
      - {rippling: Production, department: PROD}
      - {rippling: Production, when: {location: Oslo}, department: P-OSL}
"""


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        parse(text)
    return list(caught.value.problems)


def test_a_file_with_conditions_survives_being_exported_and_stored() -> None:
    mapping = parse(FILE)

    assert parse(dump(mapping)) == mapping
    assert from_rows(to_rows(mapping)) == mapping
    assert [each["rule"] for each in to_rows(mapping) if "department#" in each["rule"]] == [
        "department#Production",
        "department#Production: location Oslo",
    ]


def test_two_rows_under_the_same_conditions_are_refused_where_the_second_stands() -> None:
    again = "      - {rippling: ' Production', when: {location: 'Oslo '}, department: X}\n"

    assert problems(FILE + again) == [
        "line 8, column 9: companies.norway.departments[2]: departments has more than one row for"
        " Production: location Oslo; keep one of them"
    ]


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("{locaton: Oslo}", "there is no such key; did you mean location?"),
        ("{department: Sales}", "there is no such key"),
        ("{kind: Employee}", "did you mean EMPLOYEE?"),
        ("{country: Norway}", "did you mean NO (Norway)?"),
        ("{location: }", "nothing stands here"),
        ("", "nothing stands here"),
        ("Oslo", "a map of keys and values"),
    ],
)
def test_a_condition_that_makes_no_sense_is_refused_with_its_line(when: str, words: str) -> None:
    (problem, *_) = problems(FILE.replace("{location: Oslo}", when))

    assert problem.startswith("line 7, column ")
    assert words in problem


def test_an_empty_condition_asks_for_nothing() -> None:
    assert (
        parse(
            FILE.replace("when: {location: Oslo}", "when: {}").replace(
                "Production, when", "Other, when"
            )
        )
        .companies["norway"]
        .departments[1]
        .when
        is None
    )


def test_a_row_in_the_table_is_told_from_its_like_by_what_stands_behind_the_mark() -> None:
    def stored(rule: str, **cells: Any) -> CompanyRules:
        settings = {"legal_entities": ["*"], "time_zone": "UTC"}
        rows = [
            {"company": "norway", "rule": "company#settings", **settings},
            {"company": "norway", "rule": rule, "department": "P", **cells},
        ]
        return from_rows(rows).companies["norway"]

    when = {"location": "Oslo"}
    (one,) = stored("department#Production: the new hall", when=when).departments
    assert (one.rippling, one.department) == ("Production", "P")
    (plain,) = stored("department#A: B").departments
    assert plain.rippling == "A: B"
    (named,) = stored("department#A: B: Oslo", rippling="A: B", when=when).departments
    assert named.rippling == "A: B"
    with pytest.raises(ConfigurationError, match="make it the same as in the rule"):
        stored("department#Sales: Oslo", rippling="Production", when=when)


def test_the_longest_names_still_make_a_key_that_a_table_takes() -> None:
    long = "å" * 200
    mapping = a_mapping(
        norway=rules(
            row("A", long),
            row("B", long, location="ø" * 200, legal_entity="e" * 200),
            row("C", long, location="æ" * 200, legal_entity="e" * 200),
        )
    )

    keys = [each["rule"] for each in to_rows(mapping) if each["rule"].startswith("department")]

    assert len({*keys}) == 3
    assert all(len(key.encode()) <= 1024 for key in keys)
    assert from_rows(to_rows(mapping)) == mapping


# Told beforehand


def told(company: CompanyRules) -> list[str]:
    return [each.message() for each in warnings(company)]


def test_rows_that_may_hold_equally_are_told_beforehand() -> None:
    company = rules(row("A"), row("B", location="Oslo"), row("C", employment_type="Intern"))

    assert told(company) == [
        "departments[2] holds equally with departments[1], and says something else: whoever is"
        " location Oslo and employment type Intern waits; add a row with all these conditions"
    ]


@pytest.mark.parametrize(
    "other",
    [
        row("C", location="Bergen"),
        row("B", employment_type="Intern"),
        row("C", employment_type="Intern", country="NO"),
        row("C", "Sales", employment_type="Intern"),
    ],
)
def test_rows_that_cannot_be_rivals_are_not_told(other: dict[str, Any]) -> None:
    assert told(rules(row("A"), row("B", location="Oslo"), other)) == []


def test_a_department_without_rows_is_empty_and_one_that_is_hidden_unknown() -> None:
    assert rules().department(some_facts()).row is EMPTY
    assert BY_PLACE.department(some_facts(department=NOT_SHOWN)).row is UNKNOWN
