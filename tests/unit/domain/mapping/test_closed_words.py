"""Words of closed lists: what never holds of anyone is refused, with the nearest word."""

from __future__ import annotations

import pytest

from connector.domain.errors import ConfigurationError
from connector.domain.mapping.closed_words import CODES_BY_NAME, COUNTRY_NAMES
from connector.domain.mapping.file import parse
from connector.domain.mapping.lint import problems
from tests.unit.builders import some_rules

FILE = """\
companies:
  norway:
    legal_entities: ["*"]
    time_zone: UTC
    locations:
      - {rippling: Oslo, branch: 1, address: {country: NO}}
    employee_classes:
      - {when: {compensation_time_period: HOURLY, country: SE}, employee_class: A}
      - {when: {kind: EMPLOYEE, amount_worked: PART-TIME}, employee_class: B}
    examples:
      - {given: {kind: EMPLOYEE, amount_worked: PART-TIME, country: DK}, employee_class: B}
    scope: {exclude_countries: [FI, GB]}
"""


def told(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as refused:
        parse(text)
    return [problem.removeprefix("line ") for problem in refused.value.problems]


def test_words_that_rippling_may_show_are_taken() -> None:
    parse(FILE)


@pytest.mark.parametrize(
    ("old", "new", "place", "meant"),
    [
        ("HOURLY", "Hourly", "8, column 17: ", "HOURLY"),
        ("HOURLY", "HOURLY_FT", "8, column 17: ", "HOURLY"),
        ("HOURLY", "salary", "8, column 17: ", "SALARIED"),
        ("amount_worked: PART-TIME}, e", "amount_worked: PART_TIME}, e", "9, column 33", "PART-T"),
        ("kind: EMPLOYEE, amount_worked: PART-TIME}", "kind: Employees}", "9, column", "EMPLOYEE"),
        ("country: SE", "country: Sweden", "8, column 51", "SE (Sweden)"),
        ("country: SE", "country: Sverige", "8, column 51", "SE (Sweden)"),
        ("country: SE", "country: se", "8, column 51", "SE (Sweden)"),
        ("country: DK", "country: Denmrak", "11, column 60", "DK (Denmark)"),
        ("country: NO", "country: Norway", "6, column 47", "NO (Norway)"),
        ("[FI, GB]", "[FI, UK]", "12, column 37", "GB (United Kingdom)"),
    ],
)
def test_a_word_of_no_list_is_refused_with_the_nearest_right_one(
    old: str, new: str, place: str, meant: str
) -> None:
    assert old in FILE

    problem = told(FILE.replace(old, new, 1))[0]

    assert problem.startswith(place)
    assert f"; did you mean {meant}" in problem


def test_a_word_that_is_near_to_nothing_is_refused_with_the_list() -> None:
    (problem,) = told(FILE.replace("HOURLY", "xyzzy"))

    assert problem.endswith("the text 'xyzzy' stands where HOURLY or SALARIED belongs")


def test_all_wrong_words_of_a_file_are_told_at_once_whatever_else_is_wrong() -> None:
    text = (
        FILE.replace("HOURLY", "Hourly")
        .replace("country: NO", "country: Norway")
        .replace("[FI, GB]", "[[FI], Britain]")
        .replace("employee_class: A", "employee_class: [A]")
    )

    assert len(told(text)) == 5


def test_a_check_finds_such_words_in_the_table() -> None:
    rules = some_rules(
        employee_classes=[{"when": {"compensation_time_period": "Hourly"}, "employee_class": "H"}]
    )

    assert [problem.message() for problem in problems(rules)] == [
        "employee_classes[0].when.compensation_time_period: the text 'Hourly' stands where HOURLY"
        " or SALARIED belongs; did you mean HOURLY?"
    ]


def test_countries_are_those_of_the_standard() -> None:
    assert len(COUNTRY_NAMES) == 250, "249 of ISO 3166-1, and Kosovo"
    assert all(len(code) == 2 and code.isupper() for code in COUNTRY_NAMES)
    assert len(set(COUNTRY_NAMES.values())) == 250
    assert {CODES_BY_NAME[name] for name in ("norway", "sweden", "united-kingdom")} == {
        "NO",
        "SE",
        "GB",
    }
    assert set(CODES_BY_NAME.values()) == set(COUNTRY_NAMES)
