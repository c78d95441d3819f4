"""What one check of `ping` comes to, and how checks are kept from hiding each other.

Pure. What is checked is known to those who check; how a page of checks is drawn, to the command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from connector.domain.errors import ConnectorError, NonsenseError, RetryableError

AGAIN = "ask again with connector ping"


class Level(StrEnum):
    """What a check comes to, from nothing to do to nothing known."""

    GOOD = "good"
    NOTE = "note"
    """Worth knowing; nothing has to be done."""

    WARNING = "warning"
    """The connector works, and someone gets less of it than they may expect."""

    BAD = "bad"
    UNKNOWN = "unknown"


TO_PUT_RIGHT = (Level.WARNING, Level.BAD, Level.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the page: a name for programs, a sentence for people, and what to do."""

    name: str
    level: Level
    message: str
    remedy: str = ""


CheckFn: TypeAlias = Callable[[], Check]


def tried(name: str, check: CheckFn) -> Check:
    """What a check comes to, whatever stops it.

    Who cannot answer at the moment leaves the check unknown; an answer that is no answer of this
    API, or that only a human can change, is bad.
    """
    try:
        return check()
    except NonsenseError as error:
        return Check(name, Level.BAD, _capitalised(error))
    except RetryableError as error:
        return Check(name, Level.UNKNOWN, _capitalised(error), AGAIN)
    except ConnectorError as error:
        return Check(name, Level.BAD, _capitalised(error))


def one_by_one(checks: Iterable[tuple[str, CheckFn]]) -> Iterator[Check]:
    """Runs each check independently. If the first (sign-in) fails, the rest are skipped."""
    (name, check), *others = checks
    sign_in = tried(name, check)
    yield sign_in
    if sign_in.level is Level.GOOD:
        yield from (tried(*each) for each in others)
        return
    yield not_checked(name for name, _ in others)


def not_checked(names: Iterable[str], why: str = "the line above comes first") -> Check:
    """Stands for checks that could not be made."""
    listed = ", ".join(name.replace("_", " ") for name in names)
    return Check("not_checked", Level.UNKNOWN, f"Not checked, because {why}: {listed}")


def _capitalised(error: ConnectorError) -> str:
    text = str(error)
    return text[:1].upper() + text[1:]
