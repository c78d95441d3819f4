"""What all runs of one tool gave, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.bench.judge import Verdict
from tests.bench.running import Measurement, Subject


@dataclass
class Figures:
    """The measurements and the worst verdict of each stage."""

    subject: Subject
    runs: dict[str, list[Measurement]] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)

    def add(self, stage: str, one: Measurement, verdict: Verdict) -> None:
        """Takes one run; the worst verdict of all runs counts."""
        self.runs.setdefault(stage, []).append(one)
        worst = self.verdicts.get(stage, verdict)
        self.verdicts[stage] = max(worst, verdict, key=lambda each: each.harm)
