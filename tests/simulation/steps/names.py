"""Names in Rippling: things are renamed, take each other's names, and get names that come back."""

from __future__ import annotations

from collections.abc import Sequence

from tests.simulation.steps.base import DEPARTMENTS, ENTITIES, PLACES, REACH, WHOM, YES_OR_NO
from tests.simulation.steps.hr import Hr
from tests.simulation.steps.registry import step
from tests.support.mapping_rules import ENTITY, TABLES

CODED = "Management"
"""It is in Visma by its reference code, and waits where its former name is another's row now."""

SAID = {"department": [each for each in DEPARTMENTS if each != CODED], "location": PLACES}
"""What things of a kind were called first: so a story names them whatever they are called now."""

KINDS = tuple(SAID)
WHICH = range(4)
FOLLOWED = ("no", "seen", "half seen", "unseen")
"""Whether the file follows, and what was seen of the new names by then."""


class Names(Hr):
    """HR changes what things are called; the file follows at once, or not yet."""

    @step(1, department=DEPARTMENTS, is_followed=YES_OR_NO)
    def rename_a_department(self, department: str, is_followed: bool) -> None:
        self._give({department: f"{department} {self.number()}"}, "department", is_followed)

    @step(1, place=PLACES, is_followed=YES_OR_NO)
    def rename_a_location(self, place: str, is_followed: bool) -> None:
        self._give({place: f"{place} {self.number()}"}, "location", is_followed)

    @step(2, kind=KINDS, one=WHICH, other=WHICH, is_followed=YES_OR_NO)
    def swap_names(self, kind: str, one: int, other: int, is_followed: bool) -> None:
        """Two things are called as the other one was."""
        a, b = self._two(kind, one, other)
        self._give({a: self.names[b], b: self.names[a]}, kind, is_followed)

    @step(2, kind=KINDS, one=WHICH, other=WHICH, is_followed=YES_OR_NO)
    def pass_a_name_on(self, kind: str, one: int, other: int, is_followed: bool) -> None:
        """One thing gets a name that no other has, and another one the name that is free now."""
        a, b = self._two(kind, one, other)
        self._give({a: f"{a} {self.number()}", b: self.names[a]}, kind, is_followed)

    @step(1, entity=ENTITIES, is_followed=YES_OR_NO)
    def rename_a_legal_entity(self, entity: str, is_followed: bool) -> None:
        self._give({entity: f"{entity} {self.number()}"}, ENTITY, is_followed)

    @step(1, is_followed=FOLLOWED, n=WHOM, reach=REACH)
    def swap_legal_entities(self, is_followed: str, n: int, reach: int) -> None:
        """Whoever imports before the names were read has to do it again once they are.

        An entity without people is not seen again, so nothing says for days that it has lost its
        name: then only its id helps.
        """
        if len({each["legal_entity_id"] for each in self.workers()}) < len(ENTITIES):
            return
        one, other = ENTITIES
        self._give({one: self.names[other], other: self.names[one]}, ENTITY, is_followed=False)
        if is_followed == "half seen":
            if worker := self.worker(n, "ACTIVE"):
                self.spoken_of(worker)
                self.rippling.move(worker["id"], self.names["Finance"])
            self.work(reach)
        if is_followed in ("unseen", "half seen"):
            self.model.note_names()  # the connector cannot know them: nobody moves by this file
            self.model.are_entities_in_doubt = True
            self._follow(ENTITY)
            self.work(reach)
        self.calm()
        self.let_work(full_sweep=True)
        self.model.look_at_names()
        self.model.are_entities_in_doubt = False
        if is_followed != "no":
            self._follow(ENTITY)

    @step(2, kind=KINDS, one=WHICH, other=WHICH, is_seen=YES_OR_NO, reach=REACH)
    def swap_rows_by_hand(self, kind: str, one: int, other: int, is_seen: bool, reach: int) -> None:
        """Names are swapped, and so are the rows, in the table: nobody can tell what they mean.

        Until an import says it, whoever is there stays, and who comes may wait.
        """
        a, b = self._two(kind, one, other)
        if not self._have_rows_alike(kind, self.names[a], self.names[b]):
            return
        self._give({a: self.names[b], b: self.names[a]}, kind, is_followed=False)
        if is_seen:
            self.tick(full_sweep=True)
        self.auditor.keep_rules()
        self.model.rules.follow(kind, {kind: self.model.things(kind)})
        self.model.import_now(is_by_hand=True)
        with self.watched():
            self.world.edit_the_table(self.model.rules.text())
        self.clock.turn(seconds=3)
        for place in (a, b) if kind == "department" else ():
            self.hired(place, "Oslo", ENTITIES[0], "Salaried full-time", 0)
        self.work(reach)
        self.tick(full_sweep=True)
        self.work(reach)
        self.import_mapping()
        self.doubt_everyone()  # no row was edited: who waited is found by the next full sweep

    @step(1, kind=KINDS, reach=REACH)
    def follow_the_names(self, kind: str, reach: int) -> None:
        """The controller writes the rows by the names of today."""
        self._follow(kind)
        self.work(reach)

    def calm(self) -> None:
        """Whatever was wrong is over; see `steps.vendors`."""
        raise NotImplementedError

    def let_work(self, *, full_sweep: bool = False) -> None:
        """Everything is done; see `steps.connector`."""
        raise NotImplementedError

    # Parts of steps.

    def _two(self, kind: str, one: int, other: int) -> Sequence[str]:
        """Two things of a kind, by what they were called first."""
        said = SAID[kind]
        first = said[one % len(said)]
        rest = [each for each in said if each != first]
        return first, rest[other % len(rest)]

    def _have_rows_alike(self, kind: str, one: str, other: str) -> bool:
        """Whether each company has rows for both, or for neither: then they can be swapped."""
        companies = self.model.rules.companies.values()
        words = [{row["rippling"] for row in each[TABLES[kind]]} for each in companies]
        return all((one in each) == (other in each) for each in words)

    def _give(self, new: dict[str, str], kind: str, is_followed: bool) -> None:
        """Things get new names; a row holds to what it meant, so it must have meant something."""
        if not is_followed or self._is_a_meaning_in_doubt():
            self.quiet()
        if not is_followed:
            self.let_rippling_answer()
            self.import_mapping()
        rename = {
            "department": self.rippling.rename_department,
            "location": self.rippling.rename_location,
            ENTITY: self.rippling.rename_legal_entity,
        }[kind]
        things = {thing.name: thing for thing in self.model.things(kind)}
        for each in new:
            rename(self.names[each], f"between {each}")
        for each, name in new.items():
            before = self.names[each]
            rename(f"between {each}", name)
            self.model.former.setdefault(things[before].id, []).insert(0, before)
            self.names[each] = name
        self.doubt_everyone()
        if is_followed:
            self._follow(kind)

    def _is_a_meaning_in_doubt(self) -> bool:
        """Whether a word may mean something since it was seen, or nothing, and nobody can say."""
        return self.vendors.sights.is_in_doubt and self.model.may_words_mean_more()

    def _follow(self, kind: str) -> None:
        self.auditor.keep_rules()
        self.model.rules.follow(kind, {kind: self.model.things(kind)})
        self.import_mapping()
