"""The skeleton of a mapping file, from what Rippling and Visma have.

What only the controller knows stands empty in it, beside what there is to choose from: nothing is
guessed, and an empty key is refused at import with its line.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from connector.domain.catalogue import Catalogue, Department, canonical
from connector.domain.employees import DIMENSION
from connector.domain.facts import Named, alike
from connector.domain.people import EmploymentStatus, Facts

HEAD = """\
# yaml-language-server: $schema=docs/mapping.schema.json
# The skeleton of a mapping, written from what Rippling and Visma.net ERP have.
# Fill in what stands empty, delete what this company does not need, and look at it with:
#   connector mappings check FILE
# What is left empty is refused, with its line. Every key is explained in docs/mapping.md.
"""
MOST_LISTED = 60
"""So many things to choose from are named in one comment."""

CLASSES = """\
    # Visma does not list its employee classes and calendars: take them from there. Pay basis,
    # employment type and yearly pay can choose the class; the first rule that holds decides:
    #   employee_classes:
    #     - {when: {compensation_time_period: HOURLY}, employee_class: ...}
    #     - {when: {annual_pay: {at_least: 900000, currency: NOK}}, employee_class: ...}
"""


@dataclass(frozen=True, slots=True)
class Offered:
    """What both systems have: of Rippling's workers those who work, by their facts."""

    companies: Mapping[str, Catalogue]
    departments: Sequence[Named]
    locations: Sequence[Named]
    workers: Sequence[Facts]

    @classmethod
    def of(
        cls,
        companies: Mapping[str, Catalogue],
        departments: Sequence[Named],
        locations: Sequence[Named],
        everyone: Iterable[Facts],
    ) -> Offered:
        """With the departments and locations that workers have, where Rippling lists none."""
        ended = EmploymentStatus.TERMINATED
        workers = [facts for facts in everyone if facts.status is not ended]
        return cls(
            companies,
            _distinct([*departments, *(facts.department for facts in workers)]),
            _distinct([*locations, *(facts.location for facts in workers)]),
            workers,
        )


def scaffold(offered: Offered) -> str:
    """The text of the file."""
    lines = [HEAD, "companies:\n"]
    for company, catalogue in offered.companies.items():
        lines += _company(company, catalogue, offered)
    return "".join(lines)


def _company(company: str, catalogue: Catalogue, offered: Offered) -> Iterator[str]:
    yield f"  {company}:\n"
    entities = [facts.legal_entity for facts in offered.workers]
    yield _listed("Legal entities in Rippling, each of one company", _names(entities))
    if len(offered.companies) == 1:
        yield '    legal_entities: ["*"]  # everyone: there is no other company\n'
    else:
        yield '    legal_entities:  # such as ["Nordfab AS"]; in one company ["*"]: everyone else\n'
    yield "    time_zone:  # when its days begin, such as Europe/Oslo\n"
    yield from _employee_key(catalogue)
    branches = [code for code, is_active in catalogue.branches.items() if is_active]
    yield _listed("Active branches in Visma", branches)
    yield "    defaults:\n      branch:\n      employee_class:\n      calendar:\n"
    yield from _departments(catalogue, offered)
    yield from _locations(offered)
    kinds = [facts.employment_type.named for facts in offered.workers]
    yield _listed("Employment types in Rippling", _names(kinds))
    yield CLASSES


def _employee_key(catalogue: Catalogue) -> Iterator[str]:
    key = catalogue.employee_key
    if key.auto_numbered:
        yield f"    # Visma numbers employees by itself: set the {DIMENSION} key to manual there.\n"
    if key.length is not None:
        yield f"    # Visma's {DIMENSION} key takes codes of up to {key.length} characters.\n"
    yield '    employee_code: "{worker.number}"\n'


def _departments(catalogue: Catalogue, offered: Offered) -> Iterator[str]:
    yield _listed("Departments in Visma", [*map(_described, catalogue.departments.values())])
    people = Counter(facts.department.id or facts.department.name for facts in offered.workers)
    own, rows = [], []
    for thing in offered.departments:
        count = people[thing.id or thing.name]
        if thing.code and catalogue.department(thing.code):
            own.append(f"{thing.label} ({thing.code})")
        elif count:
            word = _word(thing, offered.departments)
            meant = _alike_in_visma(thing, catalogue)
            rows.append(
                f"      - rippling: {word}  # {_counted(count)}\n        department:{meant}\n"
            )
    if own:
        yield _listed("No row needed, the reference code is a Visma department", own)
    if rows:
        yield "    departments:\n"
    yield from rows


def _described(department: Department) -> str:
    carried = f" (cost centre {department.cost_centre})" if department.cost_centre else ""
    return f"{department.id} {department.description}{carried}"


def _locations(offered: Offered) -> Iterator[str]:
    people = Counter(facts.location.id or facts.location.name for facts in offered.workers)
    rows = [
        f"      - rippling: {_word(place, offered.locations)}"
        f"  # {_counted(people[place.id or place.name])}\n        branch:\n"
        for place in offered.locations
        if people[place.id or place.name]
    ]
    if rows:
        yield "    locations:\n"
    yield from rows


def _alike_in_visma(thing: Named, catalogue: Catalogue) -> str:
    """A department of Visma that is called the same, for the controller to judge."""
    name = canonical(thing.name or "")
    same = [
        each.id
        for each in catalogue.departments.values()
        if name and name in (canonical(each.description), canonical(each.id))
    ]
    return f"  # {_comment(same[0])} is called the same" if len(same) == 1 else ""


def _word(thing: Named, others: Sequence[Named]) -> str:
    """By what a row names a thing: its name, unless another one has it, too."""
    name = thing.name or thing.id or ""
    is_shared = sum(alike(each.name or "") == alike(name) for each in others) > 1
    if is_shared and thing.id:
        return f"{_quoted(thing.id)}  # {_comment(name)}, as another one is called, too;"
    return _quoted(name)


def _distinct(things: Iterable[Named]) -> list[Named]:
    """Things of which something is shown, each once, by their names."""
    found = {thing.id or thing.name: thing for thing in things if thing.id or thing.name}
    return sorted(found.values(), key=lambda each: each.label)


def _names(things: Iterable[Named]) -> list[str]:
    return sorted({thing.label for thing in things if thing.id or thing.name})


def _listed(what: str, words: Sequence[str]) -> str:
    """A comment with what there is to choose from."""
    told = ", ".join(map(_comment, words[:MOST_LISTED])) or "none that is shown"
    more = f" and {len(words) - MOST_LISTED} more" if len(words) > MOST_LISTED else ""
    return f"    # {what}: {told}{more}.\n"


def _counted(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _quoted(text: str) -> str:
    """A text in quotes that YAML reads back as it is."""
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _comment(text: str) -> str:
    """A text that cannot leave the comment in which it stands."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
