"""`connector mappings export`: the mapping in the table, as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.verb import Argument, Arguments, Form, JsonObject, Verb
from connector.services.operate.verbs.view import Document

if TYPE_CHECKING:
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View


class ExportMapping(Verb):
    """Writes the mapping to a file, or prints it."""

    name = "mappings export"
    help = "write the mapping to a file, or print it"
    examples = ("connector mappings export mapping.yaml", "connector mappings export")
    arguments = (Argument("file", "file to write", Form.OUTPUT_FILE),)

    def run(self, desk: Desk, _: Arguments) -> JsonObject:
        return {"text": desk.imports.export()}

    def view(self, result: JsonObject) -> View:
        return [Document(result["text"])]
