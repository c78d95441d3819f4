"""`connector approve` and `reject`: what is decided about the changes that a guard holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from connector.domain.records.acts import LONGEST_TEXT
from connector.services.operate.verbs.verb import Argument, Arguments, Form, JsonObject, Right, Verb
from connector.services.operate.verbs.view import Line, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import Part, View

WHOM = (
    Argument("people", "numbers, codes, ids or e-mail addresses", Form.PEOPLE),
    Argument("run", "everyone this run holds", flag="--run"),
)


def named_in(result: JsonObject) -> Mapping[str, str]:
    """The people who were named, for the record: whoever was by an address is there by id."""
    named = ", ".join(result["named"])[:LONGEST_TEXT]
    return {"people": named} if named else {}


class OperatorsDecision(Verb):
    """What `approve` and `reject` have in common: they show whom they are about, and ask."""

    asks = True
    arguments = (*WHOM, Argument("yes", "do not ask", Form.FLAG, flag="--yes"))
    word: ClassVar[str]

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        desk.mode_switch.must_not_be_off()
        if arguments.get("preview"):
            return desk.held.preview(arguments)
        return self.decide(desk, arguments)

    def decide(self, desk: Desk, arguments: Arguments) -> JsonObject:
        """Has the decision written down."""
        raise NotImplementedError

    def is_recorded(self, arguments: Arguments) -> bool:
        return not arguments.get("preview")

    def told(self, result: JsonObject) -> Mapping[str, str]:
        return named_in(result)

    def question(self, preview: JsonObject) -> tuple[View, str]:
        rows = [
            (each["company"], each["kind"], each["department"] or "-", str(each["people"]))
            for each in preview["preview"]
        ]
        table = Table(("Company", "Change", "Department", "People"), rows)
        people = f"{preview['people']} {'person' if preview['people'] == 1 else 'people'}"
        return [table], f"{self.word} these changes to {people}?" if preview["people"] else ""

    def view(self, result: JsonObject) -> View:
        queued: list[Part] = [Line(f"{result['queued']} queued")]
        if result["seconded_later"]:
            queued.append(
                Line(f"{result['seconded_later']} need the word of a second person: approvers is 2")
            )
        if result["unknown"]:
            queued.append(Line(f"not held: {', '.join(result['unknown'])}"))
        return [*queued, *map(Line, result.get("overtaken", ()))]

    def needs_attention(self, result: JsonObject) -> bool:
        told = ("unknown", "seconded_later", "overtaken")
        return any(result.get(name) for name in told)


class Approve(OperatorsDecision):
    """Lets the writer apply what is held."""

    name = "approve"
    is_act = True
    right = Right.CONTROLLER
    help = "apply held changes; with a run and people, those people of the run"
    examples = (
        "connector approve --run 3f2504e04f89",
        "connector approve 1013 1014",
        "connector approve --run 3f2504e04f89 1013 --yes",
    )
    word = "Apply"

    def decide(self, desk: Desk, arguments: Arguments) -> JsonObject:
        return desk.held.approve(arguments)


class Reject(OperatorsDecision):
    """Leaves held people as they are."""

    name = "reject"
    is_act = True
    right = Right.CONTROLLER
    help = "discard held changes; with a run and people, those people of the run"
    examples = ("connector reject --run 3f2504e04f89", "connector reject 1013 --yes")
    word = "Discard"

    def decide(self, desk: Desk, arguments: Arguments) -> JsonObject:
        return desk.held.reject(arguments)


class TakeBack(Verb):
    """Forgets a rejection, and has the people looked at again."""

    name = "rejected take-back"
    is_act = True
    right = Right.CONTROLLER
    help = "take the rejection of people back; they are looked at again, through the guards"
    examples = ("connector rejected take-back 1013",)
    arguments = (
        Argument(
            "people", "numbers, codes, ids or e-mail addresses", Form.PEOPLE, is_required=True
        ),
    )

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        desk.mode_switch.must_not_be_off()
        return desk.held.take_back(arguments)

    def told(self, result: JsonObject) -> Mapping[str, str]:
        return named_in(result)

    def view(self, result: JsonObject) -> View:
        unknown = [Line(f"not rejected: {', '.join(result['unknown'])}")]
        return [Line(f"{result['queued']} queued"), *(unknown if result["unknown"] else [])]

    def needs_attention(self, result: JsonObject) -> bool:
        return bool(result["unknown"])
