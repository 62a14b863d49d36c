"""The tour's last words are those of /debug alerts, whatever the time."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from demo import tour as touring
from demo.demo_guild import DemoGuild, furnish
from demo.terminal import Terminal
from demo.tour import Tour
from discord_sandbox import Message, Sandbox
from tests.discord_bot import running

QUIET = "✅ Alerts · all quiet"


class Scripted(commands.Bot):
    """A bot whose /debug alerts answers with one title after the other."""

    def __init__(self) -> None:
        super().__init__("!", intents=discord.Intents.default())
        self.titles = iter([QUIET])

    async def setup_hook(self) -> None:
        group = app_commands.Group(name="debug", description="Debugging")

        @group.command(description="Alerts")
        async def alerts(interaction: discord.Interaction) -> None:
            embed = discord.Embed(title=next(self.titles))
            await interaction.response.send_message(embed=embed, ephemeral=True)

        self.tree.add_command(group)
        await self.tree.sync()


@pytest.fixture
async def demo_guild() -> AsyncIterator[DemoGuild]:
    async with Sandbox() as sandbox:
        yield furnish(sandbox)


async def recovered(demo_guild: DemoGuild, folder: Path, titles: Sequence[str]) -> None:
    """Let the tour wait for the end of an incident, while /debug alerts answers with the titles."""
    bot = Scripted()
    bot.titles = itertools.chain(titles, itertools.repeat(titles[-1]))
    alert = await said(demo_guild, "Warning: Response time\nIncident #1 · peak")
    async with running(bot, demo_guild.sandbox):
        tour = Tour(demo_guild, Terminal(folder, demo_guild.names), folder / "bot.log")
        await tour._recovery(alert)


async def said(demo_guild: DemoGuild, text: str) -> Message:
    return await demo_guild.sandbox.say(demo_guild.owner, demo_guild.alerts, text)


async def test_all_is_well_when_no_incident_is_open_and_the_end_that_is_shown_is_the_alerts(
    demo_guild: DemoGuild, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for text in ("Event loop lag\nIncident #11 · peak", "Response time\nIncident #1 · peak"):
        await said(demo_guild, f"Resolved: {text}")
    await recovered(demo_guild, tmp_path, [QUIET])
    assert capsys.readouterr().out == (
        "\n=== #alerts: Resolved: Response time\n"
        "  | Resolved: Response time\n"
        "  | Incident #1 · peak\n"
        "\n=== All is well again: no incident is open\n"
        f"  | {QUIET}\n"
    )


async def test_all_is_not_well_as_long_as_another_incident_is_open(
    demo_guild: DemoGuild,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(touring, "RECHECK_SECONDS", 0.05)
    await recovered(demo_guild, tmp_path, ["🔴 Alerts · 2 open", "🔴 Alerts · 1 open", QUIET])
    assert capsys.readouterr().out == (
        "… Waiting for the end of 2 incidents (about 30 s, at most 240 s)\n"
        "… Waiting for the end of one incident (about 30 s, at most 240 s)\n"
        "\n=== All is well again: no incident is open\n"
        f"  | {QUIET}\n"
    )


async def test_all_is_well_when_what_has_ended_is_posted(
    demo_guild: DemoGuild,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(touring, "POSTED_RECHECK_SECONDS", 0.01)
    behind = [f"{QUIET}: {posts} queued since 00:16." for posts in ("3 posts", "1 post")]
    await recovered(demo_guild, tmp_path, [*behind, QUIET])
    assert capsys.readouterr().out == (
        "… Waiting for the last posts (about 5 s, at most 30 s)\n"
        "\n=== All is well again: no incident is open\n"
        f"  | {QUIET}\n"
    )


async def test_what_does_not_end_is_not_told_to_have_ended(
    demo_guild: DemoGuild,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(touring, "ENDS_SECONDS", 0.1)
    await recovered(demo_guild, tmp_path, ["🔴 Alerts · 2 open"])
    told = capsys.readouterr().out
    assert told.endswith(
        "\n=== Not well yet: incidents that are open or about to be: 2\n  | 🔴 Alerts · 2 open\n"
    )
    assert "All is well" not in told
