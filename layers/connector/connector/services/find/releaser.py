"""Setting people free: their missing thing exists now, their day has come, their rule changed.

Everything is decided from the facts in the ledger, so that no one is read from Rippling in vain.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from connector.domain.catalogue import Catalogue, Part
from connector.domain.changes import Cause
from connector.domain.errors import ConfigurationError, RetryableError
from connector.domain.mapping.impact import has_moved, located_by, waits_in_vain
from connector.domain.mapping.model import CompanyRules, MappingFile
from connector.domain.mapping.naming.words import words_of
from connector.domain.mapping.rows import (
    CLASS,
    DEFAULTS,
    DEPARTMENT,
    IMPORT_SENTINEL,
    LOCATION,
    digest_of,
)
from connector.domain.mapping.rules.places import words_in
from connector.domain.mapping.versions import HandledMapping, Place
from connector.domain.people import Facts
from connector.domain.placement import WHERE, Missing, Remembered, resolve_placement
from connector.domain.records.ledger import EmployeeLink, Person
from connector.ports.clock import Clock
from connector.ports.ledger import Ledger
from connector.ports.reference_cache import ReferenceCache
from connector.ports.state import MappingVersions
from connector.ports.telemetry import Metrics
from connector.services.find.batch import Batch, Summary
from connector.services.shared.catalogues import Catalogues
from connector.services.shared.guarding import ChangeGuard
from connector.services.shared.names import KnownNames

WHOLE_COMPANY = ("company", "scope", "field", "guards")
"""Kinds of mapping rows whose effect cannot be seen from a placement."""

PAUSE_SECONDS, PATIENCE = 3.0, 25
"""How the releaser waits for an import, in seconds and times: shorter than it may run."""


def rules_among(keys: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """The edited rows that are rules of a company; the sentinel of an import is none."""
    return set(keys) - {IMPORT_SENTINEL}


def settled(load: Callable[[], MappingFile], sleep: Callable[[float], None]) -> MappingFile:
    """The mapping, once no import is under way any more: its edits are announced only once.

    Raises:
        RetryableError: it cannot be read for longer than an invocation may wait.
    """
    for _ in range(PATIENCE):
        try:
            return load()
        except RetryableError:
            sleep(PAUSE_SECONDS)
    return load()


@dataclass(frozen=True, slots=True)
class WaitingReleaser:
    """Finds the waiting whose thing exists now, and the scheduled whose day has come."""

    ledger: Ledger
    cache: ReferenceCache
    catalogues: Catalogues
    guard: ChangeGuard
    clock: Clock
    metrics: Metrics

    def read(self, mapping: MappingFile) -> Batch:
        """The people whose day has come, and the waiting for whom something has changed.

        Where Visma cannot say what a company has, no one is released there; the report says why.
        """
        due = list(self.due(mapping))
        released: set[str] = set()
        problems = []
        for company in mapping.companies:
            try:
                released.update(self.released_in(company, mapping))
            except (RetryableError, ConfigurationError) as error:  # the others are released
                problems.append(f"{company}: {error}")
        report = Summary(due=len(due), released=len(released), problems=problems)
        candidates = self.guard.assess_known(self.ledger.persons(due), Cause.DUE, mapping)
        return Batch(tuple(candidates), report=report) + self._released(released, mapping)

    def read_company(self, company: str, mapping: MappingFile) -> Batch:
        """The waiting people of one company for whom something has changed.

        Raises:
            RetryableError: Visma cannot say what it has.
        """
        batch = self._released(set(self.released_in(company, mapping)), mapping)
        return batch + Batch(report=Summary(released=len(batch.candidates)))

    def due(self, mapping: MappingFile) -> Iterator[str]:
        """The people whose day has come in their company's time zone."""
        for company in mapping.companies:
            today = mapping.today(company, self.clock.now())
            yield from (link.person_id for link in self.ledger.due(company, today))

    def released_in(self, company: str, mapping: MappingFile) -> Iterator[str]:
        """The waiting people of one company who would be placed otherwise today.

        So are those who wait for a word that an import has settled, which edits no row and is
        announced by nothing.
        """
        waiting = list(self.ledger.waiting(company))
        self.metrics.gauge("PeopleWaiting", len(waiting), Company=company)
        if not waiting:
            return
        names = KnownNames(self.cache.names(), words_of(mapping))
        known = list(self.ledger.persons({link.person_id for link in waiting}))
        persons = list(map(names.sees, known))
        catalogue = self._catalogue_for(waiting, persons, company, mapping.companies[company])
        yield from (
            person.id
            for stored, person in zip(known, persons, strict=True)
            if has_moved(person, mapping, lambda _: catalogue)
            or waits_in_vain(stored, person, mapping)
        )

    def _released(self, ids: set[str], mapping: MappingFile) -> Batch:
        persons = self.ledger.persons(ids)
        return Batch(tuple(self.guard.assess_known(persons, Cause.RELEASE, mapping)))

    def _catalogue_for(
        self,
        waiting: Iterable[EmployeeLink],
        persons: Sequence[Person],
        company: str,
        rules: CompanyRules,
    ) -> Catalogue:
        """The catalogue, with every part that the waiting wait for as Visma has it now.

        With one thing found, the next may turn out to be missing: its part is read, too, so that
        no one is set free only to wait for a tick more.
        """
        keys = [Missing.parse(key) for link in waiting for key in link.waiting_for]
        facts = [
            (Facts.from_json(person.facts), Remembered.of(person.placement, company))
            for person in persons
        ]
        unread = frozenset(part for thing in keys for part in WHERE.get(thing.kind, ()))
        read: frozenset[Part] = frozenset()
        catalogue = self.cache.catalogue(company)
        while unread:
            catalogue = self.catalogues.checked(company, rules, unread, older_than=0)
            read |= unread  # no part twice, even where what it should show is still missing
            placements = [
                resolve_placement(company, rules, one, catalogue, remembered=kept)
                for one, kept in facts
            ]
            unread = frozenset[Part]().union(*(p.parts_in_question for p in placements)) - read
        return catalogue


@dataclass(frozen=True, slots=True)
class MappingReleaser:
    """What follows an edit of the mapping. The service behind the releaser function."""

    ledger: Ledger
    cache: ReferenceCache
    guard: ChangeGuard
    versions: MappingVersions
    clock: Clock

    def release(self, mapping: MappingFile, edited: Iterable[tuple[str, str]]) -> int:
        """Queues everyone whom these edits (company and rule key) may move; how many."""
        self.versions.announce(digest_of(mapping.written))
        mapping = mapping.in_force(self.clock.now())
        rules = EditedRules.of(edited, mapping)
        catalogue_of = cache(self.cache.catalogue)
        names = KnownNames(self.cache.names(), words_of(mapping))
        moved = [
            person
            for person in map(names.sees, self.ledger.persons())
            if person.facts
            and (rules.may_touch(person, mapping) or has_moved(person, mapping, catalogue_of))
        ]
        queued = self.guard.queue(self.guard.assess_known(moved, Cause.MAPPING, mapping), mapping)
        self.guard.keep(mapping)
        current = HandledMapping.of(mapping, self.clock.now())
        handled = self.versions.handled().after_edits(current, rules.companies, rules.places)
        self.versions.save_handled(handled)
        return queued


@dataclass(frozen=True, slots=True)
class EditedRules:
    """The edits whose effect a placement does not show: of all of a company, or of one of its rows.

    What is marked as handled are the `companies` and the `places`, and nothing that `may_touch`
    does not look at.
    """

    companies: frozenset[str]
    places: frozenset[Place]
    departments: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, edited: Iterable[tuple[str, str]], mapping: MappingFile) -> EditedRules:
        """What these edits (company and rule key) touch."""
        companies, places, departments = set(), set(), set()
        for company, rule in edited:
            kind, _, source = rule.partition("#")
            if kind == LOCATION:
                places |= {(company, word) for word in words_in(source)}
            elif kind == DEPARTMENT:
                departments.add((company, f"departments: {source}"))
            elif kind in WHOLE_COMPANY or (
                kind in (CLASS, DEFAULTS) and uses_pay(company, mapping)
            ):
                companies.add(company)
        return cls(frozenset(companies), frozenset(places), frozenset(departments))

    def may_touch(self, person: Person, mapping: MappingFile) -> bool:
        """Whether these edits may move a person in a way that the placement does not show."""
        if is_of(person, self.companies):
            return True
        company = person.placement.get("company", "")
        rules = person.placement.get("rules", ())
        if any((company, rule) in self.departments for rule in rules):
            return True
        return bool(self.places) and not self.places.isdisjoint(located_by(person, mapping))


def is_of(person: Person, companies: Collection[str]) -> bool:
    """Whether someone may belong to one of these companies, now that its rules are others.

    Who is placed nowhere may belong to any; so may who has several employments, because the ledger
    has the facts of the one that counts alone.
    """
    company = person.placement.get("company")
    may_be_anywhere = not company or len(person.worker_ids) > 1
    is_there = not {company, *person.active_in}.isdisjoint(companies)
    return is_there or (may_be_anywhere and bool(companies))


def uses_pay(company: str, mapping: MappingFile) -> bool:
    """Whether a class hinges on pay in a company, which the ledger does not know."""
    return company in mapping.companies and mapping.companies[company].uses_pay
