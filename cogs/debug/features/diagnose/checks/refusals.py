"""Check: where Discord has refused the bot lately for lack of a permission."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import discord
from discord.ext import commands

from services.debugcog.diagnosis.findings import Finding, warning
from services.debugcog.gateway.responses import Refusal
from services.debugcog.wording import counted

ROUTES = {
    "POST /channels/{id}/messages": "send_messages",
    "POST /channels/{id}/threads": "create_public_threads",
    "POST /channels/{id}/webhooks": "manage_webhooks",
    "DELETE /channels/{id}/messages/{id}": "manage_messages",
    "POST /channels/{id}/messages/bulk-delete": "manage_messages",
    "GET /channels/{id}/messages": "read_message_history",
    "PUT /channels/{id}/messages/{id}/reactions/{name}/@me": "add_reactions",
    "PATCH /channels/{id}": "manage_channels",
    "DELETE /channels/{id}": "manage_channels",
    "PUT /guilds/{id}/bans/{id}": "ban_members",
    "DELETE /guilds/{id}/members/{id}": "kick_members",
    "PATCH /guilds/{id}/members/{id}": "moderate_members",
    "PUT /guilds/{id}/members/{id}/roles/{id}": "manage_roles",
    "DELETE /guilds/{id}/members/{id}/roles/{id}": "manage_roles",
}
"""Route → the permission that it needs first."""
REGISTRATION = " /applications/"
"""What registers commands, which needs no permission of the bot's role, and has a check itself."""
SHOWN = 6


def refusals(bot: commands.Bot, met: Sequence[Refusal]) -> Iterator[Finding]:
    """Count the refusals by route and channel.

    Args:
        bot: the host.
        met: of the last day, newest first.
    """
    counts = Counter(
        (one.route, one.channel_id, one.code) for one in met if REGISTRATION not in one.route
    )
    if not counts:
        return
    lines = [
        f"{counted(count, 'time')} {route}{_place(bot, channel)} ({code})"
        + _lacking(bot, route, channel)
        for (route, channel, code), count in counts.most_common(SHOWN)
    ]
    if len(counts) > SHOWN:
        lines.append(f"and {len(counts) - SHOWN} more")
    fix = "Give the bot's role these permissions, above all in those channels; or do not try it."
    yield warning("Discord has refused what the bot may not do", *lines, fix=fix)


def _place(bot: commands.Bot, channel_id: int | None) -> str:
    channel = bot.get_channel(channel_id or 0)
    if isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        return f" in #{channel.name} of {channel.guild.name}"
    return f" in channel {channel_id}" if channel_id else ""


def _lacking(bot: commands.Bot, route: str, channel_id: int | None) -> str:
    """Name the missing permission where it is known, and whether it is there by now."""
    name = ROUTES.get(route)
    if name is None:
        return ""
    title = name.replace("_", " ").title()
    channel = bot.get_channel(channel_id or 0)
    if isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        has = channel.permissions_for(channel.guild.me)
        hidden = [] if has.view_channel else ["View Channel"]
        lacking = [*hidden, *([] if getattr(has, name) else [title])]
        return f": lacks {', '.join(lacking)}" if lacking else f": {title} is there by now"
    return f": needs {title}"
