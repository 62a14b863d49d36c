"""Sandbox messages and demo progress → text on the terminal, and PNG files."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

from demo.plain_text import plain
from discord_sandbox import Message

STILL_SECONDS = 10.0
"""Between two lines that say that something is still awaited."""


class Terminal:
    """Prints what a person would see, and keeps the pictures.

    Args:
        folder: where the pictures go.
        names: returns the names of channels, roles and users, by id.
        clock: returns the unix time in seconds.
    """

    def __init__(
        self,
        folder: Path,
        names: Callable[[], Mapping[int, str]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._names = names
        self._clock = clock
        self._pictures = 0

    def headline(self, text: str) -> None:
        """Print what comes now."""
        print(f"\n=== {text}", flush=True)

    def note(self, text: str) -> None:
        """Print a line about the demo itself."""
        print(f"… {text}", flush=True)

    @contextlib.asynccontextmanager
    async def waiting(
        self, what: str, most: float, *, usual: float | None = None
    ) -> AsyncIterator[None]:
        """Print what is awaited, and from time to time that it still is.

        Args:
            what: the sentence.
            most: seconds after which the demo waits no longer.
            usual: seconds that it takes on a machine with little else to do.
        """
        usually = f"about {usual:.0f} s, " if usual else ""
        self.note(f"{what} ({usually}at most {most:.0f} s)")
        ticking = asyncio.create_task(self._tick(what))
        try:
            yield
        finally:
            ticking.cancel()

    async def _tick(self, what: str) -> None:
        began = time.monotonic()
        while True:
            await asyncio.sleep(STILL_SECONDS)
            self.note(f"{what}: {time.monotonic() - began:.0f} s so far")

    def plain(self, text: str) -> str:
        """Return a text of Discord's as this terminal shows it."""
        return plain(text, self._names(), self._clock())

    def show(self, message: Message | None) -> None:
        """Print the text of a message."""
        self.lines(self.plain(message.text) if message else "(nothing)")

    def lines(self, text: str) -> None:
        """Print lines that somebody else wrote."""
        for line in text.splitlines():
            print(f"  | {line}")
        print(end="", flush=True)

    def files(self, message: Message | None, name: str) -> None:
        """Print the alt texts of a message's files, and save them as ``name``."""
        for attachment in message.attachments if message else ():
            if attachment.description:
                print(f"  | [{attachment.description}]")
            path = self._save(name, attachment.filename, attachment.data)
            print(f"  | → {path}", flush=True)

    def _save(self, name: str, filename: str, data: bytes) -> Path:
        self._pictures += 1
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{self._pictures:02}-{name}-{Path(filename).name}"
        path.write_bytes(data)
        return path
