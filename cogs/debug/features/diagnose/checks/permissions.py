"""Check: what the bot may in the channels that the cog posts to, with the missing bit named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import discord
from discord.ext import commands

from cogs.debug.ui import needed
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


async def permissions(bot: commands.Bot, settings: Settings) -> list[Finding]:
    """Look at each channel that the settings name.

    Raises:
        UnknownError: Discord does not tell whether one is there.
    """
    found = list[Finding]()
    for key, wanted in KEYS.items():
        channel_id = getattr(settings, key.lower(), None)
        if channel_id is None or channel_id == OWNERS_DM:
            continue
        channel = bot.get_channel(channel_id)
        if isinstance(channel, needed.Place):
            found += _lacking(channel, key, wanted)
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


def _lacking(channel: needed.Place, key: str, wanted: discord.Permissions) -> Iterator[Finding]:
    lacking = needed.missing(channel, wanted)
    if lacking:
        where = f"#{channel.name} of {channel.guild.name} ({key}): {', '.join(lacking)}"
        fix = "Give the bot's role these permissions in that channel."
        yield critical("The bot lacks permissions where it posts", where, fix=fix)


def _ping(bot: commands.Bot, settings: Settings) -> Iterator[Finding]:
    """Look whether a critical alert can mention its role."""
    channel = bot.get_channel(settings.alert_channel_id or 0)
    role_id = settings.alert_ping_role_id
    if role_id is None or not isinstance(channel, needed.Place):
        return
    role = channel.guild.get_role(role_id)
    if role is None:
        fix = "Put the id of a role of the alert channel's server there."
        yield warning("The role to ping does not exist", f"ALERT_PING_ROLE_ID={role_id}", fix=fix)
    elif not role.mentionable and not needed.held(channel).mention_everyone:
        fix = "Allow anyone to mention the role, or give the bot “Mention All Roles” there."
        yield warning("Critical alerts cannot ping their role", f"@{role.name}", fix=fix)
