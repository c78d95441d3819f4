"""A mapping as rows: nothing is lost on the way there and back, and every mistake names its row."""

from __future__ import annotations

import string
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.domain.employees import FIELDS
from connector.domain.errors import ConfigurationError
from connector.domain.mapping.model import CODE_PARTS, MappingFile
from connector.domain.mapping.rows import difference, from_rows, row_key, to_rows
from tests.unit.builders import a_mapping, some_rules

# Any valid mapping

at_leisure = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

words = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=20
).filter(lambda text: text == text.strip() != "")
codes = st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=10)
optional_codes = st.none() | codes
texts = st.just("") | words


def rules(kind: st.SearchStrategy[Any], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Rules of one kind, at most one for each thing in Rippling."""
    return st.lists(
        st.fixed_dictionaries({"rippling": kind, **fields}),
        max_size=4,
        unique_by=lambda rule: str(rule["rippling"]),
    )


addresses = st.none() | st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("line1", "postal_code", "city", "country"), texts)
)
conditions = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("kind", "country", "department", "employment_type"), words)
)
whens = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("kind", "country", "location", "legal_entity"), words)
)
templates = st.lists(st.sampled_from(CODE_PARTS), min_size=1, max_size=2).map(
    lambda parts: "E".join("{" + part + "}" for part in parts)
)
guards = st.fixed_dictionaries(
    {},
    optional={
        "deactivate_percent": st.integers(1, 100),
        "floor": st.integers(0, 99),
        "first_load": st.sampled_from(["held", "allowed"]),
    },
)
companies = st.fixed_dictionaries(
    {"time_zone": st.sampled_from(["Europe/Oslo", "Europe/Stockholm", "UTC"])},
    optional={
        "employee_code": templates,
        "cost_centre_segment": st.integers(1, 20),
        "department_custom_field": words,
        "email": st.sampled_from(["work", "work_or_personal"]),
        "defaults": st.fixed_dictionaries({}, optional={"branch": codes, "calendar": codes}),
        "departments": rules(words, department=codes, cost_centre=optional_codes, when=whens),
        "locations": rules(words, branch=codes, calendar=optional_codes, address=addresses),
        "employee_classes": st.lists(
            st.fixed_dictionaries({"when": conditions, "employee_class": codes}), max_size=12
        ),
        "fields": st.dictionaries(
            st.sampled_from(FIELDS), st.sampled_from(["rippling", "once", "visma"])
        ),
        "lead_days": st.integers(0, 60),
        "scope": st.fixed_dictionaries(
            {},
            optional={
                "exclude_employment_types": st.lists(words, max_size=3),
                "deactivate_when_out_of_scope": st.booleans(),
            },
        ),
        "guards": guards,
    },
)


@st.composite
def mappings(draw: st.DrawFn) -> MappingFile:
    """A valid mapping of one to three companies, none of which claims another's entity."""
    keys = draw(st.lists(st.from_regex(r"[a-z][a-z0-9_-]{0,30}", fullmatch=True), min_size=1,
                         max_size=3, unique=True))  # fmt: skip
    entities = draw(st.lists(words, min_size=len(keys), max_size=6, unique=True))
    plain = {}
    for position, key in enumerate(keys):
        claimed = entities[position :: len(keys)]
        plain[key] = {**draw(companies), "legal_entities": claimed}
    return MappingFile.model_validate({"companies": plain})


@at_leisure
@given(mappings())
def test_any_mapping_survives_the_way_there_and_back(mapping: MappingFile) -> None:
    rows = to_rows(mapping)

    assert from_rows(rows) == mapping
    assert sorted(to_rows(from_rows(rows)), key=row_key) == sorted(rows, key=row_key)
    assert len(set(map(row_key, rows))) == len(rows)


@at_leisure
@given(mappings(), st.randoms(use_true_random=False))
def test_the_order_in_which_rows_are_found_changes_no_rule(
    mapping: MappingFile, random: Any
) -> None:
    rows = to_rows(mapping)
    random.shuffle(rows)

    found = from_rows(rows)

    for key, wanted in mapping.companies.items():
        read = found.companies[key]
        assert read.employee_classes == wanted.employee_classes
        assert sorted(read.departments, key=repr) == sorted(wanted.departments, key=repr)
        assert sorted(read.locations, key=repr) == sorted(wanted.locations, key=repr)


@at_leisure
@given(mappings(), mappings())
def test_a_difference_makes_one_mapping_the_other(one: MappingFile, other: MappingFile) -> None:
    written, removed = difference(to_rows(one), to_rows(other))
    rows = {row_key(row): row for row in to_rows(one)}

    rows |= {row_key(row): row for row in written}
    for row in removed:
        del rows[row_key(row)]

    assert sorted(rows.values(), key=row_key) == sorted(to_rows(other), key=row_key)
    assert difference(to_rows(one), to_rows(one)) == ([], [])


def test_more_classes_than_two_digits_can_count_keep_their_order() -> None:
    classes = [{"when": {"country": str(n)}, "employee_class": f"C{n}"} for n in range(120)]
    mapping = a_mapping(norway=some_rules(employee_classes=classes))
    rows = sorted(to_rows(mapping), key=lambda row: str(row["rule"]))

    assert from_rows(rows) == mapping


# Rows as people write them

SETTINGS = {
    "company": "norway",
    "rule": "company#settings",
    "legal_entities": ["Nordfab AS"],
    "time_zone": "Europe/Oslo",
}


def norway(rule: str, **values: Any) -> dict[str, Any]:
    return {"company": "norway", "rule": rule, **values}


def read(*rows: dict[str, Any]) -> Any:
    """The rules that some rows of Norway amount to, together with its settings."""
    return from_rows([SETTINGS, *rows]).companies["norway"]


def problems(*rows: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigurationError) as error:
        from_rows(rows)
    return list(error.value.problems)


def test_the_settings_alone_are_a_mapping() -> None:
    assert read() == some_rules(defaults={}, departments=[], locations=[], employee_classes=[])


def test_classes_are_tried_in_the_order_of_their_numbers() -> None:
    rules = read(
        norway("employee_class#100", when={}, employee_class="LAST"),
        norway("employee_class#20", when={"country": "NO"}, employee_class="SECOND"),
        norway("employee_class#015", when={"country": "SE"}, employee_class="FIRST"),
    )

    assert [rule.employee_class for rule in rules.employee_classes] == ["FIRST", "SECOND", "LAST"]


def test_what_a_department_is_called_need_not_be_said_twice() -> None:
    rules = read(norway("department#R&D #1", department="RND"))

    assert rules.departments[0].rippling == "R&D #1"


@pytest.mark.parametrize("percent", [7, "7", " 7 ", Decimal(7), Decimal("7.0"), 7.0], ids=repr)
def test_a_number_may_be_typed_in_any_way(percent: Any) -> None:
    assert read(norway("guards#all", move_percent=percent)).guards.move_percent == 7


@pytest.mark.parametrize("code", [200, Decimal(200), Decimal("2E+2"), "200", " 200 "])
def test_a_code_may_be_typed_as_a_number(code: Any) -> None:
    rules = read(
        norway("department#200", rippling=code, department=code, cost_centre=code),
        norway("employee_class#010", when={"department": code}, employee_class=code),
    )

    assert rules.departments[0].model_dump(exclude_none=True) == {
        "rippling": "200",
        "department": "200",
        "cost_centre": "200",
    }
    assert rules.employee_classes[0].when.department == "200"


def test_blanks_around_what_was_typed_mean_nothing() -> None:
    rules = from_rows(
        [
            {
                "company": " norway ",
                "rule": " company#settings ",
                "legal_entities": [" Nordfab AS "],
                "time_zone": " Europe/Oslo ",
                "employee_code": " {worker.number} ",
                "lead_days": " 3 ",
            },
            norway("department# Production ", rippling=" Production", department=" PROD "),
            norway("field#contact.phone1", owner=" once "),
            norway("guards#all", first_load=" allowed"),
            norway("scope#all", deactivate_when_out_of_scope=" true"),
        ]
    ).companies["norway"]

    assert rules.time_zone == "Europe/Oslo"
    assert rules.employee_code == "{worker.number}"
    assert rules.lead_days == 3
    assert rules.departments[0].rippling == "Production"
    assert rules.owner("contact.phone1") == "once"
    assert rules.guards.first_load == "allowed"
    assert rules.scope.deactivate_when_out_of_scope


@pytest.mark.parametrize("emptied", ["", "  ", None])
def test_a_cell_that_was_emptied_counts_as_left_out(emptied: Any) -> None:
    rules = read(
        norway("department#Production", department="PROD", cost_centre=emptied),
        norway("guards#all", floor=emptied),
    )

    assert rules.departments[0].cost_centre is None
    assert rules.guards.floor == 5


def test_a_condition_that_was_emptied_is_no_condition_that_always_holds() -> None:
    row = norway("employee_class#010", when={"country": ""}, employee_class="HOURLY")

    (problem,) = problems(SETTINGS, row)

    assert problem.startswith("norway, employee_class#010: when.country: ")


# Mistakes


def test_without_a_row_there_is_no_mapping_yet() -> None:
    assert problems() == [
        "there is no mapping yet; import one with: connector mappings import FILE"
    ]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (norway("departement#Sales", department="S"), "departement#Sales: there is no such rule"),
        (norway("guards#norway", floor=1), "guards#norway: there is no such rule"),
        (norway("Sales", department="S"), "norway, Sales: there is no such rule"),
        (norway("department#Sales"), "department#Sales: department: this key is missing"),
        (norway("department#", department="S"), "department#: rippling: "),
        (
            norway("department#Sales", rippling="Marketing", department="S"),
            "department#Sales: rippling says Marketing",
        ),
        (
            norway("location#Bergen", branch="1", adress={}),
            "location#Bergen: adress: there is no such key",
        ),
        (
            norway("location#Bergen", branch="1", address={"street": "x"}),
            "location#Bergen: address.street: there is no such key",
        ),
        (
            norway("employee_class#first", when={}, employee_class="X"),
            "employee_class#first: write a number",
        ),
        (norway("employee_class#010", employee_class="X"), "employee_class#010: when: this key is"),
        (norway("field#contact.phone1", owner="me"), "field#contact.phone1: the text 'me' stands"),
        (norway("field#contact.phone1"), "field#contact.phone1: nothing stands where"),
        (norway("field#contact.phone1", owner="once", note="x"), "contact.phone1: note: there is"),
        (norway("field#contact.fax", owner="once"), "field#contact.fax: Visma has no such field"),
        (norway("guards#all", floor="three"), "guards#all: floor: the text 'three' stands"),
        (norway("guards#all", floor=Decimal("1.5")), "guards#all: floor: the number 1.5 stands"),
        (norway("scope#all", exclude="x"), "scope#all: exclude: there is no such key"),
        (norway("guards# all", floor=3), None),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_mistake_is_told_with_the_company_and_the_rule(
    row: dict[str, Any], expected: str | None
) -> None:
    if expected is None:
        assert read(row).guards.floor == 3
        return
    (problem,) = problems(SETTINGS, row)

    assert problem.startswith("norway, ")
    assert expected in problem


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"time_zone": "Europe/Bergen"}, "company#settings: time_zone: there is no time zone"),
        ({"legal_entities": "Nordfab AS"}, "company#settings: legal_entities: the text"),
        (
            {"employee_code": "{worker.name}"},
            "company#settings: employee_code: use {worker.number}",
        ),
        ({"lead_days": 99}, "company#settings: lead_days: Input should be less"),
        ({"departments": []}, "company#settings: departments: there is no such key"),
    ],
)
def test_a_mistake_in_the_settings_is_told_as_one(changes: dict[str, Any], expected: str) -> None:
    (problem,) = problems({**SETTINGS, **changes})

    assert expected in problem


def test_a_company_without_settings_is_one_problem() -> None:
    row = {"company": "sweden", "rule": "department#Sales", "department": "S"}

    assert problems(SETTINGS, row) == [
        "sweden, company#settings: there is no such row;"
        " it has to name legal_entities and time_zone"
    ]


def test_every_problem_is_told_at_once() -> None:
    told = problems(
        norway("department#Sales"),
        norway("departement#Production", department="PROD"),
        norway("employee_class#010", when={"pay": "HOURLY"}, employee_class=""),
        {**SETTINGS, "company": "sweden", "time_zone": "Stockholm"},
        {"company": "Denmark", "rule": "company#settings", "time_zone": "Europe/Copenhagen"},
    )

    named = [problem.rpartition(": ")[0] for problem in told]
    assert sorted(named) == [
        "Denmark",
        "Denmark, company#settings: legal_entities",
        "norway, company#settings",
        "norway, departement#Production",
        "norway, department#Sales: department",
        "norway, employee_class#010: employee_class",
        "norway, employee_class#010: when.pay",
        "sweden, company#settings: time_zone",
    ]


def test_two_rows_of_one_rule_are_a_mistake() -> None:
    (problem,) = problems(SETTINGS, norway("guards#all"), norway("guards# all", floor=3))

    assert problem == "norway, guards#all: there is more than one such row"


def test_two_classes_of_one_number_are_a_mistake() -> None:
    (problem,) = problems(
        SETTINGS,
        norway("employee_class#10", when={}, employee_class="A"),
        norway("employee_class#010", when={}, employee_class="B"),
    )

    assert problem == "norway, employee_class#010: employee_class#10 has the same number"


def test_two_companies_cannot_claim_the_same_entity() -> None:
    (problem,) = problems(SETTINGS, {**SETTINGS, "company": "sweden"})

    assert problem == "more than one company claims the legal entity Nordfab AS"


def test_rows_are_not_changed_by_being_read() -> None:
    row = norway("department#Production", rippling=" Production ", department=Decimal(7))
    before = dict(row)

    read(row)

    assert row == before
