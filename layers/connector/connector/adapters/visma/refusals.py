"""What Visma refuses, told by field and reference and never in its own words."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from connector.adapters.http.client import media_type
from connector.adapters.visma.wire import failure_of
from connector.domain.errors import RefusedError

if TYPE_CHECKING:
    from requests import Response

CORRECT = "correct the value in Rippling or the mapping, or what it refers to in Visma"
NO_SUCH_CODE = "there is none with this code; was the code changed in Visma?"


def refused(response: Response, what: str, company: str) -> RefusedError:
    """The error of something that Visma will not do."""
    failure, status = failure_of(response.content), response.status_code
    details = [str(status)]
    details += [f"field {failure.field}"] if failure.field else []
    details += [f"Visma's reference {failure.reference}"] if failure.reference else []
    advice = NO_SUCH_CODE if status == HTTPStatus.NOT_FOUND else CORRECT
    return RefusedError(
        f"Visma refused to {what} in {company} ({', '.join(details)}); {advice}",
        status=status,
        field=failure.field,
        reference=failure.reference,
    )


def is_page(response: Response) -> bool:
    """True for a page of a gateway: it says nothing about what was asked for."""
    return media_type(response) == "text/html"
