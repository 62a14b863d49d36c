"""Demo guild → one-time link to the bot's web dashboard, as /debug dashboard gives it."""

from __future__ import annotations

import re

from demo.demo_guild import DemoGuild
from discord_sandbox import SandboxError

ANSWER_SECONDS = 30.0
SETTINGS = {"DASHBOARD_ENABLED": "true", "DASHBOARD_PORT": "0"}
"""Of the demo's bot: on, on a port that is free."""
_LINK = re.compile(r"http://\S+/login#code=\w+")


async def dashboard_link(demo_guild: DemoGuild) -> str:
    """Have the owner ask for a link; it opens the dashboard once, within two minutes.

    Raises:
        SandboxError: the bot gives none.
    """
    owner, admin = demo_guild.owner, demo_guild.admin
    run = await demo_guild.sandbox.run_command(owner, admin, "debug dashboard")
    await run.wait(lambda run: run.message and run.message.embeds, timeout=ANSWER_SECONDS)
    text = run.message.text if run.message else ""
    found = _LINK.search(text)
    if found is None:
        raise SandboxError(f"/debug dashboard gives no link: {text}")
    return found[0]
