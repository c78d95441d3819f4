"""The `connector resume` command: what it asks for, and how it draws the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from connector import cli


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (
            {"was_paused": True, "since": "2026-11-24T12:00:00+00:00", "reason": "uninstalled"},
            "polling goes on; it was stopped since 2026-11-24T12:00:00+00:00: uninstalled",
        ),
        ({"was_paused": False}, "polling was not stopped"),
    ],
)
def test_resuming_says_since_when_polling_was_stopped_and_why(
    answer: dict[str, Any],
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked: list[Mapping[str, Any]] = []

    def call(request: Mapping[str, Any]) -> Mapping[str, Any]:
        asked.append(request)
        return {"ok": True, **answer}

    monkeypatch.setattr(cli, "_caller", lambda _: call)

    assert cli.main(["--stack", "connector", "resume"]) == cli.DONE
    assert asked == [{"verb": "resume"}]
    assert capsys.readouterr().out.strip() == line
