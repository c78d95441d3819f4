"""The finance departments of the fake Visma: the verbs that a test or a demo says to it.

Each verb acts on one company, the first one when none is named. The rules are in `company`.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from tests.simulator.books.books import Books
from tests.simulator.company import Company

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.simulator.clock import Now
    from tests.simulator.control import Verb


class Finance:
    """The companies, and what their finance people do by hand."""

    def __init__(self, clock: Now | None = None) -> None:
        self.state_lock = threading.RLock()
        self.companies: dict[str, Company] = {}
        self._clock = clock

    def add_company(self, key: str, tenant_id: str, **settings: Any) -> Company:
        """Adds a company; `settings` are those of `Company`."""
        company = self.companies[key] = Company(key, tenant_id, clock=self._clock, **settings)
        company.books = Books(company)
        return company

    def company(self, key: str | None = None) -> Company:
        """The company with this key, or the first one."""
        return self.companies[key] if key else next(iter(self.companies.values()))

    def add_department(
        self,
        id: str,  # noqa: A002  (the finance screens' own word)
        description: str = "",
        cost_centre: str | None = None,
        account: str = "5010",
        *,
        company: str | None = None,
    ) -> None:
        """Adds a department whose expenses go to a cost centre, if one is named."""
        with self.state_lock:
            self.company(company).add_department(id, description, cost_centre, account)

    def set_department_cost_centre(
        self,
        id: str,  # noqa: A002  (the finance screens' own word)
        value: str | None,
        *,
        company: str | None = None,
    ) -> None:
        """Points a department's expenses at another cost centre, or at none."""
        with self.state_lock:
            self.company(company).set_department_cost_centre(id, value)

    def add_cost_centre(
        self, value: str, description: str = "", *, company: str | None = None
    ) -> None:
        """Adds a value to the cost-centre segment."""
        with self.state_lock:
            self.company(company).add_cost_centre(value, description)

    def set_cost_centre_active(
        self, value: str, active: bool, *, company: str | None = None
    ) -> None:
        """Opens or closes a cost centre."""
        with self.state_lock:
            self.company(company).set_cost_centre_active(value, active)

    def set_subaccount_active(
        self, number: str, active: bool, *, company: str | None = None
    ) -> None:
        """Opens or closes a sub-account, one combination of segment values."""
        with self.state_lock:
            self.company(company).set_subaccount_active(number, active)

    def add_branch(
        self, number: str, name: str, active: bool = True, *, company: str | None = None
    ) -> None:
        """Adds a branch."""
        with self.state_lock:
            self.company(company).add_branch(number, name, active)

    def set_branch_active(self, number: str, active: bool, *, company: str | None = None) -> None:
        """Opens or closes a branch; no employee may be put on a closed one."""
        with self.state_lock:
            self.company(company).set_branch_active(number, active)

    def add_class(self, code: str, description: str = "", *, company: str | None = None) -> None:
        """Adds an employee class; the API cannot show it."""
        with self.state_lock:
            self.company(company).add_class(code, description)

    def add_calendar(self, code: str, *, company: str | None = None) -> None:
        """Adds a work calendar; the API cannot show it."""
        with self.state_lock:
            self.company(company).add_calendar(code)

    def add_employee(
        self, code: str, *, company: str | None = None, **fields: Any
    ) -> dict[str, Any]:
        """Enters an employee by hand; what is not said takes the company's first choice."""
        with self.state_lock:
            return self.company(company).add_employee(code, **fields)

    def edit_employee(
        self, code: str, *, company: str | None = None, **fields: Any
    ) -> dict[str, Any]:
        """Changes an employee by hand, by read names nested or dotted; the ETag moves."""
        with self.state_lock:
            return self.company(company).edit_employee(code, **fields)

    def remove_employee(self, code: str, *, company: str | None = None) -> None:
        """Deletes an employee by hand; its internal id is never given again."""
        with self.state_lock:
            self.company(company).remove_employee(code)

    def renumber_employee(
        self, code: str, new_code: str, *, company: str | None = None
    ) -> dict[str, Any]:
        """Gives an employee another code by hand; the old code is free again."""
        with self.state_lock:
            return self.company(company).renumber_employee(code, new_code)

    def refuse(
        self, employee_code: str, field: str, status: int = 400, *, company: str | None = None
    ) -> None:
        """Refuses every write of one employee, because of this field, until `accept`."""
        with self.state_lock:
            self.company(company).refuse(employee_code, field, status)

    def accept(self, employee_code: str, *, company: str | None = None) -> None:
        """Ends a refusal."""
        with self.state_lock:
            self.company(company).accept(employee_code)

    def employees(self, company: str | None = None) -> list[dict[str, Any]]:
        """Every employee of a company as the API reads it."""
        with self.state_lock:
            return self.company(company).employees()

    def employee(self, code: str, company: str | None = None) -> dict[str, Any]:
        """The employee with this code as the API reads it."""
        with self.state_lock:
            return self.company(company).employee(code)

    def finance_verbs(self) -> Mapping[str, Verb]:
        """The verbs that `/_control/` may run."""
        verbs: list[Verb] = [
            self.add_department, self.set_department_cost_centre, self.add_cost_centre,
            self.set_cost_centre_active, self.set_subaccount_active, self.add_branch,
            self.set_branch_active, self.add_class, self.add_calendar, self.add_employee,
            self.edit_employee, self.remove_employee, self.renumber_employee, self.refuse,
            self.accept, self.employees, self.employee,
        ]  # fmt: skip
        return {verb.__name__: verb for verb in verbs}
