"""Messages of a channel: /channels/{id}/messages."""

from __future__ import annotations

from discord_sandbox.rest.call import Call, Route
from discord_sandbox.rules import messages as rules
from discord_sandbox.rules.places import BULK_DELETE
from discord_sandbox.rules.refusals import Issue, invalid, refuse
from discord_sandbox.wire import messages
from discord_sandbox.world import posting
from discord_sandbox.world.channels import THREADS, Channel, Kind
from discord_sandbox.world.core import JSON, Event
from discord_sandbox.world.messages import Message
from discord_sandbox.world.permissions import Permission
from discord_sandbox.world.posting import Origin

TEXT = (Kind.TEXT, Kind.DIRECT, Kind.VOICE, Kind.ANNOUNCEMENT, *THREADS)
EDITS_OF_OLD = 3
"""Edits an hour of a message older than an hour. Discord does not tell its number."""
HOUR = 3600.0
OLD_FOR_BULK = 14 * 24 * HOUR
NONCE_SECONDS = 300.0
"""How long a nonce is remembered: "the past few minutes", says docs/resources/message."""


def create(call: Call) -> JSON:
    """Post a message as the bot."""
    channel = _writable(call)
    rules.check_new(call.body, call.uploads, call.app.upload_limit)
    first = _first(call, channel)
    if first is not None:
        return messages.message(first, call.world.bot.id)
    made = _posted(call, channel)
    return messages.message(made, call.world.bot.id)


def _writable(call: Call) -> Channel:
    """Return the channel, if the bot may write there what it sends."""
    channel = call.channel()
    if channel.forum:
        raise refuse(40058)
    if channel.kind not in TEXT:
        raise refuse(50008)
    thread = channel.kind in THREADS
    needed = [Permission.SEND_MESSAGES_IN_THREADS if thread else Permission.SEND_MESSAGES]
    if call.uploads:
        needed.append(Permission.ATTACH_FILES)
    if isinstance(call.body, dict) and call.body.get("embeds"):
        needed.append(Permission.EMBED_LINKS)
    call.channel(*needed)
    if channel.thread and channel.thread.locked:
        raise refuse(50083)
    return channel


def _first(call: Call, channel: Channel) -> Message | None:
    """Return the message that was posted with the same nonce, if that is to be enforced.

    Raises:
        Refusal: 10008, it has been deleted since.
    """
    nonce = call.body.get("nonce")
    if not call.body.get("enforce_nonce") or nonce is None:
        return None
    first = channel.nonces.get(str(nonce))
    if first is None or call.world.clock() - first.created_at > NONCE_SECONDS:
        return None
    if first.deleted:
        raise refuse(10008)
    return first


def _posted(call: Call, channel: Channel) -> Message:
    origin = Origin(call.world.bot)
    reply_to = _replied_to(call, channel)
    made = posting.post(call.world, channel, origin, call.body, call.uploads, reply_to)
    if made.nonce is not None:
        channel.nonces[str(made.nonce)] = made
    return made


def _replied_to(call: Call, channel: Channel) -> Message | None:
    """Return the message that is replied to; an unknown one is refused unless that is allowed."""
    reference = call.body.get("message_reference")
    if not reference or reference.get("message_id") is None:
        return None
    if not call.world.may(call.world.bot, channel) & Permission.READ_MESSAGE_HISTORY:
        raise refuse(160002)
    found = channel.log.get(int(reference["message_id"]))
    if found is None and reference.get("fail_if_not_exists", True):
        issue = Issue(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        raise invalid([issue])
    return found


def history(call: Call) -> list[JSON]:
    """List messages, newest first; who may not read the history sees none."""
    channel = call.channel()
    limit = call.number("limit", 50, 1, 100)
    if not call.world.may(call.world.bot, channel) & Permission.READ_MESSAGE_HISTORY:
        return []
    if "around" in call.query:
        found = channel.log.around(call.number("around", 0), limit)
    elif "after" in call.query:
        found = channel.log.after(call.number("after", 0), limit)
    else:
        before = call.number("before", 0) or None
        found = channel.log.before(before, limit)
    return [messages.message(each, call.world.bot.id) for each in found]


def one(call: Call) -> JSON:
    """Show one message."""
    channel = call.channel(Permission.READ_MESSAGE_HISTORY)
    return messages.message(_found(call, channel), call.world.bot.id)


def edit(call: Call) -> JSON:
    """Change a message of the bot."""
    channel = call.channel()
    message = _found(call, channel)
    if message.author is not call.world.bot:
        raise refuse(50005)
    if channel.thread and channel.thread.archived:
        raise refuse(50083)
    rules.check_edit(call.body, call.uploads, call.app.upload_limit, message)
    _count_edit(call, message)
    posting.edit(call.world, channel, message, call.body, call.uploads)
    return messages.message(message, call.world.bot.id)


def _count_edit(call: Call, message: Message) -> None:
    """Refuse (30046) one edit too many of a message that is older than an hour."""
    now = call.world.clock()
    if now - message.created_at < HOUR:
        return
    message.late_edits[:] = [at for at in message.late_edits if now - at < HOUR]
    if len(message.late_edits) >= EDITS_OF_OLD:
        wait = message.late_edits[0] + HOUR - now
        raise refuse(30046, retry_after=round(wait, 3))
    message.late_edits.append(now)


def delete(call: Call) -> None:
    """Delete a message; others' messages need the permission to manage messages."""
    channel = call.channel()
    message = _found(call, channel)
    own = message.author is call.world.bot
    if not own and not call.world.may(call.world.bot, channel) & Permission.MANAGE_MESSAGES:
        raise refuse(50013)
    posting.delete(call.world, channel, message)


def delete_many(call: Call) -> None:
    """Delete 2 to 100 messages at once, none older than two weeks."""
    channel = call.channel(Permission.MANAGE_MESSAGES)
    call.check(BULK_DELETE)
    ids = {int(each) for each in call.body["messages"]}
    if not 2 <= len(ids) <= 100:
        raise refuse(50016)
    found = [message for each in sorted(ids) if (message := channel.log.get(each))]
    if any(call.world.clock() - each.created_at > OLD_FOR_BULK for each in found):
        raise refuse(50034)
    for each in found:
        channel.log.remove(each.id)
    data = {"ids": [str(each.id) for each in found], "channel_id": str(channel.id)}
    call.world.emit(Event("MESSAGE_DELETE_BULK", data, channel.guild_id, channel.id))
    channel.signal.notify()


def _found(call: Call, channel: Channel) -> Message:
    """Return the message of the path; ephemeral ones are out of reach here."""
    message = channel.log.get(call.path["message_id"])
    if message is None:
        raise refuse(10008)
    return message


BASE = "/channels/{channel_id}/messages"
ROUTES = (
    Route("POST", BASE, create, bucket="message"),
    Route("GET", BASE, history, bucket="message-read"),
    Route("POST", BASE + "/bulk-delete", delete_many),
    Route("GET", BASE + "/{message_id}", one, bucket="message-read"),
    Route("PATCH", BASE + "/{message_id}", edit, bucket="message-edit"),
    Route("DELETE", BASE + "/{message_id}", delete, bucket="message-delete"),
)
