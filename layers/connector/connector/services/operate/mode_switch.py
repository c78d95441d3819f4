"""Changing the mode: what was left undone meanwhile, a full sweep finds, so one is asked for.

It does not find whom an edit of the mapping touches in a way that nobody is placed otherwise by:
such an edit does not count as handled any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connector.domain.errors import ConfigurationError
from connector.domain.records.mode import STREAMS, Mode, ModeName
from connector.ports.clock import Clock
from connector.ports.cursors import Cursors
from connector.ports.ledger import Ledger
from connector.ports.queue import ChangeQueue, QueuedChanges
from connector.ports.state import Mappings, MappingVersions, Modes
from connector.services.operate.json_types import JsonObject
from connector.services.shared.current_mode import BELIEVED_SECONDS

SETTLES_SECONDS = BELIEVED_SECONDS + 1
"""After so long no writer goes by the mode before."""

COUNTED_AFTER = timedelta(minutes=10)
"""After so long at the latest the queue counts what has been put on it."""

LIES_FOR = timedelta(days=4)
"""So long a change may lie on the queue, see `MessageRetentionPeriod` in the template."""

OFF = (
    "the connector is off, and whoever is queued now would not be looked at:"
    " `connector go-live` or `rehearse` first"
)


@dataclass(frozen=True, slots=True)
class ModeSwitch:
    """The operator's verbs about the mode."""

    modes: Modes
    cursors: Cursors
    queue: ChangeQueue
    queued: QueuedChanges
    mappings: Mappings
    versions: MappingVersions
    ledger: Ledger
    clock: Clock
    sleep: Callable[[float], None]

    def is_off(self) -> bool:
        """Whether nothing is to be done by itself."""
        return self.modes.current().name is ModeName.OFF

    def must_not_be_off(self) -> None:
        """Ends an act that would only queue people: the writer drops what it gets while it is off.

        Nor does the full sweep with which it starts again find them: they are as they were.

        Raises:
            ConfigurationError: the connector is off; nothing was done.
        """
        if self.is_off():
            raise ConfigurationError(OFF)

    def change(self, name: ModeName, reason: str = "") -> JsonObject:
        """Changes the mode, and has everyone looked at where the connector starts to work.

        It returns once the mode holds everywhere. The sweep is asked for last: whatever was still
        dealt with in the mode before is found by it.

        Raises:
            ConfigurationError: there is no mapping, or it makes no sense, and the mode stays; or
                somebody else has changed it meanwhile, and theirs holds.
        """
        before, now = self.modes.current(), self.clock.now()
        starts = name is not ModeName.OFF and name is not before.name
        companies = self.mappings.load().companies if starts else ()
        if name is not before.name or reason:
            self.modes.save(Mode(name, now, reason))
        if name is not before.name:
            self.sleep(SETTLES_SECONDS)
            self._leave_edits(before)
            self._must_still_be(name)
        if starts:
            self._ask_for_a_sweep(STREAMS[name], companies)
        return {"before": before.name.value, "mode": name.value, "reason": reason}

    def _must_still_be(self, name: ModeName) -> None:
        """Of two who change the mode at once the later one has it: the other is told so.

        Raises:
            ConfigurationError: it is another by now.
        """
        current = self.modes.current().name
        if current is not name:
            raise ConfigurationError(
                f"the mode was changed to {current.value} meanwhile, and is no longer {name.value}:"
                " look with `connector status`, and say it again if it is still meant"
            )

    def _ask_for_a_sweep(self, stream: str, companies: Iterable[str]) -> None:
        """What lay on the queue while it was off has come to nothing: nobody counts as queued."""
        loading = [company for company in companies if not self.ledger.headcount(company, 1)]
        sweep = self.cursors.cursor(f"{stream} sweep")
        self.cursors.save(sweep.begun(self.clock.now(), loading))
        self.queued.save({})

    def _leave_edits(self, before: Mode) -> None:
        """Leaves an edit that may not have reached Visma to the tick with which it starts again.

        What a rehearsal has handled was written nowhere, and whoever lies on the queue because of
        an edit is dealt with in another mode, or not at all.
        """
        handled = self.versions.handled()
        if before.is_off or handled.since is None:
            return  # then no edit is handled
        if self._is_open(handled.since, before):
            self.versions.save_handled(replace(handled, whole={}))

    def _is_open(self, handled: datetime, before: Mode) -> bool:
        age = self.clock.now() - handled
        if before.name is ModeName.REHEARSAL and not (before.since and handled < before.since):
            return True
        return age < COUNTED_AFTER or (age < LIES_FOR and not self.queue.is_empty())
