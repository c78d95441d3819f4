"""Applying a plan: whatever has moved since is refused, the rest is approved and queued.

The plan of an operator's file is believed in nothing but whom it is about and its digests: what
would be done is found out again at this moment.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.domain.changes import Cause
from connector.domain.errors import ConfigurationError, ConflictError
from connector.domain.foresight.foreseen import Foreseen, kind_in
from connector.domain.foresight.wanted import Wanted
from connector.domain.mapping.model import MappingFile
from connector.domain.planning import Outcome
from connector.domain.records.approvals import Approval, OperatorDecision
from connector.domain.records.mode import ModeName
from connector.domain.records.times import timestamp
from connector.ports.approvals import Approvals
from connector.ports.clock import Clock
from connector.ports.ledger import AuditLog, Ledger
from connector.ports.queue import ChangeQueue
from connector.ports.state import Mappings
from connector.services.foresee.deciding import written_down
from connector.services.foresee.foresight import Foresight
from connector.services.operate.json_types import JsonObject
from connector.services.shared.new_change import new_change, new_run

LOOK_SECONDS = 2.0
PATIENCE = timedelta(minutes=5)
"""So long nothing may come to its end before it is no longer waited for."""

MOVED = "not as planned any more: plan again"
SECOND = "needs the word of a second person: have another one apply the same plan"
DONE_ALREADY = "done already"


@dataclass(frozen=True, slots=True)
class Application:
    """The service behind `connector apply` and `sync`."""

    foresight: Foresight
    ledger: Ledger
    approvals: Approvals
    mappings: Mappings
    queue: ChangeQueue
    audit: AuditLog
    clock: Clock
    mode: ModeName
    sleep: Callable[[float], None] = time.sleep

    def begin(self, wanted: Wanted, operator: str = "") -> JsonObject:
        """Approves and queues what is still as planned; whom it is about, and who has moved.

        Raises:
            ConfigurationError: the connector is not live, or nothing of the plan can be applied.
        """
        self.must_be_live()
        mapping = self.mappings.load()
        now = {
            (each.person, each.company): each for each in self.foresight.of_everyone(mapping).people
        }
        started, refused, ready = self.clock.now(), [], []
        for key, digest in wanted.digests.items():
            each = now.get(key)
            if each is not None and each.digest == digest and each.is_to_apply:
                ready.append(each)
                continue
            is_done = each is not None and each.outcome == Outcome.UNCHANGED
            number = wanted.numbers.get(key[0], "")
            why = DONE_ALREADY if is_done else MOVED
            refused.append({"person": key[0], "company": key[1], "number": number, "why": why})
        approved, opposed = self._approved(ready, mapping, operator)
        refused += opposed
        workers = {each.person: each.worker for each in approved}
        edited = {each.person for each in approved if each.is_edited}
        return {**self._queued(started, workers, edited), "refused": refused}

    def sync(self, worker_id: str, person_id: str) -> JsonObject:
        """Has the writer look at one person; the guards are asked as always."""
        self.must_be_live()
        return self._queued(self.clock.now(), {person_id: worker_id})

    def _queued(
        self, started: datetime, workers: Mapping[str, str], edited: Collection[str] = ()
    ) -> JsonObject:
        """Queues a change for each person; by its correlation id the end of each is found.

        Where Visma was edited, the writer has to look there to see what is to be done.
        """
        run = new_run()
        changes = [
            new_change(worker, person, Cause.DRIFT if person in edited else Cause.OPERATOR, run=run)
            for person, worker in workers.items()
        ]
        self.queue.send(changes)
        waiting = {change.correlation_id: change.person_id for change in changes}
        return {
            "started": timestamp(started),
            "run": run,
            "waiting": waiting,
            "refused": [],
            "results": [],
        }

    def follow(self, started: str, progress: str, waiting: Mapping[str, str]) -> JsonObject:
        """What has become of those who were queued at a moment, and who is still waited for.

        It is over once nothing has come to its end for some minutes.
        """
        self.sleep(LOOK_SECONDS)
        now, since = self.clock.now(), datetime.fromisoformat(started)
        rows = [row for row in self._rows_since(since) if row.get("correlation_id") in waiting]
        done = {str(row["correlation_id"]) for row in rows}
        results = [
            {
                "person": row["person"],
                "number": row.get("employee_code", ""),
                "company": row.get("company", ""),
                "outcome": row["outcome"],
                "message": row["message"],
            }
            for row in rows
        ]
        left = {change: person for change, person in waiting.items() if change not in done}
        at = now if results or not progress else datetime.fromisoformat(progress)
        return {
            "started": started,
            "progress": timestamp(at),
            "waiting": left,
            "is_over": now - at > PATIENCE,
            "refused": [],
            "results": results,
        }

    def must_be_live(self) -> None:
        """Raises: ConfigurationError: nothing is written in the mode that the connector is in."""
        if self.mode is not ModeName.LIVE:
            state = "off" if self.mode is ModeName.OFF else "in rehearsal"
            raise ConfigurationError(
                f"the connector is {state}, so that nothing is written: `connector go-live` first"
            )

    def _approved(
        self, ready: Iterable[Foreseen], mapping: MappingFile, operator: str
    ) -> tuple[list[Foreseen], list[JsonObject]]:
        """Who may be written now, and who may not yet."""
        against = [(each, self._against(each, mapping, operator)) for each in ready]
        opposed = [_refused(each, why) for each, why in against if why]
        return [each for each, why in against if not why], opposed

    def _against(self, each: Foreseen, mapping: MappingFile, operator: str) -> str:
        """Writes down that this very change may be made: the writer believes the row alone.

        Why it may not be made yet, else nothing: the company wants the word of a second person, and
        the guard would ask for it, or somebody else decides about it at this moment.
        """
        at, kind = self.clock.now(), kind_in(each.kind)
        link = self.ledger.record(each.person).links.get(each.company)
        if link is not None and link.is_held:
            said = Approval.of(link, OperatorDecision.APPROVE, at, operator)
        elif kind is not None:
            said = Approval.of_plan(each.person, each.company, kind, each.plan, at, operator)
        else:
            return ""
        try:
            on_record = written_down(self.approvals, said)
        except ConflictError as error:
            return str(error)
        approvers = self.foresight.guard_check.approvers(mapping, each.company)
        is_enough = on_record.is_enough(approvers)
        return "" if is_enough or each.is_written else SECOND  # no guard, no word

    def _rows_since(self, since: datetime) -> Iterator[JsonObject]:
        day, today = since.date(), self.clock.now().date()
        while day <= today:
            for row in self.audit.of_day(day):
                if datetime.fromisoformat(str(row["time"])) >= since:
                    yield row
            day += timedelta(days=1)


def _refused(each: Foreseen, why: str) -> JsonObject:
    return {"person": each.person, "company": each.company, "number": each.number, "why": why}
