"""Reactions of a message: /channels/{id}/messages/{id}/reactions."""

from __future__ import annotations

from discord_sandbox.rest.call import Call, Route
from discord_sandbox.rules.refusals import refuse
from discord_sandbox.wire import members
from discord_sandbox.world import reacting
from discord_sandbox.world.channels import Channel
from discord_sandbox.world.core import JSON
from discord_sandbox.world.messages import Message
from discord_sandbox.world.permissions import Permission

KINDS = 20  # different emoji on one message: docs/resources/message#create-reaction


def add(call: Call) -> None:
    """React as the bot; a new emoji needs the permission to add reactions."""
    channel, message = _found(call, Permission.READ_MESSAGE_HISTORY)
    emoji = _emoji(call)
    if emoji not in message.reactions:
        call.channel(Permission.ADD_REACTIONS)
        if len(message.reactions) >= KINDS:
            raise refuse(30010)
    reacting.react(call.world, channel, message, emoji, call.world.bot)


def remove(call: Call) -> None:
    """Take a reaction away: the bot's own, or someone else's with the permission for it."""
    user_id = call.path.get("user_id", call.world.bot.id)
    own = user_id == call.world.bot.id
    channel, message = _found(call, *(() if own else (Permission.MANAGE_MESSAGES,)))
    user = call.world.users.get(user_id)
    if user is None:
        raise refuse(10013)
    reacting.unreact(call.world, channel, message, _emoji(call), user)


def clear(call: Call) -> None:
    """Take all reactions away, or all of one emoji."""
    channel, message = _found(call, Permission.MANAGE_MESSAGES)
    emoji = _emoji(call) if "emoji" in call.texts else None
    reacting.clear(call.world, channel, message, emoji)


def users(call: Call) -> list[JSON]:
    """List who reacted with an emoji."""
    _, message = _found(call, Permission.READ_MESSAGE_HISTORY)
    found = message.reactions.get(_emoji(call), [])
    return [members.user(call.world.users[each]) for each in found]


def _found(call: Call, *needed: Permission) -> tuple[Channel, Message]:
    channel = call.channel(*needed)
    message = channel.log.get(call.path["message_id"])
    if message is None:
        raise refuse(10008)
    return channel, message


def _emoji(call: Call) -> str:
    """Return the emoji of the path; what reads as plain letters is none (10014)."""
    emoji = call.texts["emoji"]
    if ":" not in emoji and emoji.isascii():
        raise refuse(10014)
    return emoji


BASE = "/channels/{channel_id}/messages/{message_id}/reactions"
ROUTES = (
    Route("PUT", BASE + "/{emoji}/@me", add, bucket="reaction"),
    Route("DELETE", BASE + "/{emoji}/@me", remove, bucket="reaction"),
    Route("DELETE", BASE + "/{emoji}/{user_id}", remove, bucket="reaction"),
    Route("GET", BASE + "/{emoji}", users, bucket="message-read"),
    Route("DELETE", BASE + "/{emoji}", clear, bucket="reaction"),
    Route("DELETE", BASE, clear, bucket="reaction"),
)
