"""A writer that took so long that another one ended what it had begun, and saw nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from connector.domain.records.ledger import Record
from tests.support.world import World


@contextmanager
def overtaken(world: World, meanwhile: Callable[[], object]) -> Iterator[None]:
    """The first outcome is written too late: the person's row moved on, and knows of no intent."""
    finish = world.ledger.finish
    late = [True]

    def finish_late(record: Record, *rest: Any) -> None:
        if late:
            late.clear()
            stored = world.tables.persons[record.person.id]
            after = replace(stored, version=stored.version + 1, intent=None)
            world.tables.persons[record.person.id] = after
            meanwhile()
        finish(record, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world.ledger, "finish", finish_late)
        yield
    assert not late
