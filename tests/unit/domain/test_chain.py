"""The chain of the audit: what can be changed or taken away without being seen is nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.domain.planning import Outcome
from connector.domain.records.audit import AuditRow
from connector.domain.records.chain import (
    ALL_GONE,
    CHANGED,
    GONE_AFTER,
    GONE_BEFORE,
    UNKEYED,
    UNKNOWN_KEY,
    Head,
    first_break,
)
from connector.domain.records.digests import DigestKey

KEY, OTHER = DigestKey(lambda: b"one key of a stack" * 2), DigestKey(lambda: b"another" * 5)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
Row = dict[str, Any]


def content(hour: int, **changes: Any) -> Row:
    time = NOON + timedelta(hours=hour)
    return {**AuditRow("p1", time, Outcome.UPDATED, "Updated.", "poll", "c1").content(), **changes}


def a_chain(rows: int, *days: int, head: Head | None = None) -> tuple[list[Row], Head]:
    """A row an hour, each kept for as many days; the last number counts on."""
    chain, head = list[Row](), head or Head()
    for hour in range(rows):
        kept = (days or (0,))[min(hour, len(days) - 1)] if days else 0
        chain.append(head.linked(content(hour), NOON + timedelta(hours=hour), KEY, kept))
        head = Head.of(chain[-1])
    return chain, head


def an_old_chain(rows: int, **more: Any) -> list[Row]:
    """A chain as an earlier version wrote it: without key and numbers."""
    chain, previous = list[Row](), ""
    for hour in range(rows):
        row = content(hour, **({"previous_hash": previous} if previous else {}))
        text = json.dumps(row, sort_keys=True, separators=(",", ":"))
        previous = hashlib.sha256(text.encode()).hexdigest()
        chain.append({**row, "hash": previous, **more})
    return chain


def found(rows: Sequence[Row], head: Head | None = None, now: datetime = NOON) -> str | None:
    broken = first_break(rows, KEY, now, head)
    return broken.what if broken else None


def rehashed(row: Row, **changes: Any) -> Row:
    """A row changed by one who can write to the table and has no key."""
    plain = {name: value for name, value in {**row, **changes}.items() if name != "hash"}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), default=str)
    return {**plain, "hash": hashlib.sha256(text.encode()).hexdigest()}


def test_an_untouched_chain_is_whole_and_ends_where_it_should() -> None:
    rows, head = a_chain(3)

    assert found(rows, head) is None
    assert found([], Head()) is None
    assert head == Head(3, rows[2]["hash"])


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("member", ["message", "outcome", "employee_code", "number", "hash"])
def test_a_row_that_was_changed_is_found(place: int, member: str) -> None:
    rows, head = a_chain(3)
    rows[place] = {**rows[place], member: f"{KEY.name}:as if" if member == "hash" else "as if"}
    if member == "number":
        rows[place][member] = 7

    assert found(rows, head) == CHANGED


def test_who_has_no_key_cannot_make_a_row_right() -> None:
    rows, head = a_chain(3)

    assert found([rows[0], rehashed(rows[1], message="as if"), rows[2]], head) == UNKEYED
    assert found([rehashed(rows[0]), *rows[1:]], head) == GONE_BEFORE
    foreign = Head(1, rows[0]["hash"]).linked(content(1), NOON, OTHER, 0)
    assert found([rows[0], foreign], head) == UNKNOWN_KEY


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        ([0, 2], GONE_BEFORE),
        ([1, 2], GONE_BEFORE),
        ([2], GONE_BEFORE),
        ([0, 1], GONE_AFTER),
        ([0], GONE_AFTER),
        ([], ALL_GONE),
        ([0, 1, 1, 2], GONE_BEFORE),
        ([1, 0, 2], GONE_BEFORE),
    ],
)
def test_a_row_that_was_taken_away_or_moved_is_found(kept: list[int], expected: str) -> None:
    rows, head = a_chain(3)

    assert found([rows[place] for place in kept], head) == expected


def test_rows_whose_time_has_come_may_be_gone() -> None:
    rows, head = a_chain(3, 30)
    first_over = NOON + timedelta(days=30, minutes=1)

    assert found(rows[1:], head, first_over) is None
    assert found(rows[2:], head, first_over) == GONE_BEFORE
    assert found(rows[2:], head, first_over + timedelta(hours=1)) is None
    assert found([], head, first_over + timedelta(hours=1)) == ALL_GONE
    assert found([], head, first_over + timedelta(hours=2)) is None
    assert found(rows[:2], head, first_over + timedelta(hours=9)) == GONE_AFTER


def test_an_expiry_that_was_changed_is_found() -> None:
    rows, head = a_chain(2, 30)
    sooner = int((NOON - timedelta(days=1)).timestamp())

    assert found([{**rows[0], "expires_at": sooner}, rows[1]], head) == CHANGED
    assert found([rows[0], {**rows[1], "previous_expires_at": sooner}], head) == CHANGED


def test_a_shorter_time_to_keep_rows_breaks_nothing() -> None:
    rows, head = a_chain(3, 0, 1, 1)
    later = NOON + timedelta(days=1, hours=1, minutes=1)

    assert found([rows[0], rows[2]], head, later) is None
    assert found([rows[0], rows[2]], head, later - timedelta(minutes=2)) == GONE_BEFORE


def test_rows_of_an_earlier_version_are_still_checked_and_followed() -> None:
    old = an_old_chain(2)
    rows, head = a_chain(2, head=Head(hash=old[-1]["hash"]))

    assert found([*old, *rows], head) is None
    assert found(old, Head(hash=old[-1]["hash"])) is None
    assert found([{**old[0], "message": "as if"}, old[1], *rows], head) == CHANGED
    assert found([old[0], *rows], head) == GONE_BEFORE
    assert found(old[1:], Head(hash=old[-1]["hash"])) == GONE_BEFORE
    assert found(old[:1], Head(hash=old[-1]["hash"])) == GONE_AFTER
    assert found([*old, *rows, an_old_chain(1)[0]], head) == UNKEYED


def test_expiring_rows_of_an_earlier_version_may_be_gone_too() -> None:
    old = an_old_chain(3, expires_at=int((NOON + timedelta(days=30)).timestamp()))
    rows, head = a_chain(2, 30, head=Head(hash=old[-1]["hash"]))

    assert found([*old[1:], *rows], head) is None
    assert found(rows, head, NOON + timedelta(days=30, minutes=1)) is None
    assert found(rows, head, NOON + timedelta(days=29)) == GONE_BEFORE
