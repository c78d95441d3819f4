"""An import shows what it would do, and asks where that is more than the guards allow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from connector import cli
from connector.cli.exits import ExitCode
from connector.services.operate.verbs.verb import Right
from tests.support.loaded import a_loaded_world
from tests.support.world import World

SMALL = ("lead_days: 0", "lead_days: 2")


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=60, companies=2) as world:
        world.clock.turn(days=2)
        yield world


@pytest.fixture
def file(tmp_path: Any) -> Any:
    return tmp_path / "mapping.yaml"


class Operator:
    """Types a command line; `answer` is what is said to a question."""

    def __init__(self, world: World, patch: pytest.MonkeyPatch) -> None:
        self.world, self.patch = world, patch
        self.asked: list[str] = []
        self.requests: list[dict[str, Any]] = []

    def types(self, *words: str, answer: bool | None = None) -> int:
        """`answer` None: nobody is there."""

        def confirm(question: str) -> bool:
            self.asked.append(question)
            return bool(answer)

        def call(request: dict[str, Any]) -> dict[str, Any]:
            self.requests.append(dict(request))
            sent = json.loads(json.dumps(request))
            answered = self.world.operator.dispatch(sent, Right.CONTROLLER)
            return dict(json.loads(json.dumps(answered)))

        self.patch.setattr("sys.stdin.isatty", lambda: answer is not None)
        self.patch.setattr("typer.confirm", confirm)
        return cli.main(["--stack", "s", "mappings", *words], connect=lambda _: call)


@pytest.fixture
def operator(world: World, monkeypatch: pytest.MonkeyPatch) -> Operator:
    return Operator(world, monkeypatch)


def rewritten(world: World, *changes: tuple[str, str]) -> str:
    text = world.mapping_text
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def in_use(world: World) -> str:
    return str(world.operator.dispatch({"verb": "mappings export"})["text"])


def many_move(world: World) -> str:
    """A file by which most people of Norway come to another branch."""
    changed = world.mapping_text.replace('branch: "1"', 'branch: "2"').replace(
        "branch: 1", "branch: 2"
    )
    assert changed != world.mapping_text
    return changed


@pytest.mark.parametrize("answer", [True, None], ids=["terminal", "script"])
def test_a_small_import_goes_through_without_a_question(
    world: World, operator: Operator, file: Any, answer: bool | None
) -> None:
    file.write_text(rewritten(world, SMALL))

    assert operator.types("import", str(file), answer=answer) == ExitCode.DONE

    assert operator.asked == []
    assert "lead_days: 2" in in_use(world)


def test_an_import_that_would_do_more_than_the_guards_allow_shows_it_and_asks(
    world: World, operator: Operator, file: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(many_move(world))
    before = in_use(world)

    assert operator.types("import", str(file), answer=False) == ExitCode.REFUSED

    (question,) = operator.asked
    assert "give another class, branch or calendar to" in question
    assert "the guard allows" in question
    assert in_use(world) == before
    assert "moves" in capsys.readouterr().out
    assert operator.types("import", str(file), answer=True) == ExitCode.DONE
    assert in_use(world) != before


def test_a_script_is_refused_with_the_reasons_until_it_says_yes(
    world: World, operator: Operator, file: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(many_move(world))
    before = in_use(world)

    assert operator.types("import", str(file), "--json") == ExitCode.REFUSED

    problems = json.loads(capsys.readouterr().out)["problems"]
    assert any("the guard allows" in each for each in problems)
    assert "--yes" in problems[-1]
    assert in_use(world) == before
    assert operator.types("import", str(file), "--yes") == ExitCode.DONE
    assert not any(request.get("preview") for request in operator.requests[1:])
    assert in_use(world) != before


def test_a_file_without_a_company_that_is_in_use_asks(
    world: World, operator: Operator, file: Any
) -> None:
    text = world.mapping_text
    file.write_text(text[: text.index("  sweden:")])

    assert operator.types("import", str(file), answer=False) == ExitCode.REFUSED

    assert "sweden would have no mapping any more" in operator.asked[0]


def test_stranding_and_leaving_out_more_than_the_guards_allow_asks(
    world: World, operator: Operator, file: Any
) -> None:
    stranding = world.mapping_text.replace('branch: "1"', 'branch: "77"').replace(
        "branch: 1", "branch: 77"
    )
    file.write_text(stranding)
    assert operator.types("import", str(file), answer=False) == ExitCode.REFUSED
    assert "it would strand" in operator.asked[-1]

    file.write_text(rewritten(world, ("[CONTRACTOR]", "[CONTRACTOR], exclude_countries: [NO]")))
    assert operator.types("import", str(file), answer=False) == ExitCode.REFUSED
    assert "it would leave out" in operator.asked[-1]


def test_a_file_cannot_widen_the_limit_that_it_goes_beyond(
    world: World, operator: Operator, file: Any
) -> None:
    text = many_move(world)
    assert "floor: 5" in text
    file.write_text(text.replace("floor: 5", "floor: 1000, reclassify_percent: 100"))

    assert operator.types("import", str(file), answer=False) == ExitCode.REFUSED
    assert "the guard allows" in operator.asked[-1]


def test_a_rollback_asks_in_the_same_way(world: World, operator: Operator, file: Any) -> None:
    file.write_text(many_move(world))
    assert operator.types("import", str(file), "--yes") == ExitCode.DONE
    moved = in_use(world)
    world.edit_mapping(many_move(world))
    world.drain()
    for row in world.operator.dispatch({"verb": "held"})["rows"]:
        people = {"people": [row["employee_code"]]}
        world.operator.dispatch({"verb": "approve", **people})
    world.drain()
    world.clock.turn(days=2)

    assert operator.types("rollback", answer=False) == ExitCode.REFUSED
    assert "the guard allows" in operator.asked[-1]
    assert in_use(world) == moved
    assert operator.types("rollback", answer=True) == ExitCode.DONE
    assert in_use(world) != moved


def test_a_preview_changes_nothing_and_is_on_no_record(world: World, file: Any) -> None:
    before = in_use(world), len(world.audit_of("operators")), list(world.queue.changes)

    answer = world.operator.dispatch(
        {"verb": "mappings import", "text": many_move(world), "preview": True}
    )

    assert answer["exceeds"]
    assert (in_use(world), len(world.audit_of("operators")), world.queue.changes) == before


def test_a_file_that_makes_no_sense_is_refused_before_anything_is_asked(
    operator: Operator, file: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("companies: {norway: {}}")

    assert operator.types("import", str(file), answer=True) == ExitCode.REFUSED
    assert operator.asked == []
    assert "this key is missing" in capsys.readouterr().err
