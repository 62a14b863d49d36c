"""Message builder and transport that are made with the first post."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.debug.ui.later import Later

if TYPE_CHECKING:
    from cogs.debug.delivery.message_builder import MessageBuilder, Outgoing
    from cogs.debug.delivery.transport import DiscordTransport
    from services.debugcog.outbox.dispatch import Claim
    from services.debugcog.outbox.outcomes import Result


class LateMessageBuilder:
    """Is a ``ports.MessageBuilder``."""

    def __init__(self, builder: Later[MessageBuilder]) -> None:
        self._builder = builder

    async def build(self, claim: Claim) -> Outgoing:
        """Make the message; whatever a renderer raises is for the caller."""
        return await self._builder.use(lambda made: made.build(claim))

    async def close(self) -> None:
        """Stop drawing."""
        for made in self._builder.made:
            await made.close()


class LateTransport:
    """Is a ``ports.Transport``."""

    def __init__(self, transport: Later[DiscordTransport]) -> None:
        self._transport = transport

    async def post(
        self, channel_id: int, message: Outgoing, nonce: str, answers: int | None
    ) -> Result:
        """Post a message, perhaps as an answer to another one."""
        return await self._transport.use(
            lambda made: made.post(channel_id, message, nonce, answers)
        )

    async def open_post(self, forum_id: int, message: Outgoing) -> Result:
        """Open a post in a forum."""
        return await self._transport.use(lambda made: made.open_post(forum_id, message))

    async def recent_posts(self, forum_id: int) -> dict[int, str] | Result:
        """Map the ids of our last posts in a forum to what may have a nonce in it."""
        return await self._transport.use(lambda made: made.recent_posts(forum_id))

    async def edit(self, channel_id: int, message_id: int, message: Outgoing) -> Result:
        """Replace what a message of ours shows."""
        return await self._transport.use(lambda made: made.edit(channel_id, message_id, message))

    async def recent(self, channel_id: int) -> dict[int, str] | Result:
        """Map the ids of our last messages in a channel to what may have a nonce in it."""
        return await self._transport.use(lambda made: made.recent(channel_id))

    async def close(self) -> None:
        """Close the connection."""
        for made in self._transport.made:
            await made.close()
