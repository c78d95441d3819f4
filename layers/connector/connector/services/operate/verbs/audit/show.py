"""`connector audit`: what happened to whom, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from connector.domain.errors import ConfigurationError
from connector.services.operate.verbs.verb import Argument, Arguments, Form, JsonObject, Verb
from connector.services.operate.verbs.view import Line, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View

MOST_ROWS = 500
MOST_DAYS = 400
EVER = datetime(2000, 1, 1, tzinfo=UTC)


class Audit(Verb):
    """Audit rows of a person, of an outcome, or since a moment."""

    name = "audit"
    help = "show what happened to whom, and why"
    examples = (
        "connector audit --person 1013",
        "connector audit --outcome rejected --since 2026-11-01",
    )
    arguments = (
        Argument("person", "number, code, id or e-mail address", Form.PERSON, flag="--person"),
        Argument("outcome", "created, updated, waiting, ...", flag="--outcome"),
        Argument(
            "since", "a day such as 2026-11-01, or a time; default: the last day", flag="--since"
        ),
    )

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        person, outcome = arguments.get("person"), arguments.get("outcome")
        day_ago = desk.clock.now() - timedelta(days=1)
        since = moment_in(arguments.get("since"), EVER if person else day_ago)
        wanted = [
            row
            for row in audit_rows(desk, person, outcome, since)
            if outcome in (None, row["outcome"]) and time_of(row) >= since
        ]
        return {"rows": wanted[-MOST_ROWS:], "left_out": max(0, len(wanted) - MOST_ROWS)}

    def view(self, result: JsonObject) -> View:
        if not result["rows"]:
            return [Line("no audit rows; look further back with --since")]
        rows = [
            (row["time"][:19], row["person"], row["message"] + planned_mark(row))
            for row in result["rows"]
        ]
        table = Table(("Time", "Person", "What happened"), rows)
        if not result["left_out"]:
            return [table]
        return [
            Line(f"({result['left_out']} earlier rows are not shown; narrow it with --since)"),
            table,
        ]


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


def moment_in(text: object, otherwise: datetime) -> datetime:
    """The moment that an operator typed, in UTC unless it says another zone.

    Raises:
        ConfigurationError: it is neither a day nor a time.
    """
    if not text:
        return otherwise
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise ConfigurationError("since: write a day like 2026-11-01 or a time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def time_of(row: JsonObject) -> datetime:
    """When an audit row was written."""
    return datetime.fromisoformat(str(row["time"]))


def planned_mark(row: JsonObject) -> str:
    """How a row of a rehearsal is marked."""
    return " (planned)" if row.get("planned") else ""
