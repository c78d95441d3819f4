"""One simulated Visma.net company: its registers, the rules of its writes, its finance verbs.

Nothing here speaks HTTP; how the registers are read over the API is said in `visma_api`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.simulator.clock import Clock, Now
from tests.simulator.dimensions import Dimension, RefusedError, Segment, SegmentValue, Version
from tests.simulator.employees import (
    COUNTRIES,
    REQUIRED,
    STATUSES,
    Employee,
    Fields,
    read_shape,
    write_fields,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from tests.simulator.books.books import Books

SHOWN_FIELDS = {
    "department": "Department", "branch": "Branch", "employeeClass": "EmployeeClass",
    "calendar": "Calendar", "status": "Status", "address.countryId": "Country",
    "contact.lastName": "LastName", "contact.email": "Email",
}  # fmt: skip


@dataclass
class Department:
    """One department with the account and sub-account that its expenses go to."""

    code: str
    description: str
    account: str
    subaccount: str
    version: Version


@dataclass
class Branch:
    """One branch; the API can neither add nor change one."""

    number: str
    name: str
    branch_id: int
    is_active: bool
    version: Version


@dataclass
class Subaccount:
    """One combination of `SUBACCOUNT` segment values."""

    number: str
    subaccount_id: int
    description: str
    is_active: bool
    version: Version


class Company:
    """The state of one company and what its finance department does by hand."""

    books: Books

    def __init__(
        self,
        key: str,
        tenant_id: str,
        *,
        company_id: str = "",
        client_id: str = "",
        client_secret: str = "",
        clock: Now | None = None,
        employee_key_length: int = 10,
        subaccount_lengths: Iterable[int] = (3, 2),
    ) -> None:
        self.key = key
        self.tenant_id = tenant_id
        self.company_id = company_id
        self.client_id = client_id
        self.client_secret = client_secret
        self.clock = Clock(clock)
        self.cost_centre_segment = 1
        self.allows_new_subaccounts = True
        self.departments: dict[str, Department] = {}
        self.branches: dict[str, Branch] = {}
        self.classes: dict[str, str] = {}
        self.calendars: dict[str, str] = {}
        self.accounts: dict[str, str] = {"5010": "Salaries"}
        self.subaccounts: dict[str, Subaccount] = {}
        self.dimensions: dict[str, Dimension] = {}
        self._employees: dict[str, Employee] = {}
        self._ever_entered = 0
        self._refusals: dict[str, tuple[str, int]] = {}
        self.longest: dict[str, int] = {}
        self.formats = False
        """Whether it keeps texts in a form of its own: e-mail lowered, phones joined, names cut."""
        self._versions = 0
        self._add_dimension("SUBACCOUNT", "Subaccount", subaccount_lengths)
        self._add_dimension("EMPLOYEE", "Employee", [employee_key_length])

    @property
    def cost_centres(self) -> Segment:
        """The segment whose values are the cost centres."""
        return self.dimensions["SUBACCOUNT"].segments[self.cost_centre_segment]

    @property
    def employee_key_length(self) -> int:
        """The longest employee code that the company takes."""
        return self.dimensions["EMPLOYEE"].length

    def add_class(self, code: str, description: str = "") -> None:
        """Adds an employee class; the API cannot show it."""
        self.classes[code] = description or code.title()

    def add_calendar(self, code: str) -> None:
        """Adds a work calendar; the API cannot show it."""
        self.calendars[code] = code

    def add_branch(self, number: str, name: str, active: bool = True) -> None:
        """Adds a branch."""
        number = str(number)
        known = self.branches.get(number)
        branch_id = known.branch_id if known else len(self.branches) + 1
        self.branches[number] = Branch(number, name, branch_id, active, self.version())

    def set_branch_active(self, number: str, active: bool) -> None:
        """Opens or closes a branch; no employee may be put on a closed one."""
        self.add_branch(number, self.branches[str(number)].name, active)

    def add_cost_centre(self, value: str, description: str = "") -> None:
        """Adds a value to the cost-centre segment."""
        value = str(value)
        if len(value) > self.cost_centres.length:
            raise ValueError(f"cost centre {value} is longer than {self.cost_centres.length}")
        self.cost_centres.values[value] = SegmentValue(value, description or value, self.version())
        self.cost_centres.version = self.version()

    def set_cost_centre_active(self, value: str, active: bool) -> None:
        """Opens or closes a cost centre."""
        known = self._cost_centre(value)
        known.is_active, known.version = active, self.version()
        self.cost_centres.version = self.version()

    def add_department(
        self,
        id: str,  # noqa: A002  (the finance screens' own word)
        description: str = "",
        cost_centre: str | None = None,
        account: str = "5010",
    ) -> None:
        """Adds a department whose expenses go to a cost centre, if one is named."""
        segments = {self.cost_centre_segment: str(cost_centre)} if cost_centre else {}
        self.write_department(id, description or id, account, segments)

    def set_department_cost_centre(
        self,
        id: str,  # noqa: A002  (the finance screens' own word)
        value: str | None,
    ) -> None:
        """Points a department's expenses at another cost centre, or at none."""
        department = self.departments[id.upper()]
        if value is None:
            department.subaccount, department.version = "", self.version()
            return
        self.write_department(
            id, department.description, department.account, {self.cost_centre_segment: str(value)}
        )

    def add_subaccount(self, number: str, description: str = "", active: bool = True) -> None:
        """Adds a combination of segment values."""
        value = self.cost_centres.values.get(number[: self.cost_centres.length].strip())
        described = description or (value.description if value else number)
        count = len(self.subaccounts) + 1
        self.subaccounts[number] = Subaccount(number, count, described, active, self.version())

    def set_subaccount_active(self, number: str, active: bool) -> None:
        """Opens or closes a combination of segment values."""
        known = self.subaccounts[number]
        known.is_active, known.version = active, self.version()

    def add_employee(self, code: str, **fields: Any) -> dict[str, Any]:
        """Enters an employee by hand; what is not said takes the company's first choice."""
        first: Mapping[str, Mapping[str, Any]] = {
            "department": self.departments, "employeeClass": self.classes,
            "branch": self.branches, "calendar": self.calendars,
        }  # fmt: skip
        choices = {name: next(iter(register), "") for name, register in first.items()}
        person = {"contact.lastName": "Utfylt", "contact.email": f"{code}@example.no"}
        return self.create_employee(code, {**choices, **person, **write_fields(fields)}).row

    def edit_employee(self, code: str, **fields: Any) -> dict[str, Any]:
        """Changes an employee by hand, by read names nested or dotted; the row version moves."""
        return self.update_employee(self._existing(code), write_fields(fields)).row

    def remove_employee(self, code: str) -> None:
        """Deletes an employee by hand; its internal id is never given again."""
        del self._employees[_key(self._existing(code).code)]

    def renumber_employee(self, code: str, new_code: str) -> dict[str, Any]:
        """Gives an employee another code by hand."""
        internal_id = self._existing(code).row["employeeId"]
        return self.rename_employee(internal_id, new_code).row

    def refuse(self, employee_code: str, field: str, status: int = 400) -> None:
        """Refuses every write of one employee, because of this field, until `accept`."""
        self._refusals[_key(employee_code)] = (field, status)

    def accept(self, employee_code: str) -> None:
        """Ends a refusal."""
        self._refusals.pop(_key(employee_code), None)

    def employees(self) -> list[dict[str, Any]]:
        """Every employee as the API reads it."""
        return [employee.row for employee in list(self._employees.values())]

    def employee(self, code: str) -> dict[str, Any]:
        """The employee with this code as the API reads it."""
        return self._existing(code).row

    def find_employee(self, code: str) -> Employee | None:
        """The employee with this code; case and padding do not matter."""
        return self._employees.get(_key(code))

    def create_employee(self, code: str, fields: Fields) -> Employee:
        """Adds an employee if everything that it names exists."""
        code = code.strip()
        self._raise_if_refused(code, "inserting")
        if not code or len(code) > self.employee_key_length:
            reason = f"'EmployeeCd' '{code}' does not fit the {self.employee_key_length} characters"
            raise RefusedError(story("inserting", "Employee", "EmployeeCd", reason))
        self._raise_if_too_long(fields, "inserting")
        fields = {"status": "Active", **fields}
        for name in REQUIRED:
            fields.setdefault(name, "")
        employee = Employee(code, self._ever_entered + 1, {}, self.version())
        self._write(employee, fields, "inserting")
        self._employees[_key(code)] = employee
        self._ever_entered += 1
        return employee

    def update_employee(self, employee: Employee, fields: Fields) -> Employee:
        """Changes the fields that are sent and leaves the others alone."""
        self._raise_if_refused(employee.code, "updating")
        self._raise_if_too_long(fields, "updating")
        self._write(employee, fields, "updating")
        return employee

    def rename_employee(self, internal_id: int, code: str) -> Employee:
        """Gives an employee another code, if no one has it."""
        found = [each for each in self._employees.values() if each.row["employeeId"] == internal_id]
        if not found or self.find_employee(code) or len(code) > self.employee_key_length:
            raise RefusedError(story("updating", "Employee", "EmployeeCd", f"'{code}' is no use."))
        (employee,) = found
        del self._employees[_key(employee.code)]
        employee.code = code.strip()
        self._employees[_key(code)] = employee
        self._write(employee, {}, "updating")
        return employee

    def write_department(
        self, code: str, description: str | None, account: str | None, segments: Mapping[int, str]
    ) -> Department:
        """Adds a department or changes one; what is None or not among the segments stays."""
        code = code.strip().upper()
        known = self.departments.get(code)
        if account and account not in self.accounts:
            reason = f"'Account' '{account}' cannot be found in the system."
            raise RefusedError(story("updating", "Department", "ExpenseAccount", reason))
        subaccount = known.subaccount if known else ""
        if segments:
            subaccount = self._composed(segments, subaccount)
        self.departments[code] = Department(
            code,
            description if description is not None else (known.description if known else code),
            account if account is not None else (known.account if known else ""),
            subaccount,
            self.version(),
        )
        return self.departments[code]

    def version(self) -> Version:
        """A row version higher than every one before."""
        self._versions += 1
        return Version(self._versions, self.clock.stamp())

    def _write(self, employee: Employee, fields: Fields, action: str) -> None:
        sent = {name: self._checked(name, value, action) for name, value in fields.items()}
        if self.formats:
            sent = {name: formatted(name, value) for name, value in sent.items()}
        employee.fields = {**employee.fields, **sent}
        employee.version = self.version()
        branch = self.branches[employee.fields["branch"]]
        class_name = self.classes[employee.fields["employeeClass"]]
        department = employee.fields["department"]
        employee.row = read_shape(employee, class_name, branch.name, department)

    def _checked(self, name: str, value: str, action: str) -> str:
        shown = SHOWN_FIELDS.get(name, name)
        if not value and name in REQUIRED:
            raise RefusedError(story(action, "Employee", shown, f"'{shown}' cannot be empty."))
        allowed = self._allowed(name)
        if allowed is None or not value:
            return value
        # Keys of the company's own registers are upper case; enums and ISO codes are exact.
        is_own_key = isinstance(allowed, dict)
        found = value.upper() if is_own_key and value not in allowed else value
        if found not in allowed:
            reason = f"'{shown}' '{value}' cannot be found in the system."
            raise RefusedError(story(action, "Employee", shown, reason))
        if name == "branch" and not self.branches[found].is_active:
            raise RefusedError(story(action, "Employee", shown, f"Branch '{value}' is inactive."))
        return found

    def _allowed(self, name: str) -> Container[str] | None:
        registers: dict[str, Container[str]] = {
            "department": self.departments,
            "branch": self.branches,
            "employeeClass": self.classes,
            "calendar": self.calendars,
            "status": STATUSES,
            "address.countryId": COUNTRIES,
        }
        return registers.get(name)

    def _raise_if_refused(self, code: str, action: str) -> None:
        if refusal := self._refusals.get(_key(code)):
            field, status = refusal
            reason = f"'{field}' is not acceptable for this employee."
            raise RefusedError(story(action, "Employee", field, reason), status)

    def _raise_if_too_long(self, fields: Fields, action: str) -> None:
        for name, longest in self.longest.items():
            if len(str(fields.get(name) or "")) > longest:
                field = name.rpartition(".")[2]
                raise RefusedError(story(action, "Employee", field, "The text is too long."))

    def _existing(self, code: str) -> Employee:
        employee = self.find_employee(code)
        if employee is None:
            raise KeyError(f"company {self.key} has no employee {code}")
        return employee

    def _cost_centre(self, value: str) -> SegmentValue:
        if str(value) not in self.cost_centres.values:
            raise KeyError(f"company {self.key} has no cost centre {value}")
        return self.cost_centres.values[str(value)]

    def _composed(self, sent: Mapping[int, str], before: str) -> str:
        number, at = "", 0
        for segment in self.dimensions["SUBACCOUNT"].segments.values():
            kept = before[at : at + segment.length] or "0" * segment.length
            value = sent.get(segment.number, kept)
            known = segment.values.get(value)
            if segment.number in sent and (known is None or not known.is_active):
                reason = f"{value} of {segment.description} of Subaccount do not exist"
                raise RefusedError(story("updating", "Department", "ExpenseSubaccount", reason))
            number += value.ljust(segment.length)
            at += segment.length
        return self._ensured(number)

    def _ensured(self, number: str) -> str:
        if number not in self.subaccounts:
            if not self.allows_new_subaccounts:
                reason = f"Subaccount {number} cannot be found in the system."
                raise RefusedError(story("updating", "Department", "ExpenseSubaccount", reason))
            self.add_subaccount(number)
        return number

    def _add_dimension(self, name: str, description: str, lengths: Iterable[int]) -> None:
        segments = {
            number: Segment(number, f"{description} {number}", length, self.version())
            for number, length in enumerate(lengths, start=1)
        }
        self.dimensions[name] = Dimension(name, description, segments)


def story(action: str, what: str, field: str, reason: str) -> str:
    """A refusal in Visma's own long words."""
    return (
        f"VismaId: {uuid4()}. Error {action} the {what}. "
        f"An error occurred during processing of the field {field} : Error: {reason}"
    )


def _key(code: str) -> str:
    return code.strip().upper()


def formatted(name: str, value: str) -> str:
    """A text in the form in which some companies keep it."""
    if name == "contact.email":
        return value.lower()
    if name.startswith("contact.phone"):
        return value.replace(" ", "")
    if name == "address.postalCode":
        return value.replace(" ", "")
    is_name = name in ("contact.firstName", "contact.lastName", "address.addressLine1")
    return value[:30] if is_name else value
