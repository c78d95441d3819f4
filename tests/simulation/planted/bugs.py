"""All bugs that are planted, one construction in the place of another."""

from __future__ import annotations

from tests.simulation.planted.laws import LAWS
from tests.simulation.planted.promises import PROMISES
from tests.simulation.planted.rules import RULES

BUGS = (*LAWS, *RULES, *PROMISES)
