"""What the operator has decided about held changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.domain.records.approvals import Approval


class Approvals(Protocol):
    """The `ApprovalsTable`: the latest decision about each person in each company.

    Only the operations function may write to it.
    """

    def latest(self, person_id: str, company: str) -> Approval | None:
        """What was decided last, or None."""

    def save(self, approval: Approval, before: Approval | None) -> None:
        """Remembers a decision in place of the one that was read `before`.

        Raises:
            ConflictError: it is another one by now; nothing was written.
        """

    def erase(self, person_id: str, companies: Iterable[str]) -> None:
        """Forgets what was decided about a person in these companies."""
