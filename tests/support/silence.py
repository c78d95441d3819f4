"""A log for tests that do not look at it."""

from __future__ import annotations


class Silent:
    """A log that no one reads."""

    def info(self, event: str, **keys: object) -> None: ...
    def warning(self, event: str, **keys: object) -> None: ...
    def error(self, event: str, **keys: object) -> None: ...
