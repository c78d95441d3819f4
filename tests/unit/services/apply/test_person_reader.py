"""What a person is read with."""

from __future__ import annotations

from collections.abc import Iterable

from connector.adapters.memory import InMemoryLedger
from connector.domain.changes import Cause, Change
from connector.domain.people import Worker
from connector.domain.records.ledger import Person
from connector.services.apply.person_reader import PersonReader
from tests.support.clock import HandClock


class Asked:
    """A source that keeps which employments of a person it was told of."""

    known: tuple[str, ...] = ()

    def employments(
        self, worker_id: str, person_id: str, known: Iterable[str] = ()
    ) -> list[Worker]:
        self.known = tuple(known)
        return []


def test_the_employments_that_a_rehearsal_has_met_are_read_as_well() -> None:
    """Where Rippling cannot be searched for a person, no other way leads to them."""
    clock, source = HandClock(), Asked()
    ledger = InMemoryLedger(clock, planned=True)
    ledger.tables.persons["p1"] = Person(
        "p1", 1, fingerprints={"live": "1"}, planned_fingerprints={"planned": "2"}
    )
    reader = PersonReader(ledger, source, clock)  # type: ignore[arg-type]

    reader.person_of(Change("new", Cause.POLL, "c1", "p1"))

    assert sorted(source.known) == ["live", "planned"]
