"""`connector audit verify`: whether the audit is as it was written."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from connector.domain.errors import ConfigurationError
from connector.services.foresee.hashed import several
from connector.services.operate.verbs.verb import Argument, Arguments, Carried, JsonObject, Verb
from connector.services.operate.verbs.view import Line, Table

if TYPE_CHECKING:
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View


class VerifyAudit(Verb):
    """Checks every chain of the audit with the key of the stack."""

    name = "audit verify"
    help = "check that no row of the audit was changed or taken away"
    examples = ("connector audit verify", "connector audit verify --person 1013")
    arguments = (Argument("person", "person id or employee code", flag="--person"),)
    carried = (("after", Carried.TEXT), ("scheduled", Carried.FLAG))

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        if arguments.get("scheduled"):
            if desk.mode_switch.is_off():
                return {"skipped": True}
            return asdict(desk.audit_check.check_of_the_day())
        wanted = arguments.get("person")
        only = self._person(desk, str(wanted)) if wanted else None
        return asdict(desk.audit_check.check(str(arguments.get("after") or ""), only))

    def _person(self, desk: Desk, wanted: str) -> str:
        """Whose chain is meant; of whom the ledger has forgotten there may be rows all the same.

        Raises:
            ConfigurationError: nobody is known by it, or several people are.
        """
        ids = desk.people.ids(wanted)
        if not ids and not any(True for _ in desk.audit.of_person(wanted)):
            return desk.people.find(wanted).record.person.id  # or says so, with the nearest
        if len(ids) > 1:
            raise ConfigurationError(several(wanted, ids))
        return next(iter(ids), wanted)

    def view(self, result: JsonObject) -> View:
        counted = f"{result['chains']} chains with {result['rows']} rows were checked"
        if not result["broken"]:
            return [Line(f"{counted}: they are as they were written")]
        rows = [(each["person"], each["time"][:19], each["what"]) for each in result["broken"]]
        return [
            Line(f"{counted}; {len(rows)} are not as they were written"),
            Table(("Person", "Row", "What is wrong"), rows),
            Line("see Audit broken in the runbook"),
        ]

    def needs_attention(self, result: JsonObject) -> bool:
        return bool(result["broken"])

    def is_complete(self, result: JsonObject) -> bool:
        return not result["after"]

    def continued(self, request: JsonObject, result: JsonObject) -> JsonObject:
        return {**request, "after": result["after"]}

    def added(self, before: JsonObject, then: JsonObject) -> JsonObject:
        sums = {name: before[name] + then[name] for name in ("chains", "rows", "broken")}
        return {**then, **sums}
