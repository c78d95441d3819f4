"""What an import settles: which thing each word means, by what things are called on that day.

A row that an import leaves as it is goes on meaning what it meant. The words of every other row
mean what is called so now; and what a word means no longer is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from connector.domain.facts import Named
from connector.domain.mapping.naming.bindings import (
    ALONE,
    NO_WORDS,
    NONE,
    Binding,
    NamedKind,
    Versions,
    Word,
    Words,
    alive,
    are_fewer,
    are_left,
    key_of,
    noun,
    with_version,
)
from connector.domain.mapping.naming.memory import NameMemory
from connector.domain.mapping.naming.sighting import Seen, is_code, names_of

Lists: TypeAlias = Mapping[NamedKind, Sequence[Named]]
"""The things of each kind that Rippling lists now; a kind that it gives no list of is not there."""

SEVERAL = (
    "{word}: the {kind}s {ids} are called so in Rippling now, and nobody can tell which of them the"
    " rows mean: name each by its id"
)


@dataclass(frozen=True, slots=True)
class Rebound:
    """A word that means other things from an import on."""

    kind: NamedKind
    word: str
    companies: frozenset[str]
    message: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """A word of which an import cannot say what it means, and what to do about it."""

    kind: NamedKind
    word: str
    companies: frozenset[str]
    message: str


def settled(
    memory: NameMemory, in_use: Words, after: Words, lists: Lists, now: datetime
) -> tuple[NameMemory, list[Rebound]]:
    """The memory with what the words of a mapping mean once it is imported, and what changes."""
    bindings = dict(memory.bindings)
    rebound: list[Rebound] = []
    for kind in NamedKind:
        before, listed = in_use.get(kind, NO_WORDS), lists.get(kind)
        bindings.update(_carried(memory, kind, before, after.get(kind, NO_WORDS), now))
        things = _things(memory, kind)
        for text, word in edited(memory, kind, before, after.get(kind, NO_WORDS)):
            known = _known(memory, kind, text, before)
            there = things if listed is None else listed
            key = key_of(kind, text)
            is_sure = listed is not None or _is_contested(known)
            meant = _meant(kind, text, known, there, after.get(kind, NO_WORDS))
            found = _found(meant, known, key in bindings, is_sure)
            if found is None:
                continue  # told once the thing is seen: what it is called now is not known here
            binding = _bound(text, found, there, now)
            if listed is None:
                binding = replace(binding, presumed=tuple(found))
            bindings[key] = with_version(bindings.get(key, NONE), word.digest, binding)
            if known and (known.is_contested or not _is_same(known, found)):
                rebound.append(Rebound(kind, text, word.companies, _told(kind, text, known, found)))
    return replace(memory, bindings=bindings, called=_with(memory, lists, now)), rebound


def _found(
    meant: Sequence[str] | None, known: Binding | None, had_meaning: bool, is_sure: bool
) -> Sequence[str] | None:
    """The ids that a word means from now on; None where that is left to be seen."""
    if known is None and had_meaning:  # what it meant in an earlier life is nothing that it means
        return meant or ()
    return meant if is_sure or not _is_same(known, meant or ()) else None


def unclear(memory: NameMemory, in_use: Words, after: Words, lists: Lists) -> Iterator[Unclear]:
    """The words of which an import cannot say which of several things they mean now.

    A word that never meant anything is none of them: it means whichever is seen first.
    """
    for kind in ALONE:
        before, listed = in_use.get(kind, NO_WORDS), lists.get(kind)
        there = _things(memory, kind) if listed is None else listed
        for text, word in edited(memory, kind, before, after.get(kind, NO_WORDS)):
            known = _known(memory, kind, text, before)
            if known is None or (listed is None and not known.is_contested):
                continue
            fitting = _fitting(text, there)
            if len(fitting) > 1 and len(known.holders.keys() & set(fitting)) != 1:
                told = SEVERAL.format(word=text, kind=noun(kind), ids=" and ".join(fitting))
                yield Unclear(kind, text, word.companies, told)


def returned(memory: NameMemory, in_use: Words, after: Words) -> Iterator[Rebound]:
    """The words that mean something else once a mapping is back that was in use before."""
    for kind in NamedKind:
        before, words = in_use.get(kind, NO_WORDS), after.get(kind, NO_WORDS)
        for text, word in words.items():
            known, found = _known(memory, kind, text, before), memory.binding(kind, text, words)
            if known is None or found is None or found.is_contested:
                continue  # a word of which nobody can tell what it means is told by `status`
            if known.is_contested or not _is_same(known, list(found.holders)):
                told = _told(kind, text, known, list(found.holders))
                yield Rebound(kind, text, word.companies, told)


def edited(
    memory: NameMemory, kind: NamedKind, before: Mapping[str, Word], after: Mapping[str, Word]
) -> Iterator[tuple[str, Word]]:
    """The words of whose rows any is another one now, or was edited in the table.

    And those of which nobody can tell what they mean.
    """
    for text, word in after.items():
        is_left = text in before and are_left(before[text].digest, word.digest)
        known = _known(memory, kind, text, before) if is_left else None
        if known is None or known.is_contested or _is_by_hand(memory, kind, text, before[text]):
            yield text, word


def _is_by_hand(memory: NameMemory, kind: NamedKind, text: str, word: Word) -> bool:
    """Whether rows in use were edited or added in the table, and nobody was seen by them since."""
    versions = alive(memory.bindings.get(key_of(kind, text), NONE), memory.looked)
    return not any(are_fewer(rows, word.digest) for rows in versions)


def _carried(
    memory: NameMemory,
    kind: NamedKind,
    before: Mapping[str, Word],
    after: Mapping[str, Word],
    now: datetime,
) -> Iterator[tuple[str, Versions]]:
    """What words go on meaning to whose rows some were added, or of which some are gone."""
    for text, word in after.items():
        known = _known(memory, kind, text, before)
        if known is None or before[text].digest == word.digest:
            continue
        if are_left(before[text].digest, word.digest):
            versions = memory.bindings[key := key_of(kind, text)]
            yield key, with_version(versions, word.digest, _carried_on(known, now))


def _bound(word: str, found: Sequence[str], things: Sequence[Named], now: datetime) -> Binding:
    by_code = any(each.id in found and is_code(word, each) for each in things)
    days = dict.fromkeys(found, now.date().isoformat())
    return Binding(days, now.isoformat(), is_code=by_code, used=now.date().isoformat())


def _carried_on(known: Binding, now: datetime) -> Binding:
    return replace(known, since=now.isoformat(), used=now.date().isoformat())


def _known(
    memory: NameMemory, kind: NamedKind, text: str, words: Mapping[str, Word]
) -> Binding | None:
    return memory.binding(kind, text, words) if text in words else None


def _things(memory: NameMemory, kind: NamedKind) -> list[Named]:
    """The things of a kind by what they were called when they were seen last."""
    there = memory.things(kind).there()
    return [Named(thing, seen.name, seen.code) for thing, seen in there]


def _is_contested(known: Binding | None) -> bool:
    return known is not None and known.is_contested


def _is_same(known: Binding | None, found: Sequence[str]) -> bool:
    return known is None or set(known.holders) == set(found)


def _meant(
    kind: NamedKind,
    word: str,
    known: Binding | None,
    things: Sequence[Named],
    words: Mapping[str, Word],
) -> Sequence[str] | None:
    """The ids of what a word means by the names of today; None where that is left to be seen."""
    fitting = _fitting(word, things)
    held = list(known.holders) if known else []
    if not fitting:
        return _kept_by(kind, held, things, words)
    kept = [each for each in fitting if each in held]
    if kind not in ALONE and (known is None or kept == fitting):
        return fitting  # else those last read under one name may have had it one after the other
    if len(fitting) == 1 or (kept and kind in ALONE):
        return kept or fitting
    return None


def _kept_by(
    kind: NamedKind, held: Sequence[str], things: Sequence[Named], words: Mapping[str, Word]
) -> Sequence[str] | None:
    """The ids of what keeps a word by which nothing is called now.

    Where nothing is listed and all of them have another word, it is for whatever is called so and
    was not seen yet.
    """
    if held and kind not in ALONE:
        called = {str(each.id) for each in things if names_of(each) & words.keys()}
        return [] if called.issuperset(held) else held
    return held or None


def _fitting(word: str, things: Sequence[Named]) -> list[str]:
    """The ids of the things that are called so, or have it as their code."""
    return [str(each.id) for each in things if each.id and word in names_of(each)]


def _with(memory: NameMemory, lists: Lists, now: datetime) -> Mapping[str, Seen]:
    listed = {
        key_of(kind, thing.id): Seen.of(thing, now)
        for kind, things in lists.items()
        for thing in things
        if thing.id and thing.name
    }
    return {**memory.called, **listed}


def _told(kind: NamedKind, word: str, known: Binding, found: Sequence[str]) -> str:
    before = "nobody could tell which" if known.is_contested else " and ".join(known.holders)
    after = (
        f"{noun(kind)} {' and '.join(found)}" if found else f"whatever {noun(kind)} is seen first"
    )
    return f"{word} means {after} from now on (before: {before or '-'})"
