"""Invitation to the dashboard → the reply of /debug dashboard."""

from __future__ import annotations

from urllib.parse import urlsplit

import discord

from cogs.debug.ui.escaping import plain
from cogs.debug.ui.reply import Colour, Reply, problem
from services.debugcog.frozen import frozen
from services.debugcog.units import duration

OFF = (
    "The dashboard is off. Set `DASHBOARD_ENABLED=true` in the bot's `.env`, then restart the bot "
    "or reload the cog."
)


@frozen(kw_only=True)
class Invitation:
    """Where the dashboard is, and what lets in once.

    Attributes:
        base: its address.
        code: lets in once.
        seconds: for how long the code is valid.
        only_here: whether only the bot's own machine can reach it.
        port: that it listens on.
        token: whether there is a DASHBOARD_TOKEN, so that others may connect where it listens.
        trouble: why there is none, as the rest of a sentence; empty where all is well.
    """

    base: str = ""
    code: str = ""
    seconds: float = 0.0
    only_here: bool = False
    port: int = 0
    token: bool = False
    trouble: str = ""


def dashboard_reply(invitation: Invitation | None) -> Reply:
    """Render the link; None means that the dashboard is off."""
    if invitation is None:
        return problem(OFF)
    if invitation.trouble:
        return problem(f"The dashboard cannot be reached: {plain(invitation.trouble)}")
    link = f"{invitation.base}/login#code={invitation.code}"
    shown = f"[Open the dashboard]({link})\n" if _is_link(invitation.base) else f"```\n{link}\n```"
    text = (
        f"{shown}The link works once, within {duration(invitation.seconds)}. Do not pass it on: "
        f"whoever opens it is logged in as you.{_way(invitation)}"
    )
    embed = discord.Embed(title="Dashboard", description=text, colour=Colour.NEUTRAL.value)
    return Reply(embeds=(embed,))


def _is_link(base: str) -> bool:
    """Discord makes no link of an address whose host has no dot; one of this machine helps few."""
    host = urlsplit(base).hostname or ""
    return "." in host and not host.startswith("127.")


def _way(invitation: Invitation) -> str:
    """Say how to reach an address that only the bot's machine knows."""
    if invitation.only_here:
        here = urlsplit(invitation.base).netloc
        fix = "DASHBOARD_HOST=0.0.0.0" if invitation.token else "DASHBOARD_TOKEN"
        return (
            "\n\nIt listens on the bot's own machine only. From yours, run "
            f"`ssh -L {invitation.port}:{here} <that machine>` first, then open the link. To reach "
            f"it directly, set `{fix}`."
        )
    host = urlsplit(invitation.base).netloc.removesuffix(f":{invitation.port}")
    if host in ("127.0.0.1", "[::1]"):
        return (
            "\n\nFrom another machine, put the address of the bot's machine in place of "
            f"`{host}`, or set `DASHBOARD_PUBLIC_URL`."
        )
    return ""
