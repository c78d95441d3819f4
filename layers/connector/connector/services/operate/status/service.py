"""The screen behind `connector status`: read from the connector's own tables, queue and alarms.

No vendor is asked. Each section is read for itself: one that cannot be read hides no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass

from connector.domain.checks import TO_PUT_RIGHT, Check, Level
from connector.domain.errors import ConnectorError
from connector.domain.mapping.naming.apart import all_apart
from connector.domain.records.mode import STREAMS, Mode, ModeName
from connector.domain.status import running
from connector.domain.status.agreement import of_agreements
from connector.domain.status.section import Section, untold
from connector.ports.clock import Clock
from connector.ports.cursors import Cursors
from connector.ports.ledger import Ledger
from connector.ports.payroll.exports import ExportLog
from connector.ports.queue import ChangeQueue
from connector.ports.reference_cache import ReferenceCache
from connector.ports.state import Agreements, Budgets, Mappings, Modes, PollingPauses
from connector.ports.telemetry import Alarms
from connector.services.operate.json_types import JsonObject
from connector.services.operate.status.people import people_section
from connector.services.payroll.unanswered import unanswered


@dataclass(frozen=True, slots=True)
class Status:
    """The service behind `connector status`."""

    modes: Modes
    pauses: PollingPauses
    cursors: Cursors
    agreements: Agreements
    queue: ChangeQueue
    mappings: Mappings
    cache: ReferenceCache
    ledger: Ledger
    budgets: Budgets
    alarms: Alarms
    exports: ExportLog
    clock: Clock
    version: str

    def show(self) -> JsonObject:
        """Every line with its level and what to type next, and the figures behind them."""
        mode = self.modes.current()
        groups = {
            "connector": list(self._connector(mode)),
            "people": [self._told("people", "Who has something open", self._people)],
            "calls": [self._told("calls", "How many calls are left", self._calls)],
        }
        checks = {name: list(_checks(sections)) for name, sections in groups.items()}
        levels = [check.level for lines in checks.values() for check in lines]
        return {
            "version": self.version,
            "checked_at": self.clock.now().isoformat(timespec="seconds"),
            "figures": {
                name: value
                for sections in groups.values()
                for section in sections
                for name, value in section.figures.items()
            },
            "groups": [
                {"group": name, "checks": [asdict(check) for check in lines]}
                for name, lines in checks.items()
            ],
            "counts": {level.value: levels.count(level) for level in Level},
            "to_put_right": sum(level in TO_PUT_RIGHT for level in levels),
        }

    def _connector(self, mode: Mode) -> Iterator[Section]:
        yield running.of_mode(mode)
        yield self._told("polling", "Whether polling is paused", self._pause)
        yield self._told("mapping", "Whether there is a mapping", self._mapping)
        yield self._told("rows_apart", "Whether rows mean what they say", self._names)
        yield self._told("last_tick", "When the last tick ended", lambda: self._tick(mode))
        yield self._told("last_sweep", "When the last sweep ended", lambda: self._sweep(mode))
        yield self._told("in_step", "What the last full sweep found", lambda: self._in_step(mode))
        yield self._told("queue", "What lies on the queue", self._queue)
        yield self._told("payroll", "Whether every payroll batch was answered", self._exports)
        yield self._told("alarms", "Which alarms ring", self._alarms)

    def _told(self, name: str, what: str, read: Callable[[], Section]) -> Section:
        try:
            return read()
        except ConnectorError as error:
            return untold(name, what, error)

    def _pause(self) -> Section:
        pause = self.pauses.current()
        return running.of_pause(pause.at if pause else None, pause.reason if pause else "")

    def _mapping(self) -> Section:
        """Whether there is one at all: whether it makes sense, `ping` and `mappings check` say."""
        if self.mappings.rows():
            return Section(())
        message = "There is no mapping yet, so that no one can be placed."
        return Section((Check("mapping", Level.BAD, message, "connector mappings import FILE"),))

    def _names(self) -> Section:
        """Whether what rows mean is still called so, as far as it has been seen."""
        if not self.mappings.rows():
            return running.of_names(())
        return running.of_names(list(all_apart(self.cache.names(), self.mappings.load())))

    def _tick(self, mode: Mode) -> Section:
        return running.of_tick(self.cursors.cursor(_stream(mode)), mode, self.clock.now())

    def _sweep(self, mode: Mode) -> Section:
        sweep = self.cursors.cursor(f"{_stream(mode)} sweep")
        return running.of_sweep(sweep, mode, self.clock.now())

    def _in_step(self, mode: Mode) -> Section:
        swept = self.cursors.cursor(f"{_stream(mode)} sweep").ended
        results = (self.agreements.of(company) for company in self._companies())
        return of_agreements([each[-1] for each in results if each], swept)

    def _companies(self) -> list[str]:
        return list(dict.fromkeys(str(row["company"]) for row in self.mappings.rows()))

    def _queue(self) -> Section:
        lengths = self.queue.lengths()
        return running.of_queue(lengths.waiting, lengths.in_flight, lengths.dead)

    def _exports(self) -> Section:
        return running.of_exports(unanswered(self.exports, self.mappings))

    def _alarms(self) -> Section:
        return running.of_alarms(self.alarms.ringing())

    def _people(self) -> Section:
        return people_section(self.ledger, self.mappings, self.clock.now())

    def _calls(self) -> Section:
        names = ("rippling", *(f"visma {company}" for company in self._companies()))
        budgets = {name: self.budgets.known(name) for name in names}
        return running.of_calls(budgets, self.clock.now())


def _checks(sections: Iterable[Section]) -> Iterator[Check]:
    return (check for section in sections for check in section.checks)


def _stream(mode: Mode) -> str:
    return STREAMS.get(mode.name, STREAMS[ModeName.LIVE])
