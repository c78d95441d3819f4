"""What a person can wait for, and how it is said to a controller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from connector.domain.catalogue import Part


class MissingKind(StrEnum):
    """The kinds of thing a person can wait for."""

    DEPARTMENT_RULE = "department_rule"
    DEPARTMENT_OR_RULE = "department_or_rule"
    LOCATION_RULE = "location_rule"
    CLASS_RULE = "class_rule"
    CALENDAR = "calendar"
    DEPARTMENT = "department"
    COST_CENTRE = "cost_centre"
    DEPARTMENT_COST_CENTRE = "department_cost_centre"
    BRANCH = "branch"
    FACT = "fact"
    AMBIGUOUS = "ambiguous"
    TWO_ROWS = "two_rows"


WHERE: Mapping[MissingKind, tuple[Part, ...]] = {
    MissingKind.DEPARTMENT_OR_RULE: (Part.DEPARTMENTS,),  # the code may become a department
    MissingKind.DEPARTMENT: (Part.DEPARTMENTS,),
    MissingKind.DEPARTMENT_COST_CENTRE: (Part.DEPARTMENTS,),
    MissingKind.COST_CENTRE: (Part.COST_CENTRES,),
    MissingKind.BRANCH: (Part.BRANCHES,),
}
"""Which parts of the catalogue can make a missing thing appear; the other kinds need a rule."""


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that must exist before a person can be written."""

    kind: MissingKind
    name: str

    def __str__(self) -> str:
        """The key under which the waiting are found: `cost_centre#310`."""
        return f"{self.kind}#{self.name}"

    @classmethod
    def parse(cls, key: str) -> Missing:
        """The thing that a key stands for."""
        kind, _, name = key.partition("#")
        return cls(MissingKind(kind), name)

    def message(self, company: str) -> str:
        """What is missing and what to do about it, for a controller."""
        return _MESSAGES[self.kind].format(name=self.name, company=company)


_MESSAGES: Mapping[MissingKind, str] = {
    MissingKind.DEPARTMENT_RULE: (
        "no row of the mapping of {company} names the Rippling department {name}; add one"
    ),
    MissingKind.DEPARTMENT_OR_RULE: (
        "no row of the mapping of {company} names the Rippling department {name}, and Visma has no"
        " department with the code that Rippling gives; add one or the other"
    ),
    MissingKind.LOCATION_RULE: (
        "no row of the mapping of {company} names the Rippling location {name},"
        " and there is no default branch; add one"
    ),
    MissingKind.CLASS_RULE: (
        "no employee class rule of {company} holds ({name}), and there is no default; add one"
    ),
    MissingKind.CALENDAR: "the mapping of {company} names no calendar ({name}); add a default",
    MissingKind.DEPARTMENT: (
        "Visma ({company}) has no department {name}; add it there, or change the row"
    ),
    MissingKind.COST_CENTRE: (
        "Visma ({company}) has no active cost centre {name}; add it there, or change the row"
    ),
    MissingKind.DEPARTMENT_COST_CENTRE: (
        "in Visma ({company}) the department and the cost centre do not belong together ({name});"
        " correct the department's expense sub-account, or change the row"
    ),
    MissingKind.BRANCH: (
        "Visma ({company}) has no active branch {name}; add it there, or change the row"
    ),
    MissingKind.AMBIGUOUS: (
        "two things in Rippling answer to the row {name} of {company}, and it belongs to the one"
        " that it was imported for, or that was there first; name each of them by its id or"
        " reference code, or write the rows by the names of today and import the file"
    ),
    MissingKind.TWO_ROWS: (
        "rows of the mapping of {company} hold equally and say different things ({name}); give one"
        " of them a condition more"
    ),
    MissingKind.FACT: (
        "Rippling does not show the {name}; give the token the right to read it, or correct what"
        " stands there"
    ),
}
