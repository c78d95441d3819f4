"""`connector mappings import`: makes a file the mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.verb import Argument, Arguments, Form, JsonObject, Right, Verb
from connector.services.operate.verbs.view import Line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View

THE_FILE = Argument("file", "mapping file", Form.INPUT_FILE, is_required=True)


class ImportMapping(Verb):
    """Replaces the mapping as a whole, or refuses with every problem."""

    name = "mappings import"
    is_act = True
    right = Right.CONTROLLER
    help = "make this file the mapping"
    examples = ("connector mappings import mapping.yaml",)
    arguments = (THE_FILE,)

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        return desk.imports.import_mapping(arguments)

    def told(self, result: JsonObject) -> Mapping[str, str]:
        return {
            "from": result["digest_before"],
            "to": result["digest_after"],
            "number": str(result["number"]),
        }

    def view(self, result: JsonObject) -> View:
        warnings = [Line(f"warning: {each}") for each in result.get("warnings", ())]
        return [*warnings, Line(import_sentence(result))]


def import_sentence(result: JsonObject) -> str:
    """What an import wrote."""
    companies = ", ".join(result["companies"])
    return f"mapping of {companies}: {result['written']} rows written, {result['removed']} removed"
