"""What foretelling works with: both systems as read once, and a ledger that notes nothing.

The writer's own steps run over these, so that nothing is decided a second time. Nothing here sends,
counts or stores anything.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.adapters.rehearsal import RehearsalLedger, RehearsalTarget
from connector.domain.catalogue import canonical
from connector.domain.errors import CodeTakenError, ConnectorError
from connector.domain.records.ledger import Person, Record, Write
from connector.ports.visma import Listing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from connector.domain.checks import Check
    from connector.domain.employees import Employee
    from connector.domain.facts import Named
    from connector.domain.people import Worker
    from connector.domain.records.audit import AuditRow
    from connector.domain.records.ledger import Claim, EmployeeLink
    from connector.ports.ledger import Ledger
    from connector.ports.rippling import Page, Source
    from connector.ports.visma import Targets


class WitnessLedger(RehearsalLedger):
    """A ledger that shows what would be written to it, and has Visma looked at instead of memory.

    Someone who has no employee remembered at any version is read before anything is concluded.
    """

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self._endings: list[tuple[Person, tuple[EmployeeLink, ...], tuple[AuditRow, ...]]] = []

    def record(self, person_id: str) -> Record:
        return unremembered(super().record(person_id))

    def begin(self, record: Record, write: Write, *, claim: bool) -> Record:
        """Notes nothing; a code that is somebody else's is refused all the same."""
        if claim and self.owner_of(write.code, write.company) not in (None, record.person.id):
            raise CodeTakenError(write.code)
        return record

    def finish(
        self,
        record: Record,
        person: Person,
        links: Iterable[EmployeeLink],
        audit: Iterable[AuditRow],
        released: Iterable[Claim] = (),
    ) -> None:
        """Keeps what would be written for whoever asks."""
        self._endings.append((person, tuple(links), tuple(audit)))

    def taken(self) -> list[tuple[Person, tuple[EmployeeLink, ...], tuple[AuditRow, ...]]]:
        """What would have been written since this was asked last."""
        endings, self._endings = self._endings, []
        return endings

    def hold(self, record: Record) -> Record:
        """Holds nobody."""
        return record

    def erase(self, record: Record, claims: Iterable[Claim]) -> None:
        """Takes nothing away."""


class SnapshotLedger(WitnessLedger):
    """The same over rows that were read once, for everyone."""

    def __init__(
        self,
        ledger: Ledger,
        persons: Mapping[str, Person],
        links: Mapping[str, Mapping[str, EmployeeLink]],
        owners: Mapping[tuple[str, str], str],
    ) -> None:
        super().__init__(ledger)
        self._persons = persons
        self._links = links
        self._owners = owners

    def record(self, person_id: str) -> Record:
        person = self._persons.get(person_id)
        if person is None:
            # Their digests are made with a salt of their own from the first row on.
            return Record(Person(person_id, salt=person_id, key=self.key))
        return unremembered(Record(person, self._links.get(person_id, {})))

    def person_with(self, worker_id: str) -> str | None:
        return None

    def owner_of(self, code: str, company: str) -> str | None:
        return self._owners.get((company, canonical(code)))


class SnapshotSource:
    """Rippling as it was read once: the employments of everyone."""

    reads_increments = False

    def __init__(self, source: Source, employments: Mapping[str, Sequence[Worker]]) -> None:
        self._source = source
        self._employments = employments
        self._persons = {
            worker.id: person for person, workers in employments.items() for worker in workers
        }

    def changed_since(self, cutoff: datetime, page_token: str | None = None) -> Iterator[Page]:
        """Nothing is read from a snapshot page by page."""
        return iter(())

    def everyone(self, page_token: str | None = None) -> Iterator[Page]:
        """Nothing is read from a snapshot page by page."""
        return iter(())

    def person_of(self, worker_id: str) -> str | None:
        """The person behind a worker id."""
        return self._persons.get(worker_id)

    def employments(
        self,
        worker_id: str,
        person_id: str,
        known: Iterable[str] = (),
        found: Iterable[str] = (),
    ) -> list[Worker]:
        """Every employment of one person."""
        return list(self._employments.get(person_id, ()))

    def departments(self) -> list[Named]:
        """All departments, as Rippling shows them now."""
        return self._source.departments()

    def locations(self) -> list[Named]:
        """All work locations, as Rippling shows them now."""
        return self._source.locations()

    def checks(self, now: datetime, needs: Collection[str]) -> Iterator[Check]:
        """What the API lets the token do."""
        return self._source.checks(now, needs)


class SnapshotTarget(RehearsalTarget):
    """A company of Visma whose employees were read once, or could not be."""

    def __init__(
        self,
        targets: Targets,
        key: str,
        employees: Mapping[str, Employee] | ConnectorError,
        *,
        is_whole: bool,
    ) -> None:
        super().__init__(targets.company(key))
        self._employees = employees
        self._is_whole = is_whole

    def read(self, code: str) -> Employee | None:
        if isinstance(self._employees, ConnectorError):
            raise self._employees
        return self._employees.get(canonical(code))

    def employees(self) -> Iterator[Employee]:
        if isinstance(self._employees, ConnectorError):
            raise self._employees
        return iter(self._employees.values())

    def all_employees(self) -> Listing:
        return Listing(tuple(self.employees()), is_whole=self._is_whole)


class SnapshotTargets:
    """The companies of Visma, each as it was read once."""

    def __init__(
        self,
        targets: Targets,
        employees: Mapping[str, Mapping[str, Employee] | ConnectorError],
        partial: Collection[str] = (),
    ) -> None:
        self._targets = targets
        self._employees = employees
        self._partial = partial

    def company(self, key: str) -> SnapshotTarget:
        """The target for one company of the mapping."""
        is_whole = key not in self._partial
        return SnapshotTarget(self._targets, key, self._employees.get(key, {}), is_whole=is_whole)


def unremembered(record: Record) -> Record:
    """A record whose employees are at no version that is known, so that Visma is looked at."""
    links = {company: replace(link, etag=None) for company, link in record.links.items()}
    return replace(record, links=links)
