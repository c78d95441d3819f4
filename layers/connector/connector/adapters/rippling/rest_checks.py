"""What Rippling's REST API lets a token do: a few reads that change nothing and name no one.

Used by `connector ping` and before a scheduled sweep, never by a tick. Of what people are, only
whether it is shown is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from connector.adapters.http.client import HttpClient
from connector.adapters.rippling.filters import OPERATORS, changed_filter, user_filter
from connector.adapters.rippling.responses import ID, QuestionRefusedError, ask, unreadable
from connector.adapters.rippling.rest_wire import custom_field_name, withheld_fields
from connector.adapters.rippling.values import EXPANDS, moment, objects_in
from connector.domain.checks import Check, Level, one_by_one

if TYPE_CHECKING:
    from requests import Response

WORKERS = "/workers/"
LISTS = {"/departments/": "departments.read", "/work-locations/": "work-locations.read"}
NOBODY = "f" * 24
VERSION = "Rippling-Api-Version"
SDK_VERSION = "2024-08-01"
"""The version that Rippling's own library names."""

WORKERS_SAMPLED = "25"
OPTIONAL = ("compensation", "custom_fields")
LACKING: Mapping[str, tuple[str, Level]] = {
    "user": ("users.read: no one has a name, so that no one can be created", Level.BAD),
    "department": ("departments.read: everyone waits for a department", Level.BAD),
    "employment_type": (
        "employment-types.read: contractors look like employees, and no one's pay basis is known",
        Level.BAD,
    ),
    "legal_entity": (
        'legal-entities.read: new people go to the company that takes "?"',
        Level.WARNING,
    ),
    "compensation": (
        "compensations.read: no one's costs are known, and no class rule by pay holds",
        Level.WARNING,
    ),
    "custom_fields": ("workers.custom-fields.read: no custom field is known", Level.WARNING),
}
"""What is lost, and how bad that is, without the scope of an expanded object."""

SECOND_TIER = ("legal_entity", "compensation")
GIVE_SCOPES = "give the token these scopes, and its maker the matching rights in Rippling"


@dataclass(frozen=True, slots=True)
class RestChecks:
    """The checks of the REST API; `refusal` says what a status other than 200 means."""

    http: HttpClient
    refusal: Callable[[Response, str], Exception]

    def checks(self, now: datetime, needs: Collection[str]) -> Iterator[Check]:
        """Every check, the sign-in first."""
        return one_by_one(
            (
                ("sign_in", self._sign_in),
                ("company", self._company),
                ("filter", lambda: self._filter(now)),
                ("filter_by_person", self._filter_by_person),
                ("next_page", self._next_page),
                ("unknown_id", self._unknown_id),
                ("lists", self._lists),
                ("version", self._version),
                ("entitlements", lambda: self._entitlements(needs)),
                ("fields", lambda: self._fields(needs)),
                *([("custom_fields", self._custom_fields)] if "custom_fields" in needs else []),
            )
        )

    def _sign_in(self) -> Check:
        self._rows({"order_by": "id", "limit": "1"})
        return Check("sign_in", Level.GOOD, "Rippling takes the token and shows workers.")

    def _company(self) -> Check:
        """Whose the token is, as far as that is a company; a person is never named."""
        response = ask(self.http, "/sso-me/", {"expand": "company"})
        if response.status_code == HTTPStatus.FORBIDDEN:
            response = ask(self.http, "/sso-me/")
        me = self.http.json_of(response) if response.status_code == HTTPStatus.OK else None
        company = me.get("company") if isinstance(me, dict) else None
        name = company.get("name") if isinstance(company, dict) else None
        shown = name or (me.get("company_id") if isinstance(me, dict) else None)
        if not isinstance(shown, str):
            return Check(
                "company",
                Level.NOTE,
                f"Rippling does not say whose the token is ({response.status_code}).",
                "only if you want to see it here: give the token the scope sso-me.read",
            )
        return Check("company", Level.GOOD, f"The token belongs to the company {shown}.")

    def _filter(self, now: datetime) -> Check:
        """Asks as the poller does: nobody changed tomorrow, and a row shown has its own moment."""
        told = {operator: self._answer_to(operator, now) for operator in OPERATORS}
        works = [operator for operator, answer in told.items() if answer == "works"]
        if works:
            return Check(
                "filter",
                Level.GOOD,
                f"Asked for what changed, Rippling shows only that ({' and '.join(works)}).",
            )
        shown = "; ".join(f"{operator} {answer}" for operator, answer in told.items())
        return Check(
            "filter",
            Level.WARNING,
            f"Asked for what changed, Rippling does not tell ({shown}). Nothing is lost, but every"
            " tick takes a call for every hundred workers.",
            "make a new token: it is bound to the API version of the day it is made; if it stays"
            " so, ask Rippling how `updated_at` is filtered by",
        )

    def _answer_to(self, operator: str, now: datetime) -> str:
        """How this operator is answered, in a word or two."""
        tomorrow = now.astimezone(UTC) + timedelta(days=1)
        there = self._rows({"order_by": "id", "limit": "1"})
        at = moment(there[0].get("updated_at")) if there and isinstance(there[0], dict) else None
        try:
            late = self._changed(operator, tomorrow)
            own = self._changed(operator, at) if at else []
        except QuestionRefusedError:
            return "is refused"
        if any(_is_before(row, tomorrow) for row in late):
            return "is ignored"
        if at and not own:
            return "matches nothing"
        return "works"

    def _changed(self, operator: str, cutoff: datetime) -> list[Any]:
        query = {"filter": changed_filter(operator, cutoff), "order_by": "updated_at"}
        return self._rows({**query, "limit": "1"})

    def _filter_by_person(self) -> Check:
        """The question that the writer asks about everybody."""
        rows = [row for row in self._rows({"order_by": "id", "limit": "1"}) if _has_person(row)]
        name = "filter_by_person"
        if not rows:
            return Check(name, Level.NOTE, "Rippling shows nobody to ask about.")
        person = rows[0]["user_id"]
        try:
            found = self._rows({"filter": user_filter(person), "order_by": "id", "limit": "25"})
        except QuestionRefusedError:
            found = []
        if found and all(isinstance(row, dict) and row.get("user_id") == person for row in found):
            message = "Asked for one person's employments, Rippling shows only those."
            return Check(name, Level.GOOD, message)
        return Check(
            name,
            Level.NOTE,
            "Asked for one person's employments, Rippling does not tell. Each is read by its own"
            " id instead, and a new employment is found by the next tick.",
        )

    def _next_page(self) -> Check:
        """Whether a link to the next page keeps what was asked for."""
        name, query = "next_page", {"order_by": "id", "limit": "1", "expand": "user"}
        response = ask(self.http, WORKERS, query)
        found = self._results(response, WORKERS) if response.status_code == HTTPStatus.OK else []
        rows = [row for row in found if isinstance(row, dict)]
        link = self.http.json_of(response).get("next_link") if found else None
        if not link or not any(row.get("user") for row in rows):
            return Check(name, Level.NOTE, "There is no second page to look at.")
        second = self._results(ask(self.http, self.http.link(response, str(link))), WORKERS)
        if second and isinstance(second[0], dict) and second[0].get("user"):
            return Check(name, Level.GOOD, "A link to the next page keeps what was asked for.")
        return Check(
            name,
            Level.NOTE,
            "A link to the next page forgets what was asked for; the connector asks again.",
        )

    def _unknown_id(self) -> Check:
        """How an id is answered that there cannot be."""
        response = ask(self.http, f"{WORKERS}{NOBODY}/")
        message = f"An id that there is not is answered {response.status_code}"
        if response.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST):
            return Check("unknown_id", Level.GOOD, f"{message}.")
        return Check(
            "unknown_id",
            Level.WARNING,
            f"{message}: a webhook about somebody removed ends as a dead letter.",
            "tell the maintainers of the connector",
        )

    def _lists(self) -> Check:
        """Whether the lists can be read that the mapping's words are looked up in."""
        answers = {path: ask(self.http, path, {"limit": "1"}).status_code for path in LISTS}
        refused = [path for path, status in answers.items() if status != HTTPStatus.OK]
        if not refused:
            return Check("lists", Level.GOOD, "Departments and work locations can be read.")
        scopes = ", ".join(LISTS[path] for path in refused)
        shown = " and ".join(path.strip("/") for path in refused)
        message = f"Rippling does not let the token read {shown}."
        return Check("lists", Level.WARNING, message, f"give the token {scopes}")

    def _version(self) -> Check:
        query = {"order_by": "id", "limit": "1"}
        response = self.http.get(WORKERS, query, {VERSION: SDK_VERSION})
        own = "The connector names no API version, so that the token's own counts. Version"
        if response.status_code == HTTPStatus.OK:
            return Check("version", Level.GOOD, f"{own} {SDK_VERSION} is accepted as well.")
        return Check(
            "version",
            Level.NOTE,
            f"{own} {SDK_VERSION}, which Rippling's own library names, is refused"
            f" ({response.status_code}).",
            "nothing while the other lines are good; else make a new token",
        )

    def _entitlements(self, needs: Collection[str]) -> Check:
        response = ask(self.http, "/entitlements/")
        if response.status_code != HTTPStatus.OK:
            return Check(
                "entitlements",
                Level.NOTE,
                f"Rippling does not say what the company has bought ({response.status_code}).",
                "only if you want to see it here: give the token the scope entitlements.read",
            )
        tiers = _tiers(self._results(response, "/entitlements/"))
        if not tiers:
            return Check(
                "entitlements",
                Level.NOTE,
                "Rippling names what the company has bought in words that are not known here.",
            )
        lacking = [f"API tier {tier}" for tier in (1, 2) if tier not in tiers]
        if not lacking:
            return Check("entitlements", Level.GOOD, "The company has API tier 1 and 2.")
        return Check(
            "entitlements",
            Level.WARNING if 1 not in tiers or set(SECOND_TIER) & set(needs) else Level.NOTE,
            f"The company has not bought {' and '.join(lacking)}. {_costs(tiers)}",
            "add it in Rippling, or do without",
        )

    def _fields(self, needs: Collection[str]) -> Check:
        """Which of the objects that are asked for with a worker the token is shown."""
        names = [*EXPANDS, *(name for name in OPTIONAL if name in needs)]
        hidden: list[str] = []
        response = self._expanded(names)
        if response.status_code == HTTPStatus.FORBIDDEN:
            answers = {name: self._expanded([name]).status_code for name in names}
            hidden = [name for name in names if answers[name] == HTTPStatus.FORBIDDEN]
            response = self._expanded([name for name in names if name not in hidden])
        rows = self._results(response, WORKERS)
        withheld = withheld_fields(self.http.json_of(response))
        hidden += [name for name in names if name in withheld or _is_never_shown(name, rows)]
        if not rows:
            return Check("fields", Level.NOTE, "Rippling shows no worker to look at.")
        return shown_members(list(dict.fromkeys(hidden)), needs)

    def _custom_fields(self) -> Check:
        """By which members a custom field is told: what they are called is not published."""
        rows = self._results(self._expanded(["custom_fields"]), WORKERS)
        lists = (row.get("custom_fields") for row in rows if isinstance(row, dict))
        entries = [entry for each in lists if isinstance(each, list) for entry in objects_in(each)]
        if not entries:
            message = f"None of the first {len(rows)} workers shows a custom field."
            return Check("custom_fields", Level.NOTE, message)
        keys = ", ".join(sorted({key for entry in entries for key in entry if ID.fullmatch(key)}))
        if not all(custom_field_name(entry) and "value" in entry for entry in entries):
            return Check(
                "custom_fields",
                Level.WARNING,
                f"Rippling tells a custom field by {keys}: these are not all read, and whoever"
                " depends on one waits or stays as is.",
                "report this line to the maintainers",
            )
        return Check("custom_fields", Level.GOOD, f"Rippling tells a custom field by {keys}.")

    def _expanded(self, names: list[str]) -> Response:
        query = {"order_by": "id", "limit": WORKERS_SAMPLED, "expand": ",".join(names)}
        return ask(self.http, WORKERS, query)

    def _rows(self, query: Mapping[str, str]) -> list[Any]:
        return self._results(ask(self.http, WORKERS, query), WORKERS)

    def _results(self, response: Response, path: str) -> list[Any]:
        if response.status_code != HTTPStatus.OK:
            raise self.refusal(response, path)
        content = self.http.json_of(response)
        results = content.get("results") if isinstance(content, dict) else None
        if not isinstance(results, list):
            raise unreadable(path, "no list of results")
        return results


def shown_members(hidden: list[str], needs: Collection[str]) -> Check:
    """Which members the token is not shown, and what that costs."""
    if not hidden:
        return Check("fields", Level.GOOD, "The token is shown everything that is asked for.")
    levels = {LACKING[name][1] for name in hidden if name in needs or name != "legal_entity"}
    level = next((one for one in (Level.BAD, Level.WARNING) if one in levels), Level.NOTE)
    costs = "; ".join(LACKING[name][0] for name in hidden)
    return Check(
        "fields", level, f"The token is not shown everything. Without {costs}.", GIVE_SCOPES
    )


def _is_before(row: object, cutoff: datetime) -> bool:
    at = moment(row.get("updated_at")) if isinstance(row, dict) else None
    return at is None or at < cutoff


def _has_person(row: object) -> bool:
    person = row.get("user_id") if isinstance(row, dict) else None
    return isinstance(person, str) and bool(ID.fullmatch(person))


def _is_never_shown(name: str, rows: list[Any]) -> bool:
    """True where workers have such an object and it is shown for none of them."""
    have = [row for row in rows if isinstance(row, dict) and row.get(f"{name}_id")]
    return bool(have) and not any(row.get(name) for row in have)


def _tiers(rows: list[Any]) -> set[int]:
    """The API tiers among what a company has; their name may stand in the one or the other."""
    words = [
        row.get(name) for row in rows if isinstance(row, dict) for name in ("id", "display_name")
    ]
    plain = {re.sub(r"[^a-z0-9]", "", word.casefold()) for word in words if isinstance(word, str)}
    return {tier for tier in (1, 2) if f"apitier{tier}" in plain}


def _costs(tiers: set[int]) -> str:
    if 1 not in tiers:
        return "Without tier 1 there are no workers, and nothing works."
    return (
        "Without tier 2 Rippling shows no legal entities, so that new people go to the company"
        ' that takes "?", and no pay, so that no one\'s costs are known.'
    )
