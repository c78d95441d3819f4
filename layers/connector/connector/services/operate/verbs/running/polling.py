"""`connector tick` and `sweep`: has the poller run now, and shows what it did."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from connector.services.operate.verbs.verb import Arguments, Carried, JsonObject, Right, Verb
from connector.services.operate.verbs.view import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View

COUNTED = (
    ("workers_read", "workers read"),
    ("queued", "queued"),
    ("due", "due today"),
    ("released", "released"),
    ("drifted", "edited in Visma"),
)
SWEEPS = {
    "finished": "the full sweep is finished",
    "cut short": "the full sweep is cut short: the next tick goes on with it",
    "aborted": "the full sweep was aborted",
}
UNDER_WAY = "nothing was done: another run of the poller is under way"


class PollingVerb(Verb):
    """A verb that has the poller run."""

    is_act = True
    right = Right.CONTROLLER

    def told(self, result: JsonObject) -> Mapping[str, str]:
        return {"mode": str(result["mode"]), "queued": str(result["queued"])}

    def is_complete(self, result: JsonObject) -> bool:
        return bool(result["is_over"])

    def added(self, before: JsonObject, then: JsonObject) -> JsonObject:
        """What a sweep did in all of its runs; one that met another run did nothing."""
        counts = {
            name: before[name] + value
            for name, value in then.items()
            if type(value) is int and type(before.get(name)) is int
        }
        unknown: Counter[str] = Counter(before["facts_unknown"]) + Counter(then["facts_unknown"])
        problems = list(dict.fromkeys([*before["problems"], *then["problems"]]))
        is_done_by_another = then["sweep"] == "none" and not then["skipped"]
        swept = "finished" if is_done_by_another else then["sweep"]
        added = {"sweep": swept, "problems": problems, "facts_unknown": dict(unknown)}
        return {**then, **counts, **added}

    def view(self, result: JsonObject) -> View:
        return list(summary_lines(result))

    def needs_attention(self, result: JsonObject) -> bool:
        return bool(result["problems"] or result["skipped"] or result["sweep"] == "aborted")


class Tick(PollingVerb):
    """One run of the poller, as every five minutes."""

    name = "tick"
    help = "look for changes now, as the schedule does every few minutes"
    examples = ("connector tick",)
    interrupted = (
        "interrupted: the run goes on in the account, for four minutes at most;"
        " `connector status` shows when it has ended"
    )

    def run(self, desk: Desk, _: Arguments) -> JsonObject:
        return desk.polling.tick()


class Sweep(PollingVerb):
    """Reads everyone from Rippling, and then everyone in Visma, in as many runs as that takes."""

    name = "sweep"
    help = "read everyone from both systems now, and queue whoever differs"
    examples = ("connector sweep", "connector sweep --json")
    carried = (("started", Carried.MOMENT),)
    interrupted = (
        "interrupted: the run goes on in the account, for four minutes at most, and each tick goes"
        " on with the sweep until it is finished; `connector sweep` follows it again"
    )

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        started = str(arguments.get("started") or "")
        return desk.polling.sweep(started, is_first=not started)

    def is_recorded(self, arguments: Arguments) -> bool:
        return not arguments.get("started")

    def continued(self, request: JsonObject, result: JsonObject) -> JsonObject:
        return {"verb": self.name, "started": result["started"]}


def summary_lines(result: JsonObject) -> Iterator[Line]:
    """What a run did, and what of it needs somebody."""
    yield from (Line(f"!! {each}") for each in result["problems"])
    if result["skipped"]:
        yield Line("nothing was done" if result["problems"] else UNDER_WAY)
        return
    counts = [f"{result[name]} {words}" for name, words in COUNTED if result[name]]
    did = ", ".join(counts) or "nothing has changed"
    if result["mode"] == "rehearsal":
        did += " (a rehearsal: planned and audited, and not written)"
    yield Line(did)
    if result["postponed"]:
        yield Line("the calls of this hour are used up: the next tick with room for it does it all")
    if told := SWEEPS.get(result["sweep"]):
        yield Line(told)
    if result["queued"]:
        yield Line("what was queued is written within moments: `connector status` shows the queue")
