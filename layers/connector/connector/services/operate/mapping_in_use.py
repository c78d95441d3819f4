"""Holds the employee classes and calendars of a mapping against those that Visma's employees have.

Visma has no list of either, so that a code which nobody has may be right all the same: it cannot be
checked. Where nobody is in Visma yet, nothing is known and nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from connector.domain.catalogue import canonical
from connector.domain.employees import Employee
from connector.domain.mapping.base import did_you_mean
from connector.domain.mapping.model import CompanyRules

MOST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class InUse:
    """The classes and calendars that the employees of a company have."""

    classes: frozenset[str] = frozenset()
    calendars: frozenset[str] = frozenset()

    @classmethod
    def by(cls, employees: Iterable[Employee]) -> InUse:
        """Those of these employees."""
        classes, calendars = set(), set()
        for employee in employees:
            classes.add(employee.fields.get("employee_class", ""))
            calendars.add(employee.fields.get("calendar", ""))
        return cls(frozenset(classes - {""}), frozenset(calendars - {""}))


def unused_codes(rules: CompanyRules, in_use: InUse) -> Iterator[str]:
    """A sentence for each class and calendar of the mapping that nobody in Visma has."""
    classes = [rule.employee_class for rule in rules.employee_classes]
    calendars = [row.calendar for row in rules.locations]
    yield from _unused("employee class", [*classes, rules.defaults.employee_class], in_use.classes)
    yield from _unused("calendar", [*calendars, rules.defaults.calendar], in_use.calendars)


def _unused(what: str, named: Iterable[str | None], used: frozenset[str]) -> Iterator[str]:
    known = {canonical(code) for code in used}
    for code in dict.fromkeys(filter(None, named)):
        if known and canonical(code) not in known:
            listed = ", ".join(sorted(used)[:MOST_SHOWN])
            yield (
                f"{what} {code} cannot be checked: Visma has no list of these, and nobody has it"
                f"{did_you_mean(code, used)}; in use are {listed}"
            )
