"""Month-end reports of Nordfab to be drawn: one that is ready, one that is not, a hostile one.

All figures and people are invented; the long names, empty tables and gaps are those of real books.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import product
from random import Random

from connector.domain.report.sheet import Cell, Column, Section, Sheet, Table, Unit

CET = timezone(timedelta(hours=1), "CET")
MADE_AT = datetime(2026, 12, 1, 7, 30, tzinfo=CET)
NORWAY, SWEDEN = "Nordfab AS", "Nordfab Sverige AB"
NORWEGIAN = (
    "Administrasjon", "Produksjon Bergen", "Produksjon Oslo", "Vedlikehold og anleggsteknikk",
    "Kvalitet og laboratorium", "Forsyningskjede, innkjøp og lager", "Salg Norge", "Salg eksport",
    "Økonomi og regnskap", "HR og lønn", "IT-drift og informasjonssikkerhet", "Produktutvikling",
    "Helse, miljø og sikkerhet", "Kundeservice", "Markedsføring og kommunikasjon",
    "Bærekraft og ytre miljø", "Prosjektkontor", "Læringer", "Transport og terminal", "Kantine",
)  # fmt: skip
SWEDISH = (
    "Administration", "Produktion Göteborg", "Produktion Västerås", "Underhåll och verkstad",
    "Kvalitetssäkring", "Inköp, lager och försörjningskedja", "Försäljning Sverige",
    "Försäljning övriga Norden", "Ekonomi och redovisning", "Personal och löner", "IT",
    "Forskning och utveckling", "Arbetsmiljö och säkerhet", "Kundtjänst", "Marknad", "Hållbarhet",
    "Projektkontor", "Lärlingar", "Åkeri", "Städ och lokalvård",
)  # fmt: skip
DEPARTMENTS = tuple(
    (company, f"{100 + 20 * place}", name)
    for company, names in ((NORWAY, NORWEGIAN), (SWEDEN, SWEDISH))
    for place, name in enumerate(names)
)
PEOPLE = (
    7, 58, 44, 17, 9, 23, 12, 6, 8, 5, 4, 14, 3, 9, 6, 2, 5, 4, 11, 3,
    5, 39, 31, 12, 6, 15, 9, 4, 6, 3, 3, 10, 2, 7, 4, 1, 3, 6, 8, 2,
)  # fmt: skip
"""Who works in each department."""

PERSON = Column("Person", Unit.CODE)
COMPANY = Column("Company")
SINCE = Column("Since", Unit.DAY)
WHY = Column("Why")


def not_ready() -> Sheet:
    """November 2026, which four sections keep open; two companies and forty cost centres."""
    return Sheet(
        month="2026-11",
        made_at=MADE_AT,
        stack="nordfab-prod",
        mode="live",
        sections=(
            head_count(), labour_cost(), waiting(), held(), rejected(), conflicts(), gaps(),
            changes(), back_dated(), drift(), approvals(), codes(), versions(),
        ),
    )  # fmt: skip


def ready() -> Sheet:
    """The same month after everything was resolved."""
    sheet = not_ready()
    solved = [
        replace(section, needs_human=(), tables=tuple(replace(t, rows=()) for t in section.tables))
        if section.needs_human
        else section
        for section in sheet.sections
    ]
    return replace(sheet, sections=tuple(solved))


def head_count() -> Section:
    """Forty cost centres, Rippling beside Visma."""
    rows: list[tuple[Cell, ...]] = []
    total = (0, 0)
    for (company, code, name), people in zip(DEPARTMENTS, PEOPLE, strict=True):
        off = {"120": -2, "280": 1}.get(code, 0) if company == NORWAY else 0
        rows.append((name, company, code, people, people + off, off or None))
        total = (total[0] + people, total[1] + people + off)
    return Section(
        "head-count",
        "Head count",
        (
            Table(
                "cost-centres",
                "Head count by cost centre",
                (
                    Column("Department"), COMPANY, Column("Cost centre", Unit.CODE),
                    Column("Rippling", Unit.COUNT, is_bar=True),
                    Column("Visma", Unit.COUNT, is_bar=True),
                    Column("Difference", Unit.COUNT, is_difference=True),
                ),
                tuple(rows),
                totals=("All", None, None, total[0], total[1], total[1] - total[0]),
            ),
        ),
        note="Everyone employed on 30 November 2026, on the cost centre of that day.",
    )  # fmt: skip


def labour_cost() -> Section:
    """Costs in two currencies; small groups show none."""
    random = Random(12)
    tables = []
    for company, currency in ((NORWAY, "NOK"), (SWEDEN, "SEK")):
        rows: list[tuple[Cell, ...]] = []
        for place, (_, code, name) in enumerate(d for d in DEPARTMENTS if d[0] == company):
            cost = Decimal(random.randrange(9_000_000, 480_000_000)) / 100
            shown = None if place % 9 == 4 else cost
            rows.append((name, code, "5000", shown))
        tables.append(
            Table(
                "norway" if company == NORWAY else "sweden",
                company,
                (
                    Column("Department"), Column("Cost centre", Unit.CODE),
                    Column("Account", Unit.CODE), Column("Expected", Unit.MONEY, is_bar=True),
                ),
                tuple(rows),
                currency=currency,
            )
        )  # fmt: skip
    return Section(
        "labour-cost",
        "Expected labour cost of the month",
        tuple(tables),
        note="Yearly pay by twelve. Groups of fewer than three people show no money.",
    )


def waiting() -> Section:
    rows: tuple[tuple[Cell, ...], ...] = (
        ("1042", NORWAY, "Kvalitet og laboratorium", date(2026, 11, 17),
         "Visma has no active cost centre 710; add it there, or change the mapping"),
        ("1077", NORWAY, "Kvalitet og laboratorium", date(2026, 11, 23),
         "Visma has no active cost centre 710; add it there, or change the mapping"),
        ("2013", SWEDEN, "Lärlingar", date(2026, 11, 28), "Rippling shows no work location"),
    )  # fmt: skip
    table = Table(
        "people", "People waiting", (PERSON, COMPANY, Column("Department"), SINCE, WHY), rows
    )
    return Section(
        "waiting",
        "People waiting",
        (table,),
        (
            "2 people wait for cost centre 710 in Nordfab AS: add it in Visma, or change the "
            "mapping.",
            "1 person waits for Rippling to show a work location: fill it in there.",
        ),
    )


def held() -> Section:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (f"{1100 + number}", NORWAY, "deactivate", date(2026, 11, 27),
         "12 of 214 people would be deactivated in a day, the limit is 5 percent")
        for number in range(12)
    )  # fmt: skip
    table = Table("people", "Changes held", (PERSON, COMPANY, Column("Kind"), SINCE, WHY), rows)
    return Section(
        "held",
        "Changes held",
        (table,),
        ("12 changes are held since 2026-11-27: approve or reject the run 2026-11-27T02:00:00Z.",),
    )


def rejected() -> Section:
    table = Table(
        "people",
        "Changes rejected",
        (PERSON, COMPANY, SINCE, WHY),
        (
            ("1013", NORWAY, date(2026, 11, 9),
             "Visma refused the employee: 'The e-mail address is not valid', twice"),
        ),
    )  # fmt: skip
    return Section(
        "rejected",
        "Changes rejected",
        (table,),
        ("1 person was rejected: correct the e-mail address of 1013 in Rippling, then sync it.",),
    )


def conflicts() -> Section:
    table = Table(
        "people", "Conflicts", (PERSON, COMPANY, SINCE, WHY), empty="No one is in conflict."
    )
    return Section("conflicts", "Conflicts", (table,))


def gaps() -> Section:
    columns = (COMPANY, Column("Dimension"), Column("Code", Unit.CODE), Column("What is missing"))
    rows: tuple[tuple[Cell, ...], ...] = (
        (NORWAY, "Cost centre", "710", "not in Visma; 2 people wait for it"),
        (SWEDEN, "Branch", "GBG", "inactive in Visma; no one is placed there"),
    )
    return Section(
        "gaps",
        "Dimension gaps",
        (Table("dimensions", "Dimension gaps", columns, rows),),
        ("Cost centre 710 of Nordfab AS is mapped and not in Visma.",),
    )


def changes() -> Section:
    """Three tables of one question."""
    random = Random(13)
    kinds = ("created", "moved", "updated", "deactivated", "reactivated")
    by_kind = tuple(
        (company, kind, random.randrange(1, 40))
        for company, kind in product((NORWAY, SWEDEN), kinds)
    )
    by_day = tuple(
        (date(2026, 11, day), random.choice((0, 0, 1, 1, 2, 3, 4, 6, 9))) for day in range(1, 31)
    )
    by_centre = tuple(
        (name, company, code, random.randrange(0, 9), random.randrange(0, 6), random.randrange(9))
        for company, code, name in DEPARTMENTS
    )
    counted = Column("Changes", Unit.COUNT, is_bar=True)
    return Section(
        "changes",
        "Changes of the month",
        (
            Table("kinds", "By kind", (COMPANY, Column("Kind"), counted), by_kind),
            Table("days", "By day", (Column("Day", Unit.DAY), counted), by_day),
            Table(
                "cost-centres",
                "By cost centre",
                (
                    Column("Department"), COMPANY, Column("Cost centre", Unit.CODE),
                    Column("Joined", Unit.COUNT), Column("Left", Unit.COUNT),
                    Column("Moved within", Unit.COUNT),
                ),
                by_centre,
            ),
        ),
    )  # fmt: skip


def back_dated() -> Section:
    columns = (
        PERSON, COMPANY, Column("Kind"), Column("Dated", Unit.DAY), Column("Written", Unit.DAY),
        Column("Cost centre before", Unit.CODE), Column("Cost centre after", Unit.CODE),
    )  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = (
        ("1009", NORWAY, "moved", date(2026, 10, 15), date(2026, 11, 3), "120", "140"),
        ("2031", SWEDEN, "created", date(2026, 9, 1), date(2026, 11, 11), None, "100"),
    )
    return Section(
        "back-dated",
        "Changes dated before the period",
        (Table("changes", "Changes dated before the period", columns, rows),),
        note="They belong to months that are closed: their cost may have to be moved in the books.",
    )


def drift() -> Section:
    columns = (
        PERSON, COMPANY, Column("Field"), Column("Visma had"), Column("Now"), Column("Edited by"),
    )  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = (
        ("1021", NORWAY, "department", "SALG", "ADM", "regnskap"),
        ("1055", NORWAY, "employee class", "FUNKSJONÆR", "TIMELØNN", None),
    )
    table = Table("fields", "Edited in Visma and put right", columns, rows)
    return Section("drift", "Drift", (table,))


def approvals() -> Section:
    columns = (
        Column("Day", Unit.DAY), Column("Operator", Unit.CODE), Column("Run", Unit.CODE),
        Column("Decision"), Column("People", Unit.COUNT),
    )  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = (
        (date(2026, 11, 3), "controller/kari.nordmann", "2026-11-03T02:00:00Z", "approved", 31),
        (date(2026, 11, 19), "controller/lars.svensson", "2026-11-19T02:00:00Z", "rejected", 2),
    )
    table = Table("decisions", "Who approved what", columns, rows)
    return Section("approvals", "Who approved what", (table,))


def codes() -> Section:
    columns = (COMPANY, Column("Code", Unit.CODE), Column("Name"), Column("Last used", Unit.DAY))
    rows: tuple[tuple[Cell, ...], ...] = (
        (NORWAY, "410", "Messer og utstillinger", date(2025, 6, 30)),
        (SWEDEN, "990", "Övrigt, ej fördelat", None),
    )
    return Section(
        "codes",
        "Unused and blocked codes",
        (
            Table("unused", "Mapped and not used", columns, rows),
            Table("blocked", "Used and blocked in Visma", columns, empty="No code is blocked."),
        ),
    )


def versions() -> Section:
    columns = (
        Column("Version", Unit.COUNT), Column("From", Unit.DAY), Column("Author"),
        Column("Digest", Unit.CODE),
    )  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = (
        (17, date(2026, 10, 12), "kari.nordmann", "5b1f0c2e9a44"),
        (18, date(2026, 11, 19), "lars.svensson", "e07d31c88f10"),
    )
    table = Table("versions", "Mapping versions", columns, rows)
    return Section("versions", "Mapping versions", (table,))


SCRIPT = "<script>document.title = 'broken into'</script>"
PICTURE = '"><img src="https://attacker.invalid/x" onerror="alert(1)">'
TURNED = "approved by \u202eirak\u2066"
LONG_CODE = "X" * 300
FORMULA = '=HYPERLINK("https://attacker.invalid";"Click")'
SMUGGLED = "Salg;=1+1"


def hostile() -> Sheet:
    """Whatever may stand in a name of a department: markup, formulas, hidden signs."""
    columns = (
        Column(SCRIPT), Column(PICTURE, Unit.CODE), Column("Amount", Unit.MONEY, is_bar=True),
        Column("Day", Unit.DAY),
    )  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = (
        (SCRIPT, LONG_CODE, Decimal("-1234567.891"), date(2026, 11, 30)),
        (PICTURE, FORMULA, Decimal("NaN"), None),
        (TURNED, SMUGGLED, Decimal("0.01"), date(1, 1, 1)),
        ("ingen\ud800", "\x00\x1b[31m", Decimal("1e12"), None),
        ("Ø" * 400, "-1+1|cmd", 0, None),
        ("", "", None, None),
    )
    table = Table(
        "../../etc/passwd", SCRIPT, columns, rows, note=PICTURE, currency='"<b>', totals=rows[0]
    )
    section = Section('x" onclick="alert(1)', PICTURE, (table, table), (SCRIPT, TURNED), SCRIPT)
    return Sheet("2026-11", MADE_AT, PICTURE, SCRIPT, (section, section))


WORDS = (
    "og", "lager", "Økonomi", "kvalitetssikring", "IT", "försörjningskedja", "2026-11-27T02:00:00Z",
    "0400", "WMXQ-20260", "ÆØÅ", "mottakskontroll", "Visma", "waits", "for", "a", "cost", "centre",
)  # fmt: skip


def crowd(seed: int = 3) -> Sheet:
    """Sixty tables of any columns and widths, as no one has thought of them."""
    random = Random(seed)

    def value(unit: Unit) -> Cell:
        match unit:
            case Unit.TEXT:
                return " ".join(random.choices(WORDS, k=random.randint(1, 9)))
            case Unit.CODE:
                return random.choice(WORDS) + random.choice(("", "/" + random.choice(WORDS)))
            case Unit.DAY:
                return date(2026, 11, random.randint(1, 30))
            case Unit.MONEY:
                return Decimal(random.randrange(10**10)) / 100
            case _:
                return random.randrange(10**6)

    def table(number: int) -> Table:
        columns = tuple(
            Column(" ".join(random.choices(WORDS, k=2)), unit, unit is Unit.COUNT)
            for unit in random.choices(tuple(Unit), k=random.randint(1, 8))
        )
        rows = tuple(tuple(value(column.unit) for column in columns) for _ in range(5))
        return Table(f"table-{number}", f"Table {number}", columns, rows)

    section = Section("crowd", "A crowd", tuple(map(table, range(60))))
    return replace(not_ready(), sections=(section,))
