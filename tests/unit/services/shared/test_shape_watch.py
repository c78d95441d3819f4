"""The watch over the answers of one tenant: it tells once, costs little, and stops nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from connector.adapters.shapes.tables import contract_of
from connector.domain.errors import UpstreamUnavailableError
from connector.domain.shapes.deviation import Deviation
from connector.domain.shapes.sightings import Sighting
from connector.services.shared.shape_watch import LOOKED_AT_WHOLE, ShapeWatch, ShapeWatches

EMPLOYEE = {"employeeId": 1, "employeeNumber": "1001"}


@dataclass
class Memory:
    """A memory that counts, and is out of reach for so many calls."""

    out_of_reach: int = 0
    asked: int = 0
    known: set[Deviation] = field(default_factory=set)

    def seen(self, _: str) -> list[Sighting]:
        return []

    def note(self, _: str, deviations: Collection[Deviation]) -> list[Deviation]:
        self.asked += 1
        if self.asked <= self.out_of_reach:
            raise UpstreamUnavailableError("DynamoDB did not answer")
        news = [each for each in deviations if each not in self.known]
        self.known.update(deviations)
        return news


@dataclass
class Told:
    """Who is told."""

    texts: list[str] = field(default_factory=list)

    def deviates(self, tenant: str, text: str) -> None:
        self.texts.append(f"{tenant}: {text}")


def a_watch(memory: Memory, told: Told) -> ShapeWatch:
    return ShapeWatches(memory, told).of("visma norway", lambda: contract_of("visma"))


def look(watch: ShapeWatch, **members: Any) -> None:
    watch.answered("GET", "/v1/employee/1001", 200, ["Date"])
    watch.content("GET", "/v1/employee/1001", 200, {**EMPLOYEE, **members})


def test_an_everyday_asks_no_memory() -> None:
    memory, told = Memory(), Told()
    watch = a_watch(memory, told)

    for _ in range(100):
        look(watch)

    assert (memory.asked, told.texts) == (0, [])
    assert watch.looked_at == {"GET /v1/employee/{employeeCd}": 100}


def test_what_deviates_is_told_once_and_asks_the_memory_once() -> None:
    memory, told = Memory(), Told()
    watch = a_watch(memory, told)

    for _ in range(100):
        look(watch, mood="fine")

    assert memory.asked == 1
    assert told.texts == [
        "visma norway: GET /v1/employee/{employeeCd} answers 200 with mood (string), which is new"
    ]


def test_of_the_many_pages_of_a_read_every_place_is_looked_at_by_and_by() -> None:
    watch = a_watch(Memory(), told := Told())
    rows = [EMPLOYEE] * 30
    pages = 0

    for _ in range(LOOKED_AT_WHOLE):
        watch.answered("GET", "/v1/employee", 200, [])
        watch.content("GET", "/v1/employee", 200, rows)
    while not any("mood" in each for each in told.texts) and pages <= len(rows):
        pages += 1
        watch.answered("GET", "/v1/employee", 200, [])
        watch.content("GET", "/v1/employee", 200, [*rows[:17], {**EMPLOYEE, "mood": "fine"}])

    assert 1 < pages < len(rows)


def test_what_another_function_has_told_is_not_told_again() -> None:
    memory, told = Memory(), Told()
    look(a_watch(memory, told), mood="fine")
    look(a_watch(memory, told), mood="fine", shade=1)

    assert len(told.texts) == 2
    assert "shade" in told.texts[-1]


def test_a_memory_out_of_reach_stops_nothing_and_the_next_answer_tells_it() -> None:
    memory, told = Memory(out_of_reach=2), Told()
    watch = a_watch(memory, told)

    look(watch, mood="fine")
    look(watch, mood="fine")
    assert told.texts == []
    look(watch, mood="fine")

    assert len(told.texts) == 1


def test_a_request_that_is_in_no_table_is_looked_at_by_nobody() -> None:
    memory, told = Memory(), Told()
    watch = a_watch(memory, told)

    watch.answered("GET", "/v1/weather", 418, ["Deprecation"])
    watch.content("GET", "/v1/weather", 200, {"sun": True})

    assert (memory.asked, watch.looked_at) == (0, {})


def test_a_tenant_has_one_watch_a_process() -> None:
    watches = ShapeWatches(Memory(), Told())

    first = watches.of("rippling", lambda: contract_of("rippling-rest"))

    assert watches.of("rippling", lambda: contract_of("rippling-rest")) is first
    assert watches.looked_at("visma norway") == {}
