"""Interactions: the user's action, the application's responses, and their deadlines."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from discord_sandbox.world.application import Command
from discord_sandbox.world.channels import Channel
from discord_sandbox.world.core import JSON, Clock, Signal
from discord_sandbox.world.messages import Message
from discord_sandbox.world.users import User
from discord_sandbox.world.world import Guild

FIRST_RESPONSE_SECONDS = 3.0
TOKEN_SECONDS = 15 * 60.0
"""Both: https://discord.com/developers/docs/interactions/receiving-and-responding#followup-messages."""

PING, COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 1, 2, 3, 4, 5


@dataclass(slots=True, eq=False, repr=False)
class Interaction:
    """One interaction; ``source`` is the message whose component was used."""

    id: int
    type: int
    user: User
    channel: Channel
    guild: Guild | None
    created_at: float
    data: JSON
    owners: dict[int, int]  # kinds of installation that allow it → who authorized them
    command: Command | None = None
    command_path: str = ""
    source: Message | None = None
    parent: Interaction | None = None  # of a modal: the interaction that opened it
    token: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    responded_at: float | None = None
    response_type: int | None = None
    original: Message | None = None
    modal: JSON | None = None
    choices: list[JSON] | None = None
    followups: list[Message] = field(default_factory=list)
    signal: Signal = field(default_factory=Signal)
    expired: bool = False  # before its time, by a fault

    def __repr__(self) -> str:
        return f"<Interaction {self.type} of {self.user.name} {self.id}>"

    @property
    def authorized_by(self) -> JSON:
        """The installations that allow it, as Discord tells them."""
        return {str(kind): str(owner) for kind, owner in self.owners.items()}

    def messages(self) -> Iterator[Message]:
        """Yield the original response and the follow-ups."""
        if self.original:
            yield self.original
        yield from self.followups


class Interactions:
    """The interactions of the last quarter of an hour, by id and by token."""

    def __init__(self, clock: Clock) -> None:
        self.expiring: float = 0  # of those to come; infinite for all
        self._clock = clock
        self._by_id: dict[int, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}

    def add(self, interaction: Interaction) -> None:
        """Keep an interaction, and drop those whose token has expired."""
        self._by_id[interaction.id] = interaction
        self._by_token[interaction.token] = interaction
        interaction.expired = self.expiring > 0
        self.expiring = max(0, self.expiring - 1)
        for old in list(self._expired()):
            del self._by_id[old.id], self._by_token[old.token]

    def awaiting(self, interaction_id: int, token: str) -> Interaction | None:
        """Return the interaction that a first response is for, unless it comes too late."""
        found = self._by_id.get(interaction_id)
        if found is None or found.token != token:
            return None
        late = found.expired or self._clock() - found.created_at > FIRST_RESPONSE_SECONDS
        return None if late and found.responded_at is None else found

    def with_token(self, token: str) -> Interaction | None:
        """Return the interaction of a token that has not expired."""
        found = self._by_token.get(token)
        if found is None or found.expired or self._clock() - found.created_at > TOKEN_SECONDS:
            return None
        return found

    def knows(self, token: str) -> bool:
        """Return whether a text is the token of an interaction of the last 15 minutes."""
        return token in self._by_token

    def expire(self) -> None:
        """Expire all open interactions at once."""
        for each in self._by_id.values():
            each.expired = True

    def _expired(self) -> Iterator[Interaction]:
        for interaction in self._by_id.values():
            if self._clock() - interaction.created_at <= TOKEN_SECONDS + 60:
                return
            yield interaction
