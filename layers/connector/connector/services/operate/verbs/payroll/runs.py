"""`connector payroll runs`: the payroll runs of Rippling, and what was exported of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.verb import Argument, Arguments, JsonObject, Verb
from connector.services.operate.verbs.view import Line, Table

if TYPE_CHECKING:
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View

MOST_SHOWN = 60


class PayrollRunsVerb(Verb):
    """No amount and no person is among what it shows."""

    name = "payroll runs"
    help = "list the payroll runs of Rippling, and the batches that were made of them"
    examples = ("connector payroll runs", "connector payroll runs --company norway")
    arguments = (Argument("company", "only this company", flag="--company"),)

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        return {"rows": desk.payroll.overview(str(arguments.get("company") or ""))}

    def view(self, result: JsonObject) -> View:
        rows = [
            (
                row["company"],
                row["run"],
                row["type"].lower(),
                row["state"].lower(),
                f"{row['from']} to {row['to']}",
                row["check_date"],
                batches_of(row),
            )
            for row in result["rows"]
        ]
        headings = ("Company", "Run", "Type", "State", "Pays for", "Paid on", "Batches in Visma")
        more = len(rows) - MOST_SHOWN
        told = f"{len(rows)} run{'s' * (len(rows) != 1)}" + (
            f", {more} older ones not shown" if more > 0 else ""
        )
        return [Table(headings, rows[:MOST_SHOWN]), Line(told)]

    def needs_attention(self, result: JsonObject) -> bool:
        return any(
            batch["stage"] != "exported" for row in result["rows"] for batch in row["batches"]
        )


def settled_by(row: JsonObject) -> str:
    """What to do about a batch that was not answered."""
    if row["is_exporting"]:
        return "export it again"
    return f"have {row['company']} in the mapping with its part `payroll`, and export it again"


def batches_of(row: JsonObject) -> str:
    """What was made of a run; an answer that was lost is said."""
    told = [
        f"{each['currency']} {each['number']}"
        if each["stage"] == "exported"
        else f"{each['currency']} not answered: {settled_by(row)}"
        for each in row["batches"]
    ]
    return ", ".join(told) or "-"
