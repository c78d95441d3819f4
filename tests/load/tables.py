"""The tables of docs/load.md, between their markers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.load.alarms import hours
from tests.load.cloud.cloud import STACK
from tests.load.deployed import Deployed
from tests.load.measuring import Spent, memory_of_functions
from tests.load.stories import ORDINARY, Told

PAGE = Path(__file__).resolve().parents[2] / "docs" / "load.md"
BEGINS, ENDS = "<!-- load: begins -->", "<!-- load: ends -->"


DAYS = 30


def tables(told: Sequence[Told], deployed: Deployed | None = None) -> str:
    """What became of each story, what it took and what it cost; and what a deployed stack takes."""
    size = f"A company of {told[0].people:,} people."
    parts = [size, _outcomes(told), _amounts(told), _dollars(told), _months(told)]
    return "\n\n".join(parts + ([_deployed(deployed)] if deployed else []))


def write(page: Path, text: str) -> None:
    """Puts the tables between the markers of a page.

    Raises:
        ValueError: it has no markers.
    """
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGINS)
    _, end, after = rest.partition(ENDS)
    if not end:
        raise ValueError(f"{page.name} has no markers: {BEGINS} and {ENDS}")
    page.write_text(f"{before}{BEGINS}\n\n{text}\n\n{ENDS}{after}", encoding="utf-8")


def _outcomes(told: Sequence[Told]) -> str:
    heads = ("story", "people changed", "written", "ticks until right", "hours", "others",
             "most queued", "alarms that rang", "verdict")  # fmt: skip
    rows = [
        (
            each.name, f"{each.changed:,}", f"{each.writes:,}", f"{each.ticks_after:,}",
            f"{each.hours_after:.1f}",
            "-" if each.hours_for_others is None else f"{each.hours_for_others:.1f}",
            f"{each.most_queued:,}", _rang(each),
            "well" if not each.problems else "; ".join(each.problems[:3]),
        )
        for each in told
    ]  # fmt: skip
    return _table(heads, rows)


def _rang(told: Told) -> str:
    rings = {ring.name.removeprefix(f"{STACK}-"): hours(ring, ring.since) for ring in told.rang}
    return ", ".join(f"`{name}`" for name in rings) or "none"


def _amounts(told: Sequence[Told]) -> str:
    heads = ("story", "hours", "sent", "received", "Rippling", "Visma", "read units",
             "write units", "GB-seconds", "log KB")  # fmt: skip
    rows = [(each.name, *_amounts_of(each.spent)) for each in told if each.spent]
    return _table(heads, rows)


def _amounts_of(spent: Spent) -> tuple[str, ...]:
    numbers = (spent.sent, spent.received, spent.asked("Rippling"), spent.asked("Visma"),
               spent.read_units, spent.write_units, spent.gb_seconds,
               spent.log_bytes / 1024)  # fmt: skip
    return (f"{spent.hours:.1f}", *(f"{number:,.0f}" for number in numbers))


def _dollars(told: Sequence[Told]) -> str:
    kinds = list(told[0].spent.dollars()) if told and told[0].spent else []
    rows = []
    for each in told:
        if each.spent:
            spent = each.spent.dollars()
            sums = (*(spent[kind] for kind in kinds), sum(spent.values()))
            rows.append((each.name, *map(dollar_text, sums)))
    return _table(("US dollars", *kinds, "all"), rows)


def _months(told: Sequence[Told]) -> str:
    """A month of ordinary days, and what each story adds to it once, for a thousand people."""
    days = [each for each in told if each.name == ORDINARY and each.spent]
    if not days or not days[0].spent:
        return ""
    day = sum(days[0].spent.dollars().values()) / days[0].spent.hours * 24
    rows = [("a month of ordinary days", f"{day * DAYS / days[0].people * 1000:.2f}")]
    for each in told:
        if each.spent and each.name != ORDINARY:
            more = sum(each.spent.dollars().values()) - day * each.spent.hours / 24
            rows.append(
                (f"{each.name}, beyond ordinary hours", dollar_text(more / each.people * 1000))
            )
    return _table(("a thousand people", "US dollars"), rows)


def dollar_text(dollars: float) -> str:
    """Dollars to a tenth of a cent; what is next to nothing has no sign."""
    return f"{round(dollars, 3) + 0.0:.3f}"


def _deployed(deployed: Deployed) -> str:
    memory = memory_of_functions()
    rows = [
        (each.function, f"{each.peak_mb:.0f}", str(memory[each.function]))
        for each in deployed.processes
    ]
    return _table(("function", "peak MB", "MB given"), rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
