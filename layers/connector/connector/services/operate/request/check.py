"""Whether a request is one that its verb can be given: which members, and of which type.

The command makes no other; whoever invokes the function by hand may send anything at all. What does
not fit what the verb declares is refused here, in one place, before any verb sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from connector.services.operate.request.carried import Carried
from connector.services.operate.verbs.verb import Argument, Form, Verb

LONGEST_TEXT = 2_000
MOST_TEXTS = 20_000
LARGEST_COUNT = 1_000_000
SHOWN = 40
YEARS = range(1970, 3000)
"""Far from the first and the last year that can be counted with, in whichever zone."""

LARGEST_NUMBER = 10**15 - 1
PARTS_OF_A_ROW = 4
"""Person, company, digest and number of what a plan asks for."""

NOT_A_REQUEST = 'a request is an object that names its verb: {"verb": "status"}'


@dataclass(frozen=True, slots=True)
class Kind:
    """What a member has to be, in words, and whether a value is that."""

    words: str
    fits: Callable[[Any], bool]


def is_text(value: Any, longest: int = LONGEST_TEXT) -> bool:
    """Whether it is a text that can be written down, and no longer than that."""
    if not isinstance(value, str) or len(value) > longest:
        return False
    return value.isascii() or not any("\ud800" <= each <= "\udfff" for each in value)


def is_texts(value: Any) -> bool:
    """Whether it is a list of texts."""
    return isinstance(value, list) and len(value) <= MOST_TEXTS and all(map(is_text, value))


def is_count(value: Any) -> bool:
    """Whether it is a whole number that something can be counted with."""
    return type(value) is int and 1 <= value <= LARGEST_COUNT


def is_moment(value: Any) -> bool:
    """Whether it is a time with its zone, of a year that can be counted with, or none yet."""
    if not is_text(value):
        return False
    try:
        moment = datetime.fromisoformat(value) if value else None
    except ValueError:
        return False
    return moment is None or (moment.utcoffset() is not None and moment.year in YEARS)


def is_number(value: Any) -> bool:
    """Whether it is a whole number that can be stored anywhere."""
    return type(value) is int and abs(value) <= LARGEST_NUMBER


def is_place(value: Any) -> bool:
    """Whether it says where a page of the audit ended: time, person, number."""
    match value:
        case [time, person, number] if isinstance(value, list):
            return bool(time) and is_moment(time) and is_text(person) and is_number(number)
    return False


def is_text_by_text(value: Any) -> bool:
    """Whether it is an object of texts."""
    return isinstance(value, dict) and is_texts(list(value)) and is_texts(list(value.values()))


def is_rows_of_four(value: Any) -> bool:
    """Whether it is what a plan asks for: person, company, digest, number of each."""
    if not isinstance(value, list) or len(value) > MOST_TEXTS:
        return False
    return all(is_texts(row) and len(row) == PARTS_OF_A_ROW for row in value)


TEXT = Kind(f"a text of {LONGEST_TEXT} characters at most", is_text)
TEXTS = Kind(f"a list of such texts, {MOST_TEXTS} at most", is_texts)
FLAG = Kind("true or false", lambda value: isinstance(value, bool))
COUNT = Kind(f"a whole number from 1 to {LARGEST_COUNT}", is_count)

BY_FORM = {
    Form.TEXT: TEXT,
    Form.PERSON: TEXT,
    Form.TEXTS: TEXTS,
    Form.PEOPLE: TEXTS,
    Form.COUNT: COUNT,
    Form.FLAG: FLAG,
}
BY_CARRIED = {
    Carried.TEXT: TEXT,
    Carried.TEXTS: TEXTS,
    Carried.FLAG: FLAG,
    Carried.COUNT: COUNT,
    Carried.MOMENT: Kind("a time with its zone", is_moment),
    Carried.PLACE: Kind("a time, a person and a number", is_place),
    Carried.TEXT_BY_TEXT: Kind("an object of texts", is_text_by_text),
    Carried.ROWS: Kind("rows of four texts", is_rows_of_four),
}


def problems_in(verb: Verb, request: Mapping[str, Any]) -> list[str]:
    """All that is wrong with a request; values are not repeated, for they may name people."""
    return [*_misfits(verb, request), *_missing(verb, request)]


def kinds_of(verb: Verb) -> dict[str, Kind]:
    """Every member that a request for this verb may have."""
    kinds = {"verb": TEXT, "operator": TEXT}
    kinds |= {"preview": FLAG} if verb.asks else {}
    for argument in verb.arguments:
        if argument.form is Form.INPUT_FILE:
            kinds["text"] = _text_of_file(argument)
        elif not argument.is_file:
            kinds[argument.name] = BY_FORM[argument.form]
    return kinds | {name: BY_CARRIED[carried] for name, carried in verb.carried}


def _text_of_file(argument: Argument) -> Kind:
    most = argument.largest_bytes
    return Kind(f"a text of {most} characters at most", lambda value: is_text(value, most))


def _misfits(verb: Verb, request: Mapping[str, Any]) -> Iterator[str]:
    """Members of another type, and those that the verb does not know: null is not given."""
    kinds = kinds_of(verb)
    for name, value in request.items():
        if value is None:
            continue
        if name not in kinds:
            nearest = get_close_matches(name[:SHOWN], kinds, n=1)
            hint = f"; did you mean {nearest[0]}?" if nearest else ""
            yield f"{_shown(name)}: `{verb.name}` has no such argument{hint}"
        elif not kinds[name].fits(value):
            yield f"{name}: has to be {kinds[name].words}"


def _missing(verb: Verb, request: Mapping[str, Any]) -> Iterator[str]:
    """What has to be said with the first request of a verb; files are for the verb to judge."""
    if request.get("started"):
        return
    for argument in verb.arguments:
        if argument.is_required and not argument.is_file and not request.get(argument.name):
            yield f"{argument.name}: is missing ({argument.help})"


def _shown(name: str) -> str:
    """The name of a member that nobody knows, so that it can be written anywhere."""
    return ascii(name[:SHOWN])[1:-1]
