"""A process killed at any durable step, whatever Discord does: its successor tells all, and once.

``KILL_STEPS=all`` kills at every step; by default it is a few of each kind.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE

import pytest

from discord_sandbox import Channel, Guild, Message, Overwrite, Permission, Sandbox
from discord_sandbox.faults import Fault, Trouble
from discord_sandbox.rest import ratelimits
from discord_sandbox.world import changes
from discord_sandbox.world.core import Event

ROOT = Path(__file__).parent.parent.parent
ALL = os.environ.get("KILL_STEPS") == "all"
KINDS = ("before a commit", "after a commit", "before a request", "after a request")
STATES = ("answers", "forgets nonces", "fails", "is silent", "is away")
KILLED, DONE, UNTOLD = -9, 0, 3
PATIENCE = 2.5
"""Seconds in which a process reaches all its steps while Discord is in trouble."""
FEW = {"before a commit": (5,), "after a commit": (8,), "before a request": (2,)}
FEW_ANSWERED = {"after a request": (1, 3, 4), **FEW}
FORUM_KINDS = ("before a commit", "after a commit", "before a write", "after a write")
FORUM = {"before a write": (2,), "after a commit": (4,)}
FORUM_ANSWERED = {"after a write": (1, 2, 5, 8), "before a write": (6, 7), "before a commit": (9,)}
"""The writes: make the tags, open the post, tag it, edit its card, tell who resolved it, open it
again, tag it, tell the news, edit its card."""

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.timeout(3000 if ALL else 60),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="its processes are forked"),
]


@dataclass
class Zygote:
    """The program that forks the processes; one at a time."""

    process: subprocess.Popen[str]
    busy: bool = False

    async def run(self, told: dict[str, object]) -> int:
        """Run a process to its end and return its status; below 0 is a signal."""
        self.busy = True
        status = await asyncio.to_thread(self._ask, json.dumps(told))
        self.busy = False
        return status

    def _ask(self, line: str) -> int:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def end(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="session")
def zygotes() -> Iterator[list[Zygote]]:
    """Hold the one that all tests of this process use, once one has started it."""
    started: list[Zygote] = []
    yield started
    for one in started:
        one.end()


@pytest.fixture
def zygote(zygotes: list[Zygote]) -> Iterator[Zygote]:
    if not zygotes:
        program = [sys.executable, "-m", "tests.e2e.killed_host"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(
            program, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, text=True, env=environment
        )
        zygotes.append(Zygote(process))
    yield zygotes[0]
    if zygotes[0].busy:  # a test has failed before its answer came
        zygotes.pop().end()


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
    in_forum: bool = False

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
            forum = forum_of(guild) if self.in_forum else None
            told = self._told(sandbox, alerts, forum)
            self.trouble(sandbox)
            status = await zygote.run(told)
            assert status in (KILLED, DONE, UNTOLD)
            sandbox.faults.clear()
            if self.state == "forgets nonces":
                for channel in guild.channels.values():
                    channel.nonces.clear()
            if status == KILLED:
                finished = {**told, "kind": "", "waits": True, "seconds": 30.0, "deadline": 20.0}
                assert await zygote.run(finished) == DONE, self
                if forum:
                    posts = [each for each in guild.channels.values() if each.parent is forum]
                    self.count_posts(forum, posts, figures)
                    assert set(map(what, alerts.messages)) <= {"The bot crashed"}, self
                else:
                    self.count(alerts, figures)
        return status == KILLED

    def _told(self, sandbox: Sandbox, alerts: Channel, forum: Channel | None) -> dict[str, object]:
        trouble = self.state in ("fails", "is silent", "is away")
        return {
            "kind": self.kind,
            "number": self.number,
            "forgotten": self.state == "forgets nonces",
            "waits": not trouble,
            "deadline": 0.5 if self.state == "is silent" else 20.0,
            "seconds": PATIENCE if trouble else 30.0,
            "folder": str(self.folder),
            "environment": {
                "DISCORD_TOKEN": sandbox.token,
                "DISCORD_API_BASE": sandbox.api_base,
                "DISCORD_GATEWAY_URL": sandbox.gateway_url,
                "ALERT_CHANNEL_ID": str(alerts.id),
                "ERROR_FORUM_ID": str(forum.id) if forum else "",
                "ALERT_INTERVAL_SECONDS": "0.1",
                "ALERT_TIME_SCALE": "0.001",
            },
        }

    def count_posts(self, forum: Channel, posts: list[Channel], figures: Counter[str]) -> None:
        """Count what was told in the forum: one post, open and with its tag, each news once."""
        figures["kills"] += 1
        assert len(posts) == 1, (self, posts)
        (post,) = posts
        card, *notes = post.messages
        assert card.id == post.id
        assert (
            str(card.embeds[0]["title"])
            == "🔴 Back after it was resolved: ERROR host: Lost the model"
        )
        assert [note.content.partition(":")[0] for note in notes] == NOTES, (self, notes)
        assert post.tags == ["regressed"], self
        assert post.thread
        assert not post.thread.archived, self
        assert forum.forum
        assert [tag.name for tag in forum.forum.tags] == TAGS, self

    def count(self, alerts: Channel, figures: Counter[str]) -> None:
        """Count what was told of the incident, the error group and the crash."""
        told = Counter(map(what, alerts.messages))
        figures["kills"] += 1
        figures["incidents"] += 1
        figures["delivered"] += told["Resolved card"] > 0
        figures["lost"] += (told["Resolved card"] == 0) + (told["New error"] == 0)
        doubled = sum(count - 1 for count in told.values() if count > 1)
        figures["duplicated"] += doubled
        assert set(told) <= WHAT, (self, told)
        assert told["Resolved card"] == told["New error"] == 1, (self, told)
        assert doubled == 0, (self, told)


NOTES = ["✅ Resolved by <@7>", "🔴 Back after it was resolved"]
TAGS = ["new", "regressed", "muted", "resolved"]
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


def forum_of(guild: Guild) -> Channel:
    """Make a forum without tags, in which a post is archived and locked once it is resolved."""
    forum = guild.add_forum("errors")
    guild.overwrite(forum, guild.bot, Overwrite(allow=Permission.MANAGE_CHANNELS))

    def hear(event: Event) -> None:
        post = guild.channels.get(event.channel_id or 0)
        is_resolved = event.name == "MESSAGE_CREATE" and NOTES[0] in event.subject.content
        if is_resolved and post and post.thread:
            post.thread.archived = post.thread.locked = True
            changes.update_channel(guild.world, post)

    guild.world.listeners.append(hear)
    return forum


@pytest.mark.parametrize("state", STATES)
async def test_whatever_step_kills_the_process_the_forum_has_one_post_that_tells_each_news_once(
    state: str, zygote: Zygote, tmp_path: Path
) -> None:
    figures: Counter[str] = Counter()
    few = FORUM_ANSWERED if state == "answers" else FORUM
    for kind in FORUM_KINDS:
        numbers = itertools.count(1) if ALL else few.get(kind, ())
        for number in numbers:
            folder = tmp_path / f"{kind} {number}".replace(" ", "-")
            if not await Case(state, kind, number, folder, in_forum=True).run(zygote, figures):
                print(f"Discord {state}: {number - 1} times {kind}")
                break
    assert figures["kills"] > 0
