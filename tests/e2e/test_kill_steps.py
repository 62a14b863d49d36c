"""A process killed at any durable step, whatever Discord does: its successor tells all, and once.

``KILL_STEPS=all`` kills at every step; by default it is a few of each kind.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from discord_sandbox import Channel, Message, Sandbox
from discord_sandbox.faults import Fault, Trouble
from discord_sandbox.rest import ratelimits

ROOT = Path(__file__).parent.parent.parent
ALL = os.environ.get("KILL_STEPS") == "all"
KINDS = ("before a commit", "after a commit", "before a request", "after a request")
STATES = ("answers", "forgets nonces", "fails", "is silent", "is away")
KILLED, DONE, UNTOLD = -9, 0, 3
PATIENCE = 2.5
"""Seconds in which a process reaches all its steps while Discord is in trouble."""
FEW = {"before a commit": (5,), "after a commit": (8,), "before a request": (2,)}
FEW_ANSWERED = {"after a request": (1, 3, 4), **FEW}

pytestmark = [
    pytest.mark.timeout(3000 if ALL else 60),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="its processes are forked"),
]


@dataclass
class Zygote:
    """The program that forks the processes; one at a time."""

    process: Process

    async def run(self, told: dict[str, object]) -> int:
        """Run a process to its end and return its status; below 0 is a signal."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(told).encode() + b"\n")
        return int(await self.process.stdout.readline())


@pytest.fixture
async def zygote() -> AsyncIterator[Zygote]:
    program = (sys.executable, "-m", "tests.e2e.killed_host")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(
        *program, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment
    )
    yield Zygote(process)
    process.kill()
    await process.wait()


@pytest.fixture(autouse=True)
def _quick_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let discord.py not sleep at its sixth request within five seconds."""
    quick = dict.fromkeys(ratelimits.BUCKETS, (50, 5.0))
    monkeypatch.setattr(ratelimits, "BUCKETS", quick)


@dataclass
class Case:
    """One kill: what Discord does, and the step."""

    state: str
    kind: str
    number: int
    folder: Path

    def trouble(self, sandbox: Sandbox) -> None:
        """Put Discord into its state until the kill."""
        if self.state == "is away":
            sandbox.faults.outage(600)
        troubles = {"fails": Trouble.ERROR_503, "is silent": Trouble.SILENCE}
        if self.state in troubles:
            fault = Fault(troubles[self.state], "*", "/channels/*", times=0)
            sandbox.faults.add(fault)

    async def run(self, zygote: Zygote, figures: Counter[str]) -> bool:
        """Kill one process, let another finish; tell whether there was such a step."""
        self.folder.mkdir()
        async with Sandbox() as sandbox:
            guild = sandbox.add_guild("Home")
            alerts = guild.add_text_channel("alerts")
            told = self._told(sandbox, alerts)
            self.trouble(sandbox)
            status = await zygote.run(told)
            assert status in (KILLED, DONE, UNTOLD)
            sandbox.faults.clear()
            if self.state == "forgets nonces":
                alerts.nonces.clear()
            if status == KILLED:
                finished = {**told, "kind": "", "seconds": 30.0, "deadline": 20.0}
                assert await zygote.run(finished) == DONE, self
                self.count(alerts, figures)
        return status == KILLED

    def _told(self, sandbox: Sandbox, alerts: Channel) -> dict[str, object]:
        trouble = self.state in ("fails", "is silent", "is away")
        return {
            "kind": self.kind,
            "number": self.number,
            "forgotten": self.state == "forgets nonces",
            "deadline": 0.5 if self.state == "is silent" else 20.0,
            "seconds": PATIENCE if trouble else 30.0,
            "folder": str(self.folder),
            "environment": {
                "DISCORD_TOKEN": sandbox.token,
                "DISCORD_API_BASE": sandbox.api_base,
                "DISCORD_GATEWAY_URL": sandbox.gateway_url,
                "ALERT_CHANNEL_ID": str(alerts.id),
                "ALERT_INTERVAL_SECONDS": "0.1",
                "ALERT_TIME_SCALE": "0.001",
            },
        }

    def count(self, alerts: Channel, figures: Counter[str]) -> None:
        """Count what was told of the incident, the error group and the crash."""
        told = Counter(what(message) for message in alerts.messages)
        figures["kills"] += 1
        figures["incidents"] += 1
        figures["delivered"] += told["Resolved card"] > 0
        figures["lost"] += (told["Resolved card"] == 0) + (told["New error"] == 0)
        doubled = sum(count - 1 for count in told.values() if count > 1)
        figures["duplicated"] += doubled
        assert set(told) <= WHAT, (self, told)
        assert told["Resolved card"] == told["New error"] == 1, (self, told)
        assert doubled == 0, (self, told)


WHAT = {"Resolved card", "Now critical answer", "Resolved answer", "New error", "The bot crashed"}


def what(message: Message) -> str:
    """Name a message by its title, and whether it is the incident's card or an answer to it."""
    title = str(message.embeds[0]["title"])
    name = next((name for name in ("New error", "The bot crashed") if name in title), "")
    if name:
        return name
    assert "Incident #1 · peak critical" in str(message.embeds[0]["footer"])
    kind = "card" if message.reference is None else "answer"
    return f"{title.partition(' ')[2].partition(':')[0]} {kind}"


@pytest.mark.parametrize("state", STATES)
async def test_at_each_step_nothing_is_lost_and_nothing_doubled(
    state: str, zygote: Zygote, tmp_path: Path
) -> None:
    figures: Counter[str] = Counter(incidents=0, delivered=0, lost=0, duplicated=0)
    few = FEW_ANSWERED if state == "answers" else FEW
    for kind in KINDS:
        numbers = itertools.count(1) if ALL else few.get(kind, ())
        for number in numbers:
            case = Case(state, kind, number, tmp_path / f"{kind} {number}".replace(" ", "-"))
            if not await case.run(zygote, figures):
                break
    print(f"Discord {state}: {dict(figures)}")
    assert figures["kills"] > 0
    assert figures["lost"] == figures["duplicated"] == 0
    assert figures["delivered"] == figures["incidents"] == figures["kills"]
