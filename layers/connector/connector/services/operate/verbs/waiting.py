"""`connector waiting`: everyone who waits, and for what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.verb import Arguments, JsonObject, Verb
from connector.services.operate.verbs.view import Line, Table

if TYPE_CHECKING:
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View


class Waiting(Verb):
    """Lists the people who cannot be placed yet."""

    name = "waiting"
    help = "list everyone who is waiting, and what for"
    examples = ("connector waiting", "connector waiting --json")

    def run(self, desk: Desk, _: Arguments) -> JsonObject:
        rows = [
            {
                "company": company,
                "person": link.person_id,
                "employee_code": link.employee_code or link.expected_code,
                "waiting_for": list(link.waiting_for),
                "since": link.since.isoformat(timespec="seconds"),
                "reason": link.reason,
            }
            for company in desk.mappings.load().companies
            for link in desk.ledger.waiting(company)
        ]
        return {"rows": rows}

    def view(self, result: JsonObject) -> View:
        rows = [
            (
                row["company"],
                row["employee_code"] or row["person"],
                row["since"][:10],
                row["reason"],
            )
            for row in result["rows"]
        ]
        return [
            Table(("Company", "Employee", "Since", "Waiting for"), rows),
            Line(f"{len(rows)} waiting"),
        ]
