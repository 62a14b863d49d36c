"""Adding, removing and clearing reactions of a message."""

from __future__ import annotations

from dataclasses import dataclass

from discord_sandbox.world.channels import Channel
from discord_sandbox.world.core import Event
from discord_sandbox.world.messages import Message
from discord_sandbox.world.users import User
from discord_sandbox.world.world import World


@dataclass(frozen=True, slots=True)
class Reaction:
    """What an event about reactions is about; without a user, about all of the emoji."""

    message: Message
    emoji: str | None = None
    user: User | None = None


def react(world: World, channel: Channel, message: Message, emoji: str, user: User) -> None:
    """Put someone's reaction on a message and tell of it."""
    users = message.reactions.setdefault(emoji, [])
    if user.id not in users:
        users.append(user.id)
        _tell(world, channel, "MESSAGE_REACTION_ADD", Reaction(message, emoji, user))


def unreact(world: World, channel: Channel, message: Message, emoji: str, user: User) -> None:
    """Take someone's reaction off a message, if it is there."""
    users = message.reactions.get(emoji, [])
    if user.id not in users:
        return
    users.remove(user.id)
    if not users:
        del message.reactions[emoji]
    _tell(world, channel, "MESSAGE_REACTION_REMOVE", Reaction(message, emoji, user))


def clear(world: World, channel: Channel, message: Message, emoji: str | None) -> None:
    """Take all reactions off a message, or all of one emoji."""
    if emoji is None:
        message.reactions.clear()
        _tell(world, channel, "MESSAGE_REACTION_REMOVE_ALL", Reaction(message))
    else:
        message.reactions.pop(emoji, None)
        _tell(world, channel, "MESSAGE_REACTION_REMOVE_EMOJI", Reaction(message, emoji))


def _tell(world: World, channel: Channel, name: str, reaction: Reaction) -> None:
    world.emit(Event(name, reaction, channel.guild_id, channel.id))
    channel.signal.notify()
