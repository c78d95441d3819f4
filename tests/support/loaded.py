"""Nordfab after its first load, made once in a process: each test gets a copy of its own.

What is copied is what the fakes, tables and queue hold; the services around them are built again,
as a cold start would, so a copy has asked for no token yet and cached nothing.
"""

from __future__ import annotations

import copy
import copyreg
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from tests.support.world import World, a_world, listening

SERVICES = (
    "adapters", "source", "ledger", "options", "poller", "recheck", "applier", "releaser",
    "operator", "targets",
)  # fmt: skip
"""What `World.build` makes out of the rest."""


@contextmanager
def a_loaded_world(
    people: int = 60,
    companies: int = 1,
    *,
    by_platform: bool = False,
    mapping_text: str = "",
    load: Callable[[World], object] = World.first_load,
) -> Iterator[World]:
    """Nordfab with that many people, who are all in Visma; the fakes listen, nothing is warm.

    What is done until then is what `load` does, once for all who ask with the same function.
    """
    world = _copied(_loaded(people, companies, by_platform, mapping_text, load))
    with listening(world.rippling, world.visma, world.platform):
        world.build()
        yield world


@lru_cache(maxsize=4)  # tests of one module come one after the other
def _loaded(
    people: int,
    companies: int,
    by_platform: bool,
    mapping_text: str,
    load: Callable[[World], object],
) -> World:
    """What is left of a company once it was loaded and everything stands still."""
    with a_world(people, companies, by_platform=by_platform, mapping_text=mapping_text) as world:
        load(world)
    for service in SERVICES:
        delattr(world, service)
    return world


def _copied(world: World) -> World:
    fakes = [fake for fake in (world.rippling, world.visma, world.platform) if fake]
    # The contracts and the key of the stack are the same for all; ports are not.
    same: tuple[Any, ...] = (world.key, *(fake._contract for fake in fakes))
    other = copy.deepcopy(world, {id(each): each for each in same})
    for fake in (other.rippling, other.visma, other.platform):
        if fake:
            fake._port = 0
    return other


def _new_lock(_: Any) -> tuple[Any, tuple[()]]:
    return threading.Lock, ()


def _new_reentrant_lock(_: Any) -> tuple[Any, tuple[()]]:
    return threading.RLock, ()


# Nobody holds a lock of a world that stands still, so a new one is a copy.
copyreg.pickle(type(threading.Lock()), _new_lock)
copyreg.pickle(type(threading.RLock()), _new_reentrant_lock)
