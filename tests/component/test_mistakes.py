"""Every verb is given what is wrong: one sentence with the nearest right word, and its exit code.

A verb, or an argument of one, that is not tried here fails: add what may be typed wrong in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from connector import cli
from connector.cli.exits import ExitCode
from connector.services.operate.verbs import VERBS
from connector.services.operate.verbs.verb import Argument, Form, Right, Verb
from tests.support.loaded import a_loaded_world
from tests.support.world import World

REFUSED, USAGE, DONE = ExitCode.REFUSED, ExitCode.WRONG_USAGE, ExitCode.DONE
A_PLAN = {"plan": 1, "people": []}


@dataclass(frozen=True)
class Mistake:
    """What is typed for an argument, how the command ends, and a part of what it says."""

    typed: str
    code: ExitCode
    told: str


NO_FILE = Mistake("no-such-file.yaml", USAGE, "cannot read no-such-file.yaml: No such file")
NO_MAPPING = Mistake("text.txt", REFUSED, "line 1, column 1: mapping: the text 'hello' stands")
NO_PLACE = Mistake("no-such-folder/x", REFUSED, "cannot write no-such-folder/x")
NOBODY = Mistake("10139", REFUSED, "the nearest are 1019")
NO_COMPANY = Mistake("norwya", REFUSED, "did you mean norway?")
NO_DAY = "write a day like"

BY_FORM: dict[Form, tuple[Mistake, ...]] = {
    Form.INPUT_FILE: (NO_FILE, NO_MAPPING),
    Form.OUTPUT_FILE: (NO_PLACE,),
    Form.PERSON: (NOBODY,),
    Form.PEOPLE: (NOBODY,),
    Form.COUNT: (Mistake("0", USAGE, "Invalid value"), Mistake("few", USAGE, "Invalid value")),
}
BY_NAME: dict[str, tuple[Mistake, ...]] = {
    "company": (NO_COMPANY,),
    "outcome": (Mistake("craeted", REFUSED, "did you mean created?"),),
    "cause": (Mistake("pol", REFUSED, "did you mean poll?"),),
    "kind": (Mistake("deactivat", REFUSED, "did you mean "),),
    "since": (
        Mistake("2026-13-01", REFUSED, NO_DAY),
        Mistake("2027-01-01", REFUSED, "still to come"),
    ),
    "until": (
        Mistake("yesterday", REFUSED, NO_DAY),
        Mistake("2020-01-01", REFUSED, "not after --since"),
    ),
    "day": (Mistake("2026-13-01", REFUSED, NO_DAY),),
    "booked_on": (Mistake("2026-13-01", REFUSED, NO_DAY),),
    "month": (
        Mistake("november", REFUSED, "did you mean 2026-10?"),
        Mistake("2026-13", REFUSED, "the nearest is"),
    ),
    "format": (Mistake("xml", REFUSED, "write csv or jsonl"),),
    "reason": (Mistake(" ", REFUSED, "reason: say why"),),
}
OF_ONE: dict[tuple[str, str], tuple[Mistake, ...]] = {
    ("apply", "plan"): (
        Mistake("no-such-file.json", USAGE, "cannot read"),
        Mistake("mapping.yaml", REFUSED, "`connector plan -o plan.json` writes one"),
    ),
    ("apply", "people"): (Mistake("10139", REFUSED, "the plan has nothing to do for 10139"),),
    ("approve", "people"): (Mistake("10139", REFUSED, "nobody is held by the name of 10139"),),
    ("reject", "people"): (Mistake("10139", REFUSED, "nobody is held by the name of 10139"),),
    ("rejected take-back", "people"): (
        Mistake("10139", REFUSED, "nobody is rejected by the name of 10139"),
    ),
    ("approve", "run"): (Mistake("3f25", REFUSED, "no run 3f25 holds anyone"),),
    ("reject", "run"): (Mistake("3f25", REFUSED, "no run 3f25 holds anyone"),),
    ("audit", "run"): (Mistake("3f25", REFUSED, "there is no run 3f25"),),
    ("audit export", "run"): (Mistake("3f25", REFUSED, "there is no run 3f25"),),
    ("audit verify", "person"): (NOBODY,),
    ("audit", "cost_centre"): (Mistake("9999", DONE, "no audit rows"),),
    ("audit export", "cost_centre"): (Mistake("9999", DONE, "time,company"),),
    ("erase", "person"): (NOBODY,),
    ("personal-data", "person"): (NOBODY,),
    ("erase", "confirm"): (Mistake("1002", REFUSED, "is not erased"),),
    ("adopt", "person"): (Mistake("10139", REFUSED, "the ledger does not know the person 10139"),),
    ("adopt", "code"): (Mistake("99999", REFUSED, "has the employee 1001 in norway already"),),
    ("rename", "person"): (Mistake("10139", REFUSED, "the ledger does not know the person 10139"),),
    ("rename", "code"): (Mistake("", REFUSED, "code: is missing"),),
    ("oauth confirm", "company"): (Mistake("Nordfap", REFUSED, "connector oauth start"),),
    ("report", "cost_centre"): (Mistake("400", REFUSED, "--cost-centre 400 --explain"),),
    ("report", "tables"): (Mistake("text.txt/tables", REFUSED, "cannot write"),),
    ("payroll runs", "company"): (Mistake("norwya", REFUSED, "the export of payroll runs is off"),),
    ("payroll export", "company"): (
        Mistake("norwya", REFUSED, "the export of payroll runs is off"),
    ),
    ("payroll export", "run"): (Mistake("r9", REFUSED, "the export of payroll runs is off"),),
}
NEEDED = {"person": "{id}", "code": "1001", "reason": "why", "run": "r1", "people": "1001"}
"""What is right for an argument that a verb needs, while another one is typed wrong."""

BESIDE = {
    ("adopt", "code"): ("--company", "norway"),
    ("adopt", "person"): ("--company", "norway"),
    ("rename", "person"): ("--company", "norway"),
}


def mistakes_in(verb: Verb, argument: Argument) -> tuple[Mistake, ...]:
    """What is tried of an argument; a flag can only be given or not."""
    if argument.form is Form.FLAG:
        return ()
    own = OF_ONE.get((verb.name, argument.name)) or BY_FORM.get(argument.form)
    return own or BY_NAME.get(argument.name, ())


CASES = [
    (verb, argument, mistake)
    for verb in VERBS
    for argument in verb.arguments
    for mistake in mistakes_in(verb, argument)
]
every_verb = pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_loaded_world(people=30, companies=2) as world:
        yield world


@pytest.fixture(autouse=True)
def files(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("text.txt").write_text("hello", encoding="utf-8")
    Path("mapping.yaml").write_text(world.mapping_text, encoding="utf-8")
    Path("plan.json").write_text(json.dumps(A_PLAN), encoding="utf-8")


def typed(world: World, verb: Verb, wrong: Argument, mistake: Mistake) -> list[str]:
    """A command line of a verb that is right but for one argument."""
    known = next(iter(world.tables.persons))
    words = [*verb.name.split()]
    for argument in verb.arguments:
        if argument.name != wrong.name and not argument.is_required:
            continue
        right = NEEDED.get(argument.name, "plan.json").replace("{id}", known)
        value = mistake.typed if argument.name == wrong.name else right
        words += [*([argument.flag] if argument.flag else []), value]
    sure = any(each.name == "yes" for each in verb.arguments)
    return [*words, *BESIDE.get((verb.name, wrong.name), ()), *(["--yes"] if sure else [])]


def carried_out(world: World, words: list[str]) -> tuple[int, str, str]:
    """How a command line ends, and what stands on the output and on the standard error."""

    def call(request: Any) -> Any:
        answer = world.operator.dispatch(json.loads(json.dumps(request)), Right.ENGINEER)
        return json.loads(json.dumps(answer))

    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = cli.main(["--stack", "s", *words], connect=lambda _: call)
    return code, out.getvalue(), err.getvalue()


@every_verb
def test_each_argument_of_each_verb_is_typed_wrong_here(verb: Verb) -> None:
    untried = [
        each.name
        for each in verb.arguments
        if each.form is not Form.FLAG and not mistakes_in(verb, each)
    ]
    assert untried == [], "say in this file what may be typed wrong there"


@pytest.mark.parametrize(
    ("verb", "argument", "mistake"),
    CASES,
    ids=[f"{verb.name}-{argument.name}-{mistake.typed}" for verb, argument, mistake in CASES],
)
def test_what_is_wrong_is_said_in_a_sentence_with_its_exit_code(
    world: World, verb: Verb, argument: Argument, mistake: Mistake
) -> None:
    code, shown, told = carried_out(world, typed(world, verb, argument, mistake))

    assert (code, mistake.told in told + (shown if code == DONE else "")) == (mistake.code, True), (
        f"{code}: {told or shown}"
    )
    assert "Traceback" not in told
    if code == REFUSED:
        assert all(len(line) < 400 for line in told.splitlines())


@every_verb
def test_an_unknown_flag_and_a_word_too_many_are_wrong_usage(world: World, verb: Verb) -> None:
    takes_many = any(each.form in (Form.TEXTS, Form.PEOPLE) for each in verb.arguments)
    assert carried_out(world, [*verb.name.split(), "--no-such-flag"])[0] == USAGE
    if not takes_many:
        assert carried_out(world, [*verb.name.split(), *["word"] * 9])[0] == USAGE


@every_verb
def test_what_is_interrupted_says_what_goes_on_and_ends_with_130(world: World, verb: Verb) -> None:
    def interrupted(_: object) -> Any:
        raise KeyboardInterrupt

    nothing = Argument("nothing", "")
    words = typed(world, verb, nothing, NOBODY)
    if any(each.form is Form.INPUT_FILE for each in verb.arguments) and "apply" not in words:
        words = [word.replace("plan.json", "mapping.yaml") for word in words]
    if verb.name == "apply":
        person = {"person": "p", "company": "norway", "outcome": "updated", "digest": "d"}
        Path("plan.json").write_text(json.dumps({"plan": 1, "people": [person]}), encoding="utf-8")
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = cli.main(["--stack", "s", *words], connect=lambda _: interrupted)

    assert code == ExitCode.INTERRUPTED
    assert err.getvalue().startswith("interrupted: ")
    says_what_goes_on = "account" in err.getvalue()
    assert says_what_goes_on, err.getvalue()
    assert ("changes nothing" in err.getvalue()) is not verb.is_act


@pytest.mark.parametrize(
    ("word", "nearest"), [("png", "ping"), ("statu", "status"), ("aprove", "approve")]
)
def test_a_misspelt_verb_is_wrong_usage_with_the_nearest(
    world: World, word: str, nearest: str
) -> None:
    code, _, told = carried_out(world, [word])

    assert code == USAGE
    assert f"Did you mean '{nearest}'" in told
