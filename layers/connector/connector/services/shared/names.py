"""The names of things in Rippling: those of the work locations, and those that rows once used.

A worker carries only the id of a work location, and the mapping uses names. All functions share
one memory of them; what it means is in `domain/mapping/naming/memory`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeAlias

from connector.domain.errors import ConfigurationError
from connector.domain.facts import REMOTE, Named
from connector.domain.mapping.naming.bindings import NO_WORDS, NamedKind, Word, Words
from connector.domain.mapping.naming.memory import NameMemory
from connector.domain.people import EmploymentStatus, Facts, Worker
from connector.ports.clock import Clock
from connector.ports.reference_cache import ReferenceCache
from connector.ports.rippling import Page, Source

if TYPE_CHECKING:
    from connector.domain.checks import Check
    from connector.domain.records.ledger import Person

Thing: TypeAlias = tuple[NamedKind, Named]
"""Something in Rippling that carries a name."""

READ_AGAIN_SECONDS = 600.0
"""However many unknown ids turn up, the list is not read more often than this."""

SHARED_SECONDS = 60.0
"""What other functions have learned is known here no later than after this time."""


JUST_NOW_SECONDS = 0.5
"""What was read so shortly ago is as it is now."""


class Names:
    """Serves names from the memory that all functions share, and teaches it new ones."""

    def __init__(
        self,
        cache: ReferenceCache,
        clock: Clock,
        words: Callable[[], Words],
        tried: Callable[[], NameMemory | None] = lambda: None,
    ) -> None:
        self._cache = cache
        self._clock = clock
        self._words = words
        self._tried = tried
        self._memory = NameMemory()
        self._look = _Look(self._memory, {}, clock.now().date())
        self._known_words: Words = {}
        self._loaded_at: datetime | None = None
        self._is_old = False
        self._refused_at: datetime | None = None
        self._read_at: datetime | None = None
        self._digested: tuple[Mapping[str, Word], str] = NO_WORDS, _digest(NO_WORDS)

    def locations(
        self, read: Callable[[], list[Named]], read_fresh: bool = False
    ) -> Mapping[str, str]:
        """Id to name. With `read_fresh` as `read` finds them, unless that was done a moment ago.

        They are read again once the mapping has other words for locations: a row that
        follows a rename and the new name must be seen together. A list that the token may not read
        tells nothing: the names of before hold as long as the mapping has the words of then.
        """
        memory = self._current()
        under = self._under()
        is_due = self._is_old or memory.read_at is None or memory.read_under != under
        since_read = min(map(self._seconds_since, (memory.read_at, self._read_at)))
        if is_due or (read_fresh and since_read > READ_AGAIN_SECONDS):
            if not self._are_read(memory, read, under):
                return memory.locations if memory.read_under == under else {}
            self._is_old = False
        return self._memory.locations

    def _are_read(self, memory: NameMemory, read: Callable[[], list[Named]], under: str) -> bool:
        """Whether the list could be read by now; a refusal holds for a while."""
        if self._seconds_since(self._refused_at) <= READ_AGAIN_SECONDS:
            return False
        try:
            places = {place.id or "": place.name or "" for place in read()}
        except ConfigurationError:
            self._refused_at = self._clock.now()
            return False
        self._read_at = self._clock.now()
        if (memory.read_under, memory.locations) != (under, places) or memory.read_at is None:
            self._share(replace(memory, read_at=self._read_at, read_under=under, locations=places))
        return True

    def refresh(self) -> None:
        """Has the list read the next time that a name is wanted."""
        self._is_old = True

    def remembered(self, workers: Iterable[Worker]) -> list[Worker]:
        """Workers whose things have their former names; names that rows use now are kept."""
        words, now = self._words(), self._clock.now()
        workers = list(workers)
        things = dict.fromkeys(thing for worker in workers for thing in things_of(worker.facts))
        memory = self._learned(things, words, now)
        return self._looking(memory, words, now.date()).recalled(workers)

    def _learned(
        self, things: Collection[tuple[NamedKind, Named]], words: Words, now: datetime
    ) -> NameMemory:
        """The memory with what there is to learn of things; shared, unless a mapping is tried.

        Where there is anything, it is learned by the memory as it is now: an import may have
        settled a moment ago what a word means, and whoever has not heard of it would overwrite it.
        """
        tried = self._tried()
        memory = self._looking(tried or self._current(), words, now.date()).learned(things, now)
        if tried is not None or memory is self._memory:
            return memory
        if self._seconds_since(self._loaded_at) > JUST_NOW_SECONDS:
            self._load()
            memory = self._looking(self._memory, words, now.date()).learned(things, now)
        if memory is not self._memory:
            self._share(memory)
        return self._memory

    def _looking(self, memory: NameMemory, words: Words, day: date) -> _Look:
        """The look that goes on, as long as all is as it was when it began."""
        if not self._look.is_by(memory, words, day):
            self._look = _Look(memory, words, day)
        return self._look

    def _under(self) -> str:
        """A digest of the words for locations, made once for a mapping: every worker asks."""
        words = self._words().get(NamedKind.LOCATION, NO_WORDS)
        if words is not self._digested[0]:
            self._digested = words, _digest(words)
        return self._digested[1]

    def _current(self) -> NameMemory:
        """The memory; read again for other words: they may have been bound a moment ago."""
        words = self._words()
        are_others = words is not self._known_words and words != self._known_words
        self._known_words = words
        if are_others or self._seconds_since(self._loaded_at) > SHARED_SECONDS:
            self._load()
        return self._memory

    def _load(self) -> None:
        memory = self._cache.names()
        if memory != self._memory:  # else a look goes on: nobody has learned anything
            self._memory = memory
        self._loaded_at = self._clock.now()

    def _share(self, memory: NameMemory) -> None:
        self._memory = self._cache.share(memory)

    def _seconds_since(self, moment: datetime | None) -> float:
        return (self._clock.now() - moment).total_seconds() if moment else float("inf")


@dataclass(frozen=True, slots=True)
class RememberingSource:
    """A `Source` whose workers carry the former names of what belongs to them."""

    source: Source
    known: Names

    @property
    def reads_increments(self) -> bool:
        """See `Source`."""
        return self.source.reads_increments

    def changed_since(self, cutoff: datetime, page_token: str | None = None) -> Iterator[Page]:
        """See `Source`."""
        return self._pages(self.source.changed_since(cutoff, page_token))

    def everyone(self, page_token: str | None = None) -> Iterator[Page]:
        """See `Source`. A read from the beginning reads the names of the locations again."""
        if page_token is None:
            self.known.refresh()
        return self._pages(self.source.everyone(page_token))

    def person_of(self, worker_id: str) -> str | None:
        """See `Source`."""
        return self.source.person_of(worker_id)

    def employments(
        self,
        worker_id: str,
        person_id: str,
        known: Iterable[str] = (),
        found: Iterable[str] = (),
    ) -> list[Worker]:
        """See `Source`."""
        return self.known.remembered(self.source.employments(worker_id, person_id, known, found))

    def departments(self) -> list[Named]:
        """See `Source`."""
        return self.source.departments()

    def locations(self) -> list[Named]:
        """See `Source`."""
        return self.source.locations()

    def checks(self, now: datetime, needs: Iterable[str]) -> Iterator[Check]:
        """See `Source`."""
        return self.source.checks(now, frozenset(needs))

    def _pages(self, pages: Iterator[Page]) -> Iterator[Page]:
        for page in pages:
            yield replace(page, workers=self.known.remembered(page.workers))


def things_of(facts: Facts) -> tuple[Thing, ...]:
    """What a worker has that carries a name."""
    return (
        (NamedKind.DEPARTMENT, facts.department),
        (NamedKind.LOCATION, facts.location),
        (NamedKind.LEGAL_ENTITY, facts.legal_entity),
        (NamedKind.EMPLOYMENT_TYPE, facts.employment_type.named),
    )


def shown_in(page: Page) -> Mapping[str, bool]:
    """Of each kind of which a page shows anything, or hides it: whether it shows all of it.

    Hidden is what stands without its id or its name, and whatever is in a row that cannot be read.
    Of leavers alone nothing is missed: where their things are hidden, nobody works there.
    """
    found = dict.fromkeys(NamedKind, False) if page.unreadable else {}
    for worker in page.workers:
        is_past = worker.facts.status is EmploymentStatus.TERMINATED
        for kind, thing in things_of(worker.facts):
            is_shown = bool(thing.id and thing.name) or _is_nowhere(kind, thing)
            if is_shown or not is_past:
                found[kind] = is_shown and found.get(kind, True)
    return {kind.value: is_whole for kind, is_whole in found.items()}


def _is_nowhere(kind: NamedKind, thing: Named) -> bool:
    """Whether somebody is bound to no work location, which has no id."""
    return kind is NamedKind.LOCATION and (thing.id, thing.name) == (None, REMOTE.name)


class _Look:
    """What a memory makes of the things that are seen on one day.

    Few things have many people, and most teach nothing: each is looked at once, and not once for
    everyone in it, for as long as memory, words and day are the same.
    """

    def __init__(self, memory: NameMemory, words: Words, day: date) -> None:
        self._memory = memory
        self._words = words
        self._day = day
        self._at_rest: set[Thing] = set()
        self._known: dict[Thing, Named] = {}

    def is_by(self, memory: NameMemory, words: Words, day: date) -> bool:
        """Whether it goes by exactly these."""
        return memory is self._memory and words is self._words and day == self._day

    def learned(self, things: Collection[Thing], now: datetime) -> NameMemory:
        """The memory with what there is to learn of things seen now; the same if there is nothing.

        What taught nothing teaches nothing again on that day, whatever it is seen with.
        """
        if self._at_rest.issuperset(things):
            return self._memory
        memory = self._memory.seen(things, self._words, now)
        if memory is self._memory:
            self._at_rest.update(things)
        return memory

    def recalled(self, workers: list[Worker]) -> list[Worker]:
        """Workers whose things answer to the words that mean them, and to no other."""
        things = dict.fromkeys(thing for worker in workers for thing in things_of(worker.facts))
        changed = {each: known for each in things if (known := self._of(each)) != each[1]}
        if not changed:
            return workers
        facts = (_with(worker.facts, changed) for worker in workers)
        pairs = zip(workers, facts, strict=True)
        return [each if own is each.facts else replace(each, facts=own) for each, own in pairs]

    def _of(self, each: Thing) -> Named:
        kind, thing = each
        if each not in self._known:
            known = self._memory.recalled(kind, thing, self._words.get(kind, NO_WORDS))
            self._known[each] = known
        return self._known[each]


class KnownNames:
    """People of the ledger by what things are called now, and what words of a mapping mean."""

    def __init__(self, memory: NameMemory, words: Words) -> None:
        self._memory = memory
        self._words = words
        self._known: dict[Thing, Named] = {}

    def sees(self, person: Person) -> Person:
        """Somebody with facts by the names of today; the very same where nothing is different."""
        if not person.facts:
            return person
        stored = Facts.from_json(person.facts)
        facts = stored.now
        facts = _with(facts, {each: self._of(*each) for each in things_of(facts)})
        return person if facts == stored else replace(person, facts=facts.to_json())

    def _of(self, kind: NamedKind, thing: Named) -> Named:
        # Few things have many people: each is looked at once.
        if (kind, thing) not in self._known:
            called = self._memory.as_called(kind, thing)
            words = self._words.get(kind, NO_WORDS)
            self._known[kind, thing] = self._memory.recalled(kind, called, words)
        return self._known[kind, thing]


def _with(facts: Facts, changed: Mapping[Thing, Named]) -> Facts:
    """Facts with other things; the very same where none of theirs is another one."""
    things = things_of(facts)
    if changed.keys().isdisjoint(things):
        return facts
    department, location, entity, kind = (changed.get(each, each[1]) for each in things)
    return replace(
        facts,
        department=department,
        location=location,
        legal_entity=entity,
        employment_type=replace(facts.employment_type, named=kind),
    )


def _digest(words: Mapping[str, Word]) -> str:
    rows = sorted(f"{word} {each.digest}" for word, each in words.items())
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]
