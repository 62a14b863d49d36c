"""Posting as the bot."""

from __future__ import annotations

import struct
from typing import Any

from tests.sandbox.parts import Answer, Home, Rest

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", 800, 400) + b"\x08\x06\0\0\0"


def messages(place: Home, message_id: str = "") -> str:
    base = f"/channels/{place.channel.id}/messages"
    return f"{base}/{message_id}" if message_id else base


async def posted(rest: Rest, place: Home, body: Any, **more: Any) -> Answer:
    answer = await rest("POST", messages(place), body, **more)
    assert answer.status == 200, answer.body
    return answer
