"""Messages as Discord lists them → discord.py's, and the texts that may have a nonce in them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

import discord

from cogs.debug.delivery.hidden_nonce import found
from cogs.debug.ui.actions import tag_of


def read(channel: discord.PartialMessageable, listed: Iterable[Any]) -> Iterator[discord.Message]:
    """Read messages as ``channel.history`` does; one that discord.py cannot read costs no other."""
    for data in listed:
        with contextlib.suppress(Exception):
            yield discord.Message(state=channel._state, channel=channel, data=data)  # noqa: SLF001 - it has no other


def marked(message: discord.Message) -> Iterator[str]:
    """Find what may have a message's nonce: ids of controls, characters of no width.

    Those that version 0.1 posted have it in small print.
    """
    for text in (message.content, *(embed.footer.text or "" for embed in message.embeds)):
        yield text
        yield from found(text)
    for row in message.components:
        yield from (tag_of(getattr(one, "custom_id", None) or "") for one in _controls(row))


def _controls(row: discord.Component) -> Iterable[object]:
    return row.children if isinstance(row, discord.ActionRow) else ()
