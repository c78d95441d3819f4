"""Which company of Rippling an access token opens; a person behind it is never looked at."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

from connector.adapters.http.client import HttpClient
from connector.adapters.rippling.values import object_in, text
from connector.ports.secrets import UNSAID, Owner

if TYPE_CHECKING:
    from collections.abc import Callable


def owner_of(
    api: Literal["rest", "platform"], client: Callable[[str], HttpClient], token: str
) -> Owner:
    """The id and the name of the company; `UNSAID` twice where Rippling does not say.

    Raises:
        RetryableError: Rippling cannot answer.
    """
    http = client(f"Bearer {token}")
    company = _current(http) if api == "platform" else _of_the_user(http)
    company_id = text(company.get("id")) or UNSAID
    return company_id, text(company.get("name")) or company_id


def _current(http: HttpClient) -> Any:
    response = http.get("/companies/current")
    return object_in(http.json_of(response)) if response.status_code == HTTPStatus.OK else {}


def _of_the_user(http: HttpClient) -> Any:
    response = http.get("/sso-me/", {"expand": "company"})
    if response.status_code == HTTPStatus.FORBIDDEN:  # the company's own fields need a right more
        response = http.get("/sso-me/")
    me = object_in(http.json_of(response)) if response.status_code == HTTPStatus.OK else {}
    company = object_in(me.get("company"))
    return {"id": company.get("id") or me.get("company_id"), "name": company.get("name")}
