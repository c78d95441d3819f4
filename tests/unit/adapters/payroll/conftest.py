"""Nordfab with its books and a payroll run, and the adapters over the fakes on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from connector.adapters.http.client import HttpClient
from connector.adapters.memory import InMemorySecrets
from connector.adapters.rippling.payroll.platform import PlatformPayrollRuns
from connector.adapters.rippling.payroll.rest import RestPayrollRuns
from connector.adapters.visma.journal.client import VismaJournal
from connector.adapters.visma.journal.companies import VismaJournals
from connector.adapters.visma.targets import VismaTargets
from connector.ports.secrets import VismaCredentials
from tests.simulator import (
    Rippling,
    RipplingPlatform,
    Visma,
    credentials,
    nordfab_books,
    nordfab_rippling,
    nordfab_visma,
)
from tests.support.clock import HandClock
from tests.support.world import no_sleep

MAY = ("2025-05-01", "2025-05-31", "2025-06-05")
TOKEN = "Bearer demo-rippling-token"


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime(2025, 6, 2, 9, 0, tzinfo=UTC))


@pytest.fixture
def rippling(clock: HandClock) -> Iterator[Rippling]:
    with nordfab_rippling(clock, people=30, companies=1) as running:
        yield running


@pytest.fixture
def visma(clock: HandClock, rippling: Rippling) -> Iterator[Visma]:
    with nordfab_visma(1, clock) as running:
        nordfab_books(rippling, running, months=1)
        yield running


@pytest.fixture
def run(rippling: Rippling) -> dict[str, Any]:
    return rippling.payroll.draft_run("Nordfab AS", *MAY, title="May")


@pytest.fixture
def rest(rippling: Rippling) -> RestPayrollRuns:
    http = HttpClient("Rippling", rippling.url, authorization=lambda _: TOKEN, sleep=no_sleep)
    return RestPayrollRuns(http)


@pytest.fixture
def platform(rippling: Rippling) -> Iterator[PlatformPayrollRuns]:
    with RipplingPlatform(rippling) as running:
        http = HttpClient("Rippling", running.url, authorization=lambda _: TOKEN, sleep=no_sleep)
        yield PlatformPayrollRuns(http)


@pytest.fixture
def journal(visma: Visma, clock: HandClock) -> VismaJournal:
    secrets = InMemorySecrets(
        visma={
            key: VismaCredentials(**values)
            for key, values in credentials(1)[1]["companies"].items()
        }
    )
    targets = VismaTargets(secrets, visma.url, visma.token_url, sleep=no_sleep, now=clock.now)
    return VismaJournals(targets).of("norway")
