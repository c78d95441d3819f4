"""One deployed stack that most of the tier shares."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.demo.stage import Stage
from tests.embedded import Embedded
from tests.embedded.processes import LOCAL

PEOPLE = 30


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the embedded AWS."""
    for item in items:
        if "/e2e/" in item.path.as_posix():
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def aws() -> Iterator[Embedded]:
    """One embedded AWS for the stacks of all modules, but for those that take it to pieces."""
    with alone_in_this_run(), Embedded.start() as aws:
        aws.build()
        yield aws


@contextmanager
def alone_in_this_run() -> Iterator[None]:
    """Fails where a second worker of one run deploys too: then they are no longer kept together."""
    LOCAL.mkdir(exist_ok=True)
    mark = LOCAL / f"e2e-{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
    mark.touch(exist_ok=False)
    try:
        yield
    finally:
        mark.unlink()


@pytest.fixture(scope="session")
def stage(aws: Embedded) -> Iterator[Stage]:
    """Nordfab on both sides of a deployed stack, after the first load."""
    with Stage(PEOPLE, aws=aws) as stage:
        stage.deploy()
        stage.begin()
        stage.settle()
        yield stage
