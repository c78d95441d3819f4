"""What a person is read with."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, islice

import pytest

from connector.adapters.memory import InMemoryFoundEmployments, InMemoryLedger
from connector.domain.changes import Cause, Change
from connector.domain.people import Worker
from connector.domain.records.ledger import Person
from connector.services.apply.person_reader import PersonReader
from tests.support.clock import HandClock


class Asked:
    """A source that keeps which employments of a person it was told of, as far as it goes."""

    def __init__(self, wanted: int = 9) -> None:
        self.wanted = wanted
        self.known: tuple[str, ...] = ()

    def employments(
        self,
        worker_id: str,
        person_id: str,
        known: Iterable[str] = (),
        found: Iterable[str] = (),
    ) -> list[Worker]:
        self.known = tuple(dict.fromkeys(islice(chain(known, found), self.wanted)))
        return []


def test_the_employments_that_a_rehearsal_has_met_are_read_as_well() -> None:
    """Where Rippling cannot be searched for a person, no other way leads to them."""
    clock, source = HandClock(), Asked()
    ledger = InMemoryLedger(clock, planned=True)
    ledger.tables.persons["p1"] = Person(
        "p1", 1, fingerprints={"live": "1"}, planned_fingerprints={"planned": "2"}
    )
    reader = PersonReader(ledger, source, InMemoryFoundEmployments(clock), clock)  # type: ignore[arg-type]

    reader.person_of(Change("new", Cause.POLL, "c1", "p1"))

    assert sorted(source.known) == ["live", "planned"]


class NotedOnly:
    """Found employments, and how often anyone asked for them."""

    def __init__(self, noted: dict[str, list[str]]) -> None:
        self._noted = noted
        self.asked = 0

    def note(self, found: object) -> None:
        raise AssertionError("a writer finds nothing")

    def of(self, person_id: str) -> list[str]:
        self.asked += 1
        return self._noted.get(person_id, [])


@pytest.mark.parametrize(("wanted", "known", "asked"), [(9, ["old", "found"], 1), (1, ["old"], 0)])
def test_what_runs_have_found_is_asked_for_where_rippling_cannot_be_searched(
    wanted: int, known: list[str], asked: int
) -> None:
    clock, source, found = HandClock(), Asked(wanted), NotedOnly({"p1": ["found"]})
    ledger = InMemoryLedger(clock)
    ledger.tables.persons["p1"] = Person("p1", 1, fingerprints={"old": "1"})
    reader = PersonReader(ledger, source, found, clock)  # type: ignore[arg-type]

    reader.person_of(Change("old", Cause.POLL, "c1", "p1"))

    assert list(source.known) == known
    assert found.asked == asked, "where it can be searched, that costs no call"
