"""`connector personal-data`: what is kept of one person, for whoever has a right to see it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from connector.services.operate.verbs.verb import Argument, Arguments, Form, JsonObject, Right, Verb
from connector.services.operate.verbs.view import Document

if TYPE_CHECKING:
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View


class PersonalData(Verb):
    """The rows about a person as they are stored, as JSON; personal fields are digests there."""

    name = "personal-data"
    is_act = True
    right = Right.ENGINEER
    help = "write down what is kept of a person: ledger, codes and audit"
    examples = ("connector personal-data 1013", "connector personal-data 1013 --output 1013.json")
    arguments = (
        Argument("person", "number, code, person id or worker id", is_required=True),
        Argument("output", "write it to this file", Form.OUTPUT_FILE, flag="--output"),
    )

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        kept = desk.erasure.everything(str(arguments.get("person") or ""))
        return {"text": json.dumps(kept, indent=2, ensure_ascii=False) + "\n"}

    def view(self, result: JsonObject) -> View:
        return [Document(result["text"])]
