"""The command line around the verbs: which stack, which files, which output, which end."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from connector import __version__, cli
from connector.cli.exits import ExitCode, NotReachedError
from connector.cli.stack import Connection
from tests.embedded.template import ROOT
from tests.unit.cli.results import results

Asked = list[Mapping[str, Any]]
LAYER = ROOT / "layers" / "connector"


@pytest.fixture
def asked() -> Asked:
    return []


@pytest.fixture
def connections() -> list[Connection]:
    return []


@pytest.fixture
def run(asked: Asked, connections: list[Connection]) -> Callable[..., int]:
    """Runs a command line against an account that gives these answers, the last one for ever."""

    def run(words: list[str], *answers: Mapping[str, Any]) -> int:
        left = list(answers)

        def connect(connection: Connection) -> Any:
            connections.append(connection)

            def call(request: Mapping[str, Any]) -> Mapping[str, Any]:
                asked.append(request)
                return left.pop(0) if len(left) > 1 else left[0]

            return call

        return cli.main(words, connect=connect)

    return run


def test_the_stack_comes_from_the_option_or_else_from_the_environment(
    run: Callable[..., int],
    connections: list[Connection],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = {"ok": True, "rows": []}
    monkeypatch.setenv("CONNECTOR_STACK", "from-environment")

    run(["waiting"], answer)
    run(["--stack", "named", "--region", "eu-north-1", "--profile", "finance", "waiting"], answer)

    assert connections == [
        Connection("from-environment"),
        Connection("named", region="eu-north-1", profile="finance"),
    ]


def test_without_a_stack_both_ways_to_name_one_are_said(
    run: Callable[..., int],
    asked: Asked,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("CONNECTOR_STACK", raising=False)

    assert run(["waiting"], {}) == ExitCode.WRONG_USAGE

    told = capsys.readouterr().err
    assert "--stack" in told
    assert "CONNECTOR_STACK" in told
    assert asked == []


def test_the_version_is_the_packages(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--version"], {}) == ExitCode.DONE
    assert capsys.readouterr().out == f"connector {__version__}\n"


@pytest.mark.parametrize("words", [["nonsense"], ["waiting", "--nonsense"], ["adopt", "1"]])
def test_wrong_usage_asks_for_nothing_and_ends_with_2(
    run: Callable[..., int], asked: Asked, words: list[str]
) -> None:
    assert run(["--stack", "s", *words], {}) == ExitCode.WRONG_USAGE
    assert asked == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("æøå".encode("cp1252"), "is not UTF-8 (line 1)"),
        (b"a: b\n" + "æ".encode("latin-1"), "is not UTF-8 (line 2)"),
        ("companies: {}".encode("utf-16"), "is not UTF-8"),
        (bytes(range(128, 256)), "is not UTF-8"),
        (None, "cannot read"),
    ],
)
def test_a_file_that_is_no_utf_8_text_is_one_sentence_and_exit_code_3(
    run: Callable[..., int],
    asked: Asked,
    tmp_path: Path,
    content: bytes | None,
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "mapping.yaml"
    if content is not None:
        file.write_bytes(content)

    assert run(["--stack", "s", "mappings", "diff", str(file)], {}) == ExitCode.REFUSED

    assert asked == []
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1


def test_a_folder_is_no_file_and_a_byte_order_mark_is_no_part_of_one(
    run: Callable[..., int], asked: Asked, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    marked = tmp_path / "mapping.yaml"
    marked.write_bytes(b"\xef\xbb\xbfcompanies: {}")

    assert run(["--stack", "s", "mappings", "check", str(tmp_path)], {}) == ExitCode.REFUSED
    assert "cannot read" in capsys.readouterr().err
    run(["--stack", "s", "mappings", "check", str(marked)], {"ok": True, "findings": []})

    assert asked == [{"verb": "mappings check", "text": "companies: {}"}]


def test_an_export_goes_to_its_file_or_to_the_output(
    run: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = {"ok": True, "text": "companies: {}  # Łódź\n"}
    file = tmp_path / "mapping.yaml"

    assert run(["--stack", "s", "mappings", "export", str(file)], answer) == ExitCode.DONE
    assert file.read_text(encoding="utf-8") == answer["text"]
    assert str(file) in capsys.readouterr().out

    assert run(["--stack", "s", "mappings", "export"], answer) == ExitCode.DONE
    assert capsys.readouterr().out == answer["text"]

    folder = str(tmp_path)
    assert run(["--stack", "s", "mappings", "export", folder], answer) == ExitCode.REFUSED
    assert "cannot write" in capsys.readouterr().err


def test_a_replay_asks_until_nothing_is_left_and_adds_up(
    run: Callable[..., int], asked: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    rounds = [
        {"ok": True, "replayed": 10, "left": 0, "more": True},
        {"ok": True, "replayed": 7, "left": 2, "more": False},
    ]

    assert run(["--stack", "s", "replay"], *rounds) == ExitCode.FINDINGS

    assert len(asked) == 2
    assert capsys.readouterr().out == "17 replayed, 2 left: they are not changes\n"


def test_a_replay_that_is_refused_half_way_says_so(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    rounds = [
        {"ok": True, "replayed": 10, "left": 0, "more": True},
        {"ok": False, "problems": ["SQS is busy"]},
    ]

    assert run(["--stack", "s", "replay"], *rounds) == ExitCode.REFUSED
    assert capsys.readouterr().err == "SQS is busy\n"


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (NotReachedError("the stack s has no output"), ExitCode.REFUSED, "has no output"),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED, "goes on in the account"),
    ],
)
def test_what_ends_a_command_early_is_said(
    error: BaseException, code: ExitCode, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> Any:
        raise error

    ended = cli.main(["--stack", "s", "waiting"], connect=lambda _: fail)

    assert ended == code
    assert words in capsys.readouterr().err


def test_columns_are_aligned_in_a_pipe_and_nothing_is_cut_off(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    row = results("x")["waiting"]["rows"][0]
    long = {**row, "company": "norway", "employee_code": "1013", "reason": "word " * 100}
    other = {**row, "company": "sweden", "employee_code": None, "person": "6b056ce7", "reason": "y"}

    run(["--stack", "s", "waiting"], {"ok": True, "rows": [long, other]})

    heading, first, second, count = capsys.readouterr().out.splitlines()
    assert heading.index("Waiting for") == first.index("word") == second.index("y", 20)
    assert first.count("word") == 100
    assert count == "2 waiting"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
@pytest.mark.parametrize("options", ["", "--json"])
def test_any_encoding_of_the_output_ends_well(encoding: str, options: str) -> None:
    done = program(
        f"answer = {{'ok': True, 'text': 'Łódź, 東京'}}; {RUN_EXPORT}", encoding, options
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_a_closed_pipe_ends_quietly() -> None:
    script = f"answer = {{'ok': True, 'text': 'x' * 1_000_000}}; {RUN_EXPORT}"
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = program(script, "utf-8", "", stdout=writer)
    finally:
        os.close(writer)

    assert done.returncode == ExitCode.CLOSED_PIPE
    assert done.stderr == ""


def test_completion_is_there_for_the_shell(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--help"], {}) == ExitCode.DONE
    assert "--install-completion" in capsys.readouterr().out


RUN_EXPORT = (
    "import sys; from connector.cli import main;"
    " words = ['--stack', 's', 'mappings', 'export', *sys.argv[1:]];"
    " sys.exit(main(words, connect=lambda _: lambda _: answer))"
)


def program(script: str, encoding: str, options: str, stdout: int = subprocess.PIPE) -> Any:
    """Runs the command in a process of its own, with an output of this encoding."""
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", script, *options.split()],
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding=encoding,
        check=False,
        env={"PYTHONPATH": str(LAYER), "PYTHONIOENCODING": encoding},
    )
