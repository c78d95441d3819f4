"""`connector status`: what needs a human, on one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.verb import Arguments, JsonObject, Verb
from connector.services.operate.verbs.view import CheckLine, Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import Part, View

HEADINGS = {"connector": "The connector", "people": "People", "calls": "Calls to the vendors"}


class StatusVerb(Verb):
    """Shows mode, last runs, people, queue, calls and alarms; asks no vendor, changes nothing."""

    name = "status"
    help = "show on one screen whether anything needs you, and what to type next"
    examples = ("connector status", "connector status --json")

    def run(self, desk: Desk, _: Arguments) -> JsonObject:
        return desk.status.show()

    def view(self, result: JsonObject) -> View:
        parts = [part for group in result["groups"] for part in group_lines(group)]
        return [Line(f"connector {result['version']}"), Line(), *parts, Line(verdict(result))]

    def needs_attention(self, result: JsonObject) -> bool:
        return bool(result["to_put_right"])


def group_lines(group: JsonObject) -> Iterator[Part]:
    """The lines under one heading."""
    yield Line(HEADINGS[group["group"]])
    for check in group["checks"]:
        remedy = f"-> {check['remedy']}" if check["remedy"] else ""
        yield CheckLine(check["level"], check["message"], remedy)
    yield Line()


def verdict(result: JsonObject) -> str:
    """The last line of the screen."""
    red = result["counts"]["bad"] + result["counts"]["warning"]
    untold = result["counts"]["unknown"]
    cannot = f"{untold} cannot be told" if untold else ""
    needs = f"{red} {'needs' if red == 1 else 'need'} you" if red else ""
    return ", ".join(filter(None, (needs, cannot))) or "nothing needs you"
