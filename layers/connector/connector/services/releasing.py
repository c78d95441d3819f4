"""Setting people free: their missing thing exists now, their day has come, their rule changed.

Everything is decided from the facts in the ledger, so that nobody is read from Rippling in vain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from uuid import uuid4

from connector.domain.catalogue import Catalogue, Part
from connector.domain.changes import Cause, Change
from connector.domain.ledger import Holding, Person
from connector.domain.mapping import CompanyRules, MappingFile
from connector.domain.people import Facts
from connector.domain.placement import WHERE, Missing, Placement, place
from connector.ports import ChangeQueue, Clock, Ledger, Watermarks
from connector.services.catalogues import Catalogues

WHOLE_COMPANY = ("company", "scope", "field", "guards")
"""Kinds of mapping rows whose effect cannot be seen from a placement."""

LABELS = {"department": "departments", "location": "locations"}
"""Kinds of mapping rows by the word with which a placement names them."""


class WaitingReleaser:
    """What every tick of the poller does for those who wait for a thing or a day."""

    def __init__(
        self,
        ledger: Ledger,
        watermarks: Watermarks,
        catalogues: Catalogues,
        queue: ChangeQueue,
        clock: Clock,
    ) -> None:
        self._ledger = ledger
        self._watermarks = watermarks
        self._catalogues = catalogues
        self._queue = queue
        self._clock = clock

    def release(self, mapping: MappingFile) -> int:
        """Queues the waiting people for whom something has changed; how many."""
        return sum(
            self._queue.send(self._released(company, rules, mapping))
            for company, rules in mapping.companies.items()
        )

    def queue_due(self, mapping: MappingFile) -> int:
        """Queues the people whose day has come in their company's time zone; how many."""
        due = [
            _change(holding.worker_id, holding.person_id, Cause.DUE)
            for company in mapping.companies
            for holding in self._ledger.due(company, mapping.today(company, self._clock.now()))
        ]
        return self._queue.send(due)

    def _released(
        self, company: str, rules: CompanyRules, mapping: MappingFile
    ) -> Iterator[Change]:
        waiting = list(self._ledger.waiting(company))
        if not waiting:
            return
        persons = list(self._ledger.persons({holding.person_id for holding in waiting}))
        catalogue = self._look(company, rules, waiting, persons)
        yield from _moved(persons, mapping, lambda _: catalogue, Cause.RELEASE)

    def _look(
        self,
        company: str,
        rules: CompanyRules,
        waiting: Iterable[Holding],
        persons: Iterable[Person],
    ) -> Catalogue:
        """The catalogue, with all parts that somebody waits for as Visma has them now.

        With one thing found, the next may turn out to be missing: its part is read, too, so that
        nobody is set free only to wait for a tick more.
        """
        keys = [Missing.parse(key) for holding in waiting for key in holding.waiting_for]
        facts = [Facts.from_json(person.facts) for person in persons]
        unread = frozenset(part for thing in keys for part in WHERE.get(thing.kind, ()))
        read: frozenset[Part] = frozenset()
        catalogue = self._watermarks.catalogue(company)
        while unread:
            catalogue = self._catalogues.checked(company, rules, unread, older_than=0)
            read |= unread
            placements = [place(company, rules, one, catalogue) for one in facts]
            unread = frozenset[Part]().union(*(p.parts_in_question for p in placements)) - read
        return catalogue


class MappingReleaser:
    """What follows an edit of the mapping. The service behind the releaser function."""

    def __init__(self, ledger: Ledger, watermarks: Watermarks, queue: ChangeQueue) -> None:
        self._ledger = ledger
        self._watermarks = watermarks
        self._queue = queue

    def release(self, mapping: MappingFile, edited: Iterable[tuple[str, str]]) -> int:
        """Queues everybody whom these edits (company and rule key) may move; how many."""
        catalogues = {key: self._watermarks.catalogue(key) for key in mapping.companies}
        touched = _Touched(edited)
        persons = [person for person in self._ledger.persons() if person.facts]
        chosen = [person for person in persons if touched.by_label(person)]
        others = [person for person in persons if not touched.by_label(person)]
        queued = self._queue.send(
            _change(person.worker_id, person.id, Cause.MAPPING) for person in chosen
        )
        return queued + self._queue.send(
            _moved(others, mapping, catalogues.__getitem__, Cause.MAPPING)
        )


class _Touched:
    """Which people an edit touches beyond what their placement shows."""

    def __init__(self, edited: Iterable[tuple[str, str]]) -> None:
        self._companies: set[str] = set()
        self._labels: set[tuple[str, str]] = set()
        for company, rule in edited:
            kind, _, source = rule.partition("#")
            if kind in WHOLE_COMPANY:
                self._companies.add(company)
            elif kind in LABELS:
                self._labels.add((company, f"{LABELS[kind]}: {source}"))

    def by_label(self, person: Person) -> bool:
        company = person.placement.get("company", "")
        if company in self._companies or (not company and self._companies):
            return True
        return any((company, label) in self._labels for label in person.placement.get("rules", ()))


def _moved(
    persons: Iterable[Person],
    mapping: MappingFile,
    catalogue_of: Callable[[str], Catalogue],
    cause: Cause,
) -> Iterator[Change]:
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
            yield _change(person.worker_id, person.id, cause)


def _place_again(
    person: Person, mapping: MappingFile, catalogue_of: Callable[[str], Catalogue]
) -> Placement | None:
    facts = Facts.from_json(person.facts)
    company = mapping.company_of(facts)
    if company is None:
        return None
    return place(company, mapping.companies[company], facts, catalogue_of(company))


def _change(worker_id: str, person_id: str, cause: Cause) -> Change:
    return Change(worker_id, cause, uuid4().hex, person_id)
