"""The operations function: finds the verb asked for, and says what went wrong if anything did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from connector.domain.errors import ConfigurationError, ConnectorError
from connector.domain.records.acts import LONGEST_TEXT, UNNAMED, Act, said_in
from connector.services.foresee.hashed import shown
from connector.services.operate.desk import Desk
from connector.services.operate.json_types import Arguments, JsonObject
from connector.services.operate.request.check import NOT_A_REQUEST, problems_in
from connector.services.operate.verbs import VERBS
from connector.services.operate.verbs.verb import Right, Verb

UNTOLD = "for reasons that were told to the operator alone"


@dataclass(frozen=True, slots=True)
class Operator:
    """The service behind the operations function."""

    desk: Desk

    def dispatch(self, event: Arguments, granted: Right = Right.ENGINEER) -> JsonObject:
        """Carries out `event["verb"]`, if that is granted; what went wrong is in `problems`."""
        if not isinstance(event, dict) or not isinstance(event.get("verb"), str):
            return failed([NOT_A_REQUEST])
        verb = verb_in(event)
        if verb is None:
            return failed([no_such_verb(event["verb"])])
        if verb.right > granted:
            answer = failed([not_granted(verb, granted)])
            return self._on_record(verb, event, answer, tuple(answer["problems"]))
        problems = problems_in(verb, event)
        answer = failed(problems) if problems else self._carried_out(verb, event)
        return self._on_record(verb, event, answer, reasons(verb, answer))

    def _carried_out(self, verb: Verb, event: Arguments) -> JsonObject:
        try:
            return {"ok": True, **verb.run(self.desk, event)}
        except ConfigurationError as error:
            return failed(error.problems)
        except ConnectorError as error:
            return failed([str(error)])

    def _on_record(
        self, verb: Verb, event: Arguments, answer: JsonObject, problems: tuple[str, ...]
    ) -> JsonObject:
        """The answer, once who had an act carried out, and what came of it, is in the audit."""
        if not verb.is_recorded(event):
            return answer
        told_of = [each for each in verb.arguments if each.is_told and not each.is_file]
        said = said_in(without_addresses(event), tuple(each.name for each in told_of))
        told = verb.told(answer) if answer["ok"] else {}
        operator = str(event.get("operator") or UNNAMED)[:LONGEST_TEXT]
        act = Act(operator, verb.name, self.desk.clock.now(), {**said, **told}, problems)
        try:
            self.desk.audit.record(act)
        except ConnectorError as error:
            done = "it was done" if answer["ok"] else "it was refused"
            return failed(
                [*answer.get("problems", ()), f"{done}, and could not be put on record: {error}"]
            )
        return answer


def without_addresses(event: Arguments) -> JsonObject:
    """A request as it may be put on record: no hash of an address either tells whose it was."""
    lists = {name: each for name, each in event.items() if isinstance(each, list)}
    return {**event, **{name: [shown(str(one)) for one in each] for name, each in lists.items()}}


def verb_in(event: object) -> Verb | None:
    """The verb that a request names; None where it is no request, or there is no such verb."""
    named = event.get("verb") if isinstance(event, dict) else None
    return next((each for each in VERBS if each.name == named), None)


def reasons(verb: Verb, answer: JsonObject) -> tuple[str, ...]:
    """Why a verb was refused, for the record: not where it names a person who may be forgotten."""
    problems = tuple(answer.get("problems", ()))
    return (UNTOLD,) if problems and not all(each.is_told for each in verb.arguments) else problems


def failed(problems: Iterable[str]) -> JsonObject:
    """The answer to a verb that was refused."""
    return {"ok": False, "problems": list(problems)}


def not_granted(verb: Verb, granted: Right) -> str:
    """What to say to whoever came in by a way that is not open to a verb."""
    return (
        f"`{verb.name}` is for the {verb.right.name.lower()}, and was asked for as the "
        f"{granted.name.lower()}; nothing was done: see docs/operations.md, 'Who may do what'"
    )


def no_such_verb(name: str) -> str:
    """What to say of a verb that does not exist, with the nearest one."""
    names = [verb.name for verb in VERBS]
    nearest = get_close_matches(name[:LONGEST_TEXT], names, n=1)
    hint = f"did you mean {nearest[0]}? " if nearest else ""
    return f"there is no such verb; {hint}there is {', '.join(names)}"
