"""Slash command as typed → its interaction, or the error that a client would show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from discord_sandbox.people import options
from discord_sandbox.people.interacting import Person, Stage
from discord_sandbox.people.options import Picked
from discord_sandbox.people.resolved import Resolved
from discord_sandbox.world import installs, permissions
from discord_sandbox.world.application import Command
from discord_sandbox.world.channels import Channel
from discord_sandbox.world.core import JSON, SandboxError
from discord_sandbox.world.interactions import AUTOCOMPLETE, COMMAND, Interaction
from discord_sandbox.world.messages import Message
from discord_sandbox.world.permissions import Permission
from discord_sandbox.world.world import Guild, Member

USER_COMMAND, MESSAGE_COMMAND = 2, 3


def run(
    stage: Stage, person: Person, channel: Channel, typed: str, values: Mapping[str, Any]
) -> Interaction:
    """Send a slash command."""
    picked = _picked(stage, person, channel, typed)
    resolved = Resolved(stage.world, channel, person)
    data = _data(picked.command, options.entered(picked, values, resolved), resolved)
    return stage.send(
        person, channel, COMMAND, data, command=picked.command, command_path=picked.text
    )


def complete(
    stage: Stage,
    person: Person,
    channel: Channel,
    typed: str,
    option: str,
    value: str,
    values: Mapping[str, Any],
) -> Interaction:
    """Send what is typed so far into an option with autocomplete."""
    picked = _picked(stage, person, channel, typed)
    focused = next((each for each in picked.options if each["name"] == option), None)
    if focused is None or not focused.get("autocomplete"):
        raise SandboxError(f"/{picked.text} has no option {option!r} with autocomplete")
    known = {each["name"]: each["type"] for each in picked.options}
    filled: list[JSON] = [
        {"name": name, "type": known[name], "value": given} for name, given in values.items()
    ]
    filled.append({"name": option, "type": focused["type"], "value": value, "focused": True})
    resolved = Resolved(stage.world, channel, person)
    data = _data(picked.command, options.nested(picked, filled), resolved)
    return stage.send(
        person, channel, AUTOCOMPLETE, data, command=picked.command, command_path=picked.text
    )


def offered(stage: Stage, person: Person, channel: Channel) -> list[Command]:
    """Return the commands that the client shows someone in a channel, menus' ones included."""
    if not stage.world.may(stage.account(person), channel) & Permission.USE_APPLICATION_COMMANDS:
        return []
    known = here(stage, person, channel)
    return [each for each in known if _is_shown(stage, person, channel, each)]


def use_on(
    stage: Stage, person: Person, channel: Channel, name: str, target: Message | Person
) -> Interaction:
    """Send a command of the context menu of a message or a user."""
    stage.need(person, channel, Permission.USE_APPLICATION_COMMANDS)
    kind = MESSAGE_COMMAND if isinstance(target, Message) else USER_COMMAND
    known = [each for each in here(stage, person, channel) if each.type == kind]
    command = next((each for each in known if each.name == name), None)
    if command is None:
        names = ", ".join(each.name for each in known) or "none"
        raise SandboxError(f"the menu has no command {name!r}; it has: {names}")
    _check_allowed(stage, person, channel, command)
    resolved = Resolved(stage.world, channel, person)
    if isinstance(target, Message):
        resolved.message(target)
    else:
        resolved.user(target)
    data = {**_data(command, [], resolved), "target_id": str(target.id)}
    return stage.send(person, channel, COMMAND, data, command=command, command_path=name)


def _picked(stage: Stage, person: Person, channel: Channel, typed: str) -> Picked:
    stage.need(person, channel, Permission.USE_APPLICATION_COMMANDS)
    picked = options.pick(here(stage, person, channel), typed)
    _check_allowed(stage, person, channel, picked.command)
    return picked


def here(stage: Stage, person: Person, channel: Channel) -> list[Command]:
    """List the commands that somebody reaches in a channel: by its contexts and installations."""
    world, user = stage.world, stage.account(person)
    known = world.application.available(channel.guild_id)
    return [each for each in known if installs.allowing(world, user, channel, each)]


def _is_shown(stage: Stage, person: Person, channel: Channel, command: Command) -> bool:
    try:
        _check_allowed(stage, person, channel, command)
    except SandboxError:
        return False
    return True


def _check_allowed(stage: Stage, person: Person, channel: Channel, command: Command) -> None:
    guild = stage.guild(channel)
    if guild:
        _allowed(guild, guild.members[stage.account(person).id], channel, command)


def _allowed(guild: Guild, member: Member, channel: Channel, command: Command) -> None:
    """Complain where the command is hidden: by an override of the guild, or by its default."""
    may = member.permissions_in(channel)
    if may & Permission.ADMINISTRATOR:
        return
    overrides = guild.command_overrides.get(command.name, {})
    if overrides.get(channel.id) is False:
        raise SandboxError(f"/{command.name} is switched off in #{channel.name}")
    applicable = [overrides[i] for i in (member.id, *_role_ids(guild, member)) if i in overrides]
    needed = command.payload.get("default_member_permissions")
    missing = int(needed) & ~may if needed is not None else 0
    closed = needed == "0" or bool(missing)
    if (applicable and not any(applicable)) or (closed and not applicable):
        wants = permissions.names(missing) if missing else "an override of the guild"
        raise SandboxError(f"{member.name} does not see /{command.name}: it needs {wants}")


def _role_ids(guild: Guild, member: Member) -> list[int]:
    return [*(role.id for role in member.roles), guild.id]


def _data(command: Command, filled: list[JSON], resolved: Resolved) -> JSON:
    data: JSON = {"id": str(command.id), "name": command.name, "type": command.type}
    if filled:
        data["options"] = filled
    if resolved.data:
        data["resolved"] = resolved.data
    if command.guild_id is not None:
        data["guild_id"] = str(command.guild_id)
    return data
