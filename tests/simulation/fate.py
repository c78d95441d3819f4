"""What may go wrong at a port call: a function is killed there, throttled, slow, or overtaken.

Every call of a port and every request to a vendor has two crossings, one before it and one after
it. Nothing here knows what a port is for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

TIME_OUTS = {"writer": 90.0, "poller": 240.0, "releaser": 120.0, "operations": 300.0}
"""How long Lambda lets a function live, in seconds: as in the template."""


class KilledError(BaseException):
    """The process ends here: nothing of it runs any more, no handler and no clean-up."""


class FaultError(Exception):
    """A port does not answer; whoever stands in for the port says so in its own way."""


@dataclass
class Mischief:
    """What happens at one crossing of the next invocation of a function that gets so far.

    `at` is the number of the crossing, or its name: then it is the first of that name.
    """

    kind: Literal["kill", "fault", "lag", "meanwhile"]
    function: str
    at: int | str
    seconds: float = 0.0
    meanwhile: Callable[[], object] = lambda: None


@dataclass
class Process:
    """One invocation of a function, and the crossings that it has made."""

    function: str
    mischief: list[Mischief] = field(default_factory=list)
    crossings: list[str] = field(default_factory=list)


class Fate:
    """Which function is running, and what is to happen to it."""

    def __init__(self, turn: Callable[[float], None] = lambda _: None) -> None:
        self.ordered: list[Mischief] = []
        self.last: dict[str, Process] = {}
        self.struck = 0
        self.kill_in: int | None = None
        """After so many more crossings that count, the function that runs is killed."""
        self.counts: Callable[[str], bool] = lambda _: True
        self.crossed: list[str] = []
        self._turn = turn
        self._running: list[Process] = []
        self._never_left: list[AbstractContextManager[Any]] = []

    @property
    def is_nested(self) -> bool:
        """Whether one function runs in the middle of another."""
        return len(self._running) > 1

    @property
    def outermost(self) -> str:
        """The function that was invoked first of those that run."""
        return self._running[0].function if self._running else ""

    @property
    def innermost(self) -> str:
        """The function that was invoked last of those that run."""
        return self._running[-1].function if self._running else ""

    @contextmanager
    def running(self, function: str) -> Iterator[Process]:
        """One invocation; what was ordered for this function happens to it."""
        mine = [each for each in self.ordered if each.function == function]
        self.ordered = [each for each in self.ordered if each.function != function]
        process = Process(function, mine)
        self._running.append(process)
        try:
            yield process
        finally:
            self._running.pop()
            self.last[function] = process

    def cross(self, what: str) -> None:
        """One crossing of the running function, if one is running.

        Raises:
            KilledError: the process ends here.
            FaultError: the port does not answer.
        """
        if not self._running:
            return
        process = self._running[-1]
        here = len(process.crossings)
        process.crossings.append(what)
        self.crossed.append(what)
        if self.kill_in is not None and self.counts(what):
            self.kill_in -= 1
            if self.kill_in < 0:
                self.kill_in = None
                raise KilledError
        for each in [each for each in process.mischief if each.at in (here, what)]:
            process.mischief.remove(each)
            self._strike(each)

    def _strike(self, mischief: Mischief) -> None:
        self.struck += 1
        match mischief.kind:
            case "kill":
                raise KilledError
            case "fault":
                raise FaultError
            case "lag":
                time_out = TIME_OUTS[mischief.function]
                self._turn(min(mischief.seconds, time_out))
                if mischief.seconds >= time_out:
                    raise KilledError
            case "meanwhile":
                mischief.meanwhile()

    def abandon(self, held: AbstractContextManager[Any]) -> None:
        """Keeps what a killed process held from ever being given back."""
        self._never_left.append(held)


class Watched:
    """A port whose every call is crossed before and after."""

    def __init__(self, port: Any, name: str, fate: Fate, fault: Callable[[str], Exception]) -> None:
        self._port = port
        self._name = name
        self._fate = fate
        self._fault = fault

    @property
    def port(self) -> Any:
        """The port itself."""
        return self._port

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found) or name.startswith("_") or isinstance(found, type):
            return found
        if name == "lease":
            return self._lease
        return partial(self._call, name, found)

    def _call(self, name: str, call: Callable[..., Any], *args: Any, **options: Any) -> Any:
        self._cross(name, "before")
        answer = call(*args, **options)
        if isinstance(answer, Iterator):
            answer = iter(list(answer))  # a table is read when it is asked, not later
        self._cross(name, "after")
        return answer

    def _cross(self, name: str, when: str) -> None:
        try:
            self._fate.cross(f"{when} {self._name}.{name}")
        except FaultError:
            raise self._fault(self._name) from None

    @contextmanager
    def _lease(self, *args: Any, **options: Any) -> Iterator[bool]:
        """A lease that a killed process leaves behind."""
        self._cross("lease", "before")
        lease = self._port.lease(*args, **options)
        is_mine = lease.__enter__()
        try:
            self._cross("lease", "after")
            yield is_mine
        except KilledError:
            self._fate.abandon(lease)
            raise
        except BaseException:
            lease.__exit__(None, None, None)
            raise
        lease.__exit__(None, None, None)
