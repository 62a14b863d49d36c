"""Registration of application commands: /applications/{id}/commands, global and of a guild."""

from __future__ import annotations

from collections import Counter

from discord_sandbox.rest.call import Answer, Call, Route
from discord_sandbox.rules import commands as rules
from discord_sandbox.rules.refusals import refuse
from discord_sandbox.wire import application
from discord_sandbox.world.application import GUILD_INSTALL, USER_INSTALL, Command
from discord_sandbox.world.core import JSON

ALL_KINDS = (GUILD_INSTALL, USER_INSTALL)
CREATES_A_DAY = 200  # https://discord.com/developers/docs/interactions/application-commands#limits


def listed(call: Call) -> list[JSON]:
    """List the commands."""
    return [_shown(call, each) for each in _registered(call).values()]


def one(call: Call) -> JSON:
    """Show one command."""
    return _shown(call, _found(call))


def upsert(call: Call) -> Answer:
    """Register a command; one with the same name and type is replaced (200, else 201)."""
    rules.check(call.body, _kinds(call))
    registered = _registered(call)
    old = _named(registered, call.body)
    if old is None:
        _count(registered, call.body.get("type") or rules.SLASH)
        _count_today(call, 1)
    command = _put(call, registered, call.body)
    return Answer(200 if old else 201, _shown(call, command))


def overwrite(call: Call) -> list[JSON]:
    """Replace all commands; those that keep name and type keep their id."""
    rules.check_all(call.body, _kinds(call))
    registered = _registered(call)
    kinds = Counter(each.get("type") or rules.SLASH for each in call.body)
    if any(count > rules.COMMANDS.get(kind, 1) for kind, count in kinds.items()):
        raise refuse(30032)
    _count_today(call, sum(_named(registered, each) is None for each in call.body))
    kept = [_put(call, registered, each) for each in call.body]
    registered.clear()
    registered.update((each.id, each) for each in kept)
    return [_shown(call, each) for each in kept]


def edit(call: Call) -> JSON:
    """Change what the body names of a command."""
    command = _found(call)
    changed = {**command.payload, **call.body}
    rules.check(changed, _kinds(call))
    command.payload = _completed(call, changed)
    command.version = call.world.ids.next()
    return _shown(call, command)


def delete(call: Call) -> None:
    """Unregister a command."""
    _registered(call).pop(_found(call).id)


def _registered(call: Call) -> dict[int, Command]:
    if call.path["application_id"] != call.world.application.id:
        raise refuse(10002)
    return call.world.application.registered(_guild_id(call))


def _guild_id(call: Call) -> int | None:
    if "guild_id" not in call.path:
        return None
    if call.path["guild_id"] not in call.world.guilds:
        raise refuse(50001)
    return call.path["guild_id"]


def _found(call: Call) -> Command:
    command = _registered(call).get(call.path["command_id"])
    if command is None:
        raise refuse(10063)
    return command


def _named(registered: dict[int, Command], body: JSON) -> Command | None:
    key = (body["name"], body.get("type") or 1)
    return next((each for each in registered.values() if (each.name, each.type) == key), None)


def _put(call: Call, registered: dict[int, Command], body: JSON) -> Command:
    payload = _completed(call, body)
    command = _named(registered, body)
    if command is None:
        command = Command(call.world.ids.next(), 0, payload, _guild_id(call))
        registered[command.id] = command
    if command.version == 0 or command.payload != payload:
        command.payload, command.version = payload, call.world.ids.next()
    return command


def _count(registered: dict[int, Command], kind: int) -> None:
    """Refuse a command too many of its type (30032)."""
    if sum(each.type == kind for each in registered.values()) >= rules.COMMANDS.get(kind, 1):
        raise refuse(30032)


def _count_today(call: Call, new: int) -> None:
    """Count commands that are made; refuse more than a day has (30034)."""
    now = call.world.clock()
    made = call.world.application.created_today.setdefault(_guild_id(call), [])
    made[:] = [at for at in made if now - at < 86_400]
    if len(made) + new > CREATES_A_DAY:
        raise refuse(30034, retry_after=round((made[0] if made else now) + 86_400 - now, 3))
    made += [now] * new


def _kinds(call: Call) -> tuple[int, ...]:
    """Return the kinds of installation that a command may name; a guild's own has but one."""
    return call.world.application.integration_types if _guild_id(call) is None else ALL_KINDS


def _completed(call: Call, body: JSON) -> JSON:
    """Add the defaults that Discord's answer shows."""
    is_global = _guild_id(call) is None
    needed = body.get("default_member_permissions")
    defaults = {
        "type": 1,
        "description": "",
        "dm_permission": True,
        "contexts": None,
        "integration_types": list(_kinds(call)) if is_global else [GUILD_INSTALL],
        "nsfw": False,
    }
    ignored = () if is_global else ("contexts", "integration_types")
    given = {key: it for key, it in body.items() if it is not None and key not in ignored}
    text = None if needed is None else str(needed)
    return {**defaults, **given, "default_member_permissions": text}


def _shown(call: Call, command: Command) -> JSON:
    return application.command(command, call.world.application.id)


GLOBAL = "/applications/{application_id}/commands"
OF_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"
ROUTES = tuple(
    route
    for base in (GLOBAL, OF_GUILD)
    for route in (
        Route("GET", base, listed),
        Route("POST", base, upsert),
        Route("PUT", base, overwrite),
        Route("GET", base + "/{command_id}", one),
        Route("PATCH", base + "/{command_id}", edit),
        Route("DELETE", base + "/{command_id}", delete),
    )
)
