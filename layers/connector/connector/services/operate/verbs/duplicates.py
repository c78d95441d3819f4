"""`connector duplicates`: employees in Visma that look like one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.verb import Argument, Arguments, JsonObject, Verb
from connector.services.operate.verbs.view import Line, Table

if TYPE_CHECKING:
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View


class Duplicates(Verb):
    """Lists likely duplicates; nothing acts on likeness."""

    name = "duplicates"
    help = "list employees in Visma that look like the same person"
    examples = ("connector duplicates --company norway",)
    arguments = (Argument("company", "key of the company", flag="--company"),)

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        return desk.identity.duplicates(arguments)

    def view(self, result: JsonObject) -> View:
        rows = [
            (
                row["company"],
                ", ".join(row["codes"]),
                row["reason"],
                f"{len(row['active'])} active" if row["active"] else "none active",
            )
            for row in result["rows"]
        ]
        return [
            Table(("Company", "Employees", "In common", "Status"), rows),
            Line(f"{len(rows)} groups of employees look like one person"),
        ]
