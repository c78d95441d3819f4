"""`connector mappings check`: a mapping, validated against Rippling and Visma."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.verb import Argument, Arguments, Form, JsonObject, Verb
from connector.services.operate.verbs.view import Line

if TYPE_CHECKING:
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import Part, View


class CheckMapping(Verb):
    """Reads both systems and changes nothing."""

    name = "mappings check"
    help = "validate a mapping against Rippling and Visma"
    examples = ("connector mappings check mapping.yaml", "connector mappings check")
    arguments = (Argument("file", "mapping file; default: the mapping in use", Form.INPUT_FILE),)

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        return {"findings": desk.validation.findings(arguments.get("text"))}

    def view(self, result: JsonObject) -> View:
        found = result["findings"]
        listed: list[Part] = [Line(f"{each['company']}: {each['message']}") for each in found]
        unchecked = sum(each["is_unchecked"] for each in found)
        to_fix = f"{len(found) - unchecked} to fix"
        counted = f"{to_fix}, {unchecked} cannot be checked" if unchecked else to_fix
        return [*listed, Line(counted if found else "the mapping fits both systems")]

    def needs_attention(self, result: JsonObject) -> bool:
        return bool(result["findings"])
