"""`connector dead-letters`: the changes that could not be handled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.verb import Arguments, Carried, JsonObject, Verb
from connector.services.operate.verbs.view import Line, Table

if TYPE_CHECKING:
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View

HEADINGS = ("Since", "Number", "Company", "Department", "Tried", "Reason of the last attempt")


class DeadLetters(Verb):
    """Lists dead letters, oldest first; they stay on their queue."""

    name = "dead-letters"
    help = "list the changes that could not be handled: whose, since when, and why"
    examples = ("connector dead-letters",)
    carried = (("limit", Carried.COUNT),)

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        limit = arguments.get("limit")
        return desk.given_up.show(int(limit)) if limit else desk.given_up.show()

    def view(self, result: JsonObject) -> View:
        rows = result["rows"]
        hidden = result["total"] - len(rows)
        shown = f"; {hidden} of them cannot be shown at this moment" if hidden else ""
        advice = "connector explain NUMBER says what would be done; connector replay does it"
        return [
            Table(HEADINGS, [row_of(each) for each in rows]),
            Line(f"{result['total']} dead letters{shown}"),
            *([Line(advice)] if rows else []),
        ]

    def needs_attention(self, result: JsonObject) -> bool:
        return bool(result["total"])


def row_of(letter: JsonObject) -> tuple[str, ...]:
    """A dead letter as it is shown."""
    if not letter["is_change"]:
        return ((letter["since"] or "")[:16], "-", "-", "-", "", f"no change: {letter['reason']}")
    return (
        (letter["since"] or "")[:16],
        letter["number"] or f"worker {letter['worker']}",
        letter["company"] or "-",
        letter["department"] or "-",
        str(letter["tries"] or ""),
        letter["reason"],
    )
