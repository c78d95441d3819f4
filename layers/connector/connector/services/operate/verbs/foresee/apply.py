"""`connector apply` and `sync`: has the writer do what was planned, or look at one person now."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from connector.domain.errors import ConfigurationError
from connector.domain.foresight.wanted import Wanted
from connector.services.operate.verbs.verb import (
    Argument,
    Arguments,
    Carried,
    Form,
    JsonObject,
    Right,
    UnusableInputError,
    Verb,
)
from connector.services.operate.verbs.view import Line, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import Part, View

LARGEST_PLAN = 64_000_000
MOST_SHOWN = 100
QUIET = ("unchanged", "out_of_scope")
WELL = ("created", "updated", "unchanged", "deactivated", "reactivated")


class FollowedVerb(Verb):
    """A verb whose changes are followed until each has come to its end."""

    is_act = True
    right = Right.CONTROLLER
    carried: ClassVar[tuple[tuple[str, Carried], ...]] = (
        ("started", Carried.MOMENT),
        ("progress", Carried.MOMENT),
        ("waiting", Carried.TEXT_BY_TEXT),
    )

    def begin(self, desk: Desk, arguments: Arguments) -> JsonObject:
        """Has the work begun."""
        raise NotImplementedError

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        if not arguments.get("started"):
            return self.begin(desk, arguments)
        return desk.application.follow(
            str(arguments["started"]),
            str(arguments.get("progress") or ""),
            dict(arguments.get("waiting") or {}),
        )

    def is_recorded(self, arguments: Arguments) -> bool:
        return not arguments.get("started")

    def is_complete(self, result: JsonObject) -> bool:
        return not result["waiting"] or bool(result.get("is_over"))

    def continued(self, request: JsonObject, result: JsonObject) -> JsonObject:
        names = ("started", "progress", "waiting")
        return {"verb": self.name, **{name: result.get(name) for name in names}}

    def added(self, before: JsonObject, then: JsonObject) -> JsonObject:
        return {
            **then,
            "refused": [*before["refused"], *then["refused"]],
            "results": [*before["results"], *then["results"]],
        }

    def view(self, result: JsonObject) -> View:
        return list(report_lines(result))

    def needs_attention(self, result: JsonObject) -> bool:
        is_well = all(each["outcome"] in WELL for each in result["results"])
        refused = [each for each in result["refused"] if each["why"] != "done already"]
        return bool(refused or result["waiting"]) or not is_well


class Apply(FollowedVerb):
    """What has moved on either side since the plan was made is refused."""

    name = "apply"
    help = "do what a plan says; whatever has moved since is refused"
    examples = ("connector apply plan.json", "connector apply plan.json 1013 1014")
    arguments = (
        Argument(
            "plan",
            "a file of `connector plan -o`",
            Form.INPUT_FILE,
            is_required=True,
            largest_bytes=LARGEST_PLAN,
        ),
        Argument("people", "only these numbers or ids", Form.TEXTS),
    )
    carried = (*FollowedVerb.carried, ("wanted", Carried.ROWS))

    def prepared(self, request: JsonObject) -> JsonObject:
        """Only the digests leave the operator's machine: that is all that is believed of a plan."""
        wanted = wanted_in(str(request.pop("text", "")))
        names = [str(each) for each in request.pop("people", None) or ()]
        if unknown := wanted.unknown(names):
            raise UnusableInputError(f"the plan has nothing to do for {', '.join(unknown)}")
        chosen = wanted.only(names) if names else wanted
        rows = [
            [person, company, digest, chosen.numbers.get(person, "")]
            for (person, company), digest in chosen.digests.items()
        ]
        return {**request, "wanted": rows}

    def begin(self, desk: Desk, arguments: Arguments) -> JsonObject:
        rows = arguments.get("wanted") or ()
        wanted = Wanted(
            {(str(row[0]), str(row[1])): str(row[2]) for row in rows},
            {str(row[0]): str(row[3]) for row in rows},
        )
        if not wanted.digests:
            raise ConfigurationError("the plan has nothing that could be applied")
        return desk.application.begin(wanted, str(arguments.get("operator") or ""))

    def told(self, result: JsonObject) -> Mapping[str, str]:
        begun = len(result["waiting"])
        refused = str(len(result["refused"]))
        return {"people": str(begun), "refused": refused, "run": result["run"]}


class Sync(FollowedVerb):
    """The person is read fresh, and the guards are asked as always."""

    name = "sync"
    help = "look at one person now, and bring their employee up to date"
    examples = ("connector sync 1013",)
    arguments = (
        Argument(
            "person",
            "number, code, id or e-mail address",
            Form.PERSON,
            is_required=True,
            is_told=False,
        ),
    )

    def begin(self, desk: Desk, arguments: Arguments) -> JsonObject:
        found = desk.people.find(str(arguments.get("person") or ""))
        return desk.application.sync(found.worker_id, found.record.person.id)

    def told(self, result: JsonObject) -> Mapping[str, str]:
        return {"person": ", ".join(result["waiting"].values()), "run": result["run"]}


def wanted_in(text: str) -> Wanted:
    """What a plan in a file asks for.

    Raises:
        UnusableInputError: it is not a plan.
    """
    try:
        return Wanted.in_file(json.loads(text))
    except (ValueError, KeyError, AttributeError):
        raise UnusableInputError(
            "the file is not a plan: `connector plan -o plan.json` writes one"
        ) from None


def report_lines(result: JsonObject) -> Iterator[Part]:
    """What became of each, who was refused, and who is still waited for."""
    rows = [
        (each["company"] or "-", each["number"] or each["person"], each["message"])
        for each in result["results"]
        if each["outcome"] not in QUIET or len(result["results"]) == 1
    ]
    refused = [
        (each["company"], each["number"] or each["person"], each["why"])
        for each in result["refused"]
    ]
    yield from shortened(("Company", "Number", "What happened"), rows)
    yield from shortened(("Company", "Not applied", "Why"), refused)
    yield Line(", ".join(totals(result)) or "nothing was to be done")


def shortened(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[Part]:
    """A table as long as somebody reads it."""
    if rows:
        yield Table(headings, rows[:MOST_SHOWN])
    if len(rows) > MOST_SHOWN:
        yield Line(f"and {len(rows) - MOST_SHOWN} more: --json has all of them")


def totals(result: JsonObject) -> Iterator[str]:
    """How many ended how."""
    counts = Counter(each["outcome"] for each in result["results"])
    yield from (f"{count} {outcome}" for outcome, count in sorted(counts.items()))
    if result["refused"]:
        yield f"{len(result['refused'])} not applied"
    if result["waiting"]:
        yield (
            f"{len(result['waiting'])} not done yet: `connector audit` shows what becomes of them,"
            " `connector dead-letters` what was given up"
        )
