"""`connector oauth start`: a link with which an administrator installs the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.verb import Arguments, JsonObject, Right, Verb
from connector.services.operate.verbs.view import lines

if TYPE_CHECKING:
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View


class StartInstallation(Verb):
    """Makes a link that works once."""

    name = "oauth start"
    is_act = True
    right = Right.ENGINEER
    help = "print a link for an administrator of Rippling, valid for ten minutes"
    examples = ("connector oauth start",)

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        return desk.installation.start(arguments)

    def needs_attention(self, result: JsonObject) -> bool:
        return bool(result["advice"])

    def view(self, result: JsonObject) -> View:
        first = lines(
            *([result["advice"]] if result["advice"] else []),
            f"For an administrator of Rippling, until {result['expires_at']}:",
            result["link"],
        )
        if not result["install_link"]:
            return first
        return [
            *first,
            *lines(
                "If Rippling comes back without the state, start once more, from this link:",
                result["install_link"],
            ),
        ]
