"""The operator's decision about those whom a guard holds: who they are, and approve or reject."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from connector.domain.changes import Cause, Change
from connector.domain.errors import ConfigurationError, ConflictError
from connector.domain.guards import ChangeKind
from connector.domain.planning import Outcome
from connector.domain.records.approvals import Approval, OperatorDecision
from connector.domain.records.ledger import EmployeeLink, Person
from connector.ports.approvals import Approvals
from connector.ports.clock import Clock
from connector.ports.guard_log import GuardLog
from connector.ports.ledger import Ledger
from connector.ports.queue import ChangeQueue
from connector.ports.state import Mappings
from connector.services.foresee.deciding import written_down
from connector.services.foresee.hashed import several, shown
from connector.services.foresee.numbers import department_in, number_in
from connector.services.foresee.people import People, codes_of
from connector.services.operate.json_types import Arguments, JsonObject
from connector.services.shared.companies import companies_with_people
from connector.services.shared.guarding import limits
from connector.services.shared.nearest import nearest_of
from connector.services.shared.new_change import new_change


@dataclass(frozen=True, slots=True)
class HeldPeople:
    """Releases. Nothing is decided here: the writer looks at each person again."""

    ledger: Ledger
    mappings: Mappings
    queue: ChangeQueue
    approvals: Approvals
    guard_log: GuardLog
    people: People
    clock: Clock

    def windows(self) -> list[JsonObject]:
        """How many people were changed within the last day, of every kind that was."""
        return [
            {"company": company, "kind": kind.value, "people": count}
            for company in self._companies()
            for kind in ChangeKind
            if (count := len(self.guard_log.counted(company, kind)))
        ]

    def approve(self, arguments: Arguments) -> JsonObject:
        """Lets the writer do what was held, for named people or for one run."""
        return self._say(OperatorDecision.APPROVE, arguments)

    def reject(self, arguments: Arguments) -> JsonObject:
        """Has named people, or one run, left as they are as long as the same is asked for."""
        return self._say(OperatorDecision.REJECT, arguments)

    def preview(self, arguments: Arguments) -> JsonObject:
        """Whom a decision would be about, counted by kind, company and department."""
        chosen, unknown, _ = self._chosen(arguments)
        persons = {each.id: each for each in self.ledger.persons({it.person_id for it in chosen})}
        counts = Counter(
            (each.company, each.held_kind, department_of(persons.get(each.person_id)))
            for each in chosen
        )
        rows = [
            {"company": company, "kind": kind, "department": department, "people": count}
            for (company, kind, department), count in sorted(counts.items())
        ]
        return {"preview": rows, "people": len(chosen), "unknown": unknown}

    def take_back(self, arguments: Arguments) -> JsonObject:
        """Forgets that a change to these people was rejected, and has them looked at again.

        Whoever is rejected no longer by the time their row is read is left as the writer has left
        them.

        Raises:
            ConfigurationError: nobody is named, or by one name several people are.
            ConflictError: the writer is dealing with one of them at this moment; those before are
                looked at again.
        """
        people = {str(each) for each in arguments.get("people") or ()}
        if not people:
            raise ConfigurationError("name people; `connector rejected` lists them")
        chosen, unknown, named = self._among(list(self._rejected()), people, "rejected")
        changes: list[Change] = []
        try:
            for link in chosen:
                changes += self._taken_back(link)
        finally:
            queued = self.queue.send(changes)
        return {"queued": queued, "unknown": unknown, "named": named}

    def _taken_back(self, listed: EmployeeLink) -> list[Change]:
        """The change by which somebody is looked at again; empty where nothing is rejected now."""
        record = self.ledger.record(listed.person_id)
        link = record.links.get(listed.company)  # the writer may have been here since
        if link is None or not link.is_dropped:
            return []
        after = replace(link, rejections=(), reason="the rejection was taken back")
        self.ledger.finish(record, record.person, [after], ())
        return [new_change(link.worker_id, link.person_id, Cause.OPERATOR)]

    def _say(self, decision: OperatorDecision, arguments: Arguments) -> JsonObject:
        chosen, unknown, named = self._chosen(arguments)
        operator = str(arguments.get("operator") or "")
        decided, overtaken = self._decide(decision, chosen, operator)
        queued = self.queue.send(decided)
        return {
            "queued": queued,
            "unknown": unknown,
            "named": named,
            "seconded_later": len(chosen) - queued - len(overtaken),
            "overtaken": overtaken,
        }

    def _chosen(self, arguments: Arguments) -> tuple[list[EmployeeLink], list[str], list[str]]:
        """Who is meant, as `_among` says it: a run and names mean those of the run.

        Raises:
            ConfigurationError: neither is given, or nobody is held by such a run.
        """
        run, people = arguments.get("run"), {str(each) for each in arguments.get("people") or ()}
        if not run and not people:
            raise ConfigurationError("name a run or people; `connector held` lists them")
        of_run = self._of_run(str(run)) if run else list(self._all())
        return self._among(of_run, people, "held") if people else (of_run, [], [])

    def _among(
        self, links: list[EmployeeLink], people: set[str], state: str
    ) -> tuple[list[EmployeeLink], list[str], list[str]]:
        """Those of the links who are meant, the names that are nobody's, and all as on record.

        By a code the row with it alone is meant. Of an address nothing is told but whose it is.

        Raises:
            ConfigurationError: nobody is meant, or by some names several people are.
            ConnectorError: Rippling was asked for an address, and does not answer.
        """
        own = self._by_name(links)
        known, there = self._known(people, own), {each.person_id for each in links}
        whose = {name: person for name, person in known.items() if person in there}
        unknown = people - whose.keys()
        nobody = _unknown({shown(each) for each in unknown}, own, state, is_all=unknown == people)
        codes = people.intersection(code for each in links for code in codes_of(each))
        persons = {person for name, person in whose.items() if name not in codes}
        chosen = [each for each in links if each.person_id in persons or codes & {*codes_of(each)}]
        return chosen, nobody, sorted(_on_record(name, whose.get(name)) for name in people)

    def _known(self, names: set[str], own: Mapping[str, set[str]]) -> dict[str, str]:
        """Whose each name is: as in `explain`, and among those with whom it is open by number."""
        found = self.people.ids_of_each(sorted(names))
        meant = {name: {*ids, *own.get(name, ())} for name, ids in found.items()}
        if shared := [name for name, ids in meant.items() if len(ids) > 1]:
            raise ConfigurationError(several(name, meant[name]) for name in shared)
        return {name: person for name, ids in meant.items() for person in ids}

    def _by_name(self, links: Iterable[EmployeeLink]) -> dict[str, set[str]]:
        """The people of the links by id, code and number."""
        people: dict[str, set[str]] = defaultdict(set)
        for link in links:
            for name in (link.person_id, *codes_of(link)):
                people[name].add(link.person_id)
        for person in self.ledger.persons({link.person_id for link in links}):
            if number := number_in(person.facts):
                people[number].add(person.id)
        return people

    def _of_run(self, run: str) -> list[EmployeeLink]:
        held = list(self._all())
        found = [each for each in held if each.held_run == run]
        if not found:
            runs = sorted({each.held_run for each in held})
            near = get_close_matches(run, runs, n=1) or runs[:3]
            hint = f"there is {', '.join(near)}" if near else "nobody is held"
            raise ConfigurationError(f"no run {run} holds anyone; {hint}")
        return found

    def _decide(
        self, decision: OperatorDecision, held: Iterable[EmployeeLink], operator: str
    ) -> tuple[list[Change], list[str]]:
        """Writes the decisions down first: the writer believes the row, and no message.

        Whoever still needs a second word is not queued, nor is whoever somebody else decides about
        at this moment: those are told, each with what to do.
        """
        changes, overtaken = list[Change](), list[str]()
        guards_in = limits(self.mappings.load(), self.guard_log)
        for link in held:
            said = Approval.of(link, decision, self.clock.now(), operator)
            try:
                on_record = written_down(self.approvals, said)
            except ConflictError as error:
                name = next(iter(codes_of(link)), link.person_id)
                overtaken.append(f"{name} in {link.company}: {error}")
                continue
            if on_record.is_enough(guards_in(link.company).approvers):
                changes.append(new_change(link.worker_id, link.person_id, Cause.OPERATOR))
        return changes, overtaken

    def _rejected(self) -> Iterator[EmployeeLink]:
        return (link for link in self._links() if link.is_dropped)

    def _all(self) -> Iterator[EmployeeLink]:
        return (link for link in self._links() if link.outcome is Outcome.HELD)

    def _links(self) -> Iterator[EmployeeLink]:
        """Every row, of the companies that the mapping lost as well."""
        for company in self._companies():
            yield from self.ledger.links(company)

    def _companies(self) -> list[str]:
        return companies_with_people(self.ledger, self.mappings.load().companies)


def _unknown(names: set[str], known: Collection[str], state: str, *, is_all: bool) -> list[str]:
    """The names that are nobody's in this state.

    Raises:
        ConfigurationError: there is no other among them; with the nearest of each.
    """
    unknown = sorted(names)
    if is_all:
        raise ConfigurationError(
            f"nobody is {state} by the name of {name}{nearest_of(name, known)};"
            f" `connector {state}` lists them"
            for name in unknown
        )
    return unknown


def department_of(person: Person | None) -> str:
    """Rippling's name of the department that somebody was in when last seen."""
    return department_in(person.facts) if person else ""


def _on_record(name: str, person_id: str | None) -> str:
    """A name as it is put on record: with whose it is, and an address as nothing else."""
    said = shown(name)
    if person_id is None or name == person_id:
        return said
    return person_id if said != name else f"{name} ({person_id})"
