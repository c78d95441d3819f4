"""The reconciliation of 10,000 people: pages alone where nothing differs, and exactly who does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from connector.domain.employees import Employee
from connector.domain.errors import UpstreamUnavailableError
from connector.domain.facts import Known, Named
from connector.domain.mapping.versions import HandledMapping
from connector.domain.people import EmploymentStatus, fingerprint
from connector.domain.placement import IN_VISMA, resolve_placement
from connector.domain.planning import Outcome
from connector.domain.records.ledger import EmployeeLink, Person
from tests.support.digests import KEY
from tests.unit.builders import NOW, a_catalogue, a_mapping, a_worker, some_personal
from tests.unit.find_bench import FindBench, a_cursor

PEOPLE, A_PAGE = 10_000, 100
OF_EACH = 5


class Books:
    """Visma's list of employees, and how often it is read; nothing else may be asked."""

    def __init__(self) -> None:
        self.rows: dict[int, Employee] = {}
        self.lists = 0

    def company(self, _: str) -> Any:
        return self

    def catalogue(self, *_: object) -> Any:
        raise UpstreamUnavailableError("what is cached has to do")

    def employees(self) -> Iterator[Employee]:
        self.lists += 1
        return iter(list(self.rows.values()))


class Company:
    """10,000 people who are in Visma as they should be, until something is done to them."""

    def __init__(self) -> None:
        self.books = Books()
        self.workers = {n: [a_worker(f"w{n}", f"p{n}", number=str(n))] for n in range(PEOPLE)}
        self.bench = FindBench(targets=self.books)
        rules = a_mapping().companies["norway"]
        facts = self.workers[0][0].facts
        placement = resolve_placement("norway", rules, facts, a_catalogue())
        placed = {**placement.to_json(), IN_VISMA: placement.fields()}
        for n, (worker,) in self.workers.items():
            self.bench.tables.persons[f"p{n}"] = Person(
                f"p{n}", 1, "salt", {worker.id: fingerprint(worker, KEY)}, {}, worker.id,
                worker.facts.to_json(), placed, "created", ("norway",),
            )  # fmt: skip
            link = EmployeeLink(
                f"p{n}", "norway", Outcome.CREATED, NOW, worker.id, str(n), str(n), n, '"AAA="',
                {"status": "Active", **placement.fields()},
            )  # fmt: skip
            self.bench.tables.links[f"p{n}"] = {"norway": link}
            self.books.rows[n] = Employee(str(n), {"status": "Active"}, "AAA=", n)
        self.bench.cursors.save(a_cursor())
        handled = replace(HandledMapping.of(self.bench.mapping, NOW), is_settled=True)
        self.bench.versions.save_handled(handled)

    def sweep(self) -> Any:
        rows = [worker for each in self.workers.values() for worker in each]
        pages = [rows[at : at + A_PAGE] for at in range(0, len(rows), A_PAGE)]
        self.bench.source.pages = pages
        self.bench.source.reads_increments = False  # a sweep alone, without a tick
        self.bench.clock.turn(days=1)
        return self.bench.poller.run(full_sweep=True)

    def change(self, n: int, **facts: Any) -> None:
        worker = self.workers[n][0]
        self.workers[n] = [replace(worker, facts=replace(worker.facts, **facts))]

    def ledger_has(self, n: int, **changes: Any) -> None:
        persons = self.bench.tables.persons
        persons[f"p{n}"] = replace(persons[f"p{n}"], **changes)

    def link_has(self, n: int, **changes: Any) -> None:
        links = self.bench.tables.links[f"p{n}"]
        links["norway"] = replace(links["norway"], **changes)

    def visma_has(self, n: int, **changes: Any) -> None:
        self.books.rows[n] = replace(self.books.rows[n], **changes)


def dealt_with_wrongly(company: Company, n: int) -> None:
    placed = {**company.bench.tables.persons[f"p{n}"].placement, "department": "MGMT"}
    company.ledger_has(n, placement=placed)


def taken_back(company: Company, n: int) -> None:
    """The employment that counted is gone, and the one that is left is elsewhere."""
    moved = a_worker(f"w{n}", f"p{n}", number=str(n), location=Named("l2", "Oslo"))
    company.workers[n] = [moved]
    seen = {moved.id: fingerprint(moved, KEY), f"later{n}": "f"}
    company.ledger_has(n, worker_id=f"later{n}", fingerprints=seen)


def rejected(company: Company, n: int) -> None:
    company.link_has(n, outcome=Outcome.REJECTED, reason="refused")
    company.ledger_has(n, outcome="rejected")


def hired(company: Company, n: int) -> None:
    company.workers[n + PEOPLE] = [a_worker(f"w{n + PEOPLE}", f"p{n + PEOPLE}", number=str(n))]


def renamed(company: Company, n: int) -> None:
    personal = some_personal(family_name="Ny")
    company.workers[n] = [replace(company.workers[n][0], personal=personal)]


Origin = Callable[[Company, int], object]
ORIGINS: dict[str, Origin] = {
    "moved in Rippling": lambda c, n: c.change(n, department=Named("d2", "Management", "MGMT")),
    "another name": renamed,
    "left": lambda c, n: c.change(
        n, status=EmploymentStatus.TERMINATED, end_date=Known(date(2026, 11, 20))
    ),
    "hired": hired,
    "dealt with, and wrong": dealt_with_wrongly,
    "an employment taken back": taken_back,
    "edited in Visma": lambda c, n: c.visma_has(n, etag="BBB="),
    "missing in Visma": lambda c, n: c.books.rows.pop(n),
    "renumbered in Visma": lambda c, n: c.visma_has(n, code=f"OLD{n}"),
    "someone else in Visma": lambda c, n: c.visma_has(n, employee_id=n + PEOPLE),
    "rejected before": rejected,
}


@pytest.fixture(scope="module")
def company() -> Company:
    return Company()


def test_ten_thousand_unchanged_people_cost_the_pages_and_no_message(company: Company) -> None:
    before = company.books.lists

    summary = company.sweep()

    assert (summary.sweep, summary.workers_read, summary.queued) == ("finished", PEOPLE, 0)
    assert company.bench.queue.changes == []
    assert company.books.lists == before + 1


def test_of_ten_thousand_exactly_those_who_differ_are_queued(company: Company) -> None:
    expected = set()
    for place, (_, happens) in enumerate(ORIGINS.items()):
        for n in range(1_000 + place * OF_EACH, 1_000 + (place + 1) * OF_EACH):
            happens(company, n)
            expected.add(n + PEOPLE if happens is hired else n)
    before = company.books.lists

    company.sweep()

    queued = [change.person_id for change in company.bench.queue.changes]
    assert sorted(map(str, queued)) == sorted(f"p{n}" for n in expected)
    assert company.books.lists == before + 1
