"""The company that is read and written: everyone works, and Visma has what the mapping names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from tests.simulator.nordfab import (
    LOCATIONS,
    UNITS,
    credentials,
    nordfab_mapping,
    nordfab_rippling,
    nordfab_visma,
)
from tests.simulator.rippling import DEMO_TOKEN
from tests.simulator.visma import Visma

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.simulator.rippling import Rippling

A_SECOND = 10
"""So many workers were changed in each second: an import does that, and it makes ties."""


def staffed_rippling(people: int) -> Rippling:
    """Nordfab with this many people at work, the last of whom was changed an hour ago."""
    rippling = nordfab_rippling(people=0)
    rippling.relative_next_link = True  # it does not listen itself
    draw = Random("bench")
    # Whole seconds are ties: a reader that goes on "after" the newest stamp must not lose any.
    newest = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    for place in range(people):
        unit = draw.choice(UNITS)
        rippling.hire(
            at=newest - timedelta(seconds=(people - 1 - place) // A_SECOND),
            department=unit.name,
            location=draw.choice(tuple(LOCATIONS)),
            employment_type="Salaried full-time",
            start_date="2020-01-01",
            title=draw.choice(unit.titles),
            annual_salary=draw.randrange(480, 1100) * 1000,
        )
    return rippling


def entered_visma(rippling: Rippling) -> Visma:
    """Nordfab's books with everyone of a Rippling entered already."""
    return staffed_visma(strangers=[str(worker["number"]) for worker in rippling.workers()])


def staffed_visma(strangers: Iterable[str] = (), kind: type[Visma] = Visma) -> Visma:
    """Nordfab's books without a limit of calls; `strangers` are codes of employees in them."""
    visma = nordfab_visma()
    visma.__class__ = kind
    visma.calls_per_hour = 10_000_000
    for code in strangers:
        visma.add_employee(code, status="Active")
    return visma


def task_of(url: str, visma_url: str, **more: Any) -> dict[str, Any]:
    """What every driver is told: where both vendors are, how to sign in, and the mapping."""
    companies = credentials(1)[1]["companies"]
    return {
        "url": url, "token": DEMO_TOKEN, "visma": visma_url,
        "visma_token": f"{visma_url}/connect/token", "companies": companies,
        "mapping": nordfab_mapping(1), **more,
    }  # fmt: skip
