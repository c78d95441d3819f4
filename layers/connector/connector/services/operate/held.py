"""The operator's word about those whom a guard holds: who they are, and approve or reject."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from connector.domain.changes import Cause, Change, Word
from connector.domain.errors import ConfigurationError
from connector.domain.ledger import Holding
from connector.domain.planning import Outcome
from connector.ports.ledger import Ledger
from connector.ports.queue import ChangeQueue
from connector.ports.state import Mappings


@dataclass(frozen=True, slots=True)
class HeldPeople:
    """Lists and releases. Nothing is decided here: the writer looks at each person afresh."""

    ledger: Ledger
    mappings: Mappings
    queue: ChangeQueue

    def show(self, _: Mapping[str, Any]) -> dict[str, Any]:
        """Who is held, what would be done to them, and by the guard of which run."""
        return {"rows": [_described(holding) for holding in self._all()]}

    def approve(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Lets the writer do what was held, for named people or for one run."""
        return self._say(Word.APPROVE, arguments)

    def reject(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Has named people, or one run, left as they are until Rippling says something new."""
        return self._say(Word.REJECT, arguments)

    def _say(self, word: Word, arguments: Mapping[str, Any]) -> dict[str, Any]:
        run, people = arguments.get("run"), [str(each) for each in arguments.get("people") or ()]
        if not run and not people:
            raise ConfigurationError(f"{word}: name a run or people; `connector held` lists them")
        held = list(self._all())
        chosen = [each for each in held if each.held_run == run or _names(each) & set(people)]
        known = {name for each in held for name in _names(each)}
        queued = self.queue.send(
            Change(each.worker_id, Cause.OPERATOR, uuid4().hex, each.person_id, word=word)
            for each in chosen
        )
        return {"queued": queued, "unknown": sorted(set(people) - known)}

    def _all(self) -> Iterator[Holding]:
        for company in self.mappings.load().companies:
            yield from _held(self.ledger.holdings(company))


def _held(holdings: Iterable[Holding]) -> Iterator[Holding]:
    return (holding for holding in holdings if holding.outcome is Outcome.HELD)


def _names(holding: Holding) -> set[str]:
    names = {holding.person_id, holding.employee_code, holding.expected_code}
    return {name for name in names if name}


def _described(holding: Holding) -> dict[str, Any]:
    return {
        "company": holding.company,
        "person": holding.person_id,
        "employee_code": holding.employee_code or holding.expected_code,
        "kind": holding.held_kind,
        "run": holding.held_run,
        "since": holding.since.isoformat(timespec="seconds"),
        "reason": holding.reason,
    }
