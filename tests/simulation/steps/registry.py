"""The verbs of a story: a decorator that names their choices, and the drawing of steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

Verb = TypeVar("Verb", bound=Callable[..., None])


@dataclass(frozen=True)
class Kind:
    """A verb, what it is asked with, and how often it comes beside the others."""

    name: str
    choices: Mapping[str, Sequence[Any]]
    weight: int


@dataclass(frozen=True)
class Step:
    """One step of a story; `arguments` are plain values, so that it can be shown and replayed."""

    name: str
    arguments: Mapping[str, Any]

    def __str__(self) -> str:
        return (
            f"{self.name}({', '.join(f'{key}={value!r}' for key, value in self.arguments.items())})"
        )


KINDS: dict[str, Kind] = {}


def step(weight: int = 2, **choices: Sequence[Any]) -> Callable[[Verb], Verb]:
    """Makes a method a verb of stories; each argument is one of its choices."""

    def register(verb: Verb) -> Verb:
        KINDS[verb.__name__] = Kind(verb.__name__, choices, weight)
        return verb

    return register


def drawn(draw: Random, count: int) -> list[Step]:
    """So many steps. Each story leaves out some kinds, so that others meet more often."""
    kinds = [kind for kind in KINDS.values() if kind.weight > 8 or draw.random() < 0.6]
    weights = [kind.weight for kind in kinds]
    steps = []
    for kind in draw.choices(kinds, weights, k=count):
        arguments = {name: draw.choice(values) for name, values in kind.choices.items()}
        steps.append(Step(kind.name, arguments))
    return steps
