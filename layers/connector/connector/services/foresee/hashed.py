"""An e-mail address as it leaves the operator's machine: nobody on the way can read it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable

HASHED = "email:"
"""It comes as `email:<salt>:<hash>`."""


THIS_ADDRESS = "this e-mail address"
"""What is said of one that nobody has."""


def shown(typed: str) -> str:
    """What an operator typed for a person, as it may be told and put on record."""
    return THIS_ADDRESS if typed.startswith(HASHED) else typed


def several(wanted: str, people: Iterable[str]) -> str:
    """What to say of a name that is more than one person's."""
    return f"{shown(wanted)} is several people: {', '.join(sorted(people))}; name one by id"


def hashed(address: str, salt: str) -> str:
    """The hash of an address, whatever its case."""
    return hashlib.sha256(f"{salt} {address.strip().casefold()}".encode()).hexdigest()


def unnamed(typed: str) -> str:
    """What an operator typed for a person; an e-mail address is hashed with a salt of its own."""
    if "@" not in typed:
        return typed
    salt = secrets.token_hex(8)
    return f"{HASHED}{salt}:{hashed(typed, salt)}"
