"""`connector replay`: queues the dead letters again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.changes import Change
from connector.domain.errors import NotAChangeError
from connector.services.operate.verbs.verb import Arguments, JsonObject, Right, Verb
from connector.services.operate.verbs.view import Line

if TYPE_CHECKING:
    from connector.ports.queue import ChangeQueue, DeadLetter
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View

BATCH_SIZE = 10
RESERVED_SECONDS = 15.0
"""A round is begun only with more time left than this."""


class Replay(Verb):
    """Queues dead letters again, oldest first.

    The writer reads each person fresh, so an old letter cannot restore an old state.
    """

    name = "replay"
    is_act = True
    right = Right.ENGINEER
    help = "queue the dead letters again"
    examples = ("connector replay",)

    def run(self, desk: Desk, _: Arguments) -> JsonObject:
        replayed = 0
        left: dict[str, DeadLetter] = {}
        more = True
        while more and desk.clock.remaining_seconds() > RESERVED_SECONDS:
            letters = desk.queue.dead_letters(BATCH_SIZE)
            new = [letter for letter in letters if letter.id not in left]
            left |= {letter.id: letter for letter in new if not replay_one(desk.queue, letter)}
            replayed += sum(letter.id not in left for letter in new)
            more = bool(new)
        desk.queue.release(left.values())
        return {"replayed": replayed, "left": len(left), "more": more}

    def view(self, result: JsonObject) -> View:
        left = f", {result['left']} left: they are not changes" if result["left"] else ""
        return [Line(f"{result['replayed']} replayed{left}")]

    def needs_attention(self, result: JsonObject) -> bool:
        return bool(result["left"])

    def is_complete(self, result: JsonObject) -> bool:
        return not result["more"]

    def added(self, before: JsonObject, then: JsonObject) -> JsonObject:
        return {**then, "replayed": before["replayed"] + then["replayed"]}


def replay_one(queue: ChangeQueue, letter: DeadLetter) -> bool:
    """Queues one letter again; False where it is no change, and sending it again cannot help."""
    try:
        change = Change.from_body(letter.body)
    except NotAChangeError:
        return False
    queue.send([change])
    queue.delete(letter)
    return True
