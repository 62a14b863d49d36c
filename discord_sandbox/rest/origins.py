"""Interaction → author and interaction metadata of the message that responds to it."""

from __future__ import annotations

from discord_sandbox.wire.members import user
from discord_sandbox.world.core import JSON
from discord_sandbox.world.interactions import COMMAND, COMPONENT, MODAL, Interaction
from discord_sandbox.world.posting import Origin
from discord_sandbox.world.world import World


def origin(world: World, it: Interaction, extra_flags: int = 0) -> Origin:
    """Return the origin of a message that answers an interaction."""
    of_command = it.type == COMMAND and it.command is not None
    command_type = it.command.type if it.command else 1
    short = {"id": str(it.id), "type": 2, "name": it.command_path, "user": user(it.user)}
    return Origin(
        author=world.bot,
        type=(20 if command_type == 1 else 23) if of_command else 0,
        viewer=it.user,
        webhook_id=world.application.id,
        application_id=world.application.id,
        interaction=short if of_command else None,
        interaction_metadata=metadata(it),
        extra_flags=extra_flags,
    )


def metadata(it: Interaction) -> JSON:
    """Render what a response tells of the interaction that it answers."""
    shown: JSON = {
        "id": str(it.id),
        "type": it.type,
        "user": user(it.user),
        "authorizing_integration_owners": it.authorized_by,
    }
    if it.type == COMMAND:
        shown["command_type"] = it.command.type if it.command else 1
        shown["name"] = it.command_path
    if it.type == COMPONENT and it.source:
        shown["interacted_message_id"] = str(it.source.id)
    if it.type == MODAL and it.parent:
        shown["triggering_interaction_metadata"] = metadata(it.parent)
    return shown
