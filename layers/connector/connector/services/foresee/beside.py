"""What Visma has beside the ledger, of one person or of everyone, as the full sweep compares it.

Only read. What is to be done about an edit, the writer's steps decide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from connector.domain.changes import Cause
from connector.domain.employees import ACTIVE, INACTIVE, Employee
from connector.domain.errors import ConnectorError
from connector.domain.reconciliation import Origin, origin_of, reconcile
from connector.domain.records.ledger import EmployeeLink, Record
from connector.ports.visma import Targets
from connector.services.foresee.snapshot import Snapshot

MEANS = {
    Origin.MISSING.value: "Visma has no such employee any more",
    Origin.RENUMBERED.value: "the employee has another code in Visma",
    Origin.ANOTHER.value: "the code is somebody else's in Visma",
    Origin.ASKED.value: "asked for by every full sweep, and left as it is by the writer",
    Origin.EDITED.value: "edited in Visma since the connector wrote last",
}


@dataclass(frozen=True, slots=True)
class Beside:
    """An employee that the ledger knows, and what Visma has under its code.

    `problem` is why Visma could not be asked; then nothing is known of the employee.
    """

    link: EmployeeLink
    employee: Employee | None = None
    problem: str = ""

    @property
    def origin(self) -> Origin | None:
        """How the two differ, or None."""
        return None if self.problem else origin_of(self.link, self.employee, ())

    @property
    def is_looked_at(self) -> bool:
        """Whether the sweep has the writer look at it: an edit was judged while it is held."""
        return self.origin is not None and not is_judged(self.link, self.origin)

    @property
    def is_active(self) -> bool:
        """Whether the employee is active in Visma; what is not shown is as it was written."""
        written = ACTIVE if self.link.is_active else INACTIVE
        shown = self.employee.fields.get("status", written) if self.employee else written
        return shown != INACTIVE

    @property
    def told(self) -> str:
        """What there is to say of the two; empty where they agree."""
        who = f"{self.link.company}: employee {self.link.employee_code}"
        if self.problem:
            return f"{who}: whether it was edited in Visma cannot be told: {self.problem}"
        return f"{who}: {MEANS[self.origin.value]}" if self.origin else ""


def beside(targets: Targets, record: Record, companies: Collection[str]) -> Iterator[Beside]:
    """Each employee of a person that the ledger knows; one call to Visma for each.

    Of a company that the mapping lost, Visma is not asked, as the sweep does not.
    """
    for company, link in sorted(record.links.items()):
        if link.employee_code is None or company not in companies:
            continue
        try:
            employee = targets.company(company).read(link.employee_code)
        except ConnectorError as error:
            yield Beside(link, problem=str(error))
        else:
            yield Beside(link, employee)


def is_judged(link: EmployeeLink, origin: Origin) -> bool:
    """Whether an edit was judged already: it is told, and not looked at again."""
    return origin is Origin.EDITED and link.is_held


def edited_in(snapshot: Snapshot, companies: Collection[str]) -> set[str]:
    """The people whom the full sweep would have looked at for what Visma has, in these companies.

    A company that could not be read says nothing about anyone.
    """
    found = set()
    for company in companies:
        employees = snapshot.employees.get(company)
        if isinstance(employees, Mapping):
            links = {each.person_id: each for each in snapshot.all_links if each.company == company}
            found |= {
                each.person_id
                for each in reconcile(links.values(), employees.values())
                if not is_judged(links[each.person_id], each.origin)
            }
    return found


def cause_of(employees: Collection[Beside]) -> Cause:
    """For which cause the next full sweep would have the writer look at the person."""
    return Cause.DRIFT if any(each.is_looked_at for each in employees) else Cause.SWEEP
