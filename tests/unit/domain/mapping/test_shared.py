"""Rows that companies share: each company gets them, and mistakes are told where they stand."""

from __future__ import annotations

import pytest

from connector.domain.errors import ConfigurationError
from connector.domain.mapping.file import dump, parse
from connector.domain.mapping.source import shared

FILE = """\
shared:
  nordic:
    departments:
      - {rippling: Production, department: PROD}
      - {rippling: Production, when: {location: Oslo}, department: P-OSL}
      - {rippling: Sales, department: SALES}
    employee_classes:
      - {when: {compensation_time_period: HOURLY}, employee_class: HOURLY}
  finance:
    departments:
      - {rippling: Treasury, department: FIN}
companies:
  norway:
    legal_entities: [Nordfab AS]
    time_zone: Europe/Oslo
    include: [nordic, finance]
    departments:
      - {rippling: Foundry, department: FOUND}
    employee_classes:
      - {when: {kind: EMPLOYEE, country: NO}, employee_class: LOCAL}
  sweden:
    legal_entities: ["*"]
    time_zone: Europe/Stockholm
    include: [nordic]
    departments:
      - {rippling: Production, department: TILLV}
"""


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        parse(text)
    return list(caught.value.problems)


def departments(company: str, text: str = FILE) -> list[str]:
    return [row.department for row in parse(text).companies[company].departments]


def test_a_company_has_what_it_includes_behind_its_own() -> None:
    assert departments("norway") == ["FOUND", "PROD", "P-OSL", "SALES", "FIN"]
    classes = [rule.employee_class for rule in parse(FILE).companies["norway"].employee_classes]
    assert classes == ["LOCAL", "HOURLY"]


def test_rows_of_the_company_for_a_department_go_in_place_of_all_shared_ones_for_it() -> None:
    assert departments("sweden") == ["TILLV", "SALES"]


def test_an_export_is_a_file_that_means_the_same() -> None:
    mapping = parse(FILE)

    assert parse(dump(mapping)) == mapping
    assert "shared" not in dump(mapping)


def test_a_mistake_in_a_shared_row_is_told_once_and_where_it_stands() -> None:
    assert problems(FILE.replace("department: SALES", "departement: SALES")) == [
        "line 6, column 9: shared.nordic.departments[2].department: this key is missing",
        "line 6, column 27: shared.nordic.departments[2].departement: there is no such key; did you"
        " mean department?",
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "HOURLY}, emp",
            "Hourly}, emp",
            "line 8, column 17: shared.nordic.employee_classes[0]",
        ),
        ("department: FIN}", "department: }", "line 11, column 30: shared.finance.departments[0]"),
        ("{location: Oslo}", "{locaton: Oslo}", "line 5, column 39: shared.nordic.departments[1]"),
        (
            "[nordic, finance]",
            "[nordic, finanse]",
            "line 16, column 23: companies.norway.include",
        ),
        ("[nordic, finance]", "nordic", "line 16, column 5: companies.norway.include: the text"),
        ("[nordic, finance]", "[nordic, nordic, finance]", "companies.norway.include[1]: nordic"),
        (
            "[nordic, finance]",
            "[nordic]",
            "line 9, column 3: shared.finance: no company",
        ),
        ("include: [nordic]", "inclde: [nordic]", "did you mean include?"),
        ("shared:", "shred:", "did you mean shared?"),
        (
            "  finance:\n    dep",
            "  finance:\n    locations: []\n    dep",
            "shared.finance.locations",
        ),
        ("Sales, dep", "Production, dep", "line 6, column 9: shared.nordic.departments[2]"),
    ],
)
def test_what_makes_no_sense_is_told_with_its_line(old: str, new: str, told: str) -> None:
    assert old in FILE

    found = problems(FILE.replace(old, new))

    assert any(told in each for each in found), found
    assert len({*found}) == len(found)


def test_a_misspelt_name_is_offered_the_right_one() -> None:
    assert (
        "did you mean finance?" in problems(FILE.replace("nordic, finance", "nordic, finanse"))[0]
    )


def test_a_shared_class_rule_that_can_never_hold_is_told_where_it_stands() -> None:
    text = FILE.replace("{kind: EMPLOYEE, country: NO}", "{}")

    assert problems(text) == [
        "line 8, column 9: shared.nordic.employee_classes[0] can never hold: employee_classes[0]"
        " comes first and holds whenever it does"
    ]


@pytest.mark.parametrize("value", ["[]", "x", "{nordic: x}", "{nordic: [1]}", "{nordic: }", ""])
def test_shared_rows_of_any_shape_end_in_words(value: str) -> None:
    start = FILE.index("companies:")

    assert problems(f"shared: {value}\n{FILE[start:]}")


def test_more_copies_than_any_organisation_needs_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shared, "MOST_SHARED", 5)

    assert any(shared.TOO_MANY in each for each in problems(FILE))


def test_a_file_without_shared_rows_is_left_as_it_is() -> None:
    start = FILE.index("companies:")
    text = (
        FILE[start:]
        .replace("    include: [nordic, finance]\n", "")
        .replace("    include: [nordic]\n", "")
    )

    assert departments("sweden", text) == ["TILLV"]
