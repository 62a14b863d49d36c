"""Check: what the bot may in the channels that the cog posts to, with the missing bit named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import discord
from discord.ext import commands

from services.debugcog.diagnosis.findings import Finding, UnknownError, critical, warning
from services.debugcog.outbox.outcomes import Outcome
from services.debugcog.setting_kinds import OWNERS_DM
from services.debugcog.settings import Settings
from services.debugcog.shield import left_alone

POSTING = discord.Permissions(
    view_channel=True,
    send_messages=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
)
FORUM = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
    manage_threads=True,
)
KEYS: Mapping[str, discord.Permissions] = {
    "ALERT_CHANNEL_ID": POSTING,
    "ALERT_FALLBACK_CHANNEL_ID": POSTING,
    "ERROR_FORUM_ID": FORUM,
}
"""Setting of a channel → what is needed there; one that this version lacks is not looked at."""
ABSENT = (10003, 50001)
"""Discord's codes for a channel that does not exist, or that the bot cannot see."""
NAMES = {
    "read_messages": "View Channel",  # the name that iteration gives it
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
    "manage_threads": "Manage Threads",
}


async def permissions(bot: commands.Bot, settings: Settings) -> list[Finding]:
    """Look at each channel that the settings name.

    Raises:
        UnknownError: Discord does not tell whether one is there.
    """
    found = list[Finding]()
    for key, needed in KEYS.items():
        channel_id = getattr(settings, key.lower(), None)
        if channel_id is None or channel_id == OWNERS_DM:
            continue
        channel = bot.get_channel(channel_id)
        if isinstance(channel, discord.abc.GuildChannel | discord.Thread):
            found += _lacking(channel, key, needed)
        elif not await _is_there(bot, channel_id):
            fix = "Put the id of a channel there that the bot can see, and restart the bot."
            title = "A channel is not there, or hidden from the bot"
            found.append(critical(title, f"{key}={channel_id}", fix=fix))
    return [*found, *_ping(bot, settings)]


async def _is_there(bot: commands.Bot, channel_id: int) -> bool:
    """Ask Discord for a channel; a bot without ``intents.guilds`` knows none by itself."""
    try:
        channel: object = await left_alone(bot.http.get_channel(channel_id))
    except discord.HTTPException as error:
        if error.code in ABSENT:
            return False
        raise UnknownError(f"Discord does not tell: HTTP {error.status}") from error
    if not isinstance(channel, dict) or "type" not in channel:
        raise UnknownError(Outcome.FOREIGN.value)
    return True


def _lacking(
    channel: discord.abc.GuildChannel | discord.Thread, key: str, needed: discord.Permissions
) -> Iterator[Finding]:
    lacking = missing(channel, needed)
    if lacking:
        where = f"#{channel.name} of {channel.guild.name} ({key}): {', '.join(lacking)}"
        fix = "Give the bot's role these permissions in that channel."
        yield critical("The bot lacks permissions where it posts", where, fix=fix)


def missing(
    channel: discord.abc.GuildChannel | discord.Thread, needed: discord.Permissions
) -> list[str]:
    """Name what the bot may not in a channel, as Discord's settings name it."""
    has = channel.permissions_for(channel.guild.me)
    return [NAMES[name] for name, needs in needed if needs and not getattr(has, name)]


def _ping(bot: commands.Bot, settings: Settings) -> Iterator[Finding]:
    """Look whether a critical alert can mention its role."""
    channel = bot.get_channel(settings.alert_channel_id or 0)
    role_id = settings.alert_ping_role_id
    if role_id is None or not isinstance(channel, discord.abc.GuildChannel):
        return
    role = channel.guild.get_role(role_id)
    if role is None:
        fix = "Put the id of a role of the alert channel's server there."
        yield warning("The role to ping does not exist", f"ALERT_PING_ROLE_ID={role_id}", fix=fix)
    elif not role.mentionable and not channel.permissions_for(channel.guild.me).mention_everyone:
        fix = "Allow anyone to mention the role, or give the bot “Mention All Roles” there."
        yield warning("Critical alerts cannot ping their role", f"@{role.name}", fix=fix)
