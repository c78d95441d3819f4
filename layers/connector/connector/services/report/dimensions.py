"""The section about codes: what is missing, blocked or unused, on both sides of the mapping."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from connector.domain.catalogue import Catalogue, canonical
from connector.domain.employees import INACTIVE, Employee
from connector.domain.errors import ConnectorError
from connector.domain.mapping.asked import facts_missed
from connector.domain.mapping.model import CompanyRules
from connector.domain.placement import missing_in_department
from connector.domain.report import gaps
from connector.domain.report.gaps import Code, Gaps
from connector.domain.report.period import Period
from connector.domain.report.sheet import Section
from connector.domain.status.people import OpenPeople
from connector.services.operate.mapping_check import branch_findings
from connector.services.report.readings import Readings


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Holds the mapping beside what each company of Visma has, and beside who is there."""

    readings: Readings
    key: str = gaps.KEY
    title: str = gaps.TITLE

    def section(self, period: Period) -> Section:
        """What people wait for, and which codes Visma lacks, has blocked, or nobody uses."""
        blocked: list[Code] = []
        unused: list[Code] = []
        unread: dict[str, str] = {}
        for company in self.readings.companies(period):
            try:
                there = self._company(company)
            except ConnectorError as error:
                unread[company] = str(error)
                continue
            blocked += there.blocked
            unused += there.unused
        waiting = OpenPeople.among(self.readings.open_links(period)).waiting
        return gaps.gaps(Gaps(waiting, blocked, unused, self._facts_unknown(), unread))

    def _facts_unknown(self) -> Counter[str]:
        workers = self.readings.snapshot().employments.values()
        everyone = (worker for own in workers for worker in own)
        return facts_missed(everyone, self.readings.mapping())

    def _company(self, company: str) -> CompanyCodes:
        employees = self.readings.snapshot().employees[company]
        if isinstance(employees, ConnectorError):
            raise employees
        working = [each for each in employees.values() if each.fields.get("status") != INACTIVE]
        return CompanyCodes(
            company,
            self.readings.mapping().companies[company],
            self.readings.catalogue(company),
            working,
        )


@dataclass(frozen=True, slots=True)
class CompanyCodes:
    """The codes of one company: of its rules, of its catalogue, and of its active employees."""

    company: str
    rules: CompanyRules
    catalogue: Catalogue
    working: list[Employee] = field(repr=False)

    @property
    def blocked(self) -> list[Code]:
        """What a row names and Visma lacks, and what is blocked with people on it."""
        return list(dict.fromkeys((*self._of_rows(), *self._of_people())))

    @property
    def unused(self) -> list[Code]:
        """Rows by which nobody is placed, and cost centres of Visma that no department carries."""
        return list(dict.fromkeys((*self._unused_rows(), *self._unused_centres())))

    def _in(self, path: str) -> Counter[str]:
        return Counter(canonical(each.fields.get(path, "")) for each in self.working)

    def _centre_of(self, employee: Employee) -> str:
        known = self.catalogue.department(employee.fields.get("department", ""))
        return (known.cost_centre if known else None) or ""

    def _of_rows(self) -> Iterator[Code]:
        people = self._in("department")
        for row in self.rules.departments:
            on_it = people[canonical(row.department)]
            for thing in missing_in_department(row.department, row.cost_centre, self.catalogue):
                kind = thing.kind.value.replace("_", " ")
                yield Code(self.company, kind, thing.name, thing.message(self.company), on_it)
        for finding in branch_findings(self.company, self.rules, self.catalogue):
            yield Code(self.company, "branch", "", finding.message)

    def _of_people(self) -> Iterator[Code]:
        centres = Counter(map(self._centre_of, self.working))
        for centre, people in centres.items():
            if centre and not self.catalogue.has_cost_centre(centre):
                why = "Visma has no active cost centre of this code"
                yield Code(self.company, "cost centre", centre, why, people)
        for branch, people in self._in("branch").items():
            if branch and not self.catalogue.has_branch(branch):
                why = "Visma has no active branch of this code"
                yield Code(self.company, "branch", branch, why, people)

    def _unused_rows(self) -> Iterator[Code]:
        people = self._in("department")
        for row in self.rules.departments:
            if not people[canonical(row.department)]:
                why = f"the row {row.label} of the mapping places nobody"
                yield Code(self.company, "department", row.department, why)

    def _unused_centres(self) -> Iterator[Code]:
        used = {canonical(self._centre_of(each)) for each in self.working}
        for centre, is_active in self.catalogue.cost_centres.items():
            if is_active and canonical(centre) not in used:
                why = "active in Visma, and nobody works there"
                yield Code(self.company, "cost centre", centre, why)
