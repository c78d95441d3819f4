"""What an operator rejected is not done; everything else is. One short story for each side of it.

Each is a mistake that many share, and of which a guard held what was too much: it is rejected, and
before or after that something else happens to one of those people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from tests.simulation.planted.bug import WORK, s
from tests.simulation.steps.base import LAST
from tests.simulation.steps.registry import Step
from tests.simulation.steps.rejecting import WHAT
from tests.simulation.year import a_story, play

COMPANY = 2
A_WEEK = s("let_days_pass", days=7, is_punctual=True)
ONE_OF_THEM = s("befall", then="nothing", n=0)
QUIET = s("quiet")


def rejected(what: str, first: str = "nothing") -> Step:
    """Many have this in common by mistake; something happens to one of them a minute before."""
    return s("reject_a_run", what=what, first=first, n=0)


def then(what: str) -> Step:
    """And this happens to one of them."""
    return s("befall", then=what, n=0)


def edited(**fields: str) -> Step:
    """Finance edits that employee."""
    plain = {name.replace("__", "."): value for name, value in fields.items()}
    return s("edit_an_employee", n=LAST, fields=plain)


WRONG_AGAIN = s(
    "map_a_department", key="norway", department="Sales", place=("FIN", "500"), is_heard=True
)

STORIES: Mapping[str, Sequence[Step]] = {
    # It stays rejected whatever else changes, and all else is followed.
    "moved, and a week goes by": (rejected("move"), A_WEEK),
    "moved, and leaves some days later": (
        rejected("move"),
        WORK,
        then("leaves soon"),
        WORK,
        A_WEEK,
    ),
    "moved, and leaves": (rejected("move"), WORK, then("leaves")),
    "moved, and gets an address": (rejected("move"), WORK, then("another address")),
    "moved, and gets a name": (rejected("move"), WORK, then("another name")),
    "moved, and is paid otherwise": (rejected("move"), WORK, then("another pay"), WORK, A_WEEK),
    "moved, and loses a past": (rejected("move"), WORK, then("loses a past"), A_WEEK),
    "moved, and goes to another company": (rejected("move"), WORK, then("transfers")),
    "moved with an address, and gets a right one": (
        rejected("move and address"),
        WORK,
        then("another address"),
    ),
    "moved with an address, and moves on": (
        rejected("move and address"),
        WORK,
        then("goes elsewhere"),
    ),
    "moved with an address, and goes back": (
        rejected("move and address"),
        WORK,
        then("goes back"),
    ),
    "given an address, and gets a right one": (rejected("address"), WORK, then("another address")),
    "transferred, and loses a past": (rejected("transfer"), WORK, then("loses a past")),
    "transferred, and gets an address": (rejected("transfer"), WORK, then("another address")),
    "transferred, and leaves": (rejected("transfer"), WORK, then("leaves")),
    "transferred, and comes back": (rejected("transfer"), WORK, then("transfers back")),
    "hired, and loses a past": (rejected("hire"), WORK, then("loses a past")),
    "hired, and gets an address": (rejected("hire"), WORK, then("another address")),
    "hired, and goes elsewhere": (rejected("hire"), WORK, then("goes elsewhere")),
    "left, and has another last day": (rejected("terminate"), WORK, then("another last day")),
    "left, and loses a past": (rejected("terminate"), WORK, then("loses a past")),
    "left, and is to come again": (rejected("terminate"), WORK, then("is to come again"), WORK),
    "left, and gets an address": (rejected("terminate"), WORK, then("another address")),
    "left, and works again": (rejected("terminate"), WORK, then("works again")),
    "returned, and leaves": (rejected("return"), WORK, then("leaves")),
    "returned, and gets an address": (rejected("return"), WORK, then("another address")),
    # It is over once something else is asked for, and may come again.
    "moved, and goes elsewhere": (rejected("move"), WORK, then("goes elsewhere")),
    "moved, and goes where nothing is": (rejected("move"), WORK, then("goes nowhere")),
    "moved, and back, and again": (
        rejected("move"),
        WORK,
        then("goes back"),
        QUIET,
        then("makes the move"),
        WORK,
    ),
    "moved, given an address as well, and a week goes by": (
        rejected("move"),
        s("reject_more", what="address"),
        WORK,
        A_WEEK,
    ),
    "given an address, moved as well, and gets a name": (
        rejected("address"),
        s("reject_more", what="move"),
        WORK,
        then("another name"),
    ),
    "moved, and moved on by mistake": (
        rejected("move"),
        s("reject_more", what="relocate"),
        then("goes back"),
    ),
    "moved, and left by mistake, and works again": (
        rejected("move"),
        s("reject_more", what="terminate"),
        WORK,
        then("works again"),
    ),
    "moved, and transferred by mistake, and comes back": (
        rejected("move"),
        s("reject_more", what="transfer"),
        WORK,
        then("transfers back"),
    ),
    "mapped otherwise, and put right": (rejected("mapping"), WORK, s("put_the_mapping_right")),
    "mapped otherwise, put right, and wrong again": (
        rejected("mapping"),
        WORK,
        s("put_the_mapping_right"),
        QUIET,
        WRONG_AGAIN,
        WORK,
    ),
    "moved, and taken back": (rejected("move"), WORK, s("take_back")),
    # What arrives too late rejects nothing.
    "left a minute before": (rejected("move", "leaves"), WORK, A_WEEK),
    "left on another day a minute before": (rejected("terminate", "another last day"), WORK),
    "given a last day a minute before": (rejected("move", "leaves soon"), WORK, A_WEEK),
    "given an address a minute before": (rejected("move", "another address"), WORK),
    "gone back a minute before": (rejected("move", "goes back"), WORK, then("goes elsewhere")),
    "hired elsewhere a minute before": (rejected("hire", "goes elsewhere"), WORK),
    "gone again a minute before": (rejected("hire", "leaves"), WORK),
    "back from another company a minute before": (rejected("transfer", "transfers back"), WORK),
    # What finance edits is put right, but for what was rejected.
    "named otherwise by finance": (
        rejected("move"),
        ONE_OF_THEM,
        edited(contact__lastName="Finans"),
    ),
    "moved otherwise by finance": (rejected("move"), ONE_OF_THEM, edited(department="IT")),
    "made inactive by finance": (rejected("move"), ONE_OF_THEM, edited(status="Inactive")),
    "left, and edited by finance": (
        rejected("terminate"),
        ONE_OF_THEM,
        edited(contact__lastName="Finans"),
    ),
    # What is hidden meanwhile ends nothing.
    "moved, and the departments are hidden": (
        rejected("move"),
        s("lose_a_right", name="department_id", is_told=True, reach=20),
        QUIET,
    ),
    "transferred, and the legal entities are hidden": (
        rejected("transfer"),
        s("lose_an_expansion", name="legal_entity", reach=1),
        QUIET,
    ),
    "left, and the statuses are hidden": (
        rejected("terminate"),
        s("lose_a_right", name="status", is_told=True, reach=20),
        QUIET,
    ),
    "given an address, and addresses are hidden": (
        rejected("address"),
        s("lose_a_right", name="work_email", is_told=True, reach=20),
        QUIET,
    ),
}


@pytest.mark.parametrize("steps", STORIES.values(), ids=STORIES)
def test_what_was_rejected_is_not_done_and_everything_else_is(steps: Sequence[Step]) -> None:
    failure = play(COMPANY, steps, is_plain=True)

    assert failure is None, str(failure)


@pytest.mark.parametrize("what", WHAT)
def test_a_mistake_of_many_is_held_and_rejected(what: str) -> None:
    with a_story(COMPANY, is_plain=True) as story:
        story.reject_a_run(what)
        story.quiet()

        assert len(story.mistaken) >= 6
        assert story.auditor.rejections.sure() >= set(story.mistaken)
