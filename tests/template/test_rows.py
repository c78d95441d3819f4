"""Every kind of row that the adapters write is on the page, and no other.

The names of rows are found in the code: what stands for a stream or a key is computed with `ANY` in
place of whatever is known only when it runs.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import json
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from connector.adapters.aws.watermarks.table import WatermarksTable
from connector.domain.mapping import rows as mapping_rows
from connector.domain.records.mode import STREAMS
from tests.embedded.template import ROOT
from tests.template.test_docs import blocks_of, rows, section

PAGE = "how-a-change-travels.md"
PACKAGE = ROOT / "layers" / "connector"
ADAPTERS = PACKAGE / "connector" / "adapters" / "aws"
NOT_OF_PEOPLE = ("approvals.py", "mappings.py", "keys/pay_cipher.py")
"""Tables of their own, and what a key of KMS is asked with."""
STREAM_AT = {
    "put": 0,
    "put_of_any_size": 0,
    "enter": 0,
    "put_if_unchanged": 0,
    "update": 0,
    "change": 0,
    "put_if": 2,
    "update_if": 2,
}
"""Where each method that writes to the `WatermarksTable` is told the name of the row."""
KEY = ("person", "company")
ANY = "@"


class Anything(str):
    """Something that is known only when it runs; so is whatever is made of it."""

    def __getattr__(self, name: str) -> Anything:
        return self

    def __call__(self, *args: object, **named: object) -> Anything:
        return self

    def __add__(self, other: object) -> Anything:
        return self

    def __getitem__(self, key: object) -> Anything:
        return self


class Names(dict[str, Any]):
    """The names of a module, and those that a function gives itself; any other is anything."""

    def __init__(self, module: ModuleType, given: dict[str, ast.expr]) -> None:
        super().__init__(vars(module))
        self._given = given

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name):
            return getattr(builtins, name)
        given = self._given.pop(name, None)
        return Anything(ANY) if given is None else computed(given, self)


def computed(expression: ast.expr, names: Names) -> Any:
    """What an expression of the connector's comes to."""
    code = compile(ast.Expression(expression), "connector", "eval")
    return eval(code, {}, names)  # noqa: S307 - our own code


def given_in(function: ast.AST) -> dict[str, ast.expr]:
    """The names that a function gives, each with what it gives it to."""
    given: dict[str, ast.expr] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            (target,) = node.targets
            if isinstance(target, ast.Name):
                given[target.id] = node.value
            elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = zip(target.elts, node.value.elts, strict=True)
                given |= {each.id: value for each, value in pairs if isinstance(each, ast.Name)}
    return given


def expressions(*left_out: str) -> Iterator[tuple[ast.expr, ModuleType, ast.AST]]:
    """Every expression in a function of the adapters, with its module and its function."""
    for path in sorted(ADAPTERS.rglob("*.py")):
        if path.relative_to(ADAPTERS).as_posix() in left_out:
            continue
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        module = importlib.import_module(name.removesuffix(".__init__"))
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.expr):
                        yield node, module, function


def members(node: ast.Dict) -> dict[str, ast.expr]:
    """The members of a display whose names are written there."""
    pairs = zip(node.keys, node.values, strict=True)
    return {str(key.value): value for key, value in pairs if isinstance(key, ast.Constant)}


def stream_in(node: ast.expr) -> ast.expr | None:
    """What names the row of the `WatermarksTable` that an expression writes or asks for."""
    if isinstance(node, ast.Dict):
        return members(node).get("stream")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        place = STREAM_AT.get(node.func.attr)
        if place is not None and ast.unparse(node.func.value) == "self._rows":
            return node.args[place]
    return None


def streams() -> set[str]:
    """The names of the rows of the `WatermarksTable`."""
    found = set()
    for node, module, function in expressions("watermarks/table.py"):
        stream = stream_in(node)
        if stream is not None:
            name = str(computed(stream, Names(module, given_in(function))))
            found.add(re.sub(r"[0-9a-f]{64}", ANY, name))
    return found


def keys_of_people() -> set[tuple[str, str]]:
    """The keys of the rows of the `PeopleTable`."""
    found = set()
    for node, module, function in expressions(*NOT_OF_PEOPLE):
        key: dict[str, Any] = {}
        names = Names(module, given_in(function))
        if isinstance(node, ast.Dict):
            key = {
                name: computed(each, names) for name, each in members(node).items() if name in KEY
            }
        elif isinstance(node, ast.Call) and re.fullmatch(r"\w+_key|key_of", ast.unparse(node.func)):
            key = computed(node, names)
        if set(KEY) <= key.keys():
            found.add((str(key["person"]), str(key["company"])))
    return found


def matches(pattern: str, name: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(re.escape(ANY), ".+"), name) is not None


def cursors() -> set[str]:
    """The rows whose names the services give: a stream and the full sweep, in both modes."""
    return {f"{stream}{sweep}" for stream in STREAMS.values() for sweep in ("", " sweep")}


def documented_streams() -> set[str]:
    text = section(PAGE, "WatermarksTable")
    (of_a_rehearsal,) = re.findall(r"^A rehearsal has streams of its own: (.+)\.$", text, re.M)
    return {*rows(text), *re.findall(r"`([^`]+)`", of_a_rehearsal)} - {"stream"}


def test_every_row_of_the_watermarks_table_is_documented_and_no_other() -> None:
    written, documented = (streams() - {ANY}) | cursors(), documented_streams()
    missing = [each for each in written if not any(matches(each, name) for name in documented)]

    assert missing == []
    assert [name for name in documented if not any(matches(each, name) for each in written)] == []


def test_only_a_cursor_is_stored_under_a_name_that_its_caller_gives() -> None:
    named_elsewhere = [
        module.__name__.removeprefix("connector.adapters.aws.")
        for node, module, function in expressions("watermarks/table.py")
        if (stream := stream_in(node)) is not None
        and computed(stream, Names(module, given_in(function))) == ANY
    ]

    assert named_elsewhere == ["watermarks.cursors"]


def test_every_way_to_write_to_the_watermarks_table_is_looked_at() -> None:
    reading = {"read", "read_many"}

    assert {name for name in vars(WatermarksTable) if name[0] != "_"} - reading == set(STREAM_AT)


def test_every_row_of_the_people_table_is_shown() -> None:
    shown = [json.loads(block) for block in blocks_of(section(PAGE, "PeopleTable"), "json")]
    written = keys_of_people()

    assert {(ANY, "-"), (ANY, ANY)} < written, "a person and an employee, and more"
    assert [
        key
        for key in sorted(written)
        if not any(all(map(matches, key, (row[name] for name in KEY))) for row in shown)
    ] == []


def test_every_row_of_the_mappings_table_is_documented_and_no_other() -> None:
    text = section("mapping.md", "The rows in the MappingsTable")
    documented = {name.partition("#")[0] for name in rows(text)} - {"rule"}
    kinds = {kind.partition("#")[0] for kind in mapping_rows.KINDS.strip().split(", ")}

    assert documented == kinds
    assert ", ".join(f"`{part}`" for part in mapping_rows.IMPORT_SENTINEL) in section(
        PAGE, "MappingsTable"
    )
