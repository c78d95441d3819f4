"""Signs of life while the account works."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from connector import cli
from connector.cli import progress
from tests.unit.cli.results import rounds_of_a_replay
from tests.unit.cli.terminal import Terminal

UP_AND_CLEAR = "\x1b[1A\x1b[2K"
ROUNDS = rounds_of_a_replay(0)


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch, *, quiet_seconds: float = 0.01) -> Iterator[Terminal]:
    """Standard error that someone looks at."""
    terminal = Terminal()
    with monkeypatch.context() as patch:
        patch.setattr("sys.stderr", terminal)
        patch.setenv("TERM", "xterm")
        patch.setattr(progress, "QUIET_SECONDS", quiet_seconds)
        yield terminal


def replay(*options: str, terminal: Terminal) -> None:
    """Replays in two rounds; the second one lasts until the count of the first one is seen."""
    rounds: Iterator[dict[str, Any]] = iter(ROUNDS)

    def call(_: object) -> dict[str, Any]:
        result = next(rounds)
        patience = 0 if result["more"] else 50
        while patience and "10 replayed" not in terminal.getvalue():
            patience -= 1
            time.sleep(0.02)
        return result

    cli.main(["--stack", "s", "replay", *options], connect=lambda _: call)


def test_a_replay_counts_on_the_terminal_and_answers_on_the_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with watched(monkeypatch) as terminal:
        replay(terminal=terminal)

    assert "replay ... 10 replayed" in terminal.getvalue()
    assert capsys.readouterr().out == "17 replayed\n"


def test_the_line_of_progress_is_gone_when_the_verb_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with watched(monkeypatch) as terminal:
        replay(terminal=terminal)
        shown = terminal.getvalue()
        time.sleep(0.2)

    assert shown.endswith(UP_AND_CLEAR)
    assert terminal.getvalue() == shown, "nothing goes on in the background"


def test_with_json_nothing_is_shown_while_the_account_works(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with watched(monkeypatch) as terminal:
        replay("--json", terminal=terminal)

    assert terminal.getvalue() == ""
    assert json.loads(capsys.readouterr().out)["replayed"] == 17


def test_where_nobody_looks_nothing_is_shown_while_the_account_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich by itself would take a pipe for a terminal then
    with watched(monkeypatch) as terminal:
        monkeypatch.setattr(terminal, "isatty", lambda: False)
        replay(terminal=terminal)

    assert terminal.getvalue() == ""


def test_what_is_done_within_a_second_shows_nothing_in_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with watched(monkeypatch, quiet_seconds=60.0) as terminal:
        cli.main(["--stack", "s", "replay"], connect=lambda _: lambda _: dict(ROUNDS[1]))
        left = [each for each in threading.enumerate() if isinstance(each, threading.Timer)]

    assert terminal.getvalue() == ""
    assert left == []
