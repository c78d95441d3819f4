"""Which verb is whose, and that nobody has one carried out that is not theirs."""

from __future__ import annotations

from typing import Any, cast
from unittest.mock import Mock

import pytest

from connector.services.operate.operator import Operator
from connector.services.operate.verbs import VERBS
from connector.services.operate.verbs.verb import Right, Verb

FUNCTION = "arn:aws:lambda:eu-north-1:123456789012:function:connector-operations"


@pytest.mark.parametrize(
    ("arn", "right"),
    [
        (FUNCTION, Right.ENGINEER),
        (f"{FUNCTION}:$LATEST", Right.ENGINEER),
        (f"{FUNCTION}:controller", Right.CONTROLLER),
        (f"{FUNCTION}:reader", Right.READER),
        (f"{FUNCTION}:engineer", Right.READER),
        (f"{FUNCTION}:7", Right.READER),
    ],
)
def test_the_way_in_says_what_is_granted_and_an_unknown_one_grants_least(
    arn: str, right: Right
) -> None:
    assert Right.granted_by(arn) is right


def test_a_verb_is_a_readers_exactly_if_it_changes_nothing() -> None:
    assert [verb.name for verb in VERBS if verb.is_act == (verb.right is Right.READER)] == []


def test_a_controller_decides_about_people_and_the_mapping_and_may_stop_the_connector() -> None:
    assert {verb.name for verb in VERBS if verb.right is Right.CONTROLLER} == {
        "apply",
        "approve",
        "reject",
        "rejected take-back",
        "sync",
        "tick",
        "sweep",
        "pause",
        "payroll export",
        "reconcile heal",
        "report",
        "mappings import",
        "mappings rollback",
    }


def not_granted() -> list[tuple[Verb, Right]]:
    return [(verb, right) for verb in VERBS for right in Right if right < verb.right]


@pytest.mark.parametrize(
    ("verb", "granted"), not_granted(), ids=lambda each: str(getattr(each, "name", each))
)
def test_what_is_not_granted_is_refused_in_words_not_done_and_on_record(
    verb: Verb, granted: Right
) -> None:
    acts: list[Any] = []
    desk = Mock(spec=["clock", "audit"])  # nothing else may be asked for
    desk.audit.record = acts.append

    answer = Operator(desk).dispatch({"verb": verb.name, "operator": "arn:x"}, granted)

    assert answer["ok"] is False
    (problem,) = cast(list[str], answer["problems"])
    assert f"`{verb.name}` is for the {verb.right.name.lower()}" in problem
    (act,) = acts
    assert (act.operator, act.verb, act.problems) == ("arn:x", verb.name, (problem,))
