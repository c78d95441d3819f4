"""Every verb, without naming one: help, examples, exit codes, and what text from outside may do."""

from __future__ import annotations

import io
import json
import re
import shlex
import subprocess
import sys
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector import cli
from connector.cli.exits import EXIT_CODES, ExitCode
from connector.services.operate.verbs import VERBS
from connector.services.operate.verbs.verb import Form, Verb
from tests.embedded.template import ROOT
from tests.unit.cli.results import results

verbs = pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
HOSTILE = (
    "\x1b[2J\x1b[32mok all is well",
    "\x9b31m",
    "a\rb",
    "x\x07",
    "\u202eevil",
    "\u200b",
    "[red]x",
)
PAGES = "\n".join(
    page.read_text(encoding="utf-8") for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
)


def answering(result: Mapping[str, Any]) -> Any:
    return lambda _: lambda request: {"ok": True, **result}


def words_of(verb: Verb, tmp_path: Path) -> list[str]:
    """The shortest command line for a verb."""
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("companies: {}", encoding="utf-8")
    needed = [
        str(mapping) if argument.form is Form.INPUT_FILE else "1013"
        for argument in verb.arguments
        if argument.is_required
    ]
    return ["--stack", "s", *verb.name.split(), *needed]


@verbs
def test_a_verb_has_help_with_an_example_that_the_command_understands(
    verb: Verb,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)  # an example may write its file
    assert cli.main([*verb.name.split(), "--help"]) == ExitCode.DONE

    shown = capsys.readouterr().out
    assert verb.help in re.sub(r"\s+", " ", shown)
    assert verb.examples
    for example in verb.examples:
        assert example in shown
        program, *words = shlex.split(example)
        assert program == "connector"
        code = cli.main(["--stack", "s", *words], connect=answering(results("x")[verb.name]))
        assert code != ExitCode.WRONG_USAGE, f"{example}: {capsys.readouterr().err}"


@verbs
def test_a_verb_is_documented(verb: Verb) -> None:
    assert f"connector {verb.name}" in PAGES or f"`{verb.name}`" in PAGES


@verbs
def test_an_argument_has_help_and_a_name_of_its_own(verb: Verb) -> None:
    names = [argument.name for argument in verb.arguments]
    assert len(names) == len(set(names))
    assert all(argument.help for argument in verb.arguments)


def test_every_exit_code_stands_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["--help"])

    shown = capsys.readouterr().out
    for code, meaning in EXIT_CODES.items():
        assert re.search(rf"\b{code.value}\s+{re.escape(meaning)}", shown)


@verbs
@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("options", [[], ["--json"]], ids=["drawn", "json"])
def test_no_text_from_outside_controls_the_terminal(
    verb: Verb,
    text: str,
    options: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("TERM", "dumb")

    cli.main([*words_of(verb, tmp_path), *options], connect=answering(results(text)[verb.name]))

    shown = terminal.getvalue()
    assert shown
    assert not [each for each in shown if each != "\n" and unicodedata.category(each) in "CcCfCs"]


class Terminal(io.StringIO):
    """Standard output that someone looks at."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("name", ["waiting", "held", "audit", "duplicates", "dead-letters"])
@pytest.mark.parametrize("text", HOSTILE)
def test_neither_does_it_in_a_table_with_borders(
    name: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("NO_COLOR", raising=False)

    cli.main(["--stack", "s", name], connect=answering(results(text)[name]))

    shown = re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue())
    assert "\u2500" in shown, "a table has borders on a terminal"
    assert not [each for each in shown if each != "\n" and unicodedata.category(each) in "CcCfCs"]
    if text == "[red]x":
        assert text in shown, "a name in brackets is a name, not a colour"


@given(st.text())
def test_json_says_what_the_account_said_whatever_that_is(text: str) -> None:
    kept, sys.stdout = sys.stdout, io.StringIO()
    try:
        cli.main(["--stack", "s", "adopt", "1", "2", "--json"], connect=answering({"person": text}))
        shown = sys.stdout.getvalue()
    finally:
        sys.stdout = kept

    assert json.loads(shown) == {"ok": True, "person": text}
    assert not [each for each in shown if each != "\n" and unicodedata.category(each) in "CcCfCs"]


@verbs
def test_a_refusal_is_said_line_by_line_with_exit_code_3(
    verb: Verb, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: object) -> Any:
        return lambda _: {"ok": False, "problems": ["one", "other\x1b[2J"]}

    assert cli.main(words_of(verb, tmp_path), connect=refuse) == ExitCode.REFUSED

    assert capsys.readouterr().err == "one\nother\\u001b[2J\n"


def test_the_operations_load_no_terminal_and_the_help_neither_aws_nor_the_mapping() -> None:
    # typer itself loads pydantic, which is no concern of the functions.
    heavy = ("typer", "rich", "boto3", "botocore", "yaml", "requests", "connector.domain.mapping")
    program = "import sys; {0}; print([m for m in {1!r} if m in sys.modules])"
    for statement, allowed in (
        ("import connector.services.operate.verbs", []),
        ("from connector.cli import main; main(['--version'])", ["typer"]),
        ("from connector.cli import main; main(['audit', '--help'])", ["typer"]),
    ):
        done = subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", program.format(statement, heavy)],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONPATH": f"{ROOT / 'layers' / 'connector'}"},
        )
        assert done.stdout.splitlines()[-1] == str(allowed)
