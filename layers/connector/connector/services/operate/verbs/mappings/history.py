"""`connector mappings history`: who changed the mapping, when, from what to what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.records.acts import OPERATORS
from connector.services.operate.verbs.verb import Arguments, JsonObject, Verb
from connector.services.operate.verbs.view import Line, Table

if TYPE_CHECKING:
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View

CHANGES = ("mappings import", "mappings rollback")
MOST_ROWS = 200


class MappingHistoryVerb(Verb):
    """The acts that changed the mapping, or were refused, newest last."""

    name = "mappings history"
    help = "show who changed the mapping, when, from what to what"
    examples = ("connector mappings history",)

    def run(self, desk: Desk, _: Arguments) -> JsonObject:
        rows = [row for row in desk.audit.of_person(OPERATORS) if row["outcome"] in CHANGES]
        return {"rows": rows[-MOST_ROWS:], "left_out": max(0, len(rows) - MOST_ROWS)}

    def view(self, result: JsonObject) -> View:
        if not result["rows"]:
            return [Line("no mapping has been imported since acts are on record")]
        rows = [
            (row["time"][:19], row.get("operator", ""), row["outcome"], what_became(row))
            for row in result["rows"]
        ]
        left_out = result["left_out"]
        more = [Line(f"({left_out} earlier changes are not shown)")] if left_out else []
        return [*more, Table(("Time", "Operator", "Verb", "What became of it"), rows)]


def what_became(row: JsonObject) -> str:
    """The digests before and after, or why it was refused."""
    said = row.get("said", {})
    if row.get("problems"):
        return f"refused: {row['problems'][0]}"
    number = f"number {said['number']}: " if said.get("number") else ""
    return f"{number}{said.get('from', '?')} -> {said.get('to', '?')}"
