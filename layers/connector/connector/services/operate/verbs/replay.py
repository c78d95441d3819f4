"""`connector replay`: queues dead letters again, and tells what becomes of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.foresee.apply import WELL, shortened, totals
from connector.services.operate.verbs.verb import (
    Argument,
    Arguments,
    Carried,
    Form,
    JsonObject,
    Right,
    Verb,
    WrongUsageError,
)
from connector.services.operate.verbs.view import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import Part, View

CARRIED = ("started", "only", "most_per_second", "progress", "waiting")
"""What a request has from the result before it."""

STAY = "whatever was not replayed stays among the dead letters: `connector replay` goes on with it"


class Replay(Verb):
    """Queues dead letters again, oldest first, and follows each until it has come to its end."""

    name = "replay"
    is_act = True
    right = Right.ENGINEER
    help = "queue dead letters again, all or some people's, and follow what becomes of each"
    examples = (
        "connector replay",
        "connector replay 1013 1014",
        "connector replay --all --max-per-second 2",
    )
    arguments = (
        Argument("people", "numbers, codes, ids or e-mail addresses", Form.PEOPLE, is_told=False),
        Argument("all", "everyone's, as without any name", Form.FLAG, flag="--all"),
        Argument("most_per_second", "no more than so many", Form.COUNT, flag="--max-per-second"),
    )
    carried = (
        ("started", Carried.MOMENT),
        ("progress", Carried.MOMENT),
        ("more", Carried.FLAG),
        ("only", Carried.TEXTS),
        ("waiting", Carried.TEXT_BY_TEXT),
    )
    interrupted = (
        "interrupted: the account replays on for some seconds, and the writer does what is queued;"
        f" {STAY}, and `connector audit` shows what becomes of the rest"
    )

    def prepared(self, request: JsonObject) -> JsonObject:
        if request.get("people") and request.get("all"):
            raise WrongUsageError("name people or say --all, not both")
        return super().prepared(request)

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        most = int(arguments["most_per_second"]) if arguments.get("most_per_second") else None
        started = str(arguments.get("started") or "")
        if not started:
            people = [str(each) for each in arguments.get("people") or ()]
            result = desk.given_up.begin(people, most)
        elif arguments.get("more"):
            result = desk.given_up.go_on(started, arguments.get("only") or (), most)
        else:
            progress = str(arguments.get("progress") or "")
            return desk.given_up.follow(started, progress, dict(arguments.get("waiting") or {}))
        return {**result, "most_per_second": most}

    def is_recorded(self, arguments: Arguments) -> bool:
        return not arguments.get("started") or bool(arguments.get("more"))

    def told(self, result: JsonObject) -> Mapping[str, str]:
        people = {"only": ", ".join(result["only"])} if result["only"] else {}
        return {**people, "replayed": str(result["replayed"])}

    def is_complete(self, result: JsonObject) -> bool:
        return not result["more"] and (not result["waiting"] or bool(result.get("is_over")))

    def continued(self, request: JsonObject, result: JsonObject) -> JsonObject:
        carried = {name: result.get(name) for name in CARRIED}
        return {"verb": self.name, "more": result["more"], **carried}

    def added(self, before: JsonObject, then: JsonObject) -> JsonObject:
        """While it replays, who is waited for adds up; what is followed says who is left."""
        is_replaying = "replayed" in then
        waiting = {**before["waiting"], **then["waiting"]} if is_replaying else then["waiting"]
        results = [*before["results"], *then["results"]]
        replayed = before["replayed"] + then.get("replayed", 0)
        sums = {"waiting": waiting, "results": results, "replayed": replayed, "done": len(results)}
        return {**before, **then, **sums, "most_per_second": before.get("most_per_second")}

    def view(self, result: JsonObject) -> View:
        return list(report(result))

    def needs_attention(self, result: JsonObject) -> bool:
        is_well = all(each["outcome"] in WELL for each in result["results"])
        return bool(result["left"] or result["waiting"] or result["trouble"]) or not is_well


def report(result: JsonObject) -> Iterator[Part]:
    """What became of each, what has failed again, and what stays among the dead letters."""
    ended = [
        (each["company"] or "-", each["number"] or each["person"], each["message"])
        for each in result["results"]
    ]
    failing = [
        (each["company"] or "-", each["number"] or each["person"], each["reason"] or "no turn yet")
        for each in result["failing"]
    ]
    yield from shortened(("Company", "Number", "What became of it"), ended)
    yield from shortened(("Company", "Number", "Not done yet; it is tried again"), failing)
    if result["trouble"]:
        yield Line(f"!! interrupted: {result['trouble']}; {STAY}")
    left = f", {result['left']} left: they are not changes" if result["left"] else ""
    yield Line(f"{result['replayed']} replayed{left}")
    if told := ", ".join(totals({**result, "refused": []})):
        yield Line(told)
