"""Guided tour of the demo: runs the commands, causes incidents, prints what happens."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from demo.alert_channel import ends, heading, incident, is_behind, open_incidents
from demo.demo_guild import DemoGuild, is_answered
from demo.terminal import Terminal
from discord_sandbox import Member, Message, SandboxError
from discord_sandbox.people.runs import Run

ANSWER_SECONDS = 30.0
CHART_SECONDS = 60.0
"""The first chart of a machine takes longest: matplotlib looks for fonts."""
LOGGED_SECONDS = 20.0
END_SECONDS = 30.0
"""Until all incidents have ended: windows and the rules' time below the limit, at TIME_SCALE."""
ENDS_SECONDS = 240.0
POSTED_SECONDS, POSTED_RECHECK_SECONDS = 30.0, 2.0
"""Until all is posted that the ends of incidents change in #alerts; and between two looks."""
RECHECK_SECONDS = 20.0
"""After which /debug alerts is asked again, even if #alerts has told of nothing."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A message that the story waits for in #alerts.

    Attributes:
        what: in words.
        words: all of which it has.
        usual: seconds that it takes on a machine with little else to do.
        most: seconds after which it is no longer awaited.
    """

    what: str
    words: tuple[str, ...]
    usual: float
    most: float = 120.0


SLOW_ALERT = Expected(
    "an alert of the response time", (": Response time\n", "\nIncident #"), usual=17
)
ERROR_REPORT = Expected("the report of an error", ("LlmError",), usual=3)
RATE_ALERT = Expected(
    "an alert of the error rate", (": Error rate\n", "\nIncident #"), usual=8, most=45
)


class Tour:
    """Uses the commands as people would, and tells what comes of it.

    Args:
        demo_guild: where its people are.
        terminal: shows what is seen.
        log: the bot's log file.
    """

    def __init__(self, demo_guild: DemoGuild, terminal: Terminal, log: Path) -> None:
        self._guild = demo_guild
        self._terminal = terminal
        self._log = log

    async def commands(self) -> None:
        """Show every command, and who may not."""
        owner, moderator = self._guild.owner, self._guild.moderator
        await self._command(owner, "debug metrics", chart=True)
        await self._command(moderator, "debug memory", chart=True)
        await self._command(owner, "debug errors")
        await self._test_alert()
        await self._command(owner, "debug alerts", {"find": "memory"}, chart=True)
        await self._command(self._guild.stranger, "debug metrics")

    async def log_level(self) -> None:
        """Turn debug mode on, show what the log has of a request, and turn it off again."""
        options = {"level": "DEBUG", "minutes": 5}
        run = await self._command(self._guild.owner, "debug loglevel", options)
        async with self._terminal.waiting("Waiting for a request in the log", LOGGED_SECONDS):
            lines = await self._logged("LLM Request:", "LLM Response:")
        self._terminal.headline(f"tail {self._log}")
        self._terminal.lines("\n".join(lines[:9]))
        assert run.message
        await self._guild.sandbox.click(self._guild.owner, run.message, "Undo all changes")

    async def trouble(self) -> None:
        """Get the bot into trouble and out of it, and tell what #alerts shows."""
        await self._command(self._guild.owner, "weather", {"state": "slow"})
        alert = await self._arrives(SLOW_ALERT)
        await self._command(self._guild.moderator, "debug alerts")
        await self._command(self._guild.owner, "weather", {"state": "failing"})
        await self._arrives(ERROR_REPORT)
        await self._may_arrive(RATE_ALERT)
        await self._command(self._guild.owner, "debug errors")
        await self._command(self._guild.owner, "debug metrics", chart=True)
        await self._command(self._guild.owner, "weather", {"state": "healthy"})
        await self._recovery(alert)
        self._terminal.headline("#alerts, as it looks now")
        headings = "\n".join(heading(each) for each in self._guild.alerts.messages)
        self._terminal.lines(self._terminal.plain(headings))

    async def _command(
        self,
        who: Member,
        typed: str,
        options: Mapping[str, object] | None = None,
        *,
        chart: bool = False,
    ) -> Run:
        """Run a command, and show its answer as soon as it is there, then its chart."""
        given = "".join(f" {name}:{value}" for name, value in (options or {}).items())
        self._terminal.headline(f"/{typed}{given}, by {who.user.name}")
        run = await self._guild.sandbox.run_command(who, self._guild.admin, typed, options)
        await run.wait(is_answered, timeout=ANSWER_SECONDS)
        self._terminal.show(run.message)
        if chart and not _has_chart(run):
            await self._chart(run)
        self._terminal.files(run.message, typed.replace(" ", "-"))
        return run

    async def _chart(self, run: Run) -> None:
        """Wait for a chart, which an answer does not wait for."""
        try:
            async with self._terminal.waiting("Waiting for its chart", CHART_SECONDS):
                await run.wait(_has_chart, timeout=CHART_SECONDS)
        except SandboxError:
            self._terminal.note(f"There was none within {CHART_SECONDS:.0f} s")

    async def _test_alert(self) -> None:
        """Show what is watched, and send a test alert."""
        listed = await self._command(self._guild.owner, "debug alerts")
        self._terminal.headline("Send a test alert")
        owner, message = self._guild.owner, listed.message
        run = await self._guild.sandbox.click(owner, message, "Send a test alert")
        await run.wait(lambda run: run.message and "Delivered" in run.message.text, timeout=30)
        self._terminal.show(run.message)

    async def _logged(self, first: str, last: str) -> list[str]:
        """Wait until the log has a line with each text; return the lines from the first one on."""
        deadline = time.monotonic() + LOGGED_SECONDS
        while time.monotonic() < deadline:
            text = await asyncio.to_thread(self._log.read_text, errors="replace")
            at = text.rfind(first, 0, text.rfind(last))
            if at >= 0:
                return text[text.rfind("\n", 0, at) + 1 :].splitlines()
            await asyncio.sleep(0.2)  # a file has no event for it
        return [f"(no {first} within {LOGGED_SECONDS:.0f} s)"]

    async def _arrives(self, expected: Expected) -> Message:
        """Wait for a message in #alerts, and show it.

        Raises:
            SandboxError: it did not come.
        """
        what = f"Waiting in #alerts for {expected.what}"
        async with self._terminal.waiting(what, expected.most, usual=expected.usual):
            message = await self._guild.alerts.wait_for(
                lambda message: all(word in message.text for word in expected.words),
                timeout=expected.most,
            )
        self._terminal.headline(f"#alerts: {self._terminal.plain(heading(message))}")
        self._terminal.show(message)
        self._terminal.files(message, "alert")
        return message

    async def _may_arrive(self, expected: Expected) -> None:
        """Wait for a message that a slow machine may have too little traffic for."""
        try:
            await self._arrives(expected)
        except SandboxError:
            self._terminal.note(f"There was none within {expected.most:.0f} s")

    async def _recovery(self, alert: Message) -> None:
        """Wait until no incident is open, and say so only then."""
        deadline = time.monotonic() + ENDS_SECONDS
        listed = await self._listed()
        while (still := open_incidents(listed.text)) and time.monotonic() < deadline:
            await self._next_end(still, deadline - time.monotonic())
            listed = await self._listed()
        if still:
            self._terminal.headline(
                f"Not well yet: incidents that are open or about to be: {still}"
            )
        else:
            listed = await self._posted(listed)
            self._show_end(alert)
            self._terminal.headline("All is well again: no incident is open")
        self._terminal.show(listed)

    async def _posted(self, listed: Message) -> Message:
        """Wait until #alerts shows what /debug alerts does; return the latest answer of that."""
        if not is_behind(listed.text):
            return listed
        deadline = time.monotonic() + POSTED_SECONDS
        async with self._terminal.waiting("Waiting for the last posts", POSTED_SECONDS, usual=5):
            while is_behind(listed.text) and time.monotonic() < deadline:
                await asyncio.sleep(POSTED_RECHECK_SECONDS)
                listed = await self._listed()
        return listed

    async def _listed(self) -> Message:
        """Ask /debug alerts, without showing it."""
        owner, admin = self._guild.owner, self._guild.admin
        run = await self._guild.sandbox.run_command(owner, admin, "debug alerts")
        await run.wait(is_answered, timeout=ANSWER_SECONDS)
        assert run.message
        return run.message

    async def _next_end(self, still: int, most: float) -> None:
        """Wait until #alerts shows one more end, or it is time to ask again."""
        alerts, before = self._guild.alerts, len(ends(self._guild.alerts))
        incidents = f"{still} incidents" if still > 1 else "one incident"
        what = f"Waiting for the end of {incidents}"
        async with self._terminal.waiting(what, most, usual=END_SECONDS):
            with contextlib.suppress(SandboxError):
                await alerts.wait_for(
                    lambda _: len(ends(alerts)) > before, timeout=min(most, RECHECK_SECONDS)
                )

    def _show_end(self, alert: Message) -> None:
        """Show how the card of an alert looks now that its incident has ended."""
        end = ends(self._guild.alerts).get(incident(alert) or 0)
        if end:
            self._terminal.headline(f"#alerts: {self._terminal.plain(heading(end))}")
            self._terminal.show(end)
            self._terminal.files(end, "end")


def _has_chart(run: Run) -> bool:
    return bool(run.message and run.message.attachments)
