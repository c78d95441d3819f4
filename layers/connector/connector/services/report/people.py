"""The sections about people: how many there are on each cost centre, and with whom what is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from connector.domain.employees import INACTIVE
from connector.domain.employment import is_past_last_day
from connector.domain.errors import ConnectorError
from connector.domain.report import head_count, open_people
from connector.domain.report.head_count import Counts, counted_by_place, places_before
from connector.domain.report.open_people import number_of
from connector.domain.report.period import Period
from connector.domain.report.sheet import Section
from connector.domain.status.people import OpenPeople
from connector.services.foresee.belonging import Belonging, Elsewhere
from connector.services.foresee.numbers import department_in, number_in
from connector.services.report.readings import Readings


@dataclass(frozen=True, slots=True)
class HeadCount:
    """Rippling's side by the mapping, Visma's by its list of employees."""

    readings: Readings
    key: str = head_count.KEY
    title: str = head_count.TITLE

    def section(self, period: Period) -> Section:
        """How many people there are on each cost centre."""
        companies = self.readings.companies(period)
        now = self.readings.belongings()
        visma, unread = self._in_visma(companies)
        counts = Counts(
            counted_by_place(self._then(period, companies)),
            counted_by_place(_places(now.people, companies)),
            visma,
            unread,
            Counter(each.reason for each in now.elsewhere if not each.is_unknown),
            Counter(each.reason for each in now.elsewhere if each.is_unknown),
            {} if period.company else self._forsaken(now.elsewhere),
            sorted(self._overstaying(companies, period.today)),
        )
        return head_count.head_count(counts, companies, period)

    def _forsaken(self, elsewhere: Iterable[Elsewhere]) -> Counter[str]:
        """Who belongs nowhere and is active in a company that the mapping no longer has."""
        persons, known = self.readings.snapshot().persons, self.readings.mapping().companies
        people = (persons[each.person] for each in elsewhere if each.person in persons)
        return Counter(
            company for person in people for company in person.active_in if company not in known
        )

    def _overstaying(self, companies: Collection[str], today: date) -> Iterator[str]:
        """Who is active and works in Rippling after the last day that it shows."""
        snapshot = self.readings.snapshot()
        for person, workers in snapshot.employments.items():
            if any(is_past_last_day(worker, today) for worker in workers):
                links = snapshot.links.get(person, {})
                yield from {
                    number_of(link)
                    for company, link in links.items()
                    if link.is_active and company in companies
                }

    def _then(self, period: Period, companies: Collection[str]) -> list[tuple[str, str]]:
        """Where people were on the last day: without the moves that were made since."""
        if not period.is_over:
            return list(_places(self.readings.belongings().people, companies))
        before = places_before(self.readings.rows_after(period.month))
        people = self.readings.belongings(period.day).people
        places = [before.get(each.person, (each.company, each.cost_centre)) for each in people]
        return [place for place in places if place[0] in companies]

    def _in_visma(
        self, companies: Iterable[str]
    ) -> tuple[Counter[tuple[str, str]], dict[str, str]]:
        """The active employees by cost centre, and which companies could not be read."""
        places: list[tuple[str, str]] = []
        unread: dict[str, str] = {}
        for company in companies:
            try:
                places += self._placed(company)
            except ConnectorError as error:
                unread[company] = str(error)
        return counted_by_place(places), unread

    def _placed(self, company: str) -> list[tuple[str, str]]:
        employees = self.readings.snapshot().employees[company]
        if isinstance(employees, ConnectorError):
            raise employees
        catalogue = self.readings.catalogue(company)
        departments = (
            catalogue.department(each.fields.get("department", ""))
            for each in employees.values()
            if each.fields.get("status") != INACTIVE
        )
        return [(company, (known.cost_centre if known else None) or "") for known in departments]


def _places(people: Iterable[Belonging], companies: Iterable[str]) -> Iterator[tuple[str, str]]:
    wanted = set(companies)
    return ((each.company, each.cost_centre) for each in people if each.company in wanted)


@dataclass(frozen=True, slots=True)
class Open:
    """Who is held, waits, was rejected or is in conflict; from the ledger alone."""

    readings: Readings
    key: str = open_people.KEY
    title: str = open_people.TITLE

    def section(self, period: Period) -> Section:
        """Each of them by number, since when, and why."""
        people = OpenPeople.among(self.readings.open_links(period))
        ids = {link.person_id for name in OpenPeople.__slots__ for link in getattr(people, name)}
        facts = {person.id: person.facts for person in self.readings.persons(ids)}
        departments = {person: department_in(each) for person, each in facts.items()}
        numbers = {person: number_in(each) for person, each in facts.items()}
        return open_people.open_people(people, departments, numbers)
