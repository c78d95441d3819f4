"""Making a change: the one place that gives it the id by which all that follows is found."""

from __future__ import annotations

from secrets import token_hex
from uuid import uuid4

from connector.domain.changes import Cause, Change


def new_run() -> str:
    """The name of a run: of a tick, a sweep, or an operator's verb that queues people."""
    return uuid4().hex[:12]


def new_change(
    worker_id: str,
    person_id: str | None,
    cause: Cause,
    *,
    run: str | None = None,
) -> Change:
    """A change with a correlation id of its own."""
    return Change(worker_id, cause, token_hex(7), person_id, run=run)
