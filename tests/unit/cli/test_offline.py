"""A mapping file is checked on the laptop: no stack, no network, the words of an import."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from connector import cli
from connector.cli.exits import ExitCode
from connector.domain.errors import ConfigurationError
from connector.domain.mapping.file import parse
from tests.embedded.template import ROOT
from tests.unit.domain.mapping.test_shapes import EXAMPLE

WITH_A_GAP = """\
companies:
  norway:
    legal_entities: ["*"]
    time_zone: Europe/Oslo
"""
WRONG = EXAMPLE.replace("department: FIN}", "department: FIN, cost_center: 1}").replace(
    "Europe/Oslo", "Europe/Olso"
)
NO_NETWORK = """
import socket, sys
def refuse(*_, **__): raise AssertionError("the network was asked")
socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse
from connector.cli import main
code = main(sys.argv[1:])
print([name for name in ("boto3", "botocore", "requests") if name in sys.modules])
sys.exit(code)
"""


def never(_: object) -> Any:
    raise AssertionError("the account was asked")


def check(tmp_path: Path, text: str, *options: str) -> int:
    file = tmp_path / "mapping.yaml"
    file.write_text(text, encoding="utf-8")
    return cli.main(["mappings", "check", "--offline", str(file), *options], connect=never)


@pytest.fixture(autouse=True)
def no_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONNECTOR_STACK", raising=False)


def test_a_file_that_makes_sense_is_said_to_and_what_was_not_looked_at_as_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(tmp_path, EXAMPLE) == ExitCode.DONE

    shown = capsys.readouterr().out
    assert shown.startswith("the file makes sense; names and codes were not compared")


def test_what_an_author_should_look_at_once_more_is_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(tmp_path, WITH_A_GAP) == ExitCode.FINDINGS

    shown = capsys.readouterr().out
    assert "norway: warning: " in shown
    assert "with 1 warning" in shown


def test_every_problem_is_told_that_an_import_would_refuse_with_exit_code_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse(WRONG)

    assert check(tmp_path, WRONG) == ExitCode.REFUSED

    assert capsys.readouterr().err.splitlines() == list(refused.value.problems)
    assert len(refused.value.problems) > 1


def test_as_json_each_problem_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path, WRONG, "--json") == ExitCode.REFUSED
    answer = json.loads(capsys.readouterr().out)
    assert len(answer["problems"]) > 1

    assert check(tmp_path, WITH_A_GAP, "--json") == ExitCode.FINDINGS
    assert json.loads(capsys.readouterr().out)["findings"][0]["company"] == "norway"


def test_without_a_file_there_is_nothing_to_check_offline(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["mappings", "check", "--offline"], connect=never) == ExitCode.WRONG_USAGE
    assert "--offline FILE" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["mappings", "check", "--offline", "no-such-file.yaml"]

    assert cli.main(words, connect=never) == ExitCode.WRONG_USAGE
    assert "cannot read no-such-file.yaml" in capsys.readouterr().err


def test_neither_aws_nor_http_is_loaded_and_no_network_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "mapping.yaml"
    file.write_text(EXAMPLE, encoding="utf-8")

    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", NO_NETWORK, "mappings", "check", "--offline", str(file)],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT / "layers" / "connector"), "PATH": os.environ["PATH"]},
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "[]"
