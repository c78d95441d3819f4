"""Ours: the writer over the real adapters, for everyone whom a poll has queued.

A message that failed comes again, as from the queue, after the time that it is invisible there; it
is set aside after as many deliveries as in the template. The clock is turned instead of waiting.
"""

from __future__ import annotations

from collections import Counter

from measure import Run
from ours_parts import OPTIONS, Parts

from connector.bootstrap import services
from connector.domain.changes import Change
from connector.domain.errors import ConfigurationError, RetryableError
from connector.domain.planning import Outcome
from connector.domain.records.ledger import INTENT_SECONDS
from connector.services.apply.applier import Applier

MOST_DELIVERIES = 10
DONE = {Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.DEACTIVATED}
"""Every other outcome is one that an operator is told of."""


def main() -> None:
    """Polls, and then writes what was found."""
    run = Run()
    parts = Parts(run.task)
    poller = services.poller(parts.adapters, OPTIONS).poller
    applier = services.applier(parts.adapters, OPTIONS)
    run.begin()
    poller.run(full_sweep=run.task["stage"] != "changes")
    outcomes, told = drain(parts, applier)
    run.end()
    run.tell(told=told, outcomes=outcomes)
    parts.save()


def drain(parts: Parts, applier: Applier) -> tuple[Counter[str], list[str]]:
    """Writes until the queue is empty: how it ended, and of whom an operator is told."""
    queue, outcomes, told = parts.queue.changes, Counter[str](), list[str]()
    deliveries: Counter[int] = Counter()
    while queue:
        change: Change = queue.pop(0)
        deliveries[id(change)] += 1
        try:
            outcome = applier.apply(change, delivery=deliveries[id(change)])
        except (RetryableError, ConfigurationError) as error:
            if deliveries[id(change)] >= MOST_DELIVERIES:
                outcomes["set aside"] += 1
                told.append(change.worker_id)
                continue
            wait = getattr(error, "retry_after", None) or 0
            parts.clock.turn(max(INTENT_SECONDS + 1, wait))
            queue.append(change)
        else:
            outcomes[outcome.value] += 1
            if outcome not in DONE:
                told.append(change.worker_id)
    return outcomes, told


main()
