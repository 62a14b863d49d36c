"""Protocols that the sender needs: a message builder and a transport."""

from __future__ import annotations

from typing import Protocol, TypeVar

from services.debugcog.outbox.dispatch import Claim
from services.debugcog.outbox.outcomes import Result


class Message(Protocol):
    """A message that is ready to be sent."""

    @property
    def late(self) -> bool:
        """Whether a part of it is still being made, so that it has to be shown once more."""


M = TypeVar("M", bound=Message)
M_co = TypeVar("M_co", bound=Message, covariant=True)
M_contra = TypeVar("M_contra", bound=Message, contravariant=True)


class MessageBuilder(Protocol[M_co]):
    """Makes messages of claims."""

    async def build(self, claim: Claim) -> M_co:
        """Make the message; whatever it raises costs this form of the message only."""

    async def close(self) -> None:
        """Stop what is still being made."""


class Transport(Protocol[M_contra]):
    """Where messages go. Every method answers within a deadline and raises nothing."""

    async def post(
        self, channel_id: int, message: M_contra, nonce: str, reply_to: int | None, /
    ) -> Result:
        """Post a message, perhaps as an answer to another one."""

    async def edit(self, channel_id: int, message_id: int, message: M_contra, /) -> Result:
        """Replace what a message of ours shows."""

    async def recent(self, channel_id: int, /) -> dict[int, str] | Result:
        """Map the ids of our last messages in a channel to their texts."""

    async def open_post(self, forum_id: int, message: M_contra, /) -> Result:
        """Open a post in a forum; the id of its first message is that of the post."""

    async def recent_posts(self, forum_id: int, /) -> dict[int, str] | Result:
        """Map the ids of our last posts in a forum to the texts of their first messages."""

    async def close(self) -> None:
        """Close the connection."""
