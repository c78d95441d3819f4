"""Nordfab, the demo company: its people in Rippling, its books in Visma, the mapping between.

A Nordic manufacturer with offices in Oslo, Bergen and Stockholm and a distribution centre at
Gardermoen. Everyone is invented, and a seed always gives the same company.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from tests.simulator.books.differences import Differences
from tests.simulator.books.history import Arrangement, History, months_before
from tests.simulator.people import PLACES
from tests.simulator.rippling import DEMO_TOKEN, Rippling
from tests.simulator.visma import Visma

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.simulator.clock import Now

FOUNDED = datetime(2012, 1, 2, 8, tzinfo=UTC)
# Everyone was last touched in these two years, so that a clock set later finds a quiet company.
TOUCHED_FROM = datetime(2023, 1, 2, 8, tzinfo=UTC)
TOUCHED_FOR = timedelta(days=700)
LAST_OLD_DAY = date(2022, 12, 31)
WEBHOOK_TOKENS = ("demo-webhook-token", "demo-webhook-token-before")
CLIENT_ID, CLIENT_SECRET = "isv_nordfab_demo", "demo-visma-secret"
TENANTS = {
    "norway": ("11111111-1111-4111-8111-111111111111", "1001001"),
    "sweden": ("22222222-2222-4222-8222-222222222222", "1001002"),
}


@dataclass(frozen=True)
class Unit:
    """One department on both sides, its share of the staff, and where and how they work."""

    name: str
    code: str
    cost_centre: str
    share: int
    titles: tuple[str, ...]
    places: tuple[str, ...]
    is_hourly: bool = False


OFFICES = ("Oslo", "Oslo", "Oslo", "Bergen", "Stockholm")
UNITS = (
    Unit("Production", "PROD", "200", 38, ("Operator", "Shift lead"), ("Oslo", "Bergen"), True),
    Unit("Warehouse", "WHSE", "210", 18, ("Picker", "Forklift driver"), ("Gardermoen",), True),
    Unit("Maintenance", "MAINT", "220", 7, ("Technician", "Electrician"), ("Oslo", "Bergen"), True),
    Unit("Engineering", "ENG", "300", 9, ("Engineer", "Designer"), OFFICES),
    Unit("IT", "IT", "310", 4, ("Systems engineer", "Support analyst"), OFFICES),
    Unit("Sales", "SALES", "400", 13, ("Account manager", "Sales assistant"), OFFICES),
    Unit("Finance", "FIN", "500", 4, ("Controller", "Accountant"), OFFICES),
    Unit("People", "PEOPLE", "510", 3, ("People partner", "Payroll specialist"), OFFICES),
    Unit("Management", "MGMT", "600", 4, ("Director", "Executive assistant"), OFFICES),
)
# The controller has no row for this one: its reference code names the Visma department.
UNMAPPED = "Management"
LOCATIONS = {
    "Oslo": ("Eksempelveien 1", "0001", "Oslo", "NO"),
    "Bergen": ("Prøvegata 2", "5001", "Bergen", "NO"),
    "Gardermoen": ("Mønstergata 3", "2060", "Gardermoen", "NO"),
    "Stockholm": ("Exempelgatan 4", "100 00", "Stockholm", "SE"),
}
EMPLOYMENT_TYPES: Mapping[str, tuple[str, str | None, str | None]] = {
    "Salaried full-time": ("EMPLOYEE", "SALARIED", "FULL-TIME"),
    "Salaried part-time": ("EMPLOYEE", "SALARIED", "PART-TIME"),
    "Hourly full-time": ("EMPLOYEE", "HOURLY", "FULL-TIME"),
    "Hourly temp": ("EMPLOYEE", "HOURLY", "TEMPORARY"),
    "Contractor": ("CONTRACTOR", None, None),
}
BRANCHES = {
    "norway": {"1": "Oslo", "2": "Bergen", "3": "Gardermoen"},
    "sweden": {"1": "Stockholm"},
}

_DEPARTMENT_ROWS = "\n".join(
    f'      - {{rippling: {unit.name}, department: {unit.code}, cost_centre: "{unit.cost_centre}"}}'
    for unit in UNITS
    if unit.name != UNMAPPED
)
_RULES = """\
    employee_classes:
      - {when: {compensation_time_period: HOURLY}, employee_class: HOURLY}
    lead_days: 0
    scope: {exclude_employment_types: [CONTRACTOR], deactivate_when_out_of_scope: false}
    guards:
      {deactivate_percent: 10, move_percent: 25, create_percent: 25, floor: 5, first_load: allowed}
"""


def _company_mapping(
    key: str, entity: str, zone: str, calendar: str, locations: Mapping[str, str]
) -> str:
    places = "\n".join(
        f'      - {{rippling: {place}, branch: "{branch}"}}' for place, branch in locations.items()
    )
    return f"""\
  {key}:
    legal_entities: ["{entity}"]
    time_zone: {zone}
    employee_code: "{{worker.number}}"
    cost_centre_segment: 1
    defaults: {{branch: "1", employee_class: STAFF, calendar: {calendar}}}
    departments:
{_DEPARTMENT_ROWS}
    locations:
{places}
{_RULES}"""


_NORWAY_PLACES = {"Oslo": "1", "Bergen": "2", "Gardermoen": "3"}
NORDFAB_MAPPING = "companies:\n" + _company_mapping(
    "norway", "*", "Europe/Oslo", "NORWAY", {**_NORWAY_PLACES, "Stockholm": "1"}
)
NORDFAB_MAPPING_TWO_COMPANIES = (
    "companies:\n"
    + _company_mapping("norway", "Nordfab AS", "Europe/Oslo", "NORWAY", _NORWAY_PLACES)
    + _company_mapping("sweden", "Nordfab AB", "Europe/Stockholm", "SWEDEN", {"Stockholm": "1"})
)


def nordfab_mapping(companies: int = 1) -> str:
    """The mapping file that maps Nordfab in full."""
    return NORDFAB_MAPPING if companies == 1 else NORDFAB_MAPPING_TWO_COMPANIES


def credentials(companies: int = 1) -> tuple[dict[str, Any], dict[str, Any]]:
    """The Rippling secret and the Visma secret that open the demo company."""
    rippling = {"api_token": DEMO_TOKEN}
    keys = _company_keys(companies)
    visma = {
        key: {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "tenant_id": TENANTS[key][0],
            "company_id": TENANTS[key][1],
        }
        for key in keys
    }
    return rippling, {"companies": visma}


def webhook_credentials() -> dict[str, Any]:
    """The webhook secret of the demo company."""
    return {"webhook_tokens": list(WEBHOOK_TOKENS)}


def nordfab_rippling(
    clock: Now | None = None,
    people: int = 240,
    seed: int = 7,
    companies: int = 1,
    port: int = 0,
) -> Rippling:
    """Nordfab in Rippling, with this many people; not yet listening."""
    rippling = Rippling(clock, port)
    _found(rippling, companies)
    draw = Random(f"nordfab/{seed}")
    managers: dict[str, str] = {}
    for place in range(people):
        at = TOUCHED_FROM + TOUCHED_FOR * place / people
        at = at.replace(microsecond=draw.randrange(1_000_000))
        _take_on(rippling, draw, managers, at, companies, seed)
    return rippling


def nordfab_visma(companies: int = 1, clock: Now | None = None, port: int = 0) -> Visma:
    """Nordfab's books in Visma, without a single employee; not yet listening."""
    visma = Visma(clock, port)
    for key in _company_keys(companies):
        tenant_id, company_id = TENANTS[key]
        visma.add_company(
            key,
            tenant_id,
            company_id=company_id,
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
        )
        _open_books(visma, key)
    return visma


def nordfab_books(
    rippling: Rippling, visma: Visma, months: int = 6, *, until: date | None = None
) -> Differences:
    """Opens Nordfab's books and posts its last whole months, out of its people in Rippling.

    What can go wrong in a month is planted with `plant_difference`, which `/_control/` of Visma
    runs as well. `until` is a day of the month after the last one; Visma's today by default.
    """
    has_two = len(visma.companies) > 1
    history = History(rippling, visma, Arrangement(
        cost_centres={unit.name: unit.cost_centre for unit in UNITS},
        branches={key: {name: number for number, name in BRANCHES[key].items()}
                  for key in visma.companies},
        companies={"Nordfab AS": "norway", "Nordfab AB": "sweden" if has_two else "norway"},
        spare_cost_centre=next(one.cost_centre for one in UNITS if one.name == UNMAPPED),
    ))  # fmt: skip
    history.open_books()
    history.post(months_before(until or visma.clock.today(), months))
    differences = Differences(history)
    visma.more_verbs.update(differences.verbs())
    return differences


def _company_keys(companies: int) -> tuple[str, ...]:
    if companies not in (1, 2):
        raise ValueError("Nordfab has one company or two")
    return tuple(TENANTS)[:companies]


def _found(rippling: Rippling, companies: int) -> None:
    rippling.found("Nordfab", FOUNDED)
    rippling.add_legal_entity("Nordfab AS", "NO", FOUNDED)
    if companies == 2:
        rippling.add_legal_entity("Nordfab AB", "SE", FOUNDED)
    for name, (street, postal_code, city, country) in LOCATIONS.items():
        rippling.add_location(
            name, street=street, postal_code=postal_code, city=city, country=country, at=FOUNDED
        )
    for label, (kind, period, amount) in EMPLOYMENT_TYPES.items():
        rippling.add_employment_type(
            label, type=kind, compensation_time_period=period, amount_worked=amount, at=FOUNDED
        )
    for unit in UNITS:
        code = unit.code if unit.name == UNMAPPED else None
        rippling.add_department(unit.name, code, at=FOUNDED)


def _take_on(
    rippling: Rippling,
    draw: Random,
    managers: dict[str, str],
    at: datetime,
    companies: int,
    seed: int,
) -> None:
    unit = draw.choices(UNITS, [one.share for one in UNITS])[0]
    place = draw.choice(unit.places)
    is_swedish = place == "Stockholm" and companies == 2
    label = _employment_type(draw, unit)
    is_boss = unit.name not in managers and label == "Salaried full-time"
    started = LAST_OLD_DAY - timedelta(days=draw.randint(30, 3900))
    postal_code, city = draw.choice(PLACES["SE" if place == "Stockholm" else "NO"])
    person = {"postal_code": postal_code, "city": city, "country": LOCATIONS[place][3]}
    worker = rippling.hire(
        person,
        at=at,
        department=unit.name,
        location=place,
        legal_entity="Nordfab AB" if is_swedish else "Nordfab AS",
        employment_type=label,
        title="Head of " + unit.name if is_boss else draw.choice(unit.titles),
        start_date=started,
        is_manager=is_boss,
        manager_id=managers.get(unit.name),
        overtime_exemption="NON_EXEMPT" if label.startswith("Hourly") else "EXEMPT",
        **_pay(draw, label, started, "SEK" if is_swedish else "NOK"),
    )
    if is_boss:
        managers[unit.name] = worker["id"]
    elif draw.random() < 0.08:
        last_day = started + (LAST_OLD_DAY - started) * draw.random()
        rippling.terminate(worker["id"], last_day, draw.choice(("VOLUNTARY", "RETIREMENT")), at=at)


def _employment_type(draw: Random, unit: Unit) -> str:
    hourly, salaried = (70, 12), (12, 3)
    weights = (*salaried, *hourly, 3) if unit.is_hourly else (82, 12, 0, 2, 4)
    return draw.choices(tuple(EMPLOYMENT_TYPES), weights)[0]


def _pay(draw: Random, label: str, started: date, currency: str) -> dict[str, Any]:
    pay: dict[str, Any] = {"currency": currency, "salary_effective_date": started}
    if label.startswith("Hourly"):
        return {**pay, "hourly_wage": draw.randrange(215, 320), "payment_type": "HOURLY"}
    return {**pay, "annual_salary": draw.randrange(480, 1100) * 1000, "payment_type": "SALARY"}


def _open_books(visma: Visma, key: str) -> None:
    for number, name in BRANCHES[key].items():
        visma.add_branch(number, name, company=key)
    for code, description in (("STAFF", "Salaried staff"), ("HOURLY", "Hourly paid staff")):
        visma.add_class(code, description, company=key)
    for calendar in ("NORWAY", "SWEDEN"):
        visma.add_calendar(calendar, company=key)
    for unit in UNITS:
        visma.add_cost_centre(unit.cost_centre, unit.name, company=key)
        visma.add_department(unit.code, unit.name, unit.cost_centre, company=key)
