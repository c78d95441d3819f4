"""How the `connector` command draws the page of `ping`."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from connector import cli
from connector.cli.exits import ExitCode
from connector.cli.render import GLYPHS, PAGE_WIDTH
from connector.domain.checks import Level

Run = Callable[..., int]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `ping` against a stack that gives a laid-down answer."""

    def run(answer: Mapping[str, Any], *words: str) -> int:
        def call(request: Mapping[str, Any]) -> dict[str, Any]:
            assert request == {"verb": "ping"}
            return dict(answer)

        return cli.main(["--stack", "s", "ping", *words], connect=lambda _: call)

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    return run


def check(level: Level, sentence: str, remedy: str = "", name: str = "thing") -> dict[str, Any]:
    return {"name": name, "level": level.value, "message": sentence, "remedy": remedy}


def a_page(*groups: tuple[str, str | None, list[dict[str, Any]]]) -> dict[str, Any]:
    systems = [
        {"system": system, "company": company, "checks": checks}
        for system, company, checks in groups
    ]
    levels = [each["level"] for group in systems for each in group["checks"]]  # type: ignore[index,union-attr]
    counts = {level.value: levels.count(level) for level in Level}
    wrong = counts["bad"] + counts["warning"] + counts["unknown"]
    return {
        "ok": True,
        "checked_at": "2026-11-24T12:00:00+00:00",
        "systems": systems,
        "counts": counts,
        "to_put_right": wrong,
    }


def test_every_level_has_a_mark_of_its_own_and_a_remedy_stands_below(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(
        a_page(
            ("connector", None, [check(Level.GOOD, "Well."), check(Level.NOTE, "A rehearsal.")]),
            ("rippling", None, [check(Level.WARNING, "Less.", "buy it")]),
            ("visma", "norway", [check(Level.BAD, "Gone.", "add it"), check(Level.UNKNOWN, "?")]),
        )
    )

    assert code == ExitCode.FINDINGS
    assert capsys.readouterr().out.splitlines() == [
        "The connector",
        "  ok  Well.",
        "  --  A rehearsal.",
        "",
        "Rippling",
        "  !   Less.",
        "      -> buy it",
        "",
        "Visma: norway",
        "  !!  Gone.",
        "      -> add it",
        "  ??  ?",
        "",
        "1 to fix, 1 to check, 1 unknown",
    ]
    assert len({mark for mark, _ in GLYPHS.values()}) == len(Level)
    assert set(GLYPHS) == {level.value for level in Level}


def test_a_note_is_nothing_to_put_right(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(a_page(("rippling", None, [check(Level.GOOD, "Well."), check(Level.NOTE, "So.")])))

    assert code == ExitCode.DONE
    assert capsys.readouterr().out.splitlines()[-1] == "all is well"


@pytest.mark.parametrize("level", [Level.WARNING, Level.BAD, Level.UNKNOWN])
def test_what_is_not_known_to_be_well_ends_with_exit_code_1(level: Level, run: Run) -> None:
    assert run(a_page(("rippling", None, [check(level, "Hm.")]))) == ExitCode.FINDINGS


def test_lines_that_say_the_same_are_drawn_once_with_their_names(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    alike = [check(Level.BAD, "No.", name=name) for name in ("branches", "employee_key")]

    run(a_page(("visma", "norway", [*alike, check(Level.GOOD, "Yes.")])))

    assert capsys.readouterr().out.splitlines()[1:3] == [
        "  !!  No. (branches, employee key)",
        "  ok  Yes.",
    ]


def test_a_long_sentence_is_folded_under_its_mark(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run(a_page(("rippling", None, [check(Level.BAD, "word " * 60, "deed " * 60)])))

    lines = capsys.readouterr().out.splitlines()[1:-2]
    assert max(map(len, lines)) <= PAGE_WIDTH
    assert lines[0].startswith("  !!  word")
    assert all(line.startswith("      ") for line in lines[1:])
    assert " ".join(lines).count("word") == " ".join(lines).count("deed") == 60


class Terminal(io.StringIO):
    """A place to print that someone looks at."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("variables", "is_coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_marks_are_coloured_on_a_terminal_for_who_wants_that(
    run: Run, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], is_coloured: bool
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)

    run(a_page(("rippling", None, [check(Level.GOOD, "Well."), check(Level.BAD, "Ill.")])))

    text = terminal.getvalue()
    assert ("\x1b[32mok\x1b[0m  Well." in text) is is_coloured
    assert ("\x1b[31m!!\x1b[0m  Ill." in text) is is_coloured
    assert ("\x1b" in text) is is_coloured


def test_nothing_is_coloured_in_a_pipe(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run(a_page(("rippling", None, [check(Level.BAD, "Ill.")])))

    assert "\x1b" not in capsys.readouterr().out


def test_as_json_the_page_is_the_answer_itself_with_the_same_exit_code(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = a_page(("rippling", None, [check(Level.BAD, "Ill.")]))

    assert run(answer, "--json") == ExitCode.FINDINGS
    assert json.loads(capsys.readouterr().out) == answer


def test_the_shapes_are_json_for_a_file_and_leave_nothing_to_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = []
    report = {"version": "1", "checked_at": "now", "shapes": [{"tenant": "rippling"}]}

    def call(request: Mapping[str, Any]) -> dict[str, Any]:
        asked.append(request)
        return {"ok": True, **report}

    code = cli.main(["--stack", "s", "ping", "--shapes"], connect=lambda _: call)

    assert asked == [{"verb": "ping", "shapes": True}]
    assert code == ExitCode.DONE
    assert json.loads(capsys.readouterr().out)["shapes"] == report["shapes"]
