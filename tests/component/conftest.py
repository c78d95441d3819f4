"""The real handlers between both fakes, for whichever module wants them; a module may override."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulator import Rippling, Visma, nordfab_rippling, nordfab_visma
from tests.simulator.nordfab import NORDFAB_MAPPING
from tests.support.aws import Account, an_account


@pytest.fixture
def people() -> int:
    """How many people work at Nordfab."""
    return 6


@pytest.fixture
def rippling(people: int) -> Iterator[Rippling]:
    """Rippling, as it runs."""
    with nordfab_rippling(people=people) as rippling:
        yield rippling


@pytest.fixture
def visma() -> Iterator[Visma]:
    """Visma.net, as it runs."""
    with nordfab_visma() as visma:
        yield visma


@pytest.fixture
def account(rippling: Rippling, visma: Visma, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """A stack with filled secrets and Nordfab's mapping."""
    with an_account(rippling, visma, monkeypatch) as account:
        account.operate("mappings import", text=NORDFAB_MAPPING)
        yield account
