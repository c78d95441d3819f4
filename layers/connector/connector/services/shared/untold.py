"""Whether a write to somebody's employee has no known end: one rule for whoever waits for that.

What came of it is found out by the writer alone; see `services.apply.lost_write`.
"""

from __future__ import annotations

from connector.domain.records.ledger import Person


def untold_write(person: Person) -> str:
    """What to say of a write that was begun, and of which nothing is on record; empty for none."""
    intent = person.intent
    if intent is None or not intent.is_untold:
        return ""
    return (
        f"a write of employee {intent.code} in {intent.company} has no known end yet, and would be"
        " told nowhere: wait until its change is delivered again (ten minutes; `connector replay`"
        " where it is among the dead letters, `connector sync` where there is none), and say the"
        " same again"
    )
