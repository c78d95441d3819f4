"""How checks come to a level, each for itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from connector.domain.checks import Check, Level, not_checked, one_by_one, tried
from connector.domain.errors import (
    ConfigurationError,
    NonsenseError,
    RateLimitedError,
    RefusedError,
    RetryableError,
    UpstreamUnavailableError,
)


def failing(error: Exception) -> Callable[[], Check]:
    def look() -> Check:
        raise error

    return look


def good(name: str) -> tuple[str, Callable[[], Check]]:
    return name, lambda: Check(name, Level.GOOD, "well")


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (RateLimitedError("no room"), Level.UNKNOWN),
        (UpstreamUnavailableError("away"), Level.UNKNOWN),
        (RetryableError("busy"), Level.UNKNOWN),
        (NonsenseError("a page"), Level.BAD),
        (ConfigurationError(["one", "other"]), Level.BAD),
        (RefusedError("no", status=400), Level.BAD),
    ],
)
def test_who_cannot_answer_is_not_known_and_who_answers_wrongly_is_bad(
    error: Exception, level: Level
) -> None:
    check = tried("thing", failing(error))

    told = str(error)
    assert (check.name, check.level) == ("thing", level)
    assert check.message == told[0].upper() + told[1:], "a sentence begins like one"
    assert bool(check.remedy) is (level is Level.UNKNOWN)


def test_a_check_that_fails_hides_no_other() -> None:
    looks = [good("door"), ("broken", failing(ConfigurationError("no"))), good("last")]

    found = list(one_by_one(looks))

    assert [(check.name, check.level) for check in found] == [
        ("door", Level.GOOD),
        ("broken", Level.BAD),
        ("last", Level.GOOD),
    ]


@pytest.mark.parametrize("error", [ConfigurationError("no"), UpstreamUnavailableError("away")])
def test_behind_a_door_that_is_shut_nothing_is_tried_and_that_is_said(error: Exception) -> None:
    def never() -> Check:
        raise AssertionError("no one asked")

    found = list(one_by_one([("door", failing(error)), ("the_room", never), ("window", never)]))

    assert [check.name for check in found] == ["door", "not_checked"]
    assert found[1] == not_checked(["the room", "window"])
    assert found[1].level is Level.UNKNOWN
    assert "the room, window" in found[1].message


def test_nothing_is_looked_at_before_it_is_asked_for() -> None:
    looked: list[str] = []

    def look(name: str) -> Check:
        looked.append(name)
        return Check(name, Level.GOOD, "well")

    checks = one_by_one([("door", lambda: look("door")), ("room", lambda: look("room"))])
    next(checks)

    assert looked == ["door"]
