"""How a Rippling list is asked: filter, order, page size, cursor.

What cannot be understood is refused here; what Rippling does not know it ignores, and so does
this module. No rows are read here.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from tests.simulator.tables import ORDERS, Key, Order, Row

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_LIMIT, MAX_LIMIT, MAX_EXPANDS = 50, 100, 10
FILTER = re.compile(r"(?P<field>\w+)\s+(?P<operator>\w+)\s+(?P<value>.+)")
QUOTED = re.compile(r"'(?P<text>.*)'")
BARE_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?")
MOMENTS = ("created_at", "updated_at")
AT_OR_AFTER = ("ge", "gte")
NOTHING = "nothing"


class QueryError(Exception):
    """A request that Rippling refuses, with the status and the words of the refusal."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


@dataclass
class Understanding:
    """What the lists of a tenant understand; the published word leaves it open.

    `operators` are known, and `fractions` of a second may stand in a moment or not. A field that is
    `refused` is answered 400 when filtered by, one that is `ignored` shows everyone, one that is
    `dead` matches nothing; the same for an operator that is not known, by `unknown_operator`.
    """

    operators: frozenset[str] = frozenset({"eq", "ge", "gte"})
    fractions: bool = False
    refused: set[str] = field(default_factory=set)
    ignored: set[str] = field(default_factory=set)
    dead: set[str] = field(default_factory=set)
    unknown_operator: str = "refused"


@dataclass(frozen=True)
class Condition:
    """One filter that the list honours."""

    field: str
    operator: str
    value: Any

    def holds(self, row: Row) -> bool:
        """Whether a row passes."""
        if self.operator == NOTHING:
            return False
        have = row[self.field]
        return bool(have == self.value if self.operator == "eq" else have >= self.value)

    @property
    def equality(self) -> tuple[str, Any] | None:
        """The field and value, where an index may answer."""
        return (self.field, self.value) if self.operator == "eq" else None


@dataclass(frozen=True)
class Question:
    """One page of one list, as asked for."""

    path: str
    filter: str = ""
    expand: str = ""
    order_by: str = ""
    limit: int = DEFAULT_LIMIT
    after: Key | None = None
    forgotten: bool = False

    @property
    def order(self) -> Order:
        """The field that the list is sorted on; by age when nothing is said."""
        for order in ORDERS:
            if self.order_by.removesuffix(" desc") == order:
                return order
        return "created_at"

    @property
    def is_descending(self) -> bool:
        """Whether the greatest comes first."""
        return self.order_by.endswith(" desc")

    @property
    def expands(self) -> list[str]:
        """The names to expand."""
        return [name.strip() for name in self.expand.split(",") if name.strip()]


class Cursors:
    """Signs the place where a walk goes on, and refuses what it has not signed."""

    def __init__(self) -> None:
        self.forgetful = False
        self._key = secrets.token_bytes(16)

    def write(self, question: Question, last: Row) -> str:
        """A cursor that goes on behind this row, and keeps all that was asked."""
        at, row_id = last[question.order], last["id"]
        place = at.isoformat() if isinstance(at, datetime) else at
        asked = replace(question, after=None)
        if self.forgetful:
            asked = replace(asked, filter="", expand="", forgotten=True)
        members = [
            asked.path, asked.filter, asked.expand, asked.order_by, asked.limit, None,
            asked.forgotten, place, row_id,
        ]  # fmt: skip
        return self.seal(members)

    def seal(self, members: list[Any]) -> str:
        """These values as a text that only this side can have made."""
        content = base64.urlsafe_b64encode(json.dumps(members).encode()).decode().rstrip("=")
        return f"{content}.{self._signature(content)}"

    def read(self, cursor: str, path: str) -> Question:
        """The question that goes on; a forged or foreign cursor is a server error, as it is."""
        *asked, place, row_id = self.unseal(cursor)
        question = Question(*asked)
        if question.path != path:
            raise QueryError(500, "Internal server error")
        at = place if question.order == "id" else datetime.fromisoformat(place)
        return replace(question, after=(at, row_id))

    def unseal(self, cursor: str) -> list[Any]:
        """The values in a text, if this side has made it."""
        content, _, signature = cursor.partition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(content).encode()):
            raise QueryError(500, "Internal server error")
        try:
            padded = content + "=" * (-len(content) % 4)
            members: list[Any] = json.loads(base64.urlsafe_b64decode(padded))
        except (binascii.Error, ValueError) as error:
            raise QueryError(500, "Internal server error") from error
        return members

    def _signature(self, content: str) -> str:
        return hmac.new(self._key, content.encode(), sha256).hexdigest()[:32]


def read_question(path: str, query: Mapping[str, str], cursors: Cursors) -> Question:
    """The question that a query asks; a cursor brings its own and overrules the rest."""
    limit = read_limit(query.get("limit"))
    if "cursor" in query:
        question = cursors.read(query["cursor"], path)
        if question.forgotten:
            question = replace(
                question, filter=query.get("filter", ""), expand=query.get("expand", "")
            )
        return question
    order_by = query.get("order_by", "")
    question = Question(path, query.get("filter", ""), query.get("expand", ""), order_by, limit)
    if order_by and order_by.removesuffix(" desc") not in ORDERS:
        raise QueryError(400, f"order_by cannot be {order_by}")
    if len(question.expands) > MAX_EXPANDS:
        raise QueryError(400, f"expand takes at most {MAX_EXPANDS} fields")
    return question


def read_condition(
    text: str, honoured: frozenset[str], understanding: Understanding | None = None
) -> Condition | None:
    """The condition in a filter, or None where the list does not filter on that field."""
    understood = understanding or Understanding()
    if not text.strip():
        return None
    match = FILTER.fullmatch(text.strip())
    if match is None:
        raise QueryError(400, f"filter cannot be read: {text}")
    field, operator = match["field"], match["operator"]
    if field in understood.refused:
        raise QueryError(400, f"filter field {field} is not supported")
    if field not in honoured - understood.ignored:
        return None
    if field in understood.dead:
        return Condition(field, NOTHING, None)
    if operator not in understood.operators:
        return _unknown_operator(operator, field, understood.unknown_operator)
    if field in MOMENTS and operator in ("eq", *AT_OR_AFTER):
        return Condition(
            field, operator, _moment(field, match["value"], fractions=understood.fractions)
        )
    if operator != "eq":
        raise QueryError(400, f"filter operator {operator} is not supported for {field}")
    return Condition(field, operator, _text(field, match["value"]))


def read_limit(text: str | None) -> int:
    """The page size that is asked for, if Rippling takes it."""
    if text is None:
        return DEFAULT_LIMIT
    if not text.isdigit() or not 1 <= int(text) <= MAX_LIMIT:
        raise QueryError(400, f"limit must be a number from 1 to {MAX_LIMIT}")
    return int(text)


def _unknown_operator(operator: str, field: str, manner: str) -> Condition | None:
    if manner == "refused":
        raise QueryError(400, f"filter operator {operator} is not supported")
    return Condition(field, NOTHING, None) if manner == "dead" else None


def _moment(field: str, value: str, *, fractions: bool) -> datetime:
    if not BARE_MOMENT.fullmatch(value) or ("." in value and not fractions):
        kind = "str" if value.startswith("'") else "unknown"
        expected = "datetime.datetime | None"
        raise QueryError(
            400, f"{field} parameter is of the wrong type, expected: {expected}, got: {kind}"
        )
    try:
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    except ValueError as error:
        raise QueryError(400, f"{field} parameter is not a date-time: {value}") from error


def _text(field: str, value: str) -> str:
    match = QUOTED.fullmatch(value)
    if match is None:
        raise QueryError(400, f"{field} parameter is of the wrong type, expected: str")
    return match["text"]
