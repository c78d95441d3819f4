"""The screen as a whole: what cannot be read is said, and hides nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest

from connector.adapters.memory import (
    InMemoryAgreements,
    InMemoryAlarms,
    InMemoryBudgets,
    InMemoryChangeQueue,
    InMemoryCursors,
    InMemoryExportLog,
    InMemoryLedger,
    InMemoryMappings,
    InMemoryModes,
    InMemoryPollingPauses,
    InMemoryReferenceCache,
)
from connector.domain.budgets import Budget
from connector.domain.cursors import Cursor
from connector.domain.errors import ConfigurationError, ConnectorError, RetryableError
from connector.domain.records.mode import Mode, ModeName
from connector.services.operate.status.service import Status
from connector.services.operate.verbs.status import StatusVerb, verdict
from tests.support.clock import HandClock
from tests.unit.builders import a_mapping


@pytest.fixture
def status() -> Status:
    """A live connector that ticked and swept a moment ago, with nobody open."""
    clock = HandClock()
    now = clock.now()
    cursors = InMemoryCursors(clock)
    cursors.save(Cursor("workers", now, ended=now))
    cursors.save(Cursor("workers sweep", ended=now))
    return Status(
        modes=InMemoryModes(Mode(ModeName.LIVE, now)),
        pauses=InMemoryPollingPauses(clock),
        cursors=cursors,
        agreements=InMemoryAgreements(),
        queue=InMemoryChangeQueue(),
        mappings=InMemoryMappings(a_mapping()),
        cache=InMemoryReferenceCache(),
        ledger=InMemoryLedger(clock),
        budgets=InMemoryBudgets(clock),
        alarms=InMemoryAlarms(),
        exports=InMemoryExportLog(),
        clock=clock,
        version="1.2.3",
    )


def levels(result: dict[str, Any]) -> dict[str, str]:
    return {
        check["name"]: check["level"] for group in result["groups"] for check in group["checks"]
    }


def failing(error: ConnectorError) -> Any:
    """A part of which nothing can be asked."""

    def fail(*_: object) -> Any:
        raise error

    return Mock(
        **{
            f"{name}.side_effect": fail
            for name in (
                "ringing",
                "known",
                "lengths",
                "cursor",
                "rows",
                "employed",
                "open_links",
                "current",
                "names",
            )
        }
    )


def test_where_nothing_needs_anybody_that_is_the_last_line(status: Status) -> None:
    result = status.show()

    assert result["to_put_right"] == 0
    assert not StatusVerb().needs_attention(result)
    assert verdict(result) == "nothing needs you"
    assert result["version"] == "1.2.3"


@pytest.mark.parametrize(
    ("part", "names"),
    [
        ("alarms", {"alarms"}),
        ("queue", {"queue"}),
        ("budgets", {"calls"}),
        ("pauses", {"polling"}),
        ("ledger", {"people"}),
        ("cursors", {"last_tick", "last_sweep", "in_step"}),
        ("cache", {"rows_apart"}),
        ("mappings", {"mapping", "rows_apart", "in_step", "payroll", "people", "calls"}),
    ],
)
@pytest.mark.parametrize("kind", [RetryableError, lambda text: ConfigurationError([text])])
def test_what_cannot_be_told_says_so_is_not_well_and_hides_no_other_line(
    status: Status, part: str, names: set[str], kind: Callable[[str], ConnectorError]
) -> None:
    whole = levels(status.show())

    result = replace(status, **{part: failing(kind("AWS is away"))}).show()

    found = levels(result)
    assert {name for name, level in found.items() if level == "unknown"} == names
    assert {level for name, level in found.items() if name not in names} <= {"good", "note"}
    assert verdict(result) == f"{len(names)} cannot be told"
    assert StatusVerb().needs_attention(result)
    assert {name: result["figures"][name] for name in names} == dict.fromkeys(names)
    told = [check for group in result["groups"] for check in group["checks"]
            if check["level"] == "unknown"]  # fmt: skip
    assert all("cannot be told: AWS is away" in check["message"] for check in told)
    assert all(check["remedy"] for check in told)
    assert len(found) >= len(whole) - 8


def test_every_red_line_has_a_next_command(status: Status) -> None:
    status.modes.save(Mode(ModeName.OFF, status.clock.now()))
    status.pauses.pause("the app was uninstalled")
    status.queue.dead_letter("{]", "not JSON")

    result = replace(status, mappings=InMemoryMappings()).show()

    red = [check for group in result["groups"] for check in group["checks"]
           if check["level"] == "bad"]  # fmt: skip
    assert {check["name"] for check in red} == {"mode", "polling", "dead_letters", "mapping"}
    assert all(check["remedy"].startswith("connector ") for check in red)
    assert verdict(result) == "4 need you"


def test_the_calls_are_those_of_the_rows_of_each_company_of_the_mapping(status: Status) -> None:
    until = status.clock.now() + timedelta(minutes=5)
    status.budgets.share("visma norway", Budget(5000, 40, until))

    figures = status.show()["figures"]["calls"]

    assert set(figures) == {"rippling", "visma norway"}
    assert figures["visma norway"]["remaining"] == 40


def test_a_rehearsal_is_judged_by_its_own_ticks(status: Status) -> None:
    clock = status.clock
    assert isinstance(clock, HandClock)
    status.modes.save(Mode(ModeName.REHEARSAL, clock.now() - timedelta(days=3)))

    assert levels(status.show())["last_tick"] == "bad"
    status.cursors.save(Cursor("workers (rehearsal)", clock.now(), ended=clock.now()))
    assert levels(status.show())["last_tick"] == "good"
