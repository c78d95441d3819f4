"""One deployed stack that most of the tier shares."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.demo.stage import Stage
from tests.embedded import Embedded

PEOPLE = 30


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the embedded AWS."""
    for item in items:
        if "/e2e/" in item.path.as_posix():
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def aws() -> Iterator[Embedded]:
    """One embedded AWS for the stacks of all modules, but for those that take it to pieces."""
    with Embedded.start() as aws:
        aws.build()
        yield aws


@pytest.fixture(scope="session")
def stage(aws: Embedded) -> Iterator[Stage]:
    """Nordfab on both sides of a deployed stack, after the first load."""
    with Stage(PEOPLE, aws=aws) as stage:
        stage.deploy()
        stage.begin()
        stage.settle()
        yield stage
