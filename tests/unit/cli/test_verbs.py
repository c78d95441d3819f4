"""Every verb, without naming one: help, examples, exit codes, and what text from outside may do."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector import cli
from connector.cli import app
from connector.cli.exits import EXIT_CODES, ExitCode
from connector.domain.errors import ConfigurationError
from connector.services.operate import operator
from connector.services.operate.desk import Desk
from connector.services.operate.verbs import FAMILIES, VERBS
from connector.services.operate.verbs.verb import Argument, Arguments, Form, JsonObject, Verb
from connector.services.operate.verbs.view import Line, Table, View
from tests.embedded.template import ROOT
from tests.unit.cli.results import results
from tests.unit.cli.terminal import COLOURS, HOSTILE, acting_in, output, texts

verbs = pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
TERMINAL = ["typer", "rich", "click"]
HEAVY = ["pydantic", "boto3", "botocore", "yaml", "requests", "connector.domain.mapping"]
A_PLAN = json.dumps(
    {
        "plan": 1,
        "people": [
            {"person": name, "company": "norway", "outcome": "updated", "digest": "d"}
            for name in ("1013", "1014")
        ],
    }
)
PAGES = "\n".join(
    page.read_text(encoding="utf-8") for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
)


def answering(result: Mapping[str, Any]) -> Any:
    return lambda _: lambda request: {"ok": True, **result}


def words_of(verb: Verb, tmp_path: Path) -> list[str]:
    """The shortest command line for a verb."""
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(A_PLAN, encoding="utf-8")
    needed = [
        word
        for argument in verb.arguments
        if argument.is_required
        for word in (
            *([argument.flag] if argument.flag else []),
            str(mapping) if argument.form is Form.INPUT_FILE else "1013",
        )
    ]
    return ["--stack", "s", *verb.name.split(), *needed, *(["--yes"] if verb.asks else [])]


@verbs
def test_a_verb_has_help_with_an_example_that_the_command_understands(
    verb: Verb,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)  # an example may write its file, or read it
    Path("mapping.yaml").write_text("companies: {}", encoding="utf-8")
    Path("plan.json").write_text(A_PLAN, encoding="utf-8")
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
def test_a_verb_is_documented_with_each_of_its_options(verb: Verb) -> None:
    assert re.search(rf"connector {verb.name}(?![\w-])", PAGES)
    flags = [each.flag for each in verb.arguments if each.flag]
    assert [flag for flag in flags if not re.search(rf"{flag}(?![\w-])", PAGES)] == []


@verbs
def test_a_verb_with_others_below_it_takes_only_options(verb: Verb) -> None:
    """A word behind it would be taken for an argument, and the verb below never be found."""
    has_others = any(other.name.startswith(f"{verb.name} ") for other in VERBS)
    assert not has_others or all(argument.flag for argument in verb.arguments)


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


FILES = ("personal-data", " export", " scaffold")
"""The verbs that hand a file on as it is where no one looks."""


def acting_on_a_terminal(verb: Verb, text: str, folder: Path) -> list[str]:
    """What would do something where all that an account can say is this text."""
    ways = [((), True), (("--json",), True), (("--json",), False)]
    if not verb.name.endswith(FILES):
        ways.append(((), False))
    found: list[str] = []
    for options, is_terminal in ways:
        with output(is_terminal=is_terminal) as shown:
            words = [*words_of(verb, folder), *options]
            cli.main(words, connect=answering(results(text)[verb.name]))
        assert shown.getvalue()
        found += acting_in(COLOURS.sub("", shown.getvalue()))
    return found


@verbs
def test_no_text_from_outside_controls_the_terminal(verb: Verb, tmp_path: Path) -> None:
    assert acting_on_a_terminal(verb, "".join(HOSTILE), tmp_path) == []


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(verb=st.sampled_from(VERBS), text=texts)
def test_no_text_there_is_controls_the_terminal(verb: Verb, text: str, tmp_path: Path) -> None:
    assert acting_on_a_terminal(verb, text, tmp_path) == []


@verbs
def test_a_name_in_brackets_is_a_name_and_no_colour(verb: Verb, tmp_path: Path) -> None:
    result = results("[red]x")[verb.name]

    with output(is_terminal=True) as shown:
        cli.main(words_of(verb, tmp_path), connect=answering(result))

    assert "[red]x" in shown.getvalue() or "[red]x" not in str(result)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(verb=st.sampled_from(VERBS), text=texts)
def test_json_says_what_the_account_said_whatever_that_is(
    verb: Verb, text: str, tmp_path: Path
) -> None:
    result = results(text)[verb.name]

    with output(is_terminal=False) as shown:
        cli.main([*words_of(verb, tmp_path), "--json"], connect=answering(result))

    told = verb.told_to_programs({"ok": True, **result})
    assert json.loads(shown.getvalue()) == json.loads(json.dumps(told))


@verbs
def test_a_refusal_is_said_line_by_line_with_exit_code_3(
    verb: Verb, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: object) -> Any:
        return lambda _: {"ok": False, "problems": ["one", "other\x1b[2J"]}

    assert cli.main(words_of(verb, tmp_path), connect=refuse) == ExitCode.REFUSED

    assert capsys.readouterr().err == "one\nother\\u001b[2J\n"


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import connector.services.operate.verbs", [*TERMINAL, *HEAVY]),
        ("import connector.services.operate.operator, connector.bootstrap", TERMINAL),
        ("from operations import app", TERMINAL),
        # Later, typer itself loads pydantic to convert arguments.
        ("from connector.cli import main; main(['--help'])", ["rich", *HEAVY]),
        ("from connector.cli import main; main(['--version'])", ["rich", *HEAVY]),
        ("from connector.cli import main; main(['audit', '--help'])", ["rich", *HEAVY[1:]]),
    ],
    ids=lambda each: each.rpartition("import ")[-1] if isinstance(each, str) else "",
)
def test_nothing_is_loaded_that_is_not_needed(statement: str, absent: list[str]) -> None:
    program = f"import sys; {statement}; print([m for m in {absent!r} if m in sys.modules])"
    folders = (ROOT / "layers" / "connector", ROOT / "functions")

    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": os.pathsep.join(map(str, folders))},
    )

    assert done.stdout.splitlines()[-1] == "[]"


class Greet(Verb):
    """A verb that does not exist, all of it in one place as a new one would be."""

    name = "mappings greet"
    help = "greet whoever is named"
    examples = ("connector mappings greet Anna --twice yes",)
    arguments = (
        Argument("whom", "a name", is_required=True),
        Argument("twice", "any word", flag="--twice"),
    )

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        if arguments["whom"] == "nobody":
            raise ConfigurationError("whom: name a person")
        return {"rows": [("hello", arguments["whom"])] * (2 if arguments["twice"] else 1)}

    def view(self, result: JsonObject) -> View:
        return [Table(("Word", "Person"), result["rows"]), Line("greeted")]

    def needs_attention(self, result: JsonObject) -> bool:
        return len(result["rows"]) > 1


@pytest.mark.parametrize(
    ("words", "code", "out", "err"),
    [
        (["Anna"], 0, ["Word   Person", "hello  Anna", "greeted"], []),
        (["Anna", "--twice", "yes"], 1, ["Word   Person", *["hello  Anna"] * 2, "greeted"], []),
        (["nobody"], 3, [], ["whom: name a person"]),
    ],
)
def test_a_new_verb_is_one_class_and_one_line_in_the_registry(
    words: list[str],
    code: int,
    out: list[str],
    err: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for module in (app, operator):
        monkeypatch.setattr(module, "VERBS", (*VERBS, Greet()))
    dispatch = operator.Operator(Mock()).dispatch

    cli.main(["mappings", "--help"])
    assert "greet whoever is named" in capsys.readouterr().out
    cli.main(["mappings", "greet", "--help"])
    assert Greet.examples[0] in capsys.readouterr().out
    ended = cli.main(["--stack", "s", "mappings", "greet", *words], connect=lambda _: dispatch)

    shown = capsys.readouterr()
    assert (ended, shown.out.splitlines(), shown.err.splitlines()) == (code, out, err)


def test_the_registry_names_each_verb_once_and_describes_each_family_that_it_has() -> None:
    names = [verb.name for verb in VERBS]

    assert len(names) == len(set(names))
    assert set(FAMILIES) == {name.partition(" ")[0] for name in names if " " in name}
