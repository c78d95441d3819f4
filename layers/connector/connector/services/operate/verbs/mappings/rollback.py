"""`connector mappings rollback`: back to the mapping before the last import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.mappings.diff import rebound_lines
from connector.services.operate.verbs.mappings.given import SURE
from connector.services.operate.verbs.mappings.import_file import MappingVerb, import_sentence
from connector.services.operate.verbs.verb import Arguments, JsonObject
from connector.services.operate.verbs.view import Line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View


class RollBackMapping(MappingVerb):
    """Restores the previous mapping; a rollback can itself be rolled back."""

    name = "mappings rollback"
    help = "return to the mapping before the last import"
    examples = ("connector mappings rollback", "connector mappings rollback --yes")
    arguments = (SURE,)

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        if arguments.get("preview"):
            return desk.preview.of_rollback()
        return desk.imports.rollback(arguments)

    def told(self, result: JsonObject) -> Mapping[str, str]:
        return {
            "from": result["digest_before"],
            "to": result["digest_after"],
            "number": str(result["number"]),
        }

    def view(self, result: JsonObject) -> View:
        back = f"back to the mapping before the import of {result['before']}"
        return [Line(back), *rebound_lines(result), Line(import_sentence(result))]
