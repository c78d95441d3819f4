"""The operator's decision about those whom a guard holds: who they are, and approve or reject."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from connector.domain.changes import Cause
from connector.domain.errors import ConfigurationError
from connector.domain.guards import ChangeKind
from connector.domain.planning import Outcome
from connector.domain.records.approvals import Approval, OperatorDecision
from connector.domain.records.ledger import EmployeeLink
from connector.ports.approvals import Approvals
from connector.ports.clock import Clock
from connector.ports.guard_log import GuardLog
from connector.ports.ledger import Ledger
from connector.ports.queue import ChangeQueue
from connector.ports.state import Mappings
from connector.services.operate.json_types import Arguments, JsonObject
from connector.services.shared.new_change import new_change


@dataclass(frozen=True, slots=True)
class HeldPeople:
    """Lists and releases. Nothing is decided here: the writer looks at each person again."""

    ledger: Ledger
    mappings: Mappings
    queue: ChangeQueue
    approvals: Approvals
    guard_log: GuardLog
    clock: Clock

    def show(self, _: Arguments) -> JsonObject:
        """Who is held, what would be done to them, and by the guard of which run."""
        return {"rows": [_described(link) for link in self._all()], "windows": self._windows()}

    def _windows(self) -> list[JsonObject]:
        """How many people were changed within the last day, of every kind that was."""
        return [
            {"company": company, "kind": kind.value, "people": count}
            for company in self.mappings.load().companies
            for kind in ChangeKind
            if (count := len(self.guard_log.counted(company, kind)))
        ]

    def approve(self, arguments: Arguments) -> JsonObject:
        """Lets the writer do what was held, for named people or for one run."""
        return self._say(OperatorDecision.APPROVE, arguments)

    def reject(self, arguments: Arguments) -> JsonObject:
        """Has named people, or one run, left as they are until Rippling says something new."""
        return self._say(OperatorDecision.REJECT, arguments)

    def _say(self, decision: OperatorDecision, arguments: Arguments) -> JsonObject:
        run, people = arguments.get("run"), [str(each) for each in arguments.get("people") or ()]
        if not run and not people:
            raise ConfigurationError(
                f"{decision}: name a run or people; `connector held` lists them"
            )
        held = list(self._all())
        chosen = [each for each in held if each.held_run == run or _names(each) & set(people)]
        known = {name for each in held for name in _names(each)}
        return {"queued": self._decide(decision, chosen), "unknown": sorted(set(people) - known)}

    def _decide(self, decision: OperatorDecision, held: Iterable[EmployeeLink]) -> int:
        """Writes the decision down first: the writer believes the row, and no message."""
        changes = []
        for link in held:
            self.approvals.save(Approval.of(link, decision, self.clock.now()))
            changes.append(new_change(link.worker_id, link.person_id, Cause.OPERATOR))
        return self.queue.send(changes)

    def _all(self) -> Iterator[EmployeeLink]:
        for company in self.mappings.load().companies:
            yield from _held(self.ledger.links(company))


def _held(links: Iterable[EmployeeLink]) -> Iterator[EmployeeLink]:
    return (link for link in links if link.outcome is Outcome.HELD)


def _names(link: EmployeeLink) -> set[str]:
    names = {link.person_id, link.employee_code, link.expected_code}
    return {name for name in names if name}


def _described(link: EmployeeLink) -> JsonObject:
    return {
        "company": link.company,
        "person": link.person_id,
        "employee_code": link.employee_code or link.expected_code,
        "kind": link.held_kind,
        "run": link.held_run,
        "since": link.since.isoformat(timespec="seconds"),
        "reason": link.reason,
    }
