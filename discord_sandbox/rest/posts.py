"""Posts of a forum: threads that begin with a message, and the tags of both.

Source: https://discord.com/developers/docs/resources/channel#start-thread-in-forum-or-media-channel.
"""

from __future__ import annotations

from collections.abc import Sequence

from discord_sandbox.rest.call import Answer, Call
from discord_sandbox.rules import messages as message_rules
from discord_sandbox.rules import places as rules
from discord_sandbox.rules.refusals import Issue, invalid, refuse
from discord_sandbox.wire import messages, places
from discord_sandbox.world import changes, posting
from discord_sandbox.world.channels import Channel, ForumState, Kind, Tag
from discord_sandbox.world.core import JSON
from discord_sandbox.world.permissions import Permission
from discord_sandbox.world.posting import Origin

TAGS = 20  # of a forum


def create(call: Call, forum: Channel) -> Answer:
    """Open a post with its first message, whose id is that of the post."""
    assert forum.forum is not None
    call.check(rules.POST)
    body = call.body
    message_rules.check_new(body["message"], call.uploads, call.app.upload_limit, ("message",))
    needed = [Permission.SEND_MESSAGES]
    needed += [Permission.ATTACH_FILES] if call.uploads else []
    needed += [Permission.EMBED_LINKS] if body["message"].get("embeds") else []
    call.channel(*needed)
    tags = applied(call, forum, body.get("applied_tags") or ())
    if forum.forum.tag_required and not tags:
        raise refuse(40067)
    world = call.world
    post = changes.open_thread(
        world, forum, body["name"], world.bot, Kind.PUBLIC_THREAD, None, tags
    )
    assert post.thread is not None
    post.slowmode = body.get("rate_limit_per_user") or 0
    post.thread.auto_archive_minutes = body.get("auto_archive_duration") or 1440
    first = posting.post(
        world, post, Origin(world.bot), body["message"], call.uploads, message_id=post.id
    )
    shown = messages.message(first, world.bot.id)
    member = places.thread_member(post, world.bot.id)
    return Answer(201, {**places.channel(post), "message": shown, "member": member})


def applied(call: Call, forum: Channel, tag_ids: Sequence[str]) -> list[int]:
    """Return the tags that a post is to have; a moderated one needs MANAGE_THREADS (40066)."""
    assert forum.forum is not None
    known = {tag.id: tag for tag in forum.forum.tags}
    wanted = [int(each) for each in tag_ids]
    if any(each not in known for each in wanted):
        raise invalid([Issue(("applied_tags",), "INVALID_TAG", "Unknown tag")])
    manages = call.world.may(call.world.bot, forum) & Permission.MANAGE_THREADS
    if not manages and any(known[each].moderated for each in wanted):
        raise refuse(40066)
    return wanted


def change_forum(call: Call, forum: ForumState, body: JSON) -> None:
    """Change the tags of a forum: those with an id are kept, those without are made."""
    if body.get("flags") is not None:
        forum.tag_required = bool(int(body["flags"]) & places.TAG_REQUIRED)
    listed = body.get("available_tags")
    if listed is None:
        return
    if len(listed) > TAGS:
        raise refuse(30048)
    if len({each["name"].casefold() for each in listed}) < len(listed):
        raise refuse(40061)
    known = {tag.id for tag in forum.tags}
    forum.tags = [
        Tag(
            int(each["id"]) if int(each.get("id") or 0) in known else call.world.ids.next(),
            each["name"],
            bool(each.get("moderated")),
            each.get("emoji_name"),
        )
        for each in listed
    ]
