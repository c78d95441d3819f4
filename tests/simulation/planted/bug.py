"""What a planted bug is, and the words in which its story is told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeAlias
from unittest.mock import patch

from tests.simulation.auditor.problems import Check
from tests.simulation.steps.base import LAST
from tests.simulation.steps.registry import Step

Planted: TypeAlias = AbstractContextManager[object]


@dataclass(frozen=True)
class Bug:
    """One construction put in the place of another, and how it is planted."""

    name: str
    plant: Callable[[], Planted]
    noticed_by: Check
    story: tuple[Step, ...] = ()
    """What has to happen, beside the first load, for it to be noticed."""


def put(owner: Any, name: str, instead: Any) -> Callable[[], Planted]:
    """One function, method or value in the place of another."""
    return lambda: patch.object(owner, name, instead)


def s(name: str, /, **arguments: Any) -> Step:
    """One step of a story."""
    return Step(name, arguments)


def does(name: str, n: int = 0, /, **arguments: Any) -> Step:
    """One step about one of the people, which is announced at once."""
    return Step(name, {"n": n, **({} if name == "vanish" else {"how": "at once"}), **arguments})


WORK = s("work_once", reach=20)
EVERYBODY = s("change_many", count=12, what="move", pause=0)
TOUCH = does("change_email", LAST, is_taken_away=False)
ANOTHER = does("change_email", 3, is_taken_away=False)
REPLACED = s("delete_an_employee", n=0, is_replaced=True)
COLLEAGUE = {
    "department": "Sales",
    "place": "Oslo",
    "entity": "Nordfab AS",
    "kind": "Salaried full-time",
}
HIRE = s("hire", **COLLEAGUE, ago=0)
MOVE = does("move", department="Finance")
REJECTED_MOVES = s("reject_a_run", what="move", first="nothing", n=0)
RENAMED = s("befall", then="another name", n=0)
HOURS = s("let_hours_pass", hours=2, is_punctual=True)


def hidden(name: str) -> Step:
    return s("lose_a_right", name=name, is_told=True, reach=20)


def mapped(key: str, department: str, *place: str, is_heard: bool = True) -> Step:
    return s("map_a_department", key=key, department=department, place=place, is_heard=is_heard)


def forgotten(then: str, *, is_late: bool = False) -> Step:
    return s("create_and_forget", then=then, is_late=is_late)
