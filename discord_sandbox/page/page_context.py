"""The parts of a sandbox that its page uses, as one record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from discord_sandbox.faults import Faults
from discord_sandbox.openapi import Violation
from discord_sandbox.people.actions import People
from discord_sandbox.people.interacting import Stage
from discord_sandbox.rest.records import Request
from discord_sandbox.world.world import World


@dataclass(frozen=True, slots=True)
class PageContext:
    """What the page works with.

    Args:
        people: what people can do.
        stage: where they do it.
        faults: what can go wrong.
        requests: the bot's requests, oldest first.
        violations: where they broke Discord's description.
        read_only: whether nobody may do anything, as in a replay.
    """

    people: People
    stage: Stage
    faults: Faults
    requests: Sequence[Request]
    violations: Sequence[Violation]
    read_only: bool = False

    @property
    def world(self) -> World:
        """Everything that exists."""
        return self.stage.world
