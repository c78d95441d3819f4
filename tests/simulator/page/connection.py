"""What the page asks of the connector between the two fakes, wherever that runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

State = Literal["absent", "foreign", "empty", "ready"]


class StackError(Exception):
    """The connector could not do what it was asked; the message says why."""


@dataclass(frozen=True)
class Standing:
    """Whether there is a stack to follow, and if not, what to do.

    `absent`: none is deployed. `foreign`: it reads another Rippling. `empty`: it has no
    credentials yet, so `set_up` would help. `ready`: it can tick.
    """

    state: State
    message: str
    commands: Sequence[str] = ()
    under_way: int = 0


class Connection(Protocol):
    """A running connector: looked at with every poll of the page, told to tick by a button."""

    def standing(self) -> Standing:
        """Whether it is there, and how many changes are on its queue. Never raises."""

    def audit(self) -> list[dict[str, Any]]:
        """The newest rows of the audit, newest first; raises `StackError`."""

    def tick(self) -> Mapping[str, Any]:
        """Runs the poller once; its summary. Raises `StackError`."""

    def approve(self) -> int:
        """Approves every change that a guard holds; how many. Raises `StackError`."""

    def set_up(self) -> None:
        """Gives it credentials and mapping, and goes live. Raises `StackError`."""


def told(summary: Mapping[str, Any]) -> str:
    """A run of the poller in a sentence."""
    if summary.get("mode") == "off":
        return "Tick: the connector is off, so nothing was read."
    if summary.get("skipped"):
        return "Tick: left out, since another run is under way or Rippling asked for a pause."
    parts = [
        f"{_counted(summary['workers_read'], 'worker')} read",
        f"{_counted(summary['queued'], 'change')} queued",
    ]
    parts += [f"{summary['released']} released"] if summary.get("released") else []
    problems = [str(problem).rstrip(".") for problem in summary.get("problems", ())]
    return ". ".join([f"Tick: {', '.join(parts)}", *problems]) + "."


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
