"""The expressions of DynamoDB that the connector writes, each read once and kept as a function.

Values are as in the API, `{"S": "..."}`. What is not written by the connector is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, TypeAlias

Value: TypeAlias = dict[str, Any]
Item: TypeAlias = dict[str, Value]
Operand: TypeAlias = Callable[[Item, Mapping[str, str], Item], Value | None]
Condition: TypeAlias = Callable[[Item, Mapping[str, str], Item], bool]
Update: TypeAlias = Callable[[Item, Mapping[str, str], Item], set[str]]
"""Changes an item that nobody else holds; the names of the attributes it changed."""

TOKEN = re.compile(r"\s*([#:]?\w+|<=|>=|<>|[=<>(),.])")
COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: bool(one == other),
    "<>": lambda one, other: bool(one != other),
    "<": lambda one, other: bool(one < other),
    "<=": lambda one, other: bool(one <= other),
    ">": lambda one, other: bool(one > other),
    ">=": lambda one, other: bool(one >= other),
}


class _Tokens:
    """An expression, word by word."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._words = TOKEN.findall(text)

    def next(self) -> str:
        word: str = self._words.pop(0)
        return word

    def takes(self, *words: str) -> str | None:
        """The next word, taken, if it is one of these."""
        return self.next() if self._words and self._words[0] in words else None

    def demand(self, word: str) -> None:
        if not self.takes(word):
            raise ValueError(f"{self._text}: {word} is missing before {self._words}")

    @property
    def is_over(self) -> bool:
        return not self._words


@cache
def condition(text: str) -> Condition:
    """A condition, a filter or a condition on keys.

    Raises:
        ValueError: it says something that no expression of the connector's says.
    """
    tokens = _Tokens(text)
    found = _either(tokens)
    if not tokens.is_over:
        raise ValueError(f"{text}: not understood from {tokens.next()} on")
    return found


def _either(tokens: _Tokens) -> Condition:
    parts = [_both(tokens)]
    while tokens.takes("OR"):
        parts.append(_both(tokens))
    return parts[0] if len(parts) == 1 else lambda *each: any(part(*each) for part in parts)


def _both(tokens: _Tokens) -> Condition:
    parts = [_one(tokens)]
    while tokens.takes("AND"):
        parts.append(_one(tokens))
    return parts[0] if len(parts) == 1 else lambda *each: all(part(*each) for part in parts)


def _one(tokens: _Tokens) -> Condition:
    if tokens.takes("("):
        inner = _either(tokens)
        tokens.demand(")")
        return inner
    if asked := tokens.takes("attribute_exists", "attribute_not_exists"):
        tokens.demand("(")
        place, is_wanted = _path(tokens, tokens.next()), asked == "attribute_exists"
        tokens.demand(")")
        return lambda *each: (place(*each) is not None) == is_wanted
    left = _operand(tokens)
    if tokens.takes("IN"):
        tokens.demand("(")
        options = [_operand(tokens)]
        while tokens.takes(","):
            options.append(_operand(tokens))
        tokens.demand(")")
        return lambda *each: left(*each) in [option(*each) for option in options]
    compare, right = COMPARISONS[tokens.next()], _operand(tokens)
    return lambda *each: _compared(compare, left(*each), right(*each))


def _compared(compare: Callable[[Any, Any], bool], one: Value | None, other: Value | None) -> bool:
    if one is None or other is None:
        return False
    if one.keys() != other.keys():
        return compare is COMPARISONS["<>"]
    return compare(plain(one), plain(other))


def _operand(tokens: _Tokens) -> Operand:
    word = tokens.next()
    if word == "size":
        tokens.demand("(")
        place = _path(tokens, tokens.next())
        tokens.demand(")")
        return lambda *each: _size(place(*each))
    if word.startswith(":"):
        return lambda _item, _names, values: values[word]
    return _path(tokens, word)


def _size(value: Value | None) -> Value | None:
    return None if value is None else {"N": str(len(next(iter(value.values()))))}


def _path(tokens: _Tokens, word: str) -> Operand:
    words = _names(tokens, word)

    def read(item: Item, names: Mapping[str, str], _: Item) -> Value | None:
        place: Item = item
        for inner in words[:-1]:
            place = place.get(names[inner], {}).get("M", {})
        return place.get(names[words[-1]])

    return read


def _names(tokens: _Tokens, word: str) -> list[str]:
    words = [word]
    while tokens.takes("."):
        words.append(tokens.next())
    if not all(each.startswith("#") for each in words):
        raise ValueError(f"{words}: names are written with a #")
    return words


@cache
def update(text: str) -> Update:
    """What `SET`, `REMOVE` and `ADD` make of an item.

    Raises:
        ValueError: it says something that no expression of the connector's says.
    """
    tokens, steps = _Tokens(text), list[Update]()
    while not tokens.is_over:
        read = {"SET": _set, "REMOVE": _remove, "ADD": _add}[tokens.next()]
        steps.append(read(tokens))
        while tokens.takes(","):
            steps.append(read(tokens))

    def change(item: Item, names: Mapping[str, str], values: Item) -> set[str]:
        return set().union(*(step(item, names, values) for step in steps))

    return change


def _set(tokens: _Tokens) -> Update:
    words = _names(tokens, tokens.next())
    tokens.demand("=")
    if tokens.takes("if_not_exists"):
        tokens.demand("(")
        known = _path(tokens, tokens.next())
        tokens.demand(",")
        other = _operand(tokens)
        tokens.demand(")")
        return lambda *each: _put(words, each[0], each[1], known(*each) or other(*each))
    value = _operand(tokens)
    return lambda *each: _put(words, each[0], each[1], value(*each))


def _put(words: list[str], item: Item, names: Mapping[str, str], value: Value | None) -> set[str]:
    """Puts a value at a path; what is on the way is copied, because others may hold it."""
    assert value is not None
    _place_of(words, item, names)[names[words[-1]]] = value
    return {names[words[0]]}


def _place_of(words: list[str], item: Item, names: Mapping[str, str]) -> Item:
    """Where the last name of a path stands; what is on the way is copied."""
    place = item
    for inner in words[:-1]:
        place[names[inner]] = {"M": {**place[names[inner]]["M"]}}
        place = place[names[inner]]["M"]
    return place


def _remove(tokens: _Tokens) -> Update:
    words = _names(tokens, tokens.next())

    def take(item: Item, names: Mapping[str, str], _: Item) -> set[str]:
        _place_of(words, item, names).pop(names[words[-1]], None)
        return {names[words[0]]}

    return take


def _add(tokens: _Tokens) -> Update:
    (word,) = _names(tokens, tokens.next())
    amount = tokens.next()

    def add(item: Item, names: Mapping[str, str], values: Item) -> set[str]:
        before = plain(item.get(names[word], {"N": "0"}))
        item[names[word]] = {"N": str(before + plain(values[amount]))}
        return {names[word]}

    return add


def plain(value: Value) -> Any:
    """A value as it is compared and ordered."""
    ((kind, content),) = value.items()
    if kind == "N":
        return Decimal(content)
    if kind == "M":
        return {name: plain(inner) for name, inner in content.items()}
    return content
