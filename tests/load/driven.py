"""Driven time: clocks, waits and time-outs of the connector go by a clock turned by hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from connector.adapters.clock import SystemClock
from connector.adapters.http import client
from connector.adapters.rippling.platform import RipplingPlatformSource
from connector.adapters.rippling.rest import RipplingRestSource
from connector.adapters.visma.targets import VismaTargets
from connector.bootstrap import operating, services
from tests.support.clock import HandClock

WAITING: tuple[Callable[..., Any], ...] = (
    client.HttpClient.__init__,
    VismaTargets.__init__,
    operating.operations,
    services.releaser,
)
"""Whatever sleeps unless it is told how."""

TIMING: tuple[Callable[..., Any], ...] = (
    RipplingRestSource.__init__,
    RipplingPlatformSource.__init__,
)
"""Whatever counts seconds unless it is told by which clock."""

TELLING: tuple[Callable[..., Any], ...] = (VismaTargets.__init__,)
"""Whatever looks at the clock unless it is told what time it is."""


@contextmanager
def driven_by(clock: HandClock) -> Iterator[None]:
    """Has everything that is built and asked meanwhile go by this clock."""

    def sleep(seconds: float) -> None:
        clock.turn(seconds=seconds)

    def seconds() -> float:
        return clock.now().timestamp()

    with ExitStack() as patches:
        patches.enter_context(patch.object(SystemClock, "now", lambda _: clock.now()))
        patches.enter_context(patch.object(client, "utc_now", clock.now))
        patches.enter_context(patch.object(time, "sleep", sleep))
        for function in WAITING:
            patches.enter_context(_default(function, "sleep", sleep))
        for function in TIMING:
            patches.enter_context(_default(function, "seconds", seconds))
        for function in TELLING:
            patches.enter_context(_default(function, "now", clock.now))
        yield


@contextmanager
def _default(function: Any, name: str, value: Any) -> Iterator[None]:
    """A default of a function, another one for a while.

    Raises:
        KeyError: it has none of that name any more, and this module has to follow.
    """
    held: dict[str, Any] | None = function.__kwdefaults__
    if held and name in held:
        before, held[name] = held[name], value
        try:
            yield
        finally:
            held[name] = before
        return
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    place = names.index(name) - len(names)
    defaults = function.__defaults__
    function.__defaults__ = (*defaults[:place], value, *defaults[len(defaults) + place + 1 :])
    try:
        yield
    finally:
        function.__defaults__ = defaults
