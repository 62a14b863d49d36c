"""Guilds and their members: /guilds/{id}, members, bans."""

from __future__ import annotations

import datetime as dt

from discord_sandbox.rest.call import Call, Route
from discord_sandbox.rules import places as rules
from discord_sandbox.rules.refusals import Issue, invalid, refuse
from discord_sandbox.wire import members, places
from discord_sandbox.world import changes
from discord_sandbox.world.core import JSON
from discord_sandbox.world.permissions import Permission
from discord_sandbox.world.users import Role
from discord_sandbox.world.world import Guild, Member

TIMEOUT = 28 * 24 * 3600.0  # docs/resources/guild#modify-guild-member


def one(call: Call) -> JSON:
    """Show a guild."""
    guild = call.guild()
    counts = {
        "approximate_member_count": len(guild.members),
        "approximate_presence_count": len(guild.members),
    }
    return {**places.guild(guild), **(counts if call.flag("with_counts") else {})}


def leave(call: Call) -> None:
    """Remove the bot from a guild."""
    guild = call.guild()
    changes.remove_member(guild, guild.bot)


def listed(call: Call) -> list[JSON]:
    """List members by id, from ``after`` on; it needs the members intent to be enabled."""
    guild = call.guild()
    after, limit = call.number("after", 0), call.number("limit", 1, 1, 1000)
    found = sorted(each for each in guild.members if each > after)[:limit]
    return [members.member(guild.members[each]) for each in found]


def search(call: Call) -> list[JSON]:
    """List members whose name starts with the query."""
    query, limit = call.query.get("query", "").lower(), call.number("limit", 1, 1, 1000)
    guild = call.guild()
    found = [each for each in guild.members.values() if each.name.lower().startswith(query)]
    return [members.member(each) for each in found[:limit]]


def member(call: Call) -> JSON:
    """Show a member."""
    return members.member(_member(call, call.guild()))


def edit(call: Call) -> JSON:
    """Change a member's nickname, roles or timeout."""
    guild = call.guild()
    it = _member(call, guild)
    call.check(rules.MEMBER)
    body = call.body
    for key, needed in NEEDED.items():
        if key in body:
            call.need(guild, needed)
    _outranks(guild, it)
    roles, until = _roles(guild, it, body.get("roles")), it.timed_out_until
    if "communication_disabled_until" in body:
        until = _timeout(call, it, body["communication_disabled_until"])
    it.nick = body.get("nick", it.nick) or None
    it.roles, it.timed_out_until = roles, until
    changes.update_member(it)
    return members.member(it)


def _roles(guild: Guild, it: Member, wanted: list[str] | None) -> list[Role]:
    """Return a member's new roles; those as high as the bot's own stay as they are (50013)."""
    if wanted is None:
        return it.roles
    roles = [_role(guild, int(each)) for each in wanted]
    if any(role.position >= guild.bot.rank for role in {*roles} ^ {*it.roles}):
        raise refuse(50013)
    return roles


def _timeout(call: Call, it: Member, value: str | None) -> float | None:
    """Return when a timeout ends; administrators have none (50013), others 28 days at most."""
    if value is None:
        return None
    if it.permissions & Permission.ADMINISTRATOR:
        raise refuse(50013)
    until = dt.datetime.fromisoformat(value).timestamp()
    if until > call.world.clock() + TIMEOUT:
        path, words = ("communication_disabled_until",), "Invalid communication disabled timestamp"
        raise invalid([Issue(path, "INVALID_COMMUNICATION_DISABLED_TIMESTAMP", words)])
    return until


NEEDED = {
    "nick": Permission.MANAGE_NICKNAMES,
    "roles": Permission.MANAGE_ROLES,
    "communication_disabled_until": Permission.MODERATE_MEMBERS,
}


def edit_me(call: Call) -> JSON:
    """Change the bot's own nickname."""
    guild = call.guild()
    call.check(rules.MEMBER)
    call.need(guild, Permission.CHANGE_NICKNAME)
    guild.bot.nick = call.body.get("nick") or None
    changes.update_member(guild.bot)
    return members.member(guild.bot)


def give_role(call: Call) -> None:
    """Add a role to a member."""
    guild, it = _role_change(call)
    role = _role(guild, call.path["role_id"])
    if role not in it.roles:
        it.add_role(role)


def take_role(call: Call) -> None:
    """Take a role from a member."""
    guild, it = _role_change(call)
    role = _role(guild, call.path["role_id"])
    if role in it.roles:
        it.remove_role(role)


def kick(call: Call) -> None:
    """Remove a member."""
    guild = call.guild()
    call.need(guild, Permission.KICK_MEMBERS)
    it = _member(call, guild)
    _outranks(guild, it)
    changes.remove_member(guild, it)


def ban(call: Call) -> None:
    """Ban a user, a member or not."""
    guild = call.guild()
    call.need(guild, Permission.BAN_MEMBERS)
    user = call.world.users.get(call.path["user_id"])
    if user is None:
        raise refuse(10013)
    if user.id in guild.members:
        _outranks(guild, guild.members[user.id])
    changes.ban(guild, user)


def unban(call: Call) -> None:
    """Lift a ban."""
    guild = call.guild()
    call.need(guild, Permission.BAN_MEMBERS)
    user = guild.bans.get(call.path["user_id"])
    if user is None:
        raise refuse(10026)
    changes.unban(guild, user)


def bans(call: Call) -> list[JSON]:
    """List the banned users."""
    guild = call.guild()
    call.need(guild, Permission.BAN_MEMBERS)
    return [{"reason": None, "user": members.user(each)} for each in guild.bans.values()]


def one_ban(call: Call) -> JSON:
    """Show the ban of a user."""
    guild = call.guild()
    call.need(guild, Permission.BAN_MEMBERS)
    user = guild.bans.get(call.path["user_id"])
    if user is None:
        raise refuse(10026)
    return {"reason": None, "user": members.user(user)}


def _member(call: Call, guild: Guild) -> Member:
    found = guild.members.get(call.path["user_id"])
    if found is None:
        raise refuse(10007)
    return found


def _role_change(call: Call) -> tuple[Guild, Member]:
    guild = call.guild()
    call.need(guild, Permission.MANAGE_ROLES)
    role = _role(guild, call.path["role_id"])
    if role.position >= guild.bot.rank:
        raise refuse(50013)
    return guild, _member(call, guild)


def _role(guild: Guild, role_id: int) -> Role:
    role = guild.roles.get(role_id)
    if role is None:
        raise refuse(10011)
    return role


def _outranks(guild: Guild, it: Member) -> None:
    """Refuse (50013) to act on the owner, or on who stands as high as the bot."""
    if it is not guild.bot and (it.user is guild.owner or it.rank >= guild.bot.rank):
        raise refuse(50013)


BASE = "/guilds/{guild_id}"
MEMBER = BASE + "/members/{user_id}"
ROUTES = (
    Route("GET", BASE, one),
    Route("DELETE", "/users/@me/guilds/{guild_id}", leave),
    Route("GET", BASE + "/members", listed),
    Route("GET", BASE + "/members/search", search),
    Route("GET", MEMBER, member),
    Route("PATCH", BASE + "/members/@me", edit_me),
    Route("PATCH", MEMBER, edit),
    Route("DELETE", MEMBER, kick),
    Route("PUT", MEMBER + "/roles/{role_id}", give_role),
    Route("DELETE", MEMBER + "/roles/{role_id}", take_role),
    Route("GET", BASE + "/bans", bans),
    Route("GET", BASE + "/bans/{user_id}", one_ban),
    Route("PUT", BASE + "/bans/{user_id}", ban),
    Route("DELETE", BASE + "/bans/{user_id}", unban),
)
