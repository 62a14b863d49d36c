"""Pinned messages: /channels/{id}/messages/pins and the older /channels/{id}/pins."""

from __future__ import annotations

from discord_sandbox.rest.call import Call, Route
from discord_sandbox.rules.refusals import refuse
from discord_sandbox.wire import messages
from discord_sandbox.world import posting
from discord_sandbox.world.channels import Channel
from discord_sandbox.world.core import JSON, Event, timestamp
from discord_sandbox.world.messages import Message
from discord_sandbox.world.permissions import Permission

PINS = 250  # docs/resources/message#pin-message


def listed(call: Call) -> JSON:
    """List the pinned messages, newest pin first."""
    pinned = _pinned(call.channel(Permission.READ_MESSAGE_HISTORY))
    return {
        "items": [
            {"pinned_at": timestamp(at), "message": messages.message(each)} for at, each in pinned
        ],
        "has_more": False,
    }


def listed_before(call: Call) -> list[JSON]:
    """List the pinned messages as the older route does."""
    pinned = _pinned(call.channel(Permission.READ_MESSAGE_HISTORY))
    return [messages.message(each) for _, each in pinned]


def pin(call: Call) -> None:
    """Pin a message."""
    channel, message = _found(call)
    if len(_pinned(channel)) >= PINS:
        raise refuse(30003)
    message.pinned_at = call.world.clock()
    _tell(call, channel, message)


def unpin(call: Call) -> None:
    """Unpin a message."""
    channel, message = _found(call)
    message.pinned_at = None
    _tell(call, channel, message)


def _pinned(channel: Channel) -> list[tuple[float, Message]]:
    found = [(each.pinned_at, each) for each in channel.log if each.pinned_at is not None]
    return sorted(found, key=lambda pair: pair[0], reverse=True)


def _found(call: Call) -> tuple[Channel, Message]:
    channel = call.channel(Permission.PIN_MESSAGES)
    message = channel.log.get(call.path["message_id"])
    if message is None:
        raise refuse(10008)
    return channel, message


def _tell(call: Call, channel: Channel, message: Message) -> None:
    channel.last_pin_at = call.world.clock()
    data = {"channel_id": str(channel.id), "last_pin_timestamp": timestamp(channel.last_pin_at)}
    call.world.emit(Event("CHANNEL_PINS_UPDATE", data, channel.guild_id, channel.id))
    posting.announce(call.world, channel, message, "MESSAGE_UPDATE")


BASE = "/channels/{channel_id}"
NEW, OLD = BASE + "/messages/pins", BASE + "/pins"
ROUTES = (
    Route("GET", NEW, listed),
    Route("PUT", NEW + "/{message_id}", pin),
    Route("DELETE", NEW + "/{message_id}", unpin),
    Route("GET", OLD, listed_before),
    Route("PUT", OLD + "/{message_id}", pin),
    Route("DELETE", OLD + "/{message_id}", unpin),
)
