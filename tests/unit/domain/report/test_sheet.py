"""A month is ready where no section names a reason against it."""

from __future__ import annotations

from datetime import UTC, datetime

from connector.domain.report.sheet import Section, Sheet


def _sheet(*sections: Section) -> Sheet:
    return Sheet("2026-11", datetime(2026, 12, 1, tzinfo=UTC), "test", "live", sections)


def test_a_month_is_ready_where_nothing_needs_a_human() -> None:
    sheet = _sheet(Section("heads", "Head count"), Section("waiting", "Waiting"))

    assert sheet.is_ready
    assert sheet.reasons == ()


def test_the_reasons_of_all_sections_are_told_in_their_order() -> None:
    sheet = _sheet(
        Section("waiting", "Waiting", needs_human=("1001 waits.", "1002 waits.")),
        Section("drift", "Drift"),
        Section("held", "Held", needs_human=("3 changes are held.",)),
    )

    assert not sheet.is_ready
    assert sheet.reasons == ("1001 waits.", "1002 waits.", "3 changes are held.")
