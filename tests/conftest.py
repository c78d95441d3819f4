"""What holds for every tier: no test asserts a time, and what shares a machine stays together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support.browser import MISSING, Browser, a_browser, find_chromium

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

DEPLOYING = ("/e2e/", "/embedded/", "/fuzz/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share a deployed stack, or take a whole core, run one after the other."""
    for item in items:
        if any(folder in item.path.as_posix() for folder in DEPLOYING):
            item.add_marker(pytest.mark.xdist_group("deploying"))


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A real Chromium with an empty profile; where this machine has none, the test is skipped."""
    executable = find_chromium()
    if executable is None:
        pytest.skip(MISSING)
    with a_browser(executable) as running:
        yield running
