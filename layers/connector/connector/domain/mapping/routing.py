"""Which company a worker belongs to, and whether the mapping leaves them out.

Only the legal entity and the scope are looked at; where in the company is `placement`'s business.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from connector.domain.facts import Absence, Known, Named, Truth
from connector.domain.mapping.model import NOT_SHOWN_CLAIM, MappingFile
from connector.domain.people import Facts

EDITED_MEANWHILE = "were edited while"

PLURAL = {
    "department": "departments",
    "location": "locations",
    "legal_entity": "legal entities",
    "employment_type": "employment types",
}


@dataclass(frozen=True, slots=True)
class Route:
    """The company of a worker, or why there is none.

    `left_out` says why the mapping leaves the worker out. `unknown` names the facts that Rippling
    does not show and that could have made it another route; it `waits` where nothing else can
    decide in their place; `reason` says why, for a controller.
    """

    company: str | None
    left_out: str = ""
    unknown: tuple[str, ...] = ()
    waits: bool = False
    reason: str = ""


def route(facts: Facts, mapping: MappingFile, active_in: Collection[str] = ()) -> Route:
    """The route of a worker; whoever is active in a company stays there while it is not known."""
    match mapping.company_of(facts.legal_entity):
        case Known(company):
            return _scoped(Route(company), facts, mapping, active_in)
        case Absence.UNKNOWN:
            return _undecided(facts, mapping, active_in)
        case _:
            entity = facts.legal_entity.label
            return Route(None, f"no company of the mapping claims the legal entity {entity}")


def _undecided(facts: Facts, mapping: MappingFile, active_in: Collection[str]) -> Route:
    """The route of a worker whose legal entity is not shown."""
    unknown = ("legal_entity",)
    home = [company for company in active_in if company in mapping.companies]
    if len(home) == 1:
        return _scoped(Route(home[0], unknown=unknown), facts, mapping, active_in)
    catcher = mapping.claimant(NOT_SHOWN_CLAIM)
    if catcher and not active_in:
        return _scoped(Route(catcher, unknown=unknown), facts, mapping, active_in)
    maybe = (
        company
        for company, rules in mapping.companies.items()
        if rules.claims(facts.legal_entity) is Truth.UNKNOWN
    )
    company = next(maybe, None) or next(iter(mapping.companies))
    return Route(company, unknown=unknown, waits=True, reason=undecided_by(unknown, facts))


def _scoped(to: Route, facts: Facts, mapping: MappingFile, active_in: Collection[str]) -> Route:
    """The route, unless the scope of its company leaves the worker out, or may do so."""
    if to.company is None:
        return to
    doubts: list[str] = []
    for about, key, holds in mapping.companies[to.company].scope.exclusions(facts):
        if holds is Truth.YES:
            return Route(to.company, f"{about} {key} is out of scope in {to.company}")
        if holds is Truth.UNKNOWN:
            doubts.append(about.replace(" ", "_"))
    unknown = tuple(dict.fromkeys((*to.unknown, *doubts)))
    waits = bool(doubts) and to.company not in active_in
    reason = undecided_by(tuple(dict.fromkeys(doubts)), facts)
    return Route(to.company, unknown=unknown, waits=waits, reason=reason)


def undecided_by(names: Sequence[str], facts: Facts) -> str:
    """Why facts of a worker decide nothing: a word is contested, or gone, or they are not shown."""
    words = {name: thing.unsettled for name, thing in _named(facts).items() if thing.unsettled}
    why = {name: contested(name, words[name]) for name in names if name in words}
    if "legal_entity" in names and facts.legal_entity.former:
        why.setdefault("legal_entity", unclaimed(facts.legal_entity))
    hidden = [name for name in names if name not in why]
    return "; ".join([*why.values(), *([not_shown(hidden)] if hidden else [])])


def _named(facts: Facts) -> dict[str, Named]:
    return {
        "department": facts.department,
        "location": facts.location,
        "legal_entity": facts.legal_entity,
        "employment_type": facts.employment_type.named,
    }


def contested(name: str, words: Sequence[str]) -> str:
    """That nobody can tell what these words for a thing mean, and what to do, for a controller."""
    return (
        f"the rows with the {name.replace('_', ' ')} {', '.join(words)} {EDITED_MEANWHILE}"
        f" {PLURAL[name]} were renamed, or imported for another one of that name; import the"
        " mapping by the names of today, again if it has them, or name it by its id"
    )


def unclaimed(entity: Named) -> str:
    """That a legal entity was renamed and no company claims it by its name of now."""
    return f"no company of the mapping claims the legal entity {entity.label}; add it to one"


def is_contested(reason: str) -> bool:
    """Whether somebody waits because nobody can tell what a word means, by the reason."""
    return EDITED_MEANWHILE in reason


def not_shown(facts: Sequence[str]) -> str:
    """That Rippling does not show some facts, for a controller."""
    words = " and ".join(name.replace("_", " ") for name in facts)
    return f"Rippling does not show the {words}, or shows it in an unreadable form"
