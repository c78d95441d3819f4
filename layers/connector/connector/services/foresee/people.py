"""Finding the person whom an operator means: by any number, code or id, or by a hashed e-mail.

The ledger is asked first. Whoever is not in it is looked for among all workers of Rippling.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from connector.domain.catalogue import canonical
from connector.domain.errors import ConfigurationError
from connector.domain.facts import shown
from connector.domain.people import Worker
from connector.domain.records.acts import OPERATORS
from connector.domain.records.ledger import EmployeeLink, Record
from connector.ports.ledger import Ledger
from connector.ports.rippling import Source
from connector.ports.state import Mappings
from connector.services.foresee.hashed import HASHED, hashed
from connector.services.foresee.hashed import shown as shown_as
from connector.services.foresee.numbers import number_in
from connector.services.shared.companies import companies_with_people


@dataclass(frozen=True, slots=True)
class Found:
    """A person, and the employment by which Rippling is asked for them."""

    record: Record
    worker_id: str


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
        known = self._in_ledger(wanted)
        found = known or self._in_rippling(wanted)
        if len(found) == 1:
            return next(iter(found.values()))
        if found:
            raise ConfigurationError(several(wanted, found))
        raise ConfigurationError(
            f"nobody is known by {shown_as(wanted)}, neither in the ledger nor in Rippling"
            f"{self._nearest(wanted)}"
        )

    def ids(self, wanted: str) -> list[str]:
        """Everyone of the ledger who is known by this; nobody, where nobody is."""
        return sorted(self._in_ledger(wanted) or self._in_rippling_by_address(wanted))

    def _in_rippling_by_address(self, wanted: str) -> dict[str, Found]:
        return self._in_rippling(wanted) if wanted.startswith(HASHED) else {}

    def _in_ledger(self, wanted: str) -> dict[str, Found]:
        if wanted.startswith(HASHED):
            return {}
        ids = {wanted, self.ledger.person_with(wanted) or wanted, *self._with_code(wanted)}
        records = [self.ledger.record(each) for each in sorted(ids - {OPERATORS})]
        found = {each.person.id: each for each in records if each.is_known}
        if not found:
            numbered = (each for each in self.ledger.persons() if number_in(each.facts) == wanted)
            found = {each.id: self.ledger.record(each.id) for each in numbered}
        return {person: Found(record, worker_of(record)) for person, record in found.items()}

    def _with_code(self, code: str) -> Iterator[str]:
        return (
            link.person_id
            for link in self._links()
            if canonical(code) in map(canonical, codes_of(link))
        )

    def _links(self) -> Iterator[EmployeeLink]:
        for company in companies_with_people(self.ledger, self.mappings.load().companies):
            yield from self.ledger.links(company)

    def _in_rippling(self, wanted: str) -> dict[str, Found]:
        is_meant = meant_by(wanted)
        return {
            worker.person_id: Found(self.ledger.record(worker.person_id), worker.id)
            for page in self.source.everyone()
            for worker in page.workers
            if is_meant(worker)
        }

    def _nearest(self, wanted: str) -> str:
        if wanted.startswith(HASHED):
            return ""
        known = {code for link in self._links() for code in codes_of(link)}
        nearest = get_close_matches(wanted, sorted(known), n=3, cutoff=0.7)
        return f"; the nearest are {', '.join(nearest)}" if nearest else ""


def several(wanted: str, people: Iterable[str]) -> str:
    """What to say of a name that is more than one person's."""
    return f"{shown_as(wanted)} is several people: {', '.join(sorted(people))}; name one by id"


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
