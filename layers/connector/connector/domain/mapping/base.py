"""What every part of a mapping is made of: closed models, codes, keys and amounts of money.

And how something else that stands in their place is told.

No rule of the controller's lives here (see `model` and `rules`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

MOST_DECIMALS = 2
AMOUNT = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
WHOLE = re.compile(r"[+-]?\d+", re.ASCII)

LONGEST_SHOWN = 40
NEAR = 0.7
"""So much alike, of 1, words have to be for one to be offered for the other."""

SCALARS = (str, int, float, Decimal)

IN_QUOTES = "; a text that begins with { or [ needs quotes"
DOT_IS_NO_SEPARATOR = (
    "more than two decimals: a dot does not part thousands; write 500000, and not 500.000"
)
NOTHING_GIVEN = "nothing stands here; give it a value, or leave the key out"


def found(value: Any) -> str:
    """What stands in a place, in a few words."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case str():
            return f"the text '{value[:LONGEST_SHOWN]}'" if value else "an empty text"
        case int() | float() | Decimal():
            return f"the number {value!s:.{LONGEST_SHOWN}}"
        case Mapping():
            return "a map"
    return "a list"


def did_you_mean(word: Any, words: Iterable[str]) -> str:
    """The nearest of the right words as a question; empty where none is near."""
    near = nearest(word, words)
    return f"; did you mean {near}?" if near else ""


def nearest(word: Any, words: Iterable[str]) -> str:
    """The right word that is nearest to a wrong one, whatever its case; empty where none is."""
    if not isinstance(word, str):
        return ""
    by_form = {form(each): each for each in words}
    matches = get_close_matches(form(word[:LONGEST_SHOWN]), by_form, n=1, cutoff=NEAR)
    return by_form[matches[0]] if matches else ""


def form(word: str) -> str:
    """The form in which words are near to each other: no case, and every joint the same."""
    return word.casefold().replace("_", "-").replace(" ", "-")


def _one(belongs: str, value: Any) -> Any:
    """One text or number; what is made of a list or a map by force would never hold of anyone."""
    if value is None or isinstance(value, bool) or not isinstance(value, SCALARS):
        hint = "" if value is None or isinstance(value, bool) else IN_QUOTES
        raise ValueError(f"{found(value)} stands where {belongs} belongs{hint}")
    return value


def one_text(value: Any) -> str:
    """One text without blanks around it; a number counts as its digits, since tables have them."""
    return str(_one("one text", value)).strip()


def _money(value: Any) -> Decimal:
    text = str(_one("one amount", value)).strip()
    if not AMOUNT.fullmatch(text):
        raise ValueError("write an amount such as 500000 or 499999.50, without separators")
    if len(text.partition(".")[2]) > MOST_DECIMALS:
        raise ValueError(DOT_IS_NO_SEPARATOR)
    return Decimal(text)


def _whole(value: Any) -> Any:
    one = _one("a whole number", value)
    if isinstance(one, str) and not WHOLE.fullmatch(one.strip()):
        raise ValueError(f"{found(one)} stands where a whole number without separators belongs")
    return one


def given(value: Any) -> Any:
    """What is not nothing: a condition without a value would hold of everyone."""
    if value is None:
        raise ValueError(NOTHING_GIVEN)
    return value


Text = Annotated[str, BeforeValidator(one_text)]
Code = Annotated[Text, Field(min_length=1, max_length=30, pattern=r"^[^\x00-\x1f]+$")]
Key = Annotated[Text, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
Amount = Annotated[
    Decimal,
    BeforeValidator(_money),
    Field(ge=0, max_digits=15),
    PlainSerializer(lambda amount: f"{amount:f}", return_type=str),
]
"""An amount of money: exact, and written as text wherever it is stored."""
Currency = Annotated[Text, Field(pattern=r"^[A-Z]{3}$")]
Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number; a dot in it is refused, for it may be meant to part the thousands."""
Condition = Annotated[Key | None, BeforeValidator(given)]
"""A word that has to hold; it is left out, or it has a value."""


class MappingModel(BaseModel):
    """The base of every part of a mapping: closed, so that a typing error is never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True)
