"""The people with whom something is open, as every list shows them: one view of a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from connector.domain.records.ledger import EmployeeLink, Person
from connector.domain.status.people import OpenPeople
from connector.ports.ledger import Ledger
from connector.ports.state import Mappings
from connector.services.foresee.numbers import department_in, number_in
from connector.services.foresee.people import People, codes_of
from connector.services.operate.json_types import Arguments, JsonObject
from connector.services.shared.companies import companies_with_rows
from connector.services.shared.nearest import must_be_one_of


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Whom a list is about: these companies, and everyone in them unless people are named."""

    companies: tuple[str, ...]
    people: frozenset[str] | None

    def has(self, person_id: str) -> bool:
        """Whether a person is meant."""
        return self.people is None or person_id in self.people


@dataclass(frozen=True, slots=True)
class PeopleLists:
    """The service behind `waiting`, `held`, `rejected`, `scheduled` and `conflicts`."""

    ledger: Ledger
    mappings: Mappings
    people: People

    def rows(self, names: Sequence[str], arguments: Arguments) -> list[JsonObject]:
        """Those of whom one of these is true, the longest first; `names` are of `OpenPeople`.

        Raises:
            ConfigurationError: there is no such company, or nobody is known by a name; all at once.
        """
        wanted = self.narrowed(arguments)
        links = [
            link
            for company in wanted.companies
            for link in self._links(names, company)
            if wanted.has(link.person_id)
        ]
        found = OpenPeople.among(links)
        chosen = [(link, name) for name in names for link in getattr(found, name)]
        known = {each.id: each for each in self.ledger.persons({e.person_id for e, _ in chosen})}
        rows = [described(link, name, known.get(link.person_id)) for link, name in chosen]
        return sorted(rows, key=lambda row: (row["company"], row["since"], row["person"]))

    def narrowed(self, arguments: Arguments) -> Narrowed:
        """What an operator has narrowed a list to.

        Raises:
            ConfigurationError: there is no such company, or nobody is known by a name; all at once.
        """
        known = companies_with_rows(self.ledger, self.mappings)
        company = str(arguments.get("company") or "")
        must_be_one_of("company", company, known)
        names = [str(each) for each in arguments.get("people") or ()]
        people = frozenset(self._ids(names)) if names else None
        return Narrowed((company,) if company else tuple(known), people)

    def codes(self, arguments: Arguments) -> set[tuple[str, str]] | None:
        """The companies and codes of the employees of the people named; None for everyone."""
        people = self.narrowed(arguments).people
        if people is None:
            return None
        links = (each for person in people for each in self.ledger.record(person).links.values())
        return {(link.company, code) for link in links for code in codes_of(link)}

    def dated(self, rows: Sequence[JsonObject]) -> list[JsonObject]:
        """Groups of employees, each with the day since which the ledger knows all it does."""
        since = {
            (company, code): link.since
            for company in {row["company"] for row in rows}
            for link in self.ledger.links(company)
            for code in codes_of(link)
        }
        dated = []
        for row in rows:
            known = [
                since[key] for code in row["codes"] if (key := (row["company"], code)) in since
            ]
            at = max(known).isoformat(timespec="seconds") if known else ""
            dated.append({**row, "since": at})
        return dated

    def _ids(self, names: Iterable[str]) -> Iterator[str]:
        found = self.people.ids_of_each(tuple(names))
        strangers = [name for name, ids in found.items() if not ids]
        if strangers:  # says so, with the nearest, where nobody is known by one
            of_rippling = self.people.find_each(strangers).values()
            yield from (each.record.person.id for each in of_rippling)
        for ids in found.values():
            yield from ids

    def _links(self, names: Sequence[str], company: str) -> Iterator[EmployeeLink]:
        # Who waits has an index of their own: no company is read for that list.
        is_waiting = list(names) == ["waiting"]
        return self.ledger.waiting(company) if is_waiting else self.ledger.open_links(company)


def described(link: EmployeeLink, name: str, person: Person | None) -> JsonObject:
    """A person in a list: by number, where, since when, and why."""
    facts = person.facts if person else {}
    code = link.employee_code or link.expected_code
    return {
        "list": name,
        "company": link.company,
        "person": link.person_id,
        "number": code or number_in(facts) or link.person_id,
        "employee_code": code,
        "department": department_in(facts),
        "since": link.since.isoformat(timespec="seconds"),
        "reason": link.reason,
        "waiting_for": list(link.waiting_for),
        "kind": link.held_kind,
        "run": link.held_run,
        "due_on": link.due_on.isoformat() if link.due_on else "",
    }
