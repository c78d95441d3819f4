"""What every AWS adapter does alike: the type of a client, and "busy" told from "broken".

Nothing of one service lives here; the webhook loads this file, so it stays light.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError

from connector.domain.errors import RetryableError

if TYPE_CHECKING:
    from collections.abc import Iterator

Client: TypeAlias = Any
"""A low-level boto3 client."""

BUSY = frozenset(
    {
        "InternalFailure",
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "ServiceUnavailable",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
FIRST_SERVER_FAULT = 500


@contextmanager
def answering(service: str) -> Iterator[None]:
    """Turns "busy" and "out of reach" into `RetryableError`; every other error stays what it is."""
    try:
        yield
    except ClientError as error:
        if not _is_busy(error):
            raise
        raise RetryableError(f"{service} is busy ({code_of(error)})") from error
    except (NoConnectionError, HTTPClientError) as error:
        raise RetryableError(f"{service} cannot be reached ({type(error).__name__})") from error


def code_of(error: ClientError) -> str:
    """The word that AWS gives an error."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _is_busy(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return code_of(error) in BUSY or status >= FIRST_SERVER_FAULT
