"""As much of CloudWatch Logs Insights as the saved queries of template.yaml use, over log lines.

A field that a line does not have fulfils no condition.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Line: TypeAlias = Mapping[str, Any]
Condition: TypeAlias = Callable[[Line], bool]

OF_INSIGHTS = {"@timestamp", "@message", "@log"}
"""Fields that Insights makes itself."""

TOKEN = re.compile(
    r'\s*(?:(?P<text>"[^"]*")|/(?P<pattern>[^/]+)/|(?P<sign>>=|<=|!=|[()=<>\[\],])'
    r"|(?P<number>\d+(?![\w.]))|(?P<word>[@\w.]+))"
)
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


@dataclass(frozen=True)
class Query:
    """A query: the fields that it shows, those that it asks about, and which lines it finds."""

    shown: frozenset[str]
    asked: frozenset[str]
    condition: Condition

    @classmethod
    def of(cls, text: str) -> Query:
        """Reads a query.

        Raises:
            ValueError: it has something that is not understood here.
        """
        shown: set[str] = set()
        parsers: list[_Filter] = []
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        for command in re.split(r"\s*\|\s+", "\n".join(lines).strip()):
            word, _, rest = command.partition(" ")
            if word == "fields":
                shown |= {each.strip() for each in rest.split(",")}
            elif word == "filter":
                parsers.append(_Filter(rest))
            elif word == "stats":
                shown |= set(re.findall(r"by (.+)", rest)[0].replace(" ", "").split(","))
            elif word not in ("sort", "limit"):
                raise ValueError(f"the command {word} is not understood")
        conditions = [each.parsed() for each in parsers]
        asked = frozenset(name for each in parsers for name in each.asked)
        shown -= {each for each in shown if each.startswith("bin(")}
        return cls(frozenset(shown), asked, lambda line: all(met(line) for met in conditions))

    def find(self, lines: Iterable[Line]) -> list[Line]:
        """The lines that are found, as they are."""
        return [line for line in lines if self.condition(flat(line))]


def flat(line: Line, above: str = "") -> dict[str, Any]:
    """A line by the names that Insights gives to what lies deeper: `summary.problems.0`."""
    found: dict[str, Any] = {}
    for key, value in line.items():
        inner = dict(enumerate(value)) if isinstance(value, list) else value
        if isinstance(inner, dict):
            found |= flat({str(each): inner[each] for each in inner}, f"{above}{key}.")
        else:
            found[f"{above}{key}"] = value
    return found


class _Filter:
    """Reads one condition: `or` over `and` over comparisons and brackets."""

    def __init__(self, text: str) -> None:
        self._tokens = [match.groupdict() for match in TOKEN.finditer(text)]
        if TOKEN.sub("", text).strip():
            raise ValueError(f"{TOKEN.sub('', text).strip()} is not understood")
        self.asked: set[str] = set()

    def parsed(self) -> Condition:
        found = self._any_of()
        if self._tokens:
            raise ValueError(f"{self._tokens[0]} is left over")
        return found

    def _any_of(self) -> Condition:
        parts = [self._all_of()]
        while self._takes("or"):
            parts.append(self._all_of())
        return lambda line: any(part(line) for part in parts)

    def _all_of(self) -> Condition:
        parts = [self._one()]
        while self._takes("and"):
            parts.append(self._one())
        return lambda line: all(part(line) for part in parts)

    def _one(self) -> Condition:
        if self._takes("("):
            inner = self._any_of()
            self._must_take(")")
            return inner
        field = self._next()
        self.asked.add(field)
        if self._takes("in"):
            values = self._list()
            return lambda line: line.get(field) in values
        is_not = self._takes("not")
        if self._takes("like"):
            pattern = re.compile(self._next())
            return lambda line: (
                field in line and bool(pattern.search(str(line[field]))) is not is_not
            )
        compare, value = COMPARE[self._next()], self._value()
        return lambda line: field in line and compare(line[field], value)

    def _list(self) -> list[Any]:
        self._must_take("[")
        values = [self._value()]
        while self._takes(","):
            values.append(self._value())
        self._must_take("]")
        return values

    def _value(self) -> Any:
        text = self._next()
        return text[1:-1] if text.startswith('"') else int(text)

    def _takes(self, word: str) -> bool:
        is_next = bool(self._tokens) and word in self._tokens[0].values()
        if is_next:
            self._tokens.pop(0)
        return is_next

    def _must_take(self, word: str) -> None:
        if not self._takes(word):
            raise ValueError(f"{word} is missing")

    def _next(self) -> str:
        return next(value for value in self._tokens.pop(0).values() if value is not None)
