"""How one company answers about single employees, asked for `ping` alone. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from connector.adapters.http.client import media_type
from connector.adapters.visma.absence import IMPOSSIBLE, Absence
from connector.adapters.visma.addressing import path_of_employee
from connector.adapters.visma.wire import employee_of, text_in
from connector.domain.employees import row_version
from connector.ports.visma import SingleReads, VersionShown

if TYPE_CHECKING:
    from requests import Response

    from connector.adapters.visma.wire import VismaRow
    from connector.domain.employees import Employee


def single_reads(
    first: Employee | None,
    ask: Callable[[str], Response],
    row_of: Callable[[Response], VismaRow],
    absence: Absence,
) -> SingleReads:
    """What comes of reading the first employee of the list, and one that cannot exist."""
    response = ask(path_of_employee(IMPOSSIBLE))
    missing = f"{response.status_code}, {media_type(response)}"
    is_understood = absence.is_told_by(response, IMPOSSIBLE)
    if first is None:
        return SingleReads(missing, is_understood)
    response = ask(path_of_employee(first.code))
    if not response.ok:
        return SingleReads(missing, is_understood, is_first_shown=False)
    row = row_of(response)
    shown = employee_of(row)
    is_same = shown is not None and shown.employee_id == first.employee_id
    stamp, header = text_in(row, "timeStamp"), response.headers.get("ETag")
    return SingleReads(missing, is_understood, is_same, version_shown(stamp, header))


def version_shown(stamp: str, header: str | None) -> VersionShown:
    """How the version in the header compares with the one in the body, which comes first."""
    if not stamp:
        return VersionShown.ONLY_HEADER if header else VersionShown.NOWHERE
    if header is None:
        return VersionShown.ONLY_BODY
    if header == f'"{stamp}"':
        return VersionShown.AGREES
    return VersionShown.ALTERED if row_version(header) == stamp else VersionShown.DIFFERS
