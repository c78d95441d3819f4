"""`connector resume`: polls again after the app was uninstalled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.verb import Arguments, JsonObject, Right, Verb
from connector.services.operate.verbs.view import Line

if TYPE_CHECKING:
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View


class Resume(Verb):
    """Ends a pause of polling."""

    name = "resume"
    is_act = True
    right = Right.ENGINEER
    help = "poll again after the app was uninstalled"
    examples = ("connector resume",)

    def run(self, desk: Desk, _: Arguments) -> JsonObject:
        pause = desk.pauses.end()
        if pause is None:
            return {"was_paused": False}
        since = pause.at.isoformat(timespec="seconds")
        return {"was_paused": True, "since": since, "reason": pause.reason}

    def view(self, result: JsonObject) -> View:
        if not result["was_paused"]:
            return [Line("polling was not paused")]
        return [
            Line(f"polling continues; it was paused since {result['since']}: {result['reason']}")
        ]
