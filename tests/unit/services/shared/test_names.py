"""How often things are looked at for what they are called: once, until something is learned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connector.adapters.memory import InMemoryReferenceCache
from connector.domain.facts import Named
from connector.domain.mapping.naming.bindings import Binding, NamedKind, Word, Words
from connector.domain.mapping.naming.memory import NameMemory
from connector.domain.people import EmploymentStatus, Facts, Worker
from connector.services.shared.names import Names
from tests.support.clock import HandClock

SALES, OPERATIONS = Named("d-1", "Sales"), Named("d-2", "Operations")
SALES_ROW = {"Sales": Word(frozenset({"norway"}), "a")}
WORDS: Words = {NamedKind.DEPARTMENT: SALES_ROW}


class Asked:
    """Names, and which departments they were ever looked at for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock = HandClock(datetime(2026, 3, 2, 8, tzinfo=UTC))
        self.words = WORDS
        self.cache = InMemoryReferenceCache()
        self.names = Names(self.cache, self.clock, lambda: self.words)
        self.looks: list[set[str]] = []
        seen = NameMemory.seen

        def noted(
            memory: NameMemory,
            things: Iterable[tuple[NamedKind, Named]],
            words: Words,
            now: datetime,
        ) -> NameMemory:
            things = list(things)
            self.looks.append({str(each.id) for _, each in things if each.id})
            return seen(memory, things, words, now)

        monkeypatch.setattr(NameMemory, "seen", noted)

    def see(self, *departments: Named) -> list[Named]:
        """What the departments of some workers are recalled as."""
        workers = list(map(_in, departments))
        return [each.facts.department for each in self.names.remembered(workers)]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Names that have seen one department, and learned all there was to learn."""
    asked = Asked(monkeypatch)
    for _ in range(3):
        asked.see(SALES)
    asked.looks.clear()
    return asked


def test_a_thing_that_taught_nothing_is_not_looked_at_again_on_that_day(asked: Asked) -> None:
    assert asked.see(SALES, SALES) == [SALES, SALES]
    asked.clock.turn(hours=2)
    assert asked.see(Named("d-1", "Sales")) == [SALES]
    assert not asked.looks


def test_whatever_is_called_otherwise_is_looked_at_with_all_that_comes_with_it(
    asked: Asked,
) -> None:
    renamed, taker = Named("d-1", "Selling"), Named("d-2", "Sales")
    one, other = asked.see(renamed, taker)
    assert asked.looks == [{"d-1", "d-2"}]
    assert (one.former, other.taken) == (("Sales",), ("Sales",))


def test_after_anything_was_learned_everything_is_looked_at_again(asked: Asked) -> None:
    asked.see(OPERATIONS)
    asked.looks.clear()
    asked.see(SALES)
    assert asked.looks == [{"d-1"}]


def test_with_another_day_everything_is_looked_at_again(asked: Asked) -> None:
    asked.clock.turn(hours=24)
    asked.see(SALES)
    assert asked.looks == [{"d-1"}]
    assert asked.cache.names().looked == "2026-03-03"


def test_with_other_words_everything_is_looked_at_again(asked: Asked) -> None:
    asked.words = {NamedKind.DEPARTMENT: {"Sales": Word(frozenset({"norway"}), "b")}}
    asked.see(SALES)
    assert asked.looks == [{"d-1"}]


def test_what_another_function_has_learned_is_looked_at_again(asked: Asked) -> None:
    others = Names(asked.cache, asked.clock, lambda: WORDS)
    others.remembered([_in(Named("d-1", "Selling"))])
    asked.looks.clear()
    asked.clock.turn(seconds=61)
    asked.see(SALES)
    assert asked.looks == [{"d-1"}]


def _in(department: Named) -> Worker:
    """A worker of a department."""
    return Worker("w", "p", Facts(EmploymentStatus.ACTIVE, department=department))


def test_what_an_import_settled_a_moment_ago_is_not_overwritten_by_whoever_has_not_heard(
    asked: Asked,
) -> None:
    """The import knew that department two was called Sales, and the look sees it renamed."""
    other = Named("d-3", "Marketing")
    asked.words = {NamedKind.DEPARTMENT: {"Buying": Word(frozenset({"norway"}), "b"), **SALES_ROW}}
    asked.see(SALES, other)
    bound = Binding({"d-2": "2026-03-02"}, asked.clock.now().isoformat())
    known = asked.cache.names()
    settled = {**known.bindings, "department Buying": {"b": bound}}
    asked.clock.turn(seconds=3)
    asked.cache.share(replace(known, bindings=settled))

    asked.clock.turn(seconds=3)
    asked.see(Named("d-1", "Buying"), Named("d-2", "Sales"))

    assert asked.cache.names().bindings["department Buying"]["b"].holders == bound.holders
