"""A real Chromium without a window, driven through two pipes by its DevTools protocol.

No driver and no package is needed: the browser reads commands from its descriptor 3 and writes
answers and events to its descriptor 4, each a JSON text that ends in a zero byte.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "no Chromium on this machine; `apt-get install chromium` as root, or name one in CHROMIUM"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--remote-debugging-pipe",
)  # fmt: skip
# The pipes have whichever numbers were free; the browser wants 3 and 4.
TRAMPOLINE = """
import os, sys
read, write = os.dup(int(sys.argv[1])), os.dup(int(sys.argv[2]))
while min(read, write) < 5: read, write = os.dup(read), os.dup(write)
os.dup2(read, 3); os.dup2(write, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
FIND_THE_MIDDLE = """found => {
  found.scrollIntoView({block: "center", behavior: "instant"});
  const box = found.getBoundingClientRect();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const hit = document.elementFromPoint(x, y);
  return {x, y, isHit: found === hit || found.contains(hit)};
}"""
PATIENCE_SECONDS = 30.0
LOOK_AGAIN_SECONDS = 0.05
END_SECONDS = 10.0
KEYS = {"Enter": 13, "Tab": 9, " ": 32, "ArrowRight": 39, "ArrowDown": 40}


class BrowserError(Exception):
    """The browser did not do what it was asked, or the page threw."""


def find_chromium() -> str | None:
    """Where the browser is: `CHROMIUM`, or the first of the usual names on the path."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def a_browser(executable: str) -> Iterator[Browser]:
    """A browser with an empty profile and one tab."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        process = subprocess.Popen(  # noqa: S603 - the browser of this machine
            [
                sys.executable, "-c", TRAMPOLINE, str(theirs_in), str(theirs_out),
                executable, *FLAGS, f"--user-data-dir={profile}",
            ],
            pass_fds=(theirs_in, theirs_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(theirs_in)
        os.close(theirs_out)
        try:
            yield Browser(ours_in, ours_out)
        finally:
            os.close(ours_out)  # it ends when no one can speak to it any more
            os.close(ours_in)
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Browser:
    """One tab. Elements are named by a CSS selector, clicked where they are, and typed into."""

    def __init__(self, read: int, write: int) -> None:
        self._read, self._write = read, write
        self._unread = b""
        self._last = 0
        self._session = ""
        self.problems: list[str] = []
        """What pages threw or were refused, such as by their own security policy."""
        self.requests: list[str] = []
        """What pages asked for, since `watch_requests`, the pages themselves among it."""
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        attached = self._send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._send(f"{domain}.enable")

    def open(self, url: str) -> None:
        """Goes to a page, and waits until it has loaded."""
        if error := self._send("Page.navigate", url=url).get("errorText"):
            raise BrowserError(f"{url}: {error}")
        self.wait_for("document.readyState === 'complete'")

    def size(
        self, width: int, height: int, *, is_dark: bool = False, is_still: bool = False
    ) -> None:
        """Gives the window a size, and the person a taste."""
        self._show("", width, height, is_dark=is_dark, is_still=is_still)

    def on_paper(self, width: int, height: int, *, is_dark: bool = False) -> None:
        """Shows the page as it is printed, on the part of a sheet within its margins."""
        self._show("print", width, height, is_dark=is_dark, is_still=False)

    def _show(self, medium: str, width: int, height: int, *, is_dark: bool, is_still: bool) -> None:
        self._send(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip
        tastes = {
            "prefers-color-scheme": "dark" if is_dark else "light",
            "prefers-reduced-motion": "reduce" if is_still else "no-preference",
        }
        features = [{"name": name, "value": value} for name, value in tastes.items()]
        self._send("Emulation.setEmulatedMedia", media=medium, features=features)

    def print(self) -> bytes:
        """The page as PDF, on the paper that its style asks for, with its colours."""
        made = self._send("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
        return base64.b64decode(made["data"])

    def watch_requests(self) -> None:
        """From now on `requests` says what is asked for, also by what the page may not load."""
        self._send("Network.enable")

    def accessible(self) -> list[tuple[str, str]]:
        """What a screen reader is given: role and name of each part of the page."""
        nodes = self._send("Accessibility.getFullAXTree")["nodes"]
        return [
            (node["role"]["value"], node.get("name", {}).get("value", ""))
            for node in nodes
            if not node.get("ignored")
        ]

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page."""
        answer = self._send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise BrowserError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait_for(self, expression: str, seconds: float = PATIENCE_SECONDS) -> Any:
        """Waits until an expression holds in the page; its value."""
        deadline = time.monotonic() + seconds
        while not (value := self.evaluate(expression)):
            if time.monotonic() > deadline:
                raise BrowserError(f"still not so after {seconds:.0f} s: {expression}")
            time.sleep(LOOK_AGAIN_SECONDS)
        return value

    def text(self, selector: str) -> str:
        """The text that can be seen of the first element; empty where there is none."""
        return str(
            self.evaluate(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''")
        )

    def click(self, selector: str) -> None:
        """Presses the mouse on the middle of an element, as soon as it is there and enabled."""
        name = json.dumps(selector)
        self.wait_for(f"(found => found && !found.disabled)(document.querySelector({name}))")
        box = self.evaluate(f"({FIND_THE_MIDDLE})(document.querySelector({name}))")
        if not box["isHit"]:
            raise BrowserError(f"something lies over {selector}")
        for kind in ("mousePressed", "mouseReleased"):
            self._send(
                "Input.dispatchMouseEvent",
                type=kind, x=box["x"], y=box["y"], button="left", clickCount=1,
            )  # fmt: skip

    def fill(self, selector: str, text: str) -> None:
        """Clicks a field and types into it in place of what is there."""
        self.click(selector)
        self.evaluate("document.activeElement.select()")
        self._send("Input.insertText", text=text)

    def press(self, key: str) -> None:
        """Presses a key on whatever has the focus."""
        text = {"Enter": "\r", " ": " "}.get(key, "")
        for kind in ("keyDown", "keyUp"):
            self._send(
                "Input.dispatchKeyEvent",
                type=kind, key=key, code=key, windowsVirtualKeyCode=KEYS[key],
                **({"text": text} if text and kind == "keyDown" else {}),
            )  # fmt: skip

    def hide_scroll_bars(self) -> None:
        """Shows the pages that are opened from now on without them, as phones do."""
        self._send("Emulation.setScrollbarsHidden", hidden=True)

    def screenshot(self, path: Path) -> None:
        """Writes a picture of the window, as PNG."""
        picture = self._send("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(picture))

    def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._last += 1
        command = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            command["sessionId"] = self._session
        os.write(self._write, json.dumps(command).encode() + b"\0")
        while (message := self._next()).get("id") != self._last:
            self._note(message)
        if "error" in message:
            raise BrowserError(f"{method}: {message['error']['message']}")
        result: dict[str, Any] = message["result"]
        return result

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._unread:
            if not select.select([self._read], [], [], PATIENCE_SECONDS)[0]:
                raise BrowserError("the browser does not answer")
            more = os.read(self._read, 1 << 20)
            if not more:
                raise BrowserError("the browser has ended")
            self._unread += more
        first, _, self._unread = self._unread.partition(b"\0")
        message: dict[str, Any] = json.loads(first)
        return message

    def _note(self, message: Mapping[str, Any]) -> None:
        match message.get("method"):
            case "Runtime.exceptionThrown":
                self.problems.append(str(message["params"]["exceptionDetails"]))
            case "Log.entryAdded" if message["params"]["entry"]["level"] == "error":
                self.problems.append(str(message["params"]["entry"]["text"]))
            case "Network.requestWillBeSent":
                self.requests.append(str(message["params"]["request"]["url"]))
