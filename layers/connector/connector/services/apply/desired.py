"""What the employee of a working person should be, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, replace

from connector.domain.catalogue import Catalogue, Part
from connector.domain.employees import Fields
from connector.domain.facts import UNKNOWN, shown
from connector.domain.mapping.model import CompanyRules
from connector.domain.people import Worker
from connector.domain.placement import (
    NOTHING_REMEMBERED,
    Missing,
    MissingKind,
    Placement,
    Remembered,
    resolve_placement,
)
from connector.domain.planning import desired_fields, problem_with
from connector.services.apply.context import ChangeContext
from connector.services.shared.catalogues import Catalogues


@dataclass(frozen=True, slots=True)
class DesiredEmployee:
    """An employee as the mapping makes it; `problem` is what makes creating it impossible."""

    rules: CompanyRules
    placement: Placement
    fields: Fields
    code: str | None
    problem: str | None

    @property
    def company(self) -> str:
        """The company it belongs to."""
        return self.placement.company


@dataclass(frozen=True, slots=True)
class EmployeeDesigner:
    """Works out the desired employee, and looks up in Visma whatever seems to be missing."""

    catalogues: Catalogues

    def desired(self, context: ChangeContext) -> DesiredEmployee:
        """The employee that a decision to write asks for."""
        worker, company = context.worker, context.decision.company
        if worker is None or company is None:
            raise AssertionError("a decision to write names a worker and a company")
        rules = context.mapping.companies[company]
        link = context.link(company)
        exists = link is not None and link.exists
        # Only an employee can be left as it is; whoever has none waits for what is not shown.
        remembered = NOTHING_REMEMBERED
        if link is not None and exists:
            placed = context.record.person.placement
            remembered = Remembered.of(placed, company, link.written)
        placement, catalogue = self.placed(company, rules, worker, remembered)
        code = rules.code_for(worker.id, worker.facts)
        fields = desired_fields(worker, placement, rules)
        if code is UNKNOWN and not exists:
            missing = Missing(MissingKind.FACT, "number")
            placement = replace(placement, missing=(*placement.missing, missing))
        problem = None if exists else problem_with_new(shown(code), fields, catalogue)
        return DesiredEmployee(rules, placement, fields, shown(code), problem)

    def placed(
        self, company: str, rules: CompanyRules, worker: Worker, remembered: Remembered
    ) -> tuple[Placement, Catalogue]:
        """Where a worker belongs; nothing counts as missing before Visma was asked for it."""
        who = company, rules, worker.facts
        catalogue = self.catalogues.current(company, rules)
        placement = resolve_placement(*who, catalogue, worker.pay, remembered=remembered)
        checked: frozenset[Part] = frozenset()
        while in_question := placement.parts_in_question - checked:
            # With one item found, the next may turn out to be missing: it is looked up as well.
            catalogue = self.catalogues.checked(company, rules, in_question)
            placement = resolve_placement(*who, catalogue, worker.pay, remembered=remembered)
            checked |= in_question
        return placement, catalogue


def problem_with_new(code: str | None, fields: Fields, catalogue: Catalogue) -> str | None:
    """Why a new employee cannot be created, or None."""
    if problem := catalogue.problem_with_code(code):
        return problem
    field = problem_with(fields)
    return f"{field[0]}: {field[1]}" if field else None
