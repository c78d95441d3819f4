"""Finding rows of the audit by whatever an operator knows: all conditions hold together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from connector.domain.changes import Cause
from connector.domain.errors import ConfigurationError
from connector.domain.planning import Outcome
from connector.domain.records.audit_kind import AuditKind, kind_in
from connector.ports.clock import Clock
from connector.ports.ledger import AuditLog, Ledger
from connector.ports.state import Mappings
from connector.services.foresee.numbers import number_in
from connector.services.foresee.people import People
from connector.services.operate.json_types import JsonObject
from connector.services.shared.nearest import must_be_one_of

RowPlace: TypeAlias = tuple[str, str, int]
"""Where a row stands among all: its time, its person, and its number within that person's."""

EVER = datetime(2000, 1, 1, tzinfo=UTC)
MOST_DAYS = 400
RUN_DAYS = 31
"""So far back a run is looked for, where nothing else is said."""

EQUAL = ("outcome", "company", "cause", "kind", "run")


@dataclass(frozen=True, slots=True)
class Question:
    """Which rows are wanted. Empty texts ask for nothing."""

    person: str = ""
    outcome: str = ""
    company: str = ""
    cause: str = ""
    kind: str = ""
    run: str = ""
    cost_centre: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> Question:
        """What an operator asks for."""
        names = cls.__slots__
        return cls(**{name: str(arguments.get(name) or "") for name in names})

    def first(self, now: datetime) -> datetime:
        """From when on: where nothing is said the last day, and further back for one thing."""
        days = RUN_DAYS if self.run else 1
        return moment_in("since", self.since, EVER if self.person else now - timedelta(days=days))

    def wants(self, row: JsonObject) -> bool:
        """Whether a row is asked for, its time aside."""
        is_equal = all(getattr(self, name) in ("", row.get(name)) for name in EQUAL)
        return is_equal and self._is_on_cost_centre(row)

    def _is_on_cost_centre(self, row: JsonObject) -> bool:
        """Whether a row has changed something there; who merely stays there has none of it."""
        if not self.cost_centre:
            return True
        names = (row.get("cost_centre_before", ""), row.get("cost_centre_after", ""))
        is_there = self.cost_centre.casefold() in (each.casefold() for each in names)
        return is_there and (bool(self.kind) or row["kind"] != AuditKind.NONE)


@dataclass(frozen=True, slots=True)
class AuditSearch:
    """The service behind `connector audit` and `connector audit export`."""

    audit: AuditLog
    ledger: Ledger
    people: People
    mappings: Mappings
    clock: Clock
    acts: Collection[str]
    """The verbs of operators that may stand in place of an outcome."""

    def page(
        self, arguments: Mapping[str, Any], after: RowPlace | tuple[()], most: int
    ) -> tuple[list[JsonObject], RowPlace | None]:
        """So many rows behind a place, oldest first, and the place of the last if there are more.

        Raises:
            ConfigurationError: there is no such person, company, outcome, cause, kind or run.
        """
        question = Question.of(arguments)
        must_be_one_of("outcome", question.outcome, [*Outcome, *self.acts])
        must_be_one_of("cause", question.cause, list(Cause))
        must_be_one_of("kind", question.kind, list(AuditKind))
        now = self.clock.now()
        first, until = question.first(now), moment_in("until", question.until, now + DAY)
        if first > now:
            raise ConfigurationError(f"since: it is {now:%Y-%m-%d}, and that day is still to come")
        if until <= first:
            raise ConfigurationError("until: that is not after --since")
        start = max(first, datetime.fromisoformat(after[0]) if after else EVER)
        in_time = [
            {**row, "kind": kind_in(row).value, **({"run": run} if (run := run_of(row)) else {})}
            for row in self._rows(question, start, until)
            if first <= time_of(row) < until
        ]
        if not after:
            must_be_one_of("run", question.run, {row["run"] for row in in_time if "run" in row})
            must_be_one_of("company", question.company, self._companies(in_time))
        wanted = (row for row in in_time if question.wants(row) and place_of(row) > after)
        found = sorted(wanted, key=place_of)
        page = list(self._numbered(found[:most]))
        return page, place_of(page[-1]) if len(found) > most else None

    def _companies(self, rows: Iterable[JsonObject]) -> set[str]:
        """Those of the mapping, and those of rows that are older than it."""
        known = {str(row["company"]) for row in self.mappings.rows()}
        return known | {str(row["company"]) for row in rows if row.get("company")}

    def _rows(self, question: Question, since: datetime, until: datetime) -> Iterable[JsonObject]:
        """The rows by the narrowest index there is for the question."""
        if question.person:
            return self._of_person(question.person)
        if question.outcome:
            return self.audit.of_outcome(question.outcome, since)
        return self._of_days(since, until)

    def _of_person(self, name: str) -> list[JsonObject]:
        ids = self.people.ids(name) or [name]
        rows = [row for each in ids for row in self.audit.of_person(each)]
        if not rows:
            self.people.find(name)  # says so, with the nearest, where nobody is known by it
        return rows

    def _of_days(self, since: datetime, until: datetime) -> Iterator[JsonObject]:
        """The rows of every day, no further back than the index is worth asking."""
        today = self.clock.now().date()
        first = max(since.date(), today - timedelta(days=MOST_DAYS))
        for offset in range((min(today, until.date()) - first).days + 1):
            yield from self.audit.of_day(first + timedelta(days=offset))

    def _numbered(self, rows: list[JsonObject]) -> Iterator[JsonObject]:
        """The rows, with the worker's number where there is no employee code."""
        nameless = {str(row["person"]) for row in rows if not row.get("employee_code")}
        people = self.ledger.persons(nameless) if nameless else ()
        numbers = {each.id: number_in(each.facts) for each in people}
        for row in rows:
            number = row.get("employee_code") or numbers.get(str(row["person"]), "")
            yield {**row, "shown_as": number or row["person"]}


DAY = timedelta(days=1)


def run_of(row: JsonObject) -> str:
    """The run of a row; an act names its own among what was said."""
    return str(row.get("run") or row.get("said", {}).get("run") or "")


def place_of(row: JsonObject) -> RowPlace:
    """Where a row stands among all: by time, and where that is the same by person."""
    return str(row["time"]), str(row["person"]), int(row.get("number") or 0)


def moment_in(name: str, text: str, otherwise: datetime) -> datetime:
    """The moment that an operator typed, in UTC unless it says another zone.

    Raises:
        ConfigurationError: it is neither a day nor a time.
    """
    if not text:
        return otherwise
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(f"{name}: write a day like 2026-11-01 or a time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def time_of(row: JsonObject) -> datetime:
    """When an audit row was written."""
    return datetime.fromisoformat(str(row["time"]))
