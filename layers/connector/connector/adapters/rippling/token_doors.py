"""Which of the addresses that Rippling has published is the token endpoint of this app.

Asked with a refresh token that cannot exist: who refuses that in the words of OAuth is the
endpoint, whoever answers with a page or with nothing is not. No token is ever handed out by this.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from connector.adapters.rippling.oauth import RipplingTokenEndpoint
from connector.domain.errors import ConfigurationError, RetryableError

KNOWN = (
    "https://app.rippling.com/api/o/token/",
    "https://api.rippling.com/api/o/token/",
    "https://app.rippling.com/o/token",
)
HOME = ".rippling.com"
NO_TOKEN = "not-a-token"  # noqa: S105 - it is none
EndpointAt = Callable[[str], RipplingTokenEndpoint]


def advice(configured: str, endpoint_at: EndpointAt, known: Sequence[str] = KNOWN) -> str:
    """What to change, where another address than the configured one answers; else nothing.

    An address that is not Rippling's is left alone: the client's secret goes nowhere else.
    """
    is_rippling = (urlsplit(configured).hostname or "").endswith(HOME) or known is not KNOWN
    if not is_rippling or is_a_door(endpoint_at(configured)):
        return ""
    others = (url for url in known if url != configured)
    right = next((url for url in others if is_a_door(endpoint_at(url))), None)
    if right is None:
        return f"Rippling's sign-in does not answer at {configured} at the moment, nor elsewhere"
    return f"Rippling's sign-in is not at {configured}: deploy with RipplingTokenUrl={right}"


def is_a_door(endpoint: RipplingTokenEndpoint) -> bool:
    """Whether an address refuses a token in the words of OAuth, or takes it."""
    try:
        endpoint.refresh(NO_TOKEN)
    except RetryableError:
        return False
    except ConfigurationError:
        return True
    return True
