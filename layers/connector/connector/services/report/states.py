"""The section about the connector itself: from its own tables and queue, no vendor is asked."""

from __future__ import annotations

from dataclasses import dataclass

from connector.domain.records.mode import STREAMS, ModeName
from connector.domain.report import running
from connector.domain.report.period import Period
from connector.domain.report.running import State
from connector.domain.report.sheet import Section
from connector.ports.clock import Clock
from connector.ports.cursors import Cursors
from connector.ports.payroll.exports import ExportLog
from connector.ports.queue import ChangeQueue
from connector.ports.state import Mappings, Modes, PollingPauses
from connector.services.payroll.unanswered import unanswered


@dataclass(frozen=True, slots=True)
class Running:
    """Whether all of the month has been dealt with."""

    modes: Modes
    pauses: PollingPauses
    cursors: Cursors
    queue: ChangeQueue
    exports: ExportLog
    mappings: Mappings
    clock: Clock
    key: str = running.KEY
    title: str = running.TITLE

    def section(self, period: Period) -> Section:
        """The state of this moment."""
        pause, lengths = self.pauses.current(), self.queue.lengths()
        sweep = self.cursors.cursor(f"{STREAMS[ModeName.LIVE]} sweep")
        known = State(
            self.clock.now(),
            self.modes.current(),
            pause.reason if pause else "",
            sweep.ended,
            lengths.waiting + lengths.in_flight,
            lengths.dead,
            len(unanswered(self.exports, self.mappings)),
        )
        return running.state(known, period)
