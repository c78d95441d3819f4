"""Nordfab with its books: two companies on 2 June 2025, three posted months."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.simulator import Rippling, Visma, nordfab_books, nordfab_rippling, nordfab_visma
from tests.simulator.books.differences import Differences
from tests.simulator.clients import VismaClient
from tests.support.clock import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime(2025, 6, 2, 9, 0, tzinfo=UTC))


@pytest.fixture
def rippling(clock: HandClock) -> Iterator[Rippling]:
    with nordfab_rippling(clock, people=100, companies=2) as running:
        yield running


@pytest.fixture
def visma(clock: HandClock) -> Iterator[Visma]:
    with nordfab_visma(2, clock) as running:
        yield running


@pytest.fixture
def nordfab(rippling: Rippling, visma: Visma) -> Differences:
    return nordfab_books(rippling, visma, months=3)


@pytest.fixture
def client(visma: Visma, nordfab: Differences) -> Iterator[VismaClient]:
    with VismaClient(visma) as connected:
        yield connected
