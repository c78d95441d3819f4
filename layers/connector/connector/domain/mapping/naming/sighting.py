"""Things in Rippling as they are seen: each keeps the words that mean it, and takes free ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from connector.domain.facts import Named, alike
from connector.domain.mapping.naming.bindings import (
    ALONE,
    NONE,
    Binding,
    Bindings,
    NamedKind,
    Versions,
    Word,
    alive,
    are_fewer,
    binding_of,
    is_gone,
    key_of,
    with_version,
)


class Seen(NamedTuple):
    """What a thing was called when it was seen last, its code, and when that was.

    `at` is a moment of that day, or the day alone where nobody had looked for a while.
    """

    name: str
    code: str = ""
    at: str = ""

    @classmethod
    def of(cls, thing: Named, now: datetime) -> Seen:
        """What a thing is called when it is seen now."""
        return cls(thing.name or "", thing.code or "", now.isoformat())

    def answers_to(self, words: Collection[str]) -> bool:
        """Whether it is called by one of these words, or has it as its code."""
        return alike(self.name) in words or alike(self.code) in words


NEVER_SEEN: Mapping[str, Seen] = {}


@dataclass(frozen=True, slots=True)
class Called:
    """What things of one kind are called, as far as they have been seen, under their ids."""

    names: Mapping[str, Seen]
    swept: str
    """The day of the last sweep that showed the kind whole: what was not seen for long is gone."""

    def there(self) -> Iterator[tuple[str, Seen]]:
        """The things that are not gone, with their ids."""
        yield from (each for each in self.names.items() if not is_gone(each[1].at, self.swept))

    def others(self, ids: Collection[str], words: Collection[str]) -> list[str]:
        """The ids of other things than these that are called by one of these words now."""
        found = (each for each, seen in self.there() if seen.answers_to(words))
        return [each for each in found if each not in ids]

    def looked_at(self, ids: Iterable[str], now: datetime) -> Called:
        """The same where these are seen now; their names are those of before."""
        at = now.isoformat()
        seen = {each: self.names[each]._replace(at=at) for each in ids if each in self.names}
        return Called({**self.names, **seen}, self.swept)

    def are_gone(self, word: str, known: Binding) -> bool:
        """Whether whatever holds a word has not been seen for so long that it is gone."""
        return all(is_gone(self._day(word, known, each), self.swept) for each in known.holders)

    def _day(self, word: str, known: Binding, holder: str) -> str:
        """Until when a thing had a word: of a code, until it was last seen with another one.

        Where no code is shown, it may have it still.
        """
        day, seen = known.holders[holder], self.names.get(holder)
        if seen is None or (known.is_code and seen.code and word != alike(seen.code)):
            return day
        return max(day, seen.at)


class Sighting:
    """Things of one kind as they are seen: each takes and keeps the words that mean it."""

    def __init__(
        self,
        kind: NamedKind,
        bindings: Bindings,
        words: Mapping[str, Word],
        looked: str,
        now: datetime,
        things: Iterable[Named] = (),
        known: Mapping[str, Seen] = NEVER_SEEN,
    ) -> None:
        self._kind = kind
        self._seen = {str(thing.id): thing for thing in things}
        self._known = known
        self._words = words
        self._looked = looked
        self._day = now.date().isoformat()
        self._now = now.isoformat()
        self._before = bindings
        self.bindings: dict[str, Versions] = dict(bindings)
        self._held: dict[str, set[str]] = defaultdict(set)
        for word in words:
            for thing in self._holders(word):
                self._held[thing].add(word)

    @property
    def has_changed(self) -> bool:
        """Whether anything was learned."""
        return self.bindings != self._before

    def see(self, thing: Named, called: Called) -> None:
        """Lets a thing keep its words and take those that are free for it."""
        if not thing.id or not thing.name:
            return
        for word in sorted(names_of(thing) & self._words.keys()):
            self._doubt(word, thing, called)
        for word in sorted(self._held[thing.id]):
            self._keep(word, thing, called)
        for word in sorted(names_of(thing) & self._words.keys()):
            self._take(word, thing, called)

    def _keep(self, word: str, thing: Named, called: Called) -> None:
        """Goes on meaning a thing, unless rows were edited while names were going about."""
        digest, known = self._words[word].digest, self._binding(word)
        versions = self._versions(word)
        is_own = digest in versions
        if known is None or known.is_contested:
            return
        is_called_so = word in names_of(thing)
        is_presumed = str(thing.id) in known.presumed
        if not is_called_so and (
            is_presumed or (self._is_edited(word) and self._is_in_doubt(word, thing, called))
        ):
            self._held[str(thing.id)].discard(word)
            self._put(word, replace(known, is_contested=True, since=self._now))
            return
        if is_presumed:
            others = tuple(each for each in known.presumed if each != thing.id)
            known = replace(known, presumed=others)
        # A code is a key that the customer keeps: whatever has another one now gives up the word.
        if known.is_code and word in names_of(thing):
            known = replace(known, holders={**known.holders, str(thing.id): self._day})
        self._put(word, known if is_own else replace(known, since=self._now))

    def _doubt(self, word: str, thing: Named, called: Called) -> None:
        """Means nothing for certain, where rows were edited while another thing got their name."""
        known = self._binding(word)
        if known is None or known.is_contested or not known.holders or not self._is_edited(word):
            return
        if str(thing.id) in known.holders:
            return
        holders = (called.names.get(each) for each in known.holders)
        has_left = any(each is not None and not each.answers_to((word,)) for each in holders)
        if has_left or is_renamed(thing, called):
            for each in known.holders:
                self._held[each].discard(word)
            self._put(word, replace(known, is_contested=True, since=self._now))

    def _is_edited(self, word: str) -> bool:
        """Whether rows with a word were edited or added in the table, where no import says more."""
        digest, versions = self._words[word].digest, self._versions(word)
        return digest not in versions and not any(are_fewer(rows, digest) for rows in versions)

    def _is_in_doubt(self, word: str, thing: Named, called: Called) -> bool:
        """Whether edited rows may mean another thing than the one that was called so."""
        name = alike(thing.name or "")
        has_another_row = name in self._words
        others = called.others((str(thing.id),), (word, name))
        return has_another_row or is_renamed(thing, called) or bool(others)

    def _take(self, word: str, thing: Named, called: Called) -> None:
        """Lets a word mean a thing that is called so, unless it means another one."""
        known = self._binding(word)
        if word in self._held[str(thing.id)] or (known is not None and known.is_contested):
            return
        if known is None:
            self._take_new(word, thing, called)
        elif self._may_join(word, thing, known, called):
            self._join(word, thing, known, called)

    def _take_new(self, word: str, thing: Named, called: Called) -> None:
        """The same of a word that never meant anything.

        Whatever has a word keeps it: a name that it got meanwhile moves nobody. A word that no row
        had yet when the name was given is another matter.
        """
        if self._keeps_its_own(word, thing) and is_renamed(thing, called):
            self._put(word, Binding(since=self._now))
            return
        self._held[str(thing.id)].add(word)
        self._put(word, self._new(word, thing))

    def _may_join(self, word: str, thing: Named, known: Binding, called: Called) -> bool:
        is_free = called.are_gone(word, known)
        if not is_free and self._is_anothers(word, thing, known, called):
            return False
        return not self._keeps_its_own(word, thing)

    def _keeps_its_own(self, word: str, thing: Named) -> bool:
        """Whether a thing has words already, and gets this one by a name alone."""
        return bool(self._held[str(thing.id)]) and word != alike(thing.code or "")

    def _join(self, word: str, thing: Named, known: Binding, called: Called) -> None:
        self._held[str(thing.id)].add(word)
        if not known.holders or (self._kind in ALONE and called.are_gone(word, known)):
            self._put(word, self._new(word, thing))
            return
        held = {**known.holders, str(thing.id): self._day}
        self._put_beside(word, known, replace(known, holders=held))

    def _new(self, word: str, thing: Named) -> Binding:
        """The binding of a word to a thing alone."""
        held = {str(thing.id): self._day}
        return Binding(held, self._now, is_code=is_code(word, thing))

    def _is_anothers(self, word: str, thing: Named, known: Binding, called: Called) -> bool:
        """Whether a word that means something already does not mean this thing as well."""
        stranger = str(thing.id)
        if self._kind in ALONE or stranger in known.strangers:
            return True
        if is_renamed(thing, called):
            strangers = tuple(sorted({*known.strangers, stranger}))
            self._put_beside(word, known, replace(known, strangers=strangers))
            return True
        return self._kind is NamedKind.LEGAL_ENTITY and not self._share(word, thing, known)

    def _share(self, word: str, thing: Named, known: Binding) -> bool:
        """Whether two things are called by a word at the same time, and the word means one of them.

        A name of which that was only true before may have gone over from one to the other: whose
        people would be in another company's books.
        """
        before = self._known.get(str(thing.id))
        return any(self._is_called(word, holder, before) for holder in known.holders)

    def _is_called(self, word: str, holder: str, other: Seen | None) -> bool:
        """Whether a holder has a word as its name now, or had it since another one was seen so."""
        if (now := self._seen.get(holder)) is not None:
            return word in names_of(now)
        then = self._known.get(holder)
        if then is None or other is None or then.at <= other.at:
            return False
        return then.answers_to((word,)) and other.answers_to((word,))

    def _holders(self, word: str) -> Iterable[str]:
        known = self._binding(word)
        return () if known is None or known.is_contested else known.holders

    def _binding(self, word: str) -> Binding | None:
        digest = self._words[word].digest
        return binding_of(self.bindings, self._kind, word, digest, self._looked)

    def _versions(self, word: str) -> Versions:
        return alive(self.bindings.get(key_of(self._kind, word), NONE), self._looked)

    def _put_beside(self, word: str, known: Binding, binding: Binding) -> None:
        """Puts a binding in place of the one known: rows edited since wait for whoever has it."""
        versions = self.bindings[key_of(self._kind, word)]
        digest = next(each for each, one in self._versions(word).items() if one == known)
        own = self._words[word].digest
        digest = own if versions.get(own) == known else digest
        self.bindings[key_of(self._kind, word)] = {**versions, digest: binding}

    def _put(self, word: str, binding: Binding) -> None:
        key, digest = key_of(self._kind, word), self._words[word].digest
        if binding.used != self._day:
            binding = replace(binding, used=self._day)
        versions = self.bindings.get(key, NONE)
        if versions.get(digest) != binding:
            self.bindings[key] = with_version(versions, digest, binding)


def is_code(word: str, thing: Named) -> bool:
    """Whether a word is a thing's reference code, and not its name as well."""
    return word == alike(thing.code or "") and word != alike(thing.name or "")


def names_of(thing: Named) -> set[str]:
    """What a thing is called today, in the form in which names are compared."""
    return {alike(key) for key in (thing.code, thing.name) if key}


def is_renamed(thing: Named, called: Called) -> bool:
    """Whether a thing is called otherwise than when it was seen last."""
    before = called.names.get(str(thing.id))
    return before is not None and alike(before.name) != alike(thing.name or "")
