"""Whether a mapping makes sense in itself: dead rules, failing examples, codes that cannot fit.

Judged before a mapping is imported, not each time it is read: a row that is edited by hand must not
stop everything because the example beside it is edited a minute later.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from pydantic import ValidationError

from connector.domain.catalogue import canonical
from connector.domain.employees import DIMENSION
from connector.domain.facts import shown
from connector.domain.mapping.closed_words import wrong_words
from connector.domain.mapping.model import DATED_LISTS, CompanyRules
from connector.domain.mapping.problems import path_of
from connector.domain.mapping.rules.class_rules import unreachable
from connector.domain.mapping.rules.examples import Example
from connector.domain.people import Facts

KeyLength: TypeAlias = int | None
"""How long an employee code may be in Visma, where that is known."""

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""Where it is not said what day it is: what begins on a day does not hold yet."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What makes no sense, and where in the rules of a company it stands."""

    path: tuple[int | str, ...]
    text: str
    joint: str = ": "

    def message(self, *before: str) -> str:
        """The place, behind the words that lead to the company, and what is wrong."""
        return f"{path_of((*before, *self.path))}{self.joint}{self.text}"


def problems(
    rules: CompanyRules, key_length: KeyLength = None, now: datetime = LONG_AGO
) -> Iterator[Problem]:
    """Everything in the rules of one company that makes no sense."""
    yield from _wrong_words(rules.model_dump(exclude_none=True))
    for _, judge in JUDGES:
        yield from judge(rules, key_length, now)


def problems_in(
    part: Mapping[str, Any], key_length: KeyLength = None, now: datetime = LONG_AGO
) -> Iterator[Problem]:
    """The same for a part of a file that may have other mistakes, as far as it can be judged."""
    yield from _wrong_words(part)
    for keys, judge in JUDGES:
        rules = _alone(part, keys)
        if rules:
            yield from judge(rules, key_length, now)


def _wrong_words(part: Mapping[str, Any]) -> Iterator[Problem]:
    return (Problem(path, text) for path, text in wrong_words(part))


def _alone(part: Mapping[str, Any], keys: tuple[str, ...]) -> CompanyRules | None:
    """Rules with these keys of a company and nothing else, or None where one of them is wrong."""
    given = {key: part[key] for key in keys if key in part}
    for zone in (part.get("time_zone"), "UTC"):
        with suppress(ValidationError):
            alone = {"legal_entities": ["*"], "time_zone": zone, **given}
            return CompanyRules.model_validate(alone)
    return None


def _dead_rules(rules: CompanyRules, _: KeyLength, __: datetime) -> Iterator[Problem]:
    for position, before in unreachable(rules.employee_classes):
        first = " and ".join(f"employee_classes[{earlier}]" for earlier in before)
        reason = (
            "comes first and holds" if len(before) == 1 else "come first, and one of them holds"
        )
        text = f"can never hold: {first} {reason} whenever it does"
        yield Problem(("employee_classes", position), text, joint=" ")


def _failing_examples(rules: CompanyRules, _: KeyLength, now: datetime) -> Iterator[Problem]:
    today = now.astimezone(rules.zone).date()
    for position, example in enumerate(rules.examples):
        for text in _failures(example, rules.on(example.day or today)):
            yield Problem(("examples", position), text)


def _failures(example: Example, rules: CompanyRules) -> Iterator[str]:
    facts = example.given.facts
    rule = shown(rules.employee_class(facts, example.given.pay))
    place = shown(rules.branch(facts).row) or shown(rules.location(facts.location))
    branch = place.branch if place else rules.defaults.branch
    given = (
        (
            "employee class",
            example.employee_class,
            rule.employee_class if rule else rules.defaults.employee_class,
        ),
        ("department", example.department, department_of_example(example, rules, facts)),
        ("branch", example.branch, branch),
    )
    for word, wanted, actual in given:
        if wanted is not None and (actual is None or canonical(actual) != canonical(wanted)):
            gives = f"gives {word} {actual}, not {wanted}"
            yield gives if actual else f"gives no {word}; {wanted} is expected"


def department_of_example(example: Example, rules: CompanyRules, facts: Facts) -> str | None:
    """By the rows; where none speaks, the department that is given may be a reference code."""
    row = shown(rules.department(facts).row)
    if row:
        return row.department
    code, wanted = facts.department.code, example.department
    return code if code and wanted and canonical(code) == canonical(wanted) else None


def _long_codes(rules: CompanyRules, key_length: KeyLength, _: datetime) -> Iterator[Problem]:
    parts = list(string.Formatter().parse(rules.employee_code))
    shortest = sum(len(text) + (part is not None) for text, part, _, _ in parts)
    if key_length is not None and shortest > key_length:
        yield Problem(
            ("employee_code",),
            f"gives codes of {shortest} characters and more, and Visma's {DIMENSION} key takes"
            f" {key_length}; shorten what stands around the parts",
        )


Judge: TypeAlias = Callable[[CompanyRules, KeyLength, datetime], Iterator[Problem]]

JUDGES: tuple[tuple[tuple[str, ...], Judge], ...] = (
    (("employee_code",), _long_codes),
    (("employee_classes",), _dead_rules),
    (
        ("defaults", *DATED_LISTS, "examples"),
        _failing_examples,
    ),
)
"""Each judge with the keys of a company that it looks at."""
