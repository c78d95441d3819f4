"""How the `connector` command asks for the verbs of the mapping, and draws their answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from connector import cli
from connector.cli.exits import ExitCode

Asked = list[Mapping[str, Any]]


@pytest.fixture
def run() -> Callable[..., tuple[int, Asked]]:
    """Runs a command line against a stack that gives a laid-down answer."""

    def run(answer: Mapping[str, Any], *words: str) -> tuple[int, Asked]:
        asked: Asked = []

        def call(request: Mapping[str, Any]) -> dict[str, Any]:
            asked.append(request)
            return dict(answer)

        words = ("--stack", "s", "mappings", *words)
        return cli.main(words, connect=lambda _: call), asked

    return run


def some(count: int, first: list[Any]) -> dict[str, Any]:
    return {"count": count, "first": first}


def a_company(**changes: Any) -> dict[str, Any]:
    kinds = ("moves", "releases", "blocks", "excludes", "includes")
    nothing = {kind: some(0, []) for kind in kinds}
    return {
        "company": "norway",
        **nothing,
        "hinges_on_pay": 0,
        "visma_known": True,
        **changes,
    }


def a_diff(*companies: dict[str, Any], blocked: int = 0, **rows: Any) -> dict[str, Any]:
    nothing = {word: some(0, []) for word in ("added", "changed", "removed")}
    return {
        "ok": True,
        "companies": list(companies),
        "rows": {**nothing, **rows},
        "blocked": blocked,
    }


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "mapping.yaml"
    path.write_text("companies: {}", encoding="utf-8")
    return str(path)


def test_a_diff_sends_the_file_and_tells_whom_it_touches(
    run: Callable[..., tuple[int, Asked]], file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    moves = [{"who": f"10{number}", "how": "department PROD -> ASSY"} for number in range(20)]
    answer = a_diff(
        a_company(
            moves=some(24, moves),
            blocks=some(1, [{"who": "worker w9", "how": "Visma (norway) has no department X"}]),
            includes=some(1, [{"who": "1077", "how": ""}]),
            hinges_on_pay=3,
        ),
        a_company(company="sweden", visma_known=False),
        blocked=1,
        added=some(1, ["norway, department#Assembly"]),
    )

    code, asked = run(answer, "diff", file)

    assert asked[0] == {"verb": "mappings diff", "text": "companies: {}"}
    assert code == ExitCode.FINDINGS
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "norway: moves 24 people, releases 0, blocks 1, includes 1"
    assert lines[1] == "  moves  100  department PROD -> ASSY"
    assert lines[21:26] == [
        "  moves  and 4 more",
        "  blocks  worker w9  Visma (norway) has no department X",
        "  includes  1077",
        "  the class of 3 depends on pay: only an import tells",
        "sweden: moves 0 people, releases 0, blocks 0",
    ]
    assert lines[26:] == [
        "  Visma was never read for this company: what it lacks is not known",
        "1 rows added",
        "  + norway, department#Assembly",
        "0 rows changed",
        "0 rows removed",
    ]


def test_a_diff_that_strands_nobody_is_done(
    run: Callable[..., tuple[int, Asked]], file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = run(a_diff(a_company(moves=some(1, [{"who": "1", "how": "x"}]))), "diff", file)

    assert code == ExitCode.DONE
    assert capsys.readouterr().out.startswith("norway: moves 1 person, releases 0, blocks 0\n")


def test_a_diff_as_json_is_the_answer_itself(
    run: Callable[..., tuple[int, Asked]], file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = a_diff(a_company())

    run(answer, "diff", file, "--json")

    assert json.loads(capsys.readouterr().out) == answer


@pytest.mark.parametrize(
    ("unchecked", "last", "code"),
    [
        ([], "the mapping fits both systems", ExitCode.DONE),
        ([False], "1 to fix", ExitCode.FINDINGS),
        ([False, True, True], "1 to fix, 2 cannot be checked", ExitCode.FINDINGS),
        ([True], "0 to fix, 1 cannot be checked", ExitCode.FINDINGS),
    ],
)
def test_a_check_says_it_fits_only_where_all_of_it_was_checked(
    unchecked: list[bool],
    last: str,
    code: ExitCode,
    run: Callable[..., tuple[int, Asked]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    findings = [{"company": "norway", "message": "m", "is_unchecked": each} for each in unchecked]

    assert run({"ok": True, "findings": findings}, "check")[0] == code

    assert capsys.readouterr().out.splitlines() == ["norway: m"] * len(findings) + [last]


def test_a_warning_is_shown_and_leaves_nothing_to_do(
    run: Callable[..., tuple[int, Asked]], capsys: pytest.CaptureFixture[str]
) -> None:
    warning = {"company": "norway", "message": "m", "is_unchecked": False, "is_warning": True}

    assert run({"ok": True, "findings": [warning]}, "check")[0] == ExitCode.DONE

    told = ["norway: warning: m", "the mapping fits both systems, 1 warning"]
    assert capsys.readouterr().out.splitlines() == told
    open_ = {**warning, "is_warning": False}
    assert run({"ok": True, "findings": [warning, open_]}, "check")[0] == ExitCode.FINDINGS
    assert capsys.readouterr().out.splitlines()[-1] == "1 to fix, 1 warning"


def test_a_rollback_needs_no_file_and_says_what_came_back(
    run: Callable[..., tuple[int, Asked]], capsys: pytest.CaptureFixture[str]
) -> None:
    answer = {
        "ok": True,
        "written": 3,
        "removed": 1,
        "companies": ["norway"],
        "before": "2026-11-24T12:00:00+00:00",
    }

    code, asked = run(answer, "rollback")

    plain: dict[str, object] = {"verb": "mappings rollback"}
    assert (code, asked) == (ExitCode.DONE, [{**plain, "preview": True}, plain])
    assert capsys.readouterr().out.splitlines() == [
        "back to the mapping before the import of 2026-11-24T12:00:00+00:00",
        "mapping of norway: 3 rows written, 1 removed",
    ]


def test_a_refusal_is_told_line_by_line(
    run: Callable[..., tuple[int, Asked]], file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = run({"ok": False, "problems": ["line 3: one", "line 4: other"]}, "diff", file)

    assert code == ExitCode.REFUSED
    assert capsys.readouterr().err == "line 3: one\nline 4: other\n"


@pytest.mark.parametrize("kind", ["import", "diff"])
def test_an_import_and_a_diff_need_a_file(
    kind: str, run: Callable[..., tuple[int, Asked]], capsys: pytest.CaptureFixture[str]
) -> None:
    code, asked = run({}, kind)

    assert (code, asked) == (ExitCode.WRONG_USAGE, [])
    assert "file" in capsys.readouterr().err.lower()
