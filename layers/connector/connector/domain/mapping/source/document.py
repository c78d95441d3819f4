"""A YAML file as plain data, every scalar as text, with the place of each part.

YAML's own guesses would turn the country NO into false and the code 0200 into a number. Of YAML
only what a mapping needs is understood: no aliases, no anchors, no tag means anything, no key is
more than a text, and nothing is nested deeper than a mapping is. What the data means is not known
here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from connector.domain.errors import ConfigurationError

LARGEST_FILE = 1_000_000
LONGEST_TEXT = 1_000
"""No name, code or template is longer; AWS stores no row of 400 KB."""

DEEPEST = 20
"""A mapping is nested eight deep; what is deeper is none."""

NO_ALIASES = "anchors (&) and aliases (*) are not taken; write it out, or put the text in quotes"
NO_KEY = "a key has to be one text; put a text that begins with a { or a [ in quotes"
TOO_LONG = f"this text is longer than {LONGEST_TEXT} characters"
TOO_DEEP = f"this is nested deeper than {DEEPEST} lists and maps"

Place: TypeAlias = tuple[int, int]
"""A line and a column, the first being 1."""
Steps: TypeAlias = tuple[int | str, ...]
"""The way to a part of a file: keys, and places in lists."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file as plain data, and where each of its parts stands."""

    plain: Any
    places: Mapping[Steps, Place]
    doubled: Sequence[str] = ()
    """Keys that stand there a second time, each as a sentence."""
    without_value: Sequence[Steps] = ()
    origins: Mapping[Steps, Steps] = field(default_factory=dict)
    """Where parts were written that stand in `plain` as copies."""

    def origin(self, location: Iterable[int | str]) -> Steps:
        """The way to the part in the file that a location in `plain` is a copy of, or is itself."""
        steps = tuple(location)
        for length in range(len(steps), 0, -1):
            if steps[:length] in self.origins:
                return (*self.origins[steps[:length]], *steps[length:])
        return steps

    def where(self, location: Iterable[int | str]) -> str:
        """The line and column of the innermost part of a location that stands in the file."""
        steps = self.origin(location)
        while steps and steps not in self.places:
            steps = steps[:-1]
        return spoken(self.places.get(steps, (1, 1)))


def read(text: str) -> Document:
    """The document in a text.

    Raises:
        ConfigurationError: it is no YAML of the kind that a mapping may be written in.
    """
    if len(text) > LARGEST_FILE:
        raise ConfigurationError(f"the mapping file is longer than {LARGEST_FILE} characters")
    root = _compose(text)
    reading = _Reading()
    plain = reading.plain(root, ())
    return Document(plain, reading.places, reading.doubled, reading.without_value)


def spoken(place: Place) -> str:
    """A place as a message names it."""
    return f"line {place[0]}, column {place[1]}"


def _compose(text: str) -> yaml.Node:
    try:
        root = _Loader(text).get_single_node()
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{_where(error, text)}this is not YAML") from None
    except (
        ValueError,
        OverflowError,
    ):  # the escape of a character that there is not, as "\U99999999"
        raise ConfigurationError("this is not YAML: an escape stands for no character") from None
    if root is None:
        raise ConfigurationError("the mapping file is empty")
    return root


def _where(error: yaml.YAMLError, text: str) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark:
        return f"{spoken(_place(mark))}: "
    position = getattr(error, "position", None)  # of a character that YAML does not allow
    return f"line {text.count(chr(10), 0, position) + 1}: " if isinstance(position, int) else ""


class _Loader(yaml.SafeLoader):
    """Composes nodes, and refuses what a mapping does not need before anything is made of it."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        reason = self._objection(event, parent, index)
        if reason:
            raise ConfigurationError(f"{spoken(_place(event.start_mark))}: {reason}")
        self.depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def _objection(self, event: Any, parent: yaml.Node | None, index: Any) -> str:
        if event.anchor is not None:  # an alias has one as well
            return NO_ALIASES
        is_key = isinstance(parent, yaml.MappingNode) and index is None
        if is_key and not isinstance(event, yaml.ScalarEvent):
            return NO_KEY
        if isinstance(event, yaml.ScalarEvent) and len(event.value) > LONGEST_TEXT:
            return TOO_LONG
        return TOO_DEEP if self.depth > DEEPEST else ""


def _place(mark: Any) -> Place:
    return mark.line + 1, mark.column + 1


class _Reading:
    """Nodes being read: the place of each, and what is wrong with them as such."""

    def __init__(self) -> None:
        self.places: dict[tuple[int | str, ...], Place] = {}
        self.doubled: list[str] = []
        self.without_value: list[tuple[int | str, ...]] = []

    def plain(self, node: yaml.Node, path: tuple[int | str, ...]) -> Any:
        """A node as plain data."""
        self.places.setdefault(path, _place(node.start_mark))
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, (*path, place)) for place, item in enumerate(node.value)]
        if path and node.tag.endswith(":null"):
            self.without_value.append(path)
            return ""
        return node.value

    def _pairs(self, node: yaml.MappingNode, path: tuple[int | str, ...]) -> Iterator[Any]:
        for key, value in node.value:
            inner = (*path, str(key.value))
            place = _place(key.start_mark)
            if inner in self.places:
                self.doubled.append(f"{spoken(place)}: {key.value} stands here a second time")
                continue
            self.places[inner] = place
            yield str(key.value), self.plain(value, inner)
