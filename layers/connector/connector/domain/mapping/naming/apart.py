"""Words whose rows mean something that is called otherwise now: what `status` and a check tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from connector.domain.facts import UNKNOWN, Named
from connector.domain.mapping.model import MappingFile
from connector.domain.mapping.naming.bindings import (
    NO_WORDS,
    Binding,
    NamedKind,
    Word,
    Words,
    key_of,
    noun,
)
from connector.domain.mapping.naming.memory import NameMemory
from connector.domain.mapping.naming.sighting import Called
from connector.domain.mapping.naming.words import words_of

CONTESTED = (
    "the rows with {word} were edited while names were being changed in Rippling, and nobody can"
    " tell which {kind} they mean: its people stay as they are. Write the rows by the names of"
    " today and import the file, again if it has them, or name each by its id"
)
SWAPPED = (
    "the rows with {word} mean {holder} ({called} in Rippling now), as when they were imported, and"
    " {other} is called {word} now. Write the rows by the names of today and import the file; where"
    " they are right as they are, name each by its id"
)
RENAMED = (
    "the rows with {word} mean {holder}, which is called {called} in Rippling now; nobody moves."
    " Write the name of today in the rows and import the file"
)

UNCLAIMED = (
    "the legal entity {id} ({called} in Rippling now), which rows named {before} once, is claimed"
    " by no company any more: whoever has an employee stays as they are, and whoever has none"
    " waits. Add it to a company, by the name of today or by its id, and import the file"
)


@dataclass(frozen=True, slots=True)
class Apart:
    """A word whose rows mean something that has another name now, and what to do about it."""

    kind: NamedKind
    word: str
    companies: frozenset[str]
    message: str
    is_contested: bool = False
    is_swapped: bool = False
    """Whether another thing is called so now."""
    is_unclaimed: bool = False
    """Whether no row has a word for it any more."""

    @property
    def is_renamed(self) -> bool:
        """Whether that is all: nobody moves or waits because of it."""
        return not (self.is_contested or self.is_swapped or self.is_unclaimed)


def all_apart(memory: NameMemory, mapping: MappingFile) -> Iterator[Apart]:
    """The words of a mapping that are `apart`, and the legal entities that none names any more."""
    words = words_of(mapping)
    yield from apart(memory, words)
    yield from _unclaimed(memory, mapping, words)


def _unclaimed(memory: NameMemory, mapping: MappingFile, words: Words) -> Iterator[Apart]:
    """The legal entities that were renamed, and that no company claims by the name of now."""
    kind = NamedKind.LEGAL_ENTITY
    for entity, seen in memory.things(kind).there():
        shown = Named(entity, seen.name, seen.code or None)
        thing = memory.recalled(kind, shown, words.get(kind, NO_WORDS))
        is_open = mapping.company_of(thing) is UNKNOWN
        if is_open and thing.former and not thing.unsettled:
            before = ", ".join(thing.former)
            told = UNCLAIMED.format(id=entity, called=seen.name, before=before)
            having = mapping.companies.keys() & {*memory.used_in.get(key_of(kind, entity), ())}
            companies = frozenset(having or mapping.companies)
            yield Apart(kind, thing.former[0], companies, told, is_unclaimed=True)


def apart(memory: NameMemory, words: Words) -> Iterator[Apart]:
    """The words whose rows mean something that is called otherwise now, or that nobody can tell."""
    for kind, named in words.items():
        called = memory.things(kind)
        for text, word in named.items():
            known = memory.binding(kind, text, named)
            if known is not None:
                yield from _apart(kind, text, word, known, called)


def _apart(
    kind: NamedKind, text: str, word: Word, known: Binding, called: Called
) -> Iterator[Apart]:
    if known.is_contested:
        told = CONTESTED.format(word=text, kind=noun(kind))
        yield Apart(kind, text, word.companies, told, is_contested=True)
        return
    others = called.others(known.holders, [text])
    for holder in known.holders:
        if holder not in called.names or called.names[holder].answers_to([text]):
            continue
        other = others[0] if others else ""
        told = (SWAPPED if other else RENAMED).format(
            word=text,
            holder=f"{noun(kind)} {holder}",
            called=called.names[holder].name,
            other=f"{noun(kind)} {other}",
        )
        yield Apart(kind, text, word.companies, told, is_swapped=bool(other))
