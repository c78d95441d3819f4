"""What the poller looks at when Visma has said that something changed there.

It asks Visma and the ledger, never Rippling, and queues what it finds. It is an early start of what
a tick or a sweep does by itself, so whatever fails here is left to them.
"""

from __future__ import annotations

from connector.domain.catalogue import canonical
from connector.domain.changes import Cause
from connector.domain.errors import RetryableError
from connector.domain.ledger import Record
from connector.domain.mapping.model import MappingFile
from connector.ports.ledger import Ledger
from connector.ports.state import Mappings, PollingPauses
from connector.ports.telemetry import Metrics
from connector.ports.visma import Targets
from connector.services.find.drift import has_drifted
from connector.services.find.poller import Summary, paused_by
from connector.services.find.releaser import WaitingReleaser
from connector.services.shared.guarding import ChangeGuard


class Recheck:
    """The service behind a look that somebody asked for."""

    def __init__(
        self,
        *,
        targets: Targets,
        ledger: Ledger,
        mappings: Mappings,
        guard: ChangeGuard,
        releaser: WaitingReleaser,
        pauses: PollingPauses,
        metrics: Metrics,
    ) -> None:
        self._targets = targets
        self._ledger = ledger
        self._mappings = mappings
        self._pauses = pauses
        self._metrics = metrics
        self._guard = guard
        self._releaser = releaser

    def run(self, company: str, employee_code: str | None = None) -> Summary:
        """Looks at one employee, or at what the waiting people of a company wait for.

        Raises:
            ConfigurationError: the mapping or the Visma secret is unusable.
        """
        pause = self._pauses.current()
        if pause:
            return paused_by(pause)
        summary = Summary()
        try:
            mapping = self._mappings.load()
            if company not in mapping.companies:
                summary.problems.append(f"the mapping has no company {company}")
            elif employee_code is None:
                self._release(company, mapping, summary)
            else:
                self._check(company, employee_code, mapping, summary)
        except RetryableError as error:
            summary.problems.append(f"{company}: {error}")
        self._metrics.count("ChangesQueued", summary.queued)
        return summary

    def _release(self, company: str, mapping: MappingFile, summary: Summary) -> None:
        released = set(self._releaser.released_in(company, mapping))
        persons = self._ledger.persons(released)
        found = self._guard.assess_known(persons, Cause.RELEASE, mapping)
        summary.released = len(found)
        summary.queued = self._guard.queue(found, mapping)

    def _check(self, company: str, code: str, mapping: MappingFile, summary: Summary) -> None:
        record = self._holder_of(code, company)
        if record is None:
            self._metrics.count("EmployeesUnknown")
            return
        if self._is_edited(record, company, code):
            found = self._guard.assess_known([record.person], Cause.DRIFT, mapping)
            summary.drifted = len(found)
            summary.queued = self._guard.queue(found, mapping)

    def _holder_of(self, code: str, company: str) -> Record | None:
        """Whoever has the employee with this code, by what the ledger remembers."""
        owner = self._ledger.owner_of(code, company)
        record = self._ledger.record(owner) if owner else None
        link = record.links.get(company) if record else None
        held = link.employee_code if link else None
        return record if held and canonical(held) == canonical(code) else None

    def _is_edited(self, record: Record, company: str, code: str) -> bool:
        """Visma tells of our own writes, too: those are known by their version.

        Where Visma cannot say, the writer looks; so it does where the employee is gone.
        """
        try:
            employee = self._targets.company(company).read(code)
        except RetryableError:
            return True
        return employee is None or has_drifted(employee, record.links[company])
