"""The JSON schema for editors: it is that of the models, takes what is right, and knows shapes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from connector.domain.errors import ConfigurationError
from connector.domain.mapping.file import parse
from tests.embedded.template import ROOT
from tests.simulator.nordfab import nordfab_mapping
from tests.support.mapping_schema import FILE, schema, text
from tests.unit.domain.mapping.test_shapes import EXAMPLE, FILE_CASES, replaced

SCHEMA = schema()
VALIDATOR = Draft202012Validator(SCHEMA)
HINT = "# yaml-language-server: $schema=docs/mapping.schema.json"
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
BLOCKS = [
    (f"{page.name}-{place}", block)
    for page in PAGES
    for place, block in enumerate(re.findall(r"```yaml\n(.*?)```", page.read_text("utf-8"), re.S))
    if re.search(r"^(companies|shared):", block, re.M)
]


class CoreLoader(yaml.SafeLoader):
    """Reads as editors do, by YAML 1.2: NO is a text, and so is a day."""


CoreLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag.rpartition(":")[2] in ("int", "float", "null") or first in "tf"
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def as_an_editor_sees(text: str) -> Any:
    return yaml.load(text, CoreLoader)  # noqa: S506 - a safe loader of our own


def wrong(data: Any) -> list[str]:
    return [f"{list(each.absolute_path)}: {each.message}" for each in VALIDATOR.iter_errors(data)]


def test_the_file_is_that_of_the_models_of_today() -> None:
    Draft202012Validator.check_schema(SCHEMA)

    assert FILE.read_text(encoding="utf-8") == text(), (
        "run .venv/bin/python -m tests.support.mapping_schema"
    )


@pytest.mark.parametrize(
    ("name", "block"), [*BLOCKS, *((f"nordfab-{n}", nordfab_mapping(n)) for n in (1, 2))]
)
def test_what_an_import_takes_the_schema_takes(name: str, block: str) -> None:
    try:
        parse(block)
    except ConfigurationError:
        pytest.skip(f"{name} is a part of a file")
    assert wrong(as_an_editor_sees(block)) == []


def test_some_whole_files_stand_in_the_documentation() -> None:
    assert len(BLOCKS) >= 2


def test_whatever_has_another_shape_than_it_should_have_is_known() -> None:
    data = as_an_editor_sees(EXAMPLE)
    assert wrong(data) == []

    assert [case for case in FILE_CASES if not wrong(replaced(data, *case))] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("department: FIN", "departement: FIN"),
        ("compensation_time_period: HOURLY", "compensation_time_period: hourly"),
        ("companies:", "company:"),
        ("norway:", "Norway:"),
        ("time_zone:", "timezone:"),
        ("lead_days: 0", "lead_days: 90"),
        ("deactivate_percent: 10", "deactivate_percent: 0"),
        ("first_load: held", "first_load: hold"),
        ("country: NO", "country: Norge"),
        ("currency: NOK", "currency: kroner"),
    ],
)
def test_a_word_that_an_import_refuses_for_its_shape_is_known(old: str, new: str) -> None:
    assert old in EXAMPLE
    broken = EXAMPLE.replace(old, new, 1)
    with pytest.raises(ConfigurationError):
        parse(broken)

    assert wrong(as_an_editor_sees(broken))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('cost_centre: "500"', "cost_centre: 500"),
        ("lead_days: 0", 'lead_days: "0"'),
    ],
)
def test_what_yaml_takes_for_a_number_or_not_is_right_either_way(old: str, new: str) -> None:
    same = EXAMPLE.replace(old, new)
    parse(same)

    assert wrong(as_an_editor_sees(same)) == []


def test_the_line_that_an_editor_looks_for_stands_in_the_skeleton_and_names_the_file() -> None:
    source = ROOT / "layers/connector/connector/domain/mapping/source/scaffold.py"
    assert HINT in source.read_text(encoding="utf-8")
    assert Path(HINT.partition("=")[2]) == FILE.relative_to(ROOT)
