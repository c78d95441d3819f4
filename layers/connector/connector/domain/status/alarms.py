"""The alarms of a stack, by the ends of their names, and what to type when one rings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

PING, LETTERS = "connector ping", "connector dead-letters"

NEXT_COMMAND: Mapping[str, str] = {
    "app-uninstalled": "connector oauth start",
    "audit-broken": "connector audit verify",
    "capabilities-missing": PING,
    "changes-held": "connector held",
    "changes-overdue": PING,
    "changes-waiting-too-long": PING,
    "company-unusable": PING,
    "dead-letters": LETTERS,
    "facts-unknown": PING,
    "failed-invocations": PING,
    "functions-throttled": PING,
    "install-errors": "connector oauth start",
    "installation-ended": "connector oauth start",
    "notification-errors": PING,
    "operations-errors": PING,
    "people-gone": "connector reconcile",
    "people-stuck": "connector status, connector held, connector waiting",
    "poller-errors": PING,
    "poller-silent": PING,
    "polls-postponed": PING,
    "releaser-errors": "connector waiting",
    "rows-unreadable": PING,
    "shapes": "connector ping --shapes",
    "sweep-aborted": PING,
    "sweep-overdue": PING,
    "webhook-errors": PING,
    "webhook-flood": PING,
    "writer-errors": LETTERS,
}
"""Every alarm of the template; a test holds both beside each other."""


@dataclass(frozen=True, slots=True)
class RingingAlarm:
    """An alarm that rings: the end of its name, without that of the stack, and since when."""

    name: str
    since: datetime | None = None
