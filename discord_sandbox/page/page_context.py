"""PageContext: the parts of a sandbox that its page uses."""

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
    """What the page works with, for all open pages.

    Args:
        people: the calls that act as a user.
        stage: the world, the gateway and the limits that they act in.
        faults: the faults in force.
        requests: the bot's requests, oldest first.
        violations: where they break Discord's OpenAPI description.
        read_only: whether only queries are allowed, as in a replay.
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
