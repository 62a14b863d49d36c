"""Request Guild Members → the GUILD_MEMBERS_CHUNK events that answer it.

Source: https://discord.com/developers/docs/events/gateway-events#request-guild-members.
"""

from __future__ import annotations

from collections.abc import Iterator

from discord_sandbox.gateway.intents import Intent
from discord_sandbox.wire import members
from discord_sandbox.world.core import JSON
from discord_sandbox.world.world import Guild, Member, World

CHUNK = 1000


def chunks(world: World, asked: JSON, intents: int) -> Iterator[JSON]:
    """Yield the data of the GUILD_MEMBERS_CHUNK dispatches; none where it may not be asked."""
    guild = world.guilds.get(int(asked.get("guild_id") or 0))
    if guild is None:
        return
    everybody = asked.get("query") == "" and not asked.get("limit")
    if everybody and not intents & Intent.GUILD_MEMBERS:
        return
    found, missing = _found(guild, asked)
    parts = [found[i : i + CHUNK] for i in range(0, len(found), CHUNK)] or [[]]
    for index, part in enumerate(parts):
        chunk: JSON = {
            "guild_id": str(guild.id),
            "members": [members.member(each) for each in part],
            "chunk_index": index,
            "chunk_count": len(parts),
            "not_found": [str(each) for each in missing],
        }
        if asked.get("nonce"):
            chunk["nonce"] = asked["nonce"]
        yield chunk


def _found(guild: Guild, asked: JSON) -> tuple[list[Member], list[int]]:
    wanted = asked.get("user_ids")
    if wanted is not None:
        ids = [int(each) for each in (wanted if isinstance(wanted, list) else [wanted])]
        found = [guild.members[each] for each in ids if each in guild.members]
        return found, [each for each in ids if each not in guild.members]
    query = str(asked.get("query") or "").lower()
    matching = [each for each in guild.members.values() if _matches(each, query)]
    return matching[: int(asked.get("limit") or 0) or None], []


def _matches(member: Member, query: str) -> bool:
    return any(name.lower().startswith(query) for name in (member.user.name, member.name))
