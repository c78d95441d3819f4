"""The JSON schema of a mapping file, from its models: an editor completes and underlines by it.

    .venv/bin/python -m tests.support.mapping_schema        # writes docs/mapping.schema.json

It knows shapes and closed lists. What makes sense, only `mappings check` knows; so it refuses
nothing that an import would take.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from connector.domain.employees import FIELDS
from connector.domain.mapping.base import WHOLE
from connector.domain.mapping.closed_words import CLOSED, COUNTRY_NAMES
from connector.domain.mapping.rules.validity import DAY
from connector.domain.mapping.source.shared import WrittenMapping
from tests.embedded.template import ROOT

FILE = ROOT / "docs" / "mapping.schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
COUNTRY = "country"
BOUNDS = {"ge": "minimum", "le": "maximum"}
"""What pydantic calls a bound of what it reads before it checks it, and what a schema does."""


class OfFile(GenerateJsonSchema):
    """What may stand in a YAML file: digits are text as well, and nothing is never a value."""

    def function_before_schema(
        self, schema: core_schema.BeforeValidatorFunctionSchema
    ) -> JsonSchemaValue:
        """A text may be written without quotes, where YAML takes it for a number."""
        inner = super().function_before_schema(schema)
        match inner.get("type"):
            case "string" if "format" not in inner:
                return {**inner, "type": ["string", "number"]}
            case "integer":
                return {**inner, "type": ["integer", "string"], "pattern": f"^ *{WHOLE.pattern} *$"}
        return inner

    def chain_schema(self, schema: core_schema.ChainSchema) -> JsonSchemaValue:
        """A text, and then what its characters have to be."""
        first, *others = (self.generate_inner(step) for step in schema["steps"])
        for each in others:
            first |= {key: value for key, value in each.items() if key == "pattern"}
        return first

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """A key that has no value is refused: it is left out, or it has one."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """The same without a default of nothing, which cannot be written."""
        made = super().default_schema(schema)
        return {key: value for key, value in made.items() if (key, value) != ("default", None)}

    def date_schema(self, schema: core_schema.DateSchema) -> JsonSchemaValue:
        """A day has one form only."""
        return {**super().date_schema(schema), "pattern": f"^{DAY.pattern}$"}


def schema() -> dict[str, Any]:
    """The schema."""
    made = WrittenMapping.model_json_schema(schema_generator=OfFile)
    for part in parts_of(made):
        if isinstance(part.get("title"), str):
            del part["title"]
        for name, word in BOUNDS.items():
            if isinstance(part.get(name), int):
                part[word] = part.pop(name)
        part.pop("max_digits", None)
        if "patternProperties" in part:
            part["additionalProperties"] = False
        if isinstance(part.get("properties"), dict):
            close(part["properties"])
        if "description" in part and isinstance(part["description"], str):
            part["description"] = " ".join(part["description"].split())
    return {"$schema": DIALECT, "title": "The mapping of the connector", **made}


def parts_of(whole: Any) -> Iterator[dict[str, Any]]:
    """Every map in a plain structure, the innermost last."""
    if isinstance(whole, dict):
        yield whole
    for inner in whole.values() if isinstance(whole, dict) else whole:
        if isinstance(inner, dict | list):
            yield from parts_of(inner)


def close(properties: dict[str, Any]) -> None:
    """Gives the words of the closed lists to the keys that take no other."""
    is_about_people = "employment_type" in properties
    for name, words in CLOSED.items() if is_about_people else ():
        if name in properties:
            properties[name] = {"enum": list(words)}
    if COUNTRY in properties:
        properties[COUNTRY] = {"enum": sorted(COUNTRY_NAMES)}
    if "exclude_countries" in properties:
        properties["exclude_countries"]["items"] = {"enum": sorted(COUNTRY_NAMES)}
    if "lead_days" in properties and "fields" in properties:
        properties["fields"]["propertyNames"] = {"enum": sorted(FIELDS)}


def text() -> str:
    """The file."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
