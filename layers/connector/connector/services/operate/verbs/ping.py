"""`connector ping`: everything the connector depends on, checked."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING

from connector.services.operate.verbs.verb import Argument, Arguments, Form, JsonObject, Verb
from connector.services.operate.verbs.view import CheckLine, Document, Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import Part, View

SYSTEMS = {"connector": "The connector", "rippling": "Rippling", "visma": "Visma"}


class PingVerb(Verb):
    """Checks both systems and the stack itself; changes nothing."""

    name = "ping"
    help = "check that everything the connector depends on is in place"
    examples = ("connector ping", "connector ping --json", "connector ping --shapes")
    arguments = (
        Argument(
            "shapes",
            "only what the vendors' answers do otherwise than published, as JSON without values",
            Form.FLAG,
            flag="--shapes",
        ),
    )

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        result = desk.ping.show()
        if not arguments.get("shapes"):
            return result
        return {name: result[name] for name in ("version", "checked_at", "shapes")}

    def view(self, result: JsonObject) -> View:
        if "systems" not in result:
            return [Document(json.dumps(result, indent=2) + "\n")]
        groups = [part for group in result["systems"] for part in group_lines(group)]
        return [*groups, Line(verdict(result))]

    def needs_attention(self, result: JsonObject) -> bool:
        return bool(result.get("to_put_right"))


def group_lines(group: JsonObject) -> Iterator[Part]:
    """One system; checks that found the same share a line with their names."""
    company = f": {group['company']}" if group["company"] else ""
    yield Line(f"{SYSTEMS[group['system']]}{company}")
    for (level, message, remedy), alike in groupby(group["checks"], finding):
        names = [check["name"].replace("_", " ") for check in alike]
        text = f"{message} ({', '.join(names)})" if len(names) > 1 else message
        yield CheckLine(level, text, f"-> {remedy}" if remedy else "")
    yield Line()


def finding(check: JsonObject) -> tuple[str, str, str]:
    """What a check found, without its name."""
    return check["level"], check["message"], check["remedy"]


def verdict(result: JsonObject) -> str:
    """The last line of the page."""
    if not result["to_put_right"]:
        return "all is well"
    counts = result["counts"]
    return f"{counts['bad']} to fix, {counts['warning']} to check, {counts['unknown']} unknown"
