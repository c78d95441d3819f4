"""What a reader returns: the people it found, how far it has read, and its part of the summary.

Batches and summaries add up to new ones; no function changes one that it was given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from connector.domain.cursors import Cursor
from connector.domain.records.mode import Mode
from connector.ports.state import PollingPause
from connector.services.shared.outlook import Candidate


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run of the poller did, or a part of it; the answer of the function."""

    skipped: bool = False
    paused: bool = False
    postponed: bool = False
    sweep: str = "none"
    workers_read: int = 0
    queued: int = 0
    due: int = 0
    released: int = 0
    drifted: int = 0
    rows_before_cutoff: int = 0
    unreadable_rows: int = 0
    facts_unknown: Mapping[str, int] = field(default_factory=dict)
    problems: Sequence[str] = field(default_factory=list)
    goes_nowhere: bool = False

    def __add__(self, other: Summary) -> Summary:
        return Summary(
            skipped=self.skipped or other.skipped,
            paused=self.paused or other.paused,
            postponed=self.postponed or other.postponed,
            sweep=self.sweep if other.sweep == "none" else other.sweep,
            workers_read=self.workers_read + other.workers_read,
            queued=self.queued + other.queued,
            due=self.due + other.due,
            released=self.released + other.released,
            drifted=self.drifted + other.drifted,
            rows_before_cutoff=self.rows_before_cutoff + other.rows_before_cutoff,
            unreadable_rows=self.unreadable_rows + other.unreadable_rows,
            facts_unknown=dict(Counter(self.facts_unknown) + Counter(other.facts_unknown)),
            # Each page meets the same problems: they are told once.
            problems=list(dict.fromkeys([*self.problems, *other.problems])),
            goes_nowhere=self.goes_nowhere or other.goes_nowhere,
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """The candidates of a read, the cursors to save once they are queued, and a report."""

    candidates: tuple[Candidate, ...] = ()
    cursors: tuple[Cursor, ...] = ()
    report: Summary = field(default_factory=Summary)
    brought_back: frozenset[str] = frozenset()
    """The people whose employee was made inactive, and is active in Visma all the same."""

    def __add__(self, other: Batch) -> Batch:
        return Batch(
            self.candidates + other.candidates,
            self.cursors + other.cursors,
            self.report + other.report,
            self.brought_back | other.brought_back,
        )


def off_in(mode: Mode) -> Summary:
    """The summary of a run that does nothing because the connector is off."""
    return Summary(skipped=True, problems=[mode.message])


def paused_by(pause: PollingPause) -> Summary:
    """The summary of a run that does nothing because polling is paused."""
    since = pause.at.isoformat(timespec="seconds")
    message = f"polling is paused since {since}: {pause.reason}; start it again: connector resume"
    return Summary(skipped=True, paused=True, problems=[message])
