"""Digests of personal data and of the audit, all made with the key of the stack.

What is stored in a table may be read by many; without the key, which is in none of them, a digest
confirms no guess. Where the key comes from is known to the adapters.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

WHOLE = 64
"""All hexadecimal digits of a digest."""


class DigestKey:
    """The key of the stack; `load` is asked for it once, when the first digest is made.

    A digest begins with the name of its key, so that one that was made with another key, or with
    none, is known as such: it says nothing, and is never taken for a difference.
    """

    def __init__(self, load: Callable[[], bytes]) -> None:
        self._load = load

    def mac(self, text: str, digits: int = WHOLE) -> str:
        """The digest of a text, with as many hexadecimal digits."""
        return f"{self.name}:{self._hex(text, digits)}"

    def made(self, digest: str) -> bool:
        """Whether a digest was made with this key."""
        return digest.startswith(f"{self.name}:")

    @cached_property
    def name(self) -> str:
        """A short name for the key, which tells nothing of it."""
        return f"k{self._hex('the name of this key', 6)}"

    @cached_property
    def _keyed(self) -> hmac.HMAC:
        """The beginning of every digest: the key is taken in once, for there are many of them."""
        return hmac.new(self._load(), digestmod="sha256")

    def _hex(self, text: str, digits: int) -> str:
        digest = self._keyed.copy()
        digest.update(text.encode())
        return digest.hexdigest()[:digits]


def _no_key() -> bytes:
    raise LookupError("digests are made only of people who were read from the ledger")


NO_KEY = DigestKey(_no_key)
"""Stands where no digest is made."""


@dataclass(frozen=True, slots=True)
class Seal:
    """How one person's personal fields are stored: with the key of the stack and a salt."""

    key: DigestKey
    salt: str

    def of(self, path: str, plain: str) -> str:
        """The digest of one field."""
        return self.key.mac(f"{self.salt} {path}={plain}", 24)

    def made(self, digest: str) -> bool:
        """Whether a digest says anything: an empty field is stored as it is."""
        return not digest or self.key.made(digest)
