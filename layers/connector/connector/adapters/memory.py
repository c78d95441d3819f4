"""The ports without AWS: the same behaviour, held in memory. For tests, and for trying things out.

The ledger and the audit share one `InMemoryTables`, as their tables share a transaction.
"""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from connector.adapters.aws.ledger_rows import audit_item
from connector.adapters.aws.sqs import NOT_A_CHANGE
from connector.adapters.ledger_steps import (
    after_outcome,
    chained,
    code_taken,
    intent_of,
    is_foreign,
    moved_on,
    new_workers,
    unknown,
    with_intent,
)
from connector.domain.audit import timestamp
from connector.domain.budgets import Budget, current, merged
from connector.domain.catalogue import Catalogue, canonical
from connector.domain.cursors import Cursor
from connector.domain.errors import ConfigurationError
from connector.domain.guards import Run
from connector.domain.ledger import EmployeeLink, Person, Record
from connector.domain.mapping.rows import difference, from_rows, row_key, to_rows
from connector.ports.queue import DeadLetter
from connector.ports.secrets import RipplingCredentials, VismaCredentials
from connector.ports.state import PollingPause

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from connector.domain.audit import AuditRow
    from connector.domain.changes import Change
    from connector.domain.mapping.model import MappingFile
    from connector.ports.clock import Clock


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
    ) -> None:
        self.tables = tables or InMemoryTables()
        self._clock = clock
        self._retention_days = retention_days
        self._planned = planned
        self._owner = uuid4().hex

    def record(self, person_id: str) -> Record:
        """All rows of one person; a new person where there are none."""
        person = self.tables.persons.get(person_id) or unknown(person_id).person
        return Record(person, dict(self.tables.links.get(person_id, {})))

    def fingerprints(self, person_ids: Iterable[str]) -> dict[str, dict[str, str]]:
        """For each known person, worker id to fingerprint as last dealt with."""
        return {
            person.id: dict(person.planned_fingerprints if self._planned else person.fingerprints)
            for person in self.persons(person_ids)
        }

    def begin(
        self, record: Record, company: str, code: str, *, claim: bool, proof: str = ""
    ) -> Record:
        """Notes that a write is about to be sent; with `claim` the code becomes this person's."""
        now, person_id = self._clock.now(), record.person.id
        key = canonical(code), company
        with self.tables.lock:
            self._check(record, now)
            if claim and self.tables.claims.setdefault(key, person_id) != person_id:
                raise code_taken(code, company)
            after = with_intent(record, intent_of(company, code, self._owner, now, proof))
            self.tables.persons[person_id] = after.person
        return after

    def release_intent(self, record: Record) -> None:
        """Notes that the write that was begun is over, its outcome unknown."""
        with self.tables.lock:
            resting = self.tables.persons.get(record.person.id)
            if resting and resting.version == record.person.version and resting.intent:
                over = replace(resting.intent, until=self._clock.now())
                self.tables.persons[resting.id] = replace(resting, intent=over)

    def person_with(self, worker_id: str) -> str | None:
        """Whose employment this was when last dealt with, or None: a hint, perhaps outdated."""
        return self.tables.aliases.get(worker_id)

    def owner_of(self, code: str, company: str) -> str | None:
        """The person who claims an employee code in a company, or None."""
        return self.tables.claims.get((canonical(code), company))

    def finish(
        self,
        record: Record,
        person: Person,
        links: Iterable[EmployeeLink],
        audit: Iterable[AuditRow],
    ) -> None:
        """Writes outcome and audit together, clears the intent and raises the version."""
        with self.tables.lock:
            self._check(record, self._clock.now())
            own = self.tables.audit.setdefault(person.id, [])
            last = datetime.fromisoformat(own[-1]["time"]) if own else None
            rows = chained(audit, record.person.audit_hash, last)
            own += [audit_item(row, self._retention_days) for row in rows]
            self.tables.persons[person.id] = after_outcome(record, person, rows)
            held = self.tables.links.setdefault(person.id, {})
            held.update({link.company: link for link in links})
            self.tables.aliases |= dict.fromkeys(new_workers(record, person), person.id)

    def waiting(self, company: str) -> Iterator[EmployeeLink]:
        """The people of a company who wait for something."""
        return (link for link in self.links(company) if link.waiting_for)

    def due(self, company: str, day: date) -> Iterator[EmployeeLink]:
        """The people of a company whose scheduled day is `day` or earlier."""
        return (
            link for link in self.links(company) if link.due_on is not None and link.due_on <= day
        )

    def persons(self, ids: Iterable[str] | None = None) -> Iterator[Person]:
        """The person rows with these ids, or all of them."""
        wanted = list(self.tables.persons) if ids is None else dict.fromkeys(ids)
        return (self.tables.persons[id_] for id_ in wanted if id_ in self.tables.persons)

    def links(self, company: str) -> Iterator[EmployeeLink]:
        """All rows of a company."""
        everybody = list(self.tables.links.values())
        return (held[company] for held in everybody if company in held)

    def _check(self, record: Record, now: datetime) -> None:
        """The row is as it was read, and nobody else is in the middle of a write."""
        resting = self.tables.persons.get(record.person.id, Person(record.person.id))
        moved = resting.version != record.person.version
        if moved or is_foreign(resting.intent, self._owner, now):
            raise moved_on(resting, self._owner, now)


class InMemoryAuditLog:
    """The audit in memory, as a ledger over the same tables wrote it."""

    def __init__(self, tables: InMemoryTables) -> None:
        self._tables = tables

    def of_person(self, person_id: str) -> Iterator[dict[str, Any]]:
        """The rows of one person, oldest first."""
        return map(dict, self._tables.audit.get(person_id, ()))

    def of_outcome(self, outcome: str, since: datetime) -> Iterator[dict[str, Any]]:
        """The rows of one outcome, oldest first."""
        start = timestamp(since)
        return (
            row for row in self._by_time() if row["outcome"] == outcome and row["time"] >= start
        )

    def of_day(self, day: date) -> Iterator[dict[str, Any]]:
        """The rows of one day, oldest first."""
        return (row for row in self._by_time() if row["day"] == day.isoformat())

    def _by_time(self) -> list[dict[str, Any]]:
        rows = chain.from_iterable(self._tables.audit.values())
        return sorted(map(dict, rows), key=lambda row: str(row["time"]))


class InMemoryWatermarks:
    """How far readers have read, and what is cached between runs, in memory."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._walks: dict[str, Cursor] = {}
        self._leases: dict[str, tuple[str, datetime]] = {}
        self._catalogues: dict[str, Catalogue] = {}
        self._locations: tuple[datetime, dict[str, str]] | None = None
        self._runs: dict[str, Run] = {}
        self._counters: Counter[str] = Counter()
        self._previous: tuple[str, datetime] | None = None

    @contextmanager
    def lease(self, stream: str, seconds: float) -> Iterator[bool]:
        """Enters with True for one holder at a time, with False for everybody else."""
        owner, now = uuid4().hex, self._clock.now()
        held = stream not in self._leases or self._leases[stream][1] <= now
        if held:
            self._leases[stream] = owner, now + timedelta(seconds=seconds)
        try:
            yield held
        finally:
            if stream in self._leases and self._leases[stream][0] == owner:
                del self._leases[stream]

    def cursor(self, stream: str) -> Cursor:
        """How far the stream has been read."""
        return self._walks.get(stream, Cursor(stream))

    def save(self, cursor: Cursor) -> None:
        """Remembers how far the stream has been read."""
        self._walks[cursor.stream] = cursor

    def catalogue(self, company: str) -> Catalogue:
        """The cached catalogue of a company; an empty one where none was read."""
        return self._catalogues.get(company, Catalogue())

    def save_catalogue(self, company: str, catalogue: Catalogue) -> None:
        """Caches the catalogue of a company."""
        self._catalogues[company] = catalogue

    def run(self, run: str) -> Run:
        """What a run was not allowed to do; nothing where it is not known."""
        return self._runs.get(run, Run(run))

    def save_run(self, run: Run) -> None:
        """Remembers what a run was not allowed to do."""
        self._runs[run.id] = run

    def count_up(self, counter: str) -> int:
        """Adds one to a counter and says what it comes to."""
        self._counters[counter] += 1
        return self._counters[counter]

    def locations(self) -> tuple[datetime, dict[str, str]] | None:
        """The cached names of the Rippling work locations, and when they were read."""
        return self._locations

    def save_locations(self, read_at: datetime, names: Mapping[str, str]) -> None:
        """Caches the names of the Rippling work locations."""
        self._locations = read_at, dict(names)

    def previous_mapping(self) -> tuple[str, datetime] | None:
        """The mapping before the last import, as a file, and when that import was."""
        return self._previous

    def save_previous_mapping(self, text: str, imported_at: datetime) -> None:
        """Keeps the mapping that an import made at `imported_at` replaces."""
        self._previous = text, imported_at


class InMemoryBudgets:
    """What all functions together know of each budget, in memory."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, Budget] = {}

    def known(self, name: str) -> Budget:
        """What still counts of what has been told."""
        return current(self._known.get(name, Budget()), self._clock.now())

    def share(self, name: str, budget: Budget) -> None:
        """Adds a view to what is known."""
        with self._lock:
            self._known[name] = merged(self.known(name), budget, self._clock.now())


class InMemoryMappings:
    """The controller's mapping in memory, as rows, so that it is translated there and back."""

    def __init__(self, mapping: MappingFile | None = None) -> None:
        self._rows = to_rows(mapping) if mapping else []

    def load(self) -> MappingFile:
        """The mapping as it is now."""
        return from_rows(self.rows())

    def rows(self) -> list[dict[str, Any]]:
        """The rows as they rest."""
        return sorted(map(dict, self._rows), key=row_key)

    def replace(self, mapping: MappingFile) -> tuple[int, int]:
        """Makes the table hold exactly this mapping; how many rows were written and removed."""
        written, removed = difference(self._rows, to_rows(mapping))
        self._rows = to_rows(mapping)
        return len(written), len(removed)


class InMemoryChangeQueue:
    """The queue of changes in memory; what was sent and postponed is there to be looked at."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.postponed: list[tuple[str, float]] = []
        self.dead: list[DeadLetter] = []

    def send(self, changes: Iterable[Change]) -> int:
        """Queues changes; how many. None is ever swallowed as a duplicate of another."""
        before = len(self.changes)
        self.changes += changes
        return len(self.changes) - before

    def delay(self, receipt: str, seconds: float) -> None:
        """Keeps a received message from being delivered again before that many seconds."""
        self.postponed.append((receipt, seconds))

    def dead_letter(self, body: str, reason: str) -> None:
        """Puts a message that is not a change among the dead letters."""
        self.dead.append(DeadLetter(uuid4().hex, body, NOT_A_CHANGE, uuid4().hex, reason))

    def dead_letters(self, limit: int) -> list[DeadLetter]:
        """Some dead letters, oldest first; they stay on the queue."""
        return self.dead[:limit]

    def release(self, letters: Iterable[DeadLetter]) -> None:
        """Lets others see dead letters again at once, which here they always do."""

    def delete(self, letter: DeadLetter) -> None:
        """Takes a dead letter off the queue."""
        self.dead = [other for other in self.dead if other.receipt != letter.receipt]

    def sizes(self) -> tuple[int, int]:
        """How many changes wait, and how many dead letters lie."""
        return len(self.changes), len(self.dead)


class InMemorySecrets:
    """The two secrets in memory; one that is None is empty."""

    def __init__(
        self,
        rippling: RipplingCredentials | None = None,
        visma: Mapping[str, VismaCredentials] | None = None,
    ) -> None:
        self._rippling = rippling
        self._visma = visma

    def rippling(self, *, fresh: bool = False) -> RipplingCredentials:
        """The Rippling secret."""
        if self._rippling is None:
            raise ConfigurationError("the Rippling secret is empty")
        return self._rippling

    def visma(self, *, fresh: bool = False) -> Mapping[str, VismaCredentials]:
        """The Visma secret, by company key."""
        if self._visma is None:
            raise ConfigurationError("the Visma secret is empty")
        return self._visma

    def store_rippling_tokens(
        self, access_token: str, refresh_token: str | None, expires_at: datetime
    ) -> None:
        """Puts an installation's newest tokens into the Rippling secret; all else in it stays."""
        held = self.rippling()
        self._rippling = replace(
            held,
            access_token=access_token,
            refresh_token=refresh_token or held.refresh_token,
            expires_at=expires_at,
        )

    def webhook_tokens(self, *, fresh: bool = False) -> tuple[str, ...]:
        """The bearer tokens that the webhook accepts."""
        return self._rippling.webhook_tokens if self._rippling else ()

    def webhook_company(self) -> str | None:
        """The Rippling company that a webhook must be about, if that is to be checked."""
        return self._rippling.company_id if self._rippling else None


class InMemoryInstallStates:
    """The states of installations that were started here, in memory."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[str, datetime] = {}

    def remember(self, state: str, until: datetime) -> None:
        """Makes a state valid until then."""
        self._until[state] = until

    def is_open(self, state: str) -> bool:
        """Whether a state is valid; it stays so."""
        return state in self._until and self._clock.now() < self._until[state]

    def use_up(self, state: str) -> bool:
        """Whether a state was valid; from now on it is not."""
        was_open = self.is_open(state)
        self._until.pop(state, None)
        return was_open


class InMemoryPollingPauses:
    """Whether polling was stopped, in memory."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._current: PollingPause | None = None

    def pause(self, reason: str) -> None:
        """Stops polling."""
        self._current = self._current or PollingPause(self._clock.now(), reason)

    def current(self) -> PollingPause | None:
        """The pause there is, if any."""
        return self._current

    def end(self) -> PollingPause | None:
        """Ends the pause there is; it, or None where there was none."""
        ended, self._current = self._current, None
        return ended


class InMemoryNotifications:
    """The ids of notifications that were taken in, in memory."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[str, datetime] = {}

    def take(self, notification_id: str, until: datetime) -> bool:
        """True for the first who takes it, False for everybody after that, until then."""
        taken = self._until.get(notification_id)
        if taken is not None and self._clock.now() < taken:
            return False
        self._until[notification_id] = until
        return True

    def give_back(self, notification_id: str) -> None:
        """Lets it be taken again: nothing came of it."""
        self._until.pop(notification_id, None)
