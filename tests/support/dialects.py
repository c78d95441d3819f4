"""The dialects of the vendors: what nobody has published may be the one way or the other.

A deviation makes a fake answer in one other way. `RIPPLING` and `PLATFORM` are those of Rippling's
two APIs, of which a connector reads one; `VISMA` are those of Visma.net ERP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations, product
from typing import Any, TypeAlias, TypeVar

from tests.simulator import Rippling, RipplingPlatform, Server, Visma

Fake = TypeVar("Fake", bound=Server)
Deviation: TypeAlias = Callable[[Fake], object]
Questions: TypeAlias = Mapping[str, Mapping[str, Deviation[Fake]]]
"""What is open, and the ways of answering that are not the published one."""

Dialect: TypeAlias = Mapping[str, str]
"""Question to answer; what is not in it is as published."""

PUBLISHED = "published"
PUBLISHED_ONLY: Dialect = {}


def set_to(**values: Any) -> Deviation[Any]:
    """A fake with these manners."""
    return lambda fake: vars(fake).update(values)


def withholding(*members: str) -> Deviation[RipplingPlatform]:
    """Employees without these members."""
    return lambda platform: platform.withheld.update(members)


def only(*operators: str, otherwise: str = "refused") -> Deviation[Rippling]:
    """Lists that understand these operators besides `eq`, and others in another way."""

    def deviate(rippling: Rippling) -> None:
        rippling.understands.operators = frozenset({"eq", *operators})
        rippling.understands.unknown_operator = otherwise

    return deviate


def all_of(*deviations: Deviation[Fake]) -> Deviation[Fake]:
    """Several ways that go together."""
    return lambda fake: [deviate(fake) for deviate in deviations]


DEPARTMENT_ID = set_to(department_shown="id")

RIPPLING: Questions[Rippling] = {
    "operator": {
        "only gte": only("gte"),
        "only gte, ge ignored": only("gte", otherwise="ignored"),
        "only gte, ge matches nothing": only("gte", otherwise="dead"),
        "only ge": only("ge"),
        "neither": only(),
    },
    "filter by time": {
        "refused": lambda it: it.understands.refused.add("updated_at"),
        "ignored": lambda it: it.understands.ignored.add("updated_at"),
        "matches nothing": lambda it: it.understands.dead.add("updated_at"),
    },
    "filter by person": {
        "refused": lambda it: it.understands.refused.add("user_id"),
        "ignored": lambda it: it.understands.ignored.add("user_id"),
        "matches nothing": lambda it: it.understands.dead.add("user_id"),
    },
    "fractions": {"taken": lambda it: vars(it.understands).update(fractions=True)},
    "cursor": {"keeps no question": set_to(forgets_question=True)},
    "links": {"relative": set_to(relative_next_link=True)},
    "unknown id": {"400": set_to(unknown_id="400"), "a page": set_to(unknown_id="page")},
    "times": {"compact": set_to(time_format="compact")},
}
PLATFORM: Questions[RipplingPlatform] = {
    "department": {
        "a name alone": withholding("departmentId"),
        "an id alone": all_of(DEPARTMENT_ID, withholding("departmentId")),
        "an id for a name": DEPARTMENT_ID,
    },
    "work location": {
        "a name alone": withholding("workLocationId"),
        "an id alone": withholding("worklocationNickname"),
        "spelled otherwise": set_to(nickname_member="workLocationNickname"),
    },
    "paging": {"ignored": set_to(ignores_paging=True)},
    "person": {"told by role alone": withholding("userId")},
    "unknown id": {"400": set_to(unknown_id="400"), "a page": set_to(unknown_id="page")},
    "members": {
        "times in full": set_to(time_format="iso"),
        "no times": withholding("createdAt", "updatedAt"),
        "numbers as text": set_to(number_form=str),
        "nulls left out": set_to(leaves_out_nulls=True),
        "no type of the company's own": withholding("companyEmploymentType"),
        "one phone": withholding("phoneNumber"),
        "the other phone": withholding("phone"),
    },
}
VISMA: Questions[Visma] = {
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


def speak(fake: Fake, questions: Questions[Fake], dialect: Dialect) -> None:
    """Has a fake answer in a dialect, as far as the questions are its own."""
    for question, answer in dialect.items():
        if question in questions:
            questions[question][answer](fake)


def single(questions: Questions[Fake]) -> list[Dialect]:
    """Each deviation alone."""
    return [{question: answer} for question, answers in questions.items() for answer in answers]


def pairwise(questions: Questions[Any]) -> list[Dialect]:
    """Dialects in which any two answers to any two questions meet at least once."""
    answers = {question: [PUBLISHED, *found] for question, found in questions.items()}
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


def every(questions: Questions[Any]) -> list[Dialect]:
    """Every combination of the answers of one vendor."""
    ways = [[(name, answer) for answer in (PUBLISHED, *found)] for name, found in questions.items()]
    return [{name: answer for name, answer in way if answer != PUBLISHED} for way in product(*ways)]


def named(dialect: Dialect) -> str:
    """A dialect as the name of a test."""
    return ", ".join(f"{question} {answer}" for question, answer in dialect.items()) or PUBLISHED
