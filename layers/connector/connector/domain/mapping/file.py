"""The mapping as the controller's file: text to mapping and back, with the line of each problem.

Every scalar is read as text. YAML's own guesses would turn the country NO into false and the code
0200 into a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import yaml
from pydantic import ValidationError

from connector.domain.errors import ConfigurationError
from connector.domain.mapping import lint as mapping_sense
from connector.domain.mapping.model import MappingFile, message, path_of, validate

LARGEST_FILE = 1_000_000


def _no_length(_: str) -> int | None:
    """Where no one knows how long an employee code may be."""
    return None


def parse(text: str, key_length_of: Callable[[str], int | None] = _no_length) -> MappingFile:
    """The mapping in a file; `key_length_of` says how long a company's employee codes may be.

    Raises:
        ConfigurationError: with every problem of shape and sense, each naming its line and place.
    """
    mapping, problems = _read(text, key_length_of)
    if mapping is None or problems:
        raise ConfigurationError(problems)
    return mapping


def load(text: str) -> MappingFile:
    """The mapping in a file that `dump` wrote; whether it makes sense is not judged again.

    Raises:
        ConfigurationError: it was written by another version, whose mappings had another shape.
    """
    return validate(plain_node(_compose(text)))


def _read(
    text: str, key_length_of: Callable[[str], int | None]
) -> tuple[MappingFile | None, list[str]]:
    """What a file amounts to, and everything that is wrong with it."""
    if len(text) > LARGEST_FILE:
        raise ConfigurationError(f"the mapping file is longer than {LARGEST_FILE} characters")
    root = _compose(text)
    problems = list(_doubled_keys(root))
    if problems:
        return None, problems
    plain = plain_node(root)
    problems = list(_senseless(root, plain, key_length_of))
    try:
        return MappingFile.model_validate(plain), problems
    except ValidationError as error:
        misshapen = [
            f"line {_line(root, problem['loc'])}: {path_of(problem['loc'])}: {message(problem)}"
            for problem in error.errors()
        ]
        return None, [*misshapen, *problems]


def _senseless(
    root: yaml.Node, plain: Any, key_length_of: Callable[[str], int | None]
) -> Iterator[str]:
    companies = plain.get("companies") if isinstance(plain, dict) else None
    for company, part in (companies if isinstance(companies, dict) else {}).items():
        if not isinstance(part, dict):
            continue
        for problem in mapping_sense.problems_in(part, key_length_of(company)):
            line = _line(root, ("companies", company, *problem.path))
            yield f"line {line}: {problem.message('companies', company)}"


def dump(mapping: MappingFile) -> str:
    """The file that `parse` reads back as the same mapping, without what is left to defaults."""
    data = mapping.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100)


def _compose(text: str) -> yaml.Node:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}: " if mark else ""
        raise ConfigurationError(f"{line}this is not YAML") from None
    if root is None:
        raise ConfigurationError("the mapping file is empty")
    return root


def plain_node(node: yaml.Node) -> Any:
    """A node of the file as plain data, every scalar as text."""
    if isinstance(node, yaml.MappingNode):
        given = [pair for pair in node.value if _is_given(pair[1])]
        return {key.value: plain_node(value) for key, value in given}
    if isinstance(node, yaml.SequenceNode):
        return [plain_node(item) for item in node.value]
    return node.value


def _is_given(node: yaml.Node) -> bool:
    """A key with nothing behind it counts as left out."""
    return not (isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null"))


def _doubled_keys(node: yaml.Node) -> Iterator[str]:
    children: Iterable[yaml.Node] = ()
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                yield f"line {key.start_mark.line + 1}: {key.value} stands here a second time"
            seen.add(str(key.value))
        children = [value for _, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        children = node.value
    for child in children:
        yield from _doubled_keys(child)


def _line(root: yaml.Node, location: Iterable[int | str]) -> int:
    """The line of the innermost part of a place that stands in the file."""
    node, line = root, root.start_mark.line
    for part in location:
        step = _child(node, part)
        if step is None:
            break
        line, node = step
    return line + 1


def _child(node: yaml.Node, part: int | str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key.start_mark.line, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        item = node.value[part]
        return item.start_mark.line, item
    return None
