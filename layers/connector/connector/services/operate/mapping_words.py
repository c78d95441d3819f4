"""Holds the words of a mapping against Rippling: each fits, is wrong, or cannot be checked.

Departments and work locations have lists; of everything else Rippling shows what its workers have.
A word that is wrong holds of nobody. What Rippling does not show proves nothing either way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from connector.domain.facts import (
    EMPTY,
    UNKNOWN,
    Fact,
    Known,
    Named,
    Truth,
    alike,
    any_holds,
    says,
    truth,
)
from connector.domain.mapping.base import did_you_mean
from connector.domain.mapping.closed_words import CLOSED
from connector.domain.mapping.model import EVERYBODY, NOT_SHOWN_CLAIM, CompanyRules
from connector.domain.people import Facts

CLAIMS = "legal_entities"
MOST_NAMED = 3

Holds: TypeAlias = Callable[[str], Truth]
"""Whether Rippling has something of this name."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the mapping, where it stands, and the kind of thing that it names."""

    place: str
    kind: str
    word: str


@dataclass(frozen=True, slots=True)
class InRippling:
    """What Rippling has; a list that it does not show is one thing of which nothing is shown."""

    departments: Sequence[Named]
    locations: Sequence[Named]
    workers: Sequence[Facts]

    def holds(self, word: Word) -> Truth:
        """Whether Rippling has what a word names; unknown where it does not show it."""
        match word.kind:
            case "department":
                truths = [thing.answers_to(word.word) for thing in self.departments]
            case "location":
                truths = [thing.answers_to(word.word) for thing in self.locations]
            case _:
                truths = [_of_worker(word, facts) for facts in self.workers]
        if _is_of_a_closed_list(word) and any(each is not Truth.UNKNOWN for each in truths):
            return Truth.YES  # it is right though nobody has it yet; lint knows the wrong ones
        return any_holds(truths) if truths else Truth.UNKNOWN

    def names(self, kind: str) -> set[str]:
        """The names that there are of a kind of thing, where any are known."""
        return {thing.name for thing in self._things(kind) if thing.name}

    def is_unsettled(self, word: Word) -> bool:
        """Whether something is called so, and it is not known whether the word means it."""
        return any(alike(word.word) in thing.unsettled for thing in self._things(word.kind))

    def unclaimed(self, companies: Collection[CompanyRules]) -> set[str]:
        """The names of the legal entities that no company claims for certain."""
        return {
            entity.name
            for entity in set(self._things("legal entity"))
            if entity.name and not any(each.claims(entity) is Truth.YES for each in companies)
        }

    def _things(self, kind: str) -> Iterable[Named]:
        match kind:
            case "department":
                return self.departments
            case "location":
                return self.locations
            case "legal entity":
                return (facts.legal_entity for facts in self.workers)
            case "employment type":
                return (facts.employment_type.named for facts in self.workers)
            case _:
                return ()


def wrong_or_unchecked(
    rules: CompanyRules, there: InRippling, companies: Collection[CompanyRules]
) -> Iterator[tuple[str, bool]]:
    """What is to be said of the words of one company, and whether it was possible to check.

    `companies` are all of the mapping: what another one claims is suggested to none.
    """
    for word in words_of(rules):
        match there.holds(word):
            case Truth.UNKNOWN if there.is_unsettled(word):
                told = f"nobody can tell yet which {word.kind} it means"
                yield f"{word.place}: {word.word}: cannot be checked: {told}", False
            case Truth.UNKNOWN:
                told = f"Rippling does not show enough to tell whether there is such a {word.kind}"
                yield f"{word.place}: {word.word}: cannot be checked: {told}", False
            case Truth.NO:
                hint = _meant_instead(word, there, companies)
                yield f"{word.place}: {word.word}: {_missing(word.kind)}{hint}", True


def _meant_instead(word: Word, there: InRippling, companies: Collection[CompanyRules]) -> str:
    """What may have been meant by a word that is wrong."""
    if word.place != CLAIMS:
        return did_you_mean(word.word, there.names(word.kind))
    free = there.unclaimed(companies)
    named = ", ".join(sorted(free)[:MOST_NAMED])
    others = f"; by name, no company claims {named}" if free else ""
    return did_you_mean(word.word, free) or others


def _missing(kind: str) -> str:
    """What to say of a thing that is not there: only of two kinds Rippling gives a list."""
    is_listed = kind in ("department", "location")
    return f"Rippling has no such {kind}" if is_listed else f"no worker in Rippling has this {kind}"


def words_of(rules: CompanyRules) -> Iterator[Word]:
    """Every word of a company's rules that names something in Rippling."""
    scope = rules.scope
    lists = (
        ("departments", "department", [row.rippling for row in rules.departments]),
        ("locations", "location", [row.rippling for row in rules.locations]),
        (CLAIMS, "legal entity", rules.legal_entities),
        ("branches", "legal entity", [row.legal_entity for row in rules.branches]),
        ("department_custom_field", "custom field", [rules.department_custom_field or ""]),
        ("scope.exclude_employment_types", "employment type", scope.exclude_employment_types),
        ("scope.exclude_countries", "country", scope.exclude_countries),
        ("scope.exclude_legal_entities", "legal entity", scope.exclude_legal_entities),
        ("scope.exclude_departments", "department", scope.exclude_departments),
    )
    for place, kind, words in lists:
        named = (word for word in words if word not in ("", EVERYBODY, NOT_SHOWN_CLAIM))
        yield from (Word(place, kind, word) for word in named)
    for kind, position, when in rules.conditions:
        yield from _conditions(f"{kind}[{position}].when", when.plain)
    for position, example in enumerate(rules.examples):
        given = example.given.model_dump(exclude={"annual_pay"}, exclude_none=True)
        yield from _conditions(f"examples[{position}].given", given)


def _conditions(place: str, conditions: Mapping[str, str]) -> Iterator[Word]:
    for name, word in conditions.items():
        yield Word(f"{place}.{name}", name.replace("_", " "), word)


def _of_worker(word: Word, facts: Facts) -> Truth:
    """Whether a worker has what a word names."""
    employment = facts.employment_type
    match word.kind:
        case "legal entity":
            return facts.legal_entity.answers_to(word.word)
        case "employment type" if word.place.startswith("scope"):
            return employment.answers_to(word.word)
        case "employment type":
            return employment.named.answers_to(word.word)
        case "custom field":
            return _has_field(facts.custom_fields, word.word)
    plain: Mapping[str, Fact[str]] = {
        "country": facts.country,
        "kind": employment.kind,
        "compensation time period": employment.period,
        "amount worked": employment.amount,
    }
    return says(plain.get(word.kind, EMPTY), word.word)


def _has_field(fields: Fact[Mapping[str, str]], name: str) -> Truth:
    if fields is UNKNOWN:
        return Truth.UNKNOWN
    return truth(isinstance(fields, Known) and name in fields.value)


def _is_of_a_closed_list(word: Word) -> bool:
    """Whether a word is one of a few that Rippling knows, and not a name that a customer gave."""
    if word.kind == "employment type":
        return word.place.startswith("scope") and word.word in CLOSED["kind"]
    return word.kind == "country" or word.kind.replace(" ", "_") in CLOSED
