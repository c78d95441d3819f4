"""`connector oauth confirm`: puts a new installation of the app into use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.verb import Argument, Arguments, JsonObject, Right, Verb
from connector.services.operate.verbs.view import lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View


class ConfirmInstallation(Verb):
    """Shows whose the new installation is, and puts it into use when that company is named."""

    name = "oauth confirm"
    is_act = True
    right = Right.ENGINEER
    help = "show whose the new installation is, and put it into use"
    examples = ("connector oauth confirm", 'connector oauth confirm --company "Nordfab AS"')
    arguments = (Argument("company", "its name or id, as shown without it", flag="--company"),)

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        return desk.confirmation.confirm(str(arguments.get("company") or ""))

    def told(self, result: JsonObject) -> Mapping[str, str]:
        confirmed = "yes" if result["confirmed"] else "no, only shown"
        return {"confirmed": confirmed, "company_id": result["company_id"]}

    def view(self, result: JsonObject) -> View:
        owner = f"{result['company']} ({result['company_id']})"
        other = (
            [f"this is ANOTHER company than the one in use ({result['in_use']})"]
            if result["is_another"]
            else []
        )
        if result["confirmed"]:
            return lines(f"the installation of {owner} is in use", *other)
        return lines(
            f"an installation of {owner} was made at {result['since']} and is not in use",
            *other,
            "to put it into use, say the same with --company and its name or id",
        )

    def needs_attention(self, result: JsonObject) -> bool:
        return not result["confirmed"]
