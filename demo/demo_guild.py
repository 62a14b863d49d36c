"""A sandbox → a server with channels and people, and people who chat with the bot."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass

from discord_sandbox import Channel, Guild, Member, Role, Sandbox

CHATS = 3
PAUSE_SECONDS = 1.1
"""Between two messages of one channel; a bot may answer five times in five seconds there."""

QUESTIONS = (
    "What is a monad?",
    "Tell me a story.",
    "Who won the match?",
    "How do I boil an egg?",
    "Is it going to rain?",
)


@dataclass(frozen=True, slots=True)
class Town:
    """The server of the demo."""

    sandbox: Sandbox
    guild: Guild
    owner: Member
    moderator: Member
    stranger: Member
    oncall: Role
    admin: Channel
    alerts: Channel
    chats: tuple[Channel, ...]
    chatters: tuple[Member, ...]


def furnish(sandbox: Sandbox) -> Town:
    """Build the server: a team of admins, a few people, and channels for both."""
    guild = sandbox.add_guild("Home")
    ops = guild.add_role("Ops")
    oncall = guild.add_role("On call", mentionable=True)
    return Town(
        sandbox,
        guild,
        owner=guild.add_member(user=sandbox.owner),
        moderator=guild.add_member("mia", roles=[ops, oncall]),
        stranger=guild.add_member("noah"),
        oncall=oncall,
        admin=guild.add_text_channel("admin"),
        alerts=guild.add_text_channel("alerts"),
        chats=tuple(guild.add_text_channel(f"chat-{number}") for number in range(1, CHATS + 1)),
        chatters=tuple(guild.add_member(name) for name in ("ann", "bob", "cem", "dora")),
    )


def settings_for(town: Town) -> dict[str, str]:
    """Give the environment of a bot that lives in the town, with short timers."""
    return {
        "DISCORD_TOKEN": town.sandbox.token,
        "DISCORD_API_BASE": town.sandbox.api_base,
        "DISCORD_GATEWAY_URL": town.sandbox.gateway_url,
        "DEBUG_GUILD_IDS": str(town.guild.id),
        "DEBUG_ADMIN_ROLE_IDS": str(town.moderator.roles[0].id),
        "ALERT_CHANNEL_ID": str(town.alerts.id),
        "ALERT_PING_ROLE_ID": str(town.oncall.id),
        "ALERT_INTERVAL_SECONDS": "1",
        "ALERT_TIME_SCALE": "0.1",
        "METRICS_COLLECTION_INTERVAL": "2",
    }


async def chatter(town: Town) -> None:
    """Let people ask the bot things, for ever."""
    for question, person in zip(itertools.cycle(QUESTIONS), itertools.cycle(town.chatters)):
        for channel in town.chats:
            await town.sandbox.say(person, channel, question)
        await asyncio.sleep(PAUSE_SECONDS)
