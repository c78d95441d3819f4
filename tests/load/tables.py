"""The tables of docs/load.md, between their markers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.load.alarms import hours
from tests.load.cloud.cloud import STACK
from tests.load.measuring import Spent
from tests.load.stories import Told

PAGE = Path(__file__).resolve().parents[2] / "docs" / "load.md"
BEGINS, ENDS = "<!-- load: begins -->", "<!-- load: ends -->"


def tables(told: Sequence[Told]) -> str:
    """What became of each story, what it took and what it cost."""
    return "\n\n".join((_outcomes(told), _amounts(told), _dollars(told)))


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
    heads = ("story", "people changed", "written", "ticks until right", "hours", "most queued",
             "alarms that rang", "verdict")  # fmt: skip
    rows = [
        (
            each.name, f"{each.changed:,}", f"{each.writes:,}", f"{each.ticks_after:,}",
            f"{each.hours_after:.1f}", f"{each.most_queued:,}", _rang(each),
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
            rows.append((each.name, *(f"{one:.3f}" for one in sums)))
    return _table(("US dollars", *kinds, "all"), rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
