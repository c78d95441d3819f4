"""Checks requests, and the fakes' own answers, against an OpenAPI 3.0 file.

Only the comparison lives here; what a fake does with a violation is its own decision.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

try:
    # Reads a 100 kB contract ten times faster; not every platform has it.
    from yaml import CSafeLoader as Loader
except ImportError:
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

Json = Any
Place = Literal["path", "query", "body"]
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Violation:
    """One departure from the contract: where (path, query, body) and what."""

    place: Place
    text: str

    def __str__(self) -> str:
        """The sentence that the journal keeps."""
        return self.text


@dataclass(frozen=True, eq=False)
class _Operation:
    parameters: Mapping[tuple[str, str], Draft202012Validator]
    required: frozenset[tuple[str, str]]
    body: Draft202012Validator | None
    body_is_required: bool
    answers: Mapping[str, Draft202012Validator]


@dataclass(frozen=True)
class _Route:
    pattern: re.Pattern[str]
    operations: Mapping[str, _Operation]


class Contract:
    """An OpenAPI file, compiled once, that names what is wrong with a request or an answer."""

    def __init__(self, file: Path) -> None:
        self._document: Json = yaml.load(file.read_text("utf-8"), Loader=Loader)
        self._components: Json = _as_json_schema(self._document["components"])
        self._routes = [self._route(path, item) for path, item in self._document["paths"].items()]
        # A literal path must win over a template that would match it too.
        self._routes.sort(key=lambda route: route.pattern.groups)

    def properties(self, schema: str) -> frozenset[str]:
        """The member names that a schema of the file declares."""
        return frozenset(self._document["components"]["schemas"][schema]["properties"])

    def has_path(self, path: str) -> bool:
        """Whether the file says anything of this path."""
        return self._find(path) is not None

    def has_operation(self, method: str, path: str) -> bool:
        """Whether the file says anything of this operation."""
        found = self._find(path)
        return found is not None and method.lower() in found[0].operations

    def check(
        self, method: str, path: str, query: Mapping[str, str], body: Json, has_body: bool
    ) -> list[Violation]:
        """Every way in which a request departs from the contract; empty when it keeps to it."""
        found = self._find(path)
        if found is None:
            return [Violation("path", f"unknown path {path}")]
        route, path_values = found
        operation = route.operations.get(method.lower())
        if operation is None:
            return [Violation("path", f"{method} is not an operation of {path}")]
        return [
            *_parameter_errors(operation, "path", path_values),
            *_parameter_errors(operation, "query", query),
            *_body_errors(operation, body, has_body),
        ]

    def check_answer(self, method: str, path: str, status: int, body: Json) -> list[str]:
        """Every way in which an answer departs from the contract."""
        found = self._find(path)
        if found is None:
            return [f"unknown path {path}"]
        operation = found[0].operations.get(method.lower())
        validator = operation.answers.get(str(status)) if operation else None
        if validator is None:
            return [f"{status} is not an answer of {method} {path}"]
        return [_capitalised(error) for error in validator.iter_errors(body)]

    def _find(self, path: str) -> tuple[_Route, dict[str, str]] | None:
        for route in self._routes:
            if match := route.pattern.fullmatch(path):
                return route, match.groupdict()
        return None

    def _route(self, path: str, item: Mapping[str, Json]) -> _Route:
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path))
        shared = item.get("parameters", [])
        operations = {
            method: self._operation(item[method], shared) for method in METHODS if method in item
        }
        return _Route(re.compile(pattern), operations)

    def _operation(self, operation: Mapping[str, Json], shared: list[Json]) -> _Operation:
        parameters = [self._resolve(one) for one in [*shared, *operation.get("parameters", [])]]
        request = operation.get("requestBody")
        return _Operation(
            parameters={
                (one["in"], one["name"]): self._validator(one["schema"]) for one in parameters
            },
            required=frozenset(
                (one["in"], one["name"]) for one in parameters if one.get("required")
            ),
            body=self._validator(_media_schema(request)) if request else None,
            body_is_required=bool(request and request.get("required")),
            answers={
                status: self._validator(_media_schema(self._resolve(answer)))
                for status, answer in operation["responses"].items()
            },
        )

    def _resolve(self, node: Json) -> Json:
        while "$ref" in node:
            target: Json = self._document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def _validator(self, schema: Json) -> Draft202012Validator:
        plain = self._written_out(_as_json_schema(schema))
        return Draft202012Validator({**plain, "components": self._components})

    def _written_out(self, node: Json, within: tuple[str, ...] = ()) -> Json:
        """A schema with what it refers to in place, for looking it up takes longer than checking.

        What a schema contains itself is left to be looked up.
        """
        if isinstance(node, list):
            return [self._written_out(item, within) for item in node]
        if not isinstance(node, dict):
            return node
        name = node.get("$ref")
        if set(node) == {"$ref"} and isinstance(name, str) and name not in within:
            target = self._components
            for part in name.removeprefix("#/components/").split("/"):
                target = target[part]
            return self._written_out(target, (*within, name))
        return {key: self._written_out(value, within) for key, value in node.items()}


class JointContract:
    """Several contracts as one; the first that knows an operation is asked about it."""

    def __init__(self, *parts: Contract) -> None:
        self._parts = parts

    def check(
        self, method: str, path: str, query: Mapping[str, str], body: Json, has_body: bool
    ) -> list[Violation]:
        """Every way in which a request departs from the contracts; empty when it keeps to them."""
        return self._part(method, path).check(method, path, query, body, has_body)

    def check_answer(self, method: str, path: str, status: int, body: Json) -> list[str]:
        """Every way in which an answer departs from the contracts."""
        return self._part(method, path).check_answer(method, path, status, body)

    def _part(self, method: str, path: str) -> Contract:
        with_method = (part for part in self._parts if part.has_operation(method, path))
        with_path = (part for part in self._parts if part.has_path(path))
        return next(chain(with_method, with_path, self._parts))  # most belong to the first


@cache
def contract_in(file: Path) -> Contract:
    """The contract in a file; compiled once however many fakes check against it."""
    return Contract(file)


def contracts_in(*files: Path) -> JointContract:
    """The contracts in several files as one, the first one first."""
    return JointContract(*(contract_in(file) for file in files))


def _media_schema(holder: Mapping[str, Json]) -> Json:
    media = holder.get("content", {}).get("application/json", {})
    return media.get("schema", {})


def _as_json_schema(node: Json) -> Json:
    """OpenAPI 3.0 says `nullable` where JSON Schema has null among the types."""
    if isinstance(node, list):
        return [_as_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    out = {key: _as_json_schema(value) for key, value in node.items() if key != "nullable"}
    if node.get("nullable") is True and isinstance(node.get("type"), str):
        out["type"] = [node["type"], "null"]
    return out


def _parameter_errors(
    operation: _Operation, place: Place, values: Mapping[str, str]
) -> Iterator[Violation]:
    for name, text in values.items():
        validator = operation.parameters.get((place, name))
        if validator is None:
            yield Violation(place, f"unknown {place} parameter {name}")
        elif not validator.is_valid(_typed(text, validator.schema)):
            yield Violation(place, f"{place} parameter {name} has the wrong form: {text}")
    for where, name in operation.required:
        if where == place and name not in values:
            yield Violation(place, f"{place} parameter {name} is missing")


def _typed(text: str, schema: Json) -> Json:
    kind = schema.get("type") if isinstance(schema, dict) else None
    if kind == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    if kind == "boolean" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    return text


def _body_errors(operation: _Operation, body: Json, has_body: bool) -> Iterator[Violation]:
    if operation.body is None:
        if has_body:
            yield Violation("body", "a body is not expected here")
    elif has_body:
        yield from _wrong_in(operation, json.dumps(body))
    elif operation.body_is_required:
        yield Violation("body", "the body is missing")


@lru_cache(maxsize=8_192)
def _wrong_in(operation: _Operation, text: str) -> tuple[Violation, ...]:
    """What is wrong with a body; most tests send the same people again."""
    assert operation.body is not None
    errors = operation.body.iter_errors(json.loads(text))
    return tuple(Violation("body", _capitalised(error)) for error in errors)


def _capitalised(error: ValidationError) -> str:
    deepest = best_match([error]) or error
    place = "/".join(str(part) for part in deepest.absolute_path) or "body"
    return f"{place}: {deepest.message}"
