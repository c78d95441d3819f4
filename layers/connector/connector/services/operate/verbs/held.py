"""`connector held`, `approve` and `reject`: the changes that a guard holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.verb import Argument, Arguments, Form, JsonObject, Right, Verb
from connector.services.operate.verbs.view import Line, Table

if TYPE_CHECKING:
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import Part, View

WHOM = (
    Argument("people", "person ids or employee codes", Form.TEXTS),
    Argument("run", "everyone this run holds", flag="--run"),
)


class Held(Verb):
    """Lists who is held, and why."""

    name = "held"
    help = "list the changes that a guard holds, and why"
    examples = ("connector held",)

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        return desk.held.show(arguments)

    def view(self, result: JsonObject) -> View:
        rows = [
            (
                row["company"],
                row["employee_code"] or row["person"],
                row["kind"],
                row["run"],
                row["since"][:10],
            )
            for row in result["rows"]
        ]
        reasons: list[Part] = [
            Line(reason) for reason in sorted({row["reason"] for row in result["rows"]})
        ]
        table = Table(("Company", "Employee", "Change", "Run", "Since"), rows)
        counted = [(each["company"], each["kind"], each["people"]) for each in result["windows"]]
        windows = Table(("Company", "Change", "People in 24 hours"), counted)
        return [table, *reasons, Line(f"{len(rows)} held"), windows]


class OperatorsDecision(Verb):
    """What `approve` and `reject` have in common."""

    arguments = WHOM

    def view(self, result: JsonObject) -> View:
        queued: list[Part] = [Line(f"{result['queued']} queued")]
        if result["unknown"]:
            queued.append(Line(f"not held: {', '.join(result['unknown'])}"))
        return queued

    def needs_attention(self, result: JsonObject) -> bool:
        return bool(result["unknown"])


class Approve(OperatorsDecision):
    """Lets the writer apply what is held."""

    name = "approve"
    is_act = True
    right = Right.CONTROLLER
    help = "apply held changes"
    examples = ("connector approve --run 3f2504e04f89", "connector approve 1013 1014")

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        return desk.held.approve(arguments)


class Reject(OperatorsDecision):
    """Leaves held people as they are."""

    name = "reject"
    is_act = True
    right = Right.CONTROLLER
    help = "discard held changes"
    examples = ("connector reject --run 3f2504e04f89", "connector reject 1013")

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        return desk.held.reject(arguments)
