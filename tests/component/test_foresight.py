"""What is foretold is what happens; foretelling changes nothing; applying does it, and no more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from connector.adapters.visma.wire import single_value
from connector.domain.changes import Cause
from connector.domain.people import Worker
from connector.domain.planning import Outcome, desired_fields
from connector.domain.records.mode import ModeName
from connector.ports.queue import DeadLetter
from connector.services.operate.verbs.foresee.explain import Explain
from connector.services.shared.new_change import new_change
from tests.support.loaded import a_loaded_world
from tests.support.world import World, a_world

Row = dict[str, Any]


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=40, companies=2) as world:
        world.clock.turn(days=2)
        yield world


def asked(world: World, verb: str, **arguments: Any) -> Row:
    """What the operator is answered, as it would come through Lambda."""
    answer: Row = json.loads(json.dumps(world.operator.dispatch({"verb": verb, **arguments})))
    return answer


def plan(world: World, **arguments: Any) -> Row:
    answer = asked(world, "plan", **arguments)
    assert answer["ok"], answer
    return answer


def done(answer: Row) -> dict[tuple[str, str], str]:
    """Person and company, and what would happen."""
    return {(each["person"], each.get("company", "")): each["outcome"] for each in answer["people"]}


def working(world: World) -> list[Row]:
    rows = world.rippling.rows("workers")
    return [row for row in rows if row["status"] == "ACTIVE" and not row["end_date"]]


def everything_at_once(world: World) -> Row:
    """A bit of all that can happen to people; whoever moves to Finance."""
    mover, leaver, waits, later, edited, deleted, typist, crosser = working(world)[:8]
    world.rippling.move(mover["id"], "Finance")
    world.rippling.change(leaver["id"], status="TERMINATED", end_date="2026-11-25")
    world.rippling.add_department("Brand new")
    world.rippling.move(waits["id"], "Brand new")
    world.rippling.change(later["id"], status="TERMINATED", end_date="2027-03-31")
    world.visma.edit_employee(str(edited["number"]), department="MGMT")
    world.visma.remove_employee(str(deleted["number"]))
    world.rippling.change(typist["id"], work_email="new.address@nordfab.example")
    other = next(
        entity["id"]
        for entity in world.rippling.rows("legal-entities")
        if entity["id"] != crosser["legal_entity_id"]
    )
    world.rippling.change(crosser["id"], legal_entity_id=other)
    world.hire()
    world.hire(start_date="2027-02-01", status="ACCEPTED")
    return mover


def what_happened(world: World, since: int) -> dict[tuple[str, str], str]:
    """The last outcome of everyone since the audit had so many rows."""
    rows = [row for rows in world.tables.audit.values() for row in rows]
    return {
        (row["person"], row.get("company", "")): row["outcome"]
        for row in sorted(rows, key=lambda row: row["time"])[since:]
    }


def test_what_is_foretold_is_what_the_next_reconciliation_does(world: World) -> None:
    everything_at_once(world)
    before = sum(len(rows) for rows in world.tables.audit.values())

    foretold = done(plan(world))
    world.clock.turn(minutes=16)
    world.tick(full_sweep=True)
    world.drain()

    happened = what_happened(world, before)
    quiet = ("unchanged", "out_of_scope")
    assert foretold == {key: each for key, each in happened.items() if each not in quiet}
    assert {"created", "updated", "deactivated", "waiting", "scheduled", "rejected"} <= set(
        foretold.values()
    )


def test_once_it_has_happened_nothing_is_left_to_be_foretold_but_what_stands_open(
    world: World,
) -> None:
    everything_at_once(world)
    world.clock.turn(minutes=16)
    world.tick(full_sweep=True)
    world.drain()

    assert set(done(plan(world)).values()) <= {"waiting", "scheduled", "rejected"}


def everything_kept(world: World) -> str:
    """All that is stored, queued, counted and approved."""
    guards = [world.guard_log.counted("norway", kind) for kind in ("create", "move")]  # type: ignore[arg-type]
    return repr(
        (
            world.everything_stored(),
            sorted(map(sorted, guards)),
            world.approvals.latest("x", "norway"),
            world.metrics.counts,
            world.queue.changes,
        )
    )


def test_foretelling_sends_nothing_and_stores_nothing(world: World) -> None:
    everything_at_once(world)
    before, visma = everything_kept(world), world.visma.employees("norway")
    world.clear_journals()

    plan(world)
    plan(world, people=[str(working(world)[0]["number"])])
    asked(world, "explain", person=str(working(world)[0]["number"]))

    assert everything_kept(world) == before
    assert world.visma.employees("norway") == visma
    methods = {call.method for call in [*world.visma.calls(path="/v1/.*"), *world.rippling.calls()]}
    assert methods == {"GET"}


def test_everyone_is_foretold_at_the_cost_of_the_pages_of_both_lists(world: World) -> None:
    plan(world)  # reads catalogues and names that have grown old
    world.clear_journals()

    plan(world)

    rippling, visma = world.vendor_calls()
    assert rippling <= 2
    assert visma == 2  # one list for each company


def test_a_plan_is_the_same_as_often_as_it_is_made_and_another_one_once_something_moves(
    world: World,
) -> None:
    everything_at_once(world)
    first, second = plan(world), plan(world)
    assert first["digest"] == second["digest"]

    world.rippling.move(working(world)[-1]["id"], "Finance")

    assert plan(world)["digest"] != first["digest"]


def test_a_plan_has_no_value_of_a_personal_field(world: World) -> None:
    everything_at_once(world)

    text = json.dumps(plan(world), ensure_ascii=False)

    users = world.rippling.rows("users")
    for user in users:
        assert user["name"]["family_name"] not in text
    assert "new.address" not in text
    assert "contact.email" in text
    fields = [each for one in plan(world)["people"] for each in one.get("differences", ())]
    for field in fields:
        assert field.keys() == (
            {"field"} if "." in field["field"] else {"field", "before", "after"}
        )


def test_the_mapping_of_a_file_is_planned_before_it_is_imported(world: World) -> None:
    text = world.mapping_text.replace(
        'department: SALES, cost_centre: "400"', 'department: FIN, cost_centre: "500"'
    )
    assert plan(world)["people"] == []

    people = plan(world, text=text)["people"]

    assert people
    assert {each["kind"] for each in people} == {"move"}
    assert plan(world)["people"] == []


def test_a_day_to_come_is_planned_as_if_it_were_today(world: World) -> None:
    starter = world.hire(start_date="2027-02-01", status="ACCEPTED")
    before = done(plan(world))

    on_the_day = done(plan(world, day="2027-02-01"))

    key = (starter["user_id"], "norway")
    assert (before[key], on_the_day[key]) == ("scheduled", "created")
    assert asked(world, "plan", day="tomorrow")["problems"] == ["on: write a day like 2027-01-01"]


@pytest.mark.parametrize("is_named", [False, True], ids=["everyone", "one person"])
def test_a_code_that_is_somebody_elses_is_foretold_as_refused(world: World, is_named: bool) -> None:
    """Two people with one number: Visma would show the other's employee under it."""
    other = working(world)[0]
    twin = world.hire(number=other["number"])
    names = [twin["user_id"]] if is_named else []

    (each,) = [
        one for one in plan(world, people=names)["people"] if one["person"] == twin["user_id"]
    ]

    assert each["outcome"] == "rejected"
    assert f"employee code {other['number']} is another person's" in each["message"]


def test_a_plan_that_no_answer_can_carry_says_what_to_do(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything_at_once(world)
    monkeypatch.setattr("connector.services.operate.verbs.foresee.plan.LARGEST_ANSWER", 1_000)

    (problem,) = asked(world, "plan")["problems"]

    assert "--company" in problem


def test_a_mass_change_is_foretold_as_held(world: World) -> None:
    for row in working(world)[:20]:
        world.rippling.change(row["id"], status="TERMINATED", end_date="2026-11-25")

    answer = plan(world)

    norway = [each for each in answer["people"] if each["company"] == "norway"]
    assert {each["outcome"] for each in norway} == {"held"}
    assert "the guard allows" in norway[0]["held"]


def test_one_company_and_some_people_can_be_asked_for(world: World) -> None:
    mover = everything_at_once(world)

    assert {each["company"] for each in plan(world, company="sweden")["people"]} <= {"sweden"}
    (one,) = plan(world, people=[str(mover["number"])])["people"]
    assert (one["person"], one["outcome"]) == (mover["user_id"], "updated")
    assert one["cost_centre"][1] == "500"
    refused = asked(world, "plan", company="norwy")
    (problem,) = refused["problems"]
    assert problem.startswith("there is no company norwy; did you mean norway?")


def test_a_company_that_does_not_answer_stops_its_own_people_only(world: World) -> None:
    everything_at_once(world)
    world.visma.faults.fail(503, path="/v1/employee", times=3)

    answer = plan(world)

    assert len(answer["problems"]) == 1
    outcomes = {each.get("company", ""): each["outcome"] for each in answer["people"]}
    assert "" in outcomes  # who belongs to the company that does not answer cannot be foretold


def test_a_rippling_that_shows_far_too_few_is_no_plan(world: World) -> None:
    for row in world.rippling.rows("workers")[5:]:
        world.rippling.remove(row["id"])

    assert "nothing can be foretold" in asked(world, "plan")["problems"][0]


# Applying


def apply(world: World, answer: Row, only: tuple[str, ...] = ()) -> Row:
    """Applies a plan and lets the writer work until all is done."""
    rows = [
        [each["person"], each["company"], each["digest"], each.get("number", "")]
        for each in answer["people"]
        if not only or each["person"] in only
    ]
    begun = asked(world, "apply", wanted=rows)
    if not begun["ok"] or not begun["waiting"]:
        return begun
    world.drain()
    then = {name: begun.get(name) for name in ("started", "progress", "waiting")}
    followed = asked(world, "apply", **then)
    return {**followed, "refused": begun["refused"]}


def test_a_plan_is_applied_past_the_guards_in_one_step(world: World) -> None:
    for row in working(world)[:20]:
        world.rippling.change(row["id"], status="TERMINATED", end_date="2026-11-25")

    answer = apply(world, plan(world))

    assert answer["waiting"] == {}
    assert {each["outcome"] for each in answer["results"]} == {"deactivated"}
    assert len(answer["results"]) == 20
    assert plan(world)["people"] == []


def test_the_first_load_of_an_installation_can_go_this_way() -> None:
    with a_world(people=30) as world:
        world.edit_mapping_unheard(
            world.mapping_text.replace("first_load: allowed", "first_load: held")
        )
        answer = apply(world, plan(world))

        assert {each["outcome"] for each in answer["results"]} == {"created"}
        assert len(answer["results"]) > 5
        world.tick(full_sweep=True)
        # The first tick does not know under which mapping they were looked at: it looks itself.
        assert world.drain().keys() <= {Outcome.OUT_OF_SCOPE.value, Outcome.UNCHANGED.value}
        assert world.tick(full_sweep=True).queued == 0


def test_what_is_held_already_is_applied_too(world: World) -> None:
    for row in working(world)[:20]:
        world.rippling.change(row["id"], status="TERMINATED", end_date="2026-11-25")
    world.settle()
    held = asked(world, "held")["rows"]
    assert held

    answer = apply(world, plan(world))

    assert {each["outcome"] for each in answer["results"]} == {"deactivated"}
    assert asked(world, "held")["rows"] == []


def test_only_the_people_named_are_applied(world: World) -> None:
    one = everything_at_once(world)["user_id"]

    answer = apply(world, plan(world), only=(one,))

    assert [each["person"] for each in answer["results"]] == [one]


def test_who_has_moved_since_on_either_side_is_refused(world: World) -> None:
    in_rippling, in_visma, as_it_was = working(world)[:3]
    for row in (in_rippling, in_visma, as_it_was):
        world.rippling.move(row["id"], "Finance")
    made = plan(world)
    world.rippling.move(in_rippling["id"], "Sales")
    world.visma.edit_employee(str(in_visma["number"]), department="MGMT")

    answer = apply(world, made)

    assert {each["person"] for each in answer["refused"]} == {
        in_rippling["user_id"],
        in_visma["user_id"],
    }
    assert [each["person"] for each in answer["results"]] == [as_it_was["user_id"]]


def test_a_plan_that_was_applied_is_done_already(world: World) -> None:
    world.rippling.move(working(world)[0]["id"], "Finance")
    made = plan(world)
    apply(world, made)

    again = apply(world, made)

    assert [each["why"] for each in again["refused"]] == ["done already"]
    assert again["waiting"] == {}


def test_a_plan_changed_by_hand_does_nothing_else(world: World) -> None:
    """Whatever the file says: what is done is what is found out at that moment."""
    world.rippling.move(working(world)[0]["id"], "Finance")
    made = plan(world)
    (each,) = made["people"]
    victim = working(world)[5]["user_id"]

    answer = apply(world, {"people": [{**each, "person": victim}]})

    assert [one["person"] for one in answer["refused"]] == [victim]
    assert not world.queue.changes


@pytest.mark.parametrize(
    ("mode", "word"), [(ModeName.OFF, "off"), (ModeName.REHEARSAL, "rehearsal")]
)
def test_nothing_is_applied_while_the_connector_does_not_write(
    world: World, mode: ModeName, word: str
) -> None:
    world.rippling.move(working(world)[0]["id"], "Finance")
    made = plan(world)
    desk = world.operator.desk
    object.__setattr__(desk.application, "mode", mode)

    refused = apply(world, made)

    assert word in refused["problems"][0]
    assert "go-live" in refused["problems"][0]
    assert not world.queue.changes


def test_an_approval_by_plan_lets_nothing_else_through(world: World) -> None:
    """Between plan and write HR changes something: the guard is asked as if nothing was said."""
    people = working(world)[:20]
    for row in people:
        world.rippling.move(row["id"], "Finance")
    made = plan(world)
    rows = [[each["person"], each["company"], each["digest"], ""] for each in made["people"]]
    asked(world, "apply", wanted=rows)
    for row in people:
        world.rippling.move(row["id"], "Sales")

    outcomes = world.drain()

    assert outcomes["held"] > 0


def test_what_was_approved_by_plan_is_made_once_it_is_that_change_again(world: World) -> None:
    people = working(world)[:20]
    for row in people:
        world.rippling.move(row["id"], "Finance")
    made = plan(world)
    rows = [[each["person"], each["company"], each["digest"], ""] for each in made["people"]]
    asked(world, "apply", wanted=rows)
    for row in people:
        world.rippling.move(row["id"], "IT")
    world.drain()
    held = {row["person"] for row in asked(world, "held")["rows"]}
    assert held
    for row in people:
        world.rippling.move(row["id"], "Finance")

    world.settle()

    assert asked(world, "held")["rows"] == []
    for row in people:
        if row["user_id"] in held:
            assert world.employee_of(row)["department"] == "FIN"


def test_what_is_waited_for_in_vain_is_over_after_some_minutes(world: World) -> None:
    world.rippling.move(working(world)[0]["id"], "Finance")
    made = plan(world)["people"][0]
    begun = asked(world, "apply", wanted=[[made["person"], made["company"], made["digest"], ""]])
    then = {"started": begun["started"], "waiting": begun["waiting"]}
    first = asked(world, "apply", **then)
    assert not first["is_over"]

    world.clock.turn(minutes=6)

    later = asked(world, "apply", **then, progress=first["progress"])
    assert later["is_over"]
    assert later["waiting"] == begun["waiting"]


# One person


def test_a_person_is_found_by_whatever_an_operator_knows(world: World) -> None:
    row = working(world)[0]
    hired = world.hire()

    for name in (str(row["number"]), row["id"], row["user_id"]):
        assert asked(world, "explain", person=name)["person"] == row["user_id"]
    for name in (str(hired["number"]), hired["id"], hired["user_id"]):
        assert asked(world, "explain", person=name)["person"] == hired["user_id"]


def test_a_person_is_found_by_an_e_mail_address_that_nobody_on_the_way_can_read(
    world: World,
) -> None:
    hired = world.hire()
    typed = hired["work_email"].upper()

    request = Explain().prepared({"verb": "explain", "person": typed})

    assert request["person"].startswith("email:")
    assert "@" not in request["person"]
    assert request != Explain().prepared({"verb": "explain", "person": typed})  # salted
    assert asked(world, "explain", person=request["person"])["person"] == hired["user_id"]
    (problem,) = asked(world, "explain", person="email:00:11")["problems"]
    assert "this e-mail address" in problem


def test_a_person_without_an_employee_is_found_by_the_code_that_the_mapping_makes(
    world: World,
) -> None:
    world.edit_mapping_unheard(
        world.mapping_text.replace('"{worker.number}"', '"N{worker.number}"')
    )
    world.rippling.add_department("Brand new")
    waits = world.hire(department="Brand new")
    world.settle()

    found = asked(world, "explain", person=f"n{waits['number']}")

    assert found["person"] == waits["user_id"]


def test_whoever_waits_or_was_rejected_is_found_by_the_number_one_knows(world: World) -> None:
    world.rippling.add_department("Brand new")
    waits = world.hire(department="Brand new")
    world.settle()

    answer = asked(world, "explain", person=str(waits["number"]))

    assert answer["foreseen"][0]["outcome"] == "waiting"
    assert asked(world, "audit", person=str(waits["number"]))["rows"][-1]["outcome"] == "waiting"


def test_nobody_and_several_people_are_told_with_the_nearest(world: World) -> None:
    number = str(working(world)[0]["number"])

    (problem,) = asked(world, "explain", person=f"{number}0")["problems"]

    assert "nobody is known by" in problem
    assert number in problem.partition("nearest")[2]


def test_every_step_says_what_it_saw_and_decided(world: World) -> None:
    row = working(world)[0]
    world.rippling.move(row["id"], "Finance")

    answer = asked(world, "explain", person=str(row["number"]))

    steps = {step["name"]: step for step in answer["steps"]}
    assert list(steps) == ["ledger", "rippling", "scope and company", "mapping", "visma"]
    assert "department Finance" in steps["rippling"]["saw"][0]
    assert steps["scope and company"]["decided"] == "belongs in norway"
    assert "departments: Finance" in steps["mapping"]["saw"]
    assert "department SALES -> FIN" in steps["visma"]["decided"]


@pytest.mark.parametrize("kind", ["left", "never created", "hidden", "excluded"])
def test_people_who_are_not_in_visma_are_explained_as_well(world: World, kind: str) -> None:
    row = working(world)[0]
    match kind:
        case "left":
            world.rippling.change(row["id"], status="TERMINATED", end_date="2026-11-20")
            world.settle()
            says = "has left"
        case "never created":
            row = world.hire(start_date="2027-02-01", status="ACCEPTED")
            says = "nothing before"
        case "hidden":
            row = world.hire(legal_entity_id=None)
            says = "legal entity"
        case _:
            row = world.hire(employment_type="Contractor")
            says = "none of ours"
    text = json.dumps(asked(world, "explain", person=str(row["number"])))

    assert says in text


def test_sync_looks_at_one_person_and_says_what_became_of_it(world: World) -> None:
    row = working(world)[0]
    world.rippling.move(row["id"], "Finance")

    begun = asked(world, "sync", person=str(row["number"]))
    assert list(begun["waiting"].values()) == [row["user_id"]]
    world.drain()
    ended = asked(world, "sync", started=begun["started"], waiting=begun["waiting"])

    assert [each["outcome"] for each in ended["results"]] == ["updated"]
    assert ended["waiting"] == {}
    assert world.employee_of(row)["department"] == "FIN"


def test_acts_are_on_record_once_however_long_they_are_followed(world: World) -> None:
    row = working(world)[0]
    world.rippling.move(row["id"], "Finance")
    begun = asked(world, "sync", person=str(row["number"]), operator="anna")
    for _ in range(3):
        asked(world, "sync", started=begun["started"], waiting=begun["waiting"], operator="anna")

    acts = [each for each in world.audit_of("operators") if each["outcome"] == "sync"]

    assert len(acts) == 1
    assert row["user_id"] in json.dumps(acts[0])


# The audit, asked for


def test_the_audit_can_be_asked_by_company_cause_and_span_and_all_of_it(world: World) -> None:
    everything_at_once(world)
    world.settle()
    began = "2026-11-24"

    everything = asked(world, "audit", since=began)["rows"]
    sweden = asked(world, "audit", since=began, company="sweden")["rows"]
    polled = asked(world, "audit", since=began, cause="poll")["rows"]
    first_day = asked(world, "audit", since=began, until="2026-11-25")["rows"]

    assert {row["company"] for row in sweden} == {"sweden"}
    assert {row["cause"] for row in polled} == {"poll"}
    assert {row["day"] for row in first_day} == {"2026-11-24"}
    assert len(everything) > max(len(sweden), len(polled), len(first_day))
    assert "until: write a day" in asked(world, "audit", until="soon")["problems"][0]


def test_the_audit_comes_page_by_page_with_no_row_twice_and_none_left_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = asked(world, "audit", since="2026-11-24")["rows"]
    monkeypatch.setattr("connector.services.operate.verbs.audit.show.PAGE", 7)
    rows: list[Row] = []
    after = None
    while True:
        page = asked(world, "audit", since="2026-11-24", after=after)
        rows += page["rows"]
        after = page["more"]
        if after is None:
            break

    assert len(whole) > 21
    assert rows == whole


def test_a_cell_of_the_audit_is_never_a_formula() -> None:
    from connector.services.operate.verbs.audit.show import Audit

    row = {"time": "t", "person": "p", "message": "=1+1", "rules": ["a", "b"], "operator": "@a"}

    header, line = Audit().text_of({"rows": [row]}).splitlines()

    assert header.startswith("time,company,person")
    assert "'=1+1" in line
    assert ",'@a," in line
    assert "a; b" in line


def test_all_dead_letters_are_counted_and_named_by_number(world: World) -> None:
    row = working(world)[0]
    change = new_change(row["id"], row["user_id"], Cause.POLL)
    world.queue.dead += [
        DeadLetter(str(number), change.to_body(), row["id"], "r") for number in range(12)
    ]

    answer = asked(world, "dead-letters", limit=5)

    assert (len(answer["rows"]), answer["total"]) == (5, 12)
    assert {each["number"] for each in answer["rows"]} == {str(row["number"])}


# Agreement


def disagreements(world: World, **arguments: Any) -> dict[str, set[str]]:
    """What does not agree, with the numbers of those whom it is about."""
    found: dict[str, set[str]] = {}
    for row in asked(world, "reconcile", **arguments)["rows"]:
        found.setdefault(row["what"], set()).add(row["number"])
    return found


def test_where_all_is_in_step_nothing_is_said(world: World) -> None:
    assert disagreements(world) == {}


def test_each_kind_of_disagreement_is_told(world: World) -> None:
    moved, edited, deleted, renumbered, vanished = working(world)[:5]
    world.visma.edit_employee(str(renumbered["number"]), department="MGMT")
    world.tick(full_sweep=True)
    world.drain()  # looked at once, so that the ledger knows Visma's own id
    world.rippling.move(moved["id"], "Finance")
    world.visma.edit_employee(str(edited["number"]), department="MGMT")
    world.visma.remove_employee(str(deleted["number"]))
    world.visma.renumber_employee(str(renumbered["number"]), "E-77")
    world.rippling.remove(vanished["id"])
    world.visma.add_employee("9001")
    hired = world.hire()

    found = disagreements(world)

    assert found["different"] == {str(row["number"]) for row in (moved, edited, hired)}
    assert found["edited"] == {str(edited["number"])}
    assert found["missing"] == {str(deleted["number"])}
    assert found["renumbered"] == {str(renumbered["number"])}
    assert found["not in rippling"] == {str(vanished["number"])}
    assert found["extra"] == {"9001"}
    assert disagreements(world, company="sweden") == {}
    assert "norway, sweden" in asked(world, "reconcile", company="oslo")["problems"][0]


def test_an_edit_in_visma_is_told_field_by_field_with_its_owner_and_when(world: World) -> None:
    edited = working(world)[0]
    code = str(edited["number"])
    world.clock.turn(minutes=7)
    world.visma.edit_employee(code, department="MGMT", **{"contact.phone1": "+47 22 00 00 00"})
    changed = world.visma.employee(code)["lastModifiedDateTime"]

    (row,) = (each for each in asked(world, "reconcile")["rows"] if each["what"] == "edited")

    fields = {each["field"]: each for each in row["fields"]}
    assert set(fields) == {"department", "contact.phone1"}
    assert fields["department"]["in_visma"] == "MGMT"
    assert fields["department"]["written"] not in ("", "MGMT")
    assert fields["contact.phone1"]["written"] == fields["contact.phone1"]["in_visma"] == ""
    assert {each["owner"] for each in fields.values()} == {"rippling"}
    assert f"at {changed} by Visma's clock" in row["message"]
    assert "-> MGMT (is put right)" in row["message"]
    assert "Visma does not say by whom" in row["message"]
    assert "22 00" not in str(row)


def test_a_field_that_visma_owns_stays_as_it_was_edited(world: World) -> None:
    own = "    fields: {contact.phone1: visma}\n    lead_days: 0"
    world.edit_mapping(world.mapping_text.replace("    lead_days: 0", own))
    world.drain()
    code = str(working(world)[0]["number"])
    world.visma.edit_employee(code, **{"contact.phone1": "+47 22 00 00 00"})

    (row,) = (each for each in asked(world, "reconcile")["rows"] if each["what"] == "edited")
    assert "contact.phone1 (stays)" in row["message"]


def test_where_visma_does_not_say_when_nothing_is_guessed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = str(working(world)[0]["number"])
    world.visma.edit_employee(code, department="MGMT")
    monkeypatch.setattr("connector.adapters.visma.wire.text_in", without_times)

    (row,) = (each for each in asked(world, "reconcile")["rows"] if each["what"] == "edited")
    assert row["modified"] == ""
    assert "clock" not in row["message"]


def without_times(row: Any, name: str) -> str:
    return "" if name == "lastModifiedDateTime" else single_value(row.get(name))


def test_whoever_cannot_be_foretold_is_told_whichever_company_is_asked_about(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose company that is cannot be told either: a narrowed question must not leave them out."""
    odd = working(world)[0]
    link = world.tables.links[odd["user_id"]]["norway"]
    held = replace(link, outcome=Outcome.HELD, reason="left on 2026-11-20")
    world.tables.links[odd["user_id"]] = {"norway": held}

    def desired(worker: Worker, *others: Any) -> Any:
        if worker.id == odd["id"]:
            raise ValueError("odd")
        return desired_fields(worker, *others)

    monkeypatch.setattr("connector.services.apply.desired.desired_fields", desired)

    for company in (None, "norway", "sweden"):
        assert disagreements(world, company=company) == {
            "cannot be foretold": {str(odd["number"])}
        }, company
        (each,) = plan(world, company=company)["people"]
        assert (each["person"], each["outcome"]) == (odd["user_id"], "")
    assert asked(world, "reconcile heal")["queued"] == 0, "the writer would fail at them as well"
    for company in ("norway", "sweden"):
        sections = asked(world, "report", company=company)["sections"]
        (needs,) = (each["needs_human"] for each in sections if each["key"] == "drift")
        assert len(needs) == 1, company


def test_a_company_that_does_not_answer_is_told_once_and_not_for_each_of_its_people(
    world: World,
) -> None:
    world.visma.faults.fail(503, path="/v1/employee", times=3)
    answer = asked(world, "reconcile")
    assert answer["rows"] == []
    assert len(answer["problems"]) == 1

    world.visma.faults.fail(503, path="/v1/employee", times=3)
    assert plan(world, company="sweden")["people"] == []


def test_healing_has_whoever_differs_looked_at_and_nobody_else(world: World) -> None:
    moved, edited = working(world)[:2]
    world.rippling.move(moved["id"], "Finance")
    world.visma.edit_employee(str(edited["number"]), department="MGMT")
    world.visma.add_employee("9001")

    answer = asked(world, "reconcile heal")

    assert answer["queued"] == 2
    assert world.drain() == {"updated": 2}
    assert disagreements(world) == {"extra": {"9001"}}


def test_a_plan_for_a_day_to_come_leaves_the_age_of_the_catalogue_as_it_is(world: World) -> None:
    """What is read for a plan is shared with the writer, who would believe it until that day."""
    plan(world, day="2027-03-01")

    ages = world.cache.catalogue("norway").read_at.values()
    assert all(read_at <= world.clock.now() for read_at in ages)


def test_someone_who_is_open_in_the_ledger_alone_is_told_and_healed(world: World) -> None:
    row = working(world)[0]
    link = world.tables.links[row["user_id"]]["norway"]
    held = replace(link, outcome=Outcome.HELD, reason="left on 2026-11-20")
    world.tables.links[row["user_id"]] = {"norway": held}

    assert disagreements(world) == {"open without cause": {str(row["number"])}}
    asked(world, "reconcile heal")
    world.drain()
    assert disagreements(world) == {}


def test_who_waits_for_something_that_lacks_is_open_with_a_cause(world: World) -> None:
    world.rippling.add_department("Robotics")
    world.hire(department="Robotics")
    world.settle()

    assert asked(world, "waiting")["rows"] != []
    assert "open without cause" not in disagreements(world)


def test_an_edit_of_the_mapping_that_no_tick_has_dealt_with_is_told(world: World) -> None:
    assert asked(world, "reconcile")["problems"] == []
    text = world.mapping_text.replace("floor: 5", "floor: 6")
    assert text != world.mapping_text

    world.edit_mapping_unheard(text)

    (problem,) = asked(world, "reconcile")["problems"]
    assert "under the mapping in force" in problem
    world.tick()
    world.drain()
    assert asked(world, "reconcile")["problems"] == []
