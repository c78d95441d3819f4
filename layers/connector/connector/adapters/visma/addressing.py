"""How an employee is addressed: its code in a path and in a Location."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import quote, unquote, urlsplit

from connector.domain.catalogue import is_a_step
from connector.domain.employees import (
    Employee,
    Fields,
    Written,
    is_answer_to,
    is_made_of,
    written_to,
)
from connector.domain.errors import RefusedError

EMPLOYEES = "/v1/employee"
LONGEST_CODE = 100
"""No key of an employee is longer: what is, is no code."""

_B64_KEY = re.compile(r"b64\(.*\)")


def path_of_employee(code: str) -> str:
    """The path of the employee with a code.

    Raises:
        RefusedError: no employee can be addressed by it.
    """
    if is_a_step(code):
        raise RefusedError(
            f"no employee can have the code {code!r}; nothing was sent to Visma",
            status=HTTPStatus.BAD_REQUEST,
        )
    return f"{EMPLOYEES}/{quote(code, safe='')}"


def code_given(location: str, asked: str) -> str | None:
    """The code at the end of a Location, on whatever host; None where it has none.

    Another one than `asked` is a hint, until the employee is seen under it.
    """
    if location.endswith(f"/{asked}"):
        return asked  # as it is: no one promises that a code in a Location is percent-encoded
    last = unquote(urlsplit(location).path.rstrip("/").rpartition("/")[2]).strip()
    is_code = last != "employee" and not is_a_step(last) and len(last) <= LONGEST_CODE
    return last if is_code and not _B64_KEY.fullmatch(last) else None


def made_under(
    asked: str, given: str | None, sent: Fields, read: Callable[[str], Employee | None]
) -> Written | None:
    """What a create has made, where its answer does not name the code asked for; None if unseen.

    A code that it names may be Visma's own id, or what a gateway has made of it, and so somebody
    else's: nobody is believed to be there who is not seen with what was sent.
    """
    own = read(asked)
    if own and is_answer_to(sent, own):
        return written_to(asked, sent, own)
    other = read(given) if given else None
    if other and is_made_of(sent, other):
        return Written(other.code, other.etag, other.employee_id)
    return None


def under_code(code: str, employee: Employee) -> Employee:
    """The employee under the code it was found by, which is the key; its number may be another."""
    return Employee(code, employee.fields, employee.etag, employee.employee_id)
