"""Finding the person whom an operator means: by any number, code or id, or by a hashed e-mail.

The ledger is asked first. Whoever is not in it is looked for among all workers of Rippling.
"""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

from connector.domain.catalogue import canonical
from connector.domain.errors import ConfigurationError
from connector.domain.facts import shown
from connector.domain.people import Worker
from connector.domain.records.acts import OPERATORS
from connector.domain.records.ledger import EmployeeLink, Record
from connector.ports.ledger import Ledger
from connector.ports.rippling import Source
from connector.ports.state import Mappings
from connector.services.foresee.hashed import HASHED, hashed, several
from connector.services.foresee.hashed import shown as shown_as
from connector.services.foresee.numbers import number_in
from connector.services.shared.companies import companies_with_people


@dataclass(frozen=True, slots=True)
class Found:
    """A person, and the employment by which Rippling is asked for them."""

    record: Record
    worker_id: str


ByName: TypeAlias = dict[str, dict[str, Found]]
"""Name to the people who are meant by it, by id."""


@dataclass(frozen=True, slots=True)
class People:
    """Finds people by whatever an operator knows of them."""

    ledger: Ledger
    source: Source
    mappings: Mappings

    def find(self, wanted: str) -> Found:
        """The one person who is meant.

        Raises:
            ConfigurationError: nobody is known by it, or several people are; with the nearest.
            ConnectorError: the ledger or Rippling does not answer.
        """
        return _the_one(wanted, self._found([wanted]), self._nearest)

    def find_each(self, names: Collection[str]) -> dict[str, Found]:
        """The same of several names; Rippling is read once for all of them.

        Raises:
            ConfigurationError: by some nobody is known, or several people are; all at once.
            ConnectorError: the ledger or Rippling does not answer.
        """
        found, each, problems = self._found(names), dict[str, Found](), list[str]()
        for name in names:
            try:
                each[name] = _the_one(name, found, self._nearest)
            except ConfigurationError as error:
                problems += error.problems
        if problems:
            raise ConfigurationError(problems)
        return each

    def ids(self, wanted: str) -> list[str]:
        """Everyone of the ledger who is known by this; nobody, where nobody is."""
        return self.ids_of_each([wanted])[wanted]

    def ids_of_each(self, names: Collection[str]) -> dict[str, list[str]]:
        """The same of several names; Rippling is read once for all the addresses among them."""
        addresses = [name for name in names if name.startswith(HASHED)]
        found = self._in_ledger(names) | (self._in_rippling(addresses) if addresses else {})
        return {name: sorted(people) for name, people in found.items()}

    def _found(self, names: Collection[str]) -> ByName:
        """Whom each name means: of the ledger, else of Rippling."""
        found = self._in_ledger(names)
        strangers = [name for name, people in found.items() if not people]
        return found | (self._in_rippling(strangers) if strangers else {})

    def _in_ledger(self, names: Collection[str]) -> ByName:
        found: ByName = {name: {} for name in names}
        plain = [name for name in names if not name.startswith(HASHED)]
        coded = self._coded() if plain else {}
        for name in plain:
            ids = {name, self.ledger.person_with(name) or name, *coded.get(canonical(name), ())}
            found[name] = self._records(ids - {OPERATORS})
        unknown = {name for name in plain if not found[name]}
        numbered = self._numbered(unknown) if unknown else {}
        return found | {name: self._records(ids) for name, ids in numbered.items()}

    def _records(self, ids: Iterable[str]) -> dict[str, Found]:
        records = [self.ledger.record(each) for each in sorted(ids)]
        return {each.person.id: Found(each, worker_of(each)) for each in records if each.is_known}

    def _coded(self) -> dict[str, set[str]]:
        """Whose each employee code is, or would be."""
        people: dict[str, set[str]] = defaultdict(set)
        for link in self._links():
            for code in codes_of(link):
                people[canonical(code)].add(link.person_id)
        return people

    def _numbered(self, numbers: Collection[str]) -> dict[str, set[str]]:
        people: dict[str, set[str]] = defaultdict(set)
        for each in self.ledger.persons():
            if (number := number_in(each.facts)) in numbers:
                people[number].add(each.id)
        return people

    def _links(self) -> Iterator[EmployeeLink]:
        for company in companies_with_people(self.ledger, self.mappings.load().companies):
            yield from self.ledger.links(company)

    def _in_rippling(self, names: Collection[str]) -> ByName:
        """Whom Rippling knows by each of the names, in one read of everyone."""
        found: ByName = {name: {} for name in names}
        tests = {name: meant_by(name) for name in names}
        for worker in (each for page in self.source.everyone() for each in page.workers):
            for name in (name for name, is_meant in tests.items() if is_meant(worker)):
                record = self.ledger.record(worker.person_id)
                found[name][worker.person_id] = Found(record, worker.id)
        return found

    def _nearest(self, wanted: str) -> str:
        if wanted.startswith(HASHED):
            return ""
        known = {code for link in self._links() for code in codes_of(link)}
        nearest = get_close_matches(wanted, sorted(known), n=3, cutoff=0.7)
        return f"; the nearest are {', '.join(nearest)}" if nearest else ""


def _the_one(wanted: str, found: ByName, nearest: Callable[[str], str]) -> Found:
    people = found[wanted]
    if len(people) > 1:
        raise ConfigurationError(several(wanted, people))
    if not people:
        raise ConfigurationError(
            f"nobody is known by {shown_as(wanted)}, neither in the ledger nor in Rippling"
            f"{nearest(wanted)}"
        )
    return next(iter(people.values()))


def meant_by(wanted: str) -> Callable[[Worker], bool]:
    """Whether a worker is the one who is meant: by id, number or e-mail address."""
    if wanted.startswith(HASHED):
        _, salt, digest = (*wanted.split(":"), "", "")[:3]
        return lambda worker: any(
            hmac.compare_digest(hashed(address, salt), digest) for address in addresses_of(worker)
        )
    return lambda worker: wanted in (worker.id, worker.person_id, shown(worker.facts.number))


def addresses_of(worker: Worker) -> Iterable[str]:
    """The e-mail addresses of a worker that Rippling shows."""
    personal = worker.personal
    return [each for each in (personal.work_email, personal.personal_email) if each]


def codes_of(link: EmployeeLink) -> list[str]:
    """The code of an employee, and the one that the mapping makes."""
    return [code for code in (link.employee_code, link.expected_code) if code]


def worker_of(record: Record) -> str:
    """The employment by which Rippling is asked for somebody whom the ledger knows."""
    person = record.person
    return person.worker_id or next(iter(person.fingerprints), "")
