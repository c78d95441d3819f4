"""Importing a mapping and going back: what is refused, what is kept, what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connector.domain.errors import RetryableError
from connector.domain.mapping.model import MappingFile
from connector.domain.mapping.rows import digest
from connector.ports.state import PreviousMapping
from tests.simulator.nordfab import NORDFAB_MAPPING
from tests.support.world import World, a_world

SALES = '- {rippling: Sales, department: SALES, cost_centre: "400"}'
OTHER = NORDFAB_MAPPING.replace(SALES, "- {rippling: Sales, department: FIN}")
LONG_CODES = NORDFAB_MAPPING.replace('"{worker.number}"', '"NORDFAB-NO-{worker.number}"')
assert len({NORDFAB_MAPPING, OTHER, LONG_CODES}) == 3


@pytest.fixture
def world() -> Iterator[World]:
    with a_world(people=2) as world:
        yield world


def _do(world: World, verb: str, text: str | None = None) -> dict[str, Any]:
    return world.operator.dispatch({"verb": f"mappings {verb}", "text": text})


def _lay(world: World, rule: str, **values: Any) -> None:
    """A row typed into the table by hand."""
    world.mappings._rows.append({"company": "norway", "rule": rule, **values})


def test_codes_that_cannot_fit_are_refused_once_the_length_is_known(world: World) -> None:
    world.first_load()
    before = world.mappings.rows()

    answer = _do(world, "import", LONG_CODES)

    assert answer["ok"] is False
    (told,) = answer["problems"]
    assert told.startswith(
        "line 5, column 5: companies.norway.employee_code: gives codes of 12 characters"
    )
    assert "EMPLOYEE key takes 10" in told
    assert world.mappings.rows() == before
    assert _do(world, "diff", LONG_CODES)["problems"] == [told]


def test_codes_of_any_length_are_taken_while_nobody_knows_the_length(world: World) -> None:
    assert _do(world, "import", LONG_CODES)["ok"] is True


def test_a_rollback_brings_back_the_mapping_before_and_can_be_taken_back(world: World) -> None:
    before = world.mappings.rows()
    _do(world, "import", OTHER)
    after = world.mappings.rows()

    answer = _do(world, "rollback")

    assert (answer["written"], answer["removed"], answer["companies"]) == (1, 0, ["norway"])
    assert answer["before"].startswith("2026-11-24T12:00")
    assert world.mappings.rows() == before
    for expected in (after, before, after):
        _do(world, "rollback")
        assert world.mappings.rows() == expected


def test_an_import_that_changes_nothing_forgets_nothing(world: World) -> None:
    before = world.mappings.rows()
    _do(world, "import", OTHER)
    _do(world, "import", OTHER)

    _do(world, "rollback")

    assert world.mappings.rows() == before


def test_an_import_that_is_refused_forgets_nothing(world: World) -> None:
    before = world.mappings.rows()
    _do(world, "import", OTHER)
    assert _do(world, "import", "companies: {}")["ok"] is False

    _do(world, "rollback")

    assert world.mappings.rows() == before


def test_without_an_earlier_import_there_is_nothing_to_go_back_to(world: World) -> None:
    assert _do(world, "rollback") == {
        "ok": False,
        "problems": ["there is no previous mapping to go back to; nothing was changed"],
    }


def test_a_rollback_brings_back_what_was_typed_by_hand(world: World) -> None:
    _lay(world, "department#Lab", department="ENG")
    _do(world, "import", NORDFAB_MAPPING)
    assert "department#Lab" not in {row["rule"] for row in world.mappings.rows()}

    _do(world, "rollback")

    assert "department#Lab" in {row["rule"] for row in world.mappings.rows()}


def test_a_rollback_brings_back_a_mapping_that_would_not_be_imported(world: World) -> None:
    _lay(world, "example#010", given={"location": "Bergen"}, branch="9")
    _do(world, "import", NORDFAB_MAPPING)

    assert _do(world, "rollback")["ok"] is True
    assert "example#010" in {row["rule"] for row in world.mappings.rows()}


@pytest.mark.parametrize("is_done", [False, True])
def test_a_rollback_that_was_cut_short_is_gone_on_with(
    world: World, monkeypatch: pytest.MonkeyPatch, is_done: bool
) -> None:
    before = world.mappings.rows()
    _do(world, "import", OTHER)
    after = world.mappings.rows()
    really = world.mappings.replace

    def cut_short(mapping: MappingFile, seen: str, first: Callable[[], None]) -> tuple[int, int]:
        if is_done:
            really(mapping, seen, first)
        raise RetryableError("nobody is there any more")

    with monkeypatch.context() as patch:
        patch.setattr(world.mappings, "replace", cut_short)
        assert _do(world, "rollback")["ok"] is False

    if not is_done:
        assert _do(world, "rollback")["ok"] is True
    assert world.mappings.rows() == before
    _do(world, "rollback")
    assert world.mappings.rows() == after
    _do(world, "rollback")
    assert world.mappings.rows() == before


def test_a_rollback_that_left_half_a_mapping_is_gone_on_with(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = world.mappings.rows()
    _do(world, "import", OTHER)
    after = world.mappings.rows()

    def cut_short(_: MappingFile, __: str, first: Callable[[], None]) -> tuple[int, int]:
        first()
        _lay(world, "nonsense#1")
        raise RetryableError("nobody is there any more")

    with monkeypatch.context() as patch:
        patch.setattr(world.mappings, "replace", cut_short)
        assert _do(world, "rollback")["ok"] is False

    assert _do(world, "rollback")["ok"] is True
    assert world.mappings.rows() == before
    kept = world.mapping_history.previous_mapping()
    assert kept
    assert not kept.replaced, "nothing is under way any more"
    _do(world, "rollback")
    assert world.mappings.rows() == after


def test_a_table_that_makes_no_sense_can_be_rolled_back(world: World) -> None:
    before = world.mappings.rows()
    _do(world, "import", OTHER)
    _lay(world, "nonsense#1")
    assert _do(world, "export")["ok"] is False

    assert _do(world, "rollback")["ok"] is True
    assert world.mappings.rows() == before


def test_a_previous_mapping_of_another_shape_is_refused_and_nothing_is_changed(
    world: World,
) -> None:
    world.mapping_history.save_previous_mapping(
        PreviousMapping("companies: {norway: {shoes: 1}}", world.clock.now())
    )
    before = world.mappings.rows()

    answer = _do(world, "rollback")

    assert answer["ok"] is False
    assert "companies.norway.shoes: there is no such key" in answer["problems"]
    assert world.mappings.rows() == before


def test_while_another_import_is_under_way_an_import_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def under_way() -> Any:
        raise RetryableError("a mapping import is under way")

    monkeypatch.setattr(world.mappings, "load", under_way)

    answer = _do(world, "import", OTHER)

    assert answer == {"ok": False, "problems": ["a mapping import is under way"]}
    assert world.mapping_history.previous_mapping() is None


@pytest.fixture
def at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Somebody does another thing with the mapping as soon as the first has looked at its rows."""

    def both(verb: str, text: str | None, and_then: Callable[[], object]) -> dict[str, Any]:
        really, waiting = world.mappings.replace, [and_then]

        def late(mapping: MappingFile, seen: str, first: Callable[[], None]) -> tuple[int, int]:
            if waiting:
                waiting.pop()()
            return really(mapping, seen, first)

        with monkeypatch.context() as patch:
            patch.setattr(world.mappings, "replace", late)
            return _do(world, verb, text)

    return both


CHANGED = (
    "the mapping was changed meanwhile, by another import or by hand: nothing was written;"
    " look with `connector mappings diff` and say it again"
)


@pytest.mark.parametrize("text", [LONG_CODES, NORDFAB_MAPPING])
def test_of_two_imports_at_once_one_is_refused_also_where_it_changes_nothing(
    world: World, at_once: Callable[..., dict[str, Any]], text: str
) -> None:
    before = world.mappings.rows()

    refused = at_once("import", text, lambda: _do(world, "import", OTHER))

    assert refused == {"ok": False, "problems": [CHANGED]}
    assert _do(world, "diff", OTHER)["rows"]["changed"]["count"] == 0
    assert world.mapping_versions.announced().digest == digest(world.mappings.rows())
    _do(world, "rollback")
    assert world.mappings.rows() == before


def test_a_rollback_takes_back_no_import_that_it_has_not_seen(
    world: World, at_once: Callable[..., dict[str, Any]]
) -> None:
    _do(world, "import", OTHER)
    between = world.mappings.rows()
    third = LONG_CODES.replace("NORDFAB-NO-", "NO-")

    refused = at_once("rollback", None, lambda: _do(world, "import", third))

    assert refused == {"ok": False, "problems": [CHANGED]}
    assert _do(world, "rollback")["ok"] is True
    assert world.mappings.rows() == between


def test_a_row_typed_by_hand_meanwhile_is_not_lost(
    world: World, at_once: Callable[..., dict[str, Any]]
) -> None:
    def types() -> None:
        _lay(world, "department#Lab", department="ENG")

    assert at_once("import", OTHER, types) == {"ok": False, "problems": [CHANGED]}
    assert "department#Lab" in {row["rule"] for row in world.mappings.rows()}
    assert _do(world, "import", OTHER)["ok"] is True
    _do(world, "rollback")
    assert "department#Lab" in {row["rule"] for row in world.mappings.rows()}


def test_an_import_that_follows_a_rollback_at_once_can_be_rolled_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rollback is done, and has not noted it yet."""
    before = world.mappings.rows()
    _do(world, "import", OTHER)
    really = world.mappings.replace

    def follow(mapping: MappingFile, seen: str, first: Callable[[], None]) -> tuple[int, int]:
        replaced = really(mapping, seen, first)
        monkeypatch.undo()
        assert _do(world, "import", LONG_CODES.replace("NORDFAB-NO-", "NO-"))["ok"] is True
        return replaced

    monkeypatch.setattr(world.mappings, "replace", follow)
    assert _do(world, "rollback")["ok"] is True

    assert _do(world, "rollback")["ok"] is True
    assert world.mappings.rows() == before
