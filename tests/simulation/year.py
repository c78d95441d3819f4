"""One seed is one company's year: its steps, playing them, and making a failing story shorter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from random import Random

from tests.simulation.auditor.problems import ViolationError
from tests.simulation.steps.base import DEPARTMENTS, WHOM, is_hasty
from tests.simulation.steps.connector import Story
from tests.simulation.steps.registry import Step, drawn
from tests.simulation.steps.rejecting import MORE, THEN, WHAT
from tests.simulation.wire import connected

STEPS = 30
EXTRA = 10
MOST_TAKEN_BACK = 2

MISTAKEN = 0.3
"""In so many years something is rejected that has happened to many."""

BEFALLEN = 4
AMONG = range(3)

Patches = Callable[[], ExitStack]


@dataclass(frozen=True)
class Failure:
    """A story that broke a promise."""

    seed: int
    steps: Sequence[Step]
    violation: ViolationError

    def __str__(self) -> str:
        story = "\n".join(f"  {each}" for each in self.steps)
        return (
            f"seed {self.seed}: {self.violation}\n{story}\n"
            f"again: python -m tests.simulation --seeds {self.seed}"
        )


def steps_of(seed: int) -> list[Step]:
    """The steps of a year."""
    draw = Random(f"story/{seed}")
    steps = drawn(draw, draw.randint(STEPS - EXTRA, STEPS + EXTRA))
    steps = with_hires_taken_back(seed, steps) if is_hasty(seed) else steps
    return with_mistakes(seed, steps)


def with_hires_taken_back(seed: int, steps: Sequence[Step]) -> list[Step]:
    """The steps of a company whose sweeps are cut: HR also does what only a sweep can find.

    These are drawn apart, so that all other steps, and all other companies, stay as they are.
    """
    draw, story = Random(f"taken back/{seed}"), list(steps)
    for _ in range(MOST_TAKEN_BACK):
        asked = {"n": draw.choice(WHOM), "department": draw.choice(DEPARTMENTS)}
        story.insert(draw.randint(0, len(story)), Step("take_a_hire_back", asked))
    return story


def with_mistakes(seed: int, steps: Sequence[Step]) -> list[Step]:
    """In some years many people change by mistake, which is rejected; and then life goes on.

    These are drawn apart as well.
    """
    draw, story = Random(f"mistakes/{seed}"), list(steps)
    if draw.random() >= MISTAKEN:
        return story
    at = begin = draw.randint(0, len(story))
    asked = {"what": draw.choice(WHAT), "first": draw.choice(THEN), "n": draw.choice(AMONG)}
    story.insert(at, Step("reject_a_run", asked))
    for _ in range(BEFALLEN):
        at = draw.randint(at + 1, len(story))
        story.insert(at, Step("befall", {"then": draw.choice(THEN), "n": draw.choice(AMONG)}))
    if draw.random() < MISTAKEN:
        more = {"what": draw.choice(MORE), "first": draw.choice(THEN), "n": draw.choice(AMONG)}
        story.insert(draw.randint(begin + 1, len(story)), Step("reject_more", more))
    if asked["what"] == "mapping":
        story.insert(draw.randint(at + 1, len(story)), Step("put_the_mapping_right", {}))
    return story


@contextmanager
def a_story(seed: int, *, is_plain: bool = False) -> Iterator[Story]:
    """The company of a seed, loaded for the first time; a plain one speaks as is published."""
    story = Story(seed, people=12 if is_plain else 0, is_as_published=is_plain)
    with connected(story.vendors, is_watched=not is_plain and not seed % 8):
        story.found()
        story.quiet()
        yield story


def play(
    seed: int, steps: Sequence[Step] | None = None, *, is_plain: bool = False
) -> Failure | None:
    """Plays a year, or the steps given, with the company of the seed."""
    steps = steps_of(seed) if steps is None else steps
    done: list[Step] = []
    try:
        with a_story(seed, is_plain=is_plain) as story:
            for each in steps:
                if story.plays(each.name):
                    done.append(each)
                    getattr(story, each.name)(**each.arguments)
            story.quiet()
    except ViolationError as violation:
        return Failure(seed, done, violation)
    return None


def shrunk(failure: Failure, most: int = 200) -> Failure:
    """The failure with as few of its steps as still break the same promise."""
    tries = 0
    size = max(1, len(failure.steps) // 2)
    while size and tries < most:
        at, was_shorter = 0, False
        while at < len(failure.steps) and tries < most:
            fewer = [*failure.steps[:at], *failure.steps[at + size :]]
            tries += 1
            again = play(failure.seed, fewer)
            if again and again.violation.check is failure.violation.check:
                failure, was_shorter = again, True
            else:
                at += size
        if not was_shorter or size > 1:
            size //= 2
    return failure
