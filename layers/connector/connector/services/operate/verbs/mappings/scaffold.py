"""`connector mappings scaffold`: the skeleton of a mapping file, from what both systems have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.verb import Argument, Arguments, Form, JsonObject, Verb
from connector.services.operate.verbs.view import Document

if TYPE_CHECKING:
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View


class ScaffoldMapping(Verb):
    """Reads both systems; what cannot be known is left to fill in."""

    name = "mappings scaffold"
    help = "write the skeleton of a mapping from what Rippling and Visma have"
    examples = ("connector mappings scaffold mapping.yaml", "connector mappings scaffold")
    arguments = (Argument("file", "file to write", Form.OUTPUT_FILE),)

    def run(self, desk: Desk, _: Arguments) -> JsonObject:
        return {"text": desk.scaffold.text()}

    def view(self, result: JsonObject) -> View:
        return [Document(result["text"])]
