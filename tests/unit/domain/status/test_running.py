"""What of the running connector is red, and what is only told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connector.domain.budgets import Budget
from connector.domain.checks import Check, Level
from connector.domain.cursors import SWEEP_OVERDUE, Cursor
from connector.domain.records.mode import Mode, ModeName
from connector.domain.status import running
from connector.domain.status.alarms import RingingAlarm
from connector.domain.status.running import SILENT
from connector.domain.status.section import Section

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=30)
A_SECOND = timedelta(seconds=1)
LIVE = Mode(ModeName.LIVE, LONG_AGO)


def line(section: Section, name: str) -> Check:
    (found,) = [check for check in section.checks if check.name == name]
    return found


def test_off_is_red_and_says_why_and_since_when() -> None:
    section = running.of_mode(Mode(ModeName.OFF, LONG_AGO, "payroll closes"))

    check = line(section, "mode")
    assert (check.level, check.remedy) == (Level.BAD, "connector go-live")
    assert "payroll closes" in check.message
    assert "2026-10-25" in check.message
    assert section.figures["mode"] == "off"


@pytest.mark.parametrize(("name", "level"), [("live", Level.GOOD), ("rehearsal", Level.NOTE)])
def test_a_connector_that_works_or_rehearses_needs_nobody(name: str, level: Level) -> None:
    assert line(running.of_mode(Mode(ModeName(name))), "mode").level is level


def test_a_pause_is_red_and_no_pause_is_no_line() -> None:
    assert running.of_pause(None, "").checks == ()
    check = line(running.of_pause(LONG_AGO, "the app was uninstalled"), "polling")
    assert (check.level, "connector resume" in check.remedy) == (Level.BAD, True)


@pytest.mark.parametrize(
    ("ended", "mode", "level"),
    [
        (NOW - SILENT, LIVE, Level.GOOD),
        (NOW - SILENT - A_SECOND, LIVE, Level.BAD),
        (None, LIVE, Level.BAD),
        (None, Mode(ModeName.LIVE, NOW - SILENT), Level.NOTE),
        (LONG_AGO, Mode(ModeName.LIVE, NOW), Level.GOOD),
        (LONG_AGO, Mode(ModeName.REHEARSAL, LONG_AGO), Level.BAD),
        (LONG_AGO, Mode(ModeName.OFF, LONG_AGO), Level.NOTE),
        (None, Mode(ModeName.LIVE), Level.BAD),
    ],
)
def test_a_tick_is_missed_half_an_hour_after_it_could_have_ended(
    ended: datetime | None, mode: Mode, level: Level
) -> None:
    check = line(running.of_tick(Cursor("workers", ended=ended), mode, NOW), "last_tick")

    assert check.level is level
    assert bool(check.remedy) is (level is Level.BAD)


@pytest.mark.parametrize(
    ("ended", "mode", "level"),
    [
        (NOW - SWEEP_OVERDUE, LIVE, Level.GOOD),
        (NOW - SWEEP_OVERDUE - A_SECOND, LIVE, Level.BAD),
        (None, LIVE, Level.BAD),
        (LONG_AGO, Mode(ModeName.LIVE, NOW - timedelta(days=1)), Level.GOOD),
        (LONG_AGO, Mode(ModeName.OFF, LONG_AGO), Level.NOTE),
    ],
)
def test_a_sweep_is_missed_after_two_days_though_one_may_be_under_way(
    ended: datetime | None, mode: Mode, level: Level
) -> None:
    sweep = Cursor("workers sweep", started=NOW - timedelta(hours=1), ended=ended)

    check = line(running.of_sweep(sweep, mode, NOW), "last_sweep")

    assert check.level is level
    assert "under way since 2026-11-24 11:00" in check.message


def test_the_age_of_the_watermark_is_told_and_never_red() -> None:
    section = running.of_tick(Cursor("workers", LONG_AGO, ended=NOW), LIVE, NOW)

    assert line(section, "watermark").level is Level.NOTE
    assert "30 days old" in line(section, "watermark").message
    assert section.figures["watermark_age_seconds"] == 30 * 24 * 3600


def test_without_a_watermark_there_is_no_age() -> None:
    section = running.of_tick(Cursor("workers"), LIVE, NOW)

    assert section.figures["watermark"] is section.figures["watermark_age_seconds"] is None


def test_facts_that_rippling_hides_are_red_and_named_with_how_many_lack_them() -> None:
    sweep = Cursor("workers sweep", ended=NOW, facts_unknown={"legal_entity": 3, "department": 1})

    section = running.of_sweep(sweep, LIVE, NOW)

    check = line(section, "facts_unknown")
    assert (check.level, check.remedy) == (Level.BAD, "connector ping")
    assert "department of 1, legal entity of 3" in check.message
    assert section.figures["facts_unknown"] == {"legal_entity": 3, "department": 1}


@pytest.mark.parametrize(
    ("sweep", "level", "words"),
    [
        (Cursor("s"), Level.NOTE, "No full sweep has told yet"),
        (Cursor("s", started=NOW), Level.GOOD, "So far"),
        (Cursor("s", ended=NOW), Level.GOOD, "The last full sweep has missed no fact"),
    ],
)
def test_nothing_is_said_of_facts_that_no_sweep_has_looked_at(
    sweep: Cursor, level: Level, words: str
) -> None:
    check = line(running.of_sweep(sweep, LIVE, NOW), "facts_unknown")

    assert (check.level, words in check.message) == (level, True)


def test_messages_on_the_queue_are_told_and_dead_letters_are_red() -> None:
    section = running.of_queue(waiting=7, in_flight=2, dead=1)

    assert "7 changes waiting, 2 in flight" in line(section, "queue").message
    assert line(section, "queue").level is Level.GOOD
    letters = line(section, "dead_letters")
    assert (letters.level, letters.message) == (Level.BAD, "Given up: 1 dead letter.")
    assert letters.remedy.startswith("connector dead-letters")
    assert section.figures == {"queue": {"waiting": 7, "in_flight": 2}, "dead_letters": 1}
    assert line(running.of_queue(0, 0, 0), "dead_letters").level is Level.GOOD


def test_what_is_left_of_the_calls_is_told_and_an_exhausted_hour_needs_nobody() -> None:
    until = NOW + timedelta(minutes=40)
    budgets = {
        "rippling": Budget(),
        "visma norway": Budget(5000, 212, until),
        "visma sweden": Budget(5000, 0, until),
        "visma finland": Budget(closed_until=until),
    }

    section = running.of_calls(budgets, NOW)

    texts = [(check.level, check.message) for check in section.checks]
    assert texts == [
        (Level.GOOD, "Rippling: not short of calls, as far as heard in the running window."),
        (Level.GOOD, "Visma norway: 212 of 5000 calls left, until 2026-11-24 12:40 UTC."),
        (
            Level.NOTE,
            "Visma sweden: 0 of 5000 calls left, until 2026-11-24 12:40 UTC; work is put off until"
            " then and goes on by itself.",
        ),
        (
            Level.NOTE,
            "Visma finland: calls refused, until 2026-11-24 12:40 UTC; work is put off until then"
            " and goes on by itself.",
        ),
    ]
    assert section.figures["calls"]["visma norway"] == {
        "limit": 5000,
        "remaining": 212,
        "resets_at": "2026-11-24T12:40:00+00:00",
        "closed_until": None,
    }


def test_each_alarm_that_rings_is_a_red_line_with_a_command_and_its_page() -> None:
    section = running.of_alarms([RingingAlarm("changes-held", LONG_AGO), RingingAlarm("new-one")])

    assert [check.level for check in section.checks] == [Level.BAD, Level.BAD]
    assert [check.remedy for check in section.checks] == [
        "connector held; docs/runbook.md#changes-held",
        "connector ping; docs/runbook.md#new-one",
    ]
    assert section.figures["alarms"] == [
        {"name": "changes-held", "since": "2026-10-25T12:00:00+00:00"},
        {"name": "new-one", "since": None},
    ]


def test_where_no_alarm_rings_that_is_said() -> None:
    (check,) = running.of_alarms([]).checks

    assert (check.level, check.message) == (Level.GOOD, "No alarm rings.")
