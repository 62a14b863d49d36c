"""Messages of the sandbox → text on the terminal, and PNG files."""

from __future__ import annotations

from pathlib import Path

from discord_sandbox import Message


class Terminal:
    """Prints what a person would see, and keeps the pictures.

    Args:
        folder: where the pictures go.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pictures = 0

    def headline(self, text: str) -> None:
        """Say what comes now."""
        print(f"\n=== {text}", flush=True)

    def show(self, message: Message | None, name: str) -> None:
        """Print a message, and save its pictures as ``name``."""
        if message is None:
            print("  (nothing)", flush=True)
            return
        for line in message.text.splitlines():
            print(f"  | {line}")
        for attachment in message.attachments:
            print(f"  | [{self._save(name, attachment.filename, attachment.data)}]")
        print(flush=True)

    def _save(self, name: str, filename: str, data: bytes) -> Path:
        self._pictures += 1
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{self._pictures:02}-{name}-{Path(filename).name}"
        path.write_bytes(data)
        return path
