"""Why one person is as they are in Visma: each step of the writer, what it saw and what it decided.

The steps are the writer's own, over adapters that send nothing. Business facts stand in clear,
personal ones are not shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from connector.domain.changes import Cause
from connector.domain.decisions import LOST, Action
from connector.domain.errors import ConnectorError
from connector.domain.facts import UNKNOWN, Fact, Named, shown
from connector.domain.foresight.foreseen import Foreseen
from connector.domain.mapping.model import MappingFile
from connector.domain.people import Worker
from connector.domain.placement import Placement
from connector.services.apply.context import ChangeContext
from connector.services.apply.desired import DesiredEmployee
from connector.services.foresee.beside import Beside, beside, cause_of
from connector.services.foresee.foresight import Foresight, Subject, foreseen
from connector.services.foresee.guards import AskedGuards, judged
from connector.services.foresee.people import Found
from connector.services.shared.new_change import new_change

DECIDED = {
    Action.WRITE: "belongs in {company}",
    Action.LEAVE: "has left: the employee is to be inactive",
    Action.SCHEDULE: "nothing before {due_on}",
    Action.IGNORE: "is none of ours",
    Action.KEEP: "stays as is",
    Action.WAIT: "waits until it can be told where they belong",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, what it saw, and what came of it."""

    name: str
    saw: tuple[str, ...]
    decided: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that leads to what would be done about one person now.

    `is_edited` says that it is done for what was edited in Visma, which no tick looks at. `is_gone`
    says that nothing is done about somebody who is active in Visma, until a person does something.
    `is_unread` says that Visma could not be asked about an employee.
    """

    person: str
    steps: tuple[Step, ...]
    foreseen: tuple[Foreseen, ...]
    is_edited: bool = False
    is_gone: bool = False
    is_unread: bool = False

    def to_json(self) -> dict[str, Any]:
        """The form for a program."""
        return {
            "person": self.person,
            "steps": [asdict(each) for each in self.steps],
            "foreseen": [each.to_json() for each in self.foreseen],
            "is_edited": self.is_edited,
            "is_gone": self.is_gone,
            "is_unread": self.is_unread,
        }


def explain(foresight: Foresight, mapping: MappingFile, found: Found) -> Explanation:
    """What the writer sees and decides about a person at this moment; nothing is written.

    Raises:
        ConnectorError: the ledger or Rippling does not answer.
    """
    guards = AskedGuards(foresight.guard_check)
    applier, witness = foresight.stage.live(mapping, guards)
    person, record = found.record.person.id, found.record
    employees = list(beside(applier.employee_writer.targets, record, mapping.companies))
    cause = cause_of(employees)
    context = applier.reader.read(new_change(found.worker_id, person, cause), mapping)
    steps = [_in_ledger(found), _in_rippling(context), _decided(context)]
    if context.decision.action is Action.WRITE:
        steps.append(_mapped(lambda: applier.designer.desired(context)))
    ends = list(foreseen(applier, witness, guards, Subject.of(found), cause))
    ends = judged(ends, mapping, foresight.ledger, foresight.guard_log, ())
    if told := tuple(each.told for each in employees if each.told):
        steps.append(Step("visma", told))
    steps += [_in_visma(context, each) for each in ends]
    return Explanation(
        person,
        tuple(steps),
        tuple(ends),
        is_edited=cause is Cause.DRIFT,
        is_gone=_is_gone(context, employees),
        is_unread=any(each.problem for each in employees),
    )


def _is_gone(context: ChangeContext, employees: Sequence[Beside]) -> bool:
    """Whether somebody who is active in Visma is left as they are, for Rippling shows too little.

    In a company that the mapping lost, Visma was not asked, and the ledger says who is active.
    """
    asked = {each.link.company for each in employees}
    is_active = any(each.is_active for each in employees) or not asked.issuperset(
        context.record.active_in
    )
    return is_active and context.decision.reason in LOST


def _in_ledger(found: Found) -> Step:
    record = found.record
    if not record.is_known:
        return Step("ledger", ("never dealt with",))
    saw = []
    for company, link in sorted(record.links.items()):
        code = link.employee_code or f"no employee yet, {link.expected_code or 'no code'} expected"
        since = f"{link.since:%Y-%m-%d %H:%M} UTC"
        reason = f": {link.reason}" if link.reason else ""
        saw.append(f"{company}: {code}, {link.outcome.value} since {since}{reason}")
    rejected = [link.company for link in record.links.values() if link.is_dropped]
    decided = f"an operator rejected a change in {', '.join(rejected)}" if rejected else ""
    return Step("ledger", tuple(saw) or ("known, and never an employee",), decided)


def _in_rippling(context: ChangeContext) -> Step:
    if not context.workers:
        return Step("rippling", ("Rippling shows no employment of this person",))
    counts = context.worker.id if context.worker else ""
    saw = [
        f"worker {worker.id}{' (counts)' if worker.id == counts else ''}: {_facts(worker)}"
        for worker in context.workers
    ]
    unknown = context.worker.facts.unknown if context.worker else ()
    decided = f"does not show {', '.join(unknown)}".replace("_", " ") if unknown else ""
    return Step("rippling", tuple(saw), decided)


def _facts(worker: Worker) -> str:
    facts = worker.facts
    told = {
        "number": _text(facts.number),
        "first day": _text(facts.start_date),
        "last day": _text(facts.end_date),
        "department": _name(facts.department),
        "location": _name(facts.location),
        "legal entity": _name(facts.legal_entity),
        "employment type": _name(facts.employment_type.named),
    }
    known = [f"{name} {value}" for name, value in told.items() if value]
    return ", ".join([facts.status.value, *known])


def _text(fact: Fact[Any]) -> str:
    return "unknown" if fact is UNKNOWN else str(shown(fact) or "")


def _name(thing: Named) -> str:
    return "unknown" if thing.is_partial and not thing.name else thing.name or ""


def _decided(context: ChangeContext) -> Step:
    decision = context.decision
    decided = DECIDED[decision.action].format(company=decision.company, due_on=decision.due_on)
    if decision.leave_first:
        decided += f", after leaving {', '.join(decision.leave_first)}"
    return Step("scope and company", (decision.reason,) if decision.reason else (), decided)


def _mapped(design: Any) -> Step:
    try:
        desired: DesiredEmployee = design()
    except ConnectorError as error:
        return Step("mapping", (str(error),), "cannot be told")
    placement = desired.placement
    missing = [each.message(desired.company) for each in placement.missing]
    decided = "; ".join(missing) or desired.problem or _placed(placement)
    return Step("mapping", tuple(placement.rules), decided)


def _placed(placement: Placement) -> str:
    told = {
        "department": placement.department,
        "cost centre": placement.cost_centre,
        "branch": placement.branch,
        "employee class": placement.employee_class,
        "calendar": placement.calendar,
    }
    return ", ".join(f"{name} {value}" for name, value in told.items() if value)


def _in_visma(context: ChangeContext, end: Foreseen) -> Step:
    link = context.link(end.company)
    code = link.employee_code if link else None
    saw = [f"{end.company}: employee {code}" if code else f"{end.company}: no employee of theirs"]
    if end.kind:
        saw.append(f"the guard is asked about: {end.kind}")
    return Step("visma", tuple(saw) if end.company else (), end.held or end.foretold)
