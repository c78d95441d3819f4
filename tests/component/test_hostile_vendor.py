"""Ids, names and codes of a vendor that mean to be something else: an address, a formula."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.cli import app
from tests.support.loaded import a_loaded_world
from tests.support.world import World

HOSTILE = {
    "a way up": "../../v1/employee",
    "a way up in disguise": "%2e%2e%2f%2e%2e%2fv1",
    "a question": "1001?$filter=status&x=#y",
    "another line": "1001\r\nAuthorization: Bearer x",
    "a quote": "x' or user_id ne '",
    "a formula": "=cmd|' /C calc'!A0",
    "a page": "<script src=//evil.example></script>",
    "a repainted line": "\x1b[2K\x1b[1A\x1b[32mall is well\x07",
    "a turned text": "SALES\u202e\u2066\u200b",
    "a look-alike": "\u0405\u0410L\u0415\u0405",
    "another form": unicodedata.normalize("NFD", "Økonomi Å"),
    "nothing at all": "\x00",
}
LONE = re.compile(r"[\x00-\x1f\x7f]|\.\.|%2e|%2f(?!$)", re.IGNORECASE)
TERMINAL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069]")
VERBS = (
    ("waiting",), ("rejected",), ("conflicts",), ("audit",), ("plan",), ("reconcile",),
    ("mappings", "check"),
)  # fmt: skip


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_loaded_world(people=4) as world:
        yield world


def rows_with(row: dict[str, Any], text: str) -> list[dict[str, Any]]:
    """What a row may look like: the text as each of its ids, and everywhere else at once."""
    ids = ("id", "user_id", "number", "department_id", "legal_entity_id")
    texts = {
        name: text for name, value in row.items()
        if isinstance(value, str) and name not in (*ids, "status")
    }  # fmt: skip
    named = {"id": text, "name": text, "reference_code": text, "label": text, "type": text}
    department = {"department": named, "department_id": text, "employment_type": named}
    alone = ({name: text} for name in ids[:3])
    return [*alone, texts, {**department, "legal_entity_id": text}, {**texts, **department}]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_text_of_a_vendor_is_a_text_wherever_it_gets_to(
    world: World, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd, other = world.rippling.numbered(1001), world.rippling.numbered(1002)
    for place, row in enumerate(rows_with(odd, text)):
        world.clear_journals()
        world.rippling.odd = {odd["id"]: row}
        for worker in (odd, other):
            world.rippling.touch(worker["id"])
        world.rippling.change_user(other["user_id"], mobile=f"+47 22 {ord(text[0])} {place:03}")
        world.tick(full_sweep=place == 0)
        world.drain()

        assert astray(world) == []
        phone = world.visma.employee("1002")["contact"]["phone2"]
        assert phone == f"+47 22 {ord(text[0])} {place:03}"
    assert shown(world, tmp_path, capsys) == []
    world.rippling.odd = {}


def astray(world: World) -> list[str]:
    """Calls that did not go where the connector has to do, or bring along what they must not."""
    calls = [*world.rippling.journal, *world.visma.journal]
    return [
        f"{call.method} {call.path} {call.query}"
        for call in calls
        if LONE.search(call.path) or LONE.search(str(list(call.query)))
        or "evil.example" in str(call.headers)
        or call.contract_errors
    ]  # fmt: skip


def shown(
    world: World, folder: Path, capsys: pytest.CaptureFixture[str]
) -> list[tuple[str, ...] | str]:
    """Which pages of the command do something to a terminal, a spreadsheet or a browser."""
    capsys.readouterr()
    wrong: list[tuple[str, ...] | str] = []
    for words in VERBS:
        app.main(["--stack", "s", *words], connect=lambda _: world.operator.dispatch)
        printed = "".join(capsys.readouterr())
        wrong += [words] if TERMINAL.search(printed) or "Traceback" in printed else []
    table = folder / "audit.csv"
    app.main(["--stack", "s", "audit", "-o", str(table)], connect=lambda _: world.operator.dispatch)
    cells = table.read_text(encoding="utf-8")
    wrong += ["a formula"] if re.search(r'(^|[;,"\t])[=@]', cells, re.MULTILINE) else []
    return wrong


# Numbers that are none, in every place in which one stands, of one person.


def replaced(content: Any, number: float, key: str, value: Any) -> Any:
    """The content, with every number within the rows that have this member another one."""
    if isinstance(content, list):
        return [replaced(each, number, key, value) for each in content]
    if not isinstance(content, dict):
        return content
    if content.get(key) == value:
        return {
            name: of_number(each, number, name in (key, "id")) for name, each in content.items()
        }
    return {name: replaced(each, number, key, value) for name, each in content.items()}


def of_number(content: Any, number: float, is_kept: bool = False) -> Any:
    """The content, with every number another one; also those that are written as texts."""
    if isinstance(content, dict):
        return {name: of_number(each, number) for name, each in content.items()}
    if isinstance(content, list):
        return [of_number(each, number) for each in content]
    is_number = isinstance(content, int | float) and not isinstance(content, bool)
    return number if is_number and not is_kept else content


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), 10.0**308])
@pytest.mark.parametrize("vendor", ["rippling", "visma"])
def test_a_number_that_is_none_stops_nobody_else(world: World, vendor: str, number: float) -> None:
    odd, other = world.rippling.numbered(1001), world.rippling.numbered(1002)
    key, value = ("id", odd["id"]) if vendor == "rippling" else ("employeeNumber", "1001")
    phone = f"+47 22 11 {vendor} {number}"
    world.clock.turn(hours=1)  # nothing that was cached is believed any more
    for worker in (odd, other):
        world.rippling.touch(worker["id"])
    world.rippling.change_user(other["user_id"], mobile=phone)
    server = getattr(world, vendor)
    server.reshape = lambda _, content: replaced(content, number, key, value)

    world.tick(full_sweep=True)
    world.drain()
    answers = [world.operator.dispatch({"verb": verb}) for verb in ("plan", "reconcile", "report")]
    server.reshape = None

    assert world.visma.employee("1002")["contact"]["phone2"] == phone
    assert world.visma.employee("1001")["status"] == "Active"
    assert [answer["ok"] for answer in answers] == [True] * 3
