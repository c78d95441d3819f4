"""Whether all of the month has been dealt with: the reconciliation, the mode, what was given up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from connector.domain.cursors import SWEEP_OVERDUE
from connector.domain.records.mode import Mode, ModeName
from connector.domain.report.period import Period
from connector.domain.report.sheet import Cell, Column, Section, Table
from connector.domain.status.wording import counted, moment

KEY, TITLE = "state", "State of the connector"


@dataclass(frozen=True, slots=True)
class State:
    """What the connector is at, as its own tables and queue say it."""

    now: datetime
    mode: Mode
    paused: str
    """Why polling is paused; empty where it is not."""

    reconciled: datetime | None
    """When a reconciliation last came to its end."""

    queued: int
    dead: int
    unanswered: int = 0
    """Payroll batches that Visma may or may not have."""


def state(known: State, period: Period) -> Section:
    """What it says, in words, and each thing that keeps the month open."""
    columns = (Column("What"), Column("Now"))
    table = Table("state", TITLE, columns, tuple(_rows(known)))
    return Section(KEY, TITLE, (table,), tuple(_needs(known, period)))


def _rows(known: State) -> Iterator[tuple[Cell, ...]]:
    since = f" since {moment(known.mode.since)}" if known.mode.since else ""
    yield "Mode", f"{known.mode.name.value}{since}"
    yield "Polling", f"paused: {known.paused}" if known.paused else "not paused"
    ended = moment(known.reconciled) if known.reconciled else "never"
    yield "Last complete reconciliation", ended
    yield "Changes on the queue", str(known.queued)
    yield "Dead letters", str(known.dead)
    yield "Payroll batches not answered", str(known.unanswered)


def _needs(known: State, period: Period) -> Iterator[str]:
    month = period.month
    if not period.is_over:
        yield (
            f"{month.text} is not over before {month.last}: this is how it stands now. Type"
            f" `connector report --month {month.text}` again then."
        )
    if known.mode.name is not ModeName.LIVE:
        yield f"The connector is {_state_of(known.mode)}. Type `connector go-live`."
    if known.paused:
        yield f"Polling is paused: {known.paused}. Type `connector resume`."
    yield from _of_reconciliation(known, period)
    if known.queued:
        yield (
            f"{counted(known.queued, 'change')} on the queue not dealt with yet. Wait a minute,"
            " then type `connector status`."
        )
    if known.dead:
        letters = counted(known.dead, "dead letter")
        yield f"{letters}: what was given up. Type `connector dead-letters`."
    if known.unanswered:
        batches = counted(known.unanswered, "payroll batch", "payroll batches")
        yield f"{batches} sent to Visma and not answered. Type `connector payroll runs`."


def _state_of(mode: Mode) -> str:
    if mode.is_off:
        return "off: nothing is read and nothing is written"
    return "in rehearsal: nothing is written"


def _of_reconciliation(known: State, period: Period) -> Iterator[str]:
    """A month that is over needs one after its last day, a running one at least a recent one."""
    ended = known.reconciled
    told = f"the last one ended {moment(ended)}" if ended else "none has ever ended"
    if period.is_over and (ended is None or ended.date() <= period.month.last):
        yield (
            f"No complete reconciliation since {period.month.last}: {told}. It runs by itself"
            " within a day. Type `connector sweep` to not wait for it."
        )
    elif ended is None or known.now - ended > SWEEP_OVERDUE:
        yield f"No complete reconciliation for two days: {told}. Type `connector ping`."
