"""What is kept between runs, in memory: cursors, reference data, guards, budgets, the mapping."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from connector.domain.budgets import Budget, current, merged
from connector.domain.catalogue import Catalogue
from connector.domain.cursors import Cursor
from connector.domain.errors import ConflictError
from connector.domain.guards import WINDOW, ChangeKind, Run
from connector.domain.mapping.naming.memory import NameMemory
from connector.domain.mapping.rows import (
    difference,
    from_rows,
    must_be_as_seen,
    row_key,
    to_rows,
    under_way,
)
from connector.domain.mapping.versions import HandledMapping
from connector.domain.records.agreement import KEPT, Agreement
from connector.domain.records.approvals import Approval
from connector.domain.records.mode import Mode
from connector.ports.dialects import BELIEVED
from connector.ports.state import AnnouncedMapping, PreviousMapping, nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from connector.domain.mapping.model import Guards, MappingFile
    from connector.ports.clock import Clock


class InMemoryCursors:
    """The cursors, and the leases under which they move."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._cursors: dict[str, Cursor] = {}
        self._leases: dict[str, tuple[str, datetime]] = {}

    @contextmanager
    def lease(self, stream: str, seconds: float) -> Iterator[bool]:
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
        return self._cursors.get(stream, Cursor(stream))

    def save(self, cursor: Cursor) -> None:
        self._cursors[cursor.stream] = cursor


class InMemoryDialects:
    """What each tenant understands."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[str, dict[str, tuple[str, datetime]]] = {}

    def known(self, tenant: str) -> Mapping[str, str]:
        limit = self._clock.now() - BELIEVED
        habits = self._known.get(tenant, {}).items()
        return {habit: word for habit, (word, at) in habits if at > limit}

    def learn(self, tenant: str, habit: str, word: str) -> None:
        self._known.setdefault(tenant, {})[habit] = word, self._clock.now()


class InMemoryReferenceCache:
    """Cached reference data; it lasts as long as the object."""

    def __init__(self) -> None:
        self._catalogues: dict[str, Catalogue] = {}
        self._names = NameMemory()

    def catalogue(self, company: str) -> Catalogue:
        return self._catalogues.get(company, Catalogue())

    def save_catalogue(self, company: str, catalogue: Catalogue) -> None:
        self._catalogues[company] = catalogue

    def names(self) -> NameMemory:
        return self._names

    def share(self, memory: NameMemory) -> NameMemory:
        self._names = memory.merged(self._names)
        return self._names


class InMemoryGuardLog:
    """What guards have found and counted; no run is ever forgotten."""

    def __init__(self, clock: Clock) -> None:
        self._runs: dict[str, Run] = {}
        self._windows: dict[tuple[str, str], dict[str, datetime]] = {}
        self._free_until: dict[tuple[str, str], datetime] = {}
        self._guards: dict[str, Guards] = {}
        self._clock = clock
        self._lock = threading.Lock()

    def run(self, run: str) -> Run:
        return self._runs.get(run, Run(run))

    def save_run(self, run: Run) -> None:
        self._runs[run.id] = run

    def counted(self, company: str, kind: ChangeKind) -> frozenset[str]:
        first = self._clock.now() - WINDOW
        people = self._windows.get((company, kind), {})
        return frozenset(person for person, at in people.items() if at > first)

    def count(self, company: str, kind: ChangeKind, person_id: str, limit: int) -> bool:
        with self._lock:
            if self._free_until.get((company, kind), self._clock.now()) > self._clock.now():
                return True
            people = self.counted(company, kind)
            if person_id not in people and len(people) >= limit:
                return False
            self._windows.setdefault((company, kind), {})[person_id] = self._clock.now()
            return True

    def allow_all(self, company: str, kind: ChangeKind) -> None:
        self._windows.pop((company, kind), None)
        self._free_until[company, kind] = self._clock.now() + WINDOW

    def last_known(self, company: str) -> Guards | None:
        return self._guards.get(company)

    def keep(self, company: str, guards: Guards) -> None:
        self._guards[company] = guards


class InMemoryMappingHistory:
    """The one mapping before this one."""

    def __init__(self) -> None:
        self._previous: PreviousMapping | None = None

    def previous_mapping(self) -> PreviousMapping | None:
        return self._previous

    def save_previous_mapping(self, previous: PreviousMapping) -> None:
        self._previous = previous


class InMemoryBudgets:
    """What all functions together know of each budget, in memory."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, Budget] = {}

    def known(self, name: str) -> Budget:
        return current(self._known.get(name, Budget()), self._clock.now())

    def share(self, name: str, budget: Budget) -> None:
        with self._lock:
            self._known[name] = merged(self.known(name), budget, self._clock.now())


class InMemoryMappings:
    """The controller's mapping in memory, as rows, so that it is translated there and back."""

    def __init__(self, mapping: MappingFile | None = None) -> None:
        self._rows = to_rows(mapping) if mapping else []
        self._is_taken = False

    def load(self) -> MappingFile:
        return from_rows(self.rows())

    def rows(self) -> list[dict[str, Any]]:
        return sorted(map(dict, self._rows), key=row_key)

    def replace(
        self, mapping: MappingFile, seen: str | None = None, first: Callable[[], None] = nothing
    ) -> tuple[int, int]:
        if self._is_taken:
            raise under_way()
        self._is_taken = True
        try:
            must_be_as_seen(self._rows, seen)
            first()
            written, removed = difference(self._rows, to_rows(mapping))
            self._rows = to_rows(mapping)
        finally:
            self._is_taken = False
        return len(written), len(removed)


class InMemoryApprovals:
    """The operator's decisions, in memory."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], Approval] = {}

    def latest(self, person_id: str, company: str) -> Approval | None:
        return self._rows.get((person_id, company))

    def save(self, approval: Approval, before: Approval | None) -> None:
        if self._rows.get((approval.person_id, approval.company)) != before:
            raise ConflictError("somebody else has decided meanwhile")
        self._rows[approval.person_id, approval.company] = approval

    def erase(self, person_id: str, companies: Iterable[str]) -> None:
        for company in companies:
            self._rows.pop((person_id, company), None)


class InMemoryModes:
    """The mode, in memory."""

    def __init__(self, mode: Mode | None = None) -> None:
        self._mode = mode or Mode()

    def current(self) -> Mode:
        return self._mode

    def save(self, mode: Mode) -> None:
        self._mode = mode


class InMemoryAgreements:
    """The results of the daily reconciliation, in memory."""

    def __init__(self) -> None:
        self._results: dict[str, tuple[Agreement, ...]] = {}

    def of(self, company: str) -> tuple[Agreement, ...]:
        return self._results.get(company, ())

    def save(self, agreement: Agreement) -> None:
        kept = (*self.of(agreement.company), agreement)[-KEPT:]
        self._results[agreement.company] = kept


class InMemoryMappingVersions:
    """Up to which mapping everybody has been looked at, in memory."""

    def __init__(self) -> None:
        self._handled = HandledMapping()
        self._announced = AnnouncedMapping()

    def announced(self) -> AnnouncedMapping:
        return self._announced

    def announce(self, digest: str) -> int:
        if digest != self._announced.digest:
            self._announced = AnnouncedMapping(digest, self._announced.number + 1)
        return self._announced.number

    def handled(self) -> HandledMapping:
        return self._handled

    def save_handled(self, handled: HandledMapping) -> None:
        self._handled = handled
