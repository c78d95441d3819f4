"""Ledger and audit in memory. They share one `InMemoryTables`, as their tables share a write."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from connector.adapters.ledger_steps import (
    after_outcome,
    chained,
    code_taken,
    ends_intent,
    intent_of,
    is_foreign,
    moved_on,
    new_workers,
    of_nothing,
    unknown,
    with_intent,
)
from connector.domain.catalogue import canonical
from connector.domain.errors import ConflictError
from connector.domain.records.acts import OPERATORS
from connector.domain.records.chain import Head
from connector.domain.records.digests import DigestKey
from connector.domain.records.ledger import Claim, EmployeeLink, Person, Record, Write
from connector.domain.records.times import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from connector.domain.records.acts import Act
    from connector.domain.records.audit import AuditRow
    from connector.ports.clock import Clock


KEY = DigestKey(lambda: b"the key of what is in memory only")


@dataclass(slots=True)
class InMemoryTables:
    """The rows of the ledger and of the audit, and who has which code and which worker."""

    persons: dict[str, Person] = field(default_factory=dict)
    links: dict[str, dict[str, EmployeeLink]] = field(default_factory=dict)
    audit: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    claims: dict[tuple[str, str], str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


class InMemoryLedger:
    """The ledger in memory; each ledger over the same tables is a writer of its own."""

    def __init__(
        self,
        clock: Clock,
        tables: InMemoryTables | None = None,
        retention_days: int = 0,
        *,
        planned: bool = False,
        key: DigestKey = KEY,
    ) -> None:
        self.key = key
        self.tables = tables or InMemoryTables()
        self._clock = clock
        self._retention_days = retention_days
        self._planned = planned
        self._owner = uuid4().hex

    def record(self, person_id: str) -> Record:
        person = self.tables.persons.get(person_id) or unknown(person_id).person
        return Record(replace(person, key=self.key), dict(self.tables.links.get(person_id, {})))

    def fingerprints(self, person_ids: Iterable[str]) -> dict[str, dict[str, str]]:
        return {person.id: dict(self.dealt_with(person)) for person in self.persons(person_ids)}

    def dealt_with(self, person: Person) -> Mapping[str, str]:
        return person.planned_fingerprints if self._planned else person.fingerprints

    def begin(self, record: Record, write: Write, *, claim: bool) -> Record:
        now, person_id = self._clock.now(), record.person.id
        key = canonical(write.code), write.company
        with self.tables.lock:
            self._check(record, now)
            if claim and self.tables.claims.setdefault(key, person_id) != person_id:
                raise code_taken(write.code, write.company)
            after = with_intent(record, intent_of(write, self._owner, now))
            self.tables.persons[person_id] = after.person
        return after

    def release_intent(
        self, record: Record, lands_until: datetime | None = None, *, nothing_written: bool = False
    ) -> None:
        with self.tables.lock:
            stored = self.tables.persons.get(record.person.id)
            if stored and stored.version == record.person.version and stored.intent:
                over = replace(
                    stored.intent,
                    until=self._clock.now(),
                    lands_until=lands_until,
                    differences=() if nothing_written else stored.intent.differences,
                )
                self.tables.persons[stored.id] = replace(stored, intent=over)

    def person_with(self, worker_id: str) -> str | None:
        return self.tables.aliases.get(worker_id)

    def owner_of(self, code: str, company: str) -> str | None:
        return self.tables.claims.get((canonical(code), company))

    def finish(
        self,
        record: Record,
        person: Person,
        links: Iterable[EmployeeLink],
        audit: Iterable[AuditRow],
        released: Iterable[Claim] = (),
    ) -> None:
        with self.tables.lock:
            self._check(record, self._clock.now())
            for company, code in released:
                key = (canonical(code), company)
                if self.tables.claims.get(key) == person.id:
                    del self.tables.claims[key]
            own = self.tables.audit.setdefault(person.id, [])
            last = datetime.fromisoformat(own[-1]["time"]) if own else None
            rows = chained(audit, record.person.audit, self.key, self._retention_days, last)
            own += map(dict, rows)
            stored = self.tables.persons.get(person.id)
            kept = stored.intent if stored and not ends_intent(rows) else None
            after = after_outcome(record, person, rows)
            self.tables.persons[person.id] = replace(after, intent=kept)
            held = self.tables.links.setdefault(person.id, {})
            held.update({link.company: link for link in links})
            self.tables.aliases |= dict.fromkeys(new_workers(record, person), person.id)

    def waiting(self, company: str) -> Iterator[EmployeeLink]:
        return (link for link in self.links(company) if link.waiting_for)

    def open_links(self, company: str) -> Iterator[EmployeeLink]:
        return (link for link in self.links(company) if link.is_open)

    def due(self, company: str, day: date) -> Iterator[EmployeeLink]:
        return (
            link for link in self.links(company) if link.due_on is not None and link.due_on <= day
        )

    def persons(self, ids: Iterable[str] | None = None) -> Iterator[Person]:
        wanted = list(self.tables.persons) if ids is None else dict.fromkeys(ids)
        return (self.tables.persons[id_] for id_ in wanted if id_ in self.tables.persons)

    def headcount(self, company: str, enough: int | None = None) -> int:
        return sum(link.is_active for link in self.links(company))

    def employed(self) -> dict[str, tuple[str, ...]]:
        everyone = list(self.tables.persons.values())
        return {person.id: person.active_in for person in everyone if person.active_in}

    def links(self, company: str) -> Iterator[EmployeeLink]:
        everyone = list(self.tables.links.values())
        return (held[company] for held in everyone if company in held)

    def costs(self, company: str) -> Iterator[EmployeeLink]:
        return self.links(company)

    def holdings(self, company: str) -> tuple[list[EmployeeLink], list[tuple[str, str]]]:
        claims = [(key[0], one) for key, one in self.tables.claims.items() if key[1] == company]
        return list(self.links(company)), claims

    def hold(self, record: Record) -> Record:
        return self.begin(record, of_nothing(), claim=False)

    def erase(self, record: Record, claims: Iterable[Claim]) -> None:
        with self.tables.lock:
            self._check(record, self._clock.now())
            for company, code in claims:
                self.tables.claims.pop((canonical(code), company), None)
            for worker, owner in list(self.tables.aliases.items()):
                if owner == record.person.id:
                    del self.tables.aliases[worker]
            self.tables.links.pop(record.person.id, None)
            self.tables.persons.pop(record.person.id, None)

    def learn_id(self, link: EmployeeLink, employee_id: int) -> None:
        with self.tables.lock:
            held = self.tables.links.get(link.person_id, {})
            stored = held.get(link.company)
            if stored and stored.etag == link.etag and stored.employee_id is None:
                held[link.company] = replace(stored, employee_id=employee_id)

    def release_claim(self, record: Record, claim: Claim) -> None:
        company, code = claim
        key = canonical(code), company
        with self.tables.lock:
            self._check(record, self._clock.now())
            if self.tables.claims.get(key) != record.person.id:
                raise ConflictError("the claim moved on since it was read")
            del self.tables.claims[key]

    def _check(self, record: Record, now: datetime) -> None:
        stored = self.tables.persons.get(record.person.id, Person(record.person.id))
        moved = stored.version != record.person.version
        if moved or is_foreign(stored.intent, self._owner, now):
            raise moved_on(stored, self._owner, now)


class InMemoryAuditLog:
    """The audit in memory, as a ledger over the same tables wrote it."""

    def __init__(self, tables: InMemoryTables) -> None:
        self._tables = tables

    def record(self, act: Act) -> None:
        rows = self._tables.audit.setdefault(OPERATORS, [])
        last = rows[-1] if rows else {}
        act = act.after(last.get("time", ""))
        rows.append(Head.of(last).linked(act.content(), act.time, KEY, 0))

    def erase(self, person_id: str) -> None:
        self._tables.audit.pop(person_id, None)

    def head_of_acts(self) -> Head:
        rows = self._tables.audit.get(OPERATORS)
        return Head.of(rows[-1]) if rows else Head()

    def of_person(self, person_id: str) -> Iterator[dict[str, Any]]:
        return map(dict, self._tables.audit.get(person_id, ()))

    def of_outcome(self, outcome: str, since: datetime) -> Iterator[dict[str, Any]]:
        start = timestamp(since)
        return (
            row for row in self._by_time() if row["outcome"] == outcome and row["time"] >= start
        )

    def of_day(self, day: date) -> Iterator[dict[str, Any]]:
        return (row for row in self._by_time() if row["day"] == day.isoformat())

    def _by_time(self) -> list[dict[str, Any]]:
        rows = chain.from_iterable(self._tables.audit.values())
        return sorted(map(dict, rows), key=lambda row: str(row["time"]))
