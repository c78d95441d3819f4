"""One person's employees in Visma beside the ledger, as the full sweep compares everyone's.

Only read. What is to be done about an edit, the writer's steps decide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from connector.domain.changes import Cause
from connector.domain.employees import ACTIVE, INACTIVE, Employee
from connector.domain.errors import ConnectorError
from connector.domain.reconciliation import Origin, origin_of
from connector.domain.records.ledger import EmployeeLink, Record
from connector.ports.visma import Targets

MEANS = {
    Origin.MISSING.value: "Visma has no such employee any more",
    Origin.RENUMBERED.value: "the employee has another code in Visma",
    Origin.ANOTHER.value: "the code is somebody else's in Visma",
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
        judged = self.link.is_held or self.link.is_dropped
        return self.origin is not None and not (judged and self.origin is Origin.EDITED)

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


def cause_of(employees: Collection[Beside]) -> Cause:
    """For which cause the next full sweep would have the writer look at the person."""
    return Cause.DRIFT if any(each.is_looked_at for each in employees) else Cause.SWEEP
