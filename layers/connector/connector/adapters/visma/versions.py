"""The version of an employee, as Visma gives it and as it takes it back.

The published form is `If-Match: "timeStamp"`; which forms a tenant and the gateways before it let
pass is not. A version that is refused and then shown once more was not understood, and is given in
another form; what is taken is remembered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.employees import (
    BUSINESS_FIELDS,
    Written,
    reads_as,
    row_version,
    same,
    written_to,
)
from connector.domain.errors import ConnectorError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.adapters.dialect import Dialect
    from connector.domain.employees import Employee, Fields

HABIT = "If-Match"
QUOTED, BARE, NONE = "quoted", "bare", "none"
FORMS = (QUOTED, BARE, NONE)
LONGEST_VERSION = 200
"""A row version is twelve characters; what is longer than this is none."""


def version_of(stamp: object, header: str | None) -> str | None:
    """The version in an employee's own `timeStamp`, else in the ETag, whatever was added to it."""
    if isinstance(stamp, str) and 0 < len(stamp) <= LONGEST_VERSION:
        return f'"{stamp}"'
    is_version = bool(header) and len(header or "") <= LONGEST_VERSION
    return f'"{row_version(header or "")}"' if is_version else None


class Versions:
    """In which form one company takes a version."""

    def __init__(self, dialect: Dialect, read: Callable[[str], Employee | None]) -> None:
        self._dialect = dialect
        self._read = read
        self._are_shown = True
        self._refused: dict[str, tuple[str, str]] = {}

    def after(self, code: str, header: str | None, sent: Fields) -> Written:
        """What a write has made; read, where the answer to the write does not tell the version.

        Without it an edit of that employee would never be noticed. It is taken from nobody else's:
        the employee has to show what was `sent`.
        """
        shown = version_of(None, header)
        if shown or not self._are_shown:
            return Written(code, shown)
        try:
            employee = self._read(code)
        except ConnectorError:
            return Written(code)  # it was written all the same
        self._are_shown = employee is None or employee.etag is not None
        return written_to(code, sent, employee) if employee else Written(code)

    def is_still_at(self, code: str, etag: str) -> bool:
        """Whether an employee is at a version, for a company that takes no condition."""
        shown = self._read(code)
        return shown is None or shown.etag is None or row_version(shown.etag) == row_version(etag)

    def form_for(self, code: str, etag: str) -> str:
        """The form in which a version is given: the next one where it was refused before."""
        refused = self._refused.get(code)
        if refused and refused[0] == row_version(etag):
            return FORMS[(FORMS.index(refused[1]) + 1) % len(FORMS)]
        known = self._dialect.word(HABIT)
        return known if known in FORMS else QUOTED

    def is_refused(self, code: str, etag: str, form: str) -> None:
        """Visma says that the version has moved on."""
        self._refused[code] = row_version(etag), form

    def is_taken(self, code: str, form: str) -> None:
        """Visma has written under this version; only another form than the last is worth a note."""
        self._refused.pop(code, None)
        if form != (self._dialect.word(HABIT) or QUOTED):
            self._dialect.learn(HABIT, form)


def moved_on(what: str, company: str) -> str:
    """What to say where somebody else was faster."""
    return (
        f"Visma did not {what} in {company}: someone changed it there since it was read; it is"
        " decided again"
    )


def denies(employee: Employee, sent: Fields, before: str | None) -> bool:
    """Whether the employee in an answer shows that what was sent has not been written.

    What it leaves empty it may just not show. Personal data come in forms of Visma's own, so they
    count only where the version is the one of before.
    """
    has_stayed = bool(before and employee.etag) and (
        row_version(before or "") == row_version(employee.etag or "")
    )
    told = BUSINESS_FIELDS if not has_stayed else tuple(sent)
    return any(_is_otherwise(path, sent[path], employee.fields) for path in told if path in sent)


def _is_otherwise(path: str, wanted: str, shown: Fields) -> bool:
    text = shown.get(path, "")
    return bool(text) and not same(path, text, wanted.strip()) and not reads_as(path, wanted, text)


def condition(etag: str, form: str) -> Mapping[str, str]:
    """The header that makes a write conditional; none where no form is taken."""
    version = row_version(etag)
    return {QUOTED: {"If-Match": f'"{version}"'}, BARE: {"If-Match": version}}.get(form, {})
