"""Which of several rows for one thing decides, where rows may have conditions.

The surest word for the thing comes first (id, code, name), and of the rows with that word the one
with the most conditions of those that hold. Nothing is guessed: two that hold equally and say
different things decide nothing, and neither does a row that may hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Generic, Protocol, TypeVar

from connector.domain.facts import EMPTY, UNKNOWN, Fact, Known, Named, Truth, alike
from connector.domain.mapping.rules.conditions import Circumstances
from connector.domain.people import Facts


class ConditionalRow(Protocol):
    """A row that names a thing in Rippling, and may hold of some of its people only."""

    @property
    def word(self) -> str:
        """By what it names the thing."""
        ...

    @property
    def conditions(self) -> Circumstances:
        """What must hold besides."""
        ...

    @property
    def outcome(self) -> Hashable:
        """What it says; rows with the same outcome are no rivals."""
        ...


Row = TypeVar("Row", bound=ConditionalRow)


@dataclass(frozen=True, slots=True)
class Choice(Generic[Row]):
    """The row that decides, or why none does.

    Of `rivals` there are at least two, and then no row decides. Where the row is unknown it
    `hinges_on` these facts, which Rippling does not show.
    """

    row: Fact[Row]
    rivals: tuple[Row, ...] = ()
    hinges_on: tuple[str, ...] = ()


def choose(what: str, thing: Named, rows: Sequence[Row], facts: Facts) -> Choice[Row]:
    """The row for a thing of a worker with these facts; `what` is the name of the thing's fact."""
    open_rows: list[Row] = []
    for level in _levels(thing, rows):
        truths = [(row, row.conditions.hold_but_for_pay(facts)) for row in level]
        open_rows += [row for row, holds in truths if holds is Truth.UNKNOWN]
        holding = [row for row, holds in truths if holds is Truth.YES]
        if holding:
            return _decided(holding, open_rows, facts)
    hidden = _hidden(open_rows, facts)
    if (thing.is_partial and rows) or _is_unsettled(thing, rows):
        hidden = (what, *hidden)
    return Choice(UNKNOWN, hinges_on=hidden) if hidden else Choice(EMPTY)


def _is_unsettled(thing: Named, rows: Sequence[Row]) -> bool:
    """Whether a row may name a thing, and nobody can tell."""
    return bool(thing.unsettled) and any(alike(row.word) in thing.unsettled for row in rows)


def contested_word(company: str, thing: Named, rows: Sequence[Row], facts: Facts) -> str:
    """A location in the conditions of a company's rows for a thing that is another one's, or "".

    The worker's location would answer to that word, were it not called the same as another.
    """
    words = (row.conditions.location for level in _levels(thing, rows) for row in level)
    others = facts.location.others_words(company)
    taken = (word for word in words if word and alike(word) in others)
    return next((w for w in taken if facts.location.answers_to(w) is not Truth.YES), "")


def _levels(thing: Named, rows: Sequence[Row]) -> Iterator[list[Row]]:
    """The rows that name a thing, those first that come before others, equals together."""
    by_word: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_word[alike(row.word)].append(row)
    for key in dict.fromkeys(map(alike, thing.keys)):
        ordered = sorted(by_word.get(key, ()), key=specificity, reverse=True)
        yield from (list(equals) for _, equals in groupby(ordered, key=specificity))


def specificity(row: ConditionalRow) -> int:
    """How many conditions a row has: the more, the earlier it is asked."""
    return len(row.conditions.plain)


def _decided(holding: Sequence[Row], open_rows: Sequence[Row], facts: Facts) -> Choice[Row]:
    outcomes = {row.outcome for row in holding}
    others = [row for row in open_rows if {row.outcome} != outcomes]
    if others:
        return Choice(UNKNOWN, hinges_on=_hidden(others, facts))
    if len(outcomes) > 1:
        return Choice(EMPTY, rivals=tuple(holding))
    return Choice(Known(holding[0]))


def _hidden(rows: Sequence[Row], facts: Facts) -> tuple[str, ...]:
    names = (name for row in rows for name in row.conditions.unknown_in(facts))
    return tuple(dict.fromkeys(names))
