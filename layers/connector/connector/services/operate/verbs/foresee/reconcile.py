"""`connector reconcile`: where Rippling, the ledger and Visma do not agree now, and mending it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from connector.services.operate.verbs.verb import Argument, Arguments, JsonObject, Right, Verb
from connector.services.operate.verbs.view import Line, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import Part, View

MOST_SHOWN = 200
COMPANY = Argument("company", "only this company", flag="--company")


class Reconcile(Verb):
    """Reads everyone from both systems once; writes nothing."""

    name = "reconcile"
    help = "show where Rippling, the ledger and Visma do not agree now; writes nothing"
    examples = ("connector reconcile", "connector reconcile --company norway")
    arguments = (COMPANY,)

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        return desk.agreement.show(arguments.get("company"))

    def view(self, result: JsonObject) -> View:
        rows = [
            (row["company"], row["number"] or row["person"], row["what"], row["message"])
            for row in result["rows"]
        ]
        parts: list[Part] = [Line(f"!! {each}") for each in result["problems"]]
        parts.append(Table(("Company", "Number", "What", "How"), rows[:MOST_SHOWN]))
        counts = Counter(row["what"] for row in result["rows"])
        told = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
        in_step = f"all {result['people']} people are in step"
        return [*parts, Line(told or ("" if result["problems"] else in_step))]

    def needs_attention(self, result: JsonObject) -> bool:
        return bool(result["rows"] or result["problems"])


class Heal(Reconcile):
    """Has the writer look at whoever differs; the guards are asked as always."""

    name = "reconcile heal"
    is_act = True
    right = Right.CONTROLLER
    help = "have the writer look at whoever differs, in Visma as well"
    examples = ("connector reconcile heal", "connector reconcile heal --company norway")

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        desk.mode_switch.must_not_be_off()
        return desk.agreement.heal(arguments.get("company"))

    def told(self, result: JsonObject) -> Mapping[str, str]:
        return {"queued": str(result["queued"]), "run": result["run"]}

    def view(self, result: JsonObject) -> View:
        return [*super().view(result), Line(f"{result['queued']} queued")]
