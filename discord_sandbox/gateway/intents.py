"""Event and intents → whether a session gets it, and with or without message content.

Source: https://discord.com/developers/docs/events/gateway#gateway-intents.
"""

from __future__ import annotations

from enum import IntFlag

from discord_sandbox.world.core import JSON


class Intent(IntFlag):
    """Discord's gateway intents."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_MODERATION = 1 << 2
    GUILD_EXPRESSIONS = 1 << 3
    GUILD_INTEGRATIONS = 1 << 4
    GUILD_WEBHOOKS = 1 << 5
    GUILD_INVITES = 1 << 6
    GUILD_VOICE_STATES = 1 << 7
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    DIRECT_MESSAGE_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15
    GUILD_SCHEDULED_EVENTS = 1 << 16
    AUTO_MODERATION_CONFIGURATION = 1 << 20
    AUTO_MODERATION_EXECUTION = 1 << 21
    GUILD_MESSAGE_POLLS = 1 << 24
    DIRECT_MESSAGE_POLLS = 1 << 25


KNOWN = sum(Intent)
PRIVILEGED = {
    Intent.GUILD_PRESENCES: (1 << 12) | (1 << 13),
    Intent.GUILD_MEMBERS: (1 << 14) | (1 << 15),
    Intent.MESSAGE_CONTENT: (1 << 18) | (1 << 19),
}
"""Each privileged intent with the application flags, one of which has to be set for it."""

NEEDED = {
    "MESSAGE_CREATE": (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
    "MESSAGE_UPDATE": (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
    "MESSAGE_DELETE": (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
    "MESSAGE_DELETE_BULK": (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
    "MESSAGE_REACTION_ADD": (Intent.GUILD_MESSAGE_REACTIONS, Intent.DIRECT_MESSAGE_REACTIONS),
    "MESSAGE_REACTION_REMOVE": (Intent.GUILD_MESSAGE_REACTIONS, Intent.DIRECT_MESSAGE_REACTIONS),
    "MESSAGE_REACTION_REMOVE_ALL": (
        Intent.GUILD_MESSAGE_REACTIONS,
        Intent.DIRECT_MESSAGE_REACTIONS,
    ),
    "MESSAGE_REACTION_REMOVE_EMOJI": (
        Intent.GUILD_MESSAGE_REACTIONS,
        Intent.DIRECT_MESSAGE_REACTIONS,
    ),
    "TYPING_START": (Intent.GUILD_MESSAGE_TYPING, Intent.DIRECT_MESSAGE_TYPING),
    "CHANNEL_PINS_UPDATE": (Intent.GUILDS, Intent.DIRECT_MESSAGES),
    "GUILD_MEMBER_ADD": (Intent.GUILD_MEMBERS, Intent.GUILD_MEMBERS),
    "GUILD_MEMBER_UPDATE": (Intent.GUILD_MEMBERS, Intent.GUILD_MEMBERS),
    "GUILD_MEMBER_REMOVE": (Intent.GUILD_MEMBERS, Intent.GUILD_MEMBERS),
    "GUILD_BAN_ADD": (Intent.GUILD_MODERATION, Intent.GUILD_MODERATION),
    "GUILD_BAN_REMOVE": (Intent.GUILD_MODERATION, Intent.GUILD_MODERATION),
    "WEBHOOKS_UPDATE": (Intent.GUILD_WEBHOOKS, Intent.GUILD_WEBHOOKS),
}
"""Event → the intent that it needs in a guild and in a direct message."""
ALWAYS = frozenset({"INTERACTION_CREATE", "READY", "RESUMED", "USER_UPDATE", "GUILD_MEMBERS_CHUNK"})


def allowed(name: str, intents: int, *, direct: bool, own: bool = False) -> bool:
    """Return whether a session with these intents gets an event; always if it is about the bot."""
    if name in ALWAYS:
        return True
    if own:
        return bool(intents & Intent.GUILDS)
    in_guild, in_direct = NEEDED.get(name, (Intent.GUILDS, Intent.GUILDS))
    return bool(intents & (in_direct if direct else in_guild))


def refused(intents: int, application_flags: int) -> bool:
    """Return whether intents ask for a privilege that the application has not enabled (4014)."""
    return any(
        intents & intent and not application_flags & flags for intent, flags in PRIVILEGED.items()
    )


def without_content(message: JSON, bot_id: int) -> JSON:
    """Empty what the message-content intent guards, except in the bot's own messages.

    The other exceptions of https://discord.com/developers/docs/events/gateway#message-content-intent
    are direct messages, which the caller knows, and messages that mention the bot.
    """
    own = message["author"]["id"] == str(bot_id)
    if own or any(user["id"] == str(bot_id) for user in message["mentions"]):
        return message
    return {**message, "content": "", "embeds": [], "attachments": [], "components": []}
