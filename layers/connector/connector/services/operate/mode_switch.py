"""Changing the mode: what was left undone meanwhile, a full sweep finds, so one is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from connector.domain.mode import STREAMS, Mode, ModeName
from connector.ports.clock import Clock
from connector.ports.cursors import Cursors
from connector.ports.ledger import Ledger
from connector.ports.queue import QueuedChanges
from connector.ports.state import Mappings, Modes
from connector.services.operate.json_types import JsonObject


@dataclass(frozen=True, slots=True)
class ModeSwitch:
    """The operator's verbs about the mode."""

    modes: Modes
    cursors: Cursors
    queued: QueuedChanges
    mappings: Mappings
    ledger: Ledger
    clock: Clock

    def current(self) -> Mode:
        """The mode there is."""
        return self.modes.current()

    def change(self, name: ModeName, reason: str = "") -> JsonObject:
        """Changes the mode, and has everyone looked at where the connector starts to work.

        Raises:
            ConfigurationError: there is no mapping, or it makes no sense; the mode stays.
        """
        before = self.modes.current()
        if name is not ModeName.OFF and name is not before.name:
            self._ask_for_a_sweep(STREAMS[name])
        now = self.clock.now()
        if name is not before.name or reason:
            self.modes.save(Mode(name, now, reason))
        return {"before": before.name.value, "mode": name.value, "reason": reason}

    def _ask_for_a_sweep(self, stream: str) -> None:
        """What lay on the queue while it was off has come to nothing: nobody counts as queued."""
        loading = [
            company
            for company in self.mappings.load().companies
            if not self.ledger.headcount(company, 1)
        ]
        sweep = self.cursors.cursor(f"{stream} sweep")
        if sweep.started is None:
            self.cursors.save(sweep.begun(self.clock.now(), loading))
        self.queued.save({})
