"""Invented people, and the shapes in which Rippling keeps a person.

Every name is put together from common first and family names; addresses are invented, e-mails
use example domains, and phone numbers start with a block that no one is given.
"""

from __future__ import annotations

import unicodedata
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Person = dict[str, Any]


def words(text: str) -> tuple[str, ...]:
    """The words of a text, for lists that read better as prose."""
    return tuple(text.split())


GIVEN = words(
    "Anne Berit Camilla Dagny Elin Frida Gro Hanna Ingrid Jorunn Kari Line Marit Nora Oda Pia "
    "Ragnhild Siri Tuva Unni Vilde Ylva Åse Ærna Øyunn Anders Bjørn Christian Dag Erik Fredrik "
    "Geir Håkon Ivar Jonas Knut Lars Magnus Nils Ola Petter Rune Sindre Tor Ulf Viggo Yngve Åge"
)
FAMILY = words(
    "Aas Bakke Berg Birkeland Dahl Eide Engen Fjeld Foss Gran Grønli Haug Hauge Holm Iversen "
    "Jensen Kvam Lie Lund Moen Myhre Nes Nygård Ødegård Ruud Sand Skog Solberg Strand Sæther "
    "Tangen Ulvestad Vik Voll Wold Åsen Lindqvist Sjöberg Ekström Nyström Hedlund Åkesson"
)
STREETS = words("Eksempelveien Prøvegata Demostien Testbakken Mønstergata Exempelgatan")
PLACES = {
    "NO": (("0001", "Oslo"), ("5001", "Bergen"), ("2060", "Gardermoen"), ("1300", "Sandvika")),
    "SE": (("100 00", "Stockholm"), ("170 00", "Solna"), ("750 00", "Uppsala")),
}
DOMAINS = {"NO": "example.no", "SE": "example.se"}
DIALLING = {"NO": "+47 000", "SE": "+46 000"}
PHONES = {"work_phone": "WORK", "mobile": "MOBILE", "home_phone": "HOME"}
NAMES = (
    "given_name", "middle_name", "family_name", "preferred_given_name", "preferred_family_name",
)  # fmt: skip
ADDRESS = {
    "street": "street_address",
    "city": "locality",
    "region": "region",
    "postal_code": "postal_code",
    "country": "country",
}


def invented_person(number: int, country: str = "NO", seed: int = 0) -> Person:
    """The same invented person each time for one number and seed."""
    draw = Random(f"{seed}/{number}")
    given, family = draw.choice(GIVEN), draw.choice(FAMILY)
    place = draw.choice(PLACES.get(country, PLACES["NO"]))
    mailbox = f"{_ascii(given)}.{_ascii(family)}.{number}"
    domain, dialling = DOMAINS.get(country, "example.com"), DIALLING.get(country, "+00 000")
    return {
        "given_name": given,
        "family_name": family,
        "middle_name": draw.choice(FAMILY) if draw.random() < 0.15 else None,
        "work_email": f"{mailbox}@{domain}",
        "personal_email": f"{mailbox}@example.com",
        "work_phone": f"{dialling} {number % 100_000:05d}" if draw.random() < 0.6 else None,
        "mobile": f"{dialling} 9{number % 10_000:04d}",
        "street": f"{draw.choice(STREETS)} {draw.randint(1, 99)}",
        "postal_code": place[0],
        "city": place[1],
        "country": country,
    }


def user_members(person: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What these words of a person become on a Rippling user that looked like `before`."""
    members: dict[str, Any] = {}
    if any(word in person for word in NAMES):
        members["name"] = _name({**(before.get("name") or {}), **_only(person, NAMES)})
        members["display_name"] = members["name"]["formatted"]
    if any(word in person for word in PHONES):
        members["phone_numbers"] = _phones(person, before.get("phone_numbers") or [])
    if any(word in person for word in ADDRESS):
        members["addresses"] = _addresses(person, before.get("addresses") or [])
    return members


def user_emails(work: str | None, personal: str | None) -> list[dict[str, Any]]:
    """A user's e-mail list for a work and a personal address."""
    both = (("WORK", work), ("HOME", personal))
    return [{"value": mail, "type": kind, "display": mail} for kind, mail in both if mail]


def address(kind: str, street: str, postal_code: str, city: str, country: str) -> dict[str, Any]:
    """An address as Rippling writes one."""
    return {
        "type": kind,
        "formatted": f"{street}, {postal_code} {city}, {country}",
        "street_address": street,
        "locality": city,
        "region": None,
        "postal_code": postal_code,
        "country": country,
    }


def _only(person: Mapping[str, Any], words: tuple[str, ...]) -> dict[str, Any]:
    return {word: person[word] for word in words if word in person}


def _name(parts: dict[str, Any]) -> dict[str, Any]:
    shown = [parts.get(word) for word in ("given_name", "middle_name", "family_name")]
    name = {word: parts.get(word) for word in NAMES}
    return {"formatted": " ".join(filter(None, shown)), **name}


def _phones(person: Mapping[str, Any], before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    numbers = {phone["type"]: phone["value"] for phone in before}
    numbers |= {PHONES[word]: person[word] for word in PHONES if word in person}
    return [
        {"value": value, "type": kind, "display": value} for kind, value in numbers.items() if value
    ]


def _addresses(person: Mapping[str, Any], before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    home = next((one for one in before if one["type"] == "HOME"), {})
    others = [one for one in before if one["type"] != "HOME"]
    parts = {member: person.get(word, home.get(member)) for word, member in ADDRESS.items()}
    shown = [parts["street_address"], parts["postal_code"], parts["locality"], parts["country"]]
    return [{"type": "HOME", "formatted": ", ".join(filter(None, shown)), **parts}, *others]


def _ascii(name: str) -> str:
    spelled = name.lower().replace("ø", "o").replace("æ", "ae")
    return unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
