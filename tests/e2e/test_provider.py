"""A host's provider behind the dashboard: whatever it does costs its page a line, never the bot."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

import debugcog
from debugcog import Conversation, Message, Page, UserProfile, UserQuery
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered
from tests.e2e.test_dashboard import port

__all__ = ["port"]

TOKEN = "users-token-of-24-letters"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


class BadUsers:
    """A provider that answers each question in a bad way of its own."""

    async def profiles(self, query: UserQuery) -> Page[UserProfile]:
        if query.search == "block":
            time.sleep(2.5)  # noqa: ASYNC251 - as some hosts do
        elif query.search == "wait":
            await asyncio.sleep(3600)
        elif query.search == "million":
            row = UserProfile(id="7", name="\ud800 password=hunter2hunter2 " + "x " * 10_000)
            return Page([row] * 1_000_000, 1_000_000)
        raise SystemExit(3)

    async def profile(self, user_id: str) -> UserProfile | None:
        raise asyncio.CancelledError

    async def conversations(self, user_id: str, offset: int, limit: int) -> Page[Conversation]:
        raise GeneratorExit

    async def messages(
        self, user_id: str, conversation_id: str, offset: int, limit: int
    ) -> Page[Message]:
        return Page([Message(at=0.0, author="ann", text=f"About {conversation_id}")], 1)


def be_patient(bot: Host, seconds: float) -> None:
    """Give the provider another deadline: a machine with much to do is slow itself."""
    calls = bot.cog.runtime.usage.users.calls
    assert calls is not None
    calls._seconds = seconds


@pytest.mark.parametrize("unloaded", [False, True])
async def test_the_bot_goes_on_whatever_its_provider_does(
    home: Home, environment: pytest.MonkeyPatch, port: int, tmp_path: Path, unloaded: bool
) -> None:
    environment.setenv("DASHBOARD_TOKEN", TOKEN)
    environment.setenv("DASHBOARD_HOST", "127.0.0.1")
    bot = Host()
    debugcog.configure(bot, users=BadUsers())
    base = f"http://127.0.0.1:{port}/api/v1/users"
    async with running(bot, home.sandbox), aiohttp.ClientSession(headers=HEADERS) as browser:
        await registered()

        async def asked(path: str) -> dict[str, Any]:
            async with browser.get(URL(f"{base}{path}", encoded=True)) as reply:
                assert reply.status == 200
                answer: dict[str, Any] = (await reply.json())["answer"]
                return answer

        async def trouble(path: str) -> str:
            return str((await asked(path))["trouble"])

        be_patient(bot, 60.0)
        assert await trouble("") == "The user provider failed: profiles() raised SystemExit: 3."
        assert "CancelledError" in await trouble("/7")
        many = await asked("?search=million")
        assert (len(many["users"]), many["total"], many["trouble"]) == (50, 1_000_000, None)
        assert many["users"][0]["name"].startswith("\ufffd password=")
        assert "hunter2" not in str(many)
        shown = await asked("/7/conversations/a%2Fb%3F")
        assert [message["text"] for message in shown["messages"]] == ["About a/b?"]
        for bad in ("?sort=password", "?page=0", "?page=x", "/7?page=99999999"):
            async with browser.get(f"{base}{bad}") as reply:
                assert reply.status == 400, bad
                assert set(await reply.json()) == {"error"}
        be_patient(bot, 0.5)
        assert await trouble("?search=wait") == (
            "The user provider failed: profiles() has not answered in 0.5 s."
        )
        if unloaded:
            await bot.unload_extension("cogs.debug")
        else:
            run = await home.sandbox.run_command(home.owner, home.channel, "debug metrics")
            await run.wait(lambda run: run.message and run.message.embeds)
    log = (tmp_path / "logs" / "bot.log").read_text(encoding="utf-8")
    lines = re.findall(r"debugcog\.audit: (use: dashboard, .*)", log)
    assert len(lines) == 1
    assert lines[0].startswith("use: dashboard, conversation a/b? of 7 (")


async def test_a_provider_that_blocks_the_loop_is_told_of_while_it_does(
    home: Home, environment: pytest.MonkeyPatch, port: int
) -> None:
    environment.setenv("DASHBOARD_TOKEN", TOKEN)
    environment.setenv("DASHBOARD_HOST", "127.0.0.1")
    bot = Host()
    debugcog.configure(bot, users=BadUsers())
    async with running(bot, home.sandbox):
        await registered()
        told = await asyncio.to_thread(_ask, f"http://127.0.0.1:{port}/api/v1/users?search=block")
    assert "The user provider failed: profiles() has not answered in 2 s." in told


def _ask(address: str) -> str:
    """Ask on a thread, whose loop is not the one that is blocked."""

    async def ask() -> str:
        async with aiohttp.ClientSession(headers=HEADERS) as browser, browser.get(address) as reply:
            return await reply.text()

    return asyncio.run(ask())
