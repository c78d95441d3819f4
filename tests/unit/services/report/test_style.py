"""The colours of the page, computed from its style sheet."""

from __future__ import annotations

import re

import pytest

from connector.services.report.drawing.style import style_sheet
from tests.support.contrast import LEAST_CONTRAST, contrast

LEAST_OF_A_DRAWING = 3.0
WRITTEN = [
    ("ink", "paper"), ("ink", "panel"), ("ink", "hover"), ("ink", "warn-tint"),
    ("ink", "good-tint"), ("soft", "paper"), ("soft", "panel"), ("soft", "hover"),
    ("link", "paper"), ("link", "panel"), ("link", "warn-tint"), ("warn", "warn-tint"),
    ("good", "good-tint"), ("ink", "code"), ("link", "code"), ("soft", "code"),
]  # fmt: skip
DRAWN = [
    (bar, ground)
    for bar in ("rippling", "visma", "third", "below")
    for ground in ("panel", "hover", "ground")
]
SCHEMES = ("light", "dark")


def colours(scheme: str) -> dict[str, str]:
    """The colours by name; in the dark, those of the light that are not replaced stay."""
    blocks = re.findall(r":root \{(.*?)\}", style_sheet(), re.DOTALL)
    light, dark = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block)) for block in blocks)
    assert light.keys() == dark.keys()
    return light if scheme == "light" else dark


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "ground"), WRITTEN)
def test_text_has_the_contrast_of_aa(text: str, ground: str, scheme: str) -> None:
    palette = colours(scheme)

    assert contrast(palette[text], palette[ground]) >= LEAST_CONTRAST


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("bar", "ground"), DRAWN)
def test_a_bar_stands_out_from_what_lies_behind_it(bar: str, ground: str, scheme: str) -> None:
    palette = colours(scheme)

    assert contrast(palette[bar], palette[ground]) >= LEAST_OF_A_DRAWING


def test_every_colour_of_the_page_is_one_of_the_palette() -> None:
    rules = re.sub(r":root \{.*?\}", "", style_sheet(), flags=re.DOTALL)
    on_paper = colours("light")["soft"]

    assert set(re.findall(r"#[0-9a-f]{3,8}\b", rules)) == {on_paper}
    assert set(re.findall(r"var\(--([a-z-]+)\)", rules)) <= colours("light").keys()


def test_contrast_is_computed_as_the_guidelines_do() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
