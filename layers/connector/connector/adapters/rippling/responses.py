"""What Rippling's answers mean whichever of its APIs gave them: refusals, and a second thought.

Error texts name path and status, never a query, an id or a word of Rippling's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

from connector.adapters.http.client import HttpClient, media_type
from connector.domain.errors import ConfigurationError, NonsenseError

if TYPE_CHECKING:
    from typing import TypeAlias

    from requests import Response

    from connector.domain.facts import Named

    CachedNames: TypeAlias = Callable[[Callable[[], list[Named]], bool], Mapping[str, str]]

SECOND_THOUGHT_SECONDS = 2.0
"""Rippling has called good tokens invalid for a moment; after this wait it is believed."""

PENALTY_SECONDS = 10.0
"""Whoever makes more than 300 calls in 10 seconds is documented to be refused for the next 10."""

ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
"""What may stand in a filter or a path; no other id has been seen."""


class QuestionRefusedError(ConfigurationError):
    """Rippling does not understand what a list was asked for; it may be asked otherwise."""


def ask(http: HttpClient, path_or_url: str, query: Mapping[str, str] | None = None) -> Response:
    """The answer to a read; a 401 is believed only when it comes again."""
    response = http.get(path_or_url, query)
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        http.sleep(SECOND_THOUGHT_SECONDS)
        response = http.get(path_or_url, query)
    return response


def is_unknown(response: Response) -> bool:
    """True where Rippling says that there is no such record.

    A page instead of JSON means that the address is wrong, not that the record is unknown.
    """
    is_json = media_type(response) == "application/json"
    return response.status_code == HTTPStatus.NOT_FOUND and is_json


def is_oddly_unknown(http: HttpClient, response: Response, path: str, list_path: str) -> bool:
    """Whether an odd answer is about one record: the list answers, and the bare path does not."""
    odd = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND)
    if response.status_code not in odd or ask(http, path).status_code == HTTPStatus.OK:
        return False
    return ask(http, list_path, {"limit": "1"}).status_code == HTTPStatus.OK


def unreadable(path: str, what: str) -> NonsenseError:
    """What to raise about an answer without what it should have."""
    return NonsenseError(f"Rippling's answer to GET {path} has {what}; it will be tried again")


def refusal_of(response: Response, path: str, scopes: str) -> ConfigurationError | NonsenseError:
    """What a status other than 200 means, and what to do about it."""
    match response.status_code:
        case HTTPStatus.UNAUTHORIZED:
            return ConfigurationError(
                "Rippling rejects the token (401). A token lapses after 30 days without use and"
                " ends with the administrator who made it: make a new one and put it into the"
                " Rippling secret"
            )
        case HTTPStatus.PAYMENT_REQUIRED:
            return ConfigurationError(
                f"Rippling has no API package for GET {path} (402); add it in Rippling"
            )
        case HTTPStatus.FORBIDDEN:
            return ConfigurationError(
                f"Rippling does not let the token read {path} (403). It needs the scopes"
                f" {scopes}, and the administrator who made it the matching rights"
            )
        case status:
            return NonsenseError(
                f"Rippling answered GET {path} with status {status} ({media_type(response)});"
                " it will be tried again. If it stays so, check the base URL"
            )
