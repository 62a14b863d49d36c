"""Threads: /channels/{id}/threads, their members, active and archived threads."""

from __future__ import annotations

from discord_sandbox.rest import posts
from discord_sandbox.rest.call import Answer, Call, Route
from discord_sandbox.rules import places as rules
from discord_sandbox.rules.refusals import refuse
from discord_sandbox.wire import places
from discord_sandbox.world import changes
from discord_sandbox.world.channels import THREADS, Channel, Kind
from discord_sandbox.world.core import JSON, Event
from discord_sandbox.world.messages import Message
from discord_sandbox.world.permissions import Permission


def on_message(call: Call) -> Answer:
    """Open a thread on a message, which takes the message's id."""
    parent = call.channel(Permission.CREATE_PUBLIC_THREADS)
    call.check(rules.THREAD_ON_MESSAGE)
    message = parent.log.get(call.path["message_id"])
    if message is None:
        raise refuse(10008)
    if message.thread_id is not None:
        raise refuse(160004)
    return _opened(call, parent, Kind.PUBLIC_THREAD, message)


def alone(call: Call) -> Answer:
    """Open a thread that is on no message: a post in a forum, or by default a private one."""
    parent = call.channel()
    if parent.forum:
        return posts.create(call, parent)
    call.check(rules.THREAD_ALONE)
    kind = Kind(call.body.get("type") or Kind.PRIVATE_THREAD)
    public = kind is Kind.PUBLIC_THREAD
    needed = Permission.CREATE_PUBLIC_THREADS if public else Permission.CREATE_PRIVATE_THREADS
    return _opened(call, call.channel(needed), kind, None)


def _opened(call: Call, parent: Channel, kind: Kind, message: Message | None) -> Answer:
    body = call.body
    thread = changes.open_thread(call.world, parent, body["name"], call.world.bot, kind, message)
    assert thread.thread is not None
    thread.slowmode = body.get("rate_limit_per_user") or 0
    thread.thread.auto_archive_minutes = body.get("auto_archive_duration") or 1440
    member = places.thread_member(thread, call.world.bot.id)
    return Answer(201, {**places.channel(thread), "member": member})


def join(call: Call) -> None:
    """Add the bot, or someone else, to a thread."""
    thread = _thread(call)
    user_id = call.path.get("user_id", call.world.bot.id)
    assert thread.thread is not None
    thread.thread.members.setdefault(user_id, call.world.clock())
    _tell(call, thread, added=user_id)


def leave(call: Call) -> None:
    """Take the bot, or someone else, out of a thread."""
    user_id = call.path.get("user_id", call.world.bot.id)
    needed = () if user_id == call.world.bot.id else (Permission.MANAGE_THREADS,)
    thread = _thread(call, *needed)
    assert thread.thread is not None
    thread.thread.members.pop(user_id, None)
    _tell(call, thread, removed=user_id)


def thread_members(call: Call) -> list[JSON]:
    """List the members of a thread."""
    thread = _thread(call)
    assert thread.thread is not None
    return [places.thread_member(thread, each) for each in thread.thread.members]


def thread_member(call: Call) -> JSON:
    """Show one member of a thread."""
    thread = _thread(call)
    assert thread.thread is not None
    if call.path["user_id"] not in thread.thread.members:
        raise refuse(10007)
    return places.thread_member(thread, call.path["user_id"])


def active(call: Call) -> JSON:
    """List the threads of a guild that are not archived."""
    found = [each for each in call.guild().channels.values() if each.kind in THREADS]
    return _listed(call, [each for each in found if each.thread and not each.thread.archived])


def archived(call: Call) -> JSON:
    """List the archived public threads of a channel."""
    parent = call.channel(Permission.READ_MESSAGE_HISTORY)
    found = [each for each in call.world.channels.values() if each.parent is parent]
    old = [each for each in found if each.thread and each.thread.archived]
    return _listed(call, old)


def _listed(call: Call, threads: list[Channel]) -> JSON:
    bot = call.world.bot.id
    mine = [each for each in threads if each.thread and bot in each.thread.members]
    return {
        "threads": [places.channel(each) for each in threads],
        "members": [places.thread_member(each, bot) for each in mine],
        "has_more": False,
    }


def _thread(call: Call, *needed: Permission) -> Channel:
    channel = call.channel(*needed)
    if channel.thread is None:
        raise refuse(10003)
    return channel


def _tell(
    call: Call, thread: Channel, added: int | None = None, removed: int | None = None
) -> None:
    assert thread.thread is not None
    data: JSON = {"id": str(thread.id), "member_count": len(thread.thread.members)}
    if added is not None:
        data["added_members"] = [places.thread_member(thread, added)]
    if removed is not None:
        data["removed_member_ids"] = [str(removed)]
    call.world.emit(Event("THREAD_MEMBERS_UPDATE", data, thread.guild_id, thread.id))


BASE = "/channels/{channel_id}"
ROUTES = (
    Route("POST", BASE + "/messages/{message_id}/threads", on_message),
    Route("POST", BASE + "/threads", alone),
    Route("GET", BASE + "/threads/archived/public", archived),
    Route("GET", "/guilds/{guild_id}/threads/active", active),
    Route("GET", BASE + "/thread-members", thread_members),
    Route("GET", BASE + "/thread-members/{user_id}", thread_member),
    Route("PUT", BASE + "/thread-members/@me", join),
    Route("PUT", BASE + "/thread-members/{user_id}", join),
    Route("DELETE", BASE + "/thread-members/@me", leave),
    Route("DELETE", BASE + "/thread-members/{user_id}", leave),
)
