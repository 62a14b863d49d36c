from __future__ import annotations

from pathlib import Path

import pytest

from discord_sandbox.people.runs import Run
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered
from tests.e2e.test_commands import has_embed

SECRET = "q8Zk3wTr5yB9nM2xq8Zk3wTr"


def described(run: Run) -> str:
    assert run.message
    return str(run.message.embeds[0]["description"])


async def test_the_settings_in_force_are_told_with_their_places_and_without_secrets(
    home: Home, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(
        f"RELEASE=2.1\nDASHBOARD_TOKEN={SECRET}\nALERT_CHANEL_ID=1\n", encoding="utf-8"
    )
    async with running(Host(), home.sandbox):
        await registered()
        level = {"level": "DEBUG", "minutes": 5}
        await home.sandbox.run_command(home.owner, home.channel, "debug loglevel", level)
        run = await home.sandbox.run_command(home.owner, home.channel, "debug config")
        await run.wait(has_embed)
        assert run.message
        shown = run.message.text
        first = described(run)
        more = await home.sandbox.click(home.owner, run.message, "More ▶")
        await more.wait(lambda _: described(run) != first)
        release = await home.sandbox.run_command(
            home.owner, home.channel, "debug config", {"find": "RELEASE"}
        )
        await release.wait(has_embed)
        offered = await home.sandbox.autocomplete(
            home.owner, home.channel, "debug config", option="find", value="dash"
        )

    assert "`RELEASE` `2.1` · `.env`\n" in first
    assert "`DASHBOARD_TOKEN` `*****` · `.env`\n" in first
    assert f"`ALERT_CHANNEL_ID` `{home.alerts.id}` · environment\n" in first
    assert "did you mean ALERT\\_CHANNEL\\_ID?" in shown
    assert "Log level of `root`: **DEBUG**" in shown
    assert f".env: {tmp_path}/.env" in shown
    assert SECRET not in shown
    assert "-# Version of your bot: errors carry it" in described(release)
    assert [choice["value"] for choice in offered][:2] == ["DASHBOARD_ENABLED", "DASHBOARD_PORT"]


async def test_another_working_directory_changes_nothing_that_is_told(
    home: Home, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("LOG_BACKUP_COUNT=4\n", encoding="utf-8")
    (tmp_path / "downloads").mkdir()
    async with running(Host(), home.sandbox):
        await registered()
        environment.chdir(tmp_path / "downloads")
        (tmp_path / "downloads").rmdir()
        run = await home.sandbox.run_command(
            home.owner, home.channel, "debug config", {"find": "LOG_BACKUP"}
        )
        await run.wait(has_embed)
        assert run.message
        shown = run.message.text
    assert "`LOG_BACKUP_COUNT` `4` · `.env`, default `5`\n" in shown
    assert f".env: {tmp_path}/.env" in shown
