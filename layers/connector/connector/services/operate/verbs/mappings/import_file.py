"""`connector mappings import`: makes a file the mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.mappings.diff import (
    company_lines,
    day_lines,
    rebound_lines,
)
from connector.services.operate.verbs.mappings.given import SURE, THE_FILE
from connector.services.operate.verbs.verb import Arguments, JsonObject, Right, Verb
from connector.services.operate.verbs.view import Line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View


class MappingVerb(Verb):
    """A verb that replaces the mapping: it asks where that would do more than the guards allow."""

    is_act = True
    right = Right.CONTROLLER
    asks = True
    asks_seldom = True

    def is_recorded(self, arguments: Arguments) -> bool:
        return not arguments.get("preview")

    def question(self, preview: JsonObject) -> tuple[View, str]:
        if "exceeds" not in preview:  # a stack older than this command knows of no preview
            return [], ""
        dropped = preview.get("dropped", ())
        reasons = [
            *preview.get("exceeds", ()),
            *(f"{company} would have no mapping any more" for company in dropped),
        ]
        question = "\n".join((*reasons, "Do it all the same?")) if reasons else ""
        return effects(preview), question


class ImportMapping(MappingVerb):
    """Replaces the mapping as a whole, or refuses with every problem."""

    name = "mappings import"
    help = "make this file the mapping"
    examples = (
        "connector mappings import mapping.yaml",
        "connector mappings import mapping.yaml --yes",
    )
    arguments = (THE_FILE, SURE)

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        if arguments.get("preview"):
            return desk.preview.of_file(str(arguments.get("text") or ""))
        return desk.imports.import_mapping(arguments)

    def told(self, result: JsonObject) -> Mapping[str, str]:
        return {
            "from": result["digest_before"],
            "to": result["digest_after"],
            "number": str(result["number"]),
        }

    def view(self, result: JsonObject) -> View:
        warnings = [Line(f"warning: {each}") for each in result.get("warnings", ())]
        return [*warnings, *rebound_lines(result), Line(import_sentence(result))]


def effects(preview: JsonObject) -> View:
    """What would be done to whom; nothing where nobody is touched."""
    lines = [line for company in preview.get("companies", ()) for line in company_lines(company)]
    lines += rebound_lines(preview)
    return [*lines, *(line for day in preview.get("later", ()) for line in day_lines(day))]


def import_sentence(result: JsonObject) -> str:
    """What an import wrote."""
    companies = ", ".join(result["companies"])
    return f"mapping of {companies}: {result['written']} rows written, {result['removed']} removed"
