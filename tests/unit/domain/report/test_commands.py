"""Whatever the report tells somebody to type is there to be typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.services.operate.verbs import VERBS

PACKAGE = Path(__file__).parents[4] / "layers" / "connector" / "connector"
TYPED = re.compile(r"""[`"](connector [^`"]+)[`"]""")
NAMES = sorted((verb.name for verb in VERBS), key=len, reverse=True)


def typed() -> Iterator[str]:
    """Every command in the sources of the report, its values left out."""
    for folder in ("domain/report", "services/report", "services/operate/verbs/report"):
        for path in sorted((PACKAGE / folder).rglob("*.py")):
            for found in TYPED.findall(path.read_text(encoding="utf-8")):
                yield re.sub(r"\{[^}]*\}?", "", found).strip()


def test_the_report_has_something_to_type() -> None:
    assert len(set(typed())) > 10


@pytest.mark.parametrize("command", sorted(set(typed())))
def test_what_the_report_says_to_type_is_a_verb_with_its_options(command: str) -> None:
    words = command.removeprefix("connector ")
    name = next((name for name in NAMES if f"{words} ".startswith(f"{name} ")), None)
    assert name, f"there is no verb in: {command}"
    verb = next(each for each in VERBS if each.name == name)
    flags = {argument.flag for argument in verb.arguments}
    assert set(re.findall(r"--?[a-z][a-z-]*", words.removeprefix(name))) <= flags
