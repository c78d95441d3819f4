"""The Visma employee: write names, read names, and the shape of each.

What makes a write unacceptable to a company is decided in `company`; no HTTP here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.simulator.people import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.simulator.dimensions import Version

Fields = dict[str, str]

CONTACT = ("firstName", "middleName", "lastName", "email", "phone1", "phone2", "phone3", "fax")
ADDRESS = ("addressLine1", "addressLine2", "addressLine3", "postalCode", "city")
WRITABLE = frozenset(
    {"department", "employeeClass", "branch", "calendar", "status"}
    | {f"contact.{name}" for name in CONTACT}
    | {f"address.{name}" for name in (*ADDRESS, "countryId", "county")}
)
REQUIRED = (
    "department", "employeeClass", "branch", "calendar", "status", "contact.lastName",
    "contact.email",
)  # fmt: skip
# The read names that differ from the write names.
READ_NAMES = {
    "calendarID": "calendar",
    "branch.number": "branch",
    "employeeClass.id": "employeeClass",
    "contact.midName": "contact.middleName",
    "address.country": "address.countryId",
    "address.country.id": "address.countryId",
    "address.county.id": "address.county",
}
STATUSES = ("Active", "Hold", "HoldPayments", "Inactive", "OneTime")
COUNTRIES = frozenset(
    words(
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ "
        "BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM "
        "DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS "
        "GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN "
        "KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ "
        "MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
        "PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV "
        "SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI "
        "VN VU WF WS YE YT ZA ZM ZW"
    )
)
COUNTRY_NAMES = {"NO": "Norway", "SE": "Sweden", "DK": "Denmark", "FI": "Finland", "IS": "Iceland"}


@dataclass
class Employee:
    """One employee; `row` is the read shape, made again at each write."""

    code: str
    number: int
    fields: Fields
    version: Version
    row: dict[str, Any] = field(default_factory=dict)


def sent_fields(body: Mapping[str, Any], prefix: str = "") -> Fields:
    """The fields that a write body carries, by dotted write name, wrappers taken off."""
    fields: Fields = {}
    for name, content in body.items():
        if not isinstance(content, dict):
            continue
        if name in ("contact", "address") and not prefix:
            fields |= sent_fields(content, f"{name}.")
        elif "value" in content:
            fields[prefix + name] = str(content["value"]).strip()
    fields.pop("employeeCd", None)
    return fields


def write_fields(changes: Mapping[str, Any]) -> Fields:
    """The same fields from the read names, nested or dotted, that a person would use."""
    fields: Fields = {}
    for name, value in _dotted(changes).items():
        written = READ_NAMES.get(name, name)
        if written not in WRITABLE:
            raise ValueError(f"an employee has no {name} that can be edited")
        fields[written] = "Hold" if (written, value) == ("status", "OnHold") else str(value)
    return fields


def read_shape(
    employee: Employee, class_name: str, branch_name: str, department: str
) -> dict[str, Any]:
    """An employee as the API reads it; what is empty is left out."""
    fields = employee.fields
    status = fields["status"]
    return {
        "employeeId": employee.number,
        "employeeNumber": employee.code,
        "employeeName": _full_name(fields),
        "status": "OnHold" if status == "Hold" else status,
        "department": department,
        "contact": _contact(employee),
        "address": _address(employee),
        "lastModifiedDateTime": employee.version.shown,
        "employeeClass": {"id": fields["employeeClass"], "description": class_name},
        "branch": {"number": fields["branch"], "name": branch_name},
        "calendarID": fields["calendar"],
        "workGroupDescription": [],
        "timeStamp": employee.version.stamp,
    }


def _dotted(changes: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in changes.items():
        if isinstance(value, dict):
            flat |= _dotted(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat


def _full_name(fields: Fields) -> str:
    parts = (fields.get(f"contact.{name}") for name in ("firstName", "middleName", "lastName"))
    return " ".join(filter(None, parts))


def _contact(employee: Employee) -> dict[str, Any]:
    shown: dict[str, Any] = {"contactId": employee.number + 50_000}
    for name in CONTACT:
        if text := employee.fields.get(f"contact.{name}"):
            shown["midName" if name == "middleName" else name] = text
    return {**shown, "name": _full_name(employee.fields)}


def _address(employee: Employee) -> dict[str, Any]:
    fields = employee.fields
    shown: dict[str, Any] = {"addressId": employee.number + 70_000}
    for name in ADDRESS:
        if text := fields.get(f"address.{name}"):
            shown[name] = text
    if country := fields.get("address.countryId"):
        shown["country"] = {"id": country, "name": COUNTRY_NAMES.get(country, country)}
    if county := fields.get("address.county"):
        shown["county"] = {"id": county, "name": county}
    return shown
