"""`connector dead-letters`: the changes that could not be handled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.changes import Change
from connector.domain.errors import NotAChangeError
from connector.services.operate.verbs.verb import Arguments, JsonObject, Verb
from connector.services.operate.verbs.view import Line, Table

if TYPE_CHECKING:
    from connector.ports.queue import DeadLetter
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View

MOST_LETTERS = 50


class DeadLetters(Verb):
    """Lists dead letters, oldest first; they stay on their queue."""

    name = "dead-letters"
    help = "list the changes that could not be handled"
    examples = ("connector dead-letters",)

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        letters = desk.queue.dead_letters(int(arguments.get("limit", MOST_LETTERS)))
        desk.queue.release(letters)
        return {"rows": [described(letter) for letter in letters]}

    def view(self, result: JsonObject) -> View:
        rows = [
            (
                row["sent_at"] or "",
                f"worker {row['worker']} ({row['cause']})" if row["is_change"] else "not a change",
                row["reason"],
            )
            for row in result["rows"]
        ]
        return [Table(("Sent", "Change", "Reason"), rows), Line(f"{len(rows)} dead letters")]


def described(letter: DeadLetter) -> JsonObject:
    """What an operator needs to know of a dead letter."""
    sent_at = letter.sent_at.isoformat() if letter.sent_at else None
    head: JsonObject = {"id": letter.id, "sent_at": sent_at}
    try:
        change = Change.from_body(letter.body)
    except NotAChangeError as error:
        return {**head, "is_change": False, "reason": letter.reason or str(error)}
    return {
        **head,
        "is_change": True,
        "worker": change.worker_id,
        "person": change.person_id,
        "cause": change.cause.value,
        "correlation_id": change.correlation_id,
        "reason": letter.reason,
    }
