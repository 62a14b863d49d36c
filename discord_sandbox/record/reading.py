"""Record file → its lines as JSON, without a truncated last line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from discord_sandbox.world.core import JSON, SandboxError

VERSIONS = (1,)


def read(path: Path) -> Iterator[JSON]:
    """Yield the lines of a record, the first one being its start.

    Raises:
        SandboxError: the file cannot be read, is no record, or is damaged before its last line.
    """
    try:
        with path.open("rb") as file:
            yield from _lines(path, file)
    except OSError as error:
        raise SandboxError(f"the record {path} cannot be read: {error.strerror}") from error


def is_record(path: Path) -> bool:
    """Return whether a file begins as a record does."""
    try:
        next(read(path))
    except SandboxError:
        return False
    return True


def _lines(path: Path, file: Iterator[bytes]) -> Iterator[JSON]:
    damaged = number = 0
    for number, text in enumerate(file, 1):
        if damaged:
            raise SandboxError(f"the record {path} is damaged in line {damaged}: it is no JSON")
        line = _parsed(text)
        if number == 1:
            _check(path, line)
        if line is None:
            damaged = number  # if nothing follows, the sandbox was killed while it wrote
        else:
            yield line
    if not number:
        _check(path, None)


def _parsed(text: bytes) -> JSON | None:
    """Return a line; half a character in what a bot sent, as it stands there, is shown as "?"."""
    try:
        line = json.loads(text.decode(errors="replace"))
        if b"\\u" in text:
            line = json.loads(json.dumps(line, ensure_ascii=False).encode(errors="replace"))
    except (ValueError, RecursionError):
        return None
    return line if isinstance(line, dict) else None


def _check(path: Path, line: JSON | None) -> None:
    if line is None or line.get("kind") != "start":
        how = "write one with python -m discord_sandbox --record FILE"
        raise SandboxError(f"{path} is no record of a sandbox: {how}")
    if line.get("record") not in VERSIONS:
        raise SandboxError(f"{path} is a record of another version: {line.get('record')!r}")
