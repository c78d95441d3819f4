"""What the vendors' answers do otherwise than published: a line of `ping`, and a report to send on.

Names and types, never values: whoever gets the report learns nothing of a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from connector.domain.checks import Check, Level
from connector.domain.shapes.sightings import Sighting
from connector.domain.status.wording import listed
from connector.services.shared.shape_watch import ShapeWatches

SHOWN = 5
REMEDY = "see Shapes in the runbook; connector ping --shapes lists all"


def answers_check(watches: ShapeWatches, *tenants: str) -> Check:
    """The line about the answers of one tenant or its parts, this process's among them."""
    sightings = [each for tenant in tenants for each in watches.seen(tenant)]
    if not sightings:
        looked_at = sum(sum(watches.looked_at(tenant).values()) for tenant in tenants)
        return Check("answers", Level.GOOD, f"All {looked_at} answers are as published.")
    weighty = [each for each in sightings if not each.deviation.is_harmless]
    shown = _sentences(weighty or sightings)
    if not weighty:
        message = f"The answers have more than is published, which does no harm: {shown}."
        return Check("answers", Level.NOTE, message, REMEDY)
    return Check("answers", Level.WARNING, f"Not as published: {shown}.", REMEDY)


def shape_report(watches: ShapeWatches, tenants: Iterable[str]) -> list[dict[str, Any]]:
    """What was looked at by this process and what deviates, tenant by tenant."""
    return [
        {
            "tenant": tenant,
            "looked_at": watches.looked_at(tenant),
            "deviations": [each.to_row() for each in watches.seen(tenant)],
        }
        for tenant in tenants
    ]


def _sentences(sightings: Sequence[Sighting]) -> str:
    told = [f"{each.deviation.text} (since {each.first:%Y-%m-%d})" for each in sightings]
    return listed(told, SHOWN, "; ")
