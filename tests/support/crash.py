"""A function whose process ends at one call, and what comes after it: a cold start, later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from connector.domain.records.ledger import INTENT_SECONDS
from tests.support.world import World


class CrashError(Exception):
    """The process of a function ends here."""


def _whichever(*_: Any, **__: Any) -> bool:
    return True


@contextmanager
def dying(
    owner: object, name: str, *, after: int = 0, at: Callable[..., bool] = _whichever
) -> Iterator[None]:
    """Within, the process ends before this call, and it must come so far.

    It ends at the one `after` so many others, of those calls whose arguments are `at` it.
    """
    whole, left = getattr(owner, name), [None] * after

    def dies(*given: Any, **named: Any) -> Any:
        if at(*given, **named):
            if not left:
                raise CrashError
            left.pop()
        return whole(*given, **named)

    with pytest.MonkeyPatch.context() as crash:
        crash.setattr(owner, name, dies)
        with pytest.raises(CrashError):
            yield


def starts_cold(world: World) -> None:
    """Nothing is remembered but what is stored, and whoever began a write counts as gone."""
    world.build()
    world.clock.turn(seconds=INTENT_SECONDS + 1)


def dies_untold(world: World, *, after: int = 0) -> None:
    """The writer takes a message, writes to Visma, and dies before it can say so.

    It dies at the end of one company `after` so many others. The message does not come again.
    """
    with dying(world.ledger, "finish", after=after):
        world.drain()
    starts_cold(world)
