"""Channels, threads, webhooks, guilds → JSON."""

from __future__ import annotations

from collections.abc import Mapping

from discord_sandbox.wire import members
from discord_sandbox.world.channels import THREADS, Channel, Kind, Tag, Webhook
from discord_sandbox.world.core import JSON, timestamp
from discord_sandbox.world.world import Guild

PLAIN: Mapping[str, object] = {
    "icon": None,
    "description": None,
    "home_header": None,
    "splash": None,
    "discovery_splash": None,
    "banner": None,
    "application_id": None,
    "region": "local",
    "afk_channel_id": None,
    "afk_timeout": 300,
    "system_channel_id": None,
    "system_channel_flags": 0,
    "widget_enabled": False,
    "widget_channel_id": None,
    "verification_level": 0,
    "default_message_notifications": 0,
    "mfa_level": 0,
    "explicit_content_filter": 0,
    "max_presences": None,
    "max_members": 500_000,
    "max_stage_video_channel_users": 50,
    "max_video_channel_users": 25,
    "vanity_url_code": None,
    "premium_tier": 0,
    "premium_subscription_count": 0,
    "preferred_locale": "en-US",
    "rules_channel_id": None,
    "safety_alerts_channel_id": None,
    "public_updates_channel_id": None,
    "premium_progress_bar_enabled": False,
    "nsfw": False,
    "nsfw_level": 0,
    "incidents_data": None,
}
"""What every guild of the sandbox shows of things that it does not do."""


TAG_REQUIRED = 1 << 4
"""Flag of a forum whose posts need a tag (docs/resources/channel#channel-object-channel-flags)."""


def channel(it: Channel) -> JSON:
    """Render a channel, thread or direct message."""
    shown: JSON = {
        "id": str(it.id),
        "type": int(it.kind),
        "last_message_id": _optional_id(it.last_message_id),
        "flags": TAG_REQUIRED if it.forum and it.forum.tag_required else 0,
    }
    if it.last_pin_at is not None:
        shown["last_pin_timestamp"] = timestamp(it.last_pin_at)
    if it.guild_id is None:
        shown["recipients"] = [members.user(each) for each in it.recipients]
    if it.kind is Kind.GROUP:
        shown |= {"name": it.name, "icon": None, "owner_id": str(it.recipients[0].id)}
    if it.guild_id is None:
        return shown
    shown |= {
        "name": it.name,
        "guild_id": str(it.guild_id),
        "parent_id": _optional_id(it.parent.id if it.parent else None),
        "rate_limit_per_user": it.slowmode,
    }
    return shown | (_thread(it) if it.kind in THREADS else _placed(it))


def _placed(it: Channel) -> JSON:
    shown: JSON = {
        "position": it.position,
        "topic": it.topic,
        "nsfw": it.nsfw,
        "permission_overwrites": [
            {
                "id": str(target),
                "type": int(overwrite.of_member),
                "allow": str(int(overwrite.allow)),
                "deny": str(int(overwrite.deny)),
            }
            for target, overwrite in it.overwrites.items()
        ],
    }
    if it.kind is Kind.VOICE:
        shown |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
    if it.forum:
        shown |= {
            "available_tags": [_tag(each) for each in it.forum.tags],
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
            "template": "",
        }
    return shown


def _tag(it: Tag) -> JSON:
    return {
        "id": str(it.id),
        "name": it.name,
        "moderated": it.moderated,
        "emoji_id": None,
        "emoji_name": it.emoji,
    }


def _thread(it: Channel) -> JSON:
    state = it.thread
    assert state is not None
    posted: JSON = {"applied_tags": [str(each) for each in state.tags]} if _is_post(it) else {}
    return posted | {
        "owner_id": str(state.owner_id),
        "message_count": len(it.log),
        "total_message_sent": len(it.log),
        "member_count": len(state.members),
        "thread_metadata": {
            "archived": state.archived,
            "auto_archive_duration": state.auto_archive_minutes,
            "archive_timestamp": timestamp(state.archived_at),
            "locked": state.locked,
            "invitable": state.invitable,
            "create_timestamp": timestamp(state.created_at),
        },
    }


def _is_post(it: Channel) -> bool:
    return it.parent is not None and it.parent.forum is not None


def thread_member(it: Channel, user_id: int) -> JSON:
    """Render someone's place in a thread."""
    assert it.thread is not None
    joined = timestamp(it.thread.members[user_id])
    return {"id": str(it.id), "user_id": str(user_id), "join_timestamp": joined, "flags": 0}


def guild(it: Guild) -> JSON:
    """Render what REST shows of a guild."""
    return {
        **PLAIN,
        "id": str(it.id),
        "name": it.name,
        "owner_id": str(it.owner.id),
        "roles": [members.role(each) for each in it.roles.values()],
        "features": [],
        "emojis": [],
        "stickers": [],
    }


def webhook(it: Webhook) -> JSON:
    """Render a webhook, its token included."""
    return {
        "id": str(it.id),
        "type": 1,
        "guild_id": str(it.channel.guild_id),
        "channel_id": str(it.channel.id),
        "name": it.name,
        "avatar": it.avatar,
        "application_id": None,
        "user": members.user(it.creator),
        "token": it.token,
    }


def _optional_id(snowflake: int | None) -> str | None:
    return None if snowflake is None else str(snowflake)
