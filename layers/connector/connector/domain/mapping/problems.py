"""What is wrong with a mapping, in a controller's words: what stands there, and what belongs there.

Only words; where a problem stands in a file or a table is known to `file` and `rows`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from connector.domain.errors import ConfigurationError
from connector.domain.mapping.base import did_you_mean, found
from connector.domain.mapping.model import CompanyRules, MappingFile

BELONGS = {
    "string_type": "one text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list, such as [a, b],",
    "dict_type": "a map of keys and values",
    "model_type": "a map of keys and values",
    "model_attributes_type": "a map of keys and values",
}
"""What belongs where something of another shape stands, by the name of pydantic's error."""

KNOWN = {
    "missing": "this key is missing",
    "string_too_short": "must not be empty",
    "string_unicode": "this text has characters that no text can have",
}


def validate(data: Mapping[str, Any]) -> MappingFile:
    """The mapping in a plain structure.

    Raises:
        ConfigurationError: with every problem, each naming the place where it stands.
    """
    try:
        return MappingFile.model_validate(data)
    except ValidationError as error:
        raise ConfigurationError(
            f"{path_of(problem['loc'])}: {message(problem)}" for problem in error.errors()
        ) from None


def path_of(location: Iterable[int | str]) -> str:
    """Where in a mapping a problem stands: `companies.norway.departments[2].cost_centre`."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".") or "mapping"


def message(problem: Mapping[str, Any]) -> str:
    """What is wrong, and what would be right; `problem` is an error of pydantic."""
    kind, value = problem["type"], problem["input"]
    if kind == "extra_forbidden":
        return no_such_key(str(problem["loc"][-1]), keys_at(problem["loc"][:-1]))
    if kind in BELONGS:
        return f"{found(value)} stands where {BELONGS[kind]} belongs"
    if kind == "literal_error":
        words = str(problem["ctx"]["expected"])
        hint = did_you_mean(value, words.replace(" or ", ", ").replace("'", "").split(", "))
        return f"{found(value)} stands where {words} belongs{hint}"
    return KNOWN.get(kind, str(problem["msg"]).removeprefix("Value error, "))


def no_such_key(key: str, keys: Iterable[str]) -> str:
    """That there is no such key, with the nearest one that there is."""
    return f"there is no such key{did_you_mean(key, keys)}"


SHARED, INCLUDE = "shared", "include"
"""Keys that only the file has: the mapping has everything in its place in each company."""
SHARED_KINDS = ("departments", "employee_classes")
"""What companies may share."""


def keys_at(location: Sequence[int | str]) -> list[str]:
    """The keys that a part of the file may have."""
    if location[:1] == (SHARED,):
        if len(location) == len((SHARED, "name")):
            return list(SHARED_KINDS)
        location = ("companies", *location[1:])
    elif not location:
        return [*key_names(MappingFile), SHARED]
    elif len(location) == len(("companies", "norway")):
        return [*key_names(CompanyRules), INCLUDE]
    part: Any = MappingFile
    for step in location:
        part = inner(part, step)
    return key_names(part) if is_model(part) else []


def key_names(part: type[BaseModel]) -> list[str]:
    """The keys of a part as they are written; `from` is no name that Python knows."""
    return [field.alias or name for name, field in part.model_fields.items()]


def inner(part: Any, step: int | str) -> Any:
    """The type of what stands under a key or in a list, without the None that may stand instead."""
    if is_model(part):
        field = part.model_fields.get(str(step))
        kind = field.annotation if field else None
    else:
        kind = next((each for each in reversed(get_args(part)) if each is not Ellipsis), None)
    models = [each for each in get_args(kind) if is_model(each)]
    return models[0] if models and type(None) in get_args(kind) else kind


def is_model(part: Any) -> bool:
    """Whether a type is a part of the mapping with keys of its own."""
    return isinstance(part, type) and issubclass(part, BaseModel)
