"""Facts: what Rippling says of a person, told apart from what it leaves empty or does not show.

A fact is known, empty or unknown, and an unknown fact decides nothing. The types make whoever uses
a fact say what happens when it is unknown. Where facts come from is not known here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final, Generic, Literal, TypeAlias, TypeVar

T = TypeVar("T")


class Absence(Enum):
    """Why a fact has no value."""

    EMPTY = "empty"
    UNKNOWN = "unknown"


EMPTY: Final = Absence.EMPTY
"""Rippling shows the field, and nothing stands in it."""

UNKNOWN: Final = Absence.UNKNOWN
"""Rippling withholds the field, or shows something that cannot be read."""


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """A fact with a value."""

    value: T


Fact: TypeAlias = Known[T] | Literal[Absence.EMPTY, Absence.UNKNOWN]
"""A business value read from Rippling. It has no truth value and equals no plain value, so that
mypy refuses every use that does not take it apart."""


def fact(value: T | None) -> Fact[T]:
    """The fact of something that was shown: known, or empty where it is None."""
    return EMPTY if value is None else Known(value)


def shown(one: Fact[T]) -> T | None:
    """The value, for texts and storage alone: None may mean empty as well as unknown."""
    return one.value if isinstance(one, Known) else None


class Truth(Enum):
    """Whether something holds of a person, as far as the facts tell."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def truth(holds: bool) -> Truth:
    """The truth of something that is not in doubt."""
    return Truth.YES if holds else Truth.NO


def all_hold(truths: Iterable[Truth]) -> Truth:
    """NO where one of them is NO, else UNKNOWN where one is unknown."""
    found = set(truths)
    if Truth.NO in found:
        return Truth.NO
    return Truth.UNKNOWN if Truth.UNKNOWN in found else Truth.YES


def any_holds(truths: Iterable[Truth]) -> Truth:
    """YES where one of them is YES, else UNKNOWN where one is unknown."""
    found = set(truths)
    if Truth.YES in found:
        return Truth.YES
    return Truth.UNKNOWN if Truth.UNKNOWN in found else Truth.NO


def says(one: Fact[str], wanted: str) -> Truth:
    """Whether a fact is this word."""
    if one is UNKNOWN:
        return Truth.UNKNOWN
    return truth(isinstance(one, Known) and alike(one.value) == alike(wanted))


@lru_cache(maxsize=4_096)  # few words, asked for with every rule and every person
def alike(text: str) -> str:
    """The form in which names are compared: composed, blanks folded, nothing invisible in it."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    composed = unicodedata.normalize("NFC", text)
    # Format characters such as a zero width space; a blank of any kind is folded below.
    seen = (each for each in composed if unicodedata.category(each) != "Cf")
    return " ".join("".join(seen).split())


@dataclass(frozen=True, slots=True)
class Named:
    """Something Rippling knows by an id, mostly a name, and sometimes a code the customer keeps.

    `former` are names that the thing with this id had before, used by rules of the companies
    `former_in`, and `taken` are words that belong to another thing of that name. Of `unsettled`
    words it is not known whether they mean this thing or another. `is_partial` says that Rippling
    does not show all of it: what it does not answer to by what is shown, it may still be.
    """

    id: str | None = None
    name: str | None = None
    code: str | None = None
    former: tuple[str, ...] = ()
    former_in: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()
    is_partial: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """What it is known by, the surest first: id, code, name, former names."""
        keys = (self.id, self.code, self.name, *self.former)
        others = (*self.taken, *self.unsettled)
        return tuple(key for key in keys if key and alike(key) not in others)

    @property
    def label(self) -> str:
        """What it is called in a message; a name that it had before is told with it."""
        now = self.name or self.id or "(none)"
        return f"{now} (before: {', '.join(self.former)})" if self.former else now

    def others_words(self, company: str) -> tuple[str, ...]:
        """The words by which rows of a company would name this thing, were they not another's.

        A former name counts only in a company whose rows once named this thing: to all others that
        word never meant it.
        """
        if company in self.former_in:
            return (*self.taken, *self.unsettled)
        now = {alike(key) for key in (self.code, self.name) if key}
        return (*(word for word in self.taken if word in now), *self.unsettled)

    def answers_to(self, key: str) -> Truth:
        """Whether `key` is this thing's id, code or name."""
        if alike(key) in map(alike, self.keys):
            return Truth.YES
        is_open = self.is_partial or alike(key) in self.unsettled
        return Truth.UNKNOWN if is_open else Truth.NO


NOTHING = Named()
NOT_SHOWN = Named(is_partial=True)
REMOTE = Named(name="Remote")
"""Where someone works who is bound to no work location."""
