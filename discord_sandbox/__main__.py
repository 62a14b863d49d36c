"""Command line: run a sandbox, replay a record, or cause a fault in a running sandbox."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from discord_sandbox import fault_command as faulting
from discord_sandbox.faults import cause
from discord_sandbox.replay import replay
from discord_sandbox.server import Sandbox
from discord_sandbox.world.core import SandboxError
from discord_sandbox.world.permissions import ALL, Permission

EPILOG = """\
python -m discord_sandbox fault --help   makes something go wrong in a sandbox that runs.
"""


def parser() -> argparse.ArgumentParser:
    """Return the command line's parser."""
    made = argparse.ArgumentParser(
        prog="python -m discord_sandbox",
        description="A Discord for one machine, for any discord.py bot, until Ctrl-C.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--host", default="127.0.0.1", help="address to listen on")
    made.add_argument("--port", type=_port, default=8085, help="port; 0 takes a free one")
    made.add_argument("--guild", default="Home", help="name of the server that the bot is in")
    made.add_argument("--openapi", type=Path, help="Discord's openapi.json, to check requests by")
    made.add_argument("--no-rate-limits", action="store_true", help="never answer 429")
    made.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="FAULT",
        help="a fault from the start on, in one argument: 'error-503 --times 2'; can be repeated",
    )
    either = made.add_mutually_exclusive_group()
    either.add_argument(
        "--record",
        type=Path,
        metavar="FILE",
        help="write every request, gateway event and fault to a file of JSON lines",
    )
    either.add_argument(
        "--replay", type=Path, metavar="FILE", help="show what was posted in a record, and no more"
    )
    made.add_argument(
        "--pace",
        type=_pace,
        default=0.0,
        help="of a replay: 1 as it was, 10 ten times as fast; at once without it",
    )
    return made


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port < 1 << 16:
        raise ValueError(text)
    return port


def _pace(text: str) -> float:
    pace = float(text)
    if not 0 <= pace < math.inf:
        raise ValueError(text)
    return pace


_port.__name__, _pace.__name__ = "port", "pace"  # as argparse names them in a complaint


def furnish(sandbox: Sandbox, name: str) -> dict[str, int]:
    """Make a guild with a channel and people of every rank; return their ids by name."""
    guild = sandbox.add_guild(name, owner=sandbox.owner)
    admins = guild.add_role("Admins", ALL)
    moderators = guild.add_role("Moderators", Permission.MANAGE_MESSAGES, mentionable=True)
    channels = [guild.add_text_channel(each) for each in ("general", "admin")]
    people = [
        guild.members[sandbox.owner.id],
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
        record=options.record,
    )
    faults = [faulting.read(each) for each in options.fault]
    async with sandbox:
        ids = furnish(sandbox, options.guild)
        print(f"DISCORD_TOKEN={sandbox.token}")
        print(f"DISCORD_API_BASE={sandbox.api_base}")
        print(f"DISCORD_GATEWAY_URL={sandbox.gateway_url}")
        print(f"# To look at it: {sandbox.page_url}")
        for name, snowflake in ids.items():
            print(f"# {name} {snowflake}")
        for name, values in faults:
            print(f"# Fault: {cause(sandbox.faults, name, values)}")
        if options.record:
            print(f"# Recorded in {options.record}")
        print("# Ctrl-C stops the sandbox.", flush=True)
        await asyncio.Event().wait()


async def show(options: argparse.Namespace) -> None:
    """Serve the page with what was posted in a record, and stay."""
    if not options.replay.is_file():
        raise SandboxError(f"there is no file {options.replay}")
    async with Sandbox(host=options.host, port=options.port, read_only=True) as sandbox:
        if options.pace:
            print(f"# To look at the replay: {sandbox.page_url}", flush=True)
        lines = await replay(sandbox, options.replay, options.pace)
        print(f"# {lines} lines of {options.replay} are replayed: {sandbox.page_url}")
        print("# Ctrl-C stops the sandbox.", flush=True)
        await asyncio.Event().wait()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until Ctrl-C; return the exit status."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    with contextlib.suppress(KeyboardInterrupt):
        try:
            if given[:1] == ["fault"]:
                print(asyncio.run(faulting.run(given[1:])))
                return 0
            options = parser().parse_args(given)
            asyncio.run(show(options) if options.replay else serve(options))
        except SandboxError as error:
            print(f"python -m discord_sandbox: {error}", file=sys.stderr)
            return 2
        except OSError as error:
            print(f"python -m discord_sandbox: {_advice(error)}", file=sys.stderr)
            return 2
    return 0


def _advice(error: OSError) -> str:
    text = error.strerror or str(error)
    return f"{text}\nAnother --port, or --port 0, may help." if "address" in text else text


if __name__ == "__main__":
    sys.exit(main())
