"""`connector explain`: why one person is as they are in Visma, step by step; writes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.verb import Argument, Arguments, Form, JsonObject, Verb
from connector.services.operate.verbs.view import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import Part, View

NEXT = {
    "held": "connector approve NUMBER, or connector reject NUMBER",
    "waiting": "add what is missing; the next tick does the rest",
    "rejected": "correct what it names; connector sync NUMBER tries again",
    "scheduled": "nothing: it happens on that day",
    "": "connector ping says what does not answer",
}
WRITTEN = ("created", "updated", "deactivated", "reactivated")
BY_SYNC = "connector sync NUMBER does it now, the next tick by itself"
BY_HEALING = "connector reconcile heal does it now, the next full sweep by itself"
IS_GONE = (
    "restore and end the employment in Rippling, or make the employee inactive in Visma;"
    " connector adopt for whoever was re-entered"
)


class Explain(Verb):
    """The writer's own steps, over both systems as they are."""

    name = "explain"
    help = "show step by step what would be done about one person, and why; writes nothing"
    examples = ("connector explain 1274", "connector explain kari@example.com")
    arguments = (
        Argument("person", "number, code, id or e-mail address", Form.PERSON, is_required=True),
    )

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        return desk.planning.explain(str(arguments.get("person") or "")).to_json()

    def view(self, result: JsonObject) -> View:
        return [Line(f"person {result['person']}"), *step_lines(result), *next_lines(result)]

    def needs_attention(self, result: JsonObject) -> bool:
        is_open = any(each["outcome"] in NEXT for each in result["foreseen"])
        return is_open or result["is_gone"] or result["is_unread"]


def step_lines(result: JsonObject) -> Iterator[Part]:
    """What each step saw, and what it decided."""
    for step in result["steps"]:
        yield Line(step["name"])
        yield from (Line(each, indent=4) for each in step["saw"])
        if step["decided"]:
            yield Line(f"=> {step['decided']}", indent=4)


def next_lines(result: JsonObject) -> Iterator[Part]:
    """What to do now."""
    if result["is_gone"]:
        yield Line(f"next: {IS_GONE}")
    if result["is_unread"]:
        yield Line(f"next: {NEXT['']}")
    written = BY_HEALING if result["is_edited"] else BY_SYNC
    for each in result["foreseen"]:
        number = each.get("number") or each["person"]
        if each["outcome"] in WRITTEN:
            yield Line(f"next: {written.replace('NUMBER', number)}")
        elif each["outcome"] in NEXT:
            yield Line(f"next: {NEXT[each['outcome']].replace('NUMBER', number)}")
