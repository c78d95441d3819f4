"""The threat model names the test behind each line, and every test that it names is there."""

from __future__ import annotations

import ast
import re

import pytest

from tests.embedded.template import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
LINES = [
    line
    for line in PAGE.partition("## Boundaries")[2].splitlines()
    if line.startswith("|") and not line.startswith(("|---", "| Threat"))
]


def named_in(path: str) -> set[str]:
    """The tests of a file or folder."""
    place = ROOT / path
    files = place.rglob("*.py") if place.is_dir() else [place]
    nodes = (each for file in files for each in ast.walk(ast.parse(file.read_text("utf-8"))))
    functions = (each for each in nodes if isinstance(each, ast.FunctionDef))
    return {each.name for each in functions if each.name.startswith("test_")}


@pytest.fixture(scope="module")
def known() -> set[str]:
    return named_in("tests")


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.split("|")[1].strip()[:60])
def test_a_threat_names_the_tests_that_fail_without_what_stands_in_its_way(
    line: str, known: set[str]
) -> None:
    tests = re.findall(r"`(test_\w+)`", line)
    files = re.findall(r"`(tests/[\w/]+\.py)`", line)

    assert tests or files, "what proves it?"
    assert set(tests) <= known
    assert all(named_in(each) for each in files)
