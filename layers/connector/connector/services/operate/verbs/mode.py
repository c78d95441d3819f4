"""`connector rehearse`, `go-live` and `pause`: what the connector does by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from connector.domain.errors import ConfigurationError
from connector.domain.records.mode import ModeName
from connector.services.operate.verbs.verb import Argument, Arguments, JsonObject, Right, Verb
from connector.services.operate.verbs.view import Line

if TYPE_CHECKING:
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View

MEANS = {
    "off": "nothing is read and nothing is written until `connector rehearse` or `go-live`",
    "rehearsal": "everything is planned and audited, and nothing is written to Visma",
    "live": "what is planned is written to Visma; the next tick reads everyone",
}


class ModeVerb(Verb):
    """A change of the mode."""

    mode: ClassVar[ModeName]

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        reason = str(arguments.get("reason") or "").strip()
        if not reason and any(each.is_required for each in self.arguments):
            raise ConfigurationError("reason: say why, for whoever finds the connector paused")
        return desk.mode_switch.change(self.mode, reason)

    def view(self, result: JsonObject) -> View:
        mode, before = result["mode"], result["before"]
        change = f"{mode} already" if mode == before else f"{before} -> {mode}"
        why = [Line(f"reason: {result['reason']}")] if result["reason"] else []
        return [Line(f"{change}: {MEANS[mode]}"), *why]


class Rehearse(ModeVerb):
    """Plans and audits, and writes nothing."""

    name = "rehearse"
    is_act = True
    right = Right.ENGINEER
    help = "plan and audit everything, and write nothing to Visma"
    examples = ("connector rehearse",)
    mode = ModeName.REHEARSAL


class GoLive(ModeVerb):
    """Writes to Visma from now on."""

    name = "go-live"
    is_act = True
    right = Right.ENGINEER
    help = "write to Visma from now on; the first load is held until you approve it"
    examples = ("connector go-live",)
    mode = ModeName.LIVE


class Pause(ModeVerb):
    """Reads and writes nothing until told otherwise."""

    name = "pause"
    is_act = True
    right = Right.CONTROLLER
    help = "read and write nothing until `rehearse` or `go-live`"
    examples = ('connector pause --reason "the payroll of November is being closed"',)
    arguments = (
        Argument("reason", "why, for whoever finds it paused", is_required=True, flag="--reason"),
    )
    mode = ModeName.OFF
