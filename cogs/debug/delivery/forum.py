"""Outgoing message → post in a forum, with its tags; how a post is opened, tagged and found again.

Discord takes no nonce for a post. So one that it may have taken is looked for by the mark in its
first message, before it is opened once more.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable
from typing import Any

import discord
from discord.http import HTTPClient, handle_message_parameters

from cogs.debug.ui.views import files_of, view_of
from services.debugcog.errors.headings import TAGS, Heading
from services.debugcog.frozen import frozen
from services.debugcog.guard import own_logger

log = own_logger("debugcog.delivery")

KNOWN_SECONDS = 600.0
TAG_REQUIRED = 1 << 4
TAGS_MAX = 20  # of a forum
POST_TAGS_MAX = 5
OPENED = {"archived": False}
RECENT = 10
"""Posts among which one is looked for: the newest of ours."""


@frozen
class Forum:
    """What is known of a forum.

    Attributes:
        tags: ids of those that we give, by our names.
        required: each post needs one.
        guild_id: of its server.
    """

    tags: dict[str, int]
    required: bool
    guild_id: int

    def wanted(self, tag: str, before: Iterable[int] = ()) -> list[int]:
        """Return the tags that a post is to have: ours, and what people have given it."""
        ours = set(self.tags.values())
        others = [one for one in before if one not in ours]
        found = [self.tags[tag]] if tag in self.tags else []
        if self.required and not (found or others):
            found = [one for one in before if one in ours] or list(self.tags.values())[:1]
        return [*found, *others][:POST_TAGS_MAX]


class Forums:
    """The forums that are written to; each is looked at now and then."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[float, Forum]] = {}
        self._told: set[str] = set()

    def forget(self) -> None:
        """Look at the forums anew: something was refused."""
        self._known.clear()

    async def open(self, http: HTTPClient, forum_id: int, message: Any) -> None:
        """Open a post."""
        heading: Heading = message.heading
        forum = await self._forum(http, forum_id)
        with handle_message_parameters(
            content=message.content or None,
            embeds=list(message.embeds),
            files=files_of(message.files),
            view=view_of(message.controls, message.tag),
            allowed_mentions=discord.AllowedMentions.none(),
            channel_payload={"name": heading.title, "applied_tags": forum.wanted(heading.tag)},
        ) as params:
            await http.start_thread_in_forum(forum_id, params=params)

    async def prepare(self, http: HTTPClient, post_id: int, heading: Heading) -> None:
        """Open a post that is archived or locked, and give it its tag, before it is written to."""
        post: Any = await http.get_channel(post_id)
        state = post.get("thread_metadata") or {}
        if state.get("archived") or state.get("locked"):
            changes = {"archived": False, "locked": False} if state.get("locked") else OPENED
            await http.edit_channel(post_id, reason=None, **changes)
        before = [int(one) for one in post.get("applied_tags") or ()]
        try:
            forum = await self._forum(http, int(post["parent_id"]))
            after = forum.wanted(heading.tag, before)
            if set(after) != set(before):
                await http.edit_channel(post_id, applied_tags=after)
        except discord.HTTPException as error:
            if error.status == 429 or error.status >= 500:
                raise
            self._tell(f"Tags of error posts left as they are: {error}")

    async def recent(self, http: HTTPClient, forum_id: int, our_id: int) -> list[Any]:
        """Get the first messages of our last posts, archived ones too."""
        forum = await self._forum(http, forum_id)
        active: Any = await http.get_active_threads(forum.guild_id)
        archived: Any = await http.get_public_archived_threads(forum_id, limit=RECENT)
        posts = {
            int(post["id"])
            for post in (*active["threads"], *archived["threads"])
            if post.get("parent_id") == str(forum_id) and post.get("owner_id") == str(our_id)
        }
        newest = sorted(posts, reverse=True)[:RECENT]
        return [message async for message in _first_messages(http, newest)]

    async def _forum(self, http: HTTPClient, forum_id: int) -> Forum:
        asked, known = self._known.get(forum_id, (0.0, None))
        if known is not None and time.monotonic() - asked < KNOWN_SECONDS:
            return known
        shown: Any = await http.get_channel(forum_id)
        listed = await self._with_ours(http, forum_id, shown.get("available_tags") or [])
        names = {str(tag["name"]).casefold(): int(tag["id"]) for tag in listed}
        tags = {tag: names[tag] for tag in TAGS if tag in names}
        required = bool(int(shown.get("flags") or 0) & TAG_REQUIRED)
        found = Forum(tags, required, int(shown["guild_id"]))
        self._known[forum_id] = time.monotonic(), found
        return found

    async def _with_ours(self, http: HTTPClient, forum_id: int, tags: list[Any]) -> list[Any]:
        """Make the tags that are missing, if we may; else they are left out, and that is told."""
        names = {str(tag["name"]).casefold() for tag in tags}
        missing = [tag for tag in TAGS if tag not in names]
        if not missing:
            return tags
        try:
            if len(tags) + len(missing) > TAGS_MAX:
                raise _NoRoomError
            made = [{"name": tag, "emoji_name": TAGS[tag]} for tag in missing]
            changed: Any = await http.edit_channel(forum_id, available_tags=[*tags, *made])
        except (discord.HTTPException, _NoRoomError) as error:
            if isinstance(error, discord.HTTPException) and error.status not in (400, 403):
                raise
            why = "it has 20 tags" if isinstance(error, _NoRoomError) else "needs Manage Channels"
            self._tell(
                f"Tags left out in ERROR_FORUM_ID={forum_id}: {', '.join(missing)} ({why}); make "
                "them there, or give the bot Manage Channels"
            )
            return tags
        return list(changed["available_tags"])

    def _tell(self, text: str) -> None:
        """Log it, once."""
        if text not in self._told:
            self._told.add(text)
            log.warning("%s", text)


class _NoRoomError(Exception):
    """The forum has as many tags as it can have."""


async def _first_messages(http: HTTPClient, posts: Iterable[int]) -> AsyncIterator[Any]:
    for post_id in posts:
        try:
            yield await http.get_message(post_id, post_id)
        except discord.NotFound:  # deleted, or its post is
            continue
