"""A channel that cannot take alerts is named at the start, with the fix."""

from __future__ import annotations

import pytest

from discord_sandbox import Overwrite, Permission
from discord_sandbox.faults import Fault, Trouble
from discord_sandbox.world.channels import Kind
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, environment, home, registered

__all__ = ["environment", "home"]  # fixtures

MISSING = 123456789012345678


async def said(home: Home, caplog: pytest.LogCaptureFixture) -> list[str]:
    """Start a host, let it look, and list what it says of its channels."""
    async with running(Host(), home.sandbox):
        await registered()
    return [r.getMessage() for r in caplog.records if "ALERT_" in r.getMessage()]


async def test_a_channel_that_does_not_exist_is_named(
    home: Home, environment: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    environment.setenv("ALERT_CHANNEL_ID", str(MISSING))
    assert await said(home, caplog) == [
        (
            f"ALERT_CHANNEL_ID={MISSING} does not exist: no alert arrives there. Put the id of a "
            "text channel there"
        )
    ]


async def test_a_fallback_that_takes_no_messages_is_named(
    home: Home, environment: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    category = home.guild.add_channel(Kind.CATEGORY, "ops")
    environment.setenv("ALERT_FALLBACK_CHANNEL_ID", str(category.id))
    assert await said(home, caplog) == [
        (
            f"ALERT_FALLBACK_CHANNEL_ID={category.id} is a category: no alert arrives there. Put "
            "the id of a text channel there"
        )
    ]


async def test_a_channel_that_the_bot_cannot_see_is_named(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    everyone = home.guild.roles[home.guild.id]
    home.guild.overwrite(home.alerts, everyone, Overwrite(deny=Permission.VIEW_CHANNEL))
    assert await said(home, caplog) == [
        (
            f"ALERT_CHANNEL_ID={home.alerts.id} cannot be seen by the bot: no alert arrives there. "
            "Invite the bot to its server, and give it View Channel, Send Messages, Embed "
            "Links, Attach Files and Read Message History there"
        )
    ]


async def test_nothing_is_said_of_a_channel_that_is_fine_nor_of_the_owners_messages(
    home: Home, environment: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    environment.setenv("ALERT_FALLBACK_CHANNEL_ID", "owner")
    assert await said(home, caplog) == []


async def test_an_outage_tells_nothing_of_a_channel(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    home.sandbox.faults.add(Fault(Trouble.ERROR_503, "GET", "/channels/*", times=10))
    assert await said(home, caplog) == []


@pytest.mark.parametrize(
    ("status", "body"),
    [(404, "<html>"), (403, "<html>"), (200, "<html>"), (200, '{"ok": true}')],
)
async def test_a_page_of_a_proxy_tells_nothing_of_a_channel(
    home: Home, caplog: pytest.LogCaptureFixture, status: int, body: str
) -> None:
    page = Fault(Trouble.PROXY, "GET", f"/channels/{home.alerts.id}", status=status, body=body)
    home.sandbox.faults.add(page)
    assert await said(home, caplog) == []
    assert home.sandbox.faults.pending == ()


async def test_a_test_alert_for_a_missing_channel_names_the_setting_and_not_rights(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("ALERT_CHANNEL_ID", str(MISSING))
    async with running(Host(), home.sandbox):
        await registered()
        run = await home.sandbox.run_command(home.owner, home.channel, "debug alerts")
        await run.wait(lambda run: run.message and run.message.components)
        assert run.message
        pressed = await home.sandbox.click(home.owner, run.message, "Send a test alert")
        await pressed.wait(lambda run: run.message and "Not delivered" in run.message.text)
    assert pressed.message
    assert (
        f"`ALERT_CHANNEL_ID` {MISSING} does not exist, or the bot cannot see it. Put the id of a "
        "text channel there and restart the bot, or let the bot see it."
    ) in pressed.message.text
