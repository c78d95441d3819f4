"""What things in Rippling were called while a mapping named them: a row holds to the thing.

Whoever renames a department in Rippling does not move its people. Pure; where the memory is kept,
and when names are read again, is in `services/shared/names`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from connector.domain.facts import Named, alike
from connector.domain.mapping.model import CompanyRules, MappingFile

MOST_NAMES = 5
"""So many former names of one thing are remembered."""

FREE_AFTER = timedelta(days=3)
"""After so long without having been seen a thing gives up its words: it is deleted, or empty."""

ALONE = ("department", "location")
"""Kinds of which one row names one thing."""


class NamedKind(StrEnum):
    """What a worker has that carries a name."""

    DEPARTMENT = "department"
    LOCATION = "location"
    LEGAL_ENTITY = "legal_entity"
    EMPLOYMENT_TYPE = "employment_type"


Words: TypeAlias = Mapping[NamedKind, Mapping[str, frozenset[str]]]
"""The words by which a mapping names things of each kind, in the form in which they are compared,
and the companies whose rules have them."""


@dataclass(frozen=True, slots=True)
class NameMemory:
    """The names of the work locations as last read, and the names under which rows found things.

    `read_under` says by which words the mapping named locations when they were read. `used` has the
    names, the newest first, and `used_in` the companies that used them, under a kind and an id.
    `held_by` has, under a kind and a word, the id of the thing that the word belongs to and the day
    on which it was seen last: where two are called the same, it is the first one's.
    """

    read_at: datetime | None = None
    read_under: str = ""
    locations: Mapping[str, str] = field(default_factory=dict)
    used: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    used_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    held_by: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def noted(self, kind: NamedKind, thing: Named, words: Words) -> NameMemory:
        """The memory with the name of a thing that a word of the mapping names."""
        companies = words.get(kind, {}).get(alike(thing.name or ""), ())
        if not thing.id or not thing.name or not companies:
            return self
        before = self.used.get(key := f"{kind} {thing.id}", ())
        used_in = self.used_in.get(key, ())
        if before[:1] == (thing.name,) and set(companies) <= set(used_in):
            return self
        names = (thing.name, *(name for name in before if name != thing.name))
        return replace(
            self,
            used={**self.used, key: names[:MOST_NAMES]},
            used_in={**self.used_in, key: tuple(sorted({*used_in, *companies}))},
        )

    def claimed(self, kind: NamedKind, thing: Named, words: Words, today: date) -> NameMemory:
        """The memory with the words that a thing answers to, as far as no other one has them."""
        if kind not in ALONE or not thing.id:
            return self
        held = dict(self.held_by)
        for word in self._words_for(kind, thing, words):
            holder, seen = held.get(key := f"{kind} {word}", ("", ""))
            is_free = not seen or today - date.fromisoformat(seen) > FREE_AFTER
            if holder == thing.id or is_free:
                held[key] = thing.id, today.isoformat()
        return self if held == self.held_by else replace(self, held_by=held)

    def _words_for(self, kind: NamedKind, thing: Named, words: Words) -> set[str]:
        """The words of the mapping that name a thing: by what it is called now, else before."""
        known = words.get(kind, {})
        now = {alike(key) for key in (thing.code, thing.name) if key} & known.keys()
        before = {alike(name) for name in self.used.get(f"{kind} {thing.id}", ())} & known.keys()
        return now or before

    def recalled(self, kind: NamedKind, thing: Named) -> Named:
        """The thing with the names that rows had for it and that it has no longer."""
        if not thing.id or not thing.name:
            return thing
        now, key = alike(thing.name), f"{kind} {thing.id}"
        former = tuple(name for name in self.used.get(key, ()) if alike(name) != now)
        used_in = self.used_in.get(key, ()) if former else ()
        names = {now, *map(alike, former), *([alike(thing.code)] if thing.code else [])}
        taken = tuple(sorted(word for word in names if self._is_anothers(kind, thing, word)))
        if not former and not taken:
            return thing
        return replace(thing, former=former, former_in=used_in, taken=taken)

    def _is_anothers(self, kind: NamedKind, thing: Named, word: str) -> bool:
        holder, _ = self.held_by.get(f"{kind} {word}", (thing.id, ""))
        return holder != thing.id

    def merged(self, other: NameMemory) -> NameMemory:
        """This memory with what another one has besides."""
        used = {
            key: tuple(dict.fromkeys((*self.used.get(key, ()), *other.used.get(key, ()))))
            for key in (*self.used, *other.used)
        }
        used_in = {
            key: tuple(sorted({*self.used_in.get(key, ()), *other.used_in.get(key, ())}))
            for key in (*self.used_in, *other.used_in)
        }
        shortened = {key: names[:MOST_NAMES] for key, names in used.items()}
        held_by = {**other.held_by, **self.held_by}
        return replace(self, used=shortened, used_in=used_in, held_by=held_by)


def words_of(mapping: MappingFile) -> Words:
    """The words by which a mapping names things, those as well that do not hold yet."""
    found: dict[NamedKind, dict[str, set[str]]] = {kind: {} for kind in NamedKind}
    for company, rules in mapping.written.companies.items():
        for kind, word in _words(rules):
            found[kind].setdefault(alike(word), set()).add(company)
    return {
        kind: {word: frozenset(companies) for word, companies in words.items()}
        for kind, words in found.items()
    }


def _words(rules: CompanyRules) -> Iterator[tuple[NamedKind, str]]:
    scope = rules.scope
    yield from ((NamedKind.DEPARTMENT, row.rippling) for row in rules.departments)
    yield from ((NamedKind.LOCATION, row.rippling) for row in rules.locations)
    yield from ((NamedKind.LEGAL_ENTITY, word) for word in rules.legal_entities)
    yield from ((NamedKind.LEGAL_ENTITY, row.legal_entity) for row in rules.branches)
    yield from ((NamedKind.DEPARTMENT, word) for word in scope.exclude_departments)
    yield from ((NamedKind.LEGAL_ENTITY, word) for word in scope.exclude_legal_entities)
    yield from ((NamedKind.EMPLOYMENT_TYPE, word) for word in scope.exclude_employment_types)
    for _, _, when in rules.conditions:
        plain = when.plain
        yield from ((kind, plain[kind.value]) for kind in NamedKind if kind.value in plain)
