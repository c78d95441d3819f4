"""Whether the connector does what it is to do by itself, and what lies in front of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from connector.domain.budgets import Budget
from connector.domain.checks import Check, Level
from connector.domain.cursors import SWEEP_OVERDUE, Cursor
from connector.domain.mapping.naming.apart import Apart
from connector.domain.records.mode import Mode, ModeName
from connector.domain.status.alarms import NEXT_COMMAND, PING, RingingAlarm
from connector.domain.status.section import Section
from connector.domain.status.wording import counted, last_ended, lasted, moment

SILENT = timedelta(minutes=30)
"""After this time without a tick the alarm rings, too."""

PATIENCE = {"last_tick": SILENT, "last_sweep": SWEEP_OVERDUE}

SPENT = 3
"""The scarcity of a budget of which nothing is left."""


def of_mode(mode: Mode) -> Section:
    """What the connector does by itself; that it is off, nobody should find out by chance."""
    since = f" since {moment(mode.since)}" if mode.since else ""
    figures = {"mode": mode.name.value, "mode_since": stamp(mode.since)}
    match mode.name:
        case ModeName.LIVE:
            check = Check("mode", Level.GOOD, f"Live{since}: what is planned is written.")
        case ModeName.REHEARSAL:
            message = (
                f"A rehearsal{since}: nothing is written, and what is said of people below is as"
                " it was before; the audit has what is planned."
            )
            check = Check("mode", Level.NOTE, message, "connector go-live")
        case _:
            why = f" ({mode.reason})" if mode.reason else ""
            message = f"Off{since}{why}: nothing is read and nothing is written."
            check = Check("mode", Level.BAD, message, "connector go-live")
    return Section((check,), figures)


def of_names(apart: Sequence[Apart]) -> Section:
    """Rows that mean something whose name is another one now; told only where there are some."""
    figures = {"rows_apart": [each.message for each in apart]}
    checks = [_apart(each) for each in apart if not each.is_renamed]
    if renamed := [each.word for each in apart if each.is_renamed]:
        message = (
            f"The rows with {', '.join(renamed)} mean something that is called otherwise in"
            " Rippling now; nobody moves."
        )
        checks.append(Check("rows_apart", Level.NOTE, message, "connector mappings check"))
    return Section(tuple(checks), figures)


def _apart(one: Apart) -> Check:
    level = Level.BAD if one.is_contested else Level.WARNING
    return Check("rows_apart", level, f"{one.message}.", "connector mappings import FILE")


def of_pause(at: datetime | None, reason: str) -> Section:
    """Whether polling was paused from outside; told only where it was."""
    if at is None:
        return Section((), {"paused_since": None})
    message = f"Polling is paused since {moment(at)}: {reason}."
    check = Check("polling", Level.BAD, message, "connector oauth start, then connector resume")
    return Section((check,), {"paused_since": stamp(at)})


def of_tick(changes: Cursor, mode: Mode, now: datetime) -> Section:
    """When the last tick came to its end, and how far it has read."""
    mark = changes.watermark
    if mark is None:
        text = "There is no watermark yet: the first full sweep sets it."
    else:
        text = (
            f"The watermark is {lasted(now - mark)} old ({moment(mark)}): it moves with the newest"
            " change that Rippling shows."
        )
    return Section(
        (
            _of_last("last_tick", last_ended("tick", changes.ended, now), changes, mode, now),
            Check("watermark", Level.NOTE, text),
        ),
        {
            "last_tick": stamp(changes.ended),
            "watermark": stamp(mark),
            "watermark_age_seconds": int((now - mark).total_seconds()) if mark else None,
        },
    )


def of_sweep(sweep: Cursor, mode: Mode, now: datetime) -> Section:
    """When everyone was last compared, and what Rippling did not show of them then."""
    message = last_ended("full sweep", sweep.ended, now)
    if sweep.started:
        message += f" One is under way since {moment(sweep.started)}."
    return Section(
        (_of_last("last_sweep", message, sweep, mode, now), _of_facts(sweep)),
        {
            "last_sweep": stamp(sweep.ended),
            "sweep_started": stamp(sweep.started),
            "facts_unknown": dict(sweep.facts_unknown),
        },
    )


def _of_last(name: str, message: str, cursor: Cursor, mode: Mode, now: datetime) -> Check:
    """Whether a read has been due for too long: since its last end, or since the connector runs."""
    if mode.is_off:
        return Check(name, Level.NOTE, message)
    moments = [each for each in (cursor.ended, mode.since) if each]
    if not moments or now - max(moments) > PATIENCE[name]:
        return Check(name, Level.BAD, message, PING)
    return Check(name, Level.GOOD if cursor.ended else Level.NOTE, message)


def _of_facts(sweep: Cursor) -> Check:
    if sweep.ended is None and sweep.started is None:
        message = "No full sweep has told yet whether Rippling shows all that the mapping asks for."
        return Check("facts_unknown", Level.NOTE, message)
    so_far = "So far, the sweep under way" if sweep.started else "The last full sweep"
    if not sweep.facts_unknown:
        message = f"{so_far} has missed no fact that the mapping asks for."
        return Check("facts_unknown", Level.GOOD, message)
    listed = ", ".join(
        f"{name.replace('_', ' ')} of {count}"
        for name, count in sorted(sweep.facts_unknown.items())
    )
    message = f"{so_far} was not shown facts that the mapping asks for: {listed}."
    # Whose status it is, `ping` does not say.
    remedy = f"{PING}, connector reconcile" if "status" in sweep.facts_unknown else PING
    return Check("facts_unknown", Level.BAD, message, remedy)


def of_queue(waiting: int, in_flight: int, dead: int) -> Section:
    """What lies on the queue, and what was given up."""
    message = (
        f"On the queue: {counted(waiting, 'change')} waiting, {in_flight or 'none'} in flight or"
        " put off for a while."
    )
    letters = Check("dead_letters", Level.GOOD, "There are no dead letters.")
    if dead:
        told = f"Given up: {counted(dead, 'dead letter')}."
        letters = Check(
            "dead_letters", Level.BAD, told, "connector dead-letters, then connector replay"
        )
    return Section(
        (Check("queue", Level.GOOD, message), letters),
        {"queue": {"waiting": waiting, "in_flight": in_flight}, "dead_letters": dead},
    )


def of_calls(budgets: Mapping[str, Budget], now: datetime) -> Section:
    """What is left of the calls that each vendor allows, as heard last; no vendor is asked.

    A window that is used up ends by itself: work is put off, and no human is needed.
    """
    checks = tuple(_of_budget(name, budget) for name, budget in budgets.items())
    figures = {
        name: {
            "limit": budget.limit,
            "remaining": budget.remaining,
            "resets_at": stamp(budget.resets_at),
            "closed_until": stamp(budget.closed_until),
        }
        for name, budget in budgets.items()
    }
    return Section(checks, {"calls": figures, "calls_told_at": stamp(now)})


def _of_budget(name: str, budget: Budget) -> Check:
    who = name[:1].upper() + name[1:]
    if budget.remaining is None and budget.closed_until is None:
        # The row is written when calls run short; nothing is read of a window that has ended.
        message = f"{who}: not short of calls, as far as heard in the running window."
        return Check("calls", Level.GOOD, message)
    of_all = f" of {budget.limit}" if budget.limit is not None else ""
    left = "calls refused" if budget.remaining is None else f"{budget.remaining}{of_all} calls left"
    until = max((each for each in (budget.closed_until, budget.resets_at) if each), default=None)
    when = f", until {moment(until)}" if until else ""
    if budget.scarcity() < SPENT:
        return Check("calls", Level.GOOD, f"{who}: {left}{when}.")
    message = f"{who}: {left}{when}; work is put off until then and goes on by itself."
    return Check("calls", Level.NOTE, message)


def of_alarms(ringing: Sequence[RingingAlarm]) -> Section:
    """A line for each alarm that rings."""
    checks = tuple(_of_ringing(ringing)) or (Check("alarms", Level.GOOD, "No alarm rings."),)
    figures = [{"name": each.name, "since": stamp(each.since)} for each in ringing]
    return Section(checks, {"alarms": figures})


def of_exports(unanswered: Sequence[str]) -> Section:
    """Payroll batches that Visma may or may not have; told only where there are any."""
    figures = {"payroll_unanswered": list(unanswered)}
    if not unanswered:
        return Section((), figures)
    batches = counted(len(unanswered), "payroll batch", "payroll batches")
    message = f"{batches} sent to Visma and not answered: {', '.join(unanswered)}."
    return Section((Check("payroll", Level.BAD, message, "connector payroll runs"),), figures)


def _of_ringing(ringing: Sequence[RingingAlarm]) -> Iterator[Check]:
    for alarm in ringing:
        since = f" since {moment(alarm.since)}" if alarm.since else ""
        command = NEXT_COMMAND.get(alarm.name, PING)
        remedy = f"{command}; docs/runbook.md#{alarm.name}"
        yield Check("alarm", Level.BAD, f"The alarm {alarm.name} rings{since}.", remedy)


def stamp(time: datetime | None) -> str | None:
    """A time for a program."""
    return time.isoformat(timespec="seconds") if time else None
