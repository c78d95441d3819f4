"""What a set of IAM policies allows: every action of every service tried on every resource.

Refuses what it does not understand, so that a statement nobody has thought of is never taken for a
harmless one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

Granted: TypeAlias = dict[str, set[str]]
"""The actions that are allowed, by the resource on which."""

MEMBERS = {"Sid", "Effect", "Action", "Resource", "Condition"}


class NotUnderstoodError(Exception):
    """A policy says something of which this evaluator does not know what it means."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy, with wildcards as AWS reads them: `*` and `?`, and no others."""

    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: str
    """As JSON, empty where there is none: it is shown beside what it allows."""

    @classmethod
    def of(cls, written: Mapping[str, Any], resolve: Callable[[Any], str]) -> Statement:
        """A statement as it is written.

        Raises:
            NotUnderstoodError: it has members such as NotAction, or an effect that is none.
        """
        if written.keys() - MEMBERS or written["Effect"] not in ("Allow", "Deny"):
            raise NotUnderstoodError(json.dumps(written, default=str))
        condition = written.get("Condition")
        return cls(
            written["Effect"],
            tuple(_as_list(written["Action"])),
            tuple(resolve(each) for each in _as_list(written["Resource"])),
            json.dumps(condition, sort_keys=True) if condition else "",
        )

    def pairs(
        self, actions: Iterable[str], resources: Mapping[str, str]
    ) -> Iterator[tuple[str, str]]:
        """The resources, by name, and the actions on them that it speaks of."""
        meant = [each for each in actions if any(_like(p, each) for p in self.actions)]
        for name, arn in resources.items():
            if any(_like(pattern, arn, exact=True) for pattern in self.resources):
                yield from ((name, action) for action in meant)


def granted(
    statements: Iterable[Statement], actions: Iterable[str], resources: Mapping[str, str]
) -> Granted:
    """What is allowed on what. A condition makes a right another one: it is part of its name.

    A refusal takes away only where it holds always: one with a condition is not counted upon.
    """
    found: Granted = {}
    refused: set[tuple[str, str]] = set()
    for each in statements:
        for name, action in each.pairs(actions, resources):
            if each.effect == "Deny":
                refused |= set() if each.condition else {(name, action)}
            else:
                shown = f"{action} if {each.condition}" if each.condition else action
                found.setdefault(name, set()).add(shown)
    for name, action in refused:
        found[name] = {each for each in found.get(name, set()) if each.split(" if ")[0] != action}
    return {name: may for name, may in found.items() if may}


@cache
def actions_of(*services: str) -> tuple[str, ...]:
    """Every action that AWS has in these services, in small letters, which IAM compares."""
    text = files("cfnlint.data.AdditionalSpecs").joinpath("Policies.json").read_text("utf-8")
    known = json.loads(text)
    return tuple(
        f"{service}:{action}".lower()
        for service in services
        for action in known[service]["Actions"]
    )


@cache
def _pattern(text: str) -> re.Pattern[str]:
    as_regex = re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(as_regex, re.DOTALL)


def _like(pattern: str, value: str, *, exact: bool = False) -> bool:
    return _pattern(pattern if exact else pattern.lower()).fullmatch(value) is not None


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
