"""Whoever may invoke the operations function may send it anything: all of it is answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connector.domain.records.acts import OPERATORS
from connector.services.operate.request.carried import Carried
from connector.services.operate.request.check import BY_CARRIED, BY_FORM, TEXT, Kind, kinds_of
from connector.services.operate.verbs import VERBS
from connector.services.operate.verbs.verb import Form, Verb
from tests.support.loaded import a_loaded_world
from tests.support.world import World

Sent = dict[str, Any]

# One value and more of every type that JSON has, and of each nesting that a verb takes.
VALUES: tuple[Any, ...] = (
    "x", "x" * 2_001, "\ud800", "2026-11-01", "2026-11-01T00:00:00", True, False, 0, 1, -1, 1.5,
    10**30, float("nan"), [], ["x"], ["x", 1], [["x"]], [["x", "x", "x", "x"]], [None], {},
    {"x": "y"}, {"x": ["y"]}, {"x": None}, ["2026-11-01T00:00:00+00:00", "p", 1],
    ["2026-11-01T00:00:00", "p", 1], ["", "p", 1], "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", ["2026-11-01T00:00:00+00:00", "p", 10**50],
    ["0001-01-01T00:00:00+14:00", "p", 1],
)  # fmt: skip

# Of the right type, and yet of no use to anybody.
TEXTS = (
    "0001-01-01T00:00:00+14:00", "9999-12-31", "9999-12", "../%2f?#", "email::",
    "\x1b[2J\r\n=1+1\u202e", "x" * 2_000,
)  # fmt: skip
EVERYWHERE = ("verb", "operator", "text")
"""Members that are not the verb's own; the text of a file has tests of its own."""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_loaded_world(people=3) as world:
        yield world


def members() -> list[tuple[Verb, str, Kind]]:
    return [(verb, name, kind) for verb in VERBS for name, kind in kinds_of(verb).items()]


def least(verb: Verb) -> Sent:
    """A request that lacks nothing."""
    needed = [each for each in verb.arguments if each.is_required and not each.is_file]
    lists = (Form.TEXTS, Form.PEOPLE)
    return {
        "verb": verb.name,
        **{each.name: ["x"] if each.form in lists else "x" for each in needed},
    }


def refusal(world: World, sent: Any) -> list[str]:
    """The problems that a request is answered with."""
    answer = world.operator.dispatch(sent)
    assert answer["ok"] is False, sent
    problems: list[str] = answer["problems"]
    return problems


def assert_in_words(answer: Sent) -> None:
    """An answer is a result, or says in words why there is none."""
    assert answer["ok"] or all(type(each) is str and each for each in answer["problems"])


def test_every_type_that_a_verb_may_declare_can_be_checked() -> None:
    files = {Form.INPUT_FILE, Form.OUTPUT_FILE, Form.OUTPUT_FOLDER}
    assert BY_FORM.keys() == set(Form) - files
    assert BY_CARRIED.keys() == set(Carried)


def test_whatever_is_of_another_type_is_refused_by_its_name_and_not_one_verb_sees_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in {type(verb) for verb in VERBS}:
        monkeypatch.setattr(each, "run", lambda *_: pytest.fail("a verb was begun"))

    tried = 0
    for verb, name, kind in members():
        for value in VALUES:
            if name != "verb" and not kind.fits(value):
                problems = refusal(world, {**least(verb), name: value})
                assert any(each.startswith(f"{name}: has to be") for each in problems), problems
                tried += 1
    assert tried > 2_000


def test_what_the_command_sends_by_itself_fits(world: World) -> None:
    """The types are no tighter than what a verb's own answers make the command ask on with."""
    answer = world.operator.dispatch({"verb": "sync", "person": "1001"})
    assert answer["ok"], answer
    (sync,) = (verb for verb in VERBS if verb.name == "sync")

    assert world.operator.dispatch(sync.continued({"verb": "sync"}, answer))["ok"]


def test_both_requests_that_once_ended_in_an_exception_are_refused_in_words(world: World) -> None:
    assert refusal(world, {"verb": "audit", "after": ["x"]}) == [
        "after: has to be a time, a person and a number"
    ]
    assert refusal(world, {"verb": "replay", "most_per_second": "x"}) == [
        "most_per_second: has to be a whole number from 1 to 1000000"
    ]


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_or_a_number_beyond_all_counting_is_refused_in_words(
    world: World, time: str
) -> None:
    asked = {"verb": "replay", "started": time, "waiting": {"zz": "p"}}
    assert refusal(world, asked) == ["started: has to be a time with its zone"]
    for place in ([time, "p", 1], ["2026-11-01T00:00:00+00:00", "p", 10**50]):
        problems = refusal(world, {"verb": "audit", "after": place})
        assert problems == ["after: has to be a time, a person and a number"]


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_a_member_that_a_verb_does_not_know_is_refused_and_not_overheard(
    world: World, verb: Verb
) -> None:
    """A slip in `people` would otherwise replay everyone's, and `preview` would be the act."""
    for name in ("peopel", "" if verb.asks else "preview", "Kari\u202e\r\n" + "x" * 1_000):
        problems = refusal(world, {**least(verb), name: True})
        (told,) = (each for each in problems if "has no such argument" in each)
        assert told.isprintable(), told
        assert len(told) < 150, told


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_what_is_not_given_is_missing_and_null_is_not_given(world: World, verb: Verb) -> None:
    for each in verb.arguments:
        if each.is_required and not each.is_file:
            for nothing in (None, [] if each.form in (Form.TEXTS, Form.PEOPLE) else ""):
                problems = refusal(world, {**least(verb), each.name: nothing})
                assert problems == [f"{each.name}: is missing ({each.help})"]


@pytest.mark.parametrize("event", [None, [], "status", 7, {}, {"verb": None}, {"verb": ["status"]}])
def test_what_is_no_request_at_all_is_told_what_one_is(world: World, event: Any) -> None:
    (problem,) = refusal(world, event)

    assert problem.startswith("a request is an object that names its verb")


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_that_no_verb_can_use_is_answered_in_words(world: World, text: str) -> None:
    for verb, name, kind in members():
        if name in EVERYWHERE or kind is not TEXT:
            continue
        assert_in_words(world.operator.dispatch({**least(verb), name: text}))


@pytest.mark.parametrize("text", TEXTS)
def test_a_name_of_an_operator_and_a_day_of_no_use_are_answered_as_well(
    world: World, text: str
) -> None:
    rows = {"verb": "audit", "outcome": "created", "since": text, "operator": text}

    assert world.operator.dispatch({"verb": "rehearse", "operator": text})["ok"]
    assert_in_words(world.operator.dispatch(rows))


def test_an_act_that_was_refused_for_its_types_is_on_record_and_says_so(world: World) -> None:
    before = len(world.audit_of(OPERATORS))
    problems = refusal(world, {"verb": "pause", "reason": ["x"]})

    row = world.audit_of(OPERATORS)[-1]
    assert len(world.audit_of(OPERATORS)) == before + 1
    assert row["problems"] == problems
