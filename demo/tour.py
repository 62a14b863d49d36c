"""A demo guild with a running bot → a tour of the commands and of what the alert channel shows."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

from demo.demo_guild import DemoGuild
from demo.terminal import Terminal
from discord_sandbox import Member, Message
from discord_sandbox.people.runs import Run

DRAWN_SECONDS = 60.0
HAPPENS_SECONDS = 240.0


class Tour:
    """Walks through the commands as its users would.

    Args:
        demo_guild: where its people are.
        terminal: shows what is seen.
        log: the bot's log file.
    """

    def __init__(self, demo_guild: DemoGuild, terminal: Terminal, log: Path) -> None:
        self._guild = demo_guild
        self._terminal = terminal
        self._log = log

    async def healthy(self) -> None:
        """Show every command, and who may not."""
        await self._command(self._guild.owner, "debug metrics", picture=True)
        await self._command(self._guild.moderator, "debug memory", picture=True)
        await self._command(self._guild.owner, "debug errors")
        await self._test_alert()
        self._terminal.headline("/debug metrics, by somebody who may not")
        run = await self._guild.sandbox.run_command(
            self._guild.stranger, self._guild.admin, "debug metrics"
        )
        self._terminal.show(run.message, "refusal")

    async def log_level(self) -> None:
        """Turn debug mode on, look at the log, and turn it off again."""
        options = {"level": "DEBUG", "minutes": 5}
        run = await self._command(self._guild.owner, "debug loglevel", options)
        await asyncio.sleep(4)
        text = await asyncio.to_thread(self._log.read_text, errors="replace")
        at = text.rfind("LLM Request:", 0, text.rfind("LLM Response:"))
        self._terminal.headline(f"tail {self._log}")
        for line in text[text.rfind("\n", 0, at) + 1 :].splitlines()[:9]:
            print(f"  | {line}", flush=True)
        assert run.message
        await self._guild.sandbox.click(self._guild.owner, run.message, "Undo all changes")

    async def trouble(self) -> None:
        """Wait for alerts and error reports, and for their end."""
        alert = await self._alert()
        await self._command(self._guild.moderator, "debug alerts")
        await self._arrives("Requests fail: an error report", "error", "LlmError")
        await self._command(self._guild.owner, "debug errors")
        await self._command(self._guild.owner, "debug metrics", picture=True)
        await self._end_of(alert)
        self._terminal.headline("#alerts, as it looks now")
        for message in self._guild.alerts.messages:
            self._terminal.show(message, "alerts")

    async def _test_alert(self) -> None:
        """Look at the alerts, send a test alert, and see a rule."""
        listed = await self._command(self._guild.owner, "debug alerts")
        self._terminal.headline("Send a test alert")
        run = await self._guild.sandbox.click(
            self._guild.owner, listed.message, "Send a test alert"
        )
        await run.wait(lambda run: run.message and "Delivered" in run.message.text, timeout=30)
        self._terminal.show(run.message, "test-alert")
        await self._command(self._guild.owner, "debug alerts", {"find": "memory"}, picture=True)

    async def _command(
        self,
        who: Member,
        typed: str,
        options: dict[str, object] | None = None,
        *,
        picture: bool = False,
    ) -> Run:
        self._terminal.headline(f"/{typed}, by {who.user.name}")
        run = await self._guild.sandbox.run_command(who, self._guild.admin, typed, options)
        wanted: Callable[[Run], object] = _has_picture if picture else _has_embed
        await run.wait(wanted, timeout=DRAWN_SECONDS)
        self._terminal.show(run.message, typed.replace(" ", "-"))
        return run

    async def _alert(self) -> Message:
        headline = "The model has become slow: an alert"
        return await self._arrives(headline, "alert", ": Response time\n", "\nIncident ")

    async def _end_of(self, alert: Message) -> Message:
        headline = "All is well again: the end of the alert"
        return await self._arrives(headline, "end", "Ended: ", _incident(alert))

    async def _arrives(self, headline: str, name: str, *words: str) -> Message:
        message = await self._guild.alerts.wait_for(
            lambda message: all(word in message.text for word in words), timeout=HAPPENS_SECONDS
        )
        self._terminal.headline(f"#alerts: {headline}")
        self._terminal.show(message, name)
        return message


def _incident(alert: Message) -> str:
    """Tell which incident an alert is about, as each of its messages does at its foot."""
    found = re.search(r"Incident \d+ ", alert.text)
    assert found
    return found[0]


def _has_embed(run: Run) -> bool:
    return bool(run.message and run.message.embeds)


def _has_picture(run: Run) -> bool:
    return bool(run.message and run.message.attachments)
