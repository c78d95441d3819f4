"""Writing an operator's word down where others may be deciding about the same change.

Whoever has said the same a moment before is seconded, and nobody's word is written over unseen.
"""

from __future__ import annotations

from connector.domain.errors import ConflictError
from connector.domain.records.approvals import Approval
from connector.ports.approvals import Approvals

MOST_TRIES = 5
"""More people than this do not decide about one change at the same moment."""

OTHERWISE = (
    "somebody has decided otherwise at this moment: look with `connector held` and `connector"
    " rejected`, and say it again if it is still meant"
)
BUSY = "others are deciding about this at the same moment: say it again"


def written_down(approvals: Approvals, said: Approval) -> Approval:
    """The decision as it is on record now: with the word of all who have said the very same.

    Raises:
        ConflictError: somebody decided otherwise since the row was read, or the row never keeps
            still; nothing of this word is on record.
    """
    before = approvals.latest(said.person_id, said.company)
    for _ in range(MOST_TRIES):
        seconded = said.seconding(before)
        try:
            approvals.save(seconded, before)
        except ConflictError:
            before = approvals.latest(said.person_id, said.company)
            if before is not None and before.decision is not said.decision:
                raise ConflictError(OTHERWISE) from None
        else:
            return seconded
    raise ConflictError(BUSY)
