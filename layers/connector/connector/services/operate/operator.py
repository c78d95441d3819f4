"""The operations function: finds the verb asked for, and says what went wrong if anything did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from connector.domain.errors import ConfigurationError, ConnectorError
from connector.services.operate.desk import Desk
from connector.services.operate.verbs import VERBS
from connector.services.operate.verbs.verb import Arguments, JsonObject


@dataclass(frozen=True, slots=True)
class Operator:
    """The service behind the operations function."""

    desk: Desk

    def dispatch(self, event: Arguments) -> JsonObject:
        """Carries out `event["verb"]`; what went wrong is in `problems`, never raised."""
        name = str(event.get("verb"))
        verb = next((each for each in VERBS if each.name == name), None)
        if verb is None:
            return failed([no_such_verb(name)])
        try:
            return {"ok": True, **verb.run(self.desk, event)}
        except ConfigurationError as error:
            return failed(error.problems)
        except ConnectorError as error:
            return failed([str(error)])


def failed(problems: Iterable[str]) -> JsonObject:
    """The answer to a verb that was refused."""
    return {"ok": False, "problems": list(problems)}


def no_such_verb(name: str) -> str:
    """What to say of a verb that does not exist, with the nearest one."""
    names = [verb.name for verb in VERBS]
    nearest = get_close_matches(name, names, n=1)
    hint = f"did you mean {nearest[0]}? " if nearest else ""
    return f"there is no such verb; {hint}there is {', '.join(names)}"
