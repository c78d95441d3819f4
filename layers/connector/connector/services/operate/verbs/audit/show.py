"""`connector audit`: what happened to whom, and why."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from connector.domain.errors import ConfigurationError
from connector.services.operate.verbs.verb import Argument, Arguments, Form, JsonObject, Verb
from connector.services.operate.verbs.view import Line, Table
from connector.services.shared.spreadsheets import inert

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View

PAGE = 1_500
"""Rows an invocation gives; the command asks on until it has all of them."""

MOST_SHOWN = 500
MOST_DAYS = 400
EVER = datetime(2000, 1, 1, tzinfo=UTC)
COLUMNS = (
    "time", "company", "person", "employee_code", "outcome", "cause", "message", "reason",
    "rules", "worker", "operator", "planned", "back_dated", "correlation_id",
)  # fmt: skip


class Audit(Verb):
    """Audit rows of a person, of an outcome, or of a span of time."""

    name = "audit"
    help = "show what happened to whom, and why"
    examples = (
        "connector audit --person 1013",
        "connector audit --outcome rejected --since 2026-11-01",
        "connector audit --since 2026-11-01 --until 2026-12-01 --company norway -o audit.csv",
    )
    arguments = (
        Argument("person", "number, code, id or e-mail address", Form.PERSON, flag="--person"),
        Argument("outcome", "created, updated, waiting, ...", flag="--outcome"),
        Argument("company", "only this company", flag="--company"),
        Argument("cause", "poll, sweep, webhook, operator, drift, ...", flag="--cause"),
        Argument(
            "since", "a day such as 2026-11-01, or a time; default: the last day", flag="--since"
        ),
        Argument("until", "a day or a time; rows before it", flag="--until"),
        Argument("output", "write all rows to this file, as CSV", Form.OUTPUT_FILE, flag="-o"),
    )

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        person, outcome = arguments.get("person"), arguments.get("outcome")
        day_ago = desk.clock.now() - timedelta(days=1)
        since = moment_in("since", arguments.get("since"), EVER if person else day_ago)
        until = moment_in("until", arguments.get("until"), desk.clock.now() + timedelta(days=1))
        after = tuple(arguments.get("after") or ())
        wanted = sorted(
            (
                row
                for row in audit_rows(desk, person, outcome, max(since, moment_of(after)))
                if since <= time_of(row) < until
                and all(arguments.get(name) in (None, row.get(name)) for name in FILTERS)
                and place_of(row) > after
            ),
            key=place_of,
        )
        more = list(place_of(wanted[PAGE - 1])) if len(wanted) > PAGE else None
        return {"rows": wanted[:PAGE], "more": more}

    def is_complete(self, result: JsonObject) -> bool:
        return not result["more"]

    def continued(self, request: JsonObject, result: JsonObject) -> JsonObject:
        return {**request, "after": result["more"]}

    def added(self, before: JsonObject, then: JsonObject) -> JsonObject:
        return {**then, "rows": [*before["rows"], *then["rows"]]}

    def text_of(self, result: JsonObject) -> str:
        written = io.StringIO()
        table = csv.writer(written, lineterminator="\n")
        table.writerow(COLUMNS)
        for row in result["rows"]:
            table.writerow([cell(row.get(name, "")) for name in COLUMNS])
        return written.getvalue()

    def view(self, result: JsonObject) -> View:
        if not result["rows"]:
            return [Line("no audit rows; look further back with --since")]
        rows = [
            (row["time"][:19], row["person"], row["message"] + planned_mark(row))
            for row in result["rows"][-MOST_SHOWN:]
        ]
        table = Table(("Time", "Person", "What happened"), rows)
        left_out = len(result["rows"]) - len(rows)
        if not left_out:
            return [table]
        return [Line(f"({left_out} earlier rows are not shown; -o FILE has all of them)"), table]


FILTERS = ("outcome", "company", "cause")


def place_of(row: JsonObject) -> tuple[str, str, int]:
    """Where a row stands among all: by time, and where that is the same by person."""
    return str(row["time"]), str(row["person"]), int(row.get("number") or 0)


def moment_of(place: tuple[Any, ...]) -> datetime:
    """The moment of a place among the rows; long ago before the first."""
    return datetime.fromisoformat(place[0]) if place else EVER


def cell(value: object) -> str:
    """A value as a cell that no spreadsheet computes."""
    return inert("; ".join(map(str, value)) if isinstance(value, list) else str(value))


def audit_rows(
    desk: Desk, person: str | None, outcome: str | None, since: datetime
) -> Iterable[JsonObject]:
    """The rows by the narrowest index there is for the question."""
    if person:
        ids = desk.people.ids(str(person)) or [str(person)]
        return [row for each in ids for row in desk.audit.of_person(each)]
    if outcome:
        return desk.audit.of_outcome(str(outcome), since)
    return rows_of_days(desk, since)


def rows_of_days(desk: Desk, since: datetime) -> Iterator[JsonObject]:
    """The rows of every day since a moment, no further back than the index is worth asking."""
    today = desk.clock.now().date()
    first = max(since.date(), today - timedelta(days=MOST_DAYS))
    for offset in range((today - first).days + 1):
        yield from desk.audit.of_day(first + timedelta(days=offset))


def moment_in(name: str, text: object, otherwise: datetime) -> datetime:
    """The moment that an operator typed, in UTC unless it says another zone.

    Raises:
        ConfigurationError: it is neither a day nor a time.
    """
    if not text:
        return otherwise
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise ConfigurationError(f"{name}: write a day like 2026-11-01 or a time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def time_of(row: JsonObject) -> datetime:
    """When an audit row was written."""
    return datetime.fromisoformat(str(row["time"]))


def planned_mark(row: JsonObject) -> str:
    """How a row of a rehearsal is marked."""
    return " (planned)" if row.get("planned") else ""
