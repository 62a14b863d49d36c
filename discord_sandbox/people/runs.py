"""Interaction → what the user who started it sees of the response."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from discord_sandbox.world.core import JSON
from discord_sandbox.world.interactions import FIRST_RESPONSE_SECONDS, Interaction
from discord_sandbox.world.messages import Message

DEFERRED_TYPES = (5, 6)


@dataclass(frozen=True, slots=True)
class Modal:
    """A form that opened; ``components`` as the application sent them."""

    title: str
    custom_id: str
    components: list[JSON]
    interaction: Interaction


class Run:
    """One use of a command, button, select or form; it shows the state of this moment."""

    def __init__(self, interaction: Interaction) -> None:
        self.interaction = interaction

    def __repr__(self) -> str:
        shown = self.message.text[:80] if self.message else None
        return f"<Run of {self.interaction.command_path or 'a component'!r}: {shown!r}>"

    @property
    def message(self) -> Message | None:
        """The original response as it looks now; None when there is none, or it was deleted."""
        original = self.interaction.original
        return None if original is None or original.deleted else original

    @property
    def followups(self) -> list[Message]:
        """The follow-ups that have not been deleted, oldest first."""
        return [each for each in self.interaction.followups if not each.deleted]

    @property
    def deferred(self) -> bool:
        """Whether the first response was a deferral."""
        return self.interaction.response_type in DEFERRED_TYPES

    @property
    def modal(self) -> Modal | None:
        """The form that opened, if the response was one."""
        it = self.interaction
        if it.modal is None:
            return None
        return Modal(it.modal["title"], it.modal["custom_id"], it.modal["components"], it)

    @property
    def acknowledged_after(self) -> float:
        """Seconds from the use to the first response."""
        assert self.interaction.responded_at is not None
        return self.interaction.responded_at - self.interaction.created_at

    def wait(self, predicate: Callable[[Run], object], timeout: float = 30.0) -> Awaitable[Run]:
        """Wait until the answer looks as wanted: an edit, a follow-up, a deletion.

        Raises:
            SandboxError: it did not within ``timeout`` seconds.
        """

        def condition() -> Run | None:
            return self if predicate(self) else None

        def complaint() -> str:
            shown = [each.text for each in self.interaction.messages() if not each.deleted]
            return f"the answer to {self!r} never looked as wanted; it shows {shown}"

        return self.interaction.channel.signal.until(condition, timeout, complaint)


def first_response(interaction: Interaction) -> Awaitable[Run]:
    """Wait for the first response, as long as a client does.

    Raises:
        SandboxError: "The application did not respond" within 3 s.
    """

    def condition() -> Run | None:
        return Run(interaction) if interaction.responded_at is not None else None

    def complaint() -> str:
        what = interaction.command_path or interaction.data.get("custom_id")
        return f"The application did not respond to {what!r}"

    return interaction.signal.until(condition, FIRST_RESPONSE_SECONDS, complaint)
