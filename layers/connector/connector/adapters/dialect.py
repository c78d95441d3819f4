"""One tenant's dialect: asked for when something was answered oddly, and learnt from it.

What an odd answer means stands with the vendor's adapter. A memory that cannot be reached costs
calls and stops nothing: the answer is simply found out again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.errors import ConnectorError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.ports.dialects import Dialects


class Dialect:
    """What one tenant understands; read once, and saved as soon as something new is learnt."""

    def __init__(self, tenant: str, dialects: Dialects | None = None) -> None:
        self._tenant = tenant
        self._dialects = dialects
        self._known: dict[str, str] | None = None

    def word(self, habit: str) -> str | None:
        """What is known of a habit, or None."""
        return self._learnt().get(habit)

    def learn(self, habit: str, word: str) -> None:
        """Remembers a habit; what is known already costs nothing."""
        if self._learnt().get(habit) == word:
            return
        self._learnt()[habit] = word
        if self._dialects:
            try:
                self._dialects.learn(self._tenant, habit, word)
            except ConnectorError:
                return  # known here all the same

    def _learnt(self) -> dict[str, str]:
        if self._known is None:
            self._known = dict(self._read())
        return self._known

    def _read(self) -> Mapping[str, str]:
        try:
            return self._dialects.known(self._tenant) if self._dialects else {}
        except ConnectorError:
            return {}
