"""`connector mappings check`: a mapping, validated against Rippling and Visma."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.verb import Argument, Arguments, Form, JsonObject, Verb
from connector.services.operate.verbs.view import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
        listed: list[Part] = [Line(sentence(each)) for each in found]
        return [*listed, Line(", ".join(counted(found)))]

    def needs_attention(self, result: JsonObject) -> bool:
        return not all(each.get("is_warning") for each in result["findings"])


def sentence(finding: JsonObject) -> str:
    """A finding, and the company that it is about."""
    warning = "warning: " if finding.get("is_warning") else ""
    return f"{finding['company']}: {warning}{finding['message']}"


def counted(found: Sequence[JsonObject]) -> Iterator[str]:
    """How many findings of each kind there are."""
    warnings = sum(each.get("is_warning", False) for each in found)
    unchecked = sum(each["is_unchecked"] for each in found)
    to_fix = len(found) - warnings - unchecked
    yield f"{to_fix} to fix" if to_fix or unchecked else "the mapping fits both systems"
    if unchecked:
        yield f"{unchecked} cannot be checked"
    if warnings:
        yield "1 warning" if warnings == 1 else f"{warnings} warnings"
