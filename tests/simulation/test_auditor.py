"""The auditor is worth what it does not know."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.simulation.auditor.problems import Check

FOLDER = Path(__file__).parent
TESTS = FOLDER.parent
FILES = [
    *sorted((FOLDER / "auditor").glob("*.py")),
    FOLDER / "sights.py",
    FOLDER / "stored.py",
    TESTS / "support/model.py",
    TESTS / "support/mapping_rules.py",
]
ALLOWED = (
    "tests.simulation.auditor",
    "tests.simulation.stored",
    "tests.simulator",
    "tests.support.model",
    "tests.support.mapping_rules",
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_auditor_knows_nothing_of_the_connector(path: Path) -> None:
    tree = ast.parse(path.read_text())
    imported = {
        name.name if isinstance(node, ast.Import) else str(node.module)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }

    assert [each for each in imported if each.startswith("connector")] == []
    ours = [each for each in imported if each.startswith("tests")]
    assert [each for each in ours if not each.startswith(ALLOWED)] == []


def test_the_page_names_every_check_by_its_name() -> None:
    text = (TESTS.parent / "docs" / "testing.md").read_text(encoding="utf-8")
    table = text.partition("| Check | Demands |")[2].partition("\n\n")[0]

    assert {row.split(" | ")[0].strip("| ") for row in table.splitlines()[2:]} == set(Check)
