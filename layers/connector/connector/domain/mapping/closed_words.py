"""Words of the mapping that are one of a closed list: what Rippling can show at all, and countries.

A word that is not in its list never holds of anyone. They are judged before a mapping is imported
and by `mappings check`, not each time it is read: see `lint`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from connector.domain.mapping.base import did_you_mean, form, found, nearest

Place: TypeAlias = tuple[int | str, ...]

COUNTRIES = """
AD Andorra; AE United Arab Emirates; AF Afghanistan; AG Antigua and Barbuda; AI Anguilla; AL
Albania; AM Armenia; AO Angola; AQ Antarctica; AR Argentina; AS American Samoa; AT Austria; AU
Australia; AW Aruba; AX Åland Islands; AZ Azerbaijan; BA Bosnia and Herzegovina; BB Barbados; BD
Bangladesh; BE Belgium; BF Burkina Faso; BG Bulgaria; BH Bahrain; BI Burundi; BJ Benin; BL Saint
Barthélemy; BM Bermuda; BN Brunei; BO Bolivia; BQ Bonaire, Sint Eustatius and Saba; BR Brazil;
BS Bahamas; BT Bhutan; BV Bouvet Island; BW Botswana; BY Belarus; BZ Belize; CA Canada; CC Cocos
Islands; CD Democratic Republic of the Congo; CF Central African Republic; CG Congo; CH
Switzerland; CI Côte d'Ivoire; CK Cook Islands; CL Chile; CM Cameroon; CN China; CO Colombia; CR
Costa Rica; CU Cuba; CV Cabo Verde; CW Curaçao; CX Christmas Island; CY Cyprus; CZ Czechia; DE
Germany; DJ Djibouti; DK Denmark; DM Dominica; DO Dominican Republic; DZ Algeria; EC Ecuador; EE
Estonia; EG Egypt; EH Western Sahara; ER Eritrea; ES Spain; ET Ethiopia; FI Finland; FJ Fiji; FK
Falkland Islands; FM Micronesia; FO Faroe Islands; FR France; GA Gabon; GB United Kingdom; GD
Grenada; GE Georgia; GF French Guiana; GG Guernsey; GH Ghana; GI Gibraltar; GL Greenland; GM
Gambia; GN Guinea; GP Guadeloupe; GQ Equatorial Guinea; GR Greece; GS South Georgia and the
South Sandwich Islands; GT Guatemala; GU Guam; GW Guinea-Bissau; GY Guyana; HK Hong Kong; HM
Heard Island and McDonald Islands; HN Honduras; HR Croatia; HT Haiti; HU Hungary; ID Indonesia;
IE Ireland; IL Israel; IM Isle of Man; IN India; IO British Indian Ocean Territory; IQ Iraq; IR
Iran; IS Iceland; IT Italy; JE Jersey; JM Jamaica; JO Jordan; JP Japan; KE Kenya; KG Kyrgyzstan;
KH Cambodia; KI Kiribati; KM Comoros; KN Saint Kitts and Nevis; KP North Korea; KR South Korea;
KW Kuwait; KY Cayman Islands; KZ Kazakhstan; LA Laos; LB Lebanon; LC Saint Lucia; LI
Liechtenstein; LK Sri Lanka; LR Liberia; LS Lesotho; LT Lithuania; LU Luxembourg; LV Latvia; LY
Libya; MA Morocco; MC Monaco; MD Moldova; ME Montenegro; MF Saint Martin; MG Madagascar; MH
Marshall Islands; MK North Macedonia; ML Mali; MM Myanmar; MN Mongolia; MO Macao; MP Northern
Mariana Islands; MQ Martinique; MR Mauritania; MS Montserrat; MT Malta; MU Mauritius; MV
Maldives; MW Malawi; MX Mexico; MY Malaysia; MZ Mozambique; NA Namibia; NC New Caledonia; NE
Niger; NF Norfolk Island; NG Nigeria; NI Nicaragua; NL Netherlands; NO Norway; NP Nepal; NR
Nauru; NU Niue; NZ New Zealand; OM Oman; PA Panama; PE Peru; PF French Polynesia; PG Papua New
Guinea; PH Philippines; PK Pakistan; PL Poland; PM Saint Pierre and Miquelon; PN Pitcairn; PR
Puerto Rico; PS Palestine; PT Portugal; PW Palau; PY Paraguay; QA Qatar; RE Réunion; RO Romania;
RS Serbia; RU Russia; RW Rwanda; SA Saudi Arabia; SB Solomon Islands; SC Seychelles; SD Sudan;
SE Sweden; SG Singapore; SH Saint Helena; SI Slovenia; SJ Svalbard and Jan Mayen; SK Slovakia;
SL Sierra Leone; SM San Marino; SN Senegal; SO Somalia; SR Suriname; SS South Sudan; ST Sao Tome
and Principe; SV El Salvador; SX Sint Maarten; SY Syria; SZ Eswatini; TC Turks and Caicos
Islands; TD Chad; TF French Southern Territories; TG Togo; TH Thailand; TJ Tajikistan; TK
Tokelau; TL Timor-Leste; TM Turkmenistan; TN Tunisia; TO Tonga; TR Türkiye; TT Trinidad and
Tobago; TV Tuvalu; TW Taiwan; TZ Tanzania; UA Ukraine; UG Uganda; UM United States Minor
Outlying Islands; US United States; UY Uruguay; UZ Uzbekistan; VA Vatican City; VC Saint Vincent
and the Grenadines; VE Venezuela; VG British Virgin Islands; VI United States Virgin Islands; VN
Vietnam; VU Vanuatu; WF Wallis and Futuna; WS Samoa; XK Kosovo; YE Yemen; YT Mayotte; ZA South
Africa; ZM Zambia; ZW Zimbabwe
"""
"""The codes of ISO 3166-1 with a name for each, and XK, which is in use without being in it."""

ALSO_CALLED = {
    "NO": "Norge Noreg",
    "SE": "Sverige",
    "DK": "Danmark",
    "FI": "Suomi",
    "IS": "Island",
    "DE": "Deutschland",
    "NL": "Nederland Holland",
    "GB": "UK England Scotland Wales Britain",
    "US": "USA America",
    "CZ": "Czech-Republic",
    "GR": "EL",
    "TR": "Turkey",
}
"""Other words that people write for countries."""

COUNTRY_NAMES = {
    code: name
    for code, _, name in (
        each.strip().partition(" ") for each in " ".join(COUNTRIES.split()).split(";")
    )
}
CODES_BY_NAME = {form(name): code for code, name in COUNTRY_NAMES.items()} | {
    form(word): code for code, words in ALSO_CALLED.items() for word in words.split()
}

CLOSED = {
    "compensation_time_period": ("HOURLY", "SALARIED"),
    "kind": ("EMPLOYEE", "CONTRACTOR"),
    "amount_worked": ("FULL-TIME", "PART-TIME", "TEMPORARY"),
}
"""The conditions that know a few words alone, and these words."""

CONDITIONS = (
    ("departments", "when"),
    ("branches", "when"),
    ("employee_classes", "when"),
    ("examples", "given"),
)


def wrong_words(part: Any) -> Iterator[tuple[Place, str]]:
    """Each word in the plain rules of a company that is not in its list, and what is wrong with it.

    The rules may have other mistakes: what has another shape than it should have is passed over.
    """
    for kind, described in CONDITIONS:
        for position, row in items(member(part, kind)):
            yield from _wrong_conditions((kind, position, described), member(row, described))
    for position, country in items(member(member(part, "scope"), "exclude_countries")):
        yield from _wrong_country(("scope", "exclude_countries", position), country)
    for position, row in items(member(part, "locations")):
        country = member(member(row, "address"), "country")
        yield from _wrong_country(("locations", position, "address", "country"), country)


def _wrong_conditions(place: Place, conditions: Any) -> Iterator[tuple[Place, str]]:
    for name, words in CLOSED.items():
        word = member(conditions, name)
        if isinstance(word, str) and word.strip() not in ("", *words):
            listed = f"{', '.join(words[:-1])} or {words[-1]}"
            hint = did_you_mean(word, words)
            yield (*place, name), f"{found(word)} stands where {listed} belongs{hint}"
    yield from _wrong_country((*place, "country"), member(conditions, "country"))


def _wrong_country(place: Place, word: Any) -> Iterator[tuple[Place, str]]:
    if isinstance(word, str) and word.strip() not in ("", *COUNTRY_NAMES):
        belongs = "the two capital letters of a country, such as NO, belong"
        yield place, f"{found(word)} stands where {belongs}{_country_meant(word)}"


def _country_meant(word: str) -> str:
    code = word.strip().upper()
    if code not in COUNTRY_NAMES:
        code = CODES_BY_NAME.get(form(nearest(word.strip(), CODES_BY_NAME)), "")
    return f"; did you mean {code} ({COUNTRY_NAMES[code]})?" if code else ""


def member(part: Any, key: str) -> Any:
    """What stands under a key, or None where there is no such key, or no keys at all."""
    return part.get(key) if isinstance(part, Mapping) else None


def items(part: Any) -> Iterator[tuple[int, Any]]:
    """The items of a list with their places; none where it is no list."""
    return iter(enumerate(part if isinstance(part, list | tuple) else ()))
