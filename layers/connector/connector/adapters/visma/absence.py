"""How one company of Visma.net says that it has no such employee.

A 404 is published and a 400 is known of older endpoints. A company may also answer 500 and give a
reason in the ERP's own form, as it does for a breakdown. Such an answer counts only where an
employee that exists is shown at the same time and one that cannot exist is answered with the very
same words; of these a digest is remembered, and never the words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

from connector.adapters.visma.addressing import path_of_employee
from connector.adapters.visma.refusals import is_page
from connector.adapters.visma.wire import failure_of, text_in, words_of

if TYPE_CHECKING:
    from requests import Response

    from connector.adapters.dialect import Dialect

HABIT = "no such employee"
MISSING = (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST)
"""How the ERP says that it has no such record; some of its older endpoints say 400."""

IMPOSSIBLE = "NO-SUCH-EMPLOYEE-0"
"""Longer than any key of an employee, with a hyphen in it: nobody has this code."""

_CHANGING = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]+")


def is_fault(response: Response) -> bool:
    """Whether the ERP answers 500 and gives a reason: asking again would change nothing."""
    is_failed = response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    return is_failed and failure_of(response.content).is_business


class Absence:
    """What one company answers about an employee that it does not have."""

    def __init__(
        self,
        dialect: Dialect,
        get: Callable[[str], Response],
        rows: Callable[[], list[Mapping[str, object]]],
    ) -> None:
        self._dialect = dialect
        self._get = get
        self._rows = rows
        self._known: str | None = None

    def is_told_by(self, response: Response, code: str) -> bool:
        """Whether an answer says that there is no employee with this code.

        The first 500 with a reason costs three reads: the list, one that is in it, and one that
        cannot be; a later one costs one, because a breakdown may use the same words.
        """
        if response.status_code in MISSING and not is_page(response):
            return True
        if not is_fault(response):
            return False
        words = _digest(response, code)
        if not self._others_are_shown():
            return False
        if self._dialect.word(HABIT) != words:
            if self.words_of_impossible() != words:
                return False
            self._dialect.learn(HABIT, words)
        return True

    def words_of_impossible(self) -> str | None:
        """The digest of the fault that stands for an employee that cannot exist, if it is one."""
        response = self._get(path_of_employee(IMPOSSIBLE))
        return _digest(response, IMPOSSIBLE) if is_fault(response) else None

    def _others_are_shown(self) -> bool:
        """Whether single employees can be read at all at this moment."""
        if self._known is None or not self._is_shown(self._known):
            codes = (text_in(row, "employeeNumber") for row in self._rows())
            self._known = next(filter(None, codes), None)
            return self._known is None or self._is_shown(self._known)
        return True

    def _is_shown(self, code: str) -> bool:
        return self._get(path_of_employee(code)).status_code == HTTPStatus.OK


def _digest(response: Response, code: str) -> str:
    """A digest of the words of a fault, without what changes from one to the next."""
    words = words_of(response.content).casefold().replace(code.casefold(), "")
    plain = " ".join(_CHANGING.sub("", words).split())
    return f"500 {hashlib.sha256(plain.encode()).hexdigest()[:16]}"
