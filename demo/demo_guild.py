"""Sandbox → demo server with channels and users, and simulated chat with the bot."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass

from discord_sandbox import Channel, Guild, Member, Role, Sandbox
from discord_sandbox.people.runs import Run

CHATS = 6
PAUSE_SECONDS = 1.1
"""Between two messages of one channel; a bot may answer five times in five seconds there."""
TIME_SCALE = 0.04
"""Factor on the durations of the alert rules: windows of 5 minutes become 12 s. With six chats that
is still enough traffic for every rule to judge by: 50 messages."""

PRICES = (
    '{"stheno-3.2:latest": {"input": 0.05, "output": 0.08},'
    ' "gpt-4o-mini": {"input": 0.15, "cached": 0.075, "output": 0.6}}'
)

QUESTIONS = (
    "What is a monad?",
    "Tell me a story.",
    "Who won the match?",
    "How do I boil an egg?",
    "Is it going to rain?",
)


@dataclass(frozen=True, slots=True)
class DemoGuild:
    """The guild of the demo, with those in it whom the story needs."""

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

    def names(self) -> dict[int, str]:
        """Return the names of channels, roles and users, by id."""
        world, guild = self.sandbox.world, self.guild
        names = {each.id: each.name for each in world.channels.values()}
        names |= {each.id: each.name for each in guild.roles.values()}
        return names | {each.id: each.name for each in world.users.values()}


def furnish(sandbox: Sandbox) -> DemoGuild:
    """Build the server: a team of admins, a few people, and channels for both."""
    guild = sandbox.add_guild("Home", owner=sandbox.owner)
    ops = guild.add_role("Ops")
    oncall = guild.add_role("On call", mentionable=True)
    return DemoGuild(
        sandbox,
        guild,
        owner=guild.members[sandbox.owner.id],
        moderator=guild.add_member("mia", roles=[ops, oncall]),
        stranger=guild.add_member("noah"),
        oncall=oncall,
        admin=guild.add_text_channel("admin"),
        alerts=guild.add_text_channel("alerts"),
        chats=tuple(guild.add_text_channel(f"chat-{number}") for number in range(1, CHATS + 1)),
        chatters=tuple(guild.add_member(name) for name in ("ann", "bob", "cem", "dora")),
    )


def settings_for(demo_guild: DemoGuild) -> dict[str, str]:
    """Return the environment of a bot that lives in the demo guild, with short timers."""
    return {
        "DISCORD_TOKEN": demo_guild.sandbox.token,
        "DISCORD_API_BASE": demo_guild.sandbox.api_base,
        "DISCORD_GATEWAY_URL": demo_guild.sandbox.gateway_url,
        "DEBUG_GUILD_IDS": str(demo_guild.guild.id),
        "DEBUG_ADMIN_ROLE_IDS": str(demo_guild.moderator.roles[0].id),
        "ALERT_CHANNEL_ID": str(demo_guild.alerts.id),
        "ALERT_PING_ROLE_ID": str(demo_guild.oncall.id),
        "ALERT_INTERVAL_SECONDS": "1",
        "ALERT_TIME_SCALE": str(TIME_SCALE),
        "METRICS_COLLECTION_INTERVAL": "2",
        "LLM_PRICES": PRICES,
    }


async def chatter(demo_guild: DemoGuild) -> None:
    """Keep people asking the bot things in every chat."""
    for question, person in zip(itertools.cycle(QUESTIONS), itertools.cycle(demo_guild.chatters)):
        for channel in demo_guild.chats:
            await demo_guild.sandbox.say(person, channel, question)
        await asyncio.sleep(PAUSE_SECONDS)


def is_answered(run: Run) -> bool:
    """Return whether an answer is there; a failure's notice takes the place of "thinking"."""
    shown = (run.message, *run.followups)
    return any(each is not None and each.text and not each.thinking for each in shown)
