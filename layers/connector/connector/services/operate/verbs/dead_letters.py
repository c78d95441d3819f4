"""`connector dead-letters`: the changes that could not be handled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.changes import Change
from connector.domain.errors import NotAChangeError
from connector.services.foresee.numbers import number_in
from connector.services.operate.verbs.verb import Arguments, JsonObject, Verb
from connector.services.operate.verbs.view import Line, Table

if TYPE_CHECKING:
    from connector.ports.queue import DeadLetter
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View

MOST_LETTERS = 300
"""As many as can be looked at before the first of them is shown to others again."""


class DeadLetters(Verb):
    """Lists dead letters, oldest first; they stay on their queue."""

    name = "dead-letters"
    help = "list the changes that could not be handled"
    examples = ("connector dead-letters",)

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        total = desk.queue.lengths().dead
        letters = desk.queue.dead_letters(int(arguments.get("limit", MOST_LETTERS)))
        desk.queue.release(letters)
        rows = [described(letter) for letter in letters]
        persons = {str(row["person"]) for row in rows if row.get("person")}
        numbers = {each.id: number_in(each.facts) for each in desk.ledger.persons(persons)}
        return {
            "rows": [{**row, "number": numbers.get(row.get("person", ""), "")} for row in rows],
            "total": max(total, len(rows)),
        }

    def view(self, result: JsonObject) -> View:
        rows = [
            (
                row["sent_at"] or "",
                row["number"],
                f"worker {row['worker']} ({row['cause']})" if row["is_change"] else "not a change",
                row["reason"],
            )
            for row in result["rows"]
        ]
        shown = "" if len(rows) == result["total"] else f", the oldest {len(rows)} are shown"
        table = Table(("Sent", "Number", "Change", "Reason"), rows)
        advice = [Line("why: connector explain NUMBER; then: connector replay")] if rows else []
        return [table, Line(f"{result['total']} dead letters{shown}"), *advice]

    def needs_attention(self, result: JsonObject) -> bool:
        return bool(result["total"])


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
