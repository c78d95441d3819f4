"""The contract of the mappings: what is replaced, what is read, and what may be typed by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connector.adapters.aws.dynamodb import to_item
from connector.adapters.aws.mappings import DynamoMappings
from connector.adapters.memory import InMemoryMappings
from connector.domain.errors import ConfigurationError, ConflictError, RetryableError
from connector.domain.mapping.model import MappingFile
from connector.domain.mapping.rows import digest, to_rows
from connector.ports.state import Mappings
from tests.contract.bench import Watched, aws, make_table, refusal
from tests.support.clock import HandClock


@pytest.fixture(params=["memory", "dynamodb"])
def mappings(request: pytest.FixtureRequest) -> Iterator[Mappings]:
    if request.param == "memory":
        yield InMemoryMappings()
        return
    with aws("dynamodb") as client:
        yield DynamoMappings(HandClock(), client, make_table(client, "MappingsTable"))


@pytest.fixture
def watched() -> Iterator[Watched]:
    with aws("dynamodb") as client:
        make_table(client, "MappingsTable")
        yield Watched(client)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def on_dynamodb(watched: Watched, clock: HandClock) -> DynamoMappings:
    return DynamoMappings(clock, watched, "MappingsTable")


def a_mapping(count: int = 2, **changes: Any) -> MappingFile:
    norway: dict[str, Any] = {
        "legal_entities": ["Nordfab AS"],
        "time_zone": "Europe/Oslo",
        "defaults": {"branch": "1", "employee_class": "STAFF", "calendar": "NORWAY"},
        "departments": [
            {"rippling": f"Department {number:03}", "department": f"D{number}", "cost_centre": "2"}
            for number in range(count)
        ],
        "locations": [{"rippling": "Bergen", "branch": "2", "address": {"city": "Bergen"}}],
        "employee_classes": [
            {"when": {"compensation_time_period": "HOURLY"}, "employee_class": "HOURLY"},
            {"when": {"country": "NO"}, "employee_class": "NO"},
        ],
        "fields": {"contact.phone1": "once"},
    }
    return MappingFile.model_validate({"companies": {"norway": {**norway, **changes}}})


def two_companies() -> MappingFile:
    norway = a_mapping().companies["norway"]
    sweden = norway.model_copy(update={"legal_entities": ("*",), "time_zone": "Europe/Stockholm"})
    return MappingFile(companies={"sweden": sweden, "norway": norway})


def test_before_the_first_import_the_engineer_is_told_what_to_do(mappings: Mappings) -> None:
    with pytest.raises(ConfigurationError, match="connector mappings import FILE"):
        mappings.load()

    assert mappings.rows() == []


def test_a_mapping_comes_back_as_it_went_in(mappings: Mappings) -> None:
    written = mappings.replace(two_companies())

    assert mappings.load() == two_companies()
    assert written == (len(mappings.rows()), 0)


def test_one_row_is_one_rule(mappings: Mappings) -> None:
    mappings.replace(a_mapping())

    assert [row["rule"] for row in mappings.rows()] == [
        "company#settings",
        "defaults#all",
        "department#Department 000",
        "department#Department 001",
        "employee_class#010",
        "employee_class#020",
        "field#contact.phone1",
        "guards#all",
        "location#Bergen",
        "scope#all",
    ]
    assert mappings.rows()[2] == {
        "company": "norway",
        "rule": "department#Department 000",
        "rippling": "Department 000",
        "department": "D0",
        "cost_centre": "2",
    }


def test_the_same_mapping_again_touches_nothing(mappings: Mappings) -> None:
    mappings.replace(two_companies())

    assert mappings.replace(two_companies()) == (0, 0)


def test_only_what_differs_is_written_and_removed(mappings: Mappings) -> None:
    mappings.replace(a_mapping(3))
    kept = [{"rippling": "Department 000", "department": "OTHER", "cost_centre": "2"}]

    assert mappings.replace(a_mapping(departments=kept)) == (1, 2)
    assert mappings.load().companies["norway"].departments[0].department == "OTHER"
    assert len(mappings.load().companies["norway"].departments) == 1


def test_a_company_that_left_the_file_leaves_the_table(mappings: Mappings) -> None:
    mappings.replace(two_companies())

    mappings.replace(a_mapping())

    assert mappings.load() == a_mapping()
    assert {row["company"] for row in mappings.rows()} == {"norway"}


# DynamoDB alone


def test_an_unchanged_row_is_not_sent(watched: Watched, on_dynamodb: DynamoMappings) -> None:
    on_dynamodb.replace(a_mapping(150))
    watched.calls.clear()

    assert on_dynamodb.replace(a_mapping(149, lead_days=3)) == (1, 1)

    ((request,),) = [[sent for name, sent in watched.calls if name == "transact_write_items"]]
    put, delete, end_of_turn = request["TransactItems"]
    assert put["Put"]["Item"]["rule"] == {"S": "company#settings"}
    assert delete["Delete"]["Key"]["rule"] == {"S": "department#Department 149"}
    assert end_of_turn["Delete"]["Key"]["rule"] == {"S": "import"}


def test_a_large_mapping_is_written_in_portions(
    watched: Watched, on_dynamodb: DynamoMappings
) -> None:
    written, _ = on_dynamodb.replace(a_mapping(250))

    portions = [
        len(request["TransactItems"])
        for name, request in watched.calls
        if name == "transact_write_items"
    ]
    assert written == sum(portions) - 3 == 258, "each portion is in the turn of the import"
    assert portions == [100, 100, 61]
    assert len(on_dynamodb.load().companies["norway"].departments) == 250


def test_a_reader_finds_a_whole_company_or_is_stopped_but_never_half_of_one(
    watched: Watched, on_dynamodb: DynamoMappings
) -> None:
    one, large = a_mapping(5), a_mapping(250, legal_entities=["*"])
    both = MappingFile(companies={**one.companies, "sweden": large.companies["norway"]})
    on_dynamodb.replace(one)
    found: list[MappingFile | None] = []

    def then_read() -> None:
        try:
            found.append(on_dynamodb.load())
        except RetryableError:
            found.append(None)

    watched.after["transact_write_items"] = then_read

    on_dynamodb.replace(both)
    on_dynamodb.replace(one)

    assert found == [None, None, both, None, None, one]


def test_while_a_large_import_is_under_way_readers_and_other_imports_are_sent_away(
    watched: Watched, on_dynamodb: DynamoMappings
) -> None:
    told: list[str] = []

    def then_try() -> None:
        for attempt in (on_dynamodb.load, lambda: on_dynamodb.replace(a_mapping(1))):
            try:
                attempt()
            except RetryableError as error:
                told.append(str(error))
            else:
                told.append("fine")

    on_dynamodb.replace(a_mapping(5))
    watched.after["update_item"] = then_try

    on_dynamodb.replace(a_mapping(250))

    under_way = "a mapping import is under way; it is over within two minutes"
    assert told == ["fine", under_way, under_way, under_way], "its turn, and then its first row"
    assert on_dynamodb.load() == a_mapping(250)
    assert len(on_dynamodb.rows()) == len(to_rows(a_mapping(250))), "no sentinel is left"


def test_readers_are_not_sent_away_for_what_fits_into_one_transaction(
    watched: Watched, on_dynamodb: DynamoMappings
) -> None:
    on_dynamodb.replace(a_mapping(5))
    found: list[MappingFile] = []
    watched.after["update_item"] = lambda: found.append(on_dynamodb.load())
    watched.calls.clear()

    assert on_dynamodb.replace(a_mapping(104)) == (99, 0)

    assert watched.count("transact_write_items") == 1
    assert found == [a_mapping(5)]


def _cut_short(watched: Watched, on_dynamodb: DynamoMappings) -> None:
    """An import that wrote its first portion and then died, without a chance to say so."""
    on_dynamodb.replace(a_mapping(5))

    def die() -> None:
        del watched.after["transact_write_items"]
        watched.answers["update_item"] = [refusal("ThrottlingException")]
        watched.answers["transact_write_items"] = [refusal("ThrottlingException")]

    watched.after["transact_write_items"] = die
    with pytest.raises(RetryableError):
        on_dynamodb.replace(a_mapping(250))


def test_half_a_mapping_is_never_read_not_even_once_the_import_is_given_up(
    watched: Watched, on_dynamodb: DynamoMappings, clock: HandClock
) -> None:
    _cut_short(watched, on_dynamodb)

    with pytest.raises(RetryableError, match="under way"):
        on_dynamodb.load()
    clock.turn(seconds=121)
    with pytest.raises(ConfigurationError, match=r"cut short.*import the file again"):
        on_dynamodb.load()


@pytest.mark.parametrize("count", [250, 5, 20])
def test_an_import_that_was_cut_short_is_healed_by_the_next_one(
    watched: Watched, on_dynamodb: DynamoMappings, clock: HandClock, count: int
) -> None:
    _cut_short(watched, on_dynamodb)
    clock.turn(seconds=121)

    on_dynamodb.replace(a_mapping(count))

    assert on_dynamodb.load() == a_mapping(count)
    assert on_dynamodb.rows() == sorted(
        to_rows(a_mapping(count)), key=lambda row: (row["company"], row["rule"])
    )


def test_an_import_that_fails_lets_go_at_once(
    watched: Watched, on_dynamodb: DynamoMappings
) -> None:
    on_dynamodb.replace(a_mapping(5))
    watched.answers["transact_write_items"] = [refusal("ThrottlingException")]

    with pytest.raises(RetryableError):
        on_dynamodb.replace(a_mapping(250))

    assert on_dynamodb.load() == a_mapping(5), "nothing was written, so nothing is half"
    on_dynamodb.replace(a_mapping(250))
    assert on_dynamodb.load() == a_mapping(250)


def test_the_mark_of_an_import_long_over_is_ignored(
    watched: Watched, on_dynamodb: DynamoMappings
) -> None:
    on_dynamodb.replace(a_mapping())
    sentinel = {"company": "-", "rule": "import", "until": "2026-11-24T11:59:59.000000Z"}
    watched.put_item(TableName="MappingsTable", Item=to_item(sentinel))

    assert on_dynamodb.load() == a_mapping()
    assert on_dynamodb.replace(a_mapping(3)) == (1, 0)
    assert on_dynamodb.load() == a_mapping(3)


def test_pay_bands_and_examples_come_back_as_they_went_in(mappings: Mappings) -> None:
    classes = [
        {
            "when": {"annual_pay": {"at_least": "500000.50", "currency": "NOK"}, "country": "NO"},
            "employee_class": "SENIOR",
        },
        {"when": {"annual_pay": {"below": 500000, "currency": "NOK"}}, "employee_class": "JUNIOR"},
    ]
    examples = [
        {
            "given": {"annual_pay": {"amount": 500001, "currency": "NOK"}, "country": "NO"},
            "employee_class": "SENIOR",
        }
    ]
    mapping = a_mapping(employee_classes=classes, examples=examples)

    mappings.replace(mapping)

    assert mappings.load() == mapping
    assert mappings.replace(mapping) == (0, 0)


def test_every_page_is_read_and_what_is_read_is_the_latest(
    watched: Watched, on_dynamodb: DynamoMappings
) -> None:
    on_dynamodb.replace(two_companies())
    watched.page = 3
    watched.calls.clear()

    assert on_dynamodb.load() == two_companies()
    assert watched.count("scan") > 3
    assert all(request["ConsistentRead"] for _, request in watched.calls)


@pytest.fixture
def by_hand(watched: Watched, on_dynamodb: DynamoMappings) -> Callable[..., DynamoMappings]:
    """Edits one row as someone in the DynamoDB console would."""
    on_dynamodb.replace(a_mapping())

    def edit(rule: str, **values: Any) -> DynamoMappings:
        row = {"company": "norway", "rule": rule, **values}
        watched.put_item(TableName="MappingsTable", Item=to_item(row))
        return on_dynamodb

    return edit


def test_a_number_typed_by_hand_may_be_a_number_or_a_text(
    by_hand: Callable[..., DynamoMappings],
) -> None:
    by_hand("guards#all", deactivate_percent=7, floor=" 3 ")
    by_hand("department#310", department=310, cost_centre=" 200 ")
    rules = by_hand("scope#all", deactivate_when_out_of_scope=" true ").load().companies["norway"]

    assert (rules.guards.deactivate_percent, rules.guards.floor) == (7, 3)
    assert rules.departments[-1].department == "310" or rules.departments[0].department == "310"
    assert rules.scope.deactivate_when_out_of_scope


def test_a_set_typed_by_hand_is_a_list(watched: Watched, on_dynamodb: DynamoMappings) -> None:
    on_dynamodb.replace(a_mapping())
    watched.put_item(
        TableName="MappingsTable",
        Item={
            "company": {"S": "norway"},
            "rule": {"S": "scope#all"},
            "exclude_employment_types": {"SS": ["CONTRACTOR", "INTERN"]},
        },
    )

    (row,) = (row for row in on_dynamodb.rows() if row["rule"] == "scope#all")
    scope = on_dynamodb.load().companies["norway"].scope

    assert row["exclude_employment_types"] == ["CONTRACTOR", "INTERN"]
    assert scope.exclude_employment_types == ("CONTRACTOR", "INTERN")


def test_a_bound_of_a_band_typed_by_hand_may_be_a_number(
    by_hand: Callable[..., DynamoMappings],
) -> None:
    band = {"annual_pay": {"at_least": 500000, "below": " 900000 ", "currency": "NOK"}}
    rules = by_hand("employee_class#015", when=band, employee_class="MIDDLE").load()

    pay_band = rules.companies["norway"].employee_classes[1].when.annual_pay
    assert pay_band is not None
    assert pay_band.model_dump() == {"at_least": "500000", "below": "900000", "currency": "NOK"}


def test_a_mistake_made_by_hand_is_told_with_its_row(
    by_hand: Callable[..., DynamoMappings],
) -> None:
    by_hand("guards#all", floor="three")

    with pytest.raises(ConfigurationError) as error:
        by_hand("departement#Sales", department="S").load()

    assert [problem.split(":")[0] for problem in error.value.problems] == [
        "norway, departement#Sales",
        "norway, guards#all",
    ]


def test_a_mapping_that_does_not_make_sense_can_be_replaced(
    by_hand: Callable[..., DynamoMappings],
) -> None:
    mappings = by_hand("guards#all", floor="three")

    mappings.replace(a_mapping())

    assert mappings.load() == a_mapping()


def then(mappings: Mappings, mapping: MappingFile, told: list[str]) -> Callable[[], None]:
    """Somebody who imports as well, and keeps what comes of it."""

    def first() -> None:
        try:
            mappings.replace(mapping)
        except RetryableError as error:
            told.append(str(error))

    return first


def test_of_two_imports_at_once_the_second_is_refused(mappings: Mappings) -> None:
    mappings.replace(a_mapping(2))
    told: list[str] = []

    mappings.replace(a_mapping(3), first=then(mappings, a_mapping(2, lead_days=3), told))

    assert told == ["a mapping import is under way; it is over within two minutes"]
    assert mappings.load() == a_mapping(3)
    mappings.replace(a_mapping(2, lead_days=3))
    assert mappings.load() == a_mapping(2, lead_days=3)


def test_an_import_decided_by_other_rows_than_there_are_writes_nothing(mappings: Mappings) -> None:
    mappings.replace(a_mapping(2))
    seen, kept = digest(mappings.rows()), []
    mappings.replace(a_mapping(3))

    with pytest.raises(ConflictError, match=r"changed meanwhile.*nothing was written.*diff"):
        mappings.replace(a_mapping(4), seen, lambda: kept.append("something"))

    assert (mappings.load(), kept) == (a_mapping(3), [])
    mappings.replace(a_mapping(4), digest(mappings.rows()))
    assert mappings.load() == a_mapping(4)


def test_what_cannot_be_kept_first_is_not_replaced_and_locks_nobody_out(mappings: Mappings) -> None:
    mappings.replace(a_mapping(2))

    def first() -> None:
        raise RetryableError("DynamoDB is busy")

    with pytest.raises(RetryableError, match="busy"):
        mappings.replace(a_mapping(3), first=first)

    assert mappings.load() == a_mapping(2)
    mappings.replace(a_mapping(3))
    assert mappings.load() == a_mapping(3)


@pytest.mark.parametrize("count", [3, 250])
def test_an_import_that_was_killed_in_its_turn_keeps_others_away_for_two_minutes(
    watched: Watched, on_dynamodb: DynamoMappings, clock: HandClock, count: int
) -> None:
    on_dynamodb.replace(a_mapping(2))

    def die() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        on_dynamodb.replace(a_mapping(count), first=die)

    assert on_dynamodb.load() == a_mapping(2), "no row was written, and readers go on"
    with pytest.raises(RetryableError, match="under way"):
        on_dynamodb.replace(a_mapping(4))
    clock.turn(seconds=121)
    on_dynamodb.replace(a_mapping(4))
    assert on_dynamodb.load() == a_mapping(4)


@pytest.mark.parametrize("count", [3, 250])
def test_an_import_whose_turn_is_over_writes_no_row_any_more(
    watched: Watched, on_dynamodb: DynamoMappings, clock: HandClock, count: int
) -> None:
    on_dynamodb.replace(a_mapping(2))

    def sleeps() -> None:
        clock.turn(seconds=121)
        on_dynamodb.replace(a_mapping(4))

    with pytest.raises(ConflictError):
        on_dynamodb.replace(a_mapping(count), first=sleeps)

    assert on_dynamodb.load() == a_mapping(4)
    on_dynamodb.replace(a_mapping(5))
    assert on_dynamodb.load() == a_mapping(5)


def test_half_a_mapping_is_no_mapping_to_go_on_with_either(
    watched: Watched, on_dynamodb: DynamoMappings, clock: HandClock
) -> None:
    """The import that was to heal it is cut short before its first row."""
    _cut_short(watched, on_dynamodb)
    clock.turn(seconds=121)
    watched.answers["transact_write_items"] = [refusal("ThrottlingException")]

    with pytest.raises(RetryableError):
        on_dynamodb.replace(a_mapping(240))

    with pytest.raises(ConfigurationError, match="cut short"):
        on_dynamodb.load()
    on_dynamodb.replace(a_mapping(240))
    assert on_dynamodb.load() == a_mapping(240)


def test_two_imports_at_once_do_not_mix_in_silence(
    watched: Watched, on_dynamodb: DynamoMappings
) -> None:
    reasons = [{"Code": "TransactionConflict"}]
    watched.answers["transact_write_items"] = [
        refusal("TransactionCanceledException", CancellationReasons=reasons)
    ]

    with pytest.raises(RetryableError):
        on_dynamodb.replace(a_mapping())


def test_the_rows_are_those_of_the_domain(mappings: Mappings) -> None:
    mappings.replace(two_companies())

    def by_key(row: dict[str, Any]) -> tuple[str, str]:
        return row["company"], row["rule"]

    assert mappings.rows() == sorted(to_rows(two_companies()), key=by_key)
