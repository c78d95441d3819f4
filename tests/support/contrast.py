"""Whether what is written can be read: the contrast of text to what lies behind it."""

from __future__ import annotations

from tests.support.browser import Browser

LEAST_CONTRAST = 4.5
# Every text that can be seen and used, with less contrast to what lies behind it than it should.
FAINT = """least => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const light = colour => colour.slice(0, 3).map(part => part / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = element => {
    for (; element; element = element.parentElement) {
      const colour = rgb(getComputedStyle(element).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  document.getAnimations().forEach(one => one.finish());
  return [...document.querySelectorAll("body *")].filter(element => element.offsetParent
    && !element.disabled && !element.closest(".skip")
    && [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
    .map(element => {
      const both = [rgb(getComputedStyle(element).color), behind(element)].map(light);
      const contrast = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
      return [contrast, `${element.textContent.slice(0, 30)}: ${contrast.toFixed(2)}`];
    }).filter(([contrast]) => contrast < least).map(([, text]) => text);
}"""


def too_faint(browser: Browser) -> list[str]:
    """The texts of the page that have less contrast than AA asks for, each with its contrast."""
    found: list[str] = browser.evaluate(f"({FAINT})({LEAST_CONTRAST})")
    return found


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, as `#1c2127`."""
    lights = sorted(map(_light, (one, other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _light(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))
