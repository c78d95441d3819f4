"""The sections about what happened in the month, made of its rows of the audit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from connector.domain.report import changes, decisions, drift
from connector.domain.report.drift import Disagreement
from connector.domain.report.period import Period
from connector.domain.report.sheet import Section
from connector.services.foresee.agreement import (
    absent_in,
    differing_in,
    found_in,
    lost_in,
    undecided_in,
    unseen_in,
)
from connector.services.report.readings import Readings


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of people in Visma."""

    readings: Readings
    key: str = changes.KEY
    title: str = changes.TITLE

    def section(self, period: Period) -> Section:
        """By kind, cost centre and day."""
        return changes.changes(self.readings.rows(period.month), period)


@dataclass(frozen=True, slots=True)
class BackDated:
    """What should have held before the month began."""

    readings: Readings
    key: str = changes.LATE_KEY
    title: str = changes.LATE_TITLE

    def section(self, period: Period) -> Section:
        """Each such change."""
        return changes.back_dated(self.readings.rows(period.month), period)


@dataclass(frozen=True, slots=True)
class Drift:
    """The comparison of `connector reconcile`, and the edits of the month."""

    readings: Readings
    key: str = drift.KEY
    title: str = drift.TITLE

    def section(self, period: Period) -> Section:
        """What does not agree now, and what was edited."""
        rows = self.readings.rows(period.month)
        plan = self.readings.plan()
        return drift.drift(self._found(), plan.problems, rows, period)

    def _found(self) -> Iterator[Disagreement]:
        snapshot, plan = self.readings.snapshot(), self.readings.plan()
        by = snapshot, self.readings.mapping(), plan.made_at
        found = (
            *found_in(*by),
            *unseen_in(snapshot),
            *absent_in(snapshot),
            *lost_in(*by),
            *undecided_in(*by),
            *differing_in(plan),
        )
        for row in found:
            number = row["number"] or row["person"]
            yield Disagreement(row["company"], number, row["what"], row["message"])


@dataclass(frozen=True, slots=True)
class Decisions:
    """Who had what done."""

    readings: Readings
    key: str = decisions.KEY
    title: str = decisions.TITLE

    def section(self, period: Period) -> Section:
        """The acts of the month, and what was approved."""
        return decisions.decisions(self.readings.rows(period.month), period)


@dataclass(frozen=True, slots=True)
class MappingVersions:
    """Which mapping decided."""

    readings: Readings
    key: str = decisions.MAPPING_KEY
    title: str = decisions.MAPPING_TITLE

    def section(self, period: Period) -> Section:
        """The versions of the month."""
        is_everywhere = self.readings.versions.handled().is_of(self.readings.mapping())
        rows = self.readings.rows(period.month)
        return decisions.mapping_versions(rows, period, is_in_force_everywhere=is_everywhere)
