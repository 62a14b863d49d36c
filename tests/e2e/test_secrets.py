"""No secret of a real bot gets out: not into its files, and not to Discord."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import re
import signal
import sqlite3
import sys
from asyncio.subprocess import DEVNULL, Process
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest

from discord_sandbox import Message, SandboxError
from tests.e2e.conftest import Home
from tests.e2e.leaking_host import RULES
from tests.secret_samples import mixed_samples

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parent.parent.parent
SEED, PARTS = 41, 5
COUNT = int(os.environ.get("SECRETS", "2000"))
KNOWN = {
    "DB_PASSWORD": "kW7 vY3-pL9xR2 qN5mT8 zH4 bJ6dF1 sG0cVxT5",
    "STRIPE_SECRET": "Zq8!mK2#vL9$wP4%",
    "SESSION_COOKIE": "üK7/gQ2+æW9=mZ4 tB6&xP1",
}


def fragments(secrets: list[str], size: int = 8) -> set[str]:
    """List the parts of secrets of which none may get out."""
    return {one[at : at + size] for one in secrets for at in range(len(one) - size + 1)}


def found(parts: set[str], output: str) -> list[str]:
    """List where a part of a secret is in an output, with what stands around it."""
    hits = (at for at in range(len(output)) if output[at : at + 8] in parts)
    return [output[max(0, at - 60) : at + 20] for at in hits][:3]


def written(value: str) -> list[str]:
    """Give the forms of a known value in which it must not get out."""
    encoded = base64.b64encode(value.encode()).decode()
    return [value, quote(value), encoded[:-4]]


async def start(home: Home, folder: Path) -> Process:
    environment = {
        **os.environ,
        **KNOWN,
        "PYTHONPATH": str(ROOT),
        "DISCORD_TOKEN": home.sandbox.token,
        "DISCORD_API_BASE": home.sandbox.api_base,
        "DISCORD_GATEWAY_URL": home.sandbox.gateway_url,
        "ALERT_TIME_SCALE": "1",
        "DEBUG_MODE": "true",
        "RELEASE": f"2.0-{KNOWN['STRIPE_SECRET']}",
    }
    program = (sys.executable, "-m", "tests.e2e.leaking_host", str(SEED), str(COUNT))
    return await asyncio.create_subprocess_exec(
        *program, cwd=folder, env=environment, stdout=DEVNULL, stderr=DEVNULL
    )


async def use(home: Home) -> None:
    """Let everything fail, and look at it as an admin does."""
    for part in range(PARTS):
        await home.sandbox.run_command(home.stranger, home.channel, f"fail{part}")
    for part in range(PARTS):
        await home.alerts.wait_for(partial(names, f"Leak{part}"), timeout=60)
    run = await home.sandbox.run_command(home.stranger, home.channel, "write_all")
    await run.wait(lambda run: "done" in str([run.message, *run.followups]), timeout=120)
    run = await home.sandbox.run_command(home.owner, home.channel, "debug errors")
    await run.wait(lambda run: run.message and run.message.components)
    assert run.message
    for option in run.message.components[0]["components"][0]["options"][:10]:
        run = await home.sandbox.run_command(
            home.owner, home.channel, "debug errors", {"find": option["value"]}
        )
        await run.wait(lambda run: run.message and run.message.embeds)
    await look_at_alerts(home)


async def look_at_alerts(home: Home) -> None:
    """Open the rules, and have all that can be completed completed."""
    run = await home.sandbox.run_command(home.owner, home.channel, "debug alerts")
    await run.wait(lambda run: run.message and "Queue 1" in run.message.text)
    for command, option, value in (
        *(("debug alerts", "find", "queue"), ("debug alerts", "find", "")),
        *(("debug errors", "find", "leak"), ("debug loglevel", "logger", "host")),
    ):
        await home.sandbox.autocomplete(
            home.owner, home.channel, command, option=option, value=value
        )
    for number in range(RULES):
        run = await home.sandbox.run_command(
            home.owner, home.channel, "debug alerts", {"find": f"queue{number}"}
        )
        await run.wait(lambda run: run.message and run.message.embeds)


def names(word: str, message: Message) -> bool:
    return word in message.text


async def able(home: Home) -> None:
    """Wait until the host has registered its commands, and DebugCog its own."""
    async with asyncio.timeout(60):
        for command in ("die", "debug"):
            while command not in registered(home) or not home.sandbox.hub.sessions:  # noqa: ASYNC110 - of another process
                await asyncio.sleep(0.02)


def registered(home: Home) -> set[str]:
    scopes = home.sandbox.application.commands.values()
    return {command.name for scope in scopes for command in scope.values()}


async def die(home: Home, process: Process) -> None:
    """Let the host end by a fatal error."""
    with contextlib.suppress(SandboxError):
        await home.sandbox.run_command(home.stranger, home.channel, "die")
    assert await process.wait() == -signal.SIGSEGV


def outputs(home: Home, folder: Path) -> dict[str, str]:
    """Read all that the host has written: files, and the bodies of its requests.

    Fingerprints are left out: eight of their digits are by chance those of some secret.
    """
    read = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for number, request in enumerate(home.sandbox.requests):
        read[f"request {number}"] = json.dumps(request.body, ensure_ascii=False).encode()
        read |= {f"file {file.filename} of {number}": file.data for file in request.files}
    own = re.compile("|".join(fingerprints(folder)))
    return {name: own.sub("", data.decode("utf-8", "replace")) for name, data in read.items()}


def fingerprints(folder: Path) -> list[str]:
    """List the fingerprints of the error groups that the host has stored."""
    (path,) = folder.rglob("debugcog.sqlite3")
    with contextlib.closing(sqlite3.connect(path)) as file:
        return [row[0] for row in file.execute("SELECT fingerprint FROM error_groups")]


@pytest.mark.timeout(180)
async def test_no_part_of_a_secret_gets_into_a_file_or_to_discord(
    home: Home, tmp_path: Path
) -> None:
    process = await start(home, tmp_path)
    try:
        await able(home)
        await use(home)
        await die(home, process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    read = outputs(home, tmp_path)
    parts = fragments([sample.secret for sample in mixed_samples(COUNT, SEED)])
    known = fragments([form for value in KNOWN.values() for form in written(value)])

    print(f"{COUNT} secrets, {sum(map(len, read.values())):,} characters in {len(read)} places")
    forbidden = parts | known
    leaks = [(name, hit) for name, text in read.items() for hit in found(forbidden, text)]
    assert leaks == []
    assert {"bot.log", "debugcog.sqlite3", "debugcog.crash"} <= {Path(name).name for name in read}
    assert sum(name.startswith("file E-") for name in read) >= PARTS
