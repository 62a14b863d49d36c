"""Channel or route of a request → permissions that it needs, as Discord's settings name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import discord

Place = discord.abc.GuildChannel | discord.Thread

ROUTES: Mapping[str, Sequence[str]] = {
    "POST /channels/{id}/messages": ("send_messages",),
    "POST /channels/{id}/threads": ("create_public_threads",),
    "POST /channels/{id}/messages/{id}/threads": ("create_public_threads",),
    "POST /channels/{id}/webhooks": ("manage_webhooks",),
    "POST /channels/{id}/invites": ("create_instant_invite",),
    "DELETE /channels/{id}/messages/{id}": ("manage_messages",),
    "POST /channels/{id}/messages/bulk-delete": ("manage_messages",),
    "GET /channels/{id}/messages": ("read_message_history",),
    "PUT /channels/{id}/messages/{id}/reactions/{name}/@me": ("add_reactions",),
    "PATCH /channels/{id}": ("manage_channels",),
    "DELETE /channels/{id}": ("manage_channels",),
    "PUT /channels/{id}/permissions/{id}": ("manage_roles",),
    "PATCH /guilds/{id}": ("manage_guild",),
    "POST /guilds/{id}/channels": ("manage_channels",),
    "GET /guilds/{id}/audit-logs": ("view_audit_log",),
    "GET /guilds/{id}/invites": ("manage_guild",),
    "GET /guilds/{id}/bans": ("ban_members",),
    "PUT /guilds/{id}/bans/{id}": ("ban_members",),
    "DELETE /guilds/{id}/bans/{id}": ("ban_members",),
    "POST /guilds/{id}/bulk-ban": ("ban_members", "manage_guild"),
    "DELETE /guilds/{id}/members/{id}": ("kick_members",),
    "PATCH /guilds/{id}/members/@me": ("change_nickname",),
    "PUT /guilds/{id}/members/{id}/roles/{id}": ("manage_roles",),
    "DELETE /guilds/{id}/members/{id}/roles/{id}": ("manage_roles",),
    "POST /guilds/{id}/roles": ("manage_roles",),
    "PATCH /guilds/{id}/roles": ("manage_roles",),
    "PATCH /guilds/{id}/roles/{id}": ("manage_roles",),
    "DELETE /guilds/{id}/roles/{id}": ("manage_roles",),
}
"""Route → the permissions that it needs first."""
CHANGES = {
    "PATCH /guilds/{id}/members/{id}": (
        ("manage_nicknames", "nickname"),
        ("manage_roles", "roles"),
        ("moderate_members", "timeout"),
        ("move_members", "voice channel"),
        ("mute_members", "mute"),
        ("deafen_members", "deafening"),
    )
}
"""Route → the permission that each change needs; which one was asked for is not kept."""
IN_THREADS = {
    "send_messages": "send_messages_in_threads",
    "create_public_threads": "send_messages_in_threads",
    "manage_channels": "manage_threads",
}
"""What takes the place of a channel's permission in its threads."""
NAMES = {
    "read_messages": "View Channel",  # the name that iteration gives it
    "send_messages_in_threads": "Send Messages in Threads",
    "create_instant_invite": "Create Invite",
    "moderate_members": "Timeout Members",
    "manage_guild": "Manage Server",
}


def title(permission: str) -> str:
    """Name a permission."""
    return NAMES.get(permission) or permission.replace("_", " ").title()


def there(permission: str, channel: Place | None) -> str:
    """Return the permission that counts in a channel: threads have some of their own."""
    is_thread = isinstance(channel, discord.Thread)
    return IN_THREADS.get(permission, permission) if is_thread else permission


def held(channel: Place) -> discord.Permissions:
    """Return what the bot may in a channel; nothing in a thread whose channel it does not see."""
    try:
        return channel.permissions_for(channel.guild.me)
    except discord.ClientException:
        return discord.Permissions.none()


def missing(channel: Place, needed: discord.Permissions) -> list[str]:
    """Name what the bot may not in a channel."""
    has = held(channel)
    names = (there(name, channel) for name, needs in needed if needs)
    return [title(name) for name in names if not getattr(has, name)]
