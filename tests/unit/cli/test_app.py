"""The command line around the verbs: which stack, which files, which output, which end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from connector import __version__, cli
from connector.cli.app import BEFORE_THE_VERB, commands
from connector.cli.exits import ExitCode, NotReachedError
from connector.cli.stack import Connection
from connector.services.operate.verbs import VERBS
from tests.embedded.template import ROOT
from tests.unit.cli.results import results, rounds_of_a_replay

Asked = list[Mapping[str, Any]]
LAYER = ROOT / "layers" / "connector"
EXPORT = ("--stack", "s", "mappings", "export")
FOREIGN = "Visma has no Łódź, é or 東京 \U0001f389"
EMPLOYEE = {"ok": True, "person": FOREIGN, "code": "1", "company": "norway"}
AS_A_PROGRAM = (
    "import json, sys; from connector.cli import main; answer = json.loads(sys.argv[1]);"
    " sys.exit(main(sys.argv[2:], connect=lambda _: lambda _: answer))"
)


def program(
    words: Sequence[str],
    answer: Mapping[str, Any],
    *,
    encoding: str = "utf-8",
    stdout: int = subprocess.PIPE,
    script: str = AS_A_PROGRAM,
    **variables: str,
) -> subprocess.CompletedProcess[bytes]:
    """Runs the command in a process of its own, with an output of this encoding."""
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", script, json.dumps(answer), *words],
        stdout=stdout,
        stderr=subprocess.PIPE,
        check=False,
        env={"PYTHONPATH": str(LAYER), "PYTHONIOENCODING": encoding, **variables},
    )


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


@pytest.mark.parametrize("option", BEFORE_THE_VERB)
def test_an_option_of_all_verbs_behind_one_is_told_where_it_goes(
    run: Callable[..., int], asked: Asked, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    behind = run(["--stack", "s", "waiting", option, "x"], {})
    told = capsys.readouterr().err
    run(["--stack", "s", "waiting", "--nonsense"], {})
    without = run(["--stack"], {})

    assert behind == without == ExitCode.WRONG_USAGE
    assert f"{option} goes before the verb" in told
    assert "goes before" not in capsys.readouterr().err
    assert asked == []


def test_every_option_of_all_verbs_goes_before_them() -> None:
    taken = {option for each in commands(VERBS).params for option in each.opts}

    assert set(BEFORE_THE_VERB) < taken


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("æøå".encode("cp1252"), "is not UTF-8 (line 1)"),
        (b"a: b\n" + "æ".encode("latin-1"), "is not UTF-8 (line 2)"),
        ("companies: {}".encode("utf-16"), "is not UTF-8"),
        ("companies: {}".encode("utf-16-le"), "is not UTF-8 (line 1)"),
        (b"a: b\n\x7fELF\x00\x01", "is not UTF-8 (line 2)"),
        (bytes(range(128, 256)), "is not UTF-8"),
        (None, "cannot read"),
    ],
)
def test_a_file_that_is_no_utf_8_text_is_one_sentence_and_exit_code_2(
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

    assert run(["--stack", "s", "mappings", "diff", str(file)], {}) == ExitCode.WRONG_USAGE

    assert asked == []
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    "content", [None, "Tromsø".encode("cp1252"), "Tromsø".encode("utf-16"), b"x" * 4_000_001],
    ids=["missing", "cp1252", "UTF-16", "too large"],
)  # fmt: skip
@pytest.mark.parametrize("verb", ["diff", "check", "import"])
def test_a_file_that_cannot_be_read_is_json_where_json_was_asked_for(
    run: Callable[..., int],
    asked: Asked,
    tmp_path: Path,
    content: bytes | None,
    verb: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "mapping.yaml"
    if content is not None:
        file.write_bytes(content)

    code = run(["--stack", "s", "mappings", verb, str(file), "--json"], {})

    answer = json.loads(capsys.readouterr().out)
    assert (code, asked) == (ExitCode.WRONG_USAGE, [])
    assert (answer["ok"], len(answer["problems"])) == (False, 1)
    assert str(file) in answer["problems"][0]


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a file without an end")
def test_a_file_without_an_end_is_not_read_to_its_end(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["--stack", "s", "mappings", "import", "/dev/zero"], {})

    assert code == ExitCode.WRONG_USAGE
    assert capsys.readouterr().err == ("/dev/zero is larger than 4000000 bytes; is it the file?\n")


def test_a_folder_is_no_file_and_a_byte_order_mark_is_no_part_of_one(
    run: Callable[..., int], asked: Asked, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    marked = tmp_path / "mapping.yaml"
    marked.write_bytes(b"\xef\xbb\xbfcompanies: {}")

    assert run(["--stack", "s", "mappings", "check", str(tmp_path)], {}) == ExitCode.WRONG_USAGE
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


@pytest.mark.parametrize(
    "words", [["--all", "1013"], ["--max-per-second", "0"], ["--max-per-second", "few"]], ids=str
)
def test_what_does_not_go_together_is_wrong_usage(
    run: Callable[..., int], asked: Asked, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--stack", "s", "replay", *words], {}) == ExitCode.WRONG_USAGE
    assert asked == []
    assert capsys.readouterr().err


def test_a_replay_asks_until_nothing_is_left_and_adds_up(
    run: Callable[..., int], asked: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--stack", "s", "replay"], *rounds_of_a_replay(2)) == ExitCode.FINDINGS

    assert len(asked) == 2
    assert capsys.readouterr().out == "17 replayed, 2 left: they are not changes\n"


def test_a_replay_that_is_refused_half_way_says_so(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    first, _ = rounds_of_a_replay(2)
    rounds = [first, {"ok": False, "problems": ["SQS is busy"]}]

    assert run(["--stack", "s", "replay"], *rounds) == ExitCode.REFUSED
    assert capsys.readouterr().err == "SQS is busy\n"


@pytest.mark.parametrize(
    ("error", "verb", "code", "words"),
    [
        (NotReachedError("the stack s has no output"), "waiting", 3, "has no output"),
        (KeyboardInterrupt(), "waiting", 130, "changes nothing"),
        (KeyboardInterrupt(), "go-live", 130, "goes on in the account; `connector audit` shows"),
        (KeyboardInterrupt(), "replay", 130, "`connector replay` goes on with it"),
    ],
)
def test_what_ends_a_command_early_is_said(
    error: BaseException, verb: str, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> Any:
        raise error

    ended = cli.main(["--stack", "s", verb], connect=lambda _: fail)

    assert ended == code
    assert words in capsys.readouterr().err


def test_columns_are_aligned_in_a_pipe_and_nothing_is_cut_off(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    row = results("x")["waiting"]["rows"][0]
    long = {**row, "company": "norway", "number": "1013", "reason": "word " * 100}
    other = {**row, "company": "sweden", "number": "6b056ce7", "reason": "y"}

    run(["--stack", "s", "waiting"], {"ok": True, "rows": [long, other]})

    heading, first, second, count = capsys.readouterr().out.splitlines()
    assert heading.index("Waiting for") == first.index("word") == second.index("y", 20)
    assert first.count("word") == 100
    assert count == "2 waiting"


encodings = pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])


@encodings
def test_what_the_encoding_of_the_output_lacks_is_shown_as_escapes(encoding: str) -> None:
    done = program(["--stack", "s", "adopt", "1", "2"], EMPLOYEE, encoding=encoding)

    shown = done.stdout.decode(encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    assert shown.startswith("person Visma has no ")
    has_all = encoding == "utf-8"
    assert ("東京 \U0001f389" in shown, "\\u6771\\u4eac \\ud83c\\udf89" in shown) == (
        has_all,
        not has_all,
    )
    assert ("é" in shown) is (encoding != "ascii")


@encodings
def test_json_is_the_same_json_in_any_encoding_of_the_output(encoding: str) -> None:
    done = program(["--stack", "s", "adopt", "1", "2", "--json"], EMPLOYEE, encoding=encoding)

    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode(encoding)) == EMPLOYEE


@encodings
def test_an_exported_file_in_a_pipe_is_the_file_whatever_the_terminal_has(encoding: str) -> None:
    text = f"companies: {{}}  # {FOREIGN}\n"

    done = program(EXPORT, {"ok": True, "text": text}, encoding=encoding)

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == text.encode()


@pytest.mark.parametrize(
    "words", [[*EXPORT], [*EXPORT, "--json"], ["--help"], ["--version"]], ids=" ".join
)
def test_a_closed_pipe_ends_quietly_with_the_exit_code_of_one(words: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = program(words, {"ok": True, "text": "x" * 100_000}, stdout=writer)
    finally:
        os.close(writer)

    assert (done.returncode, done.stderr) == (ExitCode.CLOSED_PIPE, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
@pytest.mark.parametrize(
    "words", [[*EXPORT], [*EXPORT, "--json"], ["--help"], ["--version"]], ids=" ".join
)
def test_a_full_disk_is_one_sentence_and_exit_code_3(words: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = program(words, {"ok": True, "text": "x"}, stdout=full.fileno())

    assert done.returncode == ExitCode.REFUSED
    assert done.stderr == b"cannot write the output: No space left on device\n"


def test_without_any_output_a_verb_still_ends_with_its_exit_code() -> None:
    closed = f"import os; os.close(1); {AS_A_PROGRAM}"

    done = program(
        EXPORT, {"ok": True, "text": "x"}, script=f"import sys; sys.stdout = None; {closed}"
    )

    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_is_given_a_script_that_completes(shell: str) -> None:
    done = program([], {}, _CONNECTOR_COMPLETE=f"source_{shell}")

    assert done.returncode == 0
    assert b"_CONNECTOR_COMPLETE" in done.stdout


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("connector dead", ["dead-letters"]),
        (
            "connector mappings ",
            ["scaffold", "import", "diff", "check", "export", "rollback", "history"],
        ),
        ("connector audit --per", ["--person"]),
        ("connector audit ", ["verify", "export"]),
    ],
)
def test_the_shell_completes_verbs_and_their_options(typed: str, offered: list[str]) -> None:
    number = str(typed.count(" "))

    done = program([], {}, _CONNECTOR_COMPLETE="complete_bash", COMP_WORDS=typed, COMP_CWORD=number)

    assert done.stdout.decode().split() == offered


def test_a_verb_that_asks_shows_what_it_would_do_and_does_nothing_on_a_no(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    requests: list[Any] = []
    shown = {"company": "norway", "kind": "deactivate", "department": "Sales", "people": 12}

    def call(request: Any) -> dict[str, Any]:
        requests.append(dict(request))
        if request.get("preview"):
            return {"ok": True, "preview": [shown], "people": 12, "unknown": []}
        return {"ok": True, "queued": 12, "unknown": [], "seconded_later": 0}

    for answer, code, asked in ((False, ExitCode.REFUSED, 1), (True, ExitCode.DONE, 2)):
        requests.clear()
        monkeypatch.setattr("typer.confirm", lambda _, answer=answer: answer)
        words = ["--stack", "s", "approve", "--run", "3f25"]
        assert cli.main(words, connect=lambda _: call) == code
        assert len(requests) == asked
        assert requests[0]["preview"] is True
    assert "deactivate" in capsys.readouterr().out


def test_where_nobody_can_be_asked_yes_has_to_be_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def call(_: Any) -> dict[str, Any]:
        return {"ok": True, "queued": 1, "unknown": [], "seconded_later": 0}

    assert cli.main(["--stack", "s", "reject", "1013"], connect=lambda _: call) == ExitCode.REFUSED
    assert "--yes" in capsys.readouterr().err
    words = ["--stack", "s", "reject", "1013", "--yes"]
    assert cli.main(words, connect=lambda _: call) == ExitCode.DONE
