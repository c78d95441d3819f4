"""What a vendor publishes of its answers, and the comparison of one answer with it.

A contract is a table made from the vendor's specification:

    {"operations": {"GET /things/{id}/": {"statuses": [200, 404], "answers": {"200": SHAPE}}},
     "named": {"Thing": SHAPE}, "headers": ["X-Rate-Limit"]}

A SHAPE is a type ("string", "integer", "number", "boolean" or "any"), a list of closed words, or
{"each": SHAPE}, {"is": NAME}, or {"members": {NAME: SHAPE}, "always": [NAME], "needed": [NAME],
"open": true}. "always" lists what is never absent; "needed" what the connector lives on, so that a
list in which no row has it is worth a word; an "open" object may have other members. Null stands
for absent everywhere: both vendors send it for whatever is not set.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from connector.domain.shapes.deviation import Deviation, What, plain

Shape: TypeAlias = Any
"""A type, closed words, or an object: see the module's docstring."""

ROWS_LOOKED_AT = 10
"""Of a list; taken evenly, so that the work does not grow with the page."""

ENOUGH_ROWS = 5
"""With fewer rows it says little that none of them has a member."""

MOST_NEW = 20
"""An object with more unknown members than this has data for names; it is one deviation."""

DEEPEST = 12

_TYPES: Mapping[type, str] = {
    str: "string", bool: "boolean", int: "integer", float: "number",
    dict: "object", list: "array", type(None): "null",
}  # fmt: skip

_USUAL_HEADERS = frozenset(
    {
        "x-content-type-options",
        "x-correlation-id",
        "x-frame-options",
        "x-permitted-cross-domain-policies",
        "x-powered-by",
        "x-request-id",
        "x-response-time",
        "x-robots-tag",
        "x-served-by",
        "x-xss-protection",
    }
)
_USUAL_STARTS = ("x-amz", "x-azure-", "x-cache", "x-cloud", "x-envoy-", "x-ms-", "x-trace")
_TELLING = frozenset({"deprecation", "sunset", "warning", "link"})
"""Headers by which a vendor announces something."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One published operation: which statuses it has, and the shape of the body of each."""

    name: str
    pattern: re.Pattern[str]
    statuses: frozenset[int]
    answers: Mapping[int, Shape]


class Contract:
    """The published answers of one vendor's API."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._operations: dict[str, list[Operation]] = {}
        for name, entry in table["operations"].items():
            method, path = name.split(" ", 1)
            self._operations.setdefault(method, []).append(_operation(name, path, entry))
        self._named: Mapping[str, Shape] = table["named"]
        self._headers = frozenset(name.lower() for name in table["headers"])

    def operation(self, method: str, path: str) -> Operation | None:
        """The operation behind a request, or None where none of this contract is asked."""
        return next(
            (each for each in self._operations.get(method, ()) if each.pattern.fullmatch(path)),
            None,
        )

    def answered(
        self, operation: Operation, status: int, headers: Iterable[str]
    ) -> Iterator[Deviation]:
        """What the head of an answer does otherwise. A vendor that fails is no news."""
        is_failure = status >= 500  # noqa: PLR2004
        if status not in operation.statuses and not is_failure:
            yield Deviation(operation.name, status, "", What.STATUS)
        for header in headers:
            if self._is_telling(header.lower()):
                yield Deviation(operation.name, status, plain(header), What.HEADER)

    def content(
        self,
        operation: Operation,
        status: int,
        content: Any,
        withheld: Collection[str] = (),
        glance: int | None = None,
    ) -> Iterator[Deviation]:
        """What the body of an answer does otherwise; `withheld` members are not missed.

        A `glance` is at one row of each list, which one goes by the number: for the many pages of
        one read, whose rows are all alike.
        """
        shape = operation.answers.get(status)
        if shape is not None:
            comparison = _Comparison(operation.name, status, self._named, withheld, glance)
            yield from comparison.of(shape, content, "", 0)

    def _is_telling(self, header: str) -> bool:
        if header in self._headers or header in _USUAL_HEADERS:
            return False
        is_custom = header.startswith(("x-", "ratelimit")) and not header.startswith(_USUAL_STARTS)
        return is_custom or header in _TELLING


@dataclass(frozen=True, slots=True)
class _Comparison:
    """One body beside its shape."""

    operation: str
    status: int
    named: Mapping[str, Shape]
    withheld: Collection[str]
    glance: int | None = None

    def of(self, shape: Shape, value: Any, place: str, depth: int) -> Iterator[Deviation]:
        """What a value does otherwise; null is absent, which only an object can tell."""
        shape = self._resolved(shape)
        if value is None or shape == "any" or depth > DEEPEST:
            return
        expected, found = _type_of(shape), _TYPES.get(type(value), "something else")
        if found != expected and not _is_as_good(found, expected, value):
            yield self._deviation(place or "the body", What.RETYPED, expected, found)
        elif isinstance(shape, list):
            if value not in shape:
                yield self._deviation(place, What.UNKNOWN_WORD)
        elif isinstance(value, list):
            yield from self._list(shape["each"], value, f"{place}[]", depth)
        elif isinstance(value, dict):
            yield from self._object(shape, value, place, depth)

    def _list(self, each: Shape, rows: list[Any], place: str, depth: int) -> Iterator[Deviation]:
        some = _some(rows)
        for row in some if self.glance is None else _one(rows, self.glance):
            yield from self.of(each, row, place, depth + 1)
        objects = [row for row in some if isinstance(row, dict)]
        if len(objects) >= ENOUGH_ROWS:
            yield from self._missed(each, objects, place)

    def _missed(self, each: Shape, rows: list[dict[str, Any]], place: str) -> Iterator[Deviation]:
        shape = self._resolved(each)
        for name in shape.get("needed", ()) if isinstance(shape, dict) else ():
            if name not in self.withheld and not any(name in row for row in rows):
                expected = self._type_of_member(shape, name)
                yield self._deviation(f"{place}.{name}", What.MISSING, expected)

    def _object(
        self, shape: Mapping[str, Any], value: dict[str, Any], place: str, depth: int
    ) -> Iterator[Deviation]:
        members: Mapping[str, Shape] = shape["members"]
        stem = f"{place}." if place else ""
        new = []
        for name, inner in value.items():
            if name not in members:
                new.append(name)
            elif not _is_plainly(members[name], inner):
                yield from self.of(members[name], inner, f"{stem}{name}", depth + 1)
        if not shape.get("open"):
            yield from self._new(new, value, stem)
        for name in shape.get("always", ()):
            if value.get(name) is None and name not in self.withheld:
                expected = self._type_of_member(shape, name)
                yield self._deviation(f"{stem}{name}", What.MISSING, expected)

    def _new(self, names: list[str], value: dict[str, Any], stem: str) -> Iterator[Deviation]:
        if len(names) > MOST_NEW:
            yield self._deviation(f"{stem}(more than {MOST_NEW} members)", What.NEW, "", "any")
            return
        for name in names:
            found = _TYPES.get(type(value[name]), "something else")
            yield self._deviation(f"{stem}{plain(name)}", What.NEW, "", found)

    def _type_of_member(self, shape: Mapping[str, Any], name: str) -> str:
        return _type_of(self._resolved(shape["members"].get(name, "any")))

    def _resolved(self, shape: Shape) -> Shape:
        """The shape itself, where a name stands for it."""
        while isinstance(shape, dict) and "is" in shape:
            shape = self.named[shape["is"]]
        return shape

    def _deviation(self, place: str, what: What, expected: str = "", found: str = "") -> Deviation:
        return Deviation(self.operation, self.status, place, what, expected, found)


def _operation(name: str, path: str, entry: Mapping[str, Any]) -> Operation:
    pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))
    answers = {int(status): shape for status, shape in entry["answers"].items()}
    return Operation(name, re.compile(pattern), frozenset(entry["statuses"]), answers)


def _type_of(shape: Shape) -> str:
    if isinstance(shape, list):
        return "string"
    if isinstance(shape, dict):
        return "array" if "each" in shape else "object"
    return str(shape)


def _is_plainly(shape: Shape, value: Any) -> bool:
    """Whether there is nothing more to a value: it is absent, of its very type, or a known word."""
    if value is None or _TYPES.get(type(value)) == shape:
        return True
    return isinstance(shape, list) and value in shape


def _is_as_good(found: str, expected: str, value: Any) -> bool:
    """Numbers are written in several ways: 5 may stand for 5.0, and 5.0 for 5."""
    if expected == "number":
        return found == "integer"
    return expected == "integer" and found == "number" and float(value).is_integer()


def _one(rows: list[Any], number: int) -> list[Any]:
    return [rows[number % len(rows)]] if rows else []


def _some(rows: list[Any]) -> list[Any]:
    if len(rows) <= ROWS_LOOKED_AT:
        return rows
    step = (len(rows) - 1) / (ROWS_LOOKED_AT - 1)
    return [rows[round(place * step)] for place in range(ROWS_LOOKED_AT)]
