"""Where what foretells is joined: the writer's own services over adapters that send nothing.

Imports stand inside the builders, so that a cold start loads only what its function needs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.adapters.foresight import WitnessLedger
    from connector.bootstrap.parts import Adapters, Options
    from connector.domain.mapping.model import MappingFile
    from connector.ports.clock import Clock
    from connector.services.apply.applier import Applier, Guards
    from connector.services.foresee.foresight import Foresight
    from connector.services.foresee.snapshot import Snapshot


def foresight(adapters: Adapters, options: Options) -> Foresight:
    """The service behind `connector plan`, `apply` and `explain`."""
    from connector.services.foresee.foresight import Foresight
    from connector.services.foresee.snapshot import SnapshotReader
    from connector.services.shared.guarding import GuardCheck

    return Foresight(
        stage=WritersStage(adapters, options),
        snapshots=SnapshotReader(
            adapters.source, adapters.ledger, adapters.targets, adapters.clock
        ),
        ledger=adapters.ledger,
        guard_log=adapters.guard_log,
        guard_check=GuardCheck(
            adapters.ledger, adapters.guard_log, adapters.approvals, adapters.clock
        ),
        clock=adapters.clock,
    )


@dataclass(frozen=True, slots=True)
class WritersStage:
    """The writer's services, over both systems as they are or as they were read."""

    adapters: Adapters
    options: Options

    def live(
        self, mapping: MappingFile, guards: Guards, day: date | None = None
    ) -> tuple[Applier, WitnessLedger]:
        """Over both systems as they are, each person read alone; as if it were that day."""
        from connector.adapters.foresight import WitnessLedger
        from connector.adapters.rehearsal import RehearsalTargets

        targets = RehearsalTargets(self.adapters.targets)
        ledger = WitnessLedger(self.adapters.ledger)
        on_that_day = self._on(day)
        over = replace(on_that_day, targets=targets, ledger=ledger, metrics=Uncounted())
        return self._writer(over, mapping, guards), ledger

    def over(
        self, snapshot: Snapshot, mapping: MappingFile, guards: Guards, day: date | None = None
    ) -> tuple[Applier, WitnessLedger]:
        """Over what was read of everyone; as if it were that day."""
        from connector.adapters.foresight import SnapshotLedger, SnapshotSource, SnapshotTargets

        source = SnapshotSource(self.adapters.source, snapshot.employments)
        targets = SnapshotTargets(self.adapters.targets, snapshot.employees, snapshot.partial)
        ledger = SnapshotLedger(
            self.adapters.ledger, snapshot.persons, snapshot.links, snapshot.owners
        )
        over = replace(
            self._on(day), source=source, targets=targets, ledger=ledger, metrics=Uncounted()
        )
        return self._writer(over, mapping, guards), ledger

    def _on(self, day: date | None) -> Adapters:
        """The adapters, their clock at noon of a day where one is asked for."""
        if day is None:
            return self.adapters
        return replace(self.adapters, clock=OnDay(self.adapters.clock, day))

    def _writer(self, over: Adapters, mapping: MappingFile, guards: Guards) -> Applier:
        from connector.bootstrap.services import applier, catalogues_of
        from connector.services.apply.desired import EmployeeDesigner

        # The age of a catalogue goes by the real clock: what is read is shared with the writer.
        return replace(
            applier(over, self.options),
            designer=EmployeeDesigner(catalogues_of(self.adapters)),
            guard_check=guards,
            mapping=InHand(mapping),
        )


class Uncounted:
    """Counts nothing: what is foretold has not happened."""

    def count(self, name: str, value: float = 1) -> None:
        """Counts nothing."""

    def gauge(self, name: str, value: float, **dimensions: str) -> None:
        """Shows nothing."""


@dataclass(frozen=True, slots=True)
class OnDay:
    """A clock that stands at noon of a day; how long the invocation may work, the real one says."""

    clock: Clock
    day: date

    def now(self) -> datetime:
        """Noon of that day: the same day in every zone that a company may have."""
        return datetime.combine(self.day, time(12), UTC)

    def remaining_seconds(self) -> float:
        """How long this invocation may still work."""
        return self.clock.remaining_seconds()


@dataclass(frozen=True, slots=True)
class InHand:
    """A mapping that is in force for what is foretold, whether it has been imported or not."""

    mapping: MappingFile

    def load(self, *, is_about_an_edit: bool = False) -> MappingFile:
        """The mapping."""
        return self.mapping

    def version(self) -> str:
        """None: what is foretold is not put on record."""
        return ""
