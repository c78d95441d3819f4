"""`connector erase`: takes away all that is kept of one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.verb import Argument, Arguments, JsonObject, Right, Verb
from connector.services.operate.verbs.view import lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View

COUNTED = ("employees", "codes", "audit_rows")


class Erase(Verb):
    """Shows what would be taken away, and takes it away once the person's id confirms it.

    The act is on record with its counts, and does not say whom it was about.
    """

    name = "erase"
    is_act = True
    right = Right.ENGINEER
    help = "take away all that is kept of a person who has left"
    examples = ("connector erase 1013", "connector erase 1013 --confirm 6b056ce624359a91ff000039")
    arguments = (
        Argument("person", "number, code, person id or worker id", is_required=True, is_told=False),
        Argument("confirm", "the person id, as shown without it", flag="--confirm", is_told=False),
    )

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        confirmed = str(arguments.get("confirm") or "")
        return desk.erasure.erase(str(arguments.get("person") or ""), confirmed)

    def told(self, result: JsonObject) -> Mapping[str, str]:
        erased = "yes" if result["erased"] else "no, only counted"
        return {"erased": erased, **{name: str(result[name]) for name in COUNTED}}

    def view(self, result: JsonObject) -> View:
        kept = (
            f"{result['employees']} employee rows, {result['codes']} employee codes and"
            f" {result['audit_rows']} audit rows of person {result['person']}"
        )
        if result["erased"]:
            return lines(
                f"erased: {kept}",
                "log lines and dead letters name workers by id until their time is over:"
                " docs/privacy.md#erasure",
            )
        return lines(
            f"would be erased: {kept}",
            "nothing was done; to do it, say the same with --confirm and the person id",
        )

    def needs_attention(self, result: JsonObject) -> bool:
        return not result["erased"]
