"""Frame that a bot sends to the gateway → whether it is valid (else close code 4002).

Source: https://discord.com/developers/docs/events/gateway-events#send-events.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from discord_sandbox.rules.forms import Rule, form, listing, snowflake, text, whole
from discord_sandbox.rules.refusals import Issue, Path

IDENTIFY, RESUME, REQUEST_MEMBERS = 2, 6, 8
LONG = 1 << 16  # characters; the connection bounds the frame itself


def _ids(value: Any, path: Path) -> Iterator[Issue]:
    """One id or a list of them."""
    yield from (listing(snowflake(), LONG) if isinstance(value, list) else snowflake())(value, path)


RULES: Mapping[int, Rule] = {
    IDENTIFY: form({"token": text(LONG), "shard": listing(whole(), 2, 2)}),
    RESUME: form({"token": text(LONG), "session_id": text(LONG), "seq": whole(0)}),
    REQUEST_MEMBERS: form(
        {"guild_id": snowflake(), "user_ids": _ids, "query": text(LONG), "limit": whole(0)}
    ),
}


def readable(op: int, data: Any) -> bool:
    """Return whether the data of a frame are what its opcode asks for."""
    return op not in RULES or not list(RULES[op](data, ()))
