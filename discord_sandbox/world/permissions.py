"""Roles and overwrites → what a member may do in a guild or a channel.

The rules are those of https://discord.com/developers/docs/topics/permissions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntFlag


class Permission(IntFlag):
    """Discord's permission bits, by Discord's names."""

    NONE = 0
    CREATE_INSTANT_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    PRIORITY_SPEAKER = 1 << 8
    STREAM = 1 << 9
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    VIEW_GUILD_INSIGHTS = 1 << 19
    CONNECT = 1 << 20
    SPEAK = 1 << 21
    MUTE_MEMBERS = 1 << 22
    DEAFEN_MEMBERS = 1 << 23
    MOVE_MEMBERS = 1 << 24
    USE_VAD = 1 << 25
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    MANAGE_GUILD_EXPRESSIONS = 1 << 30
    USE_APPLICATION_COMMANDS = 1 << 31
    REQUEST_TO_SPEAK = 1 << 32
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    USE_EXTERNAL_STICKERS = 1 << 37
    SEND_MESSAGES_IN_THREADS = 1 << 38
    USE_EMBEDDED_ACTIVITIES = 1 << 39
    MODERATE_MEMBERS = 1 << 40
    VIEW_CREATOR_MONETIZATION_ANALYTICS = 1 << 41
    USE_SOUNDBOARD = 1 << 42
    CREATE_GUILD_EXPRESSIONS = 1 << 43
    CREATE_EVENTS = 1 << 44
    USE_EXTERNAL_SOUNDS = 1 << 45
    SEND_VOICE_MESSAGES = 1 << 46
    SET_VOICE_CHANNEL_STATUS = 1 << 48
    SEND_POLLS = 1 << 49
    USE_EXTERNAL_APPS = 1 << 50
    PIN_MESSAGES = 1 << 51
    BYPASS_SLOWMODE = 1 << 52


ALL = Permission(sum(Permission))
MEMBER = (
    Permission.CREATE_INSTANT_INVITE
    | Permission.ADD_REACTIONS
    | Permission.STREAM
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.CONNECT
    | Permission.SPEAK
    | Permission.USE_VAD
    | Permission.CHANGE_NICKNAME
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.CREATE_PRIVATE_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.SEND_POLLS
    | Permission.USE_EXTERNAL_APPS
)
"""What @everyone may do in a new guild."""
BOT = (
    MEMBER
    | Permission.MANAGE_MESSAGES
    | Permission.MANAGE_WEBHOOKS
    | Permission.MANAGE_THREADS
    | Permission.PIN_MESSAGES
)
"""What the bot's own role allows when nothing else is asked for."""
TIMED_OUT = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY
"""What a timeout leaves to a member."""
DIRECT_MESSAGE = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.USE_APPLICATION_COMMANDS
)
"""What both sides may do in a direct message."""
AMONG_PEOPLE = Permission.ATTACH_FILES | Permission.EMBED_LINKS | Permission.MENTION_EVERYONE
"""What the application may do in a response in a direct message between people."""


@dataclass(frozen=True, slots=True)
class Overwrite:
    """What a channel allows and denies one role, or one member."""

    allow: Permission = Permission.NONE
    deny: Permission = Permission.NONE
    of_member: bool = False


def combined(everyone: Permission, roles: Iterable[Permission]) -> Permission:
    """Return what roles allow together; an administrator may do everything."""
    total = everyone
    for role in roles:
        total |= role
    return ALL if total & Permission.ADMINISTRATOR else total


def overwritten(
    base: Permission,
    everyone: Overwrite | None,
    roles: Sequence[Overwrite],
    member: Overwrite | None,
) -> Permission:
    """Apply a channel's overwrites in Discord's order: @everyone, all roles together, the member.

    Who cannot see the channel can do nothing in it; who cannot send cannot attach or embed.
    """
    if base & Permission.ADMINISTRATOR:
        return ALL
    if not (everyone or roles or member):  # mostly; flags of an enum are slow to combine
        return _implied(base)
    result = _applied(base, everyone) if everyone else base
    allow = deny = Permission.NONE
    for overwrite in roles:
        allow |= overwrite.allow
        deny |= overwrite.deny
    result = _applied(result, Overwrite(allow, deny))
    result = _applied(result, member) if member else result
    return _implied(result)


def names(permissions: int) -> str:
    """Write permissions as Discord's documentation names them."""
    found = [str(p.name) for p in Permission if p and p & permissions]
    return ", ".join(found) or "none"


def _applied(base: Permission, overwrite: Overwrite) -> Permission:
    return (base & ~overwrite.deny) | overwrite.allow


def _implied(result: Permission) -> Permission:
    if not result & Permission.VIEW_CHANNEL:
        return Permission.NONE
    if not result & Permission.SEND_MESSAGES:
        needs_send = (
            Permission.MENTION_EVERYONE
            | Permission.SEND_TTS_MESSAGES
            | Permission.ATTACH_FILES
            | Permission.EMBED_LINKS
        )
        return result & ~needs_send
    return result
