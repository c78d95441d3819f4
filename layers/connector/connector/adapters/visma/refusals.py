"""What Visma refuses, told by field and reference and never in its own words."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from connector.adapters.http.client import media_type
from connector.adapters.visma.wire import NO_LICENCE, failure_of
from connector.domain.errors import ConfigurationError, RefusedError

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


def raise_for_access(response: Response, company: str) -> None:
    """Stops at an answer that is about this client, whatever was asked.

    Raises:
        ConfigurationError: with what to put right.
    """
    status = response.status_code
    if not response.ok and failure_of(response.content).fault_code == NO_LICENCE:
        raise ConfigurationError(
            f"Visma has no licence for company {company} ({status}, {NO_LICENCE}): its tenant_id"
            " in the Visma secret is probably the customer's instead of the company's"
        )
    if status == HTTPStatus.UNAUTHORIZED:
        raise ConfigurationError(
            f"Visma does not take its own token for company {company} (401): check that its"
            " tenant_id in the Visma secret is the company's, and that it is approved"
        )
    if status == HTTPStatus.FORBIDDEN:
        raise ConfigurationError(
            f"Visma does not allow this for company {company} (403): the application needs the"
            " scopes read, create and update, approved by the company"
        )
