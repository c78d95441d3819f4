"""What the poller checks when Visma has said that something changed there.

It asks Visma and the ledger, never Rippling, and queues what it finds. It is an early start of what
a tick or a sweep does by itself, so whatever fails here is left to them.
"""

from __future__ import annotations

from dataclasses import dataclass

from connector.domain.catalogue import canonical
from connector.domain.changes import Cause
from connector.domain.errors import RetryableError
from connector.domain.mapping.model import MappingFile
from connector.domain.reconciliation import has_drifted
from connector.domain.records.ledger import Record
from connector.ports.ledger import Ledger
from connector.ports.state import Mappings, PollingPauses
from connector.ports.telemetry import Metrics
from connector.ports.visma import Targets
from connector.services.find.batch import Batch, Summary, paused_by
from connector.services.find.releaser import WaitingReleaser
from connector.services.shared.guarding import ChangeGuard


@dataclass(frozen=True, slots=True)
class Recheck:
    """The service behind a re-check."""

    targets: Targets
    ledger: Ledger
    mappings: Mappings
    guard: ChangeGuard
    releaser: WaitingReleaser
    pauses: PollingPauses
    metrics: Metrics

    def run(self, company: str, employee_code: str | None = None) -> Summary:
        """Checks one employee, or what the waiting people of a company wait for.

        Raises:
            ConfigurationError: the mapping or the Visma secret is unusable.
        """
        pause = self.pauses.current()
        if pause:
            return paused_by(pause)
        summary = Summary()
        try:
            mapping = self.mappings.load()
            batch = self._read(company, employee_code, mapping)
            summary += batch.report  # before queueing, which may fail: the answer tells of both
            summary += Summary(queued=self.guard.queue(batch.candidates, mapping))
        except RetryableError as error:
            summary += Summary(problems=[f"{company}: {error}"])
        self.metrics.count("ChangesQueued", summary.queued)
        return summary

    def _read(self, company: str, code: str | None, mapping: MappingFile) -> Batch:
        if company not in mapping.companies:
            return Batch(report=Summary(problems=[f"the mapping has no company {company}"]))
        if code is None:
            return self.releaser.read_company(company, mapping)
        record = self._holder_of(code, company)
        if record is None:
            self.metrics.count("EmployeesUnknown")
            return Batch()
        if not self._is_edited(record, company, code):
            return Batch()
        candidates = self.guard.assess_known([record.person], Cause.DRIFT, mapping)
        return Batch(tuple(candidates), report=Summary(drifted=len(candidates)))

    def _holder_of(self, code: str, company: str) -> Record | None:
        """The person who has the employee with this code, by what the ledger remembers."""
        owner = self.ledger.owner_of(code, company)
        record = self.ledger.record(owner) if owner else None
        link = record.links.get(company) if record else None
        known = link.employee_code if link else None
        return record if known and canonical(known) == canonical(code) else None

    def _is_edited(self, record: Record, company: str, code: str) -> bool:
        """Whether anyone but the connector wrote: its own writes are known by their version.

        Where Visma cannot say, the writer checks; so it does where the employee is gone.
        """
        try:
            employee = self.targets.company(company).read(code)
        except RetryableError:
            return True
        return employee is None or has_drifted(employee, record.links[company])
