"""Check: where Discord has refused the bot lately for lack of a permission, or of a higher role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import discord
from discord.ext import commands

from cogs.debug.ui import needed
from services.debugcog.diagnosis.findings import Finding, warning
from services.debugcog.gateway.responses import Refusal
from services.debugcog.wording import counted

REGISTRATION = " /applications/"
"""What registers commands, which needs no permission of the bot's role, and has a check itself."""
SHOWN = 6
FIX = "Give the bot's role these permissions, above all in those channels; or do not try it."
ORDER_FIX = (
    "Where the role order is named, move the bot's role up in the server's settings: a permission "
    "reaches only roles, and members whose highest role is, below its own."
)


def refusals(bot: commands.Bot, met: Sequence[Refusal]) -> Iterator[Finding]:
    """Count the refusals by route and place.

    Args:
        bot: the host.
        met: of the last day, newest first.
    """
    groups = dict[tuple[str, int | None, int | None, int], list[Refusal]]()
    for one in met:
        if REGISTRATION not in one.route:
            key = (one.route, one.channel_id, one.guild_id, one.code)
            groups.setdefault(key, []).append(one)
    if not groups:
        return
    found = sorted(groups.values(), key=len, reverse=True)
    reasons = [_reason(bot, group) for group in found[:SHOWN]]
    lines = [
        f"{counted(len(group), 'time')} {group[0].route}{_place(bot, group[0])}"
        f" ({group[0].code}){reason}"
        for group, reason in zip(found, reasons, strict=False)
    ]
    if len(found) > SHOWN:
        lines.append(f"and {len(found) - SHOWN} more")
    has_order = any("role order" in reason for reason in reasons)
    fix = f"{FIX} {ORDER_FIX}" if has_order else FIX
    yield warning("Discord has refused what the bot may not do", *lines, fix=fix)


def _place(bot: commands.Bot, refusal: Refusal) -> str:
    channel = bot.get_channel(refusal.channel_id or 0)
    if isinstance(channel, needed.Place):
        return f" in #{channel.name} of {channel.guild.name}"
    if refusal.channel_id:
        return f" in channel {refusal.channel_id}"
    guild = bot.get_guild(refusal.guild_id or 0)
    if guild is not None:
        return f" in {guild.name}"
    return f" in server {refusal.guild_id}" if refusal.guild_id else ""


def _reason(bot: commands.Bot, group: Sequence[Refusal]) -> str:
    """Say what the bot lacks for a route, where that is known, and whether it is there by now."""
    route = group[0].route
    channel = bot.get_channel(group[0].channel_id or 0)
    place = channel if isinstance(channel, needed.Place) else None
    names = [needed.there(name, place) for name in needed.ROUTES.get(route, ())]
    titles = ", ".join(map(needed.title, names))
    guild = bot.get_guild(group[0].guild_id or 0)
    if place is not None and names:
        return _in_channel(place, names)
    if guild is not None:
        return _in_guild(guild, group)
    return f": needs {titles}" if titles else ""


def _in_channel(channel: needed.Place, names: Sequence[str]) -> str:
    has = needed.held(channel)
    lacking = [name for name in ("read_messages", *names) if not getattr(has, name)]
    if lacking:
        return f": lacks {', '.join(map(needed.title, lacking))}"
    return f": {', '.join(map(needed.title, names))} is there by now"


def _in_guild(guild: discord.Guild, group: Sequence[Refusal]) -> str:
    """Look at the bot's permissions in a server, then at its place among the roles."""
    route, has = group[0].route, guild.me.guild_permissions
    whats: Mapping[str, str] = dict(needed.CHANGES.get(route, ()))
    names = (*needed.ROUTES.get(route, ()), *whats)
    lacking = [
        needed.title(name) + (f" (for the {whats[name]})" if name in whats else "")
        for name in names
        if not getattr(has, name)
    ]
    order = next(filter(None, (_order(guild, one) for one in group)), "")
    ordered = f"role order: {order}" if order else ""
    if lacking:
        return ": " + "; ".join(filter(None, (f"lacks {', '.join(lacking)}", ordered)))
    held = "every permission for it" if whats else ", ".join(map(needed.title, names))
    if order:
        return f": has {held}; {ordered}" if held else f": {ordered}"
    return f": has {held} by now" if held else ""


def _order(guild: discord.Guild, refusal: Refusal) -> str:
    """Say what of a refusal is out of the reach of the bot's role, or may be; empty for neither."""
    mine = guild.me.top_role
    role = guild.get_role(refusal.role_id or 0)
    if refusal.role_id is not None:
        if role is None:
            return f"the bot's highest role, @{mine.name}, has to be above the role"
        below = role >= mine
        return f"the bot's role is below @{role.name}" if below else ""
    if refusal.member_id is None:
        return ""
    if refusal.member_id == guild.owner_id:
        return "nobody may change the server's owner"
    member = guild.get_member(refusal.member_id)
    if member is None:
        return f"the bot's highest role, @{mine.name}, has to be above the member's highest"
    return f"the bot's role is below @{member.top_role.name}" if member.top_role >= mine else ""
