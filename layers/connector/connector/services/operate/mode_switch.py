"""Changing the mode: what was left undone meanwhile, a full sweep finds, so one is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from connector.domain.records.mode import STREAMS, Mode, ModeName
from connector.ports.clock import Clock
from connector.ports.cursors import Cursors
from connector.ports.ledger import Ledger
from connector.ports.queue import QueuedChanges
from connector.ports.state import Mappings, Modes
from connector.services.operate.json_types import JsonObject
from connector.services.shared.current_mode import BELIEVED_SECONDS

SETTLES_SECONDS = BELIEVED_SECONDS + 1
"""After so long no writer goes by the mode before."""


@dataclass(frozen=True, slots=True)
class ModeSwitch:
    """The operator's verbs about the mode."""

    modes: Modes
    cursors: Cursors
    queued: QueuedChanges
    mappings: Mappings
    ledger: Ledger
    clock: Clock
    sleep: Callable[[float], None]

    def is_off(self) -> bool:
        """Whether nothing is to be done by itself."""
        return self.modes.current().name is ModeName.OFF

    def change(self, name: ModeName, reason: str = "") -> JsonObject:
        """Changes the mode, and has everyone looked at where the connector starts to work.

        It returns once the mode holds everywhere. The sweep is asked for last: whatever was still
        dealt with in the mode before is found by it.

        Raises:
            ConfigurationError: there is no mapping, or it makes no sense; the mode stays.
        """
        before, now = self.modes.current(), self.clock.now()
        starts = name is not ModeName.OFF and name is not before.name
        companies = self.mappings.load().companies if starts else ()
        if name is not before.name or reason:
            self.modes.save(Mode(name, now, reason))
        if name is not before.name:
            self.sleep(SETTLES_SECONDS)
        if starts:
            self._ask_for_a_sweep(STREAMS[name], companies)
        return {"before": before.name.value, "mode": name.value, "reason": reason}

    def _ask_for_a_sweep(self, stream: str, companies: Iterable[str]) -> None:
        """What lay on the queue while it was off has come to nothing: nobody counts as queued."""
        loading = [company for company in companies if not self.ledger.headcount(company, 1)]
        sweep = self.cursors.cursor(f"{stream} sweep")
        self.cursors.save(sweep.begun(self.clock.now(), loading))
        self.queued.save({})
