"""Who did something, as it is stored → text that names them and pings nobody."""

from __future__ import annotations

from cogs.debug.ui.escaping import plain, prose, short
from services.debugcog.patterns import late_pattern

MENTION = late_pattern(r"(<@\d{1,20}>)")


def person(by: str) -> str:
    """Show who did something: as a mention, or by the name that an earlier version stored."""
    return by if MENTION.fullmatch(by) else prose(short(by))


def with_people(text: str) -> str:
    """Show a text of ours with the people who are named in it; no message lets them be pinged."""
    return "".join(part if MENTION.fullmatch(part) else plain(part) for part in MENTION.split(text))


def server(guild_id: int, name: str) -> str:
    """Show a server, which Discord has no mention for, as a link to it."""
    shown = short(name) if name else str(guild_id)
    shown = shown.replace("[", "(").replace("]", ")")
    return f"[{prose(shown)}](https://discord.com/channels/{guild_id})"


def message_address(guild_id: int | None, channel_id: int, message_id: int) -> str:
    """Return the address of a message; of one outside a server, that of direct messages."""
    return f"https://discord.com/channels/{guild_id or '@me'}/{channel_id}/{message_id}"
