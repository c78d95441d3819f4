"""What is refused although every word of it is right: dead rules, failing examples, long codes."""

from __future__ import annotations

from textwrap import dedent

import pytest

from connector.domain.errors import ConfigurationError
from connector.domain.mapping.file import dump, load, parse
from connector.domain.mapping.lint import problems
from connector.domain.mapping.rows import from_rows, to_rows

GOOD = dedent(
    """\
    companies:
      norway:
        legal_entities: ["Nordfab AS"]
        time_zone: Europe/Oslo
        employee_code: "NO{worker.number}"
        defaults: {branch: 1, employee_class: STAFF}
        departments:
          - {rippling: Production, department: PROD}
        locations:
          - {rippling: Bergen, branch: 2}
        employee_classes:
          - {when: {compensation_time_period: HOURLY, country: NO}, employee_class: HOURLY}
          - {when: {annual_pay: {at_least: 900000, currency: NOK}}, employee_class: EXEC}
        examples:
          - {given: {compensation_time_period: HOURLY, country: NO}, employee_class: HOURLY}
          - {given: {compensation_time_period: HOURLY, country: SE}, employee_class: staff}
          - given: {annual_pay: {amount: 900000, currency: NOK}, department: Production}
            employee_class: EXEC
            department: PROD
          - {given: {annual_pay: {amount: 900000, currency: SEK}}, employee_class: STAFF}
          - {given: {location: Bergen}, branch: 2}
          - {given: {location: Oslo}, branch: 1}
          - {given: {department: MGMT}, department: mgmt}
    """
)


def told(text: str, key_length: int | None = None) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        parse(text, lambda _: key_length)
    return list(caught.value.problems)


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


def test_examples_that_hold_are_part_of_the_mapping_and_survive_file_and_table() -> None:
    mapping = parse(GOOD, lambda _: 10)

    assert len(mapping.companies["norway"].examples) == 7
    assert parse(dump(mapping)) == load(dump(mapping)) == from_rows(to_rows(mapping)) == mapping


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "employee_class: staff}",
            "employee_class: HOURLY}",
            "line 16, column 9: companies.norway.examples[1]: gives employee class STAFF,"
            " not HOURLY",
        ),
        (
            "department: mgmt}",
            "department: PROD}",
            "line 23, column 9: companies.norway.examples[6]: gives no department;"
            " PROD is expected",
        ),
        (
            "{given: {location: Oslo}, branch: 1}",
            "{given: {location: Oslo}, branch: 2}",
            "line 22, column 9: companies.norway.examples[5]: gives branch 1, not 2",
        ),
        (
            "amount: 900000, currency: NOK",
            "amount: 899999.99, currency: NOK",
            "line 17, column 9: companies.norway.examples[2]: gives employee class STAFF, not EXEC",
        ),
        (
            "defaults: {branch: 1, employee_class: STAFF}",
            "defaults: {branch: 1}",
            "line 16, column 9: companies.norway.examples[1]: gives no employee class;"
            " staff is expected",
        ),
    ],
)
def test_an_example_that_fails_is_refused_with_its_line(old: str, new: str, expected: str) -> None:
    assert told(changed(old, new))[0] == expected


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (", branch: 1}\n", "}\n", "say what is expected: employee_class, department or branch"),
        ("{given: {location: Oslo}", "{given: {shoe_size: 42}", "there is no such key"),
        ("amount: 900000, currency: SEK", "amount: 900000", "this key is missing"),
        ("amount: 900000, currency: SEK", "amount: much, currency: SEK", "without separators"),
    ],
)
def test_an_example_that_is_none_is_refused(old: str, new: str, words: str) -> None:
    (problem,) = told(changed(old, new))

    assert problem.startswith("line ")
    assert "examples[" in problem
    assert words in problem


def test_a_rule_that_can_never_hold_is_refused_and_told_which_one_comes_first() -> None:
    dead = "      - {when: {country: NO, compensation_time_period: HOURLY}, employee_class: X}\n"

    assert told(changed("    examples:", f"{dead}    examples:")) == [
        "line 14, column 9: companies.norway.employee_classes[2] can never hold:"
        " employee_classes[0] comes first and holds whenever it does"
    ]


def test_a_band_that_others_fill_is_refused_with_all_of_them() -> None:
    rest = (
        "      - {when: {annual_pay: {below: 900000, currency: NOK}}, employee_class: S}\n"
        "      - {when: {annual_pay: {at_least: 1, currency: NOK}, kind: EMPLOYEE},"
        " employee_class: S}\n"
    )

    assert told(changed("    examples:", f"{rest}    examples:")) == [
        "line 15, column 9: companies.norway.employee_classes[3] can never hold:"
        " employee_classes[1] and employee_classes[2] come first,"
        " and one of them holds whenever it does"
    ]


@pytest.mark.parametrize(("length", "is_refused"), [(None, False), (3, False), (2, True)])
def test_codes_that_can_only_be_too_long_are_refused_where_the_length_is_known(
    length: int | None, is_refused: bool
) -> None:
    if not is_refused:
        assert "norway" in parse(GOOD, lambda _: length).companies
        return
    assert told(GOOD, length) == [
        "line 5, column 5: companies.norway.employee_code: gives codes of 3 characters and more,"
        " and Visma's EMPLOYEE key takes 2; shorten what stands around the parts"
    ]


def test_everything_wrong_is_said_in_one_go_whatever_else_is_wrong() -> None:
    band = "annual_pay: {at_least: 1000000, currency: NOK}"
    dead = f"{{when: {{kind: EMPLOYEE, {band}}}, employee_class: Y}}"
    text = (
        changed("Europe/Oslo", "Mars/Base")
        .replace("employee_class: staff}", "employee_class: EXEC}")
        .replace("currency: NOK}}, employee", "currency: NOK}, kind: EMPLOYEE}, employee")
        .replace("    examples:", f"      - {dead}\n    guards: {{floor: -1}}\n    examples:")
    )

    lines = [problem.split(": ")[1].removeprefix("companies.norway.") for problem in told(text, 2)]

    assert lines == [
        "time_zone",
        "guards.floor",
        "employee_code",
        "employee_classes[2] can never hold",
        "examples[1]",
        "examples[2]",
    ]


def test_what_needs_the_rules_is_not_judged_by_rules_that_cannot_be_read() -> None:
    text = changed("department: PROD}\n", "department: }\n")

    assert [problem.split(": ")[1] for problem in told(text)] == [
        "companies.norway.departments[0].department"
    ]


@pytest.mark.parametrize("text", ["companies: 1", "companies: {norway: 1}", "companies: [1]", "1"])
def test_what_is_no_mapping_at_all_is_refused_as_before(text: str) -> None:
    assert all(problem.startswith("line 1, column ") for problem in told(text))


def test_a_table_that_makes_no_sense_in_itself_can_still_be_read_and_judged() -> None:
    rows = to_rows(parse(GOOD))
    for row in rows:
        if row["rule"] == "example#010":
            row["employee_class"] = "EXEC"

    rules = from_rows(rows).companies["norway"]

    assert [problem.message() for problem in problems(rules)] == [
        "examples[0]: gives employee class HOURLY, not EXEC"
    ]


def test_a_problem_of_pay_repeats_no_amount() -> None:
    text = changed("amount: 900000, currency: NOK", "amount: 765432.10, currency: NOK")

    assert "765432" not in " ".join(told(text))
