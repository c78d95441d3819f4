"""The tables of docs/benchmarks.md: what was measured, as Markdown, between two markers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.bench.figures import Figures
from tests.bench.running import Measurement, middle
from tests.embedded.template import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
NOTHING = "-"
DOUBLED, OVERWRITTEN, LOST = "doubled", "of somebody else overwritten", "lost and not told"
GRAVE = (DOUBLED, OVERWRITTEN, LOST)
"""What nobody hears of, or what has to be put right by hand."""


def markers(part: str) -> tuple[str, str]:
    """The lines between which a part of the page is made by the command."""
    return f"<!-- {part}: made by `make bench` -->", f"<!-- {part}: end -->"


def put(part: str, content: str, page: Path = PAGE) -> None:
    """Puts a part into the page, in place of what stood between its markers.

    Raises:
        ValueError: the page has no such markers.
    """
    begin, end = markers(part)
    text = page.read_text("utf-8")
    if text.count(begin) != 1 or text.count(end) != 1:
        raise ValueError(f"{page.name} must have one line {begin!r} and one line {end!r}")
    before, _, rest = text.partition(begin)
    page.write_text(f"{before}{begin}\n{content}\n{end}{rest.partition(end)[2]}", "utf-8")


def reading_table(figures: Iterable[Figures], floor: str) -> str:
    """A line for each way of reading everyone, beside the floor."""
    taken = [(one.subject.label, stage, middle(runs)) for one in figures
             for stage, runs in one.runs.items() if stage in ("full", "read", "sweep")]  # fmt: skip
    base = next((each for label, _, each in taken if label == floor), None)
    rows = [
        [_named(label, stage), str(each.calls), *_taken(each, base)]
        for label, stage, each in taken
    ]  # fmt: skip
    heads = ["", "calls", "wall s", "x floor", "CPU s", "x floor", "start-up CPU s", "peak MB"]
    return table(heads, rows)


def increments_table(figures: Iterable[Figures]) -> str:
    """A line for each tool: nothing changed, 50 changed, and the late and the tied."""
    rows = []
    for one in figures:
        if "late" not in one.runs:
            continue
        row = [one.subject.label]
        for stage in ("nothing", "changed", "late"):
            each, verdict = middle(one.runs[stage]), one.verdicts[stage]
            both = f"{_seconds(each.wall)} / {_seconds(each.cpu)}"
            row += [str(each.calls), both, str(verdict.repeats)]
            row += [str(verdict.lost)] * (stage != "nothing")
        rows.append(row)
    took = ["wall / CPU s", "repeats"]
    heads = ["", "nothing: calls", *took, "50 changed: calls", *took, "missed",
             "25 late and tied: calls", *took, "missed"]  # fmt: skip
    return table(heads, rows)


def speed_table(figures: Iterable[Figures], scenarios: Sequence[str], ours: str) -> str:
    """A line for each tool and each scenario in which nothing goes wrong, beside ours."""
    found = list(figures)
    rows = []
    for name in scenarios:
        taken = {one.subject.label: middle(one.runs[name]) for one in found if name in one.runs}
        base = taken.get(ours)
        rows += [
            [f"{label}: {name}", str(each.calls), *_taken(each, base)]
            for label, each in taken.items()
        ]  # fmt: skip
    heads = ["", "calls to Visma", "wall s", "x ours", "CPU s", "x ours", "start-up CPU s",
             "peak MB"]  # fmt: skip
    return table(heads, rows)


def harm_table(figures: Iterable[Figures], scenarios: Iterable[str]) -> str:
    """A line for each scenario: what became of the people, tool by tool, and in how many calls."""
    found = list(figures)
    rows = [[name, *(_harm(one, name) for one in found)] for name in scenarios]
    heads = ["", *(one.subject.label for one in found)]
    lines = [_line(heads), _line(["---"] * len(heads)), *(_line(row) for row in rows)]
    return "\n".join(lines)


def _harm(one: Figures, name: str) -> str:
    if name not in one.runs:
        return NOTHING
    verdict, calls = one.verdicts[name], middle(one.runs[name]).calls
    told = verdict.lost - verdict.untold
    figures = {
        DOUBLED: verdict.doubled, OVERWRITTEN: verdict.wrong, LOST: verdict.untold,
        "not done and told": told,
        "false alarms": verdict.alarms,
    }  # fmt: skip
    said = [_said(count, what) for what, count in figures.items() if count]
    return f"{', '.join(said) or 'all right'}; {calls} {'call' if calls == 1 else 'calls'}"


def _said(count: int, what: str) -> str:
    return f"**{count} {what}**" if what in GRAVE else f"{count} {what}"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows as Markdown; all columns but the first are figures."""
    lines = [_line(heads), _line(["---", *["---:"] * (len(heads) - 1)])]
    return "\n".join([*lines, *(_line(row) for row in rows)])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _named(label: str, stage: str) -> str:
    return {"full": label, "read": label, "sweep": f"{label}, nothing changed"}[stage]


def _seconds(value: float) -> str:
    return f"{value:.2f}"


def _taken(each: Measurement, base: Measurement | None) -> list[str]:
    """Wall and CPU, each with its ratio to another's, the start-up and the peak."""
    wall, cpu = (base.wall, base.cpu) if base else (0.0, 0.0)
    return [
        _seconds(each.wall), _times(each.wall, wall), _seconds(each.cpu), _times(each.cpu, cpu),
        _seconds(each.start_cpu), f"{each.peak_mb:.0f}",
    ]  # fmt: skip


def _times(value: float, base: float) -> str:
    return f"{value / base:.1f}" if base else NOTHING
