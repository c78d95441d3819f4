"""Whose employee a code leads to: answers that name another's, and codes that finance swaps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from connector.services.find import review
from tests.component.test_alarms import sweep_after
from tests.simulator.messages import Request, Response
from tests.support.crash import dies_untold
from tests.support.loaded import a_loaded_world
from tests.support.world import World

HANSEN = {"given_name": "Kari", "family_name": "Hansen", "personal_email": None}


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=20, companies=2) as world:
        sweep_after(world, hours=1)
        yield world


def hired(world: World, **person: Any) -> dict[str, Any]:
    return world.hire(person or None, legal_entity="Nordfab AS")


def a_victim(world: World) -> dict[str, Any]:
    victim = hired(world)
    assert world.settle() == {"created": 1}
    return victim


def answering(world: World, answer: Callable[[Request, Response], Response]) -> None:
    """Once, the answer to a create is another one."""
    inner, left = world.visma.answer, [None]

    def answered(request: Request) -> Response:
        response = inner(request)
        if request.method == "POST" and request.path == "/v1/employee" and left:
            left.pop()
            return answer(request, response)
        return response

    world.visma.answer = answered  # type: ignore[method-assign]


def located(world: World, code: str, etag: str | None = "own") -> Callable[..., Response]:
    def answer(_: Request, response: Response) -> Response:
        headers = {**response.headers, "Location": f"{world.visma.url}/v1/employee/{code}"}
        if etag != "own":
            headers.pop("ETag")
        return replace(response, headers={**headers, **({"ETag": etag} if etag else {})})

    return answer


def one_code_each(world: World) -> bool:
    codes = [link.employee_code for links in world.tables.links.values() for link in links.values()]
    return len(codes) == len(set(codes))


@pytest.mark.parametrize("etag", ["own", "another's", None])
@pytest.mark.parametrize("after", ["moves", "leaves", "marries"])
def test_a_create_whose_answer_names_anothers_employee_never_leads_to_that_one(
    world: World, etag: str | None, after: str
) -> None:
    victim = a_victim(world)
    before = world.employee_of(victim)
    shown = f'"{before["timeStamp"]}"' if etag == "another's" else etag
    answering(world, located(world, str(victim["number"]), shown))
    new = hired(world)
    assert world.settle() == {"created": 1}

    if after == "moves":
        world.rippling.move(new["id"], department="Finance")
    elif after == "leaves":
        world.rippling.terminate(new["id"], world.clock.now().date())
    else:
        world.rippling.change_user(new["user_id"], family_name="Gift", bump_worker=True)

    assert sum(world.settle().values()) == 1
    assert world.employee_of(victim) == before
    own = world.employee_of(new)
    assert own["department"] == ("FIN" if after == "moves" else "SALES")
    assert own["status"] == ("Inactive" if after == "leaves" else "Active")
    assert (own["contact"]["lastName"] == "Gift") == (after == "marries")
    assert one_code_each(world)


def test_visma_s_own_id_in_an_answer_is_nobodys_code(world: World) -> None:
    victim = a_victim(world)
    before = world.employee_of(victim)
    world.visma.companies["norway"]._ever_entered = victim["number"] - 1
    world.visma.shows_version = "in the body"

    def by_id(request: Request, response: Response) -> Response:
        own = world.visma.employee(request.body["employeeCd"]["value"])["employeeId"]
        assert own == victim["number"]
        return located(world, str(own))(request, response)

    answering(world, by_id)
    new = hired(world)
    world.settle()
    world.rippling.terminate(new["id"], world.clock.now().date())

    assert world.settle() == {"deactivated": 1}
    assert world.employee_of(new)["status"] == "Inactive"
    assert world.employee_of(victim) == before


def test_a_create_whose_answer_names_another_company_s_employee_is_seen_under_its_own_code(
    world: World,
) -> None:
    answering(
        world,
        lambda request, response: located(world, "SE-77")(
            request, replace(response, headers={**response.headers, "ETag": '"BBBB"'})
        ),
    )
    new = hired(world)

    assert world.settle() == {"created": 1}
    link = world.tables.links[new["user_id"]]["norway"]
    assert (link.employee_code, link.etag) == (
        str(new["number"]),
        f'"{world.employee_of(new)["timeStamp"]}"',
    )
    assert "Visma gave" not in world.audit_of(new["user_id"])[-1]["message"]


@pytest.fixture
def numbering(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Visma gives codes of its own to whomever it is asked to create."""
    company = world.visma.companies["norway"]
    create = company.create_employee
    monkeypatch.setattr(company, "create_employee", lambda code, fields: create(f"9{code}", fields))
    return world


def test_a_code_that_visma_gave_is_the_persons_from_then_on_and_the_other_is_free(
    numbering: World,
) -> None:
    world = numbering
    new = hired(world)
    assert world.settle() == {"created": 1}

    code, given = str(new["number"]), f"9{new['number']}"
    assert f"Visma gave the code {given}" in world.audit_of(new["user_id"])[-1]["reason"]
    assert world.ledger.owner_of(given, "norway") == new["user_id"]
    assert world.ledger.owner_of(code, "norway") is None
    link = world.tables.links[new["user_id"]]["norway"]
    assert link.employee_id == world.visma.employee(given)["employeeId"]
    world.rippling.move(new["id"], department="Finance")
    world.visma.journal.clear()

    assert world.settle() == {"updated": 1}
    assert world.visma.employee(given)["department"] == "FIN"
    assert [call.method for call in world.visma.calls(path="/v1/employee.*")] == ["PUT"]


def test_a_writer_that_dies_over_a_code_that_visma_gave_leaves_an_employee_that_is_found(
    numbering: World,
) -> None:
    world = numbering
    new = hired(world)
    world.tick()
    dies_untold(world)
    assert world.audit_of(new["user_id"]) == []
    world.clock.turn(hours=1)
    world.rippling.move(new["id"], department="Finance")

    world.settle()

    assert [row["outcome"] for row in world.audit_of(new["user_id"])] == ["created", "updated"]
    given = f"9{new['number']}"
    assert world.visma.employee(given)["department"] == "FIN"
    address = new["work_email"]
    found = [row for row in world.visma.employees() if row["contact"]["email"] == address]
    assert [row["employeeNumber"] for row in found] == [given]


def test_a_code_that_visma_gave_and_another_person_has_is_a_conflict_for_the_operator(
    world: World,
) -> None:
    """The two share name and address, so that the employee alone tells nothing."""
    twins = {**HANSEN, "work_email": "kari.hansen@example.com"}
    victim = hired(world, **twins)
    assert world.settle() == {"created": 1}
    before = world.employee_of(victim)

    def nothing_made(request: Request, response: Response) -> Response:
        world.visma.remove_employee(request.body["employeeCd"]["value"])
        return located(world, str(victim["number"]))(request, response)

    answering(world, nothing_made)
    new = hired(world, **twins)

    assert world.settle() == {"rejected": 1}
    reason = world.audit_of(new["user_id"])[-1]["reason"]
    assert (
        f"conflict: Visma says that it gave the new employee the code {victim['number']}" in reason
    )
    assert not world.tables.links[new["user_id"]]["norway"].exists
    assert world.ledger.owner_of(str(new["number"]), "norway") is None
    assert world.employee_of(victim) == before
    world.clock.turn(hours=24)
    world.tick(full_sweep=True)
    assert world.drain() == {"created": 1}
    assert world.employee_of(victim) == before


def test_a_version_is_not_taken_from_an_employee_that_shows_another_address(
    world: World,
) -> None:
    """Finance gives the code to somebody else between the write and the look at its version."""
    world.visma.shows_version = "in the body"
    new = hired(world)
    assert world.settle() == {"created": 1}
    world.rippling.move(new["id"], department="Finance")
    inner, code = world.visma.answer, str(new["number"])

    def replaced(request: Request) -> Response:
        response = inner(request)
        if request.method == "PUT":
            world.visma.renumber_employee(code, "OLD")
            world.visma.add_employee(code, **{"contact.email": "else@example.com"})
            world.visma.answer = inner  # type: ignore[method-assign]
        return response

    world.visma.answer = replaced  # type: ignore[method-assign]
    world.settle()

    assert world.tables.links[new["user_id"]]["norway"].etag is None
    world.rippling.move(new["id"], department="IT")
    assert world.settle() == {"rejected": 1}
    assert world.visma.employee(code)["contact"]["email"] == "else@example.com"


def swapped(world: World, one: dict[str, Any], other: dict[str, Any]) -> None:
    """Finance gives each of two employees the code of the other."""
    first, second = str(one["number"]), str(other["number"])
    world.visma.renumber_employee(first, "TMP")
    world.visma.renumber_employee(second, first)
    world.visma.renumber_employee("TMP", second)


def by_id(world: World) -> dict[int, tuple[str, str, str, str]]:
    return {
        row["employeeId"]: (
            row["contact"]["name"], row["contact"]["email"], row["department"], row["status"],
        )
        for row in world.visma.employees()
    }  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [
        {"given_name": "Ola", "family_name": "Hansen"},
        {"given_name": "Kari", "family_name": "Berg"},
        {"given_name": "Ola", "family_name": "Berg"},
    ],
)
def test_two_employees_whose_codes_are_swapped_are_not_written_over(
    world: World, other: dict[str, str]
) -> None:
    """Before any sweep: all that the ledger has to tell them by is what was written."""
    one = hired(world, **HANSEN, work_email="kari.hansen@example.com")
    two = hired(world, **HANSEN | other, work_email="ola.hansen@example.com")
    assert world.settle() == {"created": 2}
    swapped(world, one, two)
    before = by_id(world)

    for _ in range(2):
        sweep_after(world, hours=24)
    world.rippling.terminate(one["id"], world.clock.now().date())
    world.settle()

    assert by_id(world) == before
    assert world.audit_of(one["user_id"])[-1]["outcome"] == "rejected"
    assert "conflict" in world.audit_of(two["user_id"])[-1]["reason"]


def test_after_a_sweep_namesakes_are_told_apart_by_the_id_that_visma_shows(world: World) -> None:
    people = [
        hired(world, **HANSEN, work_email=f"{name}@example.com") for name in ("kari", "kari.2")
    ]
    assert world.settle() == {"created": 2}
    links = [world.tables.links[each["user_id"]]["norway"] for each in people]
    assert [link.employee_id for link in links] == [None, None]
    world.clock.turn(hours=24)
    world.queue.changes.clear()

    assert world.tick(full_sweep=True).queued == 0

    links = [world.tables.links[each["user_id"]]["norway"] for each in people]
    assert [link.employee_id for link in links] == [
        world.employee_of(each)["employeeId"] for each in people
    ]
    swapped(world, *people)
    before = by_id(world)
    sweep_after(world, hours=24)
    assert by_id(world) == before
    assert {world.audit_of(each["user_id"])[-1]["outcome"] for each in people} == {"rejected"}


def test_a_sweep_learns_no_id_of_an_employee_at_another_version(world: World) -> None:
    new = hired(world)
    assert world.settle() == {"created": 1}
    world.visma.edit_employee(str(new["number"]), department="FIN")
    world.clock.turn(hours=24)

    world.tick(full_sweep=True)

    assert world.tables.links[new["user_id"]]["norway"].employee_id is None


def test_a_sweep_that_is_short_of_time_learns_the_rest_another_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [hired(world) for _ in range(3)]
    assert world.settle() == {"created": 3}
    monkeypatch.setattr(review, "MOST_LEARNT", 2)

    def known() -> int:
        links = [world.tables.links[each["user_id"]]["norway"] for each in people]
        return sum(link.employee_id is not None for link in links)

    sweep_after(world, hours=24)
    assert known() == 2
    sweep_after(world, hours=24)
    assert known() == 3


def test_whoever_marries_is_still_known_whoever_enters_it_first(world: World) -> None:
    people = [
        hired(world, **{**HANSEN, "given_name": name}, work_email=f"{name}@example.com")
        for name in ("Kari", "Anne", "Liv")
    ]
    assert world.settle() == {"created": 3}
    kari, anne, liv = people
    married = {"family_name": "Gift", "work_email": "gift@example.com"}
    # HR alone; finance first and then HR; HR, and the answer is lost.
    world.rippling.change_user(kari["user_id"], bump_worker=True, family_name="Gift")
    world.rippling.change(kari["id"], work_email="gift@example.com")
    assert world.settle() == {"updated": 1}
    entered = {"contact.lastName": "Gift", "contact.email": "gift@example.com"}
    world.visma.edit_employee(str(anne["number"]), **entered)
    world.rippling.change_user(anne["user_id"], bump_worker=True, family_name="Gift")
    world.rippling.change(anne["id"], work_email="gift@example.com")
    world.settle()
    world.rippling.change_user(liv["user_id"], bump_worker=True, family_name="Gift")
    world.rippling.change(liv["id"], work_email="gift@example.com")
    world.tick()
    dies_untold(world)
    world.clock.turn(hours=1)
    world.rippling.move(liv["id"], department="Finance")
    world.settle()
    sweep_after(world, hours=24)

    for each in people:
        assert world.employee_of(each)["contact"]["lastName"] == married["family_name"]
        assert world.employee_of(each)["contact"]["email"] == married["work_email"]
        assert "rejected" not in {row["outcome"] for row in world.audit_of(each["user_id"])}
