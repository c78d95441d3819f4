"""Whether a change comes late: made now, and should have held from a day that has passed.

Nobody is back-dated because the connector learns of them late: not with a first load, a mapping
that takes people in, an approval that lets them through, or the move to another company.
"""

from __future__ import annotations

from datetime import date, timedelta

from connector.domain.changes import Cause
from connector.domain.decisions import in_force_since
from connector.domain.planning import Outcome
from connector.domain.records.audit_kind import AuditKind, event_of
from connector.services.apply.context import ChangeContext

NO_NEWS = ("", Cause.SWEEP.value, Cause.MAPPING.value)
"""What is found by these has been so before anyone looked; so may be what was found by nobody
knows what, in a row of an earlier version."""


def late_by(context: ChangeContext, company: str, outcome: Outcome) -> date | None:
    """Since when a change has been due that is made only now; None where it is in time."""
    if context.worker is None or context.rules(company) is None:
        return None
    today = context.today(company)
    since = in_force_since(context.worker, outcome, today)
    if since is None:
        return None
    event = event_of(context.decision, context.record, company, is_drift=context.is_drift)
    if outcome is Outcome.DEACTIVATED:
        is_on_time = is_remembered(context, "end_date", since) and today - since <= timedelta(1)
        return None if is_on_time or event is not AuditKind.LEAVE else since
    return since if is_late_arrival(context, company, since, event) else None


def is_late_arrival(
    context: ChangeContext, company: str, since: date, event: AuditKind | None
) -> bool:
    """Whether the first day of somebody who arrives was told too late."""
    person, link = context.record.person, context.link(company)
    if event is AuditKind.TRANSFER and context.worker and context.worker.id == person.worker_id:
        return False  # the first day is that of the employment, and not of the move
    if event is None:
        return False  # here already: put right, and not taken in
    is_known = is_remembered(context, "start_date", since)
    if person.facts.get("start_date") and not is_known:
        return True  # whatever it was found by: Rippling had another day before
    if link is not None and link.is_open:
        return link.found_by not in NO_NEWS
    return not is_known and context.change.cause.value not in NO_NEWS


def is_remembered(context: ChangeContext, fact: str, day: date) -> bool:
    """Whether Rippling showed this day before."""
    return context.record.person.facts.get(fact) == day.isoformat()
