"""What holds for every tier: no test asserts a time, and what shares a machine stays together."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

DEPLOYING = ("/e2e/", "/embedded/", "/fuzz/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share a deployed stack, or take a whole core, run one after the other."""
    for item in items:
        if any(folder in item.path.as_posix() for folder in DEPLOYING):
            item.add_marker(pytest.mark.xdist_group("deploying"))
