"""The mapping as the controller's file: text to mapping and back, with the line of each problem.

What YAML is understood, and how, is in `source/document`; what companies share, in `source/shared`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

import yaml
from pydantic import ValidationError

from connector.domain.errors import ConfigurationError
from connector.domain.mapping import lint as mapping_sense
from connector.domain.mapping.model import MappingFile
from connector.domain.mapping.problems import message, path_of, validate
from connector.domain.mapping.source import document
from connector.domain.mapping.source.document import Document
from connector.domain.mapping.source.shared import expanded

NO_VALUE = "nothing stands here; give it a value or leave it out (a name such as null needs quotes)"
MOST_PROBLEMS = 200
"""So many problems of a file are told at once."""


def _no_length(_: str) -> int | None:
    """Where no one knows how long an employee code may be."""
    return None


def parse(
    text: str,
    key_length_of: Callable[[str], int | None] = _no_length,
    now: datetime = mapping_sense.LONG_AGO,
) -> MappingFile:
    """The mapping in a file; `key_length_of` says how long a company's employee codes may be.

    Examples without a day are judged by the rules of the day that it is `now`.

    Raises:
        ConfigurationError: with every problem of shape and sense, each naming its line and place.
    """
    written = document.read(text)
    file, wrong_sharing = expanded(written)
    mapping, misshapen = _understood(file)
    told = set(file.without_value)
    problems = [
        *file.doubled,
        *(f"{file.where(path)}: {path_of(path)}: {NO_VALUE}" for path in file.without_value),
        *(
            f"{file.where(path)}: {path_of(path)}: {text}"
            for path, text in wrong_sharing
            if path not in told
        ),
        *misshapen,
        *_senseless(file, key_length_of, now),
    ]
    if mapping is None or problems:
        raise ConfigurationError(_first(list(dict.fromkeys(problems))))
    return mapping


def load(text: str) -> MappingFile:
    """The mapping in a file that `dump` wrote; whether it makes sense is not judged again.

    Raises:
        ConfigurationError: it was written by another version, whose mappings had another shape.
    """
    return validate(document.read(text).plain)


def _understood(file: Document) -> tuple[MappingFile | None, list[str]]:
    """What a file amounts to, and what is wrong with its shape."""
    try:
        return MappingFile.model_validate(file.plain), []
    except ValidationError as error:
        told = set(file.without_value)
        return None, [
            f"{file.where(loc)}: {path_of(file.origin(loc))}: {message(problem)}"
            for problem in error.errors()
            if file.origin(loc := problem["loc"]) not in told
        ]


def _senseless(
    file: Document, key_length_of: Callable[[str], int | None], now: datetime
) -> Iterator[str]:
    companies = file.plain.get("companies") if isinstance(file.plain, dict) else None
    for company, part in (companies if isinstance(companies, dict) else {}).items():
        if not isinstance(part, dict):
            continue
        for problem in mapping_sense.problems_in(part, key_length_of(company), now):
            path = "companies", company, *problem.path
            told = replace(problem, path=file.origin(path)).message()
            yield f"{file.where(path)}: {told}"


def _first(problems: list[str]) -> list[str]:
    """As many problems as anyone reads, and how many more there are."""
    more = len(problems) - MOST_PROBLEMS
    return problems if more <= 0 else [*problems[:MOST_PROBLEMS], f"and {more} more problems"]


def dump(mapping: MappingFile) -> str:
    """The file that `parse` reads back as the same mapping, without what is left to defaults."""
    data = mapping.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100)
