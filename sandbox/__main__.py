"""Command line → a sandbox that runs alone, for any discord.py bot, until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from pathlib import Path

from sandbox.server import Sandbox
from sandbox.world.permissions import ALL, Permission


def parser() -> argparse.ArgumentParser:
    """Return the command line's parser."""
    made = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    made.add_argument("--host", default="127.0.0.1", help="address to listen on")
    made.add_argument("--port", type=int, default=8085, help="port; 0 takes a free one")
    made.add_argument("--guild", default="Home", help="name of the server that the bot is in")
    made.add_argument("--openapi", type=Path, help="Discord's openapi.json, to check requests by")
    made.add_argument("--no-rate-limits", action="store_true", help="never answer 429")
    return made


def furnish(sandbox: Sandbox, name: str) -> dict[str, int]:
    """Make a guild with a channel and people of every rank; return their ids by name."""
    guild = sandbox.add_guild(name)
    admins = guild.add_role("Admins", ALL)
    moderators = guild.add_role("Moderators", Permission.MANAGE_MESSAGES, mentionable=True)
    channels = [guild.add_text_channel(each) for each in ("general", "admin")]
    people = [
        guild.add_member(user=sandbox.owner),
        guild.add_member("admin", roles=[admins]),
        guild.add_member("moderator", roles=[moderators]),
        guild.add_member("stranger"),
    ]
    ids = {name: guild.id}
    ids |= {f"#{each.name}": each.id for each in channels}
    ids |= {f"@{each.name} (role)": each.id for each in (admins, moderators)}
    return ids | {f"@{each.name}": each.id for each in people}


async def serve(options: argparse.Namespace) -> None:
    """Run a sandbox, print what a bot needs to connect, and stay."""
    sandbox = Sandbox(
        host=options.host,
        port=options.port,
        rate_limits=not options.no_rate_limits,
        openapi=options.openapi,
    )
    async with sandbox:
        ids = furnish(sandbox, options.guild)
        print(f"DISCORD_TOKEN={sandbox.token}")
        print(f"DISCORD_API_BASE={sandbox.api_base}")
        print(f"DISCORD_GATEWAY_URL={sandbox.gateway_url}")
        print(f"# To look at it: {sandbox.page_url}")
        for name, snowflake in ids.items():
            print(f"# {name} {snowflake}")
        print("# Ctrl-C stops the sandbox.", flush=True)
        await asyncio.Event().wait()


def main() -> None:
    """Run until Ctrl-C."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(parser().parse_args()))


if __name__ == "__main__":
    main()
