"""Refusing a word that is none of those there are, with the nearest one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from connector.domain.errors import ConfigurationError

MOST_NAMED = 12


def must_be_one_of(what: str, given: str, known: Collection[str]) -> None:
    """Lets a word pass that is known; none given is fine.

    Raises:
        ConfigurationError: it is not known; with the nearest, and where they are few with all.
    """
    if not given or given in known:
        return
    nearest = get_close_matches(given, sorted(known), n=1, cutoff=0)
    hint = f"did you mean {nearest[0]}?" if nearest else "there is none at all"
    few = f" There is {', '.join(sorted(known))}." if 1 < len(known) <= MOST_NAMED else ""
    raise ConfigurationError(f"there is no {what} {given}; {hint}{few}")


def nearest_of(word: str, words: Iterable[str]) -> str:
    """The end of a sentence about a name that is nobody's: whom it may have meant."""
    near = get_close_matches(word, sorted(set(words)), n=3)
    return f"; the nearest are {', '.join(near)}" if near else ""
