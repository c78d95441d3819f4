"""`connector audit` and `connector audit export`: what happened to whom, why, by whose word."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from connector.services.operate.verbs.audit.rows_file import FORMATS, format_of, written
from connector.services.operate.verbs.verb import (
    Argument,
    Arguments,
    Carried,
    Form,
    JsonObject,
    UnusableInputError,
    Verb,
)
from connector.services.operate.verbs.view import Document, Line, Table

if TYPE_CHECKING:
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View

PAGE = 1_500
"""Rows an invocation gives; the command asks on until it has all of them."""

MOST_SHOWN = 500
WHICH = (
    Argument("person", "number, code, id or e-mail address", Form.PERSON, flag="--person"),
    Argument("outcome", "created, updated, waiting, ..., or an act's verb", flag="--outcome"),
    Argument("kind", "hire, leave, department, dimension, ...", flag="--kind"),
    Argument("company", "only this company", flag="--company"),
    Argument("cost_centre", "what changed on it, before or after the change", flag="--cost-centre"),
    Argument("cause", "poll, sweep, webhook, operator, drift, ...", flag="--cause"),
    Argument("run", "the tick, sweep or applied plan that found it", flag="--run"),
    Argument("since", "a day such as 2026-11-01, or a time; default: the last day", flag="--since"),
    Argument("until", "a day or a time; rows before it", flag="--until"),
)


class Audit(Verb):
    """Audit rows of a person, of a run, of a cost centre, of a span of time: all hold together."""

    name = "audit"
    help = "show what happened to whom, why, and who approved it"
    examples: ClassVar[tuple[str, ...]] = (
        "connector audit --person 1013",
        "connector audit --outcome rejected --since 2026-11-01",
        "connector audit --cost-centre 400 --since 2026-11-01",
        "connector audit --since 2026-11-01 --until 2026-12-01 --company norway -o audit.csv",
    )
    arguments: ClassVar[tuple[Argument, ...]] = (
        *WHICH,
        Argument(
            "output", "write all rows to this file: CSV, or .jsonl", Form.OUTPUT_FILE, flag="-o"
        ),
    )
    carried: ClassVar[tuple[tuple[str, Carried], ...]] = (("after", Carried.PLACE),)

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        rows, more = desk.audit_search.page(arguments, tuple(arguments.get("after") or ()), PAGE)
        named = str(arguments.get("format") or "")
        return {"rows": rows, "more": list(more) if more else None, "format": named}

    def is_complete(self, result: JsonObject) -> bool:
        return not result["more"]

    def continued(self, request: JsonObject, result: JsonObject) -> JsonObject:
        return {**request, "after": result["more"]}

    def added(self, before: JsonObject, then: JsonObject) -> JsonObject:
        return {**then, "rows": [*before["rows"], *then["rows"]]}

    def text_of(self, result: JsonObject, file_name: str = "") -> str:
        return written(result["rows"], format_of(str(result.get("format") or ""), file_name))

    def view(self, result: JsonObject) -> View:
        if not result["rows"]:
            return [Line("no audit rows; look further back with --since")]
        rows = [
            (
                row["time"][:19],
                row.get("company") or "-",
                row.get("shown_as") or row["person"],
                row.get("kind", ""),
                row["message"] + planned_mark(row),
                row.get("operator", ""),
            )
            for row in result["rows"][-MOST_SHOWN:]
        ]
        table = Table(("Time", "Company", "Number", "Kind", "What happened", "By"), rows)
        left_out = len(result["rows"]) - len(rows)
        if not left_out:
            return [table]
        return [Line(f"({left_out} earlier rows are not shown; -o FILE has all of them)"), table]


class ExportAudit(Audit):
    """The same rows for a spreadsheet or a program: into a file, else on the screen."""

    name = "audit export"
    help = "write the rows of the audit as CSV or JSON lines"
    examples = (
        "connector audit export --since 2026-11-01 --until 2026-12-01 -o november.csv",
        "connector audit export --kind leave --since 2026-11-01 --format jsonl",
    )
    arguments = (
        *WHICH,
        Argument("format", "csv or jsonl; default: by the file's name, else csv", flag="--format"),
        Argument("output", "write to this file", Form.OUTPUT_FILE, flag="-o"),
    )

    def prepared(self, request: JsonObject) -> JsonObject:
        given = request.get("format")
        if given and given not in FORMATS:
            raise UnusableInputError(f"format: write {' or '.join(FORMATS)}, and not {given}")
        return super().prepared(request)

    def view(self, result: JsonObject) -> View:
        return [Document(self.text_of(result))]


def planned_mark(row: JsonObject) -> str:
    """How a row of a rehearsal is marked."""
    return " (planned)" if row.get("planned") else ""
