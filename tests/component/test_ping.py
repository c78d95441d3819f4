"""`connector ping` between both fakes: everything in order, and each defect in turn."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from connector.adapters.memory import InMemoryMappings, InMemorySecrets
from connector.domain.records.mode import ModeName
from connector.services.operate.ping import service as probing
from tests.component.test_oauth import App
from tests.simulator import NORDFAB_MAPPING, Rippling, Visma
from tests.simulator.nordfab import CLIENT_SECRET
from tests.simulator.rippling import DEMO_TOKEN
from tests.simulator.rippling_oauth import TOKEN_PATH
from tests.support.aws import Account, FakeContext, an_account
from tests.support.loaded import a_loaded_world
from tests.support.world import World, a_world

CONTEXT = FakeContext()
TO_PUT_RIGHT = {"warning", "bad", "unknown"}
Checks = dict[str, dict[str, Any]]


@pytest.fixture
def world() -> Iterator[World]:
    """Two companies, everyone loaded, polling a moment ago."""
    with a_loaded_world(people=40, companies=2) as world:
        yield world


def ping(world: World) -> dict[str, Any]:
    """The whole answer; nothing personal is ever in it."""
    answer = world.operator.dispatch({"verb": "ping"})
    assert answer["ok"] is True
    _no_persons(world.rippling, answer)
    return answer


def _no_persons(rippling: Rippling, answer: dict[str, Any]) -> None:
    text = json.dumps(answer, ensure_ascii=False)
    for worker in rippling.workers():
        name = rippling.user(worker["user_id"])["name"]
        words = (worker["id"], worker["work_email"], f"{name['given_name']} {name['family_name']}")
        assert [word for word in words if word and word in text] == []
    for word in ("integration@example.no", DEMO_TOKEN, CLIENT_SECRET):
        assert word not in text


def checks_of(answer: dict[str, Any], system: str, company: str | None = None) -> Checks:
    (group,) = [
        group
        for group in answer["systems"]
        if (group["system"], group["company"]) == (system, company)
    ]
    return {check["name"]: check for check in group["checks"]}


def not_well(answer: dict[str, Any]) -> set[tuple[str, str]]:
    """Name and level of everything that is not good, or only worth a note."""
    return {
        (check["name"], check["level"])
        for group in answer["systems"]
        for check in group["checks"]
        if check["level"] in TO_PUT_RIGHT
    }


def rippling_line(world: World, name: str) -> tuple[str, str]:
    check = checks_of(ping(world), "rippling")[name]
    return check["level"], check["message"]


# In order


def test_where_all_is_well_every_line_of_every_system_says_so(world: World) -> None:
    answer = ping(world)

    assert answer["to_put_right"] == 0
    assert not_well(answer) == set()
    assert [(group["system"], group["company"]) for group in answer["systems"]] == [
        ("connector", None),
        ("rippling", None),
        ("visma", "norway"),
        ("visma", "sweden"),
    ]
    assert list(checks_of(answer, "rippling")) == [
        "sign_in",
        "company",
        "filter",
        "filter_by_person",
        "next_page",
        "unknown_id",
        "lists",
        "version",
        "entitlements",
        "fields",
        "token",
        "workers",
        "answers",
    ]
    assert list(checks_of(answer, "visma", "sweden")) == [
        "sign_in",
        "rights",
        "branches",
        "departments",
        "employee_key",
        "cost_centre_segment",
        "employees",
        "single_employees",
        "answers",
    ]
    levels = [check["level"] for group in answer["systems"] for check in group["checks"]]
    assert {level: levels.count(level) for level in answer["counts"]} == answer["counts"]
    assert "the company Nordfab" in checks_of(answer, "rippling")["company"]["message"]


def test_nothing_is_written_and_every_request_is_one_that_the_vendors_publish(
    world: World,
) -> None:
    world.clear_journals()
    before = world.everything_stored()

    ping(world)

    calls = [*world.rippling.journal, *world.visma.journal]
    assert [call for call in calls if call.contract_errors] == []
    assert [call for call in calls if call.applied] == []
    assert {call.path for call in calls if call.method != "GET"} == {"/connect/token"}
    assert world.everything_stored() == before


# Rippling


def test_a_filter_that_is_ignored_is_found_by_asking_for_tomorrow(world: World) -> None:
    world.rippling.ignore_filter.add("updated_at")

    answer = ping(world)

    assert not_well(answer) == {("filter", "warning")}
    asked = {call.query["filter"] for call in world.rippling.calls() if "filter" in call.query}
    tomorrow = "2026-11-25T12:00:01"
    assert {f"updated_at ge {tomorrow}", f"updated_at gte {tomorrow}"} <= asked


@pytest.mark.parametrize(
    ("deviate", "name", "finding"),
    [
        (lambda it: setattr(it, "operators", {"eq", "gte"}), "filter", ("good", "(gte)")),
        (lambda it: setattr(it, "operators", {"eq"}), "filter", ("warning", "gte is refused")),
        (lambda it: it.dead.add("updated_at"), "filter", ("warning", "ge matches nothing")),
        (lambda it: it.ignored.add("updated_at"), "filter", ("warning", "gte is ignored")),
        (lambda it: it.refused.add("user_id"), "filter_by_person", ("note", "by its own id")),
        (lambda it: it.ignored.add("user_id"), "filter_by_person", ("note", "by its own id")),
        (lambda it: it.dead.add("user_id"), "filter_by_person", ("note", "by its own id")),
    ],
)  # fmt: skip
def test_ping_says_which_question_rippling_understands(
    world: World, deviate: Any, name: str, finding: tuple[str, str]
) -> None:
    deviate(world.rippling.understands)

    level, message = rippling_line(world, name)

    assert (level, finding[1] in message) == (finding[0], True)


def test_ping_asks_with_the_very_question_of_the_poller(world: World) -> None:
    world.tick()
    polled = [call.query["filter"] for call in world.rippling.calls() if "filter" in call.query]
    world.rippling.clear_journal()

    ping(world)

    asked = [call.query["filter"] for call in world.rippling.calls() if "filter" in call.query]
    shapes = {shape_of(text) for text in asked}
    assert {shape_of(text) for text in polled} <= shapes


def test_ping_tells_of_a_link_that_forgets_of_an_odd_unknown_id_and_of_a_list_that_is_hidden(
    world: World,
) -> None:
    world.rippling.forgets_question = True
    assert "forgets" in rippling_line(world, "next_page")[1]

    world.rippling.unknown_id = "400"
    assert rippling_line(world, "unknown_id") == (
        "good",
        "An id that there is not is answered 400.",
    )

    world.rippling.forbid = {"work-locations"}
    level, message = rippling_line(world, "lists")
    assert (level, "work-locations" in message) == ("warning", True)


def shape_of(text: str) -> str:
    """A filter without its digits."""
    return re.sub(r"[0-9a-f]{24}|\d", "0", text)


@pytest.mark.parametrize(
    ("keys", "level", "words"),
    [
        ({}, "good", "tells a custom field by id, name, type, value."),
        ({"name": "title"}, "good", "by id, title, type, value."),
        ({"name": "field"}, "warning", "by field, id, type, value: these are not all read"),
        ({"value": "content"}, "warning", "by content, id, name, type: these are not all read"),
    ],
)
def test_ping_shows_by_which_members_a_custom_field_is_told(
    world: World, keys: dict[str, str], level: str, words: str
) -> None:
    has_custom_field(world)
    world.rippling.custom_field_keys = keys

    told = rippling_line(world, "custom_fields")

    assert told[0] == level
    assert words in told[1]


def has_custom_field(world: World) -> None:
    """Has the mapping ask for a custom field, which everybody has."""
    world.rippling.add_custom_field("Cost Center")
    for worker in world.rippling.workers():
        world.rippling.set_custom_field(worker["id"], "Cost Center", "100")
    world.edit_mapping(
        world.mapping_text.replace(
            "    cost_centre_segment: 1\n",
            "    cost_centre_segment: 1\n    department_custom_field: Cost Center\n",
            1,
        )
    )


def test_where_nobody_has_a_custom_field_its_form_is_only_a_note(world: World) -> None:
    has_custom_field(world)
    world.rippling.custom_values.clear()

    level, message = rippling_line(world, "custom_fields")

    assert (level, "workers shows a custom field" in message) == ("note", True)


def test_a_stamp_from_the_future_does_not_make_the_filter_look_ignored(world: World) -> None:
    worker = world.rippling.workers()[0]
    world.rippling.touch(worker["id"], at=world.clock.now() + timedelta(days=3))

    assert rippling_line(world, "filter")[0] == "good"


def test_a_version_that_is_refused_is_a_note_and_the_tokens_own_is_a_red_line(
    world: World,
) -> None:
    world.rippling.versions = {"2026-01-01"}
    world.rippling.bound_version = "2026-01-01"
    level, message = rippling_line(world, "version")
    assert (level, "2024-08-01" in message, "(400)" in message) == ("note", True, True)

    world.rippling.bound_version = "2020-01-01"
    answer = ping(world)

    assert not_well(answer) == {("sign_in", "bad"), ("not_checked", "unknown")}
    assert "API version" in checks_of(answer, "rippling")["sign_in"]["message"]


def test_a_missing_tier_is_told_with_what_it_costs(world: World) -> None:
    world.rippling.entitlements.discard("API_Tier_2")
    answer = ping(world)
    assert not_well(answer) == {("entitlements", "warning")}
    message = checks_of(answer, "rippling")["entitlements"]["message"]
    assert "tier 2" in message
    assert "legal entities" in message

    world.rippling.entitlements.clear()
    assert rippling_line(world, "entitlements")[0] == "note", "words that are not known here"


def test_a_missing_tier_that_nobody_needs_is_only_a_note() -> None:
    with a_world(people=10) as world:
        world.cost_allocation = False
        world.build()
        world.first_load()
        world.rippling.entitlements.discard("API_Tier_2")

        assert rippling_line(world, "entitlements")[0] == "note"


@pytest.mark.parametrize(
    ("hidden", "level", "words"),
    [
        (
            {"legal_entity", "compensation"},
            "warning",
            ("legal-entities.read", "compensations.read"),
        ),
        ({"user"}, "bad", ("users.read",)),
    ],
)
@pytest.mark.parametrize("way", ["forbidden", "withheld", "null"])
def test_what_a_token_is_not_shown_is_named_whichever_way_rippling_hides_it(
    world: World, hidden: set[str], level: str, words: tuple[str, ...], way: str
) -> None:
    if way == "forbidden":
        world.rippling.forbid_expand = hidden
    else:
        world.rippling.redact = hidden
        world.rippling.redacts_silently = way == "null"

    found, message = rippling_line(world, "fields")

    assert found == level
    assert all(word in message for word in words)
    assert "departments.read" not in message


def test_without_the_scopes_of_the_probe_itself_the_page_is_still_well(world: World) -> None:
    world.rippling.forbid = {"sso-me", "entitlements"}

    answer = ping(world)

    assert answer["to_put_right"] == 0
    told = checks_of(answer, "rippling")
    assert (told["company"]["level"], told["entitlements"]["level"]) == ("note", "note")
    assert "sso-me.read" in told["company"]["remedy"]


def test_one_list_that_is_away_hides_no_other_and_is_not_known(world: World) -> None:
    world.rippling.faults.fail(503, path="/entitlements/")

    assert not_well(ping(world)) == {("entitlements", "unknown")}


def test_a_vendor_without_room_is_not_known_and_never_bad(world: World) -> None:
    world.rippling.faults.fail(429, path="/sso-me/", retry_after=900)

    answer = ping(world)

    assert {level for _, level in not_well(answer)} == {"unknown"}
    assert checks_of(answer, "rippling")["sign_in"]["level"] == "good"
    assert checks_of(answer, "visma", "norway")["employees"]["level"] == "good"


def test_a_token_that_rippling_rejects_is_one_red_line(world: World) -> None:
    world.rippling.revoke_token(DEMO_TOKEN)

    answer = ping(world)

    assert not_well(answer) == {("sign_in", "bad"), ("not_checked", "unknown")}
    assert "(401)" in checks_of(answer, "rippling")["sign_in"]["message"]


def test_an_address_that_answers_with_a_page_is_red_and_an_outage_is_not_known(
    world: World,
) -> None:
    world.rippling.faults.fail(404, body="html", path="/workers/", times=1)
    assert ("sign_in", "bad") in not_well(ping(world))

    world.rippling.faults.fail(503, body="html", path="/workers/", times=3)
    answer = ping(world)
    assert not_well(answer) == {("sign_in", "unknown"), ("not_checked", "unknown")}


@pytest.mark.parametrize("past", [0, 40])
def test_far_fewer_workers_than_the_ledger_knows_are_a_red_line(world: World, past: int) -> None:
    for worker in world.rippling.workers()[:30]:
        world.rippling.remove(worker["id"])
    for _ in range(past):
        world.rippling.terminate(world.hire()["id"], "2026-11-20")
    world.settle()

    answer = ping(world)

    assert not_well(answer) == {("workers", "bad")}
    message = checks_of(answer, "rippling")["workers"]["message"]
    assert f"{10 + past} workers" in message
    assert "of these are not shown: a full sweep would be aborted" in message


def test_what_the_mapping_asks_for_and_rippling_does_not_show_is_a_warning(world: World) -> None:
    world.rippling.redact.add("location")

    workers = checks_of(world.operator.dispatch({"verb": "ping"}), "rippling")["workers"]

    assert workers["level"] == "warning"
    assert "It does not show the location of" in workers["message"]


@pytest.mark.parametrize(
    ("days", "is_let_in", "level"),
    [(1, True, "good"), (25, True, "warning"), (40, True, "warning"), (40, False, "bad")],
)
def test_the_last_poll_is_held_against_the_thirty_idle_days(
    world: World, days: int, is_let_in: bool, level: str
) -> None:
    world.clock.turn(days=days)
    if not is_let_in:
        world.rippling.revoke_token(DEMO_TOKEN)

    told = rippling_line(world, "token")

    assert told[0] == level
    assert "30 days" in told[1]
    assert f"{days} day" in told[1].replace("24 hours", "1 day")


def test_a_token_that_is_rejected_soon_after_a_poll_has_not_lapsed(world: World) -> None:
    world.clock.turn(days=3)
    world.rippling.revoke_token(DEMO_TOKEN)

    assert "token" not in checks_of(ping(world), "rippling")


def test_the_older_api_is_checked_for_what_it_has_and_the_rest_is_said() -> None:
    with a_world(people=12, by_platform=True) as world:
        world.first_load()
        told = checks_of(ping(world), "rippling")
        assert list(told)[:6] == [
            "sign_in",
            "company",
            "changes",
            "legal_entities",
            "kinds",
            "fields",
        ]
        assert {check["level"] for check in told.values()} == {"good", "note"}
        assert world.platform is not None

        world.platform.withheld |= {"employmentType", "userId"}
        told = checks_of(ping(world), "rippling")

        assert (told["kinds"]["level"], told["fields"]["level"]) == ("bad", "warning")
        assert "userId" in told["fields"]["message"]


# Visma


def test_a_company_without_a_right_is_told_apart_from_the_other(world: World) -> None:
    world.visma.unapproved = {"sweden": {"update"}}

    answer = ping(world)

    assert not_well(answer) == {("rights", "bad")}
    assert "update" in checks_of(answer, "visma", "sweden")["rights"]["message"]
    assert checks_of(answer, "visma", "norway")["rights"]["level"] == "good"


def test_a_visma_that_does_not_name_the_rights_counts_as_giving_them(world: World) -> None:
    world.visma.names_scopes = False
    world.visma.unapproved = {"sweden": {"update"}}

    assert not_well(ping(world)) == set()


def test_a_company_that_has_not_approved_the_application_is_one_red_line(world: World) -> None:
    world.visma.companies["sweden"].tenant_id = "another"

    answer = ping(world)

    assert not_well(answer) == {("sign_in", "bad"), ("not_checked", "unknown")}
    assert checks_of(answer, "visma", "norway")["sign_in"]["level"] == "good"


def test_a_company_that_may_not_be_read_is_red_in_every_line(world: World) -> None:
    world.visma.unapproved = {"sweden": {"read"}}

    told = checks_of(ping(world), "visma", "sweden")

    assert told["sign_in"]["level"] == "good"
    of_reads = {name: told[name] for name in told if name not in ("sign_in", "answers")}
    assert {check["level"] for check in of_reads.values()} == {"bad"}


def test_a_segment_that_is_not_there_hides_neither_departments_nor_branches(
    world: World,
) -> None:
    world.edit_mapping(
        world.mapping_text.replace("cost_centre_segment: 1", "cost_centre_segment: 7")
    )

    answer = ping(world)

    assert not_well(answer) == {("cost_centre_segment", "bad")}
    assert "segment 7" in checks_of(answer, "visma", "norway")["cost_centre_segment"]["message"]


def test_branches_and_departments_of_the_mapping_that_visma_lacks_are_named(world: World) -> None:
    world.visma.set_branch_active("2", False, company="norway")
    text = world.mapping_text.replace("department: IT,", "department: DATA,", 1)
    world.edit_mapping(text)

    answer = ping(world)

    assert not_well(answer) == {("branches", "bad"), ("departments", "bad")}
    told = checks_of(answer, "visma", "norway")
    assert "active branch 2," in told["branches"]["message"]
    assert "department DATA," in told["departments"]["message"]


def test_automatic_numbering_and_a_used_up_hour_are_told(world: World) -> None:
    for segment in world.visma.companies["norway"].dimensions["EMPLOYEE"].segments.values():
        segment.is_auto_number = True
    world.visma.calls_per_hour = 600
    world.visma.start_new_hour()
    for _ in range(560):
        world.targets.company("norway").read("1")

    answer = ping(world)

    assert not_well(answer) == {("employee_key", "bad"), ("employees", "warning")}


@pytest.mark.parametrize(
    ("manners", "level", "words"),
    [
        ({}, "good", "One employee can be read by number; one that cannot exist is 404,"),
        ({"missing_status": 400}, "good", "one that cannot exist is 400,"),
        ({"missing_status": 500}, "good", "one that cannot exist is 500,"),
        ({"shows_version": "weak"}, "good", "in another form than published, and is understood"),
        ({"shows_version": "bare"}, "good", "in another form than published, and is understood"),
        ({"shows_version": "in the body"}, "good", "without an ETag, as timeStamp"),
        ({"missing_status": 418}, "bad", "Visma answers 418, application/json for an employee"),
    ],
)
def test_ping_tells_how_visma_answers_about_one_employee(
    world: World, manners: dict[str, Any], level: str, words: str
) -> None:
    vars(world.visma).update(manners)

    check = checks_of(ping(world), "visma", "norway")["single_employees"]

    assert check["level"] == level
    assert words in check["message"]


def test_a_first_employee_who_is_another_one_by_number_is_a_red_line(world: World) -> None:
    first = min(row["employeeNumber"] for row in world.visma.employees("norway"))
    world.visma.faults.fail(404, path=f"/v1/employee/{first}")

    check = checks_of(ping(world), "visma", "norway")["single_employees"]

    assert check["level"] == "bad"
    assert "under the number that it has there" in check["message"]


def test_an_unknown_employee_that_is_a_page_is_a_red_line(world: World) -> None:
    world.visma.faults.fail(404, body="html", path="/v1/employee/NO-SUCH-EMPLOYEE-0", times=9)

    check = checks_of(ping(world), "visma", "norway")["single_employees"]

    assert (check["level"], "nobody can be created" in check["message"]) == ("bad", True)


def test_a_company_without_employees_whom_the_ledger_knows_is_a_red_line(world: World) -> None:
    for row in world.visma.employees("norway"):
        world.visma.remove_employee(row["employeeNumber"], company="norway")

    told = checks_of(ping(world), "visma", "norway")

    assert told["employees"]["level"] == "bad"
    assert "the ledger knows people there" in told["employees"]["message"]
    assert told["single_employees"]["level"] == "good"
    assert "none to read yet" in told["single_employees"]["message"]


def test_an_employee_key_that_is_not_shown_is_not_called_good(world: World) -> None:
    world.visma.has_employee_key = False

    check = checks_of(ping(world), "visma", "norway")["employee_key"]

    assert (check["level"], "nobody knows" in check["message"]) == ("warning", True)


def test_classes_and_calendars_that_nobody_has_are_worth_a_look(world: World) -> None:
    world.edit_mapping(world.mapping_text.replace("calendar: NORWAY", "calendar: NORWEGEN"))

    answer = ping(world)

    told = checks_of(answer, "visma", "norway")["employees"]
    assert (told["level"], "calendar NORWEGEN" in told["message"]) == ("note", True)
    assert answer["to_put_right"] == 0


def test_one_register_that_is_away_hides_no_other(world: World) -> None:
    world.visma.faults.fail(503, path="/v1/branch")
    world.visma.faults.fail(404, body="html", path="/v1/department")

    told = checks_of(ping(world), "visma", "norway")

    levels = {name: check["level"] for name, check in told.items()}
    assert (levels.pop("branches"), levels.pop("departments")) == ("unknown", "bad")
    assert levels.pop("answers") == "warning"  # a 404 for a whole list is not published
    assert set(levels.values()) == {"good"}


# The connector itself


def test_dead_letters_are_a_red_line_with_the_way_out(world: World) -> None:
    world.queue.dead_letter("x", "not JSON")

    answer = ping(world)

    assert not_well(answer) == {("dead_letters", "bad")}
    assert "connector replay" in checks_of(answer, "connector")["dead_letters"]["remedy"]


def test_a_silent_poller_and_an_overdue_sweep_are_told(world: World) -> None:
    world.clock.turn(minutes=29)
    assert not_well(ping(world)) == set()
    world.clock.turn(minutes=2)
    assert not_well(ping(world)) == {("last_poll", "bad")}
    world.clock.turn(days=3)
    assert not_well(ping(world)) == {("last_poll", "bad"), ("last_sweep", "warning")}

    world.tick(full_sweep=True)

    assert not_well(ping(world)) == set()


def test_a_sweep_under_way_keeps_the_end_of_the_one_before(world: World) -> None:
    ended = world.cursors.cursor("workers sweep").ended
    with world.cursors.lease("workers", 60):
        assert world.tick(full_sweep=True).skipped

    cursor = world.cursors.cursor("workers sweep")

    assert (cursor.ended, cursor.started) == (ended, world.clock.now())
    assert "under way" in checks_of(ping(world), "connector")["last_sweep"]["message"]


def test_before_the_first_poll_the_page_says_that_there_was_none() -> None:
    with a_world(people=5) as world:
        assert not_well(ping(world)) == {("last_poll", "warning"), ("last_sweep", "warning")}


def test_without_a_mapping_both_systems_are_looked_at_and_visma_shows_what_it_has(
    world: World,
) -> None:
    world.mappings = InMemoryMappings()
    world.build()

    answer = ping(world)

    assert not_well(answer) == {("mapping", "warning")}
    told = checks_of(answer, "visma", "sweden")
    assert told["cost_centre_segment"]["level"] == "note"
    assert "not checked" in told["cost_centre_segment"]["message"]
    assert "1 (" in told["cost_centre_segment"]["message"]
    assert "PROD" in told["departments"]["message"]


def test_empty_secrets_are_red_lines_and_the_rest_is_said_to_be_unchecked() -> None:
    with a_world(people=5) as world:
        world.tick()
        world.secrets = InMemorySecrets()
        world.build()

        answer = ping(world)

        assert not_well(answer) == {
            ("rippling_secret", "bad"),
            ("visma_secret", "bad"),
            ("not_checked", "unknown"),
        }
        assert checks_of(answer, "visma")["not_checked"]["message"]


def test_a_company_without_credentials_is_red_in_its_own_place(world: World) -> None:
    visma = {key: value for key, value in world.secrets.visma().items() if key == "norway"}
    world.secrets = InMemorySecrets(world.secrets.rippling(), visma)
    world.build()

    answer = ping(world)

    assert not_well(answer) == {("sign_in", "bad"), ("not_checked", "unknown")}
    assert "no company sweden" in checks_of(answer, "visma", "sweden")["sign_in"]["message"]


def test_without_time_nobody_is_asked_and_that_is_said(world: World) -> None:
    world.clock.remaining = probing.PING_RESERVE_SECONDS - 1
    world.clear_journals()

    answer = ping(world)

    assert {level for _, level in not_well(answer)} == {"unknown"}
    assert world.vendor_calls() == (0, 0)


# Through the handlers


@pytest.fixture
def account(rippling: Rippling, visma: Visma, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    with an_account(rippling, visma, monkeypatch, mode=ModeName.OFF) as account:
        yield account


def test_ping_runs_first_on_a_stack_with_filled_secrets_and_nothing_else(
    account: Account,
) -> None:
    answer = account.operate("ping")

    assert not_well(answer) == {("mapping", "warning"), ("mode", "warning")}
    assert json.loads(json.dumps(answer)) == answer
    own = checks_of(answer, "connector")
    assert own["last_poll"]["level"] == own["last_sweep"]["level"] == "note"
    assert "connector rehearse" in own["mode"]["remedy"]


def test_a_stoppage_is_named_with_the_two_commands_that_end_it(world: World) -> None:
    world.pauses.pause("Rippling says that the app was uninstalled")

    check = checks_of(ping(world), "connector")["polling"]

    assert check["level"] == "bad"
    assert "the app was uninstalled" in check["message"]
    assert "connector oauth start" in check["remedy"]
    assert "connector resume" in check["remedy"]
    world.operator.dispatch({"verb": "resume"})
    assert checks_of(ping(world), "connector")["polling"]["level"] == "good"


def test_an_empty_secret_names_what_to_fill_in(account: Account) -> None:
    secrets = account.client("secretsmanager")
    arn = account.resources["VismaSecret"]
    secrets.put_secret_value(SecretId=arn, SecretString=" ")

    answer = account.operate("ping")

    check = checks_of(answer, "connector")["visma_secret"]
    assert check["level"] == "bad"
    assert all(word in check["message"] for word in ("empty", "client_id", "tenant_id"))
    assert checks_of(answer, "rippling")["sign_in"]["level"] == "good"


def test_the_page_knows_what_a_poll_left_behind(account: Account) -> None:
    account.operate("mappings import", text=NORDFAB_MAPPING)
    account.operate("go-live")
    account.handler("poller").lambda_handler({}, CONTEXT)
    account.client("sqs").send_message(
        QueueUrl=account.resources["ChangesDeadLetterQueue"],
        MessageBody="x",
        MessageGroupId="g",
        MessageDeduplicationId="1",
    )

    answer = account.operate("ping")

    own = checks_of(answer, "connector")
    assert "ended just now" in own["last_poll"]["message"]
    assert "ended just now" in own["last_sweep"]["message"]
    assert own["dead_letters"]["message"] == "On the queue: 6 changes. Given up: 1 dead letter."


def test_a_sweep_logs_and_counts_missing_capabilities_and_a_tick_asks_for_none(
    account: Account,
    rippling: Rippling,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    account.keep_pay()
    account.operate("mappings import", text=NORDFAB_MAPPING)
    account.operate("go-live")
    poller = account.handler("poller")
    poller.lambda_handler({}, CONTEXT)
    rippling.entitlements.discard("API_Tier_2")
    rippling.ignore_filter.add("updated_at")
    rippling.clear_journal()

    poller.lambda_handler({}, CONTEXT)
    assert rippling.calls(path="/entitlements/") == []
    assert "capability missing" not in caplog.text
    summary = poller.lambda_handler({"full_sweep": True}, CONTEXT)

    assert summary["sweep"] == "finished"
    told = [vars(record) for record in caplog.records if record.message == "capability missing"]
    assert [line["kind"] for line in told] == ["filter", "entitlements"]
    assert all(line["levelname"] == "WARNING" and line["reason"] for line in told)
    assert '"CapabilitiesMissing":[2.0]' in capsys.readouterr().out.replace(" ", "")


@pytest.fixture
def app(account: Account) -> App:
    return App(account)


def test_an_app_that_is_not_installed_yet_is_told_what_to_run(app: App) -> None:
    answer = app.operate("ping")

    assert ("sign_in", "bad") in not_well(answer)
    assert "connector oauth start" in checks_of(answer, "rippling")["sign_in"]["message"]


def test_an_installation_that_lives_says_when_its_token_ends(app: App) -> None:
    app.install()

    told = checks_of(app.operate("ping"), "rippling")

    assert (told["sign_in"]["level"], told["token"]["level"]) == ("good", "good")
    assert app.secret()["expires_at"][:10] in told["token"]["message"]


def test_an_installation_that_has_ended_is_one_red_line_that_says_what_to_run(
    app: App, rippling: Rippling
) -> None:
    app.install()
    rippling.app_shop.end_installation()

    answer = app.operate("ping")

    message = checks_of(answer, "rippling")["sign_in"]["message"]
    assert ("sign_in", "bad") in not_well(answer)
    assert "The installation has ended" in message
    assert "connector oauth start" in message
    assert list(checks_of(answer, "rippling")) == ["sign_in", "not_checked"]


def test_a_token_that_is_used_on_because_it_cannot_be_renewed_is_a_warning(
    app: App, rippling: Rippling
) -> None:
    rippling.app_shop.token_lifetime = 3600
    app.install()
    rippling.faults.fail(503, path=TOKEN_PATH)

    told = checks_of(app.operate("ping"), "rippling")

    assert (told["sign_in"]["level"], told["token"]["level"]) == ("good", "warning")
    assert "oauth start" in told["token"]["remedy"]


@pytest.mark.parametrize(("status", "level"), [(404, "bad"), (200, "bad"), (503, "unknown")])
def test_a_token_endpoint_that_answers_with_a_page_is_one_red_line(
    app: App, rippling: Rippling, status: int, level: str
) -> None:
    app.install()
    rippling.app_shop.forget_access_tokens()
    rippling.faults.fail(status, body="html", path=TOKEN_PATH)

    answer = app.operate("ping")

    check = checks_of(answer, "rippling")["sign_in"]
    assert check["level"] == level
    assert TOKEN_PATH in check["message"]
    assert str(status) in check["message"]
    assert "Service unavailable" not in json.dumps(answer)
    assert checks_of(answer, "visma", "norway")["sign_in"]["level"] == "good"
