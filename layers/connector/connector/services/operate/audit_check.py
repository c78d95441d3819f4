"""Whether the audit is as it was written: every chain, compared with where it ended.

Reads everything and changes nothing. People are named by their ids, rows by their times.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from connector.domain.records.acts import OPERATORS
from connector.domain.records.chain import Break, Head, first_break
from connector.ports.clock import Clock
from connector.ports.ledger import AuditLog, Ledger
from connector.ports.telemetry import Metrics

RESERVE_SECONDS = 20.0
"""With less time left no further chain is begun."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One chain that is not as it was written; `time` is that of the row, empty at the end."""

    person: str
    time: str
    what: str


@dataclass(slots=True)
class Checked:
    """What a check came to; `after` is where the next one goes on, empty where it is complete."""

    chains: int = 0
    rows: int = 0
    broken: list[Broken] = field(default_factory=list)
    after: str = ""


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """The service behind `connector audit verify`, which a schedule asks for daily."""

    ledger: Ledger
    audit: AuditLog
    clock: Clock
    metrics: Metrics

    def check(self, after: str = "", only: str | None = None) -> Checked:
        """Every chain behind this one, or one alone, as far as there is time."""
        return self._check([only] if only else self._chains(after))

    def check_of_the_day(self) -> Checked:
        """The same from another person on each day: where time is short, another part is left."""
        begin = sha256(self.clock.now().date().isoformat().encode()).hexdigest()
        first, *people = self._chains("")
        later = [each for each in people if each >= begin]
        return self._check([first, *later, *(each for each in people if each < begin)])

    def _check(self, chains: Iterable[str]) -> Checked:
        checked = Checked()
        for person_id in chains:
            if self.clock.remaining_seconds() < RESERVE_SECONDS:
                break
            self._check_one(person_id, checked)
            checked.after = person_id
        else:
            checked.after = ""
        self.metrics.count("AuditChainsChecked", checked.chains)
        self.metrics.count("AuditBroken", len(checked.broken))
        return checked

    def _chains(self, after: str) -> Iterator[str]:
        """The operators' acts first, then everybody by id."""
        if not after:
            yield OPERATORS
        known = sorted(person.id for person in self.ledger.persons())
        yield from (each for each in known if after in ("", OPERATORS) or each > after)

    def _check_one(self, person_id: str, checked: Checked) -> None:
        found = self._look(person_id, checked)
        # Whoever is written at this moment is read once more: the row after the end is new.
        found = found and self._look(person_id, Checked())
        checked.chains += 1
        if found:
            checked.broken.append(Broken(person_id, found.time, found.what))

    def _look(self, person_id: str, checked: Checked) -> Break | None:
        head = self._head(person_id)
        rows = list(self.audit.of_person(person_id))
        checked.rows += len(rows)
        return first_break(rows, self.ledger.key, self.clock.now(), head)

    def _head(self, person_id: str) -> Head:
        if person_id == OPERATORS:
            return self.audit.head_of_acts()
        # Their own row alone: what people cost is nothing to be opened here.
        return next((each.audit for each in self.ledger.persons([person_id])), Head())
