"""`connector mappings check`: a mapping, validated against Rippling and Visma."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from connector.services.operate.verbs.verb import (
    Argument,
    Arguments,
    Form,
    JsonObject,
    UnusableInputError,
    Verb,
    WrongUsageError,
)
from connector.services.operate.verbs.view import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import Part, View

NOT_COMPARED = (
    "names and codes were not compared with Rippling and Visma: `connector mappings check` does"
)


class CheckMapping(Verb):
    """Reads both systems and changes nothing."""

    name = "mappings check"
    help = "validate a mapping against Rippling and Visma"
    examples = (
        "connector mappings check mapping.yaml",
        "connector mappings check",
        "connector mappings check --offline mapping.yaml",
    )
    arguments = (
        Argument("file", "mapping file; default: the mapping in use", Form.INPUT_FILE),
        Argument("offline", "the file alone: no stack, no network", Form.FLAG, flag="--offline"),
    )

    def without_account(self, request: JsonObject) -> JsonObject | None:
        if not request.pop("offline", False):
            return None
        if "text" not in request:
            raise WrongUsageError("name the file: connector mappings check --offline FILE")
        return {"ok": True, "findings": list(warnings_of(request["text"])), "offline": True}

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        return {"findings": desk.validation.findings(arguments.get("text"))}

    def view(self, result: JsonObject) -> View:
        found = result["findings"]
        listed: list[Part] = [Line(sentence(each)) for each in found]
        if not result.get("offline"):
            return [*listed, Line(", ".join(counted(found)))]
        return [*listed, Line(f"the file makes sense{warned(found)}; {NOT_COMPARED}")]

    def needs_attention(self, result: JsonObject) -> bool:
        if result.get("offline"):  # nothing else will tell of what the author should look at
            return bool(result["findings"])
        return not all(each.get("is_warning") for each in result["findings"])


def warnings_of(text: str) -> Iterator[JsonObject]:
    """What is allowed in a file and most often not meant, read on the operator's machine.

    Raises:
        UnusableInputError: the file makes no sense; with every problem, each on a line.
    """
    # Only where it is asked for: the command must not load the mapping to show its help.
    from connector.domain.errors import ConfigurationError  # noqa: PLC0415
    from connector.domain.mapping import advice, file  # noqa: PLC0415

    try:
        mapping = file.parse(text, now=datetime.now(UTC))
    except ConfigurationError as error:
        raise UnusableInputError("\n".join(error.problems)) from None
    for company, rules in mapping.companies.items():
        for warning in advice.warnings(rules):
            told = warning.message("companies", company)
            yield {"company": company, "message": told, "is_unchecked": False, "is_warning": True}


def warned(found: Sequence[JsonObject]) -> str:
    """How many warnings there are, as the end of a sentence."""
    counts = {0: "", 1: ", with 1 warning"}
    return counts.get(len(found), f", with {len(found)} warnings")


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
