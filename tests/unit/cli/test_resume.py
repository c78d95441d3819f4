"""The `connector resume` command: what it asks for, and how it draws the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from connector import cli
from connector.cli.exits import ExitCode


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (
            {"was_paused": True, "since": "2026-11-24T12:00:00+00:00", "reason": "uninstalled"},
            "polling continues; it was paused since 2026-11-24T12:00:00+00:00: uninstalled",
        ),
        ({"was_paused": False}, "polling was not paused"),
    ],
)
def test_resuming_says_since_when_polling_was_paused_and_why(
    answer: dict[str, Any],
    line: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked: list[Mapping[str, Any]] = []

    def call(request: Mapping[str, Any]) -> dict[str, Any]:
        asked.append(request)
        return {"ok": True, **answer}

    words = ["--stack", "connector", "resume"]

    assert cli.main(words, connect=lambda _: call) == ExitCode.DONE
    assert asked == [{"verb": "resume"}]
    assert capsys.readouterr().out.strip() == line
