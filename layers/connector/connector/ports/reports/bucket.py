"""Where reports are kept."""

from __future__ import annotations

from typing import Protocol


class ReportsBucket(Protocol):
    """Keeps what is put there; nothing is read back."""

    @property
    def name(self) -> str:
        """Its name."""

    def put(self, key: str, content: bytes, media_type: str) -> None:
        """Keeps an object.

        Raises:
            ConnectorError: it was not kept.
        """
