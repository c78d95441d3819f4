"""What a Visma company has to offer: departments, branches, cost centres, and the employee key."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from connector.domain.employees import DIMENSION


class Part(StrEnum):
    """The parts of a catalogue; each is one call to Visma."""

    DEPARTMENTS = "departments"
    BRANCHES = "branches"
    COST_CENTRES = "cost_centres"
    EMPLOYEE_KEY = "employee_key"


EVERY_PART = tuple(Part)


@dataclass(frozen=True, slots=True)
class Department:
    """A Visma department. `cost_centre` is the segment value its expense sub-account carries.

    `cost_centre` is None where the department has no sub-account or it cannot be taken apart.
    """

    id: str
    description: str = ""
    cost_centre: str | None = None
    expense_account: str | None = None


@dataclass(frozen=True, slots=True)
class EmployeeKey:
    """The form of an employee code: its greatest length, and whether Visma numbers by itself."""

    length: int | None = None
    auto_numbered: bool = False

    @property
    def is_known(self) -> bool:
        """False where Visma shows nothing of it, so that no one knows who numbers employees."""
        return self.length is not None or self.auto_numbered


NO_NUMBER = "Rippling gives no number to make the employee code of"
NUMBERED_BY_VISMA = f"Visma numbers employees by itself; set the {DIMENSION} numbering to manual"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The catalogue of one company. Codes are looked up without regard to case and padding."""

    departments: Mapping[str, Department] = field(default_factory=dict)
    branches: Mapping[str, bool] = field(default_factory=dict)
    cost_centres: Mapping[str, bool] = field(default_factory=dict)
    employee_key: EmployeeKey = EmployeeKey()
    read_at: Mapping[str, datetime] = field(default_factory=dict)

    def department(self, code: str) -> Department | None:
        """The department with this id."""
        return self.departments.get(canonical(code))

    def expense_account(self, department: str | None) -> str | None:
        """The ledger account that a department's costs go to, where Visma names one."""
        known = self.department(department or "")
        return known.expense_account if known else None

    def has_branch(self, code: str) -> bool:
        """True where the branch exists and is active."""
        return self.branches.get(canonical(code), False)

    def has_cost_centre(self, code: str) -> bool:
        """True where the segment value exists and is active."""
        return self.cost_centres.get(canonical(code), False)

    def problem_with_code(self, code: str | None, name: str = "") -> str | None:
        """Why a new employee cannot have this code, or None; `name` stands for the code itself."""
        if code is None:
            return NO_NUMBER
        if not can_be_a_code(code):
            subject = name or f"employee code {code!a}"
            return f"{subject} has characters that no employee code may have"
        length = self.employee_key.length
        if length and len(code) > length:
            subject = name or f"employee code {code}"
            return f"{subject} is longer than Visma's {DIMENSION} key ({length} characters)"
        if self.employee_key.auto_numbered:
            return NUMBERED_BY_VISMA
        return None

    def stale_parts(
        self, now: datetime, *, older_than: float, of: Iterable[Part] = EVERY_PART
    ) -> tuple[Part, ...]:
        """The parts that were never read, or `older_than` seconds ago or longer."""
        return tuple(
            part
            for part in of
            if part not in self.read_at or (now - self.read_at[part]).total_seconds() >= older_than
        )

    def merged(self, parts: Mapping[Part, Any], now: datetime) -> Catalogue:
        """This catalogue with some of its parts read again."""
        return Catalogue(
            departments=parts.get(Part.DEPARTMENTS, self.departments),
            branches=parts.get(Part.BRANCHES, self.branches),
            cost_centres=parts.get(Part.COST_CENTRES, self.cost_centres),
            employee_key=parts.get(Part.EMPLOYEE_KEY, self.employee_key),
            read_at={**self.read_at, **dict.fromkeys(parts, now)},
        )


def can_be_a_code(code: str) -> bool:
    """Whether a text can be an employee's code: no path of its own, and no characters in disguise.

    `.` and `..` would name another address; marks that do not show, and second forms of a letter
    or a digit, would look like somebody else's code.
    """
    is_plain = code.isprintable() and unicodedata.normalize("NFKC", code) == code
    return is_plain and not is_a_step(code)


def is_a_step(code: str) -> bool:
    """True for what a path takes for a step within it, not for a name."""
    return code.strip() in ("", ".", "..")


def canonical(code: str) -> str:
    """The form in which codes are compared: Visma pads them and knows no case."""
    return code.strip().upper()
