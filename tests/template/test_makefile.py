"""What the targets of the Makefile run understands what it is given."""

from __future__ import annotations

import importlib
import re
import shlex
import subprocess

import pytest

from tests.embedded.stack import isolated_environment
from tests.embedded.template import ROOT

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = set(re.findall(r"^([a-z]+):.* ## ", MAKEFILE, re.MULTILINE))
VARIABLES = set(re.findall(r"\$\((?:if|or) \$\(([A-Z]+)\)", MAKEFILE)) | {"FUNCTION", "EVENT"}
ANOTHER_COMMAND = {"CRASHES"}
"""Where it is set, its target runs pytest."""
NO_PARSER = {"tests.fuzz.endpoints"}
"""Its options are those of libFuzzer."""
ASIDE = {"help", "setup", "clean"}


def _asked(*variables: str) -> list[tuple[str, list[str]]]:
    """The modules that all targets run with these variables, and the words each is given."""
    ran = subprocess.run(  # noqa: S603 - our own Makefile
        ["make", "--dry-run", "--assume-old=setup", *sorted(TARGETS - ASIDE), *variables],  # noqa: S607
        cwd=ROOT,
        env=isolated_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.findall(r"python -m (tests\.[\w.]+)([^;\n]*)", ran.stdout)
    return [(name, shlex.split(words)) for name, words in found if name not in NO_PARSER]


@pytest.mark.parametrize("given", [set(), VARIABLES - ANOTHER_COMMAND], ids=["alone", "with all"])
def test_every_option_that_a_target_passes_is_one_that_its_module_knows(given: set[str]) -> None:
    # `invoke` cannot do without its two.
    asked = _asked(*(f"{name}=1" for name in sorted(given | {"FUNCTION", "EVENT"})))

    assert {name.split(".")[1] for name, _ in asked} == {
        "demo", "embedded", "simulation", "bench", "load", "supply",
    }  # fmt: skip
    for name, words in asked:
        parser = importlib.import_module(f"{name}.__main__").parser()
        parser.parse_args(words)  # which ends the test where a word is unknown


def test_every_variable_that_the_help_of_a_target_names_is_one_that_it_takes() -> None:
    for target in sorted(TARGETS):
        found = re.search(rf"^{target}:.* ## (.*)\n((?:\t.*\n)*)", MAKEFILE, re.MULTILINE)
        assert found
        named = set(re.findall(r"\b([A-Z]+)=", re.sub("`[^`]*`", "", found[1])))
        by_environment = set(re.findall(r"^export ([A-Z]+)", MAKEFILE, re.MULTILINE))
        taken = set(re.findall(r"\$\(([A-Z]+)\)", found[2])) | by_environment
        assert named <= taken, target
