"""Posting as the bot."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from tests.discord_sandbox.parts import Answer, Home, Rest

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", 800, 400) + b"\x08\x06\0\0\0"


def messages(place: Home, message_id: str = "") -> str:
    base = f"/channels/{place.channel.id}/messages"
    return f"{base}/{message_id}" if message_id else base


async def posted(rest: Rest, place: Home, body: Any, **more: Any) -> Answer:
    answer = await rest("POST", messages(place), body, **more)
    assert answer.status == 200, answer.body
    return answer


def png(width: int, height: int) -> bytes:
    """Draw a black PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" * (width + 1)) * height)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
