"""What Rippling's Platform API lets a token do, and what this API cannot do at all.

Used by `connector ping` and before a scheduled sweep. Of what people are, only whether it is shown
is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from connector.adapters.http.client import HttpClient
from connector.adapters.rippling.responses import ask
from connector.domain.checks import Check, Level, one_by_one

MEMBERS_AND_COSTS: tuple[tuple[tuple[str, ...], str, Level], ...] = (
    (("name", "firstName", "lastName"), "employee:name: no one can be created", Level.BAD),
    (
        ("workEmail", "personalEmail"),
        "employee:workEmail or employee:personalEmail: no one can be created",
        Level.BAD,
    ),
    (
        ("department", "departmentId"),
        "employee:department: everyone waits for a department",
        Level.BAD,
    ),
    (("employeeNumber",), "employee:employeeNumber: no one has a number", Level.WARNING),
    (("startDate",), "employee:startDate: no one is created ahead of time", Level.WARNING),
    (("userId",), "userId: someone who is rehired is a stranger", Level.WARNING),
)
"""Members of an employee one of which has to be there, what is lost without, and how bad it is."""

PAY = (("compensation",), "employee:compensation: no one's costs are known", Level.WARNING)


@dataclass(frozen=True, slots=True)
class PlatformChecks:
    """The checks of the Platform API; `sample` is the first page of employees, or raises."""

    http: HttpClient
    sample: Callable[[], list[Any]]
    require_kinds: Callable[[Iterable[Any]], None]

    def checks(self, needs: Collection[str]) -> Iterator[Check]:
        """Every check, the sign-in first."""
        rows: list[Any] = []
        return one_by_one(
            (
                ("sign_in", lambda: self._sign_in(rows)),
                ("company", self._company),
                ("changes", changes_check),
                ("legal_entities", lambda: _legal_entities(needs)),
                ("kinds", lambda: self._kinds(rows)),
                ("fields", lambda: fields_check(rows, needs)),
            )
        )

    def _sign_in(self, rows: list[Any]) -> Check:
        rows += [row for row in self.sample() if isinstance(row, dict)]
        return Check("sign_in", Level.GOOD, "Rippling takes the token and shows employees.")

    def _company(self) -> Check:
        response = ask(self.http, "/companies/current")
        is_shown = response.status_code == HTTPStatus.OK
        content = self.http.json_of(response) if is_shown else None
        name = content.get("name") if isinstance(content, dict) else None
        if not isinstance(name, str):
            return Check(
                "company",
                Level.NOTE,
                f"Rippling does not say whose the token is ({response.status_code}).",
                "only if you want to see it here: give the token the scope company",
            )
        return Check("company", Level.GOOD, f"The token belongs to the company {name}.")

    def _kinds(self, rows: list[Any]) -> Check:
        self.require_kinds(rows)
        return Check("kinds", Level.GOOD, "Contractors can be told from employees.")


def changes_check() -> Check:
    """How changes are found with this API."""
    return Check(
        "changes",
        Level.NOTE,
        "The Platform API cannot say what changed: every tick reads everyone, a call for every"
        " hundred people. It has neither entitlements nor versions to check.",
    )


def _legal_entities(needs: Collection[str]) -> Check:
    return Check(
        "legal_entities",
        Level.WARNING if "legal_entity" in needs else Level.NOTE,
        'The Platform API has no legal entities: new people go to the company that takes "?".',
    )


def fields_check(rows: list[Any], needs: Collection[str]) -> Check:
    """Which members the token is not shown, and what that costs."""
    if not rows:
        return Check("fields", Level.NOTE, "Rippling shows no employee to look at.")
    shown = {member for row in rows for member in row}
    wanted = (*MEMBERS_AND_COSTS, *([PAY] if "compensation" in needs else []))
    lacking = [(cost, level) for members, cost, level in wanted if shown.isdisjoint(members)]
    if not lacking:
        return Check("fields", Level.GOOD, "The token is shown everything that is asked for.")
    costs, levels = "; ".join(cost for cost, _ in lacking), {level for _, level in lacking}
    return Check(
        "fields",
        Level.BAD if Level.BAD in levels else Level.WARNING,
        f"The token is not shown everything. Without {costs}.",
        "give the token these scopes in Rippling",
    )
