"""Setting people free: their missing thing exists now, their day has come, their rule changed.

Everything is decided from the facts in the ledger, so that nobody is read from Rippling in vain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from connector.domain.catalogue import Catalogue, Part
from connector.domain.changes import Cause
from connector.domain.errors import RetryableError
from connector.domain.ledger import EmployeeLink, Person
from connector.domain.mapping.model import CompanyRules, MappingFile
from connector.domain.mapping.rows import CLASS, DEFAULTS, IMPORT_SENTINEL
from connector.domain.people import Facts
from connector.domain.placement import WHERE, Missing, Placement, class_in, resolve_placement
from connector.ports.clock import Clock
from connector.ports.ledger import Ledger
from connector.ports.reference_cache import ReferenceCache
from connector.services.shared.catalogues import Catalogues
from connector.services.shared.guarding import ChangeGuard

WHOLE_COMPANY = ("company", "scope", "field", "guards")
"""Kinds of mapping rows whose effect cannot be seen from a placement."""

PAUSE_SECONDS, PATIENCE = 3.0, 25
"""How the releaser waits for an import: shorter than it may run, in small steps."""

LABELS = {"department": "departments", "location": "locations"}
"""Kinds of mapping rows by the word with which a placement names them."""


def rules_among(keys: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """The edited rows that are rules of a company; the sentinel of an import is none."""
    return set(keys) - {IMPORT_SENTINEL}


def settled(load: Callable[[], MappingFile], sleep: Callable[[float], None]) -> MappingFile:
    """The mapping, waited for while an import is under way: its edits come but once.

    Raises:
        RetryableError: it cannot be read for longer than an invocation may wait.
    """
    for _ in range(PATIENCE):
        try:
            return load()
        except RetryableError:
            sleep(PAUSE_SECONDS)
    return load()


class WaitingReleaser:
    """What every tick of the poller does for those who wait for a thing or a day."""

    def __init__(
        self, ledger: Ledger, cache: ReferenceCache, catalogues: Catalogues, clock: Clock
    ) -> None:
        self._ledger = ledger
        self._cache = cache
        self._catalogues = catalogues
        self._clock = clock

    def released(self, mapping: MappingFile) -> Iterator[str]:
        """The waiting people for whom something has changed."""
        for company in mapping.companies:
            yield from self.released_in(company, mapping)

    def released_in(self, company: str, mapping: MappingFile) -> Iterator[str]:
        """The same in one company."""
        waiting = list(self._ledger.waiting(company))
        if not waiting:
            return
        persons = list(self._ledger.persons({link.person_id for link in waiting}))
        catalogue = self._look(company, mapping.companies[company], waiting, persons)
        yield from (p.id for p in _moved(persons, mapping, _always(catalogue)))

    def due(self, mapping: MappingFile) -> Iterator[str]:
        """The people whose day has come in their company's time zone."""
        for company in mapping.companies:
            today = mapping.today(company, self._clock.now())
            yield from (link.person_id for link in self._ledger.due(company, today))

    def _look(
        self,
        company: str,
        rules: CompanyRules,
        waiting: Iterable[EmployeeLink],
        persons: Iterable[Person],
    ) -> Catalogue:
        """The catalogue, with all parts that somebody waits for as Visma has them now.

        With one thing found, the next may turn out to be missing: its part is read, too, so that
        nobody is set free only to wait for a tick more.
        """
        keys = [Missing.parse(key) for link in waiting for key in link.waiting_for]
        facts = [Facts.from_json(person.facts) for person in persons]
        unread = frozenset(part for thing in keys for part in WHERE.get(thing.kind, ()))
        read: frozenset[Part] = frozenset()
        catalogue = self._cache.catalogue(company)
        while unread:
            catalogue = self._catalogues.checked(company, rules, unread, older_than=0)
            read |= unread
            placements = [resolve_placement(company, rules, one, catalogue) for one in facts]
            unread = frozenset[Part]().union(*(p.parts_in_question for p in placements)) - read
        return catalogue


class MappingReleaser:
    """What follows an edit of the mapping. The service behind the releaser function."""

    def __init__(self, ledger: Ledger, cache: ReferenceCache, guard: ChangeGuard) -> None:
        self._ledger = ledger
        self._cache = cache
        self._guard = guard

    def release(self, mapping: MappingFile, edited: Iterable[tuple[str, str]]) -> int:
        """Queues everybody whom these edits (company and rule key) may move; how many."""
        catalogues = {key: self._cache.catalogue(key) for key in mapping.companies}
        touched = _Touched(edited, mapping)
        persons = [person for person in self._ledger.persons() if person.facts]
        chosen = [person for person in persons if touched.by_label(person)]
        others = [person for person in persons if not touched.by_label(person)]
        moved = [*chosen, *_moved(others, mapping, catalogues.__getitem__)]
        return self._guard.queue(self._guard.assess_known(moved, Cause.MAPPING, mapping), mapping)


class _Touched:
    """Which people an edit touches beyond what their placement shows."""

    def __init__(self, edited: Iterable[tuple[str, str]], mapping: MappingFile) -> None:
        self._companies: set[str] = set()
        self._labels: set[tuple[str, str]] = set()
        for company, rule in edited:
            kind, _, source = rule.partition("#")
            is_about_class = kind in (CLASS, DEFAULTS)
            if kind in WHOLE_COMPANY or (is_about_class and _uses_pay(mapping, company)):
                self._companies.add(company)
            elif kind in LABELS:
                self._labels.add((company, f"{LABELS[kind]}: {source}"))

    def by_label(self, person: Person) -> bool:
        company = person.placement.get("company", "")
        if company in self._companies or (not company and self._companies):
            return True
        return any((company, label) in self._labels for label in person.placement.get("rules", ()))


def _uses_pay(mapping: MappingFile, company: str) -> bool:
    """The ledger knows no pay: of such a company no class follows from the facts."""
    return company in mapping.companies and mapping.companies[company].uses_pay


def _moved(
    persons: Iterable[Person], mapping: MappingFile, catalogue_of: Callable[[str], Catalogue]
) -> Iterator[Person]:
    for person in persons:
        placement = _place_again(person, mapping, catalogue_of)
        remembered = person.placement
        if placement is None:
            moved = bool(remembered.get("company"))
        elif "rules" in remembered:
            moved = placement.differs_from(remembered)
        else:  # never placed, because there was nothing to write: only the company can differ
            moved = placement.company != remembered.get("company")
        if moved:
            yield person


def _always(catalogue: Catalogue) -> Callable[[str], Catalogue]:
    return lambda _: catalogue


def _place_again(
    person: Person, mapping: MappingFile, catalogue_of: Callable[[str], Catalogue]
) -> Placement | None:
    facts = Facts.from_json(person.facts)
    company = mapping.company_of(facts)
    if company is None:
        return None
    return resolve_placement(
        company,
        mapping.companies[company],
        facts,
        catalogue_of(company),
        remembered_class=class_in(person.placement, company),
    )
