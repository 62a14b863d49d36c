"""Path of a request to Discord → its route without ids, tokens and names."""

from __future__ import annotations

import re

from services.debugcog.patterns import late_pattern

# https://github.com/discord/discord-api-spec; whatever else is in a path may be secret
_WORDS = """
@me @original active activity-instances answers applications archived audit-logs
auto-moderation bans bot bulk-ban bulk-delete callback channels commands connections consume
counts crosspost emojis entitlements expire followers gateway github guilds incident-actions
integrations interactions invites lobbies member member-counts members messages metadata
new-member-welcome oauth2 onboarding permissions pins polls preview prune public reactions
recipients regions role-connections roles rules scheduled-events search
send-soundboard-sound skus slack soundboard-default-sounds soundboard-sounds stage-instances
sticker-packs stickers subscriptions target-users templates thread-members threads token
typing users vanity-url voice voice-states webhooks welcome-screen widget widget.json
widget.png
"""
WORDS = frozenset(_WORDS.split())
SECRET_AFTER = ("webhooks", "interactions", "reactions", "invites", "templates")
"""What follows an id of these, or one of these, is a token, a name or a code."""
CHANNEL = late_pattern(r"/channels/(\d{1,20})")
GUILD = late_pattern(r"/guilds/(\d{1,20})")
MEMBER = late_pattern(r"/guilds/\d+/(?:members|bans)/(\d{1,20})")
ROLE = late_pattern(r"/guilds/\d+/(?:members/\d+/)?roles/(\d{1,20})")
_BASE = late_pattern(r".*?/api/v\d+(?=/)")
_FIRST = late_pattern(r"(?:.*?/api/v\d+)?/([^/]*)")
SEGMENTS_MAX = 12


def route_of(path: str) -> str:
    """Return the route of a path: ``/channels/{id}/messages/{id}``."""
    parts = _BASE.sub("", path, count=1).strip("/").split("/")[:SEGMENTS_MAX]
    return "/" + "/".join(_segment(parts, index) for index in range(len(parts)))


def family_of(path: str) -> str:
    """Return the first part of a path's route, at a tenth of its price."""
    found = _FIRST.match(path)
    return found[1] if found is not None and found[1] in WORDS else "other"


def channel_of(path: str) -> int | None:
    """Return the channel that a path is about."""
    return _id(CHANNEL, path)


def guild_of(path: str) -> int | None:
    """Return the server that a path is about."""
    return _id(GUILD, path)


def member_of(path: str) -> int | None:
    """Return the member of a server that a path is about."""
    return _id(MEMBER, path)


def role_of(path: str) -> int | None:
    """Return the role of a server that a path is about."""
    return _id(ROLE, path)


def _id(pattern: re.Pattern[str], path: str) -> int | None:
    found = pattern.search(path)
    return int(found[1]) if found else None


def _segment(parts: list[str], index: int) -> str:
    part, before = parts[index], parts[:index]
    if part.isdecimal():
        return "{id}"
    secret = before[-1:] and before[-1] in SECRET_AFTER
    after_id = before[-2:-1] and before[-2] in SECRET_AFTER and before[-1].isdecimal()
    if part in WORDS and not secret and not (after_id and before[-2] != "reactions"):
        return part
    return "{token}" if after_id else "{name}" if secret else "{other}"
