"""Every dialect of the vendors ends in the same Visma state.

What nobody has published may be the one way or the other. Each way is a deviation here; one journey
is made with none of them, with each, and so that any two meet. CONNECTOR_DIALECTS=all adds every
combination of each vendor's.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from itertools import combinations, product
from typing import Any, TypeAlias

import pytest

from connector.domain.planning import Outcome
from connector.services.shared.names import RememberingSource
from tests.simulator import Rippling, Visma
from tests.support.world import World, a_world

PEOPLE, PAGE = 12, "5"
MOST_CALLS = 3
"""At most so many times the calls of the published dialect, for a journey of a dozen people."""

Deviation: TypeAlias = Callable[[Rippling, Visma], object]


def set_to(**values: Any) -> Deviation:
    """A deviation of Visma in these manners."""
    return lambda _, visma: vars(visma).update(values)


RIPPLING: Mapping[str, Mapping[str, Deviation]] = {
    "operator": {
        "only gte": lambda it, _: only(it, "gte"),
        "only gte, ge ignored": lambda it, _: only(it, "gte", otherwise="ignored"),
        "only gte, ge matches nothing": lambda it, _: only(it, "gte", otherwise="dead"),
        "only ge": lambda it, _: only(it, "ge"),
        "neither": lambda it, _: only(it),
    },
    "filter by time": {
        "refused": lambda it, _: it.understands.refused.add("updated_at"),
        "ignored": lambda it, _: it.understands.ignored.add("updated_at"),
        "matches nothing": lambda it, _: it.understands.dead.add("updated_at"),
    },
    "filter by person": {
        "refused": lambda it, _: it.understands.refused.add("user_id"),
        "ignored": lambda it, _: it.understands.ignored.add("user_id"),
        "matches nothing": lambda it, _: it.understands.dead.add("user_id"),
    },
    "fractions": {"taken": lambda it, _: vars(it.understands).update(fractions=True)},
    "cursor": {"keeps no question": lambda it, _: vars(it).update(forgets_question=True)},
    "links": {"relative": lambda it, _: vars(it).update(relative_next_link=True)},
    "unknown id": {
        "400": lambda it, _: vars(it).update(unknown_id="400"),
        "a page": lambda it, _: vars(it).update(unknown_id="page"),
    },
    "times": {"compact": lambda it, _: vars(it).update(time_format="compact")},
}
VISMA: Mapping[str, Mapping[str, Deviation]] = {
    "version": {
        "weak": set_to(shows_version="weak"),
        "shown bare": set_to(shows_version="bare"),
        "bare": set_to(shows_version="bare", takes_version="bare"),
        "packed": set_to(shows_version="packed"),
        "only in the body": set_to(shows_version="in the body"),
        "never taken": set_to(takes_version="none"),
    },
    "unknown employee": {
        "400": set_to(missing_status=400),
        "500": set_to(missing_status=500),
    },
    "totals": {
        "zero": set_to(total_count="zero", max_page_size=5),
        "absent": set_to(total_count="absent", max_page_size=5),
    },
    "update": {"answered 200": set_to(answers_update=200)},
    "location": {
        "in b64": set_to(location_names="b64"),
        "without code": set_to(location_names="nothing"),
    },
    "employee key": {"absent": set_to(has_employee_key=False)},
    "duplicate": {"409": set_to(on_duplicate=409)},
    "contact": {"required": set_to(require_contact_members=True)},
}
QUESTIONS = {**RIPPLING, **VISMA}
PUBLISHED = "published"

ONE = "/v1/employee/{employeeCd}"
TOLD: Mapping[tuple[str, str], str] = {
    (
        "unknown employee",
        "400",
    ): "GET /v1/employee/{employeeCd} answers 400, which is not published",
    ("update", "answered 200"): f"PUT {ONE} answers 200, which is not published",
}
"""The answers of which something is published, and otherwise; of the others nothing is."""


def told_of(dialect: Dialect) -> set[str]:
    """What the watch over the answers says of a dialect."""
    told = {TOLD[each] for each in dialect.items() if each in TOLD}
    if {("unknown employee", "400"), ("employee key", "absent")} <= dialect.items():
        told.add("GET /v1/dimension/{dimensionId} answers 400, which is not published")
    return told


Dialect: TypeAlias = Mapping[str, str]
"""Question to answer; what is not in it is as published."""


def only(rippling: Rippling, *operators: str, otherwise: str = "refused") -> None:
    """Has lists understand these operators besides `eq`, and others in another way."""
    rippling.understands.operators = frozenset({"eq", *operators})
    rippling.understands.unknown_operator = otherwise


Journey: TypeAlias = tuple[list[dict[str, Any]], int, set[str]]
"""The employees before and after the sweep, the calls, and what was told of the answers."""


def journey(dialect: Dialect) -> Journey:
    """The first days of a small company."""
    with a_world(people=PEOPLE) as world:
        for question, answer in dialect.items():
            QUESTIONS[question][answer](world.rippling, world.visma)
        assert isinstance(world.source, RememberingSource)
        vars(world.source.source)["_limit"] = PAGE
        world.first_load()
        active = [each for each in world.rippling.rows("workers") if each["status"] == "ACTIVE"]
        mover, leaver, renamed, quiet = active[:4]
        world.rippling.move(mover["id"], "Finance")
        world.rippling.change(renamed["id"], work_email="ny@example.com")
        world.hire()
        world.settle()
        world.rippling.change(renamed["id"], work_email="nyere@example.com")
        world.rippling.terminate(leaver["id"], world.clock.now().date())
        world.rippling.change(leaver["id"], status="TERMINATED")
        world.settle()
        by_ticks = shown(world)
        world.rippling.relocate(quiet["id"], "Bergen", silent=True)
        assert world.notice("f" * 24) == {Outcome.OUT_OF_SCOPE.value: 1}
        world.clock.turn(minutes=16)
        world.tick(full_sweep=True)
        world.drain()
        assert world.tick().queued == 0
        assert not world.buried
        calls = sum(world.vendor_calls())
        return [by_ticks, shown(world)], calls, {text for _, text in world.deviations}


def shown(world: World) -> dict[str, Any]:
    """The employees of Visma, but for what changes from run to run."""
    changing = ("timeStamp", "lastModifiedDateTime", "metadata")
    return {
        row["employeeNumber"]: {name: row[name] for name in row if name not in changing}
        for row in world.visma.employees("norway")
    }


def single() -> list[Dialect]:
    """Each deviation alone."""
    return [{question: answer} for question, answers in QUESTIONS.items() for answer in answers]


def pairwise() -> list[Dialect]:
    """Dialects in which any two answers to any two questions meet at least once."""
    answers = {question: [PUBLISHED, *found] for question, found in QUESTIONS.items()}
    open_pairs = {
        frozenset(((one, mine), (other, theirs)))
        for one, other in combinations(answers, 2)
        for mine, theirs in product(answers[one], answers[other])
    }
    found: list[Dialect] = []
    while open_pairs:
        chosen = dict(sorted(min(open_pairs, key=sorted)))
        for question in [each for each in answers if each not in chosen]:
            met = {
                answer: sum(
                    frozenset(((question, answer), each)) in open_pairs for each in chosen.items()
                )
                for answer in answers[question]
            }
            chosen[question] = max(met, key=met.__getitem__)
        open_pairs -= {frozenset(pair) for pair in combinations(chosen.items(), 2)}
        found.append({each: answer for each, answer in chosen.items() if answer != PUBLISHED})
    return found


def every(questions: Mapping[str, Mapping[str, Deviation]]) -> list[Dialect]:
    """Every combination of the answers of one vendor; the two of them never meet."""
    ways = [[(name, answer) for answer in (PUBLISHED, *found)] for name, found in questions.items()]
    return [{name: answer for name, answer in way if answer != PUBLISHED} for way in product(*ways)]


def chosen_dialects() -> list[Dialect]:
    """Those of an ordinary run, or all of them."""
    is_all = os.environ.get("CONNECTOR_DIALECTS") == "all"
    more = [*every(RIPPLING), *every(VISMA)] if is_all else []
    return [*single(), *pairwise(), *more]


def named(dialect: Dialect) -> str:
    """A dialect as the name of its test."""
    return ", ".join(f"{question} {answer}" for question, answer in dialect.items()) or PUBLISHED


@pytest.fixture(scope="module")
def published() -> Journey:
    """How it ends in the published dialect."""
    return journey({})


@pytest.mark.parametrize("dialect", chosen_dialects(), ids=named)
def test_every_dialect_ends_in_the_same_visma_state(dialect: Dialect, published: Journey) -> None:
    employees, calls, told = journey(dialect)

    assert employees == published[0]
    assert calls <= MOST_CALLS * published[1]
    assert told == told_of(dialect)
