"""A real headless Chromium, driven over the DevTools protocol: pages that one can use and see."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

FLAGS = (
    "--headless=new",
    "--no-sandbox",  # root in a container has no user namespaces
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--lang=en-GB",
    "--remote-debugging-port=0",
)
MOUSE = (
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,"
    "primaryPointerType=4,availablePointerTypes=4"
)
"""A headless Chromium has no pointer by itself; this is what a page sees of one that can hover."""
BLANK = "about:blank"
LISTENS = re.compile(rb"DevTools listening on (ws://\S+)")
START_SECONDS = 30.0
ANSWER_SECONDS = 30.0
KEYS = {
    "Enter": (13, "\r"),
    "Tab": (9, ""),
    "Escape": (27, ""),
    "Backspace": (8, ""),
    "Home": (36, ""),
    "End": (35, ""),
    "ArrowLeft": (37, ""),
    "ArrowUp": (38, ""),
    "ArrowRight": (39, ""),
    "ArrowDown": (40, ""),
    **{letter: (ord(letter.upper()), letter) for letter in "p+/"},
}
LEFT = ("navigated or closed", "Cannot find context", "context was destroyed")
"""What is said of a script whose page was left before it ended."""
JSON = dict[str, Any]


def executable() -> str | None:
    """Return where Chromium is; None where there is none.

    The shell of the same engine comes first: a tab of it costs far less than a window does.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    named = os.environ.get("CHROMIUM")
    return next((path for name in (named, *names) if name and (path := shutil.which(name))), None)


class PageError(Exception):
    """The page did not do what it was asked to."""


@dataclass
class Page:
    """One tab."""

    browser: Browser
    session: str
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    async def call(self, method: str, **parameters: Any) -> JSON:
        """Call a method of the DevTools protocol."""
        return await self.browser.call(method, self.session, **parameters)

    async def resize(self, width: int, height: int, *, scale: float = 1) -> None:
        """Give the tab a size, in CSS pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": scale}
        await self.call("Emulation.setDeviceMetricsOverride", **size, mobile=False)

    async def go(self, url: str) -> None:
        """Open an address."""
        await self.call("Page.navigate", url=url)

    async def run(self, script: str) -> Any:
        """Return the value of an expression; a promise is awaited."""
        told = await self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in told:
            raise PageError(f"{script}: {json.dumps(told['exceptionDetails'])[:600]}")
        return told["result"].get("value")

    async def until(self, condition: str, seconds: float = 20.0) -> Any:
        """Wait until an expression is true in the page, looked at in every frame."""
        deadline = asyncio.get_running_loop().time() + seconds
        script = f"new Promise((r) => requestAnimationFrame(() => r({condition})))"
        while not (value := await self._run_here_or_after(script)):
            if asyncio.get_running_loop().time() > deadline:
                text = await self.run("document.body.innerText.slice(-1500)")
                raise PageError(f"never true: {condition}; the page ends with: {text}")
        return value

    async def _run_here_or_after(self, script: str) -> Any:
        """Return the value of an expression; None where the tab goes to another page meanwhile."""
        try:
            return await self.run(script)
        except PageError as error:
            if any(words in str(error) for words in LEFT):
                return None
            raise

    async def see(self, text: str, seconds: float = 20.0) -> None:
        """Wait until the page shows a text."""
        await self.until(f"document.body.innerText.includes({json.dumps(text)})", seconds)

    async def click(self, selector: str, text: str = "") -> None:
        """Click the last element that matches and contains a text, once it is there and stands."""
        find = (
            f"[...document.querySelectorAll({json.dumps(selector)})]"
            f".filter((e) => e.textContent.includes({json.dumps(text)})).at(-1)"
        )
        await self.until(f"Boolean({find})")
        await self.run(f"{find}.scrollIntoView({{block: 'center'}})")
        middle = (
            f"(({{x, y, width, height}}) => [x + width / 2, y + height / 2])"
            f"({find}.getBoundingClientRect())"
        )
        before, now = None, await self.run(middle)
        while before != now:  # what is drawn meanwhile may move it
            before, now = now, await self.run(middle)
        at = {"x": now[0], "y": now[1], "button": "left", "clickCount": 1}
        for kind in ("mousePressed", "mouseReleased"):
            await self.call("Input.dispatchMouseEvent", type=kind, **at)

    async def mouse(
        self, kind: str, selector: str, across: float, *, down: float = 0.5, clicks: int = 1
    ) -> None:
        """Let the mouse do something in an element.

        Args:
            kind: ``Moved``, ``Pressed`` or ``Released``.
            selector: of the element.
            across: where in it, from 0 at the left to 1 at the right.
            down: from 0 at the top to 1 at the bottom.
            clicks: 2 for a double click.
        """
        find = f"document.querySelector({json.dumps(selector)})"
        x, y = await self.run(
            f"(({{x, y, width, height}}) => [x + width * {across}, y + height * {down}])"
            f"({find}.getBoundingClientRect())"
        )
        held = kind != "Released"
        button = {"button": "left", "buttons": int(held), "clickCount": clicks}
        if kind == "Moved":
            button = {"button": "none"}
        await self.call("Input.dispatchMouseEvent", type=f"mouse{kind}", x=x, y=y, **button)

    async def type(self, text: str) -> None:
        """Type a text into what has the focus."""
        await self.call("Input.insertText", text=text)

    async def press(self, key: str, *, alt: bool = False, shift: bool = False) -> None:
        """Press a key and let it go."""
        code, text = KEYS[key]
        modifiers = (1 if alt else 0) | (8 if shift else 0)
        told = {"key": key, "code": key, "windowsVirtualKeyCode": code, "modifiers": modifiers}
        await self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **told)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **told)

    async def busy(self) -> float:
        """Return the seconds of processor time that the page's main thread has used so far."""
        await self.call("Performance.enable", timeDomain="threadTicks")
        told = await self.call("Performance.getMetrics")
        return next(float(m["value"]) for m in told["metrics"] if m["name"] == "TaskDuration")

    async def choose(self, selector: str, file: Path) -> None:
        """Pick a file for an input."""
        found = await self.call(
            "Runtime.evaluate", expression=f"document.querySelector({json.dumps(selector)})"
        )
        handle = found["result"]["objectId"]
        await self.call("DOM.setFileInputFiles", files=[str(file)], objectId=handle)

    async def watch_requests(self) -> None:
        """Note from now on what the tab asks for over the network, in ``requests``."""
        await self.call("Network.enable")

    async def media(self, **features: str) -> None:
        """Choose what the tab's media queries find: ``prefers_color_scheme="dark"``."""
        chosen = [{"name": name.replace("_", "-"), "value": it} for name, it in features.items()]
        await self.call("Emulation.setEmulatedMedia", features=chosen)

    async def picture(self, clip: JSON | None = None) -> bytes:
        """Take a picture (PNG) of the tab, or of a part of it."""
        more = {"clip": {**clip, "scale": 1}} if clip else {}
        told = await self.call("Page.captureScreenshot", format="png", **more)
        return base64.b64decode(told["data"])

    def hear(self, method: str, told: JSON) -> None:
        """Keep what the browser's console shows."""
        if method == "Runtime.consoleAPICalled":
            words = " ".join(str(each.get("value", each)) for each in told["args"])
            self.console.append(f"{told['type']}: {words}")
        elif method == "Runtime.exceptionThrown":
            self.console.append(json.dumps(told["exceptionDetails"]))
        elif method == "Log.entryAdded":
            entry = told["entry"]
            self.console.append(f"{entry['level']}: {entry['text']} {entry.get('url', '')}")
        elif method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])


class Browser:
    """A running Chromium: one connection, a session for each tab."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self._open: dict[int, asyncio.Future[JSON]] = {}
        self._pages: dict[str, Page] = {}
        self._profiles: list[str] = []
        self.reader = asyncio.create_task(self._read())

    async def call(self, method: str, session: str | None = None, **parameters: Any) -> JSON:
        """Call a method of the DevTools protocol and return its result."""
        number = next(self._ids)
        answer = asyncio.get_running_loop().create_future()
        self._open[number] = answer
        frame: JSON = {"id": number, "method": method, "params": parameters}
        await self._socket.send_json(frame if session is None else {**frame, "sessionId": session})
        async with asyncio.timeout(ANSWER_SECONDS):
            told: JSON = await answer
        return told

    async def page(self, width: int = 1280, height: int = 800, *, scale: float = 1) -> Page:
        """Open a tab of its own profile."""
        context = (await self.call("Target.createBrowserContext"))["browserContextId"]
        self._profiles.append(context)
        target = await self.call("Target.createTarget", url=BLANK, browserContextId=context)
        attached = await self.call(
            "Target.attachToTarget", targetId=target["targetId"], flatten=True
        )
        page = Page(self, attached["sessionId"])
        self._pages[page.session] = page
        for domain in ("Page", "Runtime", "Log"):
            await page.call(f"{domain}.enable")
        await page.resize(width, height, scale=scale)
        return page

    async def close(self) -> None:
        """Close the tabs; the browser goes on."""
        for context in self._profiles:
            await self.call("Target.disposeBrowserContext", browserContextId=context)
        self.reader.cancel()

    async def _read(self) -> None:
        async for message in self._socket:
            told = json.loads(message.data)
            if "id" not in told:
                if page := self._pages.get(told.get("sessionId", "")):
                    page.hear(told["method"], told["params"])
                continue
            answer = self._open.pop(told["id"])
            if answer.done():
                continue
            if "error" in told:
                answer.set_exception(PageError(str(told["error"])))
            else:
                answer.set_result(told["result"])


@contextlib.asynccontextmanager
async def chromium(*, mouse: bool = True) -> AsyncIterator[Browser]:
    """Start a Chromium with an empty profile, and connect; end it, and delete the profile.

    Args:
        mouse: whether its pages find a pointer that can hover, as on a desktop.
    """
    with contextlib.ExitStack() as stack:
        address = await asyncio.to_thread(stack.enter_context, launched(mouse=mouse))
        async with connected(address) as browser:
            yield browser


@contextlib.asynccontextmanager
async def connected(address: str) -> AsyncIterator[Browser]:
    """Connect to a running Chromium; close the tabs that were opened, with their profiles."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(address, max_msg_size=0) as socket,
    ):
        browser = Browser(socket)
        yield browser
        await browser.close()


@contextlib.contextmanager
def launched(*, mouse: bool = True) -> Iterator[str]:
    """Start a Chromium with an empty profile, and give its address; it ends with the block."""
    path = executable()
    assert path, "there is no Chromium"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        told = Path(profile) / "stderr"
        with told.open("wb") as stderr:
            process = subprocess.Popen(
                [path, *FLAGS, *((MOUSE,) if mouse else ()), f"--user-data-dir={profile}", BLANK],
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                env={**os.environ, "TMPDIR": profile},  # what it leaves behind when it is killed
                start_new_session=True,
            )
        try:
            yield _address(process, told)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _address(process: subprocess.Popen[bytes], told: Path) -> str:
    """Wait until Chromium has told where it listens."""
    deadline = time.monotonic() + START_SECONDS
    while not (found := LISTENS.search(told.read_bytes())):
        if process.poll() is not None or time.monotonic() > deadline:
            raise PageError("Chromium has ended, or does not listen")
        time.sleep(0.02)
    return found[1].decode()
