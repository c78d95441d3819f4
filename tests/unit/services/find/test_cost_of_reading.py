"""What a read of everyone costs in work of our own: nothing is done twice for one row."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from connector.domain import decisions
from connector.domain.catalogue import Part
from connector.domain.mapping.naming.memory import NameMemory
from connector.domain.people import fingerprint
from connector.domain.placement import resolve_placement
from connector.domain.records.ledger import Person
from connector.services.find import comparison
from connector.services.find import poller as poller_module
from connector.services.shared import outlook
from tests.support.world import a_world
from tests.unit.builders import a_catalogue
from tests.unit.find_bench import FindBench, a_cursor, worker

ROWS = 40


class Shown:
    """A company that shows its catalogue."""

    def company(self, _: str) -> Any:
        return self

    def catalogue(self, parts: Iterable[Part], _: int | None) -> dict[Part, Any]:
        return {part: getattr(a_catalogue(), part.value) for part in parts}


@contextmanager
def counted(*places: tuple[Any, str]) -> Iterator[Counter[str]]:
    """How often these functions are called within."""
    calls: Counter[str] = Counter()

    def counting(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **options: Any) -> Any:
            calls[name] += 1
            return original(*given, **options)

        return call

    with pytest.MonkeyPatch.context() as patched:
        for owner, name in places:
            patched.setattr(owner, name, counting(name, getattr(owner, name)))
        yield calls


def test_a_row_that_is_new_is_digested_once_and_its_company_is_looked_for_once() -> None:
    bench = FindBench([[worker(n) for n in range(ROWS)]])
    bench.cursors.save(a_cursor())
    bench.source.reads_increments = False

    with counted((comparison, "fingerprint"), (decisions, "route")) as calls:
        summary = bench.poller.run(full_sweep=True)

    assert summary.queued == ROWS
    assert calls == {"fingerprint": ROWS, "route": ROWS}


def test_the_row_of_a_person_is_read_once_for_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = FindBench([[worker(n) for n in range(ROWS)]])
    asked: list[str] = []
    ledger = bench.sweep.ledger
    original = ledger.persons

    def persons(ids: Iterable[str] | None = None) -> Any:
        wanted = None if ids is None else list(ids)
        asked.extend(wanted or ())
        return original(wanted)

    monkeypatch.setattr(ledger, "persons", persons)

    bench.sweep.read(bench.cursors.cursor("workers sweep"), a_cursor(), bench.mapping)

    assert Counter(asked) == Counter(f"p{n}" for n in range(ROWS))


@pytest.mark.parametrize("pages", [2, 20])
def test_a_first_load_asks_for_the_catalogue_as_often_whatever_its_number_of_pages(
    pages: int,
) -> None:
    bench = FindBench([[worker(n)] for n in range(pages)], targets=Shown())
    bench.cursors.save(a_cursor())
    bench.source.reads_increments = False

    with counted((type(bench.poller.guard.cache), "catalogue")) as calls:
        summary = bench.poller.run(full_sweep=True)

    assert (summary.queued, calls["catalogue"]) == (pages, 1)


def test_people_with_the_same_facts_are_placed_once() -> None:
    bench = FindBench([[worker(n)] for n in range(ROWS)])
    bench.cursors.save(a_cursor())
    bench.source.reads_increments = False
    rules, key = bench.mapping.companies["norway"], bench.sweep.ledger.key
    for n in range(ROWS):
        one = worker(n)
        placed = resolve_placement("norway", rules, one.facts, a_catalogue()).to_json()
        seen = {one.id: fingerprint(one, key)}
        bench.tables.persons[f"p{n}"] = Person(
            f"p{n}", 1, "salt", seen, {}, one.id, {}, placed, "created", ("norway",)
        )

    with counted((outlook, "resolve_placement")) as calls:
        summary = bench.poller.run(full_sweep=True)

    assert (summary.workers_read, summary.queued) == (ROWS, 0)
    assert calls == {"resolve_placement": 1}


def test_the_collector_leaves_alone_what_was_loaded_and_nothing_that_a_run_has_made() -> None:
    bench = FindBench()
    poller_module.leave_what_is_loaded.cache_clear()
    before = gc.get_freeze_count()

    frozen = []
    for _ in range(2):
        bench.poller.run(full_sweep=True)
        frozen.append(gc.get_freeze_count())
    gc.unfreeze()

    assert frozen[0] > before
    assert frozen[1] <= frozen[0]


def test_a_name_is_looked_at_once_for_a_page_and_not_once_for_everyone_in_it() -> None:
    with a_world(people=60) as world, counted((NameMemory, "recalled")) as calls:
        page = next(iter(world.source.everyone()))
        things = {
            thing
            for each in page.workers
            for thing in (
                each.facts.department,
                each.facts.location,
                each.facts.legal_entity,
                each.facts.employment_type.named,
            )
        }

        assert len(page.workers) > len(things) > 0
        assert calls == {"recalled": len(things)}
