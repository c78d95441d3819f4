"""The guards of something that is only foretold: they note what they are asked, and judge at last.

What is held already is judged as the writer judges it; the rest as a run that queues all of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from connector.domain.changes import Change
from connector.domain.foresight.foreseen import Foreseen, kind_in
from connector.domain.guards import ChangeKind, Proposal, Run, judge
from connector.domain.mapping.model import MappingFile
from connector.domain.records.ledger import EmployeeLink, Record
from connector.ports.guard_log import GuardLog
from connector.ports.ledger import Ledger
from connector.services.shared.guarding import GuardCheck, limits

RUN = "plan"


@dataclass(slots=True)
class AskedGuards:
    """Lets everything pass that is not held, and remembers what it was asked."""

    check: GuardCheck
    asked: dict[tuple[str, str], tuple[ChangeKind, str]] = field(default_factory=dict)

    def is_rejected(self, held: EmployeeLink) -> bool:
        """Whether the operator rejects what is held."""
        return self.check.is_rejected(held)

    def breach(
        self,
        change: Change,
        kind: ChangeKind,
        plan: str,
        company: str,
        record: Record,
        mapping: MappingFile,
    ) -> tuple[str, str] | None:
        """Who holds it where it is held already; no one is counted."""
        self.asked[record.person.id, company] = kind, plan
        link = record.links.get(company)
        if link and link.held_kind == kind.value:
            return self.check.breach(change, kind, plan, company, record, mapping)
        return None


def judged(
    people: Sequence[Foreseen],
    mapping: MappingFile,
    ledger: Ledger,
    guard_log: GuardLog,
    loading: Collection[str],
) -> list[Foreseen]:
    """The same people, those held of whom a guard would not let so many through in a day."""
    wanted: list[Proposal] = [
        (each.company, kind, each.person)
        for each in people
        if each.is_written and (kind := kind_in(each.kind))
    ]
    breaches = judge(
        wanted, limits(mapping, guard_log), ledger.headcount, guard_log.counted, loading
    )
    run = Run(RUN, breaches)

    def after(each: Foreseen) -> Foreseen:
        kind = kind_in(each.kind) if each.is_written else None
        breach = run.holds(each.company, kind) if kind else None
        if breach is None:
            return each
        message = breach.message(RUN).removeprefix(f"run {RUN} ")
        return each.held_by(f"it {message}")

    return [after(each) for each in people]
