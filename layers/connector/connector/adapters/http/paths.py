"""What a path may be made of: names, and no step to somewhere else."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import unquote

from connector.domain.errors import RefusedError

STEPS = (".", "..")


def without_steps(path: str, vendor: str) -> str:
    """The path, if each part of it is a name: an id or a number of a vendor's may be anything.

    Whatever sends it on would take the step, and ask, or write, something else.

    Raises:
        RefusedError: a part leads elsewhere; nothing was sent.
    """
    plain = unquote(path.partition("?")[0]).replace("\\", "/")
    if any(part.strip() in STEPS for part in plain.split("/")):
        raise RefusedError(
            f"an id or number of {vendor} leads elsewhere in an address; nothing was sent",
            status=HTTPStatus.BAD_REQUEST,
        )
    return path
