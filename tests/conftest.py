"""What holds for every tier: no test asserts a time, and what shares a machine stays together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from tests.support.browser import MISSING, Browser, a_browser, find_chromium

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

TOGETHER = {
    "with an AWS of their own": (
        "tests/e2e/test_deployments.py",
        "tests/e2e/test_guided.py",
        "tests/embedded/",
    ),
    "on one AWS": ("tests/e2e/",),
    "taking a core": ("tests/fuzz/",),
}
"""Which tests go to one worker, in their order: the first group that a path fits."""


class Together(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Deals out the tests one by one, but those of a group to one worker.

    xdist's own groups are marks on a test, and are not seen with pytest from 9.2 on.
    """

    def _split_scope(self, nodeid: str) -> str:
        groups = (name for name, paths in TOGETHER.items() if nodeid.startswith(paths))
        return next(groups, nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """How tests are dealt out to workers, whatever `--dist` says."""
    return Together(config, log)


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A real Chromium with an empty profile; where this machine has none, the test is skipped."""
    executable = find_chromium()
    if executable is None:
        pytest.skip(MISSING)
    with a_browser(executable) as running:
        yield running
