"""What the demo prints."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from demo import terminal as printing
from demo.demo_guild import furnish
from demo.terminal import Terminal
from discord_sandbox import File, Sandbox


async def test_a_message_is_printed_as_text_with_its_files_and_their_alt_texts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with Sandbox() as sandbox:
        demo_guild = furnish(sandbox)
        shown = Terminal(tmp_path, demo_guild.names, lambda: 1_800_000_000.0)
        text = f"**5 s** since <t:1799999880:R>\nin {demo_guild.alerts.mention}"
        files = [File("a.png", b"A", 0)]
        said = await sandbox.say(demo_guild.owner, demo_guild.admin, text, files=files)
        said.attachments[0].description = "A chart"
        shown.headline("Now")
        shown.show(said)
        shown.files(said, "metrics")
        shown.show(None)
    path = tmp_path / "01-metrics-a.png"
    assert path.read_bytes() == b"A"
    assert capsys.readouterr().out == (
        "\n=== Now\n"
        "  | 5 s since 2 minutes ago\n"
        "  | in #alerts\n"
        "  | [A chart]\n"
        f"  | → {path}\n"
        "  | (nothing)\n"
    )


async def test_what_is_awaited_is_told_at_once_and_again_while_it_lasts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "STILL_SECONDS", 0.01)
    shown = Terminal(tmp_path, dict)
    told = ""
    async with shown.waiting("Waiting for an alert", 120, usual=17):
        while "so far" not in told:
            await asyncio.sleep(0)
            told += capsys.readouterr().out
    assert told.splitlines()[:2] == [
        "… Waiting for an alert (about 17 s, at most 120 s)",
        "… Waiting for an alert: 0 s so far",
    ]
