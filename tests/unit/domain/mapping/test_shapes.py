"""One text where one text belongs: whatever else stands there is refused where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from connector.domain.errors import ConfigurationError
from connector.domain.mapping.file import parse
from connector.domain.mapping.problems import path_of
from connector.domain.mapping.rows import from_rows, to_rows
from connector.domain.mapping.source.document import read

DOCS = Path(__file__).parents[4] / "docs" / "mapping.md"
EXAMPLE = DOCS.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]

OTHER_SHAPES: tuple[Any, ...] = (["x"], {"x": "y"}, [["x"]], None)
LISTS_OF_TEXTS = (
    "legal_entities",
    "exclude_employment_types",
    "exclude_countries",
    "exclude_legal_entities",
    "exclude_departments",
)


def places_in(part: Any, *path: int | str) -> Iterator[tuple[int | str, ...]]:
    """The way to everything in a plain structure, the lists and maps included."""
    if path:
        yield path
    if isinstance(part, dict | list):
        for step, inner in part.items() if isinstance(part, dict) else enumerate(part):
            yield from places_in(inner, *path, step)


def replaced(whole: Any, path: tuple[int | str, ...], value: Any) -> Any:
    changed = deepcopy(whole)
    inside = changed
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = value
    return changed


PLAIN = read(EXAMPLE).plain
FILE_CASES = [
    (path, shape)
    for path in places_in(PLAIN)
    for shape in OTHER_SHAPES
    if not (path[-1] in LISTS_OF_TEXTS and shape == ["x"])
]


def test_the_example_of_the_documentation_is_a_mapping() -> None:
    assert list(parse(EXAMPLE).companies) == ["norway", "sweden"]
    assert len(FILE_CASES) > 300


def test_whatever_has_another_shape_than_it_should_have_is_refused_where_it_stands() -> None:
    for path, shape in FILE_CASES:
        text = yaml.safe_dump(replaced(PLAIN, path, shape), sort_keys=False, allow_unicode=True)

        with pytest.raises(ConfigurationError) as refused:
            parse(text)

        about = [each for each in refused.value.problems if f": {path_of(path)}" in each]
        assert about, (path, shape, refused.value.problems)
        where = re.match(r"line (\d+), column (\d+): ", about[0])
        assert where, about
        line = text.splitlines()[int(where[1]) - 1]
        names = [step for step in path if isinstance(step, str)]
        there = line[int(where[2]) - 1 :].lstrip("-'\"[ ")
        assert there.startswith((names[-1], "x", "null")), (path, shape, about, line)


def test_a_cell_of_another_shape_than_it_should_have_is_refused_with_its_rule() -> None:
    rows = to_rows(parse(EXAMPLE))
    for place, row in enumerate(rows):
        cells = {name: cell for name, cell in row.items() if name not in ("company", "rule")}
        for path in places_in(cells):
            for shape in OTHER_SHAPES:
                is_left_out = shape is None and len(path) == 1
                if is_left_out or (path[-1] in LISTS_OF_TEXTS and shape == ["x"]):
                    continue
                changed = [*rows[:place], replaced(row, path, shape), *rows[place + 1 :]]

                with pytest.raises(ConfigurationError) as refused:
                    from_rows(changed)

                rule = f"{row['company']}, {row['rule']}: "
                assert any(each.startswith(rule) for each in refused.value.problems), (
                    row,
                    path,
                    shape,
                    refused.value.problems,
                )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "compensation_time_period: HOURLY, location",
            "compensation_time_period: [HOURLY, WEEKLY], location",
            "line 23, column 17: companies.norway.employee_classes[0].when"
            ".compensation_time_period: a list stands where one text belongs;"
            " a text that begins with { or [ needs quotes",
        ),
        (
            "department: PROD",
            "department: [PROD, ENG]",
            "line 11, column 32: companies.norway.departments[0].department:"
            " a list stands where one text belongs; a text that begins with { or [ needs quotes",
        ),
        (
            "exclude_employment_types: [CONTRACTOR]",
            "exclude_employment_types: [[CONTRACTOR, INTERN]]",
            "line 31, column 40: companies.norway.scope.exclude_employment_types[0]:"
            " a list stands where one text belongs; a text that begins with { or [ needs quotes",
        ),
        (
            "exclude_employment_types: [CONTRACTOR]",
            "exclude_employment_types: CONTRACTOR",
            "line 31, column 13: companies.norway.scope.exclude_employment_types:"
            " the text 'CONTRACTOR' stands where a list, such as [a, b], belongs",
        ),
        (
            'employee_code: "{worker.number}"',
            "employee_code: {worker.number}",
            "line 5, column 21: companies.norway.employee_code.worker.number: nothing stands here;"
            " give it a value or leave it out (a name such as null needs quotes)",
        ),
        (
            "contact.phone1: once",
            "contact.phone1: [once]",
            "line 29, column 14: companies.norway.fields.contact.phone1: a list stands where"
            " 'rippling', 'once' or 'visma' belongs",
        ),
        (
            "floor: 5",
            "floor: 5.000",
            "line 32, column 76: companies.norway.guards.floor: the text '5.000' stands where a"
            " whole number without separators belongs",
        ),
        (
            "deactivate_when_out_of_scope: false",
            "deactivate_when_out_of_scope: never",
            "line 31, column 53: companies.norway.scope.deactivate_when_out_of_scope: the text"
            " 'never' stands where true or false belongs",
        ),
        (
            "deactivate_percent: 10",
            "deactivated_percent: 10",
            "line 32, column 14: companies.norway.guards.deactivated_percent: there is no such key;"
            " did you mean deactivate_percent?",
        ),
        (
            "department: FIN}",
            "departement: FIN, department: FIN}",
            "line 14, column 46: companies.norway.departments[3].departement: there is no such key;"
            " did you mean department?",
        ),
        (
            "country: NO}",
            "contry: NO}",
            "line 20, column 78: companies.norway.locations[1].address.contry: there is no such"
            " key; did you mean country?",
        ),
        (
            "contact.phone1: once",
            "contact.phone1: Once",
            "line 29, column 14: companies.norway.fields.contact.phone1: the text 'Once' stands"
            " where 'rippling', 'once' or 'visma' belongs; did you mean once?",
        ),
    ],
)
def test_a_refusal_says_what_stands_there_and_what_belongs_there(
    old: str, new: str, told: str
) -> None:
    assert old in EXAMPLE

    with pytest.raises(ConfigurationError) as refused:
        parse(EXAMPLE.replace(old, new, 1))

    assert told in refused.value.problems


@pytest.mark.parametrize("emptied", ["", "~", "null"])
def test_a_condition_without_a_value_is_none_that_always_holds(emptied: str) -> None:
    text = EXAMPLE.replace("{compensation_time_period: HOURLY}", f"{{country: {emptied}}}", 1)

    with pytest.raises(ConfigurationError) as refused:
        parse(text)

    (problem,) = refused.value.problems
    assert "employee_classes[1].when.country: nothing stands here" in problem


@pytest.mark.parametrize("amount", ["700.000", "900.0000", "0.001"])
def test_an_amount_with_more_than_two_decimals_is_refused(amount: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse(EXAMPLE.replace("at_least: 900000", f"at_least: {amount}"))

    problem = refused.value.problems[0]
    assert problem.endswith(
        "annual_pay.at_least: more than two decimals: a dot does not part thousands;"
        " write 500000, and not 500.000"
    )
    assert amount not in problem


@pytest.mark.parametrize("amount", ["9e5", "1e999999999", "900,000", "900 000", "0x10", "١٢٣"])
def test_an_amount_is_written_in_digits(amount: str) -> None:
    with pytest.raises(ConfigurationError, match="without separators"):
        parse(EXAMPLE.replace("at_least: 900000", f'at_least: "{amount}"'))


@pytest.mark.parametrize("amount", ["899999.5", "899999.50", "900000.00", "900000"])
def test_an_amount_may_have_two_decimals(amount: str) -> None:
    text = EXAMPLE.replace("at_least: 900000", f"at_least: {amount}")

    band = parse(text).companies["norway"].employee_classes[2].when.annual_pay

    assert band is not None
    assert band.at_least is not None
    assert f"{band.at_least:f}" == amount
