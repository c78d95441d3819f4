"""`connector duplicates`: employees in Visma that look like one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.lists.people import COMPANY, PEOPLE
from connector.services.operate.verbs.verb import Arguments, JsonObject, Verb
from connector.services.operate.verbs.view import Line, Table

if TYPE_CHECKING:
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View


class Duplicates(Verb):
    """Lists likely duplicates; nothing acts on likeness."""

    name = "duplicates"
    help = "list employees in Visma that look like the same person"
    examples = ("connector duplicates --company norway", "connector duplicates --person 1013")
    arguments = (PEOPLE, COMPANY)

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        codes = desk.lists.codes(arguments)
        rows = [
            row
            for row in desk.identity.duplicates(arguments)["rows"]
            if codes is None or codes & {(row["company"], code) for code in row["codes"]}
        ]
        return {"rows": desk.lists.dated(rows)}

    def view(self, result: JsonObject) -> View:
        rows = [
            (
                row["company"],
                ", ".join(row["codes"]),
                ", ".join(filter(None, row.get("departments", ()))) or "-",
                row.get("since", "")[:10] or "-",
                row["reason"],
                f"{len(row['active'])} active" if row["active"] else "none active",
            )
            for row in result["rows"]
        ]
        headings = ("Company", "Numbers", "Department", "Since", "In common", "Status")
        found = f"{len(rows)} groups of employees look like one person"
        return [
            Table(headings, rows),
            Line(found if rows else "No employees look like one person."),
        ]
