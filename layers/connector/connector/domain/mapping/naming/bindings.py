"""Which things in Rippling the words of a mapping mean: a word is bound to ids, not to a name.

It is bound when its rows are imported, else when a thing of that name is first seen, and keeps what
it is bound to whatever Rippling calls that later. Each version of the rows with a word has a
binding of its own, so that an import, a rollback and whoever still works by the mapping before
never mix. Pure; where bindings are stored is not known here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

FREE_AFTER = timedelta(days=3)
"""After so long without having been seen a thing gives up its words: it is deleted, or empty."""


@lru_cache(maxsize=256)  # there are few of them, and they are asked for with every thing
def day_of(text: str) -> date:
    """The day that a text says."""
    return date.fromisoformat(text)


def is_gone(day: str, today: str) -> bool:
    """Whether something that was seen last on a day counts as gone; days, or moments, as texts.

    Nothing does of which no day is known, or where there was no look yet.
    """
    if not day or not today:
        return False
    return day_of(today[:10]) - day_of(day[:10]) > FREE_AFTER


SILENCE = timedelta(days=2)
"""After so long without a look at anything, nothing counts as gone: nobody has looked."""


def is_silent(day: str, today: str) -> bool:
    """Whether a day of which something was last known is too long ago; also where none is known."""
    return not day or day_of(today) - day_of(day) > SILENCE


OUT_AFTER = timedelta(days=2)
"""So long after its last day a version of rows means nothing any more, unless it is settled."""

EARLIER = "earlier"
"""The digest of whatever rows an earlier version of the connector went by."""

MOST_VERSIONS = 4
"""So many versions of the rows with a word keep their bindings."""


class NamedKind(StrEnum):
    """What a worker has that carries a name."""

    DEPARTMENT = "department"
    LOCATION = "location"
    LEGAL_ENTITY = "legal_entity"
    EMPLOYMENT_TYPE = "employment_type"


ALONE = (NamedKind.DEPARTMENT, NamedKind.LOCATION)
"""Kinds of which one row names one thing."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word that names something: the companies whose rules have it, and a digest of its rows.

    The digest is that of each row, sorted, with a space between them.
    """

    companies: frozenset[str] = frozenset()
    digest: str = ""


Words: TypeAlias = Mapping[NamedKind, Mapping[str, Word]]
"""The words by which a mapping names things of each kind, in the form for comparing them."""


@dataclass(frozen=True, slots=True)
class Binding:
    """What a word means: the ids of its `holders`, each with the day on which it became one.

    Where it `is_code` it is a reference code, a key that the customer keeps, and no name; the day
    is that on which the holder was last seen with it. A day is also that of a look which could not
    show the holder's name, or that something has left it.
    `strangers` got the name while it meant others, and are not meant. `since` is the moment at
    which it was settled. Where it `is_contested` the rows with the word were edited and something
    was renamed, and nobody can tell which thing they mean now. `used` is the day on which rows of
    this version were seen last, or settled. Of the holders, those `presumed` had the name when they
    were read last, and were not read since an import settled it by that.
    """

    holders: Mapping[str, str] = field(default_factory=dict)
    since: str = ""
    is_code: bool = False
    strangers: tuple[str, ...] = ()
    is_contested: bool = False
    used: str = ""
    presumed: tuple[str, ...] = ()


Versions: TypeAlias = Mapping[str, Binding]
"""The bindings of a word by the digest of its rows."""

Bindings: TypeAlias = Mapping[str, Versions]
"""Under a kind and a word its bindings."""

NONE: Versions = {}

NO_WORDS: Mapping[str, Word] = {}


def noun(kind: NamedKind) -> str:
    """What something of this kind is called in a sentence."""
    return kind.replace("_", " ")


def key_of(kind: NamedKind, name: str) -> str:
    """Under what something of this kind is stored: a word, or an id."""
    return f"{kind} {name}"


def version_of(versions: Versions, digest: str) -> str | None:
    """The version by which rows go: their own, else the one before; None where there is none.

    Of those before, rows that were only added to or taken from come first.
    """
    if digest in versions:
        return digest
    left = [rows for rows in versions if are_left(rows, digest)]
    return max(left or versions, key=lambda rows: versions[rows].since, default=None)


def alive(versions: Versions, looked: str) -> Versions:
    """The versions of rows that were in the mapping at the last look, or shortly before.

    What a word meant in an earlier life is nothing that it means now.
    """
    if not looked or not versions:
        return versions
    first = _first_day_that_counts(looked)
    out = [rows for rows, one in versions.items() if one.used and one.used < first]
    return {rows: one for rows, one in versions.items() if rows not in out} if out else versions


@lru_cache(maxsize=16)  # with one look it is asked for with every word
def _first_day_that_counts(looked: str) -> str:
    """The first day on which rows that were seen last then still count at a look."""
    return (day_of(looked) - OUT_AFTER).isoformat()


def binding_of(
    bindings: Bindings, kind: NamedKind, word: str, digest: str, looked: str
) -> Binding | None:
    """What a word means in rows of this version, else in those before; None where it never did."""
    versions = alive(bindings.get(key_of(kind, word), NONE), looked)
    rows = version_of(versions, digest)
    return None if rows is None else versions[rows]


def in_use(bindings: Bindings, words: Words, looked: str, today: str) -> Bindings:
    """The bindings once it is known that these words are in the mapping today."""
    changed: dict[str, Versions] = {}
    for kind, named in words.items():
        for text, word in named.items():
            versions = bindings.get(key := key_of(kind, text), NONE)
            rows = version_of(alive(versions, looked), word.digest)
            if rows is not None and versions[rows].used != today:
                changed[key] = {**versions, rows: replace(versions[rows], used=today)}
    return {**bindings, **changed} if changed else bindings


def brought_back(bindings: Bindings, words: Words, today: str) -> Bindings:
    """The bindings once exactly these rows are back: they mean what they meant.

    A word that meant nothing by then means whatever is seen first, and not what it was given since.
    """
    result = dict(bindings)
    for kind, named in words.items():
        for text, word in named.items():
            versions = bindings.get(key := key_of(kind, text), NONE)
            if word.digest in versions:
                own = replace(versions[word.digest], used=today)
                result[key] = {**versions, word.digest: own}
            elif versions and not any(are_left(rows, word.digest) for rows in versions):
                result[key] = with_version(versions, word.digest, Binding(since=today, used=today))
    return result


def are_left(before: str, after: str) -> bool:
    """Whether rows with a word are as they were, but for some that were added, or removed."""
    rows, now = set(before.split()), set(after.split())
    return before == EARLIER or (bool(now) and (rows <= now or now <= rows))


def are_fewer(before: str, after: str) -> bool:
    """Whether rows with a word are as they were, but for some that were removed."""
    return before == EARLIER or (bool(after) and set(after.split()) <= set(before.split()))


def with_version(versions: Versions, digest: str, binding: Binding) -> Versions:
    """The bindings of a word with one more; the oldest are forgotten."""
    having = {**versions, digest: binding}
    newest = sorted(having, key=lambda each: (each == digest, having[each].since), reverse=True)
    return {each: having[each] for each in newest[:MOST_VERSIONS]}


def merged(one: Bindings, other: Bindings) -> Bindings:
    """The bindings of two memories: of one version the one that was settled last."""
    result: dict[str, Versions] = {}
    for key in dict.fromkeys((*one, *other)):
        versions = dict(other.get(key, NONE))
        for digest, binding in one.get(key, NONE).items():
            versions[digest] = _later(binding, versions.get(digest))
        newest = sorted(versions, key=lambda each: versions[each].since, reverse=True)
        result[key] = {each: versions[each] for each in newest[:MOST_VERSIONS]}
    return result


def _later(one: Binding, other: Binding | None) -> Binding:
    if other is None or one.since != other.since:
        return one if other is None or one.since > other.since else other
    days = {
        thing: max(one.holders.get(thing, ""), other.holders.get(thing, ""))
        for thing in {**other.holders, **one.holders}
    }
    return replace(
        one,
        holders=days,
        strangers=tuple(sorted({*one.strangers, *other.strangers})),
        used=max(one.used, other.used),
        is_contested=one.is_contested or other.is_contested,
        presumed=tuple(sorted({*one.presumed} & {*other.presumed})),
    )


def awake(bindings: Bindings, today: date, kinds: Iterable[str] = tuple(NamedKind)) -> Bindings:
    """The same bindings after a pause: nothing counts as gone because nobody has looked."""
    things = {
        f"{kind} {holder}"
        for key, versions in bindings.items()
        if (kind := key.partition(" ")[0]) in kinds
        for one in versions.values()
        for holder in one.holders
    }
    return held(bindings, things, today.isoformat())


def held(bindings: Bindings, things: Collection[str], day: str) -> Bindings:
    """The bindings once these things are known to be there on a day, whatever they are called.

    They are given by their keys. The very same bindings where nothing is news.
    """
    changed: dict[str, Versions] = {}
    for key, versions in bindings.items():
        kind = key.partition(" ")[0]
        now = {rows: _held(one, kind, things, day) for rows, one in versions.items()}
        if any(now[rows] is not one for rows, one in versions.items()):
            changed[key] = now
    return {**bindings, **changed} if changed else bindings


def _held(one: Binding, kind: str, things: Collection[str], day: str) -> Binding:
    there = [each for each, at in one.holders.items() if at < day and f"{kind} {each}" in things]
    return replace(one, holders={**one.holders, **dict.fromkeys(there, day)}) if there else one
