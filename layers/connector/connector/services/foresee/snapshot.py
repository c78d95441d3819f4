"""Both systems and the ledger as they are at one moment, each read once for everyone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connector.domain.catalogue import canonical
from connector.domain.employees import Employee
from connector.domain.errors import ConfigurationError, ConnectorError, RetryableError
from connector.domain.guards import shows_too_few
from connector.domain.mapping.model import MappingFile
from connector.domain.people import Worker
from connector.domain.reconciliation import Shortfall, gone, shortfall
from connector.domain.records.ledger import EmployeeLink, Person
from connector.ports.clock import Clock
from connector.ports.ledger import Ledger
from connector.ports.rippling import Source
from connector.ports.visma import Listing, Targets
from connector.services.shared.companies import lost_companies

RESERVE_SECONDS = 30.0
"""Kept of an invocation's time for what is made of it."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everyone as Rippling, the ledger and Visma have them; `problems` says what is not whole."""

    employments: Mapping[str, Sequence[Worker]] = field(repr=False)
    persons: Mapping[str, Person] = field(repr=False)
    links: Mapping[str, Mapping[str, EmployeeLink]] = field(repr=False)
    owners: Mapping[tuple[str, str], str] = field(repr=False)
    employees: Mapping[str, Mapping[str, Employee] | ConnectorError] = field(repr=False)
    problems: tuple[str, ...] = ()
    short: Mapping[str, Shortfall] = field(default_factory=dict, repr=False)
    """The companies whose lists show too few, with whom they leave out."""

    partial: frozenset[str] = frozenset()
    """The companies whose lists have fewer rows than they say there are."""

    @property
    def all_links(self) -> Iterator[EmployeeLink]:
        """The links of everyone, of each company that was read."""
        return (link for links in self.links.values() for link in links.values())

    @property
    def loading(self) -> tuple[str, ...]:
        """The companies in which nobody is active yet: it would be their first load."""
        active = {link.company for link in self.all_links if link.is_active}
        return tuple(company for company in self.employees if company not in active)


@dataclass(frozen=True, slots=True)
class SnapshotReader:
    """Reads everything once: the pages of both lists, and the tables."""

    source: Source
    ledger: Ledger
    targets: Targets
    clock: Clock

    def read(self, mapping: MappingFile) -> Snapshot:
        """Everyone, the ledger first, so that it is older than what Rippling says.

        Raises:
            ConnectorError: Rippling does not show everyone; a company of Visma that does not
                answer is told among the problems.
        """
        persons = {person.id: person for person in self.ledger.persons()}
        links: dict[str, dict[str, EmployeeLink]] = defaultdict(dict)
        owners: dict[tuple[str, str], str] = {}
        active = {person.id: person.active_in for person in persons.values()}
        companies = [*mapping.companies, *lost_companies(active, mapping.companies)]
        for company in companies:
            rows, claims = self.ledger.holdings(company)
            owners |= {(company, canonical(code)): owner for code, owner in claims}
            for link in rows:
                links[link.person_id][company] = link
        employments = self._everyone()
        _require_shown(persons.values(), employments)
        listings = {company: self._listing(company) for company in companies}
        employees = {company: _by_code(listing) for company, listing in listings.items()}
        short = dict(_short_in(employees, links))
        problems = [*problems_in(employees), *(each.told for each in short.values())]
        partial = frozenset(company for company, each in listings.items() if _is_partial(each))
        return Snapshot(
            employments, persons, links, owners, employees, tuple(problems), short, partial
        )

    def _everyone(self) -> dict[str, list[Worker]]:
        employments: dict[str, list[Worker]] = defaultdict(list)
        for page in self.source.everyone():
            for worker in page.workers:
                employments[worker.person_id].append(worker)
            if page.next_page_token and self.clock.remaining_seconds() < RESERVE_SECONDS:
                raise RetryableError(
                    "Rippling is too slow to show everyone in one run; name some people"
                )
        return employments

    def _listing(self, company: str) -> Listing | ConnectorError:
        try:
            return self.targets.company(company).all_employees()
        except (RetryableError, ConfigurationError) as error:
            return error


def _require_shown(persons: Collection[Person], employments: Collection[str]) -> None:
    """Raises where far too few of the employed are shown for anything to be foretold."""
    employed = [person.id for person in persons if person.active_in]
    unseen = [person.id for person in gone(persons, employments)]
    if shows_too_few(employed, unseen):
        raise ConfigurationError(
            f"Rippling shows {len(employed) - len(unseen)} of the {len(employed)} people who"
            " are employed: nothing can be foretold; may the creator of the Rippling token"
            " still see everyone?"
        )


def _by_code(listing: Listing | ConnectorError) -> dict[str, Employee] | ConnectorError:
    if isinstance(listing, ConnectorError):
        return listing
    return {canonical(each.code): each for each in listing.employees}


def _is_partial(listing: Listing | ConnectorError) -> bool:
    return not isinstance(listing, ConnectorError) and not listing.is_whole


def problems_in(
    employees: Mapping[str, Mapping[str, Employee] | ConnectorError],
) -> Iterator[str]:
    """Which companies could not be read, and why."""
    for company, read in employees.items():
        if isinstance(read, ConnectorError):
            yield f"{company}: {read}"


def _short_in(
    employees: Mapping[str, Mapping[str, Employee] | ConnectorError],
    links: Mapping[str, Mapping[str, EmployeeLink]],
) -> Iterator[tuple[str, Shortfall]]:
    """The companies whose list shows too few employees."""
    for company, read in employees.items():
        if not isinstance(read, ConnectorError):
            own = (rows[company] for rows in links.values() if company in rows)
            if found := shortfall(company, own, read.values()):
                yield company, found
