"""What things in Rippling are called, and what the words of a mapping mean: a row holds to a thing.

Whoever renames a department in Rippling does not move its people. Pure; where the memory is kept,
and when names are read again, is in `services/shared/names`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from connector.domain.facts import Named, alike
from connector.domain.mapping.naming.bindings import (
    NO_WORDS,
    SILENCE,
    Binding,
    Bindings,
    NamedKind,
    Word,
    Words,
    awake,
    binding_of,
    held,
    in_use,
    is_gone,
    is_silent,
    key_of,
    merged,
)
from connector.domain.mapping.naming.sighting import Called, Seen, Sighting, names_of

MOST_NAMES = 5
"""So many former names of one thing are remembered."""


@dataclass(frozen=True, slots=True)
class NameMemory:
    """The names of the work locations as last read, and what is known of everything with a name.

    `read_under` says by which words the mapping named locations when they were read. `used` has the
    names under which rows found a thing, the newest first, and `used_in` the companies that used
    them, under a kind and an id. `called` has what a thing was called when it was seen last, its
    code, and when that was; `bindings` what each word of the mapping means; `looked` the day of the
    last look, and `swept` for each kind that of the last full sweep that showed it whole, and came
    to its end: the day on which that began.
    """

    read_at: datetime | None = None
    read_under: str = ""
    locations: Mapping[str, str] = field(default_factory=dict)
    used: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    used_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    called: Mapping[str, Seen] = field(default_factory=dict)
    bindings: Bindings = field(default_factory=dict)
    looked: str = ""
    swept: Mapping[str, str] = field(default_factory=dict)

    def seen(
        self, things: Iterable[tuple[NamedKind, Named]], words: Words, now: datetime
    ) -> NameMemory:
        """The memory with what there is to learn of things that are seen now.

        Of something of which only the id is shown, it is learned that it is there.
        """
        by_kind: dict[NamedKind, list[Named]] = defaultdict(list)
        unnamed: set[str] = set()
        for kind, thing in things:
            if thing.id and thing.name:
                by_kind[kind].append(thing)
            elif thing.id:
                unnamed.add(key_of(kind, thing.id))
        memory = self._by(words, now)._awake(now).holding(unnamed, now)
        for kind, seen in by_kind.items():
            memory = memory._seen_of(kind, seen, words.get(kind, NO_WORDS), now)
        return memory

    def _by(self, words: Words, now: datetime) -> NameMemory:
        """The memory once it is known by which words the mapping names things."""
        bindings = in_use(self.bindings, words, self.looked, now.date().isoformat())
        return self if bindings is self.bindings else replace(self, bindings=bindings)

    def _awake(self, now: datetime) -> NameMemory:
        """The memory on this day; after a pause nothing counts as gone: nobody has looked."""
        if self.looked == (today := now.date()).isoformat():
            return self
        memory = replace(self, looked=today.isoformat())
        if self.looked and today - date.fromisoformat(self.looked) <= SILENCE:
            return memory
        called = {key: each._replace(at=memory.looked) for key, each in self.called.items()}
        return replace(memory, called=called, bindings=awake(self.bindings, today))

    def holding(self, things: Collection[str], now: datetime) -> NameMemory:
        """The memory once it is known that things are there, or may be; given by their keys.

        What they are called is not: when a name was seen last stays as it is.
        """
        bindings = held(self.bindings, things, now.date().isoformat()) if things else self.bindings
        return self if bindings is self.bindings else replace(self, bindings=bindings)

    def swept_on(self, day: date, kinds: Collection[str]) -> NameMemory:
        """The memory once a full sweep, begun on a day, has shown these kinds whole.

        Of a kind that none has shown for a while, nothing counts as gone yet: as after a pause.
        """
        today = day.isoformat()
        blind = [kind for kind in kinds if is_silent(self.swept.get(kind, ""), today)]
        bindings = awake(self.bindings, day, blind) if blind else self.bindings
        return replace(
            self, bindings=bindings, swept=_latest(self.swept, dict.fromkeys(kinds, today))
        )

    def _seen_of(
        self, kind: NamedKind, things: list[Named], words: Mapping[str, Word], now: datetime
    ) -> NameMemory:
        known = self.things(kind)
        sighting = Sighting(kind, self.bindings, words, self.looked, now, things, known.names)
        called = known.looked_at((str(each.id) for each in things), now)
        for thing in things:
            sighting.see(thing, called)
        memory = replace(self, bindings=sighting.bindings) if sighting.has_changed else self
        for thing in things:
            memory = memory._noted(kind, thing, words)
        seen = {key_of(kind, str(each.id)): Seen.of(each, now) for each in things}
        news = {key: each for key, each in seen.items() if self._is_news(key, each)}
        return replace(memory, called={**memory.called, **news}) if news else memory

    def _is_news(self, key: str, seen: Seen) -> bool:
        """Whether a thing is called otherwise than known, or was not yet seen on that day."""
        known = self.called.get(key)
        day = len("2026-11-24")
        return known is None or (*known[:2], known.at[:day]) != (*seen[:2], seen.at[:day])

    def _noted(self, kind: NamedKind, thing: Named, words: Mapping[str, Word]) -> NameMemory:
        """The memory with the name of a thing that rows name by it."""
        word = words.get(name := alike(thing.name or ""))
        if not word or not self.means(kind, name, words, thing):
            return self
        before = self.used.get(key := key_of(kind, str(thing.id)), ())
        used_in = self.used_in.get(key, ())
        if before[:1] == (thing.name,) and word.companies <= set(used_in):
            return self
        names = (str(thing.name), *(each for each in before if each != thing.name))
        return replace(
            self,
            used={**self.used, key: names[:MOST_NAMES]},
            used_in={**self.used_in, key: tuple(sorted({*used_in, *word.companies}))},
        )

    def things(self, kind: NamedKind) -> Called:
        """What the things of a kind are called, as far as they have been seen."""
        start = key_of(kind, "")
        found = ((key, seen) for key, seen in self.called.items() if key.startswith(start))
        return Called({key[len(start) :]: seen for key, seen in found}, self.swept.get(kind, ""))

    def binding(self, kind: NamedKind, word: str, words: Mapping[str, Word]) -> Binding | None:
        """What a word of the mapping means; None where nothing has been seen yet that it may."""
        return binding_of(self.bindings, kind, word, words[word].digest, self.looked)

    def means(self, kind: NamedKind, word: str, words: Mapping[str, Word], thing: Named) -> bool:
        """Whether a word of the mapping means a thing beyond doubt."""
        known = self.binding(kind, word, words)
        return known is not None and thing.id in known.holders and not known.is_contested

    def _may_mean(self, kind: NamedKind, name: str, words: Mapping[str, Word]) -> bool:
        """Whether a former name may be known: a word that means nothing yet waits for a name."""
        if name not in words:
            return True
        known = self.binding(kind, name, words)
        return known is not None and (known.is_contested or bool(known.holders))

    def as_called(self, kind: NamedKind, thing: Named) -> Named:
        """A thing by what it was called when it was seen last."""
        seen = self.called.get(key_of(kind, thing.id or ""))
        return replace(thing, name=seen.name, code=seen.code or None) if seen else thing

    def recalled(self, kind: NamedKind, thing: Named, words: Mapping[str, Word]) -> Named:
        """The thing with the names that rows had for it, without the words that mean another."""
        if not thing.name:
            return thing
        if not thing.id:
            return self._without_id(kind, thing, words)
        now, key = names_of(thing), key_of(kind, thing.id)
        former = [
            each
            for each in self.used.get(key, ())
            if alike(each) != alike(thing.name) and self._may_mean(kind, alike(each), words)
        ]
        known = {*now, *map(alike, former)}
        bound = [word for word in words if self.means(kind, word, words, thing)]
        former += [word for word in bound if word not in known]
        used_in = self.used_in.get(key, ()) if former else ()
        taken, unsettled = self._not_meaning(kind, thing, {*known, *former} & words.keys(), words)
        taken, unsettled = _in_doubt(kind, taken, unsettled, is_named=bool(bound))
        if not former and not taken and not unsettled:
            return thing
        return replace(
            thing,
            former=tuple(former),
            former_in=used_in,
            taken=taken,
            unsettled=unsettled,
        )

    def _without_id(self, kind: NamedKind, thing: Named, words: Mapping[str, Word]) -> Named:
        """Something of which only the name is shown; where names have changed hands, that is none.

        It may be what the row means, or what took its name.
        """
        known = {word: self.binding(kind, word, words) for word in names_of(thing) & words.keys()}
        apart = [
            word
            for word, one in known.items()
            if one is not None and (one.is_contested or self._is_apart(kind, word, one.holders))
        ]
        return replace(thing, unsettled=tuple(sorted(apart))) if apart else thing

    def _is_apart(self, kind: NamedKind, word: str, holders: Collection[str]) -> bool:
        """Whether what a word means is called otherwise now, or something else is called so."""
        called = self.things(kind)
        own = [called.names[each] for each in holders if each in called.names]
        is_left = any(not each.answers_to((word,)) for each in own)
        return is_left or bool(called.others(holders, (word,)))

    def _not_meaning(
        self, kind: NamedKind, thing: Named, names: Iterable[str], words: Mapping[str, Word]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Those names of a thing that mean another one, and those of which nobody can tell."""
        bindings = {word: self.binding(kind, word, words) for word in sorted(names)}
        known = {word: one for word, one in bindings.items() if one is not None}
        taken = (
            word
            for word, one in known.items()
            if thing.id not in one.holders and not one.is_contested
        )
        return tuple(taken), tuple(word for word, one in known.items() if one.is_contested)

    def merged(self, other: NameMemory) -> NameMemory:
        """What both memories know: of what they know differently, what was seen or settled last.

        What a thing was called that is gone is forgotten, unless a word means it.
        """
        used = {
            key: tuple(dict.fromkeys((*self.used.get(key, ()), *other.used.get(key, ()))))
            for key in (*self.used, *other.used)
        }
        used_in = {
            key: tuple(sorted({*self.used_in.get(key, ()), *other.used_in.get(key, ())}))
            for key in (*self.used_in, *other.used_in)
        }
        is_older = other.read_at and (not self.read_at or self.read_at < other.read_at)
        return replace(
            other if is_older else self,
            used={key: names[:MOST_NAMES] for key, names in used.items()},
            used_in=used_in,
            called=self._called_last(other),
            bindings=merged(self.bindings, other.bindings),
            looked=max(self.looked, other.looked),
            swept=_latest(self.swept, other.swept),
        )

    def _called_last(self, other: NameMemory) -> Mapping[str, Seen]:
        swept, holders = _latest(self.swept, other.swept), {*self._held(), *other._held()}
        called = dict(other.called)
        for key, seen in self.called.items():
            called[key] = max(seen, called.get(key, seen), key=lambda each: each.at)
        return {
            key: seen
            for key, seen in called.items()
            if key in holders or not is_gone(seen.at, swept.get(key.partition(" ")[0], ""))
        }

    def _held(self) -> Iterator[str]:
        """Under what the things are known that a word means."""
        for key, versions in self.bindings.items():
            kind = key.partition(" ")[0]
            for binding in versions.values():
                yield from (f"{kind} {holder}" for holder in binding.holders)


def _latest(one: Mapping[str, str], other: Mapping[str, str]) -> Mapping[str, str]:
    """Of each kind the later day."""
    return {kind: max(one.get(kind, ""), other.get(kind, "")) for kind in {**other, **one}}


def _in_doubt(
    kind: NamedKind, taken: tuple[str, ...], unsettled: tuple[str, ...], *, is_named: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words that mean another thing, and those of which nobody can tell.

    The people of a legal entity that only seems to be named may neither go to the company that
    takes everybody, nor leave the one where they are.
    """
    is_open = kind is NamedKind.LEGAL_ENTITY and not is_named
    return ((), (*unsettled, *taken)) if is_open else (taken, unsettled)
