"""Roles of a guild: /guilds/{id}/roles."""

from __future__ import annotations

from discord_sandbox.rest.call import Call, Route
from discord_sandbox.rules import places as rules
from discord_sandbox.rules.refusals import refuse
from discord_sandbox.wire import members
from discord_sandbox.world import changes
from discord_sandbox.world.core import JSON, Event
from discord_sandbox.world.permissions import Permission
from discord_sandbox.world.users import Role
from discord_sandbox.world.world import Guild


def listed(call: Call) -> list[JSON]:
    """List the roles."""
    return [members.role(each) for each in call.guild().roles.values()]


def one(call: Call) -> JSON:
    """Show a role."""
    return members.role(_found(call, call.guild()))


def create(call: Call) -> JSON:
    """Make a role; the bot cannot give what it has not."""
    guild = call.guild()
    call.need(guild, Permission.MANAGE_ROLES)
    call.check(rules.ROLE)
    _within(call, guild)
    body = call.body
    granted = body.get("permissions")
    role = guild.add_role(
        body.get("name") or "new role",
        guild.everyone.permissions if granted is None else int(granted),
        mentionable=bool(body.get("mentionable")),
        colour=body.get("color") or 0,
    )
    role.hoist = bool(body.get("hoist"))
    return members.role(role)


def edit(call: Call) -> JSON:
    """Change a role below the bot's own."""
    guild, role = _changeable(call)
    call.check(rules.ROLE)
    _within(call, guild)
    body = call.body
    role.name = body.get("name") or role.name
    role.colour = body.get("color", role.colour) or 0
    role.hoist = bool(body.get("hoist", role.hoist))
    role.mentionable = bool(body.get("mentionable", role.mentionable))
    if body.get("permissions") is not None:
        role.permissions = Permission(int(body["permissions"]))
    call.world.emit(Event("GUILD_ROLE_UPDATE", role, guild.id))
    return members.role(role)


def delete(call: Call) -> None:
    """Delete a role below the bot's own."""
    changes.delete_role(*_changeable(call))


def _found(call: Call, guild: Guild) -> Role:
    role = guild.roles.get(call.path["role_id"])
    if role is None:
        raise refuse(10011)
    return role


def _changeable(call: Call) -> tuple[Guild, Role]:
    guild = call.guild()
    call.need(guild, Permission.MANAGE_ROLES)
    role = _found(call, guild)
    if role.position >= guild.bot.rank:
        raise refuse(50013)
    return guild, role


def _within(call: Call, guild: Guild) -> None:
    granted = int(call.body.get("permissions") or 0)
    if granted & ~guild.bot.permissions:
        raise refuse(50013)


BASE = "/guilds/{guild_id}/roles"
ROUTES = (
    Route("GET", BASE, listed),
    Route("POST", BASE, create),
    Route("GET", BASE + "/{role_id}", one),
    Route("PATCH", BASE + "/{role_id}", edit),
    Route("DELETE", BASE + "/{role_id}", delete),
)
